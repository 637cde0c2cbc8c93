"""The administration of the roster's rows: what is there, who may change it, what is never deleted."""

import datetime

import pytest
from django.contrib import admin
from django.urls import reverse

from enforcement.models import CalendarDay, CoverageRule, DutyGroup, Rotation, ShiftPattern

MODELS = [CalendarDay, CoverageRule, DutyGroup, Rotation, ShiftPattern]


@pytest.fixture
def rows(db):
    pattern = ShiftPattern.objects.create(name="一天一班")
    return {
        CalendarDay: CalendarDay.objects.create(date="2020-01-24", kind="rest"),
        CoverageRule: CoverageRule.objects.first(),
        DutyGroup: DutyGroup.objects.create(name="一组"),
        Rotation: Rotation.objects.create(name="带班", pattern=pattern, lane="leader", anchor_on="2020-01-01"),
        ShiftPattern: pattern,
    }


def test_no_plan_custody_or_leave_is_in_the_administration():
    here = {model for model in admin.site._registry if model.__module__.startswith("enforcement.models.duty")}
    assert here == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_the_administrator_sees_adds_and_changes_the_rows_and_deletes_none(model, rows, administrator, signed_in):
    office, name, pk = signed_in(administrator), f"admin:enforcement_{model._meta.model_name}", rows[model].pk
    for place, args in (("changelist", []), ("add", []), ("change", [pk])):
        assert office.get(reverse(f"{name}_{place}", args=args)).status_code == 200
    assert office.post(reverse(f"{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_an_auditor_changes_none_of_them(rows, auditor, signed_in):
    for model, row in rows.items():
        place = reverse(f"admin:enforcement_{model._meta.model_name}_change", args=[row.pk])
        assert signed_in(auditor).post(place, {}).status_code == 403


def _inline(prefix, **row):
    forms = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    return {f"{prefix}-{name}": value for name, value in forms.items()} | {f"{prefix}-0-{n}": v for n, v in row.items()}


def test_members_are_put_into_a_group_from_a_date_on(rows, administrator, duty_officer, signed_in):
    group = rows[DutyGroup]
    place = reverse("admin:enforcement_dutygroup_change", args=[group.pk])
    member = _inline(
        "memberships", officer=duty_officer.pk, position=0, since="2020-01-01", until="", id="", group=group.pk
    )
    fields = {"name": "一组", "position": 1, "is_active": "on", **member}
    assert signed_in(administrator).post(place, fields).status_code == 302
    assert group.members_on(datetime.date(2020, 1, 24)) == [duty_officer]


def test_borders_are_put_into_a_pattern(rows, administrator, signed_in):
    pattern = rows[ShiftPattern]
    place = reverse("admin:enforcement_shiftpattern_change", args=[pattern.pk])
    fields = {
        "name": "一天一班",
        "is_active": "on",
        **_inline("borders", at="08:00", name="全天", id="", pattern=pattern.pk),
    }
    assert signed_in(administrator).post(place, fields).status_code == 302
    assert pattern.borders.count() == 1
