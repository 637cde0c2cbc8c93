"""Leave: asked for, decided by a leader, and what it uncovers."""

import pytest
from django.contrib.auth.models import Group
from django.utils import translation

from enforcement.models.duty import Leave
from enforcement.tests.duties import BEFORE, HOUR, T, published, serve
from venues.transitions import Refused, TooLate

State = Leave.State


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def duty(leader, duty_officer):
    return serve(published(leader), duty_officer, "phone")


def ask(by, start=T, end=T + 48 * HOUR, **more):
    more.setdefault("at", BEFORE)
    return Leave.objects.ask(by=by, kind="annual", start=start, end=end, **more)


def test_leave_counts_once_a_leader_approves_it_and_says_what_it_uncovers(duty, duty_officer, leader):
    leave = ask(duty_officer)
    assert not Leave.objects.approved()
    assert leave.approve(by=leader, at=BEFORE) == [duty]
    assert (leave.state, leave.decided_by, leave.decided_alone) == (State.APPROVED, leader, False)


def test_leave_beside_the_duties_uncovers_nothing(duty, duty_officer, leader):
    assert ask(duty_officer, start=duty.end, end=duty.end + HOUR).approve(by=leader, at=BEFORE) == []


def test_refused_leave_does_not_count(duty_officer, leader):
    leave = ask(duty_officer)
    leave.refuse(by=leader, note="人手不足", at=BEFORE)
    assert (leave.state, leave.decision_note) == (State.REFUSED, "人手不足")
    assert not Leave.objects.approved()


def test_of_two_decisions_the_first_holds(duty_officer, leader):
    leave = ask(duty_officer)
    stale = Leave.objects.get(pk=leave.pk)
    leave.approve(by=leader, at=BEFORE)
    with pytest.raises(TooLate, match="武桂平"):
        stale.refuse(by=leader, at=BEFORE)


def test_a_leader_does_not_approve_his_own_leave_while_another_can(leader, django_user_model):
    leave = ask(leader)
    other = django_user_model.objects.create_user("leader2", name="薛建平")
    other.groups.add(Group.objects.get(name="shift_leader"))
    with pytest.raises(Refused, match="薛建平"):
        leave.approve(by=leader, at=BEFORE)
    leave.approve(by=other, at=BEFORE)


def test_he_does_when_nobody_else_may_and_the_record_says_so(leader):
    leave = ask(leader)
    leave.approve(by=leader, at=BEFORE)
    assert leave.decided_alone


def test_a_leader_asks_for_another_and_others_do_not(leader, inspector, duty_officer):
    assert ask(leader, officer=inspector).officer == inspector
    with pytest.raises(Refused, match="oneself"):
        ask(duty_officer, officer=inspector)


@pytest.mark.parametrize(("start", "end"), [(0, 48), (47, 60), (-5, 1), (10, 12)])
def test_leave_does_not_overlap_leave(start, end, duty_officer):
    ask(duty_officer)
    with pytest.raises(Refused, match="already"):
        ask(duty_officer, start=T + start * HOUR, end=T + end * HOUR)


def test_leave_may_follow_leave(duty_officer, leader):
    ask(duty_officer).refuse(by=leader, at=BEFORE)
    ask(duty_officer)
    ask(duty_officer, start=T + 48 * HOUR, end=T + 50 * HOUR)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (0, 24 * 400)])
def test_leave_ends_after_it_began_within_a_year(start, end, duty_officer):
    with pytest.raises(Refused, match="within one year"):
        ask(duty_officer, start=T + start * HOUR, end=T + end * HOUR)


def test_leave_is_recorded_within_a_day(duty_officer):
    with pytest.raises(Refused, match="24 hours"):
        ask(duty_officer, at=T + 25 * HOUR)
    ask(duty_officer, at=T + 23 * HOUR)


@pytest.mark.parametrize("approved", [False, True])
def test_leave_is_withdrawn_before_it_begins(approved, duty_officer, leader):
    leave = ask(duty_officer)
    if approved:
        leave.approve(by=leader, at=BEFORE)
    leave.withdraw(by=duty_officer, at=BEFORE + HOUR)
    assert (leave.state, leave.withdrawn_by, leave.end) == (State.WITHDRAWN, duty_officer, T + 48 * HOUR)


def test_who_comes_back_early_ends_it_and_what_was_stays(duty_officer, leader):
    leave = ask(duty_officer)
    leave.approve(by=leader, at=BEFORE)
    leave.withdraw(by=duty_officer, at=T + 5 * HOUR)
    assert (leave.state, leave.end, leave.decided_by) == (State.APPROVED, T + 5 * HOUR, leader)
    with pytest.raises(TooLate):
        leave.withdraw(by=duty_officer, at=T + 6 * HOUR)


def test_leave_that_is_over_stays(duty_officer, leader):
    leave = ask(duty_officer)
    leave.approve(by=leader, at=BEFORE)
    with pytest.raises(TooLate):
        leave.withdraw(by=duty_officer, at=T + 49 * HOUR)


def test_others_do_not_withdraw_it(duty_officer, inspector):
    with pytest.raises(Refused):
        ask(duty_officer).withdraw(by=inspector)
