"""Imports only fall: enforcement stands on complaints and refunds, these on venues, venues on Django."""

import ast

import pytest
from django.conf import settings

FLOORS = {"enforcement": 2, "complaints": 1, "refunds": 1, "venues": 0}
APPS = [name for name in FLOORS if (settings.BASE_DIR / name).is_dir()]
NO_DUMPS = {"core", "common", "utils", "base", "helpers", "misc", "lib"}


def imports(text):
    """(line, first part of the module) of every import in a source, those inside functions and by name included."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module.split(".")[0]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module",
            "import_string",
            "__import__",
        }:
            yield from (
                (node.lineno, arg.value.split(".")[0])
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )


def climbing(app, text):
    """The imports of a source of `app` that do not fall."""
    return [
        (line, module)
        for line, module in imports(text)
        if module in FLOORS and module != app and FLOORS[module] >= FLOORS[app]
    ]


@pytest.mark.parametrize("app", APPS)
def test_imports_only_fall(app):
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{line} imports {module}"
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for line, module in climbing(app, path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "import enforcement",
        "from enforcement.models import Officer",
        "def f():\n    from complaints import x",
        "import enforcement.models as m",
        "import_module('enforcement.roles')",
        "from refunds.models import Group",
    ],
)
def test_the_control_finds_each_way_to_climb(text):
    assert climbing("venues", text)


@pytest.mark.parametrize(
    "text", ["from venues.models import Venue", "from . import x", "import django", "x = 'enforcement.Officer'"]
)
def test_the_control_finds_nothing_in_what_falls(text):
    assert climbing("complaints", text) == []


def test_the_two_in_the_middle_do_not_know_each_other():
    assert climbing("complaints", "import refunds")
    assert climbing("refunds", "import complaints")


def test_nobody_is_imported_by_the_product_that_only_serves_its_making():
    found = [
        str(path)
        for app in APPS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "tests" not in path.parts
        for _line, module in imports(path.read_text(encoding="utf-8"))
        if module in {"tools", "conftest", "pytest", "hypothesis"}
    ]
    assert found == []


@pytest.mark.parametrize("app", APPS)
def test_there_is_no_module_for_whatever_has_no_place(app):
    names = {path.stem for path in (settings.BASE_DIR / app).rglob("*.py")} | {
        p.name for p in (settings.BASE_DIR / app).iterdir()
    }
    assert names & NO_DUMPS == set()


def test_the_project_itself_comes_last_and_brings_its_own_admin_site():
    assert settings.INSTALLED_APPS[-1] == "enforcement"
    assert settings.INSTALLED_APPS[0] == "enforcement.adminconfig.DutyAdminConfig"
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
