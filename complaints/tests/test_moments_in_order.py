"""The moments of the steps: none before the step that precedes it, none before it was taken up again, no negative minutes."""

import datetime

import pytest
from django.utils import timezone

from complaints.figures import complaint_figures
from complaints.models.acts import SEEN
from complaints.tests.calling import registered
from venues.tests.forms import sent
from venues.transitions import Refused

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rang():
    return (timezone.now() - datetime.timedelta(hours=9)).replace(second=20, microsecond=0)


@pytest.fixture
def complaint(duty_officer, inspector, rang):
    made = registered(duty_officer, received_at=rang)
    made.dispatch(by=duty_officer, to=[inspector], at=rang + 60 * MINUTE)
    return made


def test_a_step_before_the_one_that_precedes_it_is_refused(complaint, inspector, duty_officer, rang):
    steps = [
        (lambda at: complaint.sign(by=inspector, at=at), 60),
        (lambda at: complaint.arrive(by=inspector, at=at), 70),
        (lambda at: complaint.find(by=inspector, finding="running", at=at), 80),
        (lambda at: complaint.stop(by=inspector, at=at), 90),
        (lambda at: complaint.call_back(by=duty_officer, result="reached", told="已停", at=at), 100),
        (lambda at: complaint.close(by=duty_officer, at=at), 110),
        (lambda at: complaint.reopen(by=duty_officer, reason="又开", at=at), 120),
        (lambda at: complaint.arrive(by=inspector, at=at), 130),
    ]
    for act, minute in steps:
        with pytest.raises(Refused):
            act(rang + (minute - 1) * MINUTE)
        complaint.refresh_from_db()
        act(rang + (minute + 10) * MINUTE)


def test_the_form_takes_the_minute_of_the_step_before_and_says_the_rest_beside_the_time(
    complaint, signed_in, inspector, rang
):
    def sign(minute):
        at = timezone.localtime(rang + minute * MINUTE)
        fields = {"seen": "dispatched-1", "on": str(at.date()), "time": f"{at:%H:%M}"}
        return sent(signed_in(inspector), f"/complaints/{complaint.number}/sign/", fields)

    assert sign(59).status_code == 422
    assert sign(60).status_code == 302  # the field shows no seconds
    complaint.refresh_from_db()
    assert complaint.signed_at == complaint.dispatched_at


def test_what_was_seen_before_anybody_was_sent_is_kept_and_makes_no_negative_minutes(complaint, inspector, rang):
    from complaints.models import Complaint

    complaint.arrive(by=inspector, at=rang + 30 * MINUTE, data=SEEN)
    Complaint.objects.filter(pk=complaint.pk).update(status="dispatched", arrived_at=None)
    complaint.refresh_from_db()
    complaint._move("sign", by=inspector, at=rang + 20 * MINUTE, data=SEEN, signed_at=rang + 20 * MINUTE)
    found = complaint_figures(timezone.now())
    assert found["minutes"]["arrive"]["median"] == 30
    assert found["minutes"]["sign"] == {"median": None, "p90": None, "n": 0} and found["out_of_order"] == 1
