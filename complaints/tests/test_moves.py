"""The table of moves: every pair of states, allowed or refused, and the guards on the way."""

import datetime
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from complaints.history import replay
from complaints.models import Call, Caller, Channel, Complaint, Topic
from complaints.workflow import MOVES, Act, Status
from venues.transitions import Refused, TooLate


@pytest.fixture
def make_complaint(duty_officer, inspector, netbar):
    """`make_complaint(status)`: a complaint put into this status."""

    def make(status=Status.REGISTERED, **fields):
        fields = {"number": "13900001111", "name": "", "venue": netbar, "ongoing": "yes"} | fields
        complaint = Complaint.objects.register(
            by=duty_officer, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"),
            topic=Topic.objects.get(slug="internet_cafe"), content="里面有人", **fields,
        )  # fmt: skip
        if status != Status.REGISTERED:
            parent = make(Status.AWAITING_ANSWER).pk if status == Status.MERGED else None
            Complaint.objects.filter(pk=complaint.pk).update(status=status, parent=parent)
            complaint.assignees.set([inspector])
            complaint.refresh_from_db()
        return complaint

    return make


@pytest.fixture
def acts(duty_officer, inspector, make_complaint):
    """How to carry out each act of the table on a complaint."""
    return {
        Act.DISPATCH: lambda c: c.dispatch(by=duty_officer, to=[inspector]),
        Act.SIGN: lambda c: c.sign(by=inspector),
        Act.RESEND: lambda c: c.resend(by=duty_officer, to=[inspector], reason="无人签收"),
        Act.ARRIVE: lambda c: c.arrive(by=inspector),
        Act.FIND: lambda c: c.find(by=inspector, finding="not_running"),
        Act.STOP: lambda c: (setattr(c, "finding", "running"), c.stop(by=inspector)),
        Act.TELL: lambda c: c.call_back(by=duty_officer, result="reached", told="已关停"),
        Act.CLOSE: lambda c: (
            Complaint.objects.filter(pk=c.pk).update(wants_reply=False), c.refresh_from_db(), c.close(by=duty_officer)
        ),
        Act.ANSWER_AT_ONCE: lambda c: c.answer_at_once(by=duty_officer, text="已答复"),
        Act.NOT_ACCEPT: lambda c: c.not_accept(by=duty_officer, reason="不属职责"),
        Act.TRANSFER: lambda c: c.transfer(by=duty_officer, to="公安局", reason="涉嫌赌博", finding="other"),
        Act.MERGE: lambda c: c.merge(by=duty_officer, parent=make_complaint(), finding="other"),
        Act.GIVE_UP: lambda c: (_without_a_number(c), c.give_up(by=duty_officer)),
        Act.SEPARATE: lambda c: c.separate(by=duty_officer, reason="不是一回事"),
        Act.VOID: lambda c: c.void(by=duty_officer, reason="误登"),
        Act.RETURN: lambda c: c.return_(by=inspector, reason="地址不符"),
        Act.STILL_GOING_ON: lambda c: c.still_going_on(by=duty_officer, reason="仍在营业"),
        Act.REOPEN: lambda c: c.reopen(by=duty_officer, reason="又开门"),
    }  # fmt: skip


def _without_a_number(complaint):
    """Somebody who called later, left his name and wants an answer: he can be given up at once."""
    Call.objects.create(
        client_id=uuid.uuid4(), channel=complaint.channel, caller=Caller.objects.note(name="关世荣"), wants_reply=True,
        started_at=complaint.received_at, complaint=complaint,
    )  # fmt: skip
    Complaint.objects.filter(pk=complaint.pk).update(wants_reply=False)


@pytest.mark.parametrize("act", list(MOVES))
@pytest.mark.parametrize("status", list(Status))
def test_an_act_is_done_from_the_states_of_its_row_and_refused_from_all_others(act, status, make_complaint, acts):
    complaint = make_complaint(status)
    before = complaint.events.count()
    if status in MOVES[act].sources:
        acts[act](complaint)
        complaint.refresh_from_db()
        expected = Status.AWAITING_ANSWER if act == Act.FIND else MOVES[act].target or status
        assert complaint.status == expected
        assert complaint.events.last().act == act
    else:
        with pytest.raises(TooLate):
            acts[act](complaint)
        complaint.refresh_from_db()
        assert (complaint.status, complaint.events.count()) == (status, before)


def test_every_act_that_moves_is_tried_above(acts):
    assert set(acts) == set(MOVES)


def test_a_finding_that_runs_keeps_the_handling_open_until_it_is_stopped(make_complaint, inspector, duty_officer):
    complaint = make_complaint()
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.sign(by=inspector)
    complaint.arrive(by=inspector)
    complaint.find(by=inspector, finding="running", text="3人上网")
    assert complaint.status == Status.IN_PROGRESS
    complaint.stop(by=inspector)
    assert complaint.status == Status.AWAITING_ANSWER


@pytest.mark.parametrize("act", ["transfer", "merge"])
def test_handling_is_not_left_for_elsewhere_without_a_finding(act, make_complaint, duty_officer):
    complaint = make_complaint(Status.IN_PROGRESS)
    said = {"transfer": {"to": "公安局", "reason": "涉嫌赌博"}, "merge": {"parent": make_complaint()}}[act]
    with pytest.raises(Refused), transaction.atomic():
        getattr(complaint, act)(by=duty_officer, **said)
    complaint.refresh_from_db()
    assert (complaint.status, complaint.found_at) == (Status.IN_PROGRESS, None)
    getattr(complaint, act)(by=duty_officer, finding="other", found="人已散", **said)
    assert [event.act for event in complaint.events.all()][-2:] == [Act.FIND, act]
    assert (complaint.finding, complaint.outcome, complaint.found_at) == (
        "other",
        "人已散",
        complaint.events.last().occurred_at,
    )


