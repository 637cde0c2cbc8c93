"""Two officers and one complaint: one wins, the other is told who was first. Each race has a control without the guard."""

import threading

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.tests.forms import sent
from venues.tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaint(duty_officer, netbar):
    return registered(duty_officer, venue=netbar, place="")


def _put(complaint, act, by, *officers):
    """The complaint just before the act."""
    if act != Act.DISPATCH:
        complaint.dispatch(by=by, to=officers)
    if act == Act.STOP:
        complaint.sign(by=officers[0])
        complaint.find(by=officers[0], finding="running")


@pytest.mark.parametrize("act", [Act.DISPATCH, Act.SIGN, Act.STOP])
def test_of_two_officers_who_press_at_once_one_wins(
    act, complaint, signed_in, leader, duty_officer, inspector, second_inspector
):
    _put(complaint, act, duty_officer, inspector, second_inspector)
    people = (leader, duty_officer) if act == Act.DISPATCH else (inspector, second_inspector)
    fields = {"seen": f"{complaint.status}-1", "to": inspector.pk}
    before = complaint.events.count()
    clients, address = [signed_in(officer) for officer in people * 2], f"/complaints/{complaint.number}/{act}/"
    answers = at_once(*[lambda c=client: sent(c, address, fields) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    assert complaint.events.count() == before + 1
    winner = complaint.events.last().by
    assert all(winner.name in answer.content.decode() for answer in answers if answer.status_code == 409)


@pytest.mark.parametrize("act", [Act.DISPATCH, Act.SIGN, Act.STOP])
def test_control_read_then_save_lets_both_win(act, complaint, duty_officer, inspector, second_inspector):
    _put(complaint, act, duty_officer, inspector, second_inspector)
    before, both_read = complaint.status, threading.Barrier(2)
    target = {Act.DISPATCH: Status.DISPATCHED, Act.SIGN: Status.IN_PROGRESS, Act.STOP: Status.AWAITING_ANSWER}[act]

    def careless(by):
        mine = Complaint.objects.get(pk=complaint.pk)
        if mine.status == before:
            both_read.wait(timeout=20)
            mine.status = target
            mine.save(update_fields=["status"])
            mine._note(act, by=by, at=mine.received_at, before=before)

    at_once(lambda: careless(inspector), lambda: careless(second_inspector))
    assert complaint.events.filter(act=act).count() == 2


def test_of_two_who_tell_the_caller_at_once_one_tells(complaint, signed_in, duty_officer, second_duty_officer):
    Complaint.objects.filter(pk=complaint.pk).update(status=Status.AWAITING_ANSWER)
    fields = {
        "seen": "awaiting_answer-1",
        "result": "reached",
        "told": "已关停",
        "way": "phone",
        "satisfied": "very",
        "close": "on",
    }
    clients = [signed_in(officer) for officer in (duty_officer, second_duty_officer)]
    answers = at_once(
        *[lambda c=client: sent(c, f"/complaints/{complaint.number}/tell/", fields) for client in clients]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert complaint.callbacks.count() == 1
