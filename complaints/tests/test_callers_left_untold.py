"""Whoever wants an answer is chased until he has it or is given up: also of what was handed over, not accepted or merged."""

import datetime

import pytest
from django.utils import timezone

from complaints.clocks import clocks_of, overdue
from complaints.desk import desk_of
from complaints.figures import complaint_figures
from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.tests.forms import filled, sent
from venues.transitions import Refused, TooLate

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def rang():
    return (timezone.now() - 9 * HOUR).replace(second=0, microsecond=0)


def _merge(complaint, by, at):
    parent = registered(by, received_at=complaint.received_at, wants_reply=False)
    complaint.merge(by=by, parent=parent, at=at)
    parent.answer_at_once(by=by, text="已答复", at=at)
    complaint.refresh_from_db()


ENDS = {
    Status.TRANSFERRED: lambda c, by, at: c.transfer(by=by, to="公安局", reason="涉赌", at=at),
    Status.NOT_ACCEPTED: lambda c, by, at: c.not_accept(by=by, reason="不属职责", at=at),
    Status.MERGED: _merge,
}


@pytest.fixture(params=ENDS)
def ended(request, duty_officer, rang):
    """A complaint that came to this end an hour after the call, and nobody told its caller."""
    complaint = registered(duty_officer, received_at=rang)
    ENDS[request.param](complaint, duty_officer, rang + HOUR)
    return complaint


def on_the_desk(complaint, officer):
    desk = desk_of(officer, timezone.now())
    return complaint in [one.complaint for one in desk.due_now + desk.told_later]


def test_he_is_on_the_desk_in_the_list_and_late_until_he_is_told(ended, signed_in, duty_officer):
    client, now = signed_in(duty_officer), timezone.now()
    assert on_the_desk(ended, duty_officer)
    assert ended.number in filled(client.get("/complaints/?not_told=on"))
    assert ended in overdue(Complaint.objects.all(), now) and clocks_of(ended, now)[-1].state == "late"
    assert f"/complaints/{ended.number}/tell/" in filled(client.get(ended.get_absolute_url()))
    said = {
        "seen": f"{ended.status}-1",
        "result": "reached",
        "told": "已告知",
        "way": "phone",
        "satisfied": "not_asked",
    }
    assert sent(client, f"/complaints/{ended.number}/tell/", said).status_code == 302
    ended.refresh_from_db()
    assert ended.answered_at and not on_the_desk(ended, duty_officer)
    assert ended not in overdue(Complaint.objects.all(), now)


def test_the_figures_count_him_from_the_end_on_and_not_before(ended, rang):
    before, after = (complaint_figures(at)["handled_not_told"] for at in (rang + 0.9 * HOUR, rang + 1.1 * HOUR))
    assert (before, after) == (0, 1)


def test_a_merged_caller_is_no_figure_while_the_first_complaint_is_handled(duty_officer, rang):
    child, parent = (registered(duty_officer, received_at=rang, wants_reply=wants) for wants in (True, False))
    child.merge(by=duty_officer, parent=parent, at=rang + HOUR)
    parent.answer_at_once(by=duty_officer, text="已答复", at=rang + 2 * HOUR)
    found = [complaint_figures(rang + n * HOUR)["handled_not_told"] for n in (0.5, 1.5, 2.5)]
    assert found == [0, 0, 1]


def test_who_was_not_reached_three_times_is_given_up_and_not_before(ended, signed_in, duty_officer, rang):
    client, page = signed_in(duty_officer), f"/complaints/{ended.number}/give_up/"
    for n in range(3):
        assert page not in filled(client.get(ended.get_absolute_url()))
        with pytest.raises(Refused):
            Complaint.objects.get(pk=ended.pk).give_up(by=duty_officer)
        ended.call_back(by=duty_officer, result="no_answer", at=rang + (2 + n) * HOUR)
    assert page in filled(client.get(ended.get_absolute_url()))
    assert sent(client, page, {"seen": f"{ended.status}-1"}).status_code == 302
    ended.refresh_from_db()
    desk = desk_of(duty_officer, timezone.now())
    assert ended.unreachable and [one.complaint for one in desk.told_later] == [ended] and not desk.due_now
    figures = complaint_figures(timezone.now())
    assert (figures["handled_not_told"], figures["unreachable"]) == (1, 1)
    assert complaint_figures(rang + 8 * HOUR)["unreachable"] == 0
    assert page not in filled(client.get(ended.get_absolute_url()))
    with pytest.raises(Refused):
        ended.give_up(by=duty_officer)


def test_who_was_given_up_may_still_be_told(ended, duty_officer, rang):
    for n in range(3):
        ended.call_back(by=duty_officer, result="off", at=rang + (2 + n) * HOUR)
    ended.give_up(by=duty_officer)
    ended.call_back(by=duty_officer, result="reached", told="已告知")
    ended.refresh_from_db()
    assert ended.answered_at and not ended.unreachable
    assert complaint_figures(timezone.now())["unreachable"] == 0


def test_nobody_is_given_up_who_wants_no_answer_or_while_it_is_handled(duty_officer):
    complaint = registered(duty_officer, wants_reply=False)
    with pytest.raises(TooLate):
        complaint.give_up(by=duty_officer)
    complaint.transfer(by=duty_officer, to="公安局", reason="涉赌")
    with pytest.raises(Refused):
        complaint.give_up(by=duty_officer)


def test_who_left_neither_name_nor_number_is_not_told(signed_in, duty_officer):
    complaint = registered(duty_officer, number="")
    Complaint.objects.filter(pk=complaint.pk).update(status=Status.CLOSED)
    said = {"seen": "closed-1", "result": "reached", "told": "已告知", "way": "phone", "satisfied": "very"}
    assert sent(signed_in(duty_officer), f"/complaints/{complaint.number}/tell/", said).status_code == 422
    complaint.refresh_from_db()
    assert complaint.answered_at is None and not complaint.callbacks.exists()