def test_what_was_found_already_is_not_asked_again(make_complaint, duty_officer, inspector):
    complaint = make_complaint(Status.IN_PROGRESS)
    complaint.find(by=inspector, finding="running", text="3人上网")
    complaint.transfer(by=duty_officer, to="公安局", reason="涉嫌赌博", finding="other")
    assert complaint.finding == "running" and complaint.events.filter(act=Act.FIND).count() == 1


def test_nothing_is_stopped_that_was_not_found_running(make_complaint, inspector):
    complaint = make_complaint(Status.IN_PROGRESS)
    with pytest.raises(Refused):
        complaint.stop(by=inspector)


def test_a_complaint_is_not_closed_before_its_caller_is_told(make_complaint, duty_officer):
    complaint = make_complaint(Status.AWAITING_ANSWER)
    with pytest.raises(Refused, match="三次"):
        complaint.close(by=duty_officer)
    complaint.call_back(by=duty_officer, result="reached", told="已关停")
    complaint.close(by=duty_officer)
    assert complaint.status == Status.CLOSED and not complaint.unreachable


def test_three_attempts_at_different_times_make_a_caller_unreachable_and_three_in_one_minute_do_not(
    make_complaint, duty_officer
):
    at = timezone.now() - datetime.timedelta(hours=5)
    complaint = make_complaint(Status.AWAITING_ANSWER, received_at=at - datetime.timedelta(hours=1))
    for _attempt in range(3):
        complaint.call_back(by=duty_officer, result="no_answer", at=at)
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    complaint.call_back(by=duty_officer, result="off", at=at + datetime.timedelta(hours=1))
    complaint.call_back(by=duty_officer, result="no_answer", at=at + datetime.timedelta(hours=2))
    complaint.close(by=duty_officer)
    assert complaint.unreachable and complaint in Complaint.objects.handled_not_told()


@pytest.mark.parametrize("fields", [{"wants_reply": False}, {"number": ""}])
def test_who_wants_no_answer_or_is_unknown_is_owed_none(fields, make_complaint, duty_officer):
    complaint = make_complaint(Status.AWAITING_ANSWER, **fields)
    complaint.close(by=duty_officer)
    assert complaint.status == Status.CLOSED


def test_a_return_clears_the_steps_but_not_the_clocks_from_the_call(make_complaint, duty_officer, inspector):
    complaint = make_complaint()
    complaint.dispatch(by=duty_officer, to=[inspector])
    due = complaint.arrive_due_at
    complaint.return_(by=inspector, reason="地址不符")
    assert complaint.dispatched_at is None and complaint.arrive_due_at == due
    assert not complaint.assignees.exists()


def test_the_replayed_events_say_what_the_columns_say(make_complaint, duty_officer, inspector):
    complaint = make_complaint()
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.return_(by=inspector, reason="地址不符")
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.arrive(by=inspector)
    complaint.find(by=inspector, finding="not_running")
    complaint.call_back(by=duty_officer, result="reached", told="无人")
    complaint.still_going_on(by=duty_officer, reason="又来电")
    complaint.find(by=inspector, finding="running")
    complaint.stop(by=inspector)
    complaint.call_back(by=duty_officer, result="reached", told="已关停")
    complaint.close(by=duty_officer)
    complaint.reopen(by=duty_officer, reason="又开门")
    now = replay(complaint.events.order_by("pk").values_list("act", "occurred_at", "to_status", "round"))
    assert (now.status, now.round) == (complaint.status, complaint.round)
    for step in ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at"):
        assert now.steps.get(step) == getattr(complaint, step), step
    assert now.answered_ever


def test_a_parent_that_ends_leaves_its_children_owed_an_answer(make_complaint, duty_officer):
    parent, child = make_complaint(), make_complaint()
    child.merge(by=duty_officer, parent=parent)
    parent.answer_at_once(by=duty_officer, text="已答复")
    child.refresh_from_db()
    assert child.status == Status.MERGED and child in Complaint.objects.handled_not_told()
    child.call_back(by=duty_officer, result="reached", told="已答复")
    assert child not in Complaint.objects.handled_not_told()


def test_nothing_is_merged_in_a_circle_or_into_a_merged_one(make_complaint, duty_officer):
    first, second, third = make_complaint(), make_complaint(), make_complaint()
    second.merge(by=duty_officer, parent=first)
    first.refresh_from_db()
    for child, parent in ((first, second), (third, second), (first, first), (first, third)):
        with pytest.raises(Refused):
            child.merge(by=duty_officer, parent=parent)


def test_a_changed_urgency_counts_from_the_call_and_needs_a_reason(make_complaint, duty_officer):
    complaint = make_complaint(received_at=timezone.now() - datetime.timedelta(hours=2))
    with pytest.raises(Refused):
        complaint.set_urgency(by=duty_officer, urgency="normal", reason=" ")
    complaint.set_urgency(by=duty_officer, urgency="urgent", reason="已停止")
    assert complaint.dispatch_due_at == complaint.received_at + datetime.timedelta(minutes=15)
