"""Two officers merge two complaints into each other, or one ends the complaint into which another is being merged: no circle, and
nothing is merged into what ended at that moment. With a control that reads without holding the rows."""

import threading

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.racing import at_once
from venues.transitions import Refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(duty_officer):
    return registered(duty_officer), registered(duty_officer, number="13900003333")


def now(*complaints):
    return [Complaint.objects.get(pk=one.pk) for one in complaints]


@pytest.mark.parametrize("again", range(5))
def test_two_that_are_merged_into_each_other_make_no_circle(again, two, duty_officer, second_duty_officer):
    (a, b), (c, d) = now(*two), now(*two)
    outcomes = at_once(lambda: a.merge(by=duty_officer, parent=b), lambda: d.merge(by=second_duty_officer, parent=c))
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert sorted(one.status for one in now(*two)) == [Status.MERGED, Status.REGISTERED]


@pytest.mark.parametrize("again", range(5))
def test_nothing_is_merged_into_what_is_declared_void_at_that_moment(again, two, duty_officer, second_duty_officer):
    child, parent = two
    (mine, into), (ended,) = now(child, parent), now(parent)
    outcomes = at_once(
        lambda: mine.merge(by=duty_officer, parent=into), lambda: ended.void(by=second_duty_officer, reason="误登")
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    child, parent = now(child, parent)
    assert not (child.status == Status.MERGED and parent.status == Status.VOID)


@pytest.mark.postgresql  # SQLite lets one transaction write at a time, so it hides this
def test_control_without_holding_the_rows_both_are_merged_into_each_other(
    two, duty_officer, second_duty_officer, monkeypatch
):
    both_looked = threading.Barrier(2)
    guard = Complaint._refuse_to_merge_into

    def slow(self, parent):
        guard(self, parent)
        both_looked.wait(timeout=20)

    monkeypatch.setattr(Complaint, "_hold", lambda self: None)
    monkeypatch.setattr(Complaint, "_refuse_to_merge_into", slow)
    (a, b), (c, d) = now(*two), now(*two)
    at_once(lambda: a.merge(by=duty_officer, parent=b), lambda: d.merge(by=second_duty_officer, parent=c))
    assert [one.status for one in now(*two)] == [Status.MERGED, Status.MERGED]
