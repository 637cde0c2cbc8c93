"""More time: an extension moves the limit of the steps that it names, and of no other, from then on and not before."""

import datetime
import uuid

import pytest
from django.utils import timezone

from complaints.clocks import clocks_of, overdue
from complaints.due import due_moments
from complaints.figures import complaint_figures, select
from complaints.models import Complaint, ComplaintEvent
from complaints.tests.calling import registered
from complaints.workflow import Act
from venues.tests.forms import filled, sent
from venues.transitions import Refused

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rang():
    return (timezone.now() - datetime.timedelta(hours=5)).replace(second=0, microsecond=0)


@pytest.fixture
def complaint(duty_officer, rang):
    """Critical: 5, 5, 30, 40 and 120 minutes."""
    return registered(duty_officer, received_at=rang, recorded_at=rang)


@pytest.fixture
def extend(leader, rang):
    def more_time(complaint, *steps, until, at):
        complaint.extend(by=leader, steps=steps, until=rang + until * MINUTE, reason="等鉴定", at=rang + at * MINUTE)

    return more_time


def dues(complaint):
    return {step: getattr(complaint, f"{step}_due_at") for step in ("dispatch", "sign", "arrive", "stop", "answer")}


def test_the_steps_that_are_named_get_the_new_moment_and_the_others_keep_theirs(complaint, extend, rang, leader):
    before = dues(complaint)
    extend(complaint, "arrive", "answer", until=200, at=10)
    new = rang + 200 * MINUTE
    assert dues(complaint) == before | {"arrive": new, "answer": new}
    event = complaint.events.last()
    assert (event.act, event.by, event.text) == (Act.EXTEND, leader, "等鉴定")
    assert event.data["due"] == {"arrive": new.isoformat(), "answer": new.isoformat()}
    assert event.data["was"] == {step: before[step].isoformat() for step in ("arrive", "answer")}
    assert due_moments(complaint)["answer"] == new  # the rule and the column say the same


def test_clocks_and_lists_read_it(complaint, extend, rang):
    extend(complaint, "dispatch", "arrive", "answer", until=200, at=3)
    now = rang + 150 * MINUTE
    assert [clock.state for clock in clocks_of(complaint, now)] == ["running", "none", "running", "none", "running"]
    assert not overdue(Complaint.objects.all(), now).exists()
    late = rang + 201 * MINUTE
    assert clocks_of(complaint, late)[0].state == "late" and overdue(Complaint.objects.all(), late).exists()


def test_figures_of_a_moment_before_the_extension_stay_as_they_were(complaint, extend, rang):
    extend(complaint, "answer", until=240, at=110)
    extend(complaint, "answer", until=280, at=230)
    overdue_at = {minute: complaint_figures(rang + minute * MINUTE)["overdue"] for minute in (100, 130, 229, 250, 281)}
    assert overdue_at == {100: 0, 130: 0, 229: 0, 250: 0, 281: 1}
    assert select(rang + 281 * MINUTE, what="overdue") == [complaint.pk]


def test_what_a_past_moment_called_overdue_is_not_excused_afterwards(duty_officer, rang, extend):
    """The limit of a moment is the one that held then: an extension that is written down later does not reach back."""
    complaint = registered(duty_officer, received_at=rang, recorded_at=rang)
    moment = rang + 130 * MINUTE
    assert complaint_figures(moment)["overdue"] == 1
    with pytest.raises(Refused):
        extend(complaint, "answer", until=280, at=131)
    complaint.set_urgency(by=duty_officer, urgency="urgent", reason="已停", at=rang + 135 * MINUTE)
    extend(complaint, "answer", until=30 * 60, at=140)
    assert complaint_figures(moment)["overdue"] == 1 and complaint_figures(rang + 150 * MINUTE)["overdue"] == 0


def test_another_urgency_or_a_new_deadline_of_the_other_hotline_does_not_undo_it(complaint, extend, rang, leader):
    extend(complaint, "answer", until=30 * 60, at=10)
    for urgency, due in (("urgent", 30 * 60), ("normal", 7 * 24 * 60), ("critical", 30 * 60)):
        complaint.set_urgency(by=leader, urgency=urgency, reason="改", at=rang + 20 * MINUTE)
        assert complaint.answer_due_at == rang + due * MINUTE
    complaint.external_deadline_set(by=leader, deadline=rang + 600 * MINUTE, text="来函")
    assert complaint.answer_due_at == rang + 600 * MINUTE
    complaint.external_deadline_set(by=leader, deadline=None, text="撤回")
    assert complaint.answer_due_at == rang + 30 * 60 * MINUTE


