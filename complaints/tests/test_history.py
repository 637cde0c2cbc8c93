"""The replay: where a complaint stood, and when each step was first reached, in whatever order its rows were written."""

import datetime
import itertools
import uuid

import pytest
from django.utils import timezone

from complaints.figures import complaint_figures
from complaints.history import replay
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.models import Inspection

MINUTE = datetime.timedelta(minutes=1)
T = datetime.datetime(2020, 1, 27, 4, 0, tzinfo=datetime.UTC)


def at(minutes):
    return T + minutes * MINUTE


def test_the_first_time_is_the_earliest_as_it_happened_and_not_as_it_was_written_down():
    rows = [
        (Act.REGISTER, at(0), Status.REGISTERED, 1), (Act.DISPATCH, at(2), Status.DISPATCHED, 1),
        (Act.ARRIVE, at(40), Status.IN_PROGRESS, 1), (Act.FIND, at(40), Status.AWAITING_ANSWER, 1),
        (Act.STILL_GOING_ON, at(25), Status.IN_PROGRESS, 1),
        (Act.ARRIVE, at(25), Status.IN_PROGRESS, 1), (Act.FIND, at(25), Status.IN_PROGRESS, 1),
        (Act.STOP, at(40), Status.AWAITING_ANSWER, 1),
    ]  # fmt: skip
    found = replay(rows)
    assert found.first["arrived_at"] == found.first["found_at"] == at(25)
    assert found.steps["arrived_at"] == at(25) and found.first["stopped_at"] == at(40)


def test_a_second_round_does_not_move_the_first_times():
    rows = [
        (Act.ARRIVE, at(20), Status.IN_PROGRESS, 1), (Act.STOP, at(40), Status.AWAITING_ANSWER, 1),
        (Act.TELL, at(50), Status.AWAITING_ANSWER, 1), (Act.CLOSE, at(51), Status.CLOSED, 1),
        (Act.REOPEN, at(90), Status.IN_PROGRESS, 2), (Act.ARRIVE, at(95), Status.IN_PROGRESS, 2),
        (Act.STOP, at(99), Status.AWAITING_ANSWER, 2),
    ]  # fmt: skip
    found = replay(rows)
    assert (found.first["arrived_at"], found.first["stopped_at"], found.first["answered_at"]) == (
        at(20),
        at(40),
        at(50),
    )
    assert (found.steps["arrived_at"], found.steps["stopped_at"]) == (at(95), at(99))
    assert "answered_at" not in found.steps and found.answered_ever and found.round == 2


def test_a_note_of_an_earlier_moment_written_down_after_the_end_moves_nothing():
    rows = [
        (Act.REGISTER, at(0), Status.REGISTERED, 1), (Act.DISPATCH, at(4), Status.DISPATCHED, 1),
        (Act.ARRIVE, at(47), Status.IN_PROGRESS, 1),
        (Act.NOTE, at(47), Status.CLOSED, 2), (Act.ADD_CALL, at(48), Status.CLOSED, 2),
    ]  # fmt: skip
    found = replay(rows)  # as of minute 50; the end came later and its row is not read
    assert (found.status, found.round) == (Status.IN_PROGRESS, 1)


@pytest.fixture
def looked_at(duty_officer, inspector, second_inspector, netbar, order):
    """`looked_at(order_of_arrival)`: a complaint whose three looks reached the office in this order."""
    rang = (timezone.now() - datetime.timedelta(hours=3)).replace(second=0, microsecond=0)
    looks = [(25, "operating"), (40, "closed"), (70, "closed")]

    def make(order_of_arrival):
        complaint = registered(duty_officer, venue=netbar, place="", received_at=rang, recorded_at=rang)
        complaint.dispatch(by=duty_officer, to=[inspector, second_inspector], at=rang + 2 * MINUTE)
        for place in order_of_arrival:
            minutes, result = looks[place]
            Inspection.objects.record(
                by=inspector, officers=[inspector, second_inspector], alert=complaint.alert, venue=netbar,
                observed_at=rang + minutes * MINUTE, result=result, client_uuid=uuid.uuid4(),
            )  # fmt: skip
        complaint.refresh_from_db()
        return complaint, rang

    return make


@pytest.mark.parametrize("order_of_arrival", list(itertools.permutations(range(3))), ids=lambda p: "".join(map(str, p)))
def test_looks_that_come_in_late_or_reversed_give_the_same_minutes(order_of_arrival, looked_at):
    complaint, rang = looked_at(order_of_arrival)
    rows = complaint.events.order_by("pk").values_list("act", "occurred_at", "to_status", "round")
    found = replay(rows)
    assert found.first["arrived_at"] == found.first["found_at"] == rang + 25 * MINUTE
    assert found.first["stopped_at"] == rang + 40 * MINUTE
    for step in ("arrived_at", "found_at", "stopped_at"):
        assert found.steps[step] == getattr(complaint, step), step
    minutes = complaint_figures(rang + 100 * MINUTE)["minutes"]
    assert (minutes["arrive"]["median"], minutes["stop"]["median"]) == (25, 40)
    assert complaint_figures(rang + 30 * MINUTE)["minutes"]["arrive"]["median"] == 25


@pytest.mark.parametrize("order_of_arrival", [(0, 1), (1, 0)])
def test_of_two_looks_that_saw_it_closed_the_earlier_is_the_arrival_whichever_came_in_first(
    order_of_arrival, duty_officer, inspector, second_inspector, netbar
):
    rang = (timezone.now() - datetime.timedelta(hours=3)).replace(second=0, microsecond=0)
    complaint = registered(duty_officer, venue=netbar, place="", received_at=rang, recorded_at=rang)
    complaint.dispatch(by=duty_officer, to=[inspector], at=rang + 2 * MINUTE)
    for place in order_of_arrival:
        Inspection.objects.record(
            by=inspector, officers=[inspector, second_inspector], alert=complaint.alert, venue=netbar,
            observed_at=rang + (25, 40)[place] * MINUTE, result="closed", client_uuid=uuid.uuid4(),
        )  # fmt: skip
    complaint.refresh_from_db()
    assert complaint.arrived_at == complaint.found_at == rang + 25 * MINUTE
    assert complaint.status == Status.AWAITING_ANSWER
    found = replay(complaint.events.order_by("pk").values_list("act", "occurred_at", "to_status", "round"))
    assert found.steps["arrived_at"] == found.first["arrived_at"] == complaint.arrived_at


def test_what_an_officer_typed_is_not_brought_forward_by_a_look(
    duty_officer, inspector, second_inspector, netbar, signed_in
):
    rang = (timezone.now() - datetime.timedelta(hours=3)).replace(second=0, microsecond=0)
    complaint = registered(duty_officer, venue=netbar, place="", received_at=rang, recorded_at=rang)
    complaint.dispatch(by=duty_officer, to=[inspector], at=rang + 2 * MINUTE)
    complaint.arrive(by=inspector, at=rang + 30 * MINUTE)
    complaint.find(by=inspector, finding="not_running", at=rang + 31 * MINUTE)
    Inspection.objects.record(
        by=inspector, officers=[inspector, second_inspector], alert=complaint.alert, venue=netbar,
        observed_at=rang + 25 * MINUTE, result="closed", client_uuid=uuid.uuid4(),
    )  # fmt: skip
    complaint.refresh_from_db()
    assert (complaint.arrived_at, complaint.found_at) == (rang + 30 * MINUTE, rang + 31 * MINUTE)
