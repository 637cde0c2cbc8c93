"""Coverage of the roster in force: each way of being deceived about it has its test."""

import datetime

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.utils import translation

from enforcement.duty.coverage import broken_at, coverage, plan_coverage, sentence, subtractions
from enforcement.duty.sweep import Demand, Duty, sweep
from enforcement.models import Absence, Assignment, CalendarDay, CoverageRule, Leave, Officer
from enforcement.tests.watches import HOURS, H, put, roster, watch
from venues.models import Patrol

DAY = 24 * HOURS
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _rules(db):
    CoverageRule.objects.update(valid_from=H - 30 * DAY)


@pytest.fixture
def day(leader, duty_officer, second_duty_officer):
    """A whole day from H with everybody at his place."""
    return watch(roster(leader), lasts=DAY, leader=leader, phone=duty_officer, officer=second_duty_officer)


def gaps(found):
    return [(gap.post, (gap.start - H) // SECOND, (gap.end - H) // SECOND, gap.missing) for gap in found.gaps]


def figures(found):
    return found.required_seconds, found.staffed_seconds, found.led_seconds


def away(officer, start, end, **values):
    return Absence.objects.create(
        officer=officer, left_at=start, back_at=end, reason="医院", recorded_by=officer, **values
    )


def out(officer, start, end=None, **values):
    return Patrol.objects.depart(
        by=officer, led_by=officer, members=[officer], left_at=start, returned_at=end, **values
    )


# --- the traps --------------------------------------------------------------------------------------------------------
def test_an_empty_roster_is_one_gap_of_each_rule_as_long_as_the_window(db):
    found = coverage(H, H + DAY)
    assert gaps(found) == [("leader", 0, 86400, 1), ("phone", 0, 86400, 1), ("post", 0, 86400, 2)]
    assert figures(found) == (86400, 0, 0)
    assert not found.is_whole


def test_without_a_rule_nothing_is_proved(day):
    CoverageRule.objects.all().delete()
    found = coverage(H, H + DAY)
    assert figures(found) == (0, 0, 0) and not found.is_whole


@pytest.mark.parametrize("seconds", [1, 59])
def test_a_hole_under_a_minute_is_a_gap(day, duty_officer, seconds):
    away(duty_officer, H + HOURS, H + HOURS + seconds * SECOND)
    found = coverage(H, H + DAY)
    assert gaps(found) == [("phone", 3600, 3600 + seconds, 1), ("post", 3600, 3600 + seconds, 1)]
    assert figures(found) == (86400, 86400 - seconds, 86400)


def test_a_hole_under_a_second_counts_as_one(day, leader):
    away(leader, H + HOURS, H + HOURS + datetime.timedelta(microseconds=1))
    found = coverage(H, H + DAY)
    assert [gap.seconds for gap in found.gaps] == [1]
    assert figures(found) == (86400, 86400, 86399)


def test_leader_and_officers_by_day_do_not_add_up_to_a_whole_with_empty_nights(
    leader, duty_officer, second_duty_officer
):
    watch(roster(leader), leader=leader, phone=duty_officer, officer=second_duty_officer)  # twelve hours
    found = coverage(H, H + DAY)
    assert figures(found) == (86400, 43200, 43200)
    assert [gap[1:3] for gap in gaps(found)] == [(43200, 86400)] * 3


def test_a_leader_at_the_telephone_is_one_person_and_leads(day, leader):
    shift = day["leader"].shift
    Assignment.objects.exclude(officer=leader).update(lapsed_at=H)
    put(shift, leader, "phone")
    assert [(gap.post, gap.missing) for gap in coverage(H, H + DAY).gaps] == [("phone", 1), ("post", 2)]


def test_one_officer_at_two_places_is_one_person(day, second_duty_officer, duty_officer):
    Assignment.objects.filter(officer=second_duty_officer).update(lapsed_at=H)
    put(day["phone"].shift, duty_officer, "officer")
    assert [(gap.post, gap.missing) for gap in coverage(H, H + DAY).gaps] == [("post", 1)]


def test_an_officer_who_served_cannot_be_deleted_and_who_leaves_keeps_the_past(day, duty_officer):
    with pytest.raises(ProtectedError):
        Officer.objects.filter(pk=duty_officer.pk).delete()
    Officer.objects.filter(pk=duty_officer.pk).update(is_active=False)
    assert coverage(H, H + DAY).is_whole


def test_a_night_is_its_hours_whatever_a_shift_is_called(day):
    CoverageRule.objects.all().delete()
    CoverageRule.objects.create(
        post="post", minimum=3, window_from=datetime.time(22), window_until=datetime.time(6), valid_from=H - DAY
    )
    assert gaps(coverage(H, H + DAY)) == [("post", 14 * 3600, 22 * 3600, 1)]  # the shift is called 白班
    assert coverage(H, H + DAY).required_seconds == 8 * 3600


@pytest.mark.sqlite
def test_plain_tools_can_write_the_tables_of_the_roster(day):
    """No CHECK that only Django's own functions understand (start + interval)."""
    import sqlite3

    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'enforcement_%'")
        tables = [sql for (sql,) in cursor.fetchall()]
    plain = sqlite3.connect(":memory:")
    for sql in tables:
        plain.execute(sql)
    plain.execute(
        "INSERT INTO enforcement_assignment (shift_id, officer_id, role, start, end, source)"
        " VALUES (1, 1, 'leader', '2020-01-24 00:00:00', '2020-01-25 00:00:00', 'hand')"
    )
    plain.execute("UPDATE enforcement_assignment SET end = '2020-01-26 00:00:00'")
    plain.close()


# --- what subtracts ---------------------------------------------------------------------------------------------------
def test_approved_leave_subtracts_and_leave_asked_for_does_not(day, duty_officer, leader):
    span = {"start": H + HOURS, "end": H + 2 * HOURS}
    leave = Leave.objects.create(officer=duty_officer, kind="sick", asked_by=duty_officer, **span)
    assert coverage(H, H + DAY).is_whole
    Leave.objects.filter(pk=leave.pk).update(state="approved")
    assert coverage(H, H + DAY).staffed_seconds == 86400 - 3600


def test_an_absence_that_is_not_over_counts_until_the_moment_asked(day, leader):
    away(leader, H + HOURS, None)
    assert gaps(coverage(H, H + DAY, at=H + 3 * HOURS)) == [("leader", 3600, 3 * 3600, 1)]
    assert [broken.rule.post for broken in broken_at(H + 3 * HOURS)] == ["leader"]
    assert broken_at(H) == []


def test_out_on_a_patrol_counts_against_the_telephone_and_not_against_the_leader(day, leader, duty_officer):
    out(leader, H + HOURS, H + 2 * HOURS)
    assert coverage(H, H + DAY).is_whole
    out(duty_officer, H + HOURS, H + 2 * HOURS)
    assert gaps(coverage(H, H + DAY)) == [("phone", 3600, 7200, 1), ("post", 3600, 7200, 1)]


def test_who_leads_a_patrol_without_being_a_member_is_out_too(day, duty_officer):
    out(duty_officer, H, H + HOURS).members.clear()
    assert coverage(H, H + DAY).staffed_seconds == 86400 - 3600


def test_looking_at_screens_is_not_being_out(day, duty_officer):
    out(duty_officer, H, H + HOURS, kind="online")
    assert coverage(H, H + DAY).is_whole


def test_a_draft_is_covered_by_its_own_rows_less_leave_but_not_less_who_is_at_lunch(day, duty_officer, leader):
    rows = list(Assignment.objects.all())
    Assignment.objects.update(entered_at=None)
    assert not coverage(H, H + DAY).is_whole
    away(duty_officer, H, H + HOURS)
    assert plan_coverage(rows, H, H + DAY).is_whole
    leave = {"kind": "annual", "state": "approved", "asked_by": leader, "start": H, "end": H + 2 * HOURS}
    Leave.objects.create(officer=leader, **leave)
    assert figures(plan_coverage(rows, H, H + DAY)) == (86400, 86400, 86400 - 7200)


def test_what_a_leave_would_uncover_can_be_asked_before_it_is_approved(day, leader):
    found = coverage(H, H + DAY, away=[(leader.pk, H, H + HOURS)])
    assert gaps(found) == [("leader", 0, 3600, 1)]


def test_everything_that_subtracts_is_in_one_place(day, leader, duty_officer):
    away(duty_officer, H, H + HOURS)
    assert subtractions(H, H + DAY) == [(duty_officer.pk, H, H + HOURS)]
    assert subtractions(H + HOURS, H + DAY) == []  # half-open


# --- rules ------------------------------------------------------------------------------------------------------------
def test_a_rule_counts_only_while_it_holds(db):
    CoverageRule.objects.exclude(post="leader").delete()
    CoverageRule.objects.update(valid_from=H + HOURS, valid_until=H + 3 * HOURS)
    found = coverage(H, H + DAY)
    assert gaps(found) == [("leader", 3600, 3 * 3600, 1)]
    assert found.required_seconds == 7200


def test_a_rule_of_holidays_follows_the_calendar_as_it_is_edited(db):
    CoverageRule.objects.exclude(post="leader").delete()
    CoverageRule.objects.update(day_types="free")
    thursday = H - 8 * HOURS - DAY + 7 * DAY  # 2020-01-30, a plain Thursday until the calendar says more
    assert coverage(thursday, thursday + DAY).required_seconds == 0
    CalendarDay.objects.create(date=datetime.date(2020, 1, 30), kind="rest", name="春节")
    assert coverage(thursday, thursday + 2 * DAY).required_seconds == 86400


def test_a_gap_stands_in_two_pieces_only_where_the_number_of_the_missing_changes(day, duty_officer, leader):
    Assignment.objects.filter(role="officer").update(end=H + 2 * HOURS)
    away(duty_officer, H + 2 * HOURS, H + 3 * HOURS)
    found = [gap for gap in gaps(coverage(H, H + DAY)) if gap[0] == "post"]
    assert found == [("post", 7200, 10800, 2), ("post", 10800, 86400, 1)]


def test_an_empty_window_is_no_error(db):
    assert figures(coverage(H, H)) == (0, 0, 0)
    assert coverage(H, H - DAY).gaps == []


# --- at a moment ------------------------------------------------------------------------------------------------------
def test_sending_the_last_pair_breaks_the_telephone_and_the_post_and_the_car_may_hold_the_leader(
    day, leader, duty_officer, second_duty_officer
):
    assert broken_at(H) == []
    found = broken_at(H, without=[duty_officer, second_duty_officer.pk, leader])
    assert [(b.rule.post, b.have, b.missing) for b in found] == [("phone", 0, 1), ("post", 0, 2)]
    found = broken_at(H, without=[second_duty_officer], away=[leader])
    assert [(b.rule.post, b.have, b.missing) for b in found] == [("leader", 0, 1), ("post", 1, 1)]


def test_a_shift_that_ends_at_the_moment_is_over_and_one_that_begins_has_begun(day):
    assert broken_at(H) == []
    assert len(broken_at(H + DAY)) == 3 and len(broken_at(H - SECOND)) == 3


def test_a_broken_rule_is_said_in_words(day, second_duty_officer):
    with translation.override("en"):
        assert [sentence(b) for b in broken_at(H + DAY)] == [
            "Nobody leads.", "Nobody holds the telephone.", "Nobody is at the post.",
        ]  # fmt: skip
        assert [sentence(b) for b in broken_at(H, without=[second_duty_officer])] == ["1 of 2 people at the post."]


# --- the database -----------------------------------------------------------------------------------------------------
def test_the_number_of_queries_does_not_follow_the_number_of_days(day, leader, duty_officer, django_assert_num_queries):
    CoverageRule.objects.create(post="post", minimum=1, day_types="free", valid_from=H)
    version = day["leader"].shift.version
    with django_assert_num_queries(8):
        coverage(H, H + DAY)
    for n in range(1, 20):
        watch(version, H + n * DAY, lasts=DAY, leader=leader, phone=duty_officer)
    with django_assert_num_queries(8):
        coverage(H, H + 20 * DAY)
    with django_assert_num_queries(3):
        plan_coverage([], H, H + DAY)


def test_who_covers_a_moment_is_answered_by_the_index(day, duty_officer):
    shift = day["leader"].shift
    starts = [H + n * HOURS for n in range(1, 4000)]
    Assignment.objects.bulk_create(
        Assignment(shift=shift, officer=duty_officer, role="officer", start=start, end=start + DAY, entered_at=H)
        for start in starts
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE enforcement_assignment")
    plan = Assignment.objects.in_force().covering(starts[2000]).order_by().explain()
    assert "assignment_in_force" in plan


def test_two_hundred_thousand_assignments_are_swept_exactly():
    """Two thousand posts' worth of a year's watches; one of them ends a second early."""
    rule = CoverageRule(post="phone", minimum=1, out_counts_against=True)
    watch, count = datetime.timedelta(minutes=30), 200_000
    duties = [Duty(n % 50, "phone", H + n * watch, H + (n + 1) * watch) for n in range(count)]
    short = duties[123_456]
    duties[123_456] = short._replace(end=short.end - datetime.timedelta(seconds=1))
    end = H + count * watch
    swept = sweep([Demand(rule, [(H, end)])], duties, [], [], H, end)
    assert [(gap.end, gap.seconds) for gap in swept.gaps] == [(short.end, 1)]
