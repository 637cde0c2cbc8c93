"""Attempts to reach a caller: each at a moment that was, none before there was something to tell, different times apart from each
other; and the questions afterwards."""

import datetime

import pytest
from django.utils import timezone

from complaints.figures import complaint_figures
from complaints.models import Complaint
from complaints.models.telling import different_times
from complaints.owed import callers_of
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.forms import filled, sent
from venues.transitions import Refused

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rang():
    return (timezone.now() - datetime.timedelta(hours=9)).replace(second=0, microsecond=0)


@pytest.fixture
def complaint(duty_officer, inspector, rang):
    """Nothing was running, found an hour after the call; the caller is to be told."""
    made = registered(duty_officer, received_at=rang)
    made.dispatch(by=duty_officer, to=[inspector], at=rang + 5 * MINUTE)
    made.arrive(by=inspector, at=rang + 50 * MINUTE)
    made.find(by=inspector, finding="not_running", at=rang + 60 * MINUTE)
    return made


@pytest.fixture
def tried(complaint, duty_officer, rang):
    """`tried(…)`: attempts in vain so many minutes after the call."""

    def attempts(*minutes):
        for n in minutes:
            complaint.call_back(by=duty_officer, result="no_answer", at=rang + n * MINUTE)

    return attempts


@pytest.mark.parametrize("result", ["no_answer", "reached"])
@pytest.mark.parametrize("minutes", [-10, 10, 59, 100_000])
def test_an_attempt_in_the_future_or_before_the_finding_is_none(result, minutes, complaint, duty_officer, rang):
    with pytest.raises(Refused):
        complaint.call_back(by=duty_officer, result=result, told="已查", at=rang + minutes * MINUTE)
    assert not complaint.callbacks.exists()


def test_the_form_says_it_beside_the_moment(complaint, signed_in, duty_officer, rang):
    said = {"seen": "awaiting_answer-1", "result": "no_answer", "way": "phone", "satisfied": "not_asked"}
    early = timezone.localtime(rang + 10 * MINUTE)
    for day, clock, status in (("2099-01-01", "12:00", 422), (str(early.date()), f"{early:%H:%M}", 422)):
        answer = sent(
            signed_in(duty_officer), f"/complaints/{complaint.number}/tell/", {**said, "on": day, "time": clock}
        )
        assert answer.status_code == status
    assert not complaint.callbacks.exists()


@pytest.mark.parametrize(
    ("minutes", "count"),
    [((), 0), ((0, 1, 2), 1), ((0, 29, 30), 2), ((0, 30, 60), 3), ((60, 0, 30), 3), ((0, 29, 58), 2)],
)
def test_different_times_are_so_far_apart(minutes, count, rang, settings):
    settings.CALLBACK_GAP_MINUTES = 30
    assert different_times(rang + n * MINUTE for n in minutes) == count


def test_three_attempts_in_three_minutes_do_not_close_it(complaint, tried, duty_officer):
    tried(61, 62, 63)
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    tried(100, 140)
    complaint.close(by=duty_officer)
    assert complaint.unreachable


def test_attempts_before_it_went_on_do_not_count_after_it(complaint, tried, duty_officer, inspector, rang):
    tried(70, 110, 150)
    complaint.still_going_on(by=duty_officer, reason="又营业", at=rang + 160 * MINUTE)
    complaint.find(by=inspector, finding="not_running", at=rang + 200 * MINUTE)
    assert complaint.failed_attempts() == 0 and [one.failed for one in callers_of(complaint)] == [0]
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    tried(210, 250, 290)
    assert complaint.failed_attempts() == 3 and [one.failed for one in callers_of(complaint)] == [3]
    complaint.close(by=duty_officer)


def test_who_was_told_is_asked_afterwards_also_after_the_close(complaint, signed_in, duty_officer, rang):
    client, page = signed_in(duty_officer), f"/complaints/{complaint.number}/follow_up/"
    said = {"result": "reached", "way": "phone", "solved": "yes", "satisfied": "very"}
    assert page not in filled(client.get(complaint.get_absolute_url()))
    assert sent(client, page, said).status_code == 422
    complaint.call_back(by=duty_officer, result="reached", told="已查", at=rang + 70 * MINUTE)
    for status in (Status.AWAITING_ANSWER, Status.CLOSED):
        assert page in filled(client.get(complaint.get_absolute_url()))
        assert sent(client, page, said).status_code == 302
        complaint.refresh_from_db()
        assert complaint.status == status and complaint.answered_at == rang + 70 * MINUTE
        if status == Status.AWAITING_ANSWER:
            complaint.close(by=duty_officer)
    assert complaint.callbacks.count() == 3
    rates = complaint_figures(timezone.now())["rates"]
    assert (rates["solution"]["n"], rates["solution"]["N"], rates["satisfaction"]["N"]) == (1, 1, 1)
    assert complaint_figures(rang + 80 * MINUTE)["rates"]["solution"]["N"] == 0


def test_the_question_lies_after_the_answer(complaint, duty_officer, rang):
    complaint.call_back(by=duty_officer, result="reached", told="已查", at=rang + 70 * MINUTE)
    with pytest.raises(Refused):
        complaint.follow_up(by=duty_officer, result="reached", at=rang + 69 * MINUTE)
    assert Complaint.objects.get(pk=complaint.pk).callbacks.count() == 1
