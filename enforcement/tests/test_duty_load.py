"""Load per person: by the clock and the calendar, never by the name of a shift; planned and real."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.duty.load import Hours, load
from enforcement.models import Absence, Assignment, CalendarDay, Leave, Shift
from enforcement.tests.watches import HOURS, H, put, roster, watch

DAY = 24 * HOURS
MINUTE = datetime.timedelta(minutes=1)
MIDNIGHT = H - 8 * HOURS  # Friday, 24 January 2020


@pytest.fixture
def version(leader):
    return roster(leader)


def hours(one):
    return {name: value / HOURS for name, value in vars(one).items() if value}


def test_the_night_is_from_22_to_6_whatever_the_shift_is_called(version, duty_officer):
    watch(version, H, lasts=DAY, officer=duty_officer)  # it is called 白班, the day shift
    (one,) = load(H, H + DAY)
    assert hours(one.planned) == {"all": 24, "night": 8, "workday": 16, "rest": 8}


def test_a_shift_touching_the_night_by_a_minute_has_a_minute_of_night(version, duty_officer):
    shift = Shift.objects.create(version=version, start=H, end=H + 14 * HOURS + MINUTE, name="夜班")
    put(shift, duty_officer, "officer")
    (one,) = load(H, H + DAY)
    assert one.planned.night == MINUTE


def test_the_calendar_decides_what_is_a_day_of_rest(version, duty_officer):
    saturday = MIDNIGHT + DAY
    watch(version, saturday, lasts=DAY, officer=duty_officer)
    assert hours(load(saturday, saturday + DAY)[0].planned) == {"all": 24, "night": 8, "rest": 24}
    day = CalendarDay.objects.create(date=datetime.date(2020, 1, 25), kind="workday", name="调休")
    assert hours(load(saturday, saturday + DAY)[0].planned) == {"all": 24, "night": 8, "workday": 24}
    CalendarDay.objects.filter(pk=day.pk).update(kind="statutory")
    assert hours(load(saturday, saturday + DAY)[0].planned) == {"all": 24, "night": 8, "statutory": 24}


def test_real_is_planned_less_leave_and_absence(version, duty_officer, leader):
    watch(version, H, lasts=DAY, officer=duty_officer)
    Absence.objects.create(
        officer=duty_officer, left_at=H + 2 * HOURS, back_at=H + 3 * HOURS, reason="医院", recorded_by=leader
    )
    leave = {"officer": duty_officer, "kind": "sick", "asked_by": leader, "state": "approved"}
    Leave.objects.create(start=H + 20 * HOURS, end=H + 30 * HOURS, **leave)
    (one,) = load(H, H + DAY)
    assert (one.planned.all, one.real.all) == (DAY, 19 * HOURS)
    assert one.real.night == 6 * HOURS  # 22:00 to 04:00


def test_two_roles_at_once_are_one_persons_time_once(version, duty_officer):
    put(watch(version, H, phone=duty_officer)["phone"].shift, duty_officer, "officer")
    (one,) = load(H, H + DAY)
    assert (one.planned.all, one.shifts) == (12 * HOURS, 1)
    assert one.roles == {"leader": 0 * HOURS, "phone": 12 * HOURS, "officer": 12 * HOURS}


def test_a_shift_that_reaches_over_the_edge_counts_as_far_as_it_lies_within(version, duty_officer):
    watch(version, H - 12 * HOURS, lasts=DAY, officer=duty_officer)
    assert load(H, H + DAY)[0].planned.all == 12 * HOURS
    assert load(H + 12 * HOURS, H + DAY) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 2000)), min_size=1, max_size=4))
def test_the_parts_are_the_minutes_counted_one_by_one(spans):
    from enforcement.duty.intervals import merged
    from enforcement.duty.load import _Hours

    rows = merged((MIDNIGHT + a * MINUTE, MIDNIGHT + (a + n) * MINUTE) for a, n in spans)
    fixed = {datetime.date(2020, 1, d): kind for d, kind in zip(range(24, 31), _KINDS, strict=True)}
    found = _WithTypes(fixed, _Hours, MIDNIGHT, MIDNIGHT + 5 * DAY).of(rows)
    minutes = {m for a, n in spans for m in range(a, a + n)}
    kinds = [_KINDS[m // 1440] for m in minutes]
    assert found == Hours(
        all=len(minutes) * MINUTE,
        night=sum(m % 1440 < 360 or m % 1440 >= 1320 for m in minutes) * MINUTE,
        workday=kinds.count("workday") * MINUTE, rest=kinds.count("rest") * MINUTE,
        statutory=kinds.count("statutory") * MINUTE,
    )  # fmt: skip


_KINDS = ["workday", "rest", "statutory", "rest", "workday", "statutory", "workday"]


def _WithTypes(fixed, made, start, end):
    """An `_Hours` of a calendar that stands in no database."""
    from unittest import mock

    from enforcement.models.duty.calendar import CalendarQuerySet, DayType

    def types(self, first, last):
        days = (first + n * DAY for n in range((last - first).days + 1))
        return {day: DayType(fixed.get(day, "workday")) for day in days}

    with mock.patch.object(CalendarQuerySet, "types", types):
        return made(start, end)


def book(client, query="month=2020-01"):
    """The cells of the exported workbook."""
    response = client.get(f"{reverse('duty:load')}?{query}&export=xlsx")
    content = b"".join(response.streaming_content)
    return openpyxl.load_workbook(io.BytesIO(content)).active


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_shows_a_month_and_its_workbook_the_same_minutes(version, duty_officer, auditor, signed_in):
    watch(version, H, lasts=DAY, officer=duty_officer)
    client = signed_in(auditor)
    page = client.get(f"{reverse('duty:load')}?month=2020-01")
    assert page.status_code == 200 and "钟子磊" in page.content.decode()
    (row,) = [row for row in book(client).iter_rows(values_only=True) if "钟子磊" in row]
    assert row.count(24 * 60) == 3 and 8 * 60 in row  # as an officer, planned and real


def test_a_name_is_no_formula(version, leader, duty_officer, auditor, signed_in):
    duty_officer.name = "=HYPERLINK(1)"
    duty_officer.save()
    watch(version, H, officer=duty_officer)
    cells = [cell for row in book(signed_in(auditor)).iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=HYPERLINK(1)"] == ["s"]


def test_the_export_leaves_its_trail(version, auditor, signed_in):
    from enforcement.models import AuditEntry

    book(signed_in(auditor))
    assert AuditEntry.objects.filter(act="export", by=auditor).count() == 1


@pytest.mark.parametrize(
    "query", ["month=x", "month=2020-13", "month=99999-01", "month=&from=x", "from=2020-01-01", "export=y", "month=0001-01"]
)  # fmt: skip
def test_odd_months_are_answered_with_a_sentence(auditor, signed_in, query):
    assert signed_in(auditor).get(f"{reverse('duty:load')}?{query}").status_code in (200, 422)


def test_the_load_is_not_for_everybody(inspector, signed_in):
    assert signed_in(inspector).get(reverse("duty:load")).status_code == 403


def test_the_number_of_queries_does_not_follow_the_number_of_people(
    version, leader, duty_officer, second_duty_officer, django_assert_num_queries
):
    watch(version, H, officer=duty_officer)
    with django_assert_num_queries(6):
        load(H, H + DAY)
    watch(version, H + 12 * HOURS, leader=leader, phone=second_duty_officer, officer=duty_officer)
    with django_assert_num_queries(6):
        assert len(load(H, H + DAY)) == 3
    assert Assignment.objects.count() == 4