def test_further_callers_get_the_longer_time_too_and_never_a_shorter_one(complaint, extend, rang, leader):
    def add(minutes):
        at = rang + minutes * MINUTE
        return complaint.add_call(
            by=leader, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222", at=at
        )

    before = add(20)
    extend(complaint, "answer", until=200, at=30)
    after, much_later = add(40), add(150)
    before.refresh_from_db()
    assert [call.answer_due_at - rang for call in (before, after, much_later)] == [
        200 * MINUTE,
        200 * MINUTE,
        270 * MINUTE,
    ]


def test_no_clock_waits_for_a_signature(complaint, extend, rang, leader, inspector):
    """Neither that of the officer who is sent, nor one under the extension: it holds at once."""
    complaint.dispatch(by=leader, to=[inspector], at=rang + 2 * MINUTE)
    before = dues(complaint)
    assert before["sign"] == rang + 7 * MINUTE
    extend(complaint, "sign", until=60, at=5)
    assert dues(complaint) == before | {"sign": rang + 60 * MINUTE}
    states = {clock.step: clock.state for clock in clocks_of(complaint, rang + 35 * MINUTE)}
    assert (states["sign"], states["arrive"]) == ("running", "late")


def test_an_extended_signature_is_of_that_dispatch_and_not_of_the_next(complaint, extend, rang, leader, inspector):
    complaint.dispatch(by=leader, to=[inspector], at=rang + 2 * MINUTE)
    extend(complaint, "sign", until=60, at=5)
    complaint.return_(by=inspector, reason="地址不符", at=rang + 10 * MINUTE)
    complaint.dispatch(by=leader, to=[inspector], at=rang + 12 * MINUTE)
    assert complaint.sign_due_at == rang + 17 * MINUTE


@pytest.mark.parametrize(
    ("steps", "until", "at"),
    [
        ([], 200, 10),  # no step
        (["answer"], 120, 10),  # not later than it is
        (["answer"], 60, 10),
        (["arrive"], 200, 31),  # late already
        (["sign"], 200, 10),  # there is no dispatch to sign for
        (["answer", "arrive"], 100, 10),  # one of them would become shorter
        (["nonsense"], 200, 10),
    ],
)
def test_an_extension_that_extends_nothing_is_refused_and_leaves_nothing(complaint, extend, steps, until, at):
    before = dues(complaint)
    with pytest.raises(Refused):
        extend(complaint, *steps, until=until, at=at)
    complaint.refresh_from_db()
    assert dues(complaint) == before and complaint.events.count() == 1


def test_a_deadline_of_another_hotline_is_theirs(complaint, extend, rang, leader):
    complaint.external_deadline_set(by=leader, deadline=rang + 100 * MINUTE, text="来函")
    with pytest.raises(Refused):
        extend(complaint, "answer", until=150, at=10)


def test_done_steps_and_complaints_at_their_end_are_not_extended(complaint, extend, rang, leader, inspector):
    complaint.dispatch(by=leader, to=[inspector], at=rang + MINUTE)
    with pytest.raises(Refused):
        extend(complaint, "dispatch", until=90, at=2)
    complaint.void(by=leader, reason="误登", at=rang + 3 * MINUTE)
    with pytest.raises(Refused):
        extend(complaint, "answer", until=200, at=4)


def test_the_rows_of_extensions_are_never_changed(complaint, extend):
    extend(complaint, "answer", until=200, at=10)
    with pytest.raises(Refused):
        complaint.events.last().save()
    assert ComplaintEvent.objects.filter(act=Act.EXTEND).count() == 1


def test_on_the_page_steps_that_are_not_late_are_offered_and_the_story_tells_old_and_new(
    duty_officer, leader, signed_in, inspector
):
    complaint = registered(duty_officer, received_at=timezone.now() - 35 * MINUTE)  # dispatch and arrival are late
    url = f"/complaints/{complaint.number}/extend/"
    client = signed_in(leader)
    page = filled(client.get(url))
    assert 'value="answer"' in page and 'value="dispatch"' not in page and 'value="arrive"' not in page
    until = timezone.localtime() + datetime.timedelta(days=3)
    fields = {"steps": ["stop", "answer"], "until": f"{until:%Y-%m-%dT%H:%M}", "text": "等鉴定"}
    assert sent(signed_in(inspector), url, fields).status_code == 403
    assert sent(client, url, {**fields, "text": " "}).status_code == 422
    assert sent(client, url, {**fields, "steps": ["arrive"]}).status_code == 422
    assert sent(client, url, {**fields, "until": "99999"}).status_code == 422
    assert sent(client, url, fields).status_code == 302
    complaint.refresh_from_db()
    assert complaint.answer_due_at == complaint.stop_due_at == until.replace(second=0, microsecond=0)
    page = filled(client.get(complaint.get_absolute_url()))
    assert f"{until:%Y-%m-%d %H:%M}" in page and "等鉴定" in page
