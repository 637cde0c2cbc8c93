"""Merging one complaint into another: only into an open one, in no circle, and nothing that was merged is cancelled silently."""

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.forms import filled, sent
from venues.transitions import Refused, TooLate


@pytest.fixture
def two(duty_officer):
    return registered(duty_officer), registered(duty_officer, number="13900003333")


@pytest.mark.parametrize("status", [status for status in Status if status != Status.MERGED])
def test_only_into_an_open_complaint_is_another_merged(status, two, duty_officer):
    child, parent = two
    Complaint.objects.filter(pk=parent.pk).update(status=status)
    if status in ("registered", "dispatched", "in_progress", "awaiting_answer"):
        child.merge(by=duty_officer, parent=parent)
        assert child.status == Status.MERGED and child.parent_id == parent.pk
    else:
        with pytest.raises(Refused, match=parent.number):
            child.merge(by=duty_officer, parent=parent)
        child.refresh_from_db()
        assert child.status == Status.REGISTERED


def test_a_parent_that_was_read_before_it_was_merged_itself_is_none(two, duty_officer):
    child, parent = two
    before = Complaint.objects.get(pk=parent.pk)
    parent.merge(by=duty_officer, parent=child)
    with pytest.raises(Refused):
        child.merge(by=duty_officer, parent=before)
    child.refresh_from_db()
    assert child.status == Status.REGISTERED


def test_a_child_that_was_dispatched_in_between_is_not_merged_from_what_was_read(two, duty_officer, inspector):
    child, parent = two
    before = Complaint.objects.get(pk=child.pk)
    child.dispatch(by=duty_officer, to=[inspector])
    with pytest.raises(TooLate):
        before.merge(by=duty_officer, parent=parent)


@pytest.mark.parametrize("act", ["void", "not_accept"])
def test_what_is_taken_out_of_the_work_takes_no_merged_ones_with_it(act, two, signed_in, duty_officer):
    child, parent = two
    child.merge(by=duty_officer, parent=parent)
    desk, page = signed_in(duty_officer), f"/complaints/{parent.number}/{act}/"
    answer = sent(desk, page, {"seen": "registered-1", "reason": "误登"})
    parent.refresh_from_db()
    assert answer.status_code == 422 and parent.status == Status.REGISTERED
    out = sent(desk, f"/complaints/{child.number}/separate/", {"seen": "merged-1", "reason": "不是一回事"})
    assert out.status_code == 302
    assert sent(desk, page, {"seen": "registered-1", "reason": "误登"}).status_code == 302


def test_what_is_taken_out_again_waits_to_be_dispatched_and_its_caller_is_owed_his_own_answer(
    two, signed_in, duty_officer, inspector
):
    child, parent = two
    child.dispatch(by=duty_officer, to=[inspector])
    child.merge(by=duty_officer, parent=parent)
    parent.answer_at_once(by=duty_officer, text="已答复")
    child.refresh_from_db()
    child.call_back(by=duty_officer, result="reached", told="已答复")
    assert "/separate/" in filled(signed_in(duty_officer).get(child.get_absolute_url()))
    child.separate(by=duty_officer, reason="另一家")
    assert (child.status, child.parent_id, child.dispatched_at, child.answered_at) == ("registered", None, None, None)
    assert child.owes_answer() and not child.assignees.exists()
    child.dispatch(by=duty_officer, to=[inspector])
    assert child.alert.answered_at is None


def test_a_merged_caller_is_chased_only_when_the_first_complaint_is_handled(two, duty_officer, inspector):
    child, parent = two
    child.merge(by=duty_officer, parent=parent)
    assert child not in Complaint.objects.handled_not_told() and child not in Complaint.objects.caller_owed()
    with pytest.raises(Refused, match=parent.number):
        child.call_back(by=duty_officer, result="reached", told="在查")
    parent.dispatch(by=duty_officer, to=[inspector])
    parent.arrive(by=inspector)
    parent.find(by=inspector, finding="not_running")
    assert {child, parent} == set(Complaint.objects.handled_not_told())
