"""The administrator's acts on accounts: nobody raises himself, nobody touches who stands above him, every act has its row."""

import ast

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from enforcement.models import AuditEntry, Officer
from enforcement.models.audit import ACTS
from venues.transitions import Refused


@pytest.fixture
def root(db):
    return Officer.objects.create_superuser("root", "right-horse-battery")


def last():
    return AuditEntry.objects.first()


def roles(officer):
    return sorted(officer.groups.values_list("name", flat=True))


def test_roles_are_given_and_taken_with_a_row_that_names_both(leader, administrator):
    leader.set_roles(["auditor", "shift_leader"], by=administrator)
    leader.set_roles(["auditor"], by=administrator)
    assert roles(leader) == ["auditor"]
    assert (last().act, last().by, last().about_id) == ("role_change", administrator, str(leader.pk))
    assert last().detail == {"given": [], "taken": ["shift_leader"]}


def test_the_same_roles_again_leave_no_row(leader, administrator):
    leader.set_roles(["shift_leader"], by=administrator)
    assert not AuditEntry.objects.exists()


def test_the_administrator_does_not_raise_himself(administrator):
    with pytest.raises(Refused):
        administrator.set_roles(["administrator", "shift_leader"], by=administrator)
    assert roles(administrator) == ["administrator"]


@pytest.mark.parametrize("who", ["leader", "editor", "auditor"])
def test_who_may_not_set_roles_does_not(request, inspector, who):
    with pytest.raises(Refused):
        inspector.set_roles(["shift_leader"], by=request.getfixturevalue(who))
    assert roles(inspector) == ["inspector"]


def test_there_are_no_other_roles_than_ours(leader, administrator):
    with pytest.raises(Refused):
        leader.set_roles(["emperor"], by=administrator)


@pytest.mark.parametrize(
    "act",
    [
        lambda officer, by: officer.set_roles(["auditor"], by=by),
        lambda officer, by: officer.give_temporary_password(by=by),
        lambda officer, by: officer.unlock(by=by),
        lambda officer, by: officer.change_account(["name"], by=by),
    ],
    ids=["roles", "password", "unlock", "change"],
)
def test_the_administrator_touches_no_superuser(root, administrator, act):
    before = root.password
    with pytest.raises(Refused):
        act(root, administrator)
    root.refresh_from_db()
    assert (root.password, roles(root)) == (before, [])


def test_nobody_gives_himself_a_temporary_password(administrator):
    with pytest.raises(Refused):
        administrator.give_temporary_password(by=administrator)


def test_nobody_makes_himself_inactive(administrator):
    administrator.is_active = False
    with pytest.raises(Refused):
        administrator.change_account(["is_active"], by=administrator)


def test_a_temporary_password_opens_once_and_is_in_no_row(leader, administrator):
    password = leader.give_temporary_password(by=administrator)
    leader.refresh_from_db()
    assert leader.check_password(password)
    assert leader.must_change_password
    assert (last().act, last().by, last().detail) == ("password_reset", administrator, {})
    assert password not in str(list(AuditEntry.objects.values()))


def test_temporary_passwords_differ_and_are_long(leader, administrator):
    passwords = {leader.give_temporary_password(by=administrator) for _time in range(5)}
    assert len(passwords) == 5
    assert all(len(password) == 19 for password in passwords)


def test_a_new_account_has_no_password_that_opens_it(administrator):
    officer = Officer.objects.enter(by=administrator, username="ts777", name="新来的", roles=["inspector"])
    assert not officer.has_usable_password()
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == ["account_entered", "role_change"]


@pytest.mark.parametrize("fields", [{"username": "a b"}, {"username": ""}, {"name": ""}])
def test_a_new_account_that_does_not_fit_is_not_made(administrator, fields):
    with pytest.raises(ValidationError):
        Officer.objects.enter(by=administrator, **{"username": "ts777", "name": "x", **fields})


def test_a_wall_screen_only_looks(viewer, administrator):
    viewer.is_wall_screen = True
    viewer.change_account(["is_wall_screen"], by=administrator)
    with pytest.raises(Refused):
        viewer.set_roles(["bureau_viewer", "shift_leader"], by=administrator)


def test_a_leader_does_not_become_a_wall_screen(leader, administrator):
    leader.is_wall_screen = True
    with pytest.raises(Refused):
        leader.change_account(["is_wall_screen"], by=administrator)


def test_a_change_names_its_fields_and_not_what_they_say(leader, administrator):
    leader.phone = "13000009999"
    leader.change_account(["phone"], by=administrator)
    assert last().detail == {"fields": ["phone"]}


def test_every_act_that_the_code_notes_has_a_name_for_people():
    noted = set()
    for app in ("enforcement", "venues"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                        "leave_trail",
                        "leave_trail_of",
                    }:
                        noted |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    assert noted - set(ACTS) == set()


def test_the_detail_of_a_row_is_read_in_words(leader, administrator):
    leader.set_roles(["auditor"], by=administrator)
    with translation.override("en"):
        assert last().detail_words == "given: auditor · taken: shift leader"
        assert last().about_words == f"officer {leader.pk}"


def test_a_row_about_something_that_is_gone_can_still_be_read(db):
    entry = AuditEntry.objects.write("import", detail={"counts": {"created": 2}, "new_word": "x"})
    entry.about_type, entry.about_id = "gone.thing", "7"
    with translation.override("en"):
        assert (entry.about_words, entry.detail_words) == ("gone.thing 7", "rows: created 2 · new_word: x")


def test_an_act_and_its_row_stand_or_fall_together(leader, administrator, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(AuditEntry.objects, "write", fail)
    with pytest.raises(RuntimeError):
        leader.set_roles(["auditor"], by=administrator)
    assert roles(leader) == ["shift_leader"]
