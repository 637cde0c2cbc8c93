"""顶班: an emergency take-over holds at once and is approved afterwards."""

import datetime

import pytest
from django.utils import translation

from enforcement.models.duty import Custody, DutyChange
from enforcement.tests.duties import HOUR, T, in_force, published, serve
from venues.transitions import Refused, TooLate

State = DutyChange.State
NOW = T + 4 * HOUR


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(leader):
    return published(leader)


@pytest.fixture
def duty(version, duty_officer):
    return serve(version, duty_officer, "phone")


def take_over(duty, by, **more):
    more.setdefault("at", NOW)
    return DutyChange.objects.take_over(by=by, assignment=duty, reason="突发疾病", **more)


def test_it_holds_at_once_and_to_the_end(duty, inspector):
    change = take_over(duty, inspector)
    assert (change.state, change.start, change.end) == (State.HOLDS, NOW, duty.end)
    assert in_force() == [("钟子磊", "phone", 0, 4), ("毛敏梅", "phone", 4, 12)]


def test_the_leader_approves_it_afterwards_and_the_roster_stays(duty, inspector, leader):
    change = take_over(duty, inspector)
    change.approve(by=leader, at=NOW + HOUR)
    assert (change.state, change.decided_by) == (State.APPROVED, leader)
    assert in_force() == [("钟子磊", "phone", 0, 4), ("毛敏梅", "phone", 4, 12)]


def test_refused_it_goes_back_from_then_on_and_what_was_served_stays(duty, inspector, leader):
    change = take_over(duty, inspector)
    change.refuse(by=leader, note="本人已到岗", at=NOW + 2 * HOUR)
    assert change.state == State.REFUSED
    assert in_force() == [("钟子磊", "phone", 0, 4), ("毛敏梅", "phone", 4, 6), ("钟子磊", "phone", 6, 12)]


def test_the_second_officer_who_takes_the_telephone_leaves_his_own_place(duty, version, inspector, leader):
    serve(version, inspector, "officer")
    change = take_over(duty, inspector)
    assert in_force() == [("毛敏梅", "officer", 0, 4), ("钟子磊", "phone", 0, 4), ("毛敏梅", "phone", 4, 12)]
    change.refuse(by=leader, at=NOW + 2 * HOUR)
    assert in_force(officer=inspector) == [
        ("毛敏梅", "officer", 0, 4), ("毛敏梅", "phone", 4, 6), ("毛敏梅", "officer", 6, 12),
    ]  # fmt: skip


def test_recorded_late_it_is_marked(duty, inspector):
    change = take_over(duty, inspector, start=T + HOUR, at=T + 20 * HOUR)
    assert change.is_late
    assert in_force() == [("钟子磊", "phone", 0, 1), ("毛敏梅", "phone", 1, 12)]
    assert not take_over(duty.shift.assignments.get(officer=inspector), duty.officer).is_late


def test_after_a_day_it_is_not_recorded_any_more(duty, inspector):
    with pytest.raises(Refused, match="within 24 hours"):
        take_over(duty, inspector, start=T + HOUR, at=T + 26 * HOUR)


def test_a_duty_that_begins_soon_may_be_taken_over(duty, inspector):
    change = take_over(duty, inspector, at=T - 2 * HOUR)
    assert (change.start, change.is_late) == (T, False)
    assert in_force() == [("毛敏梅", "phone", 0, 12)]


def test_a_later_duty_is_for_a_cover(duty, inspector):
    with pytest.raises(Refused, match="12 hours"):
        take_over(duty, inspector, at=T - 13 * HOUR)


def test_after_its_end_there_is_nothing_to_take(duty, inspector):
    with pytest.raises(Refused, match="over by then"):
        take_over(duty, inspector, at=T + 12 * HOUR)


def test_who_comes_second_is_told_who_was_first(duty, inspector, second_duty_officer):
    take_over(duty, inspector)
    with pytest.raises(TooLate, match=r"毛敏梅.*2020-01-24 12:00"):
        take_over(duty, second_duty_officer)


def test_nobody_takes_over_what_he_has(duty):
    with pytest.raises(Refused, match="have this duty already"):
        take_over(duty, duty.officer)


def test_who_may_not_lead_does_not_take_the_lead(version, leader, inspector):
    with pytest.raises(Refused, match="may not lead"):
        take_over(serve(version, leader, "leader"), inspector)


def test_it_is_not_withdrawn(duty, inspector):
    with pytest.raises(TooLate):
        take_over(duty, inspector).withdraw(by=inspector)


def test_who_took_over_does_not_approve_it_while_another_can(version, leader, duty_officer, inspector):
    change = take_over(serve(version, duty_officer, "phone"), leader)
    with pytest.raises(Refused, match="毛敏梅"):
        inspector.user_permissions.add(_approving())
        change.approve(by=leader)


def test_who_took_over_approves_it_when_nobody_else_may(duty, leader):
    change = take_over(duty, leader)
    change.approve(by=leader, at=NOW)
    assert change.decided_alone


def _approving():
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename="approve_change")


# --- the post goes with it
def test_the_telephone_comes_with_it_and_is_approved_with_it(duty, inspector, leader):
    Custody.objects.take_first(by=leader, post="phone", officer=duty.officer, at=T)
    change = take_over(duty, inspector)
    held = Custody.objects.open("phone")
    assert (held.officer, held.kind, held.taken_at, held.approved_by) == (inspector, "takeover", NOW, None)
    change.approve(by=leader, at=NOW + HOUR)
    held.refresh_from_db()
    assert held.approved_by == leader


def test_a_telephone_that_another_has_stays_with_him(duty, second_duty_officer, inspector, leader):
    Custody.objects.take_first(by=leader, post="phone", officer=second_duty_officer, at=T)
    take_over(duty, inspector)
    assert Custody.objects.open("phone").officer == second_duty_officer


@pytest.mark.parametrize("at", [T - HOUR, T + 20 * HOUR], ids=["before it begins", "written down late"])
def test_a_telephone_does_not_pass_outside_of_the_duty(at, duty, inspector, leader):
    Custody.objects.take_first(by=leader, post="phone", officer=duty.officer, at=T - datetime.timedelta(days=1))
    take_over(duty, inspector, start=T, at=at)
    assert Custody.objects.open("phone").officer == duty.officer
