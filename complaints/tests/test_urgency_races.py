"""Another urgency while somebody is being sent, and two attempts to reach a caller at once: nothing is lost, no clock is missing."""

import pytest

from complaints.models import Callback, Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("again", range(5))
def test_the_signature_is_due_whatever_came_first(again, duty_officer, leader, inspector):
    complaint = registered(duty_officer)
    mine, yours = (Complaint.objects.get(pk=complaint.pk) for _copy in range(2))
    won, _refused = sort_out(
        at_once(
            lambda: mine.set_urgency(by=leader, urgency="normal", reason="已停"),
            lambda: yours.dispatch(by=duty_officer, to=[inspector]),
        ),
        Refused,
    )
    assert len(won) == 2
    complaint.refresh_from_db()
    from complaints.due import due_moments

    due = due_moments(complaint, dispatched_at=complaint.dispatched_at)
    assert complaint.urgency == "normal" and complaint.sign_due_at == due["sign"] is not None


@pytest.mark.parametrize("again", range(5))
def test_two_attempts_at_once_are_two_attempts(again, duty_officer, second_duty_officer):
    complaint = registered(duty_officer)
    Complaint.objects.filter(pk=complaint.pk).update(status=Status.AWAITING_ANSWER)
    mine, yours = (Complaint.objects.get(pk=complaint.pk) for _copy in range(2))
    won, _refused = sort_out(
        at_once(
            lambda: mine.call_back(by=duty_officer, result="no_answer"),
            lambda: yours.call_back(by=second_duty_officer, result="off"),
        ),
        Refused,
    )
    assert len(won) == 2
    assert sorted(Callback.objects.values_list("attempt", flat=True)) == [1, 2]
