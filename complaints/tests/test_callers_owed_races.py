"""A caller who calls while his complaint is being closed, two officers who tell one caller: nobody is lost, nobody told twice."""

import threading
import uuid

import pytest
from django.db import transaction

from complaints.models import Call, Callback, Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.racing import at_once
from venues.transitions import Refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaint(duty_officer):
    made = registered(duty_officer, wants_reply=False)
    Complaint.objects.filter(pk=made.pk).update(status=Status.AWAITING_ANSWER)
    made.refresh_from_db()
    return made


def copies(complaint, count=2):
    return [Complaint.objects.get(pk=complaint.pk) for _copy in range(count)]


def test_of_two_officers_who_tell_a_further_caller_at_once_one_does(complaint, duty_officer, second_duty_officer):
    call = complaint.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222")

    def tell(mine, by):
        return mine.call_back(by=by, result="reached", told="已查看", call=Call.objects.get(pk=call.pk))

    mine, yours = copies(complaint)
    outcomes = at_once(lambda: tell(mine, duty_officer), lambda: tell(yours, second_duty_officer))
    assert sum(isinstance(outcome, Callback) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert Callback.objects.count() == 1


def test_a_call_that_comes_in_while_the_complaint_is_closed_is_in_before_or_refused_and_never_lost(
    complaint, duty_officer
):
    mine, yours = copies(complaint)
    added, closed = at_once(
        lambda: mine.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222"),
        lambda: yours.close(by=duty_officer),
    )
    complaint.refresh_from_db()
    assert isinstance(added, Call) == isinstance(closed, Refused)
    assert complaint.calls.still_owed().count() == isinstance(added, Call)
    assert (complaint.status == Status.CLOSED) == isinstance(added, Refused)


@pytest.mark.postgresql  # SQLite lets one transaction write at a time, so it hides this
def test_control_a_guard_that_reads_without_holding_the_row_closes_over_a_caller(complaint, duty_officer, monkeypatch):
    read, stored = threading.Barrier(2), threading.Barrier(2)
    guard = Complaint._refuse_while_somebody_waits

    def slow(self, waiting):
        guard(self, waiting)
        read.wait(timeout=20)
        stored.wait(timeout=20)

    monkeypatch.setattr(Complaint, "_hold", lambda self: None)
    monkeypatch.setattr(Complaint, "_refuse_while_somebody_waits", slow)
    mine, yours = copies(complaint)

    def add():
        read.wait(timeout=20)
        with transaction.atomic():
            call = mine.add_call(
                by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222"
            )
        stored.wait(timeout=20)
        return call

    at_once(add, lambda: yours.close(by=duty_officer))
    complaint.refresh_from_db()
    assert complaint.status == Status.CLOSED and complaint.calls.filter(told_at=None, wants_reply=True).exists()
