"""The administration of accounts: what the administrator may do there, what he may not, and what others see."""

import re

import pytest
from django.urls import reverse

from enforcement.models import AuditEntry, Officer
from enforcement.roles import ROLES

LIST = reverse("admin:enforcement_officer_changelist")
ADD = reverse("admin:enforcement_officer_add")


def change(officer):
    return reverse("admin:enforcement_officer_change", args=[officer.pk])


def access(officer):
    return reverse("admin:enforcement_officer_access", args=[officer.pk])


@pytest.fixture
def desk(administrator, signed_in):
    return signed_in(administrator)


@pytest.fixture
def root(db):
    return Officer.objects.create_superuser("root", "right-horse-battery")


def form(officer, **more):
    """What the browser would send for this officer, with these changes."""
    data = {
        "name": officer.name,
        "badge_no": officer.badge_no or "",
        "certificate_no": officer.certificate_no,
        "phone": officer.phone,
    }
    data |= {"roles": list(officer.groups.values_list("name", flat=True)), "can_hold_phone": "on"}
    data |= {"is_active": "on"} if officer.is_active else {}
    return {**data, **more}


def roles(officer):
    return sorted(officer.groups.values_list("name", flat=True))


# --- accounts
def test_a_new_account_shows_its_password_once(desk):
    answer = desk.post(ADD, {"username": "TS900", "name": "钟子磊", "roles": ["inspector"], "is_active": "on"})
    password = re.search(r"<code>([a-z0-9-]{19})</code>", answer.content.decode()).group(1)
    officer = Officer.objects.get(username="ts900")
    assert officer.check_password(password)
    assert (officer.must_change_password, roles(officer)) == (True, ["inspector"])
    assert "no-store" in answer["Cache-Control"]
    assert password not in desk.get(LIST).content.decode()


def test_a_change_of_roles_is_made_and_noted(desk, leader):
    assert desk.post(change(leader), form(leader, roles=["auditor"])).status_code == 302
    assert roles(leader) == ["auditor"]
    assert AuditEntry.objects.get(act="role_change").detail == {"given": ["auditor"], "taken": ["shift_leader"]}


def test_a_change_of_the_account_is_noted_by_its_fields(desk, leader):
    desk.post(change(leader), form(leader, phone="13000009999"))
    assert set(AuditEntry.objects.get(act="account_change").detail["fields"]) >= {"phone"}
    leader.refresh_from_db()
    assert leader.phone == "13000009999"


def test_making_an_account_inactive_signs_it_out(desk, leader, signed_in):
    his = signed_in(leader)
    data = form(leader)
    del data["is_active"]
    desk.post(change(leader), data)
    assert his.get("/password/").status_code == 302


def test_the_administrator_sends_himself_other_roles_in_vain(desk, administrator):
    desk.post(change(administrator), form(administrator, roles=list(ROLES)))
    assert roles(administrator) == ["administrator"]


def test_the_administrator_cannot_make_himself_inactive(desk, administrator):
    data = form(administrator)
    del data["is_active"]
    desk.post(change(administrator), data)
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "user_permissions", "groups", "is_demo", "password"])
def test_nobody_is_raised_by_a_field_that_the_form_does_not_have(desk, leader, field):
    before = (leader.is_superuser, leader.is_demo, leader.password, roles(leader))
    desk.post(change(leader), form(leader, **{field: "1"}))
    leader.refresh_from_db()
    assert (leader.is_superuser, leader.is_demo, leader.password, roles(leader)) == before
    assert leader.user_permissions.count() == 0
    assert f'name="{field}"' not in desk.get(change(leader)).content.decode()


def test_a_superuser_can_be_seen_and_not_changed(desk, root):
    assert desk.get(change(root)).status_code == 200
    assert desk.post(change(root), form(root, name="mine")).status_code == 403
    desk.post(access(root), {"act": "password"})
    root.refresh_from_db()
    assert (root.name, root.check_password("right-horse-battery")) == ("root", True)


def test_nobody_is_deleted(desk, leader):
    place = reverse("admin:enforcement_officer_delete", args=[leader.pk])
    assert desk.post(place, {"post": "yes"}).status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [leader.pk], "post": "yes"})
    assert Officer.objects.filter(pk=leader.pk).exists()


def test_a_wall_screen_with_more_than_looking_is_refused_in_the_form(desk, leader):
    answer = desk.post(change(leader), form(leader, is_wall_screen="on"))
    assert answer.status_code == 200
    assert "roles" in answer.context["adminform"].errors


