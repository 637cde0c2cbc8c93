"""Two at once on one isolation: one is recorded, the other is told who was first. The control shows that it is the lock."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from enforcement.duty import changing
from enforcement.models import Isolation
from enforcement.tests.watches import HOURS
from venues.tests.racing import at_once, sort_out
from venues.transitions import TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def second_leader(django_user_model):
    officer = django_user_model.objects.create_user("leader2", name="薛建平", badge_no="T002", can_lead=True)
    officer.groups.add(Group.objects.get(name="shift_leader"))
    return officer


def beginners(officer, leaders, end):
    now = timezone.now()
    return [
        lambda by=by: Isolation.objects.begin(by=by, officer=officer, reason="x", end=end and now + end, at=now)
        for by in leaders
    ]


@pytest.mark.parametrize("end", [None, 9 * HOURS], ids=["without an end", "with an end"])
def test_of_two_who_record_an_isolation_one_is_told_who_was_first(end, inspector, leader, second_leader):
    won, refusals = sort_out(at_once(*beginners(inspector, [leader, second_leader], end)), TooLate)
    assert (len(won), len(refusals), Isolation.objects.count()) == (1, 1, 1)
    assert won[0].by.name in refusals[0].sentence()


def test_without_the_lock_both_are_recorded(inspector, leader, second_leader, monkeypatch):
    """The control: where nobody waits for the other, both have looked before either has written."""
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite the transaction is the lock")
    both_looked = threading.Barrier(2)
    first = type(Isolation.objects.all()).create

    def late(self, **values):
        both_looked.wait(timeout=20)
        return first(self, **values)

    monkeypatch.setattr(changing, "hold", lambda people, assignments: None)
    monkeypatch.setattr(type(Isolation.objects.all()), "create", late)
    won, _refusals = sort_out(at_once(*beginners(inspector, [leader, second_leader], 9 * HOURS)), TooLate)
    assert len(won) == Isolation.objects.count() == 2


def test_the_end_that_came_first_stands(inspector, leader, second_leader):
    isolation = Isolation.objects.begin(by=leader, officer=inspector, reason="x", start=timezone.now() - HOURS)
    acts = [lambda by=by: Isolation.objects.get(pk=isolation.pk).finish(by=by) for by in (leader, second_leader)]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 1)
    isolation.refresh_from_db()
    assert isolation.ended_by.name in refusals[0].sentence()
