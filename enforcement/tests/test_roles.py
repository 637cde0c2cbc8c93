"""The roles hold exactly what roles.py says, and who does one thing does not hold the power that checks it."""

import ast

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission

from enforcement.roles import ROLES, role_name, seed

WRITING = (
    "add_",
    "change_",
    "delete_",
    "import_",
    "merge_",
    "record_",
    "move_",
    "activate_",
    "register_",
    "set_",
    "unlock_",
)


def held(role):
    return ROLES[role][1]


def test_the_roles_of_the_house():
    assert list(ROLES) == [
        "duty_officer", "inspector", "shift_leader", "registry_editor", "refund_clerk", "auditor", "bureau_viewer",
        "administrator",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_a_role_holds_exactly_what_the_file_says(db, role):
    group = Group.objects.get(name=role)
    names = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
    assert names == held(role)


def test_what_was_given_by_hand_is_taken_back_with_the_next_migration(db):
    viewer = Group.objects.get(name="bureau_viewer")
    viewer.permissions.add(Permission.objects.get(codename="activate_closureorder"))
    seed()
    assert not viewer.permissions.filter(codename="activate_closureorder").exists()


def test_nobody_holds_a_power_to_delete():
    assert [name for role in ROLES for name in held(role) if ".delete_" in name] == []


def test_nobody_may_change_permissions_or_groups():
    powers = {
        name
        for role in ROLES
        for name in held(role)
        if name.startswith(("auth.", "admin.", "sessions.", "contenttypes.", "axes."))
    }
    assert powers <= {"auth.view_group"}


@pytest.mark.parametrize("role", ["auditor", "bureau_viewer"])
def test_who_reads_changes_nothing(role):
    assert [name for name in held(role) if name.split(".")[1].startswith(WRITING)] == []


def test_the_viewer_sees_figures_and_signed_reports_only():
    assert held("bureau_viewer") == {
        "enforcement.view_figures", "enforcement.view_signed_report", "venues.view_board", "refunds.view_board",
    }  # fmt: skip


def test_only_the_leader_activates_and_excludes():
    for power in ("venues.activate_closureorder", "venues.change_targets"):
        assert [role for role in ROLES if power in held(role)] == ["shift_leader"]


def test_only_the_editor_writes_the_registry():
    for power in ("venues.import_venue", "venues.change_venue", "venues.add_venue", "venues.merge_venue"):
        assert [role for role in ROLES if power in held(role)] == ["registry_editor"]


def test_only_the_administrator_makes_accounts_and_sets_roles():
    for power in (
        "enforcement.add_officer",
        "enforcement.change_officer",
        "enforcement.set_roles",
        "enforcement.unlock_officer",
    ):
        assert [role for role in ROLES if power in held(role)] == ["administrator"]


def test_only_the_auditor_reads_the_trail():
    assert [role for role in ROLES if "enforcement.view_auditentry" in held(role)] == ["auditor"]


def test_the_administrator_does_nothing_of_the_desk():
    desk = {name for role in ("duty_officer", "inspector", "shift_leader") for name in held(role)}
    rows = {"dutygroup", "shiftpattern", "rotation", "coveragerule", "calendarday"}
    shared = {f"enforcement.{verb}_{row}" for verb in ("view", "add", "change") for row in rows}
    assert held("administrator") & desk <= shared | {
        "venues.view_category", "venues.view_division", "enforcement.view_roster",
    }  # fmt: skip


def test_who_enters_a_refund_does_not_confirm_it():
    """Nor decide about a deduction; and no other role enters."""
    for power in ("refunds.enter_refund", "refunds.enter_return", "refunds.enter_group"):
        assert [role for role in ROLES if power in held(role)] == ["refund_clerk"]
    for power in ("refunds.confirm_refund", "refunds.decide_deduction"):
        assert [role for role in ROLES if power in held(role)] == ["shift_leader"]


def test_travellers_are_revealed_to_whom_calls_them_back():
    assert [role for role in ROLES if "refunds.reveal_traveller" in held(role)] == ["shift_leader", "refund_clerk"]


def test_who_records_in_the_field_does_not_make_orders():
    assert not held("inspector") & {"venues.add_closureorder", "venues.activate_closureorder", "venues.change_targets"}
    assert not held("duty_officer") & {
        "venues.activate_closureorder",
        "venues.change_targets",
        "venues.record_inspection",
    }


def test_an_account_without_a_role_holds_nothing(django_user_model, db):
    officer = django_user_model.objects.create_user("nobody", "x", name="x")
    assert officer.get_all_permissions() == set()
    assert not officer.is_staff


def test_an_unknown_group_keeps_its_own_name():
    assert role_name("strangers") == "strangers"


def test_code_asks_permissions_and_never_names_of_roles():
    """Only roles.py, what makes accounts with roles, and tests name a role."""
    allowed = {"roles.py", "importing.py", "demo.py", "officers.py"}
    found = []
    for app in ("enforcement", "venues"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" in path.parts or "migrations" in path.parts or path.name in allowed:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and node.value in set(ROLES) - {"inspector", "administrator"}:
                    found.append(f"{path.name}:{node.lineno} {node.value}")
    assert found == []
