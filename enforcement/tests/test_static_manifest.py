"""The static files as production serves them: collected under hashed names, every reference between them found."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template.loader import get_template

SHIPPED = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder that collectstatic fills, with the storage that is shipped."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": SHIPPED}}
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_the_manifest_storage_is_what_is_shipped():
    from enforcement import settings as shipped

    assert shipped.STORAGES["staticfiles"]["BACKEND"] == SHIPPED


@pytest.mark.slow
def test_every_own_file_is_collected_under_its_hash(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    own = [
        str(path.relative_to(settings.BASE_DIR / "static"))
        for path in (settings.BASE_DIR / "static").rglob("*")
        if path.is_file()
    ]
    assert set(own) <= set(names)
    assert all((collected / names[name]).is_file() for name in own)


@pytest.mark.slow
def test_every_reference_in_a_style_sheet_leads_to_a_file(collected):
    lost = []
    for sheet in collected.rglob("*.css"):
        for place in re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text(encoding="utf-8")):
            if (
                not place.startswith(("data:", "#"))
                and not (sheet.parent / place.split("?")[0].split("#")[0]).is_file()
            ):
                lost.append(f"{sheet.name}: {place}")
    assert lost == []


@pytest.mark.slow
def test_every_file_that_a_template_names_is_there(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    wanted = {
        name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"] %}", path.read_text(encoding="utf-8"))
    }
    assert wanted - set(names) == set()


@pytest.mark.slow
def test_a_page_shows_the_hashed_names(collected, settings, db, client):
    settings.STATIC_ROOT = collected
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": SHIPPED}}
    page = client.get("/login/").content.decode()
    assert re.search(r"/static/css/tokens\.[0-9a-f]{12}\.css", page)
    assert "/static/css/tokens.css" not in page
    assert get_template("500.html")
    assert staticfiles_storage


def test_nothing_in_style_sheets_or_scripts_comes_from_another_host():
    found = [
        f"{path.name}: {place}"
        for path in (settings.BASE_DIR / "static").rglob("*")
        if path.suffix in {".css", ".js"}
        for place in re.findall(
            r"(?:url\(|@import |fetch\(|import\()\s*['\"]?(?:https?:)?//[^\s'\")]+", path.read_text(encoding="utf-8")
        )
    ]
    assert found == []
