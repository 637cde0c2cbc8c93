"""Isolation: it subtracts from duty to the second, in words that do not say why; it begins once, and ends once."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import translation

from enforcement.duty.certificate import certificate
from enforcement.duty.coverage import broken_at, coverage, sentence
from enforcement.duty.now import now_of
from enforcement.duty.responsible import holders
from enforcement.models import AuditEntry, CoverageRule, DutyChange, Isolation
from enforcement.tests.watches import HOURS, H, roster, watch
from venues.transitions import Refused, TooLate

DAY = 24 * HOURS
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _rules_in_english(db):
    CoverageRule.objects.update(valid_from=H)
    with translation.override("en"):
        yield


@pytest.fixture
def day(leader, duty_officer, second_duty_officer):
    return watch(roster(leader), lasts=DAY, leader=leader, phone=duty_officer, officer=second_duty_officer)


def isolate(officer, leader, start=H + 3 * HOURS, **more):
    more.setdefault("at", start)
    return Isolation.objects.begin(by=leader, officer=officer, reason="密切接触者", start=start, **more)


# --- what it subtracts
def test_the_certificate_loses_the_seconds_of_isolation_and_does_not_say_why(day, leader, second_duty_officer):
    isolate(second_duty_officer, leader).finish(by=leader, end=H + 3 * HOURS + 59 * SECOND, at=H + 4 * HOURS)
    found = certificate(H, H + DAY)
    assert found.coverage.required_seconds - found.coverage.staffed_seconds == 59
    (row,) = found.rows
    (part,) = row.answer.left
    assert (part.officer, part.words) == (second_duty_officer, "excused from duty")
    assert ((part.start - H) // SECOND, (part.end - H) // SECOND) == (10800, 10859)


def test_isolation_of_the_leader_leaves_the_team_unled(day, leader, duty_officer):
    isolate(leader, leader)
    assert coverage(H, H + DAY).led_seconds == 3 * 3600
    assert "Nobody leads." in [sentence(broken) for broken in broken_at(H + 4 * HOURS)]


def test_isolation_without_an_end_lasts_beyond_now(day, leader, second_duty_officer):
    isolate(second_duty_officer, leader)
    assert coverage(H, H + DAY, at=H + 4 * HOURS).staffed_seconds == 3 * 3600


def test_who_is_isolated_is_not_on_duty_and_holds_nothing(day, leader, duty_officer):
    isolate(duty_officer, leader, H + HOURS)
    on_duty = get_user_model().objects.on_duty
    assert duty_officer in on_duty(H) and duty_officer not in on_duty(H + HOURS)
    assert holders(H)["phone"] == [duty_officer] and holders(H + 2 * HOURS)["phone"] == []
    assert [one.where for one in now_of(H + 2 * HOURS).present if one.officer == duty_officer] == ["away"]


def test_nobody_takes_a_duty_in_isolation(day, leader, duty_officer, inspector):
    isolate(inspector, leader, H - HOURS)
    change = DutyChange.objects.ask(by=duty_officer, kind="cover", assignment=day["phone"], reason="x", at=H - HOURS)
    with pytest.raises(Refused, match="excused from duty"):
        change.take(by=inspector, at=H - HOURS / 2)


def test_the_duties_that_it_uncovers_are_named(day, leader, duty_officer, django_assert_num_queries):
    isolation = isolate(duty_officer, leader, end=H + 5 * HOURS)
    assert list(isolation.uncovers(H)) == [day["phone"]]
    assert not isolate(leader, leader, H - 9 * HOURS, end=H - HOURS).uncovers(H - 9 * HOURS)
    everyone = list(Isolation.objects.with_people())
    with django_assert_num_queries(1):
        Isolation.add_uncovered(everyone, H)
    assert [one.duties for one in everyone] == [[day["phone"]], []]


# --- begin and end
def test_nobody_is_isolated_twice_at_a_time(leader, inspector):
    isolate(inspector, leader)
    with pytest.raises(TooLate, match=r"毛敏梅.*2020-01-24 11:00.*武桂平"):
        isolate(inspector, leader, H + 5 * HOURS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Isolation.objects.create(officer=inspector, start=H, reason="x", by=leader)


def test_isolation_may_follow_isolation(leader, inspector):
    isolate(inspector, leader, end=H + 5 * HOURS)
    isolate(inspector, leader, H + 5 * HOURS)
    assert Isolation.objects.running(H + 5 * HOURS).count() == 1


@pytest.mark.parametrize("start", [-31 * DAY, HOURS], ids=["too long ago", "in the future"])
def test_it_begins_within_thirty_days_and_not_ahead(start, leader, inspector):
    with pytest.raises(Refused):
        isolate(inspector, leader, H + start, at=H)


@pytest.mark.parametrize("end", [datetime.timedelta(), 91 * DAY], ids=["with its beginning", "after too long"])
def test_its_end_lies_behind_its_beginning_and_not_too_far(end, leader, inspector):
    with pytest.raises(Refused):
        isolate(inspector, leader, H, end=H + end)


def test_it_needs_a_reason(leader, inspector):
    with pytest.raises(Refused, match="why"):
        Isolation.objects.begin(by=leader, officer=inspector, reason=" ", at=H)


def test_the_day_of_release_may_move_until_it_has_come(leader, inspector):
    isolation = isolate(inspector, leader, H)
    isolation.finish(by=leader, end=H + 14 * DAY, at=H + DAY)
    isolation.finish(by=leader, end=H + 10 * DAY, at=H + 2 * DAY)
    assert isolation.end == H + 10 * DAY
    with pytest.raises(TooLate, match=r"武桂平.*2020-02-03 08:00"):
        isolation.finish(by=leader, at=H + 11 * DAY)


def test_begin_and_end_leave_a_trail_that_names_nobody(leader, inspector):
    isolate(inspector, leader, H).finish(by=leader, at=H + DAY)
    entries = list(AuditEntry.objects.filter(about_type="enforcement.isolation").order_by("pk"))
    assert [(entry.act, entry.by, entry.detail) for entry in entries] == [
        ("isolation", leader, {}),
        ("isolation_end", leader, {}),
    ]
