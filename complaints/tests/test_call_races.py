"""Fifty presses of one form, many forms at once: one complaint each, numbers without gaps. On both databases."""

import threading
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.utils import timezone

from complaints.models import Call, Complaint, ComplaintEvent, DayCounter
from complaints.tests.calling import registered, typed
from complaints.views import calls
from venues.models import Submission
from venues.tests.forms import sent
from venues.tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


def presses(signed_in, officer, count, fields, key=None):
    """Acts that each send the form from a client of its own."""
    clients = [signed_in(officer) for _client in range(count)]
    return [lambda c=c: sent(c, "/calls/new/", fields, key=key or uuid.uuid4()) for c in clients]


@pytest.fixture
def fifty_presses(signed_in, duty_officer, inspector, monkeypatch):
    """Press "save and dispatch" fifty times at once; what came of it is judged by `counted_once`."""
    monkeypatch.setattr(type(get_user_model().objects), "on_duty", lambda self, at: self.filter(pk=inspector.pk))
    return lambda: at_once(*presses(signed_in, duty_officer, 50, typed(then="dispatch"), key=uuid.uuid4()))


def counted_once(outcomes):
    assert {getattr(answer, "status_code", answer) for answer in outcomes} == {302}
    assert len({answer.url for answer in outcomes}) == 1
    assert Complaint.objects.count() == Call.objects.count() == Submission.objects.count() == 1
    assert list(ComplaintEvent.objects.order_by("pk").values_list("act", flat=True)) == ["register", "dispatch"]
    assert Complaint.objects.get().number.endswith("-001")


def test_fifty_presses_make_one_complaint(fifty_presses):
    counted_once(fifty_presses())


def test_control_without_the_guard_of_the_form_fifty_presses_are_not_counted_once(fifty_presses, monkeypatch):
    """The same presses, judged by the same sentences, on the view without `once`."""
    monkeypatch.setattr(calls, "_save", calls._save.__wrapped__)
    outcomes = fifty_presses()
    with pytest.raises(AssertionError):
        counted_once(outcomes)


def test_control_without_the_guard_and_without_the_key_of_the_call_they_are_fifty(fifty_presses, monkeypatch):
    """The second net, `client_id`, taken out as well: every press is a complaint of its own."""
    unguarded, act = calls._save.__wrapped__, calls._act
    monkeypatch.setattr(calls, "_save", unguarded)
    monkeypatch.setattr(calls, "_act", lambda request, form, key: act(request, form, uuid.uuid4()))
    assert {answer.status_code for answer in fifty_presses()} == {302}
    assert Complaint.objects.count() == 50


def test_without_the_key_in_the_database_they_would_be_many(signed_in, duty_officer, monkeypatch):
    """The control: each press with a key of its own."""
    at_once(*presses(signed_in, duty_officer, 5, typed()))
    assert Complaint.objects.count() == Submission.objects.count() == 5


def test_forms_that_are_saved_at_once_get_numbers_without_gap_or_double(signed_in, duty_officer):
    outcomes = at_once(*presses(signed_in, duty_officer, 12, typed()))
    assert {answer.status_code for answer in outcomes} == {302}
    numbers = sorted(number[-3:] for number in Complaint.objects.values_list("number", flat=True))
    assert numbers == [f"{n:03d}" for n in range(1, 13)]


def test_a_save_that_fails_takes_no_number(duty_officer, monkeypatch):
    with monkeypatch.context() as broken, pytest.raises(IntegrityError):
        broken.setattr(
            type(Call.objects), "create", lambda self, **fields: (_ for _ in ()).throw(IntegrityError("power cut"))
        )
        registered(duty_officer)
    assert registered(duty_officer).number.endswith("-001") and Complaint.objects.count() == 1


@pytest.mark.postgresql  # SQLite lets one transaction write at a time, so it hides this
def test_reading_the_counter_and_writing_it_back_would_give_one_number_twice(duty_officer, monkeypatch):
    """The control: with this in place of the atomic counter the test above fails."""
    registered(duty_officer)
    both_read = threading.Barrier(2)

    def careless(at):
        last = DayCounter.objects.get(day=timezone.localdate(at)).last
        both_read.wait(timeout=20)
        DayCounter.objects.filter(day=timezone.localdate(at)).update(last=last + 1)
        return f"TS-{last + 1:03d}"

    monkeypatch.setattr(DayCounter, "next_number", careless)
    outcomes = at_once(lambda: registered(duty_officer), lambda: registered(duty_officer))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_a_call_added_while_the_complaint_ends_is_either_in_before_or_refused(duty_officer):
    complaint = registered(duty_officer)
    mine, yours = Complaint.objects.get(pk=complaint.pk), Complaint.objects.get(pk=complaint.pk)
    added, _ended = at_once(
        lambda: mine.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel),
        lambda: yours.void(by=duty_officer, reason="误登"),
    )
    acts = list(complaint.events.order_by("pk").values_list("act", flat=True))
    assert acts in (["register", "add_call", "void"], ["register", "void"])
    assert (len(acts) == 2) == isinstance(added, Exception)