def test_a_role_is_shown_by_its_name(desk, leader):
    desk.cookies["django_language"] = "en"
    text = desk.get(LIST).content.decode()
    assert "shift leader" in text
    assert "shift_leader" not in re.sub(r'(href|value)="[^"]*"', "", text)


@pytest.mark.parametrize(
    "query", ["role=shift_leader", "role=none", "is_active__exact=1", "can_lead__exact=1", "q=武桂"]
)
def test_the_list_is_filtered_and_searched(desk, leader, query):
    assert desk.get(f"{LIST}?{query}").status_code == 200


def test_the_list_asks_as_much_for_many_as_for_few(desk, leader, inspector, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(LIST)
    for number in range(20):
        Officer.objects.enter(by=None, username=f"ts{number}", name="x", roles=["inspector", "duty_officer"])
    with django_assert_num_queries(len(few)):
        desk.get(LIST)


# --- lock and password
def test_a_temporary_password_is_given_and_shown_once(desk, leader):
    answer = desk.post(access(leader), {"act": "password"})
    password = re.search(r"<code>([a-z0-9-]{19})</code>", answer.content.decode()).group(1)
    leader.refresh_from_db()
    assert leader.check_password(password)
    assert "no-store" in answer["Cache-Control"]


def test_looking_at_the_page_gives_no_password(desk, leader):
    desk.get(access(leader))
    leader.refresh_from_db()
    assert leader.check_password("right-horse-battery")


def test_his_own_password_the_administrator_changes_like_everybody(desk, administrator):
    desk.post(access(administrator), {"act": "password"})
    administrator.refresh_from_db()
    assert administrator.check_password("right-horse-battery")


def test_a_foreign_account_and_a_missing_one_are_the_same_to_who_may_not(leader, signed_in, auditor):
    client = signed_in(auditor)
    assert client.get(access(leader)).status_code == 403
    assert client.get("/admin/enforcement/officer/999999/access/").status_code == 403


# --- others
def test_the_auditor_reads_and_changes_nothing(auditor, leader, signed_in):
    client = signed_in(auditor)
    assert client.get(LIST).status_code == 200
    text = client.get(change(leader)).content.decode()
    assert leader.certificate_no in text
    assert '<input type="submit"' not in text
    assert client.post(change(leader), form(leader, name="mine")).status_code == 403
    assert client.get(ADD).status_code == 403


@pytest.mark.parametrize("who", ["leader", "duty_officer", "inspector", "clerk", "viewer"])
def test_who_has_no_business_in_the_administration_is_refused_there(request, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get("/admin/").status_code == 403
    assert client.get(LIST).status_code == 403


def test_the_administration_has_no_door_of_its_own(client, desk):
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=%2Fadmin%2F"
    assert client.post("/admin/login/", {"username": "admin", "password": "right-horse-battery"}).status_code == 302
    assert desk.get("/admin/password_change/")["Location"] == "/password/"
    assert desk.post("/admin/logout/")["Location"] == "/login/"


# --- the trail
def test_the_auditor_reads_the_trail_with_its_acts_by_name(auditor, leader, administrator, signed_in):
    leader.set_roles(["auditor"], by=administrator)
    client = signed_in(auditor)
    client.cookies["django_language"] = "en"
    place = reverse("admin:enforcement_auditentry_changelist")
    text = client.get(place).content.decode()
    assert "change of roles" in text
    entry = AuditEntry.objects.get(act="role_change")
    assert client.get(reverse("admin:enforcement_auditentry_change", args=[entry.pk])).status_code == 200
    assert (
        client.get(f"{place}?act=role_change&q=enforcement.officer+{leader.pk}")
        .content.decode()
        .count("change of roles")
        >= 1
    )
    assert client.get(f"{place}?signed_in=0&q=段志").status_code == 200


def test_nobody_writes_into_the_trail(auditor, administrator, signed_in):
    for officer in (auditor, administrator):
        assert signed_in(officer).post(reverse("admin:enforcement_auditentry_add"), {"act": "x"}).status_code == 403


def test_the_administrator_does_not_read_the_trail(desk):
    assert desk.get(reverse("admin:enforcement_auditentry_changelist")).status_code == 403


def test_the_roles_can_be_read_and_not_changed(auditor, signed_in):
    from django.contrib.auth.models import Group

    client = signed_in(auditor)
    group = Group.objects.get(name="shift_leader")
    assert client.get(reverse("admin:auth_group_changelist")).status_code == 200
    assert client.get(reverse("admin:auth_group_change", args=[group.pk])).status_code == 200
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"}).status_code == 403
