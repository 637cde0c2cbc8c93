"""Every move through its page: done by whom the table allows, refused to all others, and never from a stale page."""

import datetime
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from complaints.buttons import BUTTONS
from complaints.forms.changes import filed_as
from complaints.models import Caller, Channel, Complaint, Topic
from complaints.tests.calling import registered
from complaints.workflow import BESIDE, MOVES, Act, Status, may
from venues.tests.forms import filled, sent


def address(complaint, act):
    return f"/complaints/{complaint.number}/{act}/"


@pytest.fixture
def put(duty_officer, leader, netbar):
    """`put(status, **columns)`: a complaint about the internet cafe in this status."""

    def make(status=Status.REGISTERED, *, further=False, **columns):
        complaint = registered(duty_officer, venue=netbar, place="")
        if further:
            complaint.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13900003333")
        if "channel" in columns:
            columns["channel"] = Channel.objects.get(slug=columns["channel"])
        if status == Status.MERGED:
            columns.setdefault("parent", registered(duty_officer))
        if columns.pop("unnumbered", False):
            columns["caller"] = Caller.objects.note(name="关世荣")
        if status == Status.DISPATCHED:
            complaint.assignees.set([leader])
        if status in (Status.IN_PROGRESS, Status.AWAITING_ANSWER, Status.DISPATCHED):
            columns.setdefault("dispatched_at", complaint.received_at)
        Complaint.objects.filter(pk=complaint.pk).update(status=status, **columns)
        complaint.refresh_from_db()
        return complaint

    return make


# act: (state before, columns before, what the form says, state after); "{…}" are filled in by the test
EVERY = {
    Act.DISPATCH: (Status.REGISTERED, {}, {"to": "{inspector}", "team": "一组"}, Status.DISPATCHED),
    Act.SIGN: (Status.DISPATCHED, {}, {}, Status.IN_PROGRESS),
    Act.RESEND: (Status.DISPATCHED, {}, {"to": "{inspector}", "team": "二组", "reason": "无人签收"}, Status.DISPATCHED),
    Act.ARRIVE: (Status.DISPATCHED, {}, {}, Status.IN_PROGRESS),
    Act.FIND: (Status.IN_PROGRESS, {}, {"finding": "not_running", "text": "门关着"}, Status.AWAITING_ANSWER),
    Act.STOP: (Status.IN_PROGRESS, {"finding": "running"}, {"text": "劝离"}, Status.AWAITING_ANSWER),
    Act.TELL: (Status.AWAITING_ANSWER, {}, {"result": "reached", "told": "已关停", "way": "phone", "satisfied": "very"},
               Status.AWAITING_ANSWER),
    Act.CLOSE: (Status.AWAITING_ANSWER, {"wants_reply": False}, {}, Status.CLOSED),
    Act.ANSWER_AT_ONCE: (Status.REGISTERED, {}, {"text": "已答复"}, Status.ANSWERED_AT_ONCE),
    Act.NOT_ACCEPT: (Status.REGISTERED, {}, {"reason": "不属职责"}, Status.NOT_ACCEPTED),
    Act.TRANSFER: (Status.IN_PROGRESS, {}, {"finding": "other", "to": "公安局", "reason": "涉嫌赌博"}, Status.TRANSFERRED),
    Act.MERGE: (Status.REGISTERED, {}, {"parent": "{parent}"}, Status.MERGED),
    Act.GIVE_UP: (Status.TRANSFERRED, {"unnumbered": True}, {}, Status.TRANSFERRED),
    Act.SEPARATE: (Status.MERGED, {}, {"reason": "不是一回事"}, Status.REGISTERED),
    Act.VOID: (Status.DISPATCHED, {}, {"reason": "误登"}, Status.VOID),
    Act.RETURN: (Status.IN_PROGRESS, {}, {"reason": "地址不符"}, Status.REGISTERED),
    Act.STILL_GOING_ON: (Status.AWAITING_ANSWER, {}, {"reason": "仍在营业"}, Status.IN_PROGRESS),
    Act.REOPEN: (Status.CLOSED, {}, {"reason": "又开门"}, Status.IN_PROGRESS),
    Act.SET_URGENCY: (Status.REGISTERED, {}, {"urgency": "normal", "reason": "已停止"}, Status.REGISTERED),
    Act.NOTE: (Status.CLOSED, {}, {"text": "备注"}, Status.CLOSED),
    Act.SUPERVISE: (Status.IN_PROGRESS, {}, {"text": "两小时内报结果"}, Status.IN_PROGRESS),
    Act.EXTEND: (Status.IN_PROGRESS, {}, {"steps": "answer", "until": "{tomorrow}", "text": "等鉴定"}, Status.IN_PROGRESS),
    Act.TELL_FURTHER: (Status.AWAITING_ANSWER, {"further": True},
                       {"call": "{call}", "result": "reached", "told": "已关停", "way": "phone", "satisfied": "very"},
                       Status.AWAITING_ANSWER),
    Act.FOLLOW_UP: (Status.CLOSED, {"answered_at": timezone.now()},
                    {"result": "reached", "way": "phone", "solved": "yes", "satisfied": "very"}, Status.CLOSED),
    Act.RECATEGORISE: (Status.IN_PROGRESS, {}, {"seen": "{filed}", "topic": "{topic}", "urgency": "{urgency}", "place": "东门",
                                                "reason": "不是网吧"}, Status.IN_PROGRESS),
    Act.EXTERNAL: (Status.REGISTERED, {"channel": "12345"}, {"external_no": "GD-1", "external_deadline": "{tomorrow}"},
                   Status.REGISTERED),
}  # fmt: skip


def page_of(complaint, act):
    """The address as a link to it has it."""
    call = complaint.calls.filter(wants_reply=True).first() if act == Act.TELL_FURTHER else None
    return address(complaint, act) + (f"?call={call.pk}" if call else "")


@pytest.fixture
def said(inspector, duty_officer):
    def fill(values, complaint):
        known = {
            "{inspector}": lambda: inspector.pk, "{parent}": lambda: registered(duty_officer).number,
            "{tomorrow}": lambda: f"{timezone.localdate() + datetime.timedelta(days=1)}T12:00",
            "{call}": lambda: complaint.calls.get(wants_reply=True).pk, "{filed}": lambda: filed_as(complaint),
            "{topic}": lambda: Topic.objects.get(slug="outdoor").pk, "{urgency}": lambda: complaint.urgency,
        }  # fmt: skip
        return {name: known[value]() if value in known else value for name, value in values.items()}

    return fill


def test_every_act_with_a_page_is_tried_here():
    assert set(EVERY) == set(BUTTONS) == {*MOVES, *BESIDE}


@pytest.mark.parametrize("act", EVERY)
def test_a_move_is_shown_and_made_on_its_page(act, put, said, signed_in, leader):
    before, columns, values, after = EVERY[act]
    complaint, desk = put(before, **columns), signed_in(leader)
    assert str(BUTTONS[act].words) in filled(desk.get(page_of(complaint, act)))
    answer = sent(desk, address(complaint, act), {"seen": f"{before}-1", **said(values, complaint)})
    assert (answer.status_code, answer.url) == (302, complaint.get_absolute_url()), answer.content.decode()
    complaint.refresh_from_db()
    assert complaint.status == after
    assert complaint.events.last().act == act
    filled(desk.get(complaint.get_absolute_url()))


@pytest.mark.parametrize("act", EVERY)
def test_a_move_is_refused_to_whom_the_table_does_not_allow_it(
    act, put, said, signed_in, inspector, duty_officer, auditor, viewer
):
    before, columns, values, _after = EVERY[act]
    complaint = put(before, **columns)
    for officer in (inspector, duty_officer, auditor, viewer):
        if not may(officer, act):
            answer = sent(
                signed_in(officer), address(complaint, act), {"seen": f"{before}-1", **said(values, complaint)}
            )
            assert answer.status_code == 403
    complaint.refresh_from_db()
    assert complaint.status == before and complaint.events.count() == (2 if act == Act.TELL_FURTHER else 1)


@pytest.mark.parametrize("act", MOVES)
def test_a_move_from_a_stale_page_is_not_made_and_says_who_was_first(act, put, said, signed_in, leader, duty_officer):
    before, columns, values, _after = EVERY[act]
    complaint = put(before, **columns)
    wrong = next(status for status in Status if status not in MOVES[act].sources and status != Status.MERGED)
    Complaint.objects.filter(pk=complaint.pk).update(status=wrong, parent=None)
    answer = sent(signed_in(leader), address(complaint, act), {"seen": f"{before}-1", **said(values, complaint)})
    page = answer.content.decode()
    assert answer.status_code == 409 and duty_officer.name in page and str(wrong.label) in page
    for text in ("仍在营业", "不属职责", "涉嫌赌博"):
        assert (text in values.values()) <= (text in page), "what was typed is kept"
    complaint.refresh_from_db()
    assert complaint.status == wrong


def test_a_move_that_is_still_allowed_is_not_made_from_a_page_of_another_state(put, signed_in, duty_officer, inspector):
    complaint = put(Status.REGISTERED)
    complaint.dispatch(by=duty_officer, to=[inspector])
    fields = {"seen": "registered-1", "to": "公安局", "reason": "涉嫌赌博"}
    answer = sent(signed_in(duty_officer), address(complaint, "transfer"), fields)
    assert answer.status_code == 409 and "涉嫌赌博" in answer.content.decode()
    complaint.refresh_from_db()
    assert complaint.status == Status.DISPATCHED


def test_what_came_too_late_can_be_kept_as_a_note(put, signed_in, duty_officer):
    complaint = put(Status.VOID)
    desk = signed_in(duty_officer)
    page = sent(
        desk, address(complaint, "transfer"), {"seen": "registered-1", "to": "公安局", "reason": "涉嫌赌博"}
    ).content.decode()
    assert f'action="{address(complaint, "note")}"' in page
    assert sent(desk, address(complaint, "note"), {"text": "涉嫌赌博"}).status_code == 302
    assert complaint.events.last().text == "涉嫌赌博"


@pytest.mark.parametrize("act", ["transfer", "merge"])
def test_a_move_out_of_the_handling_asks_what_was_found(act, put, said, signed_in, duty_officer):
    complaint, desk = put(Status.IN_PROGRESS), signed_in(duty_officer)
    assert 'name="finding"' in desk.get(address(complaint, act)).content.decode()
    values = {"to": "公安局", "reason": "涉嫌赌博", "parent": registered(duty_officer).number, "seen": "in_progress-1"}
    answer = sent(desk, address(complaint, act), values)
    assert answer.status_code == 422 and 'id="id_finding_error"' in answer.content.decode()
    assert sent(desk, address(complaint, act), {**values, "finding": "not_found"}).status_code == 302
    assert 'name="finding"' not in desk.get(address(put(Status.REGISTERED), act)).content.decode()


@pytest.mark.parametrize("act", [act for act, row in EVERY.items() if "reason" in row[2]])
def test_a_reason_of_blanks_is_no_reason(act, put, said, signed_in, leader):
    before, columns, values, _after = EVERY[act]
    complaint = put(before, **columns)
    answer = sent(
        signed_in(leader), address(complaint, act), {"seen": f"{before}-1", **said(values, complaint), "reason": "  "}
    )
    assert answer.status_code == 422
    assert complaint.events.count() == 1


def test_a_dispatch_that_uses_up_the_cover_warns_first(put, signed_in, duty_officer, inspector, monkeypatch):
    manager = type(get_user_model().objects)
    monkeypatch.setattr(manager, "coverage_without", lambda self, officers, at: ["夜班只剩一人"])
    complaint, desk = put(), signed_in(duty_officer)
    fields = {"seen": "registered-1", "to": inspector.pk}
    assert "夜班只剩一人" in filled(sent(desk, address(complaint, "dispatch"), fields))
    complaint.refresh_from_db()
    assert complaint.status == Status.REGISTERED
    assert sent(desk, address(complaint, "dispatch"), {**fields, "confirmed": "1"}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.status == Status.DISPATCHED and list(complaint.assignees.all()) == [inspector]


def test_only_certified_officers_or_those_on_duty_are_sent(
    put, signed_in, duty_officer, trainee, inspector, monkeypatch
):
    complaint, desk = put(), signed_in(duty_officer)
    page = filled(desk.get(address(complaint, "dispatch")))
    assert inspector.name in page and trainee.name not in page
    manager = type(get_user_model().objects)
    monkeypatch.setattr(manager, "on_duty", lambda self, at: self.filter(pk=trainee.pk))
    page = filled(desk.get(address(complaint, "dispatch")))
    assert page.index(trainee.name) < page.index(inspector.name)


def test_telling_the_caller_closes_in_the_same_press(put, signed_in, duty_officer):
    complaint = put(Status.AWAITING_ANSWER)
    fields = {
        "seen": "awaiting_answer-1",
        "result": "reached",
        "told": "已关停",
        "way": "phone",
        "satisfied": "very",
        "close": "on",
    }
    sent(signed_in(duty_officer), address(complaint, "tell"), fields)
    complaint.refresh_from_db()
    assert complaint.status == Status.CLOSED and complaint.answered_at and not complaint.unreachable


def test_three_attempts_at_different_times_close_and_fewer_do_not(put, signed_in, duty_officer):
    complaint, desk = put(Status.AWAITING_ANSWER), signed_in(duty_officer)
    start = timezone.now() - datetime.timedelta(hours=3)
    Complaint.objects.filter(pk=complaint.pk).update(received_at=start, dispatched_at=start)
    for attempt in range(1, 4):
        at = timezone.localtime(start + attempt * datetime.timedelta(minutes=40))
        fields = {
            "result": "no_answer",
            "way": "phone",
            "satisfied": "not_asked",
            "close": "on",
            "on": str(at.date()),
            "time": f"{at:%H:%M}",
        }
        sent(desk, address(complaint, "tell"), {"seen": "awaiting_answer-1", **fields})
        complaint.refresh_from_db()
        assert (complaint.status == Status.CLOSED) == (attempt == 3)
    assert complaint.unreachable and complaint.callbacks.count() == 3


def test_an_answer_without_what_was_told_is_refused_and_keeps_the_form(put, signed_in, duty_officer):
    complaint = put(Status.AWAITING_ANSWER)
    fields = {"seen": "awaiting_answer-1", "result": "reached", "told": "", "way": "sms", "satisfied": "very"}
    answer = sent(signed_in(duty_officer), address(complaint, "tell"), fields)
    assert answer.status_code == 422 and 'value="sms" selected' in answer.content.decode()
    assert not complaint.callbacks.exists()


def test_a_step_entered_later_has_its_own_moment_and_none_before_the_call(put, signed_in, inspector):
    complaint = put(Status.DISPATCHED)
    call = timezone.localtime() - datetime.timedelta(hours=2)
    Complaint.objects.filter(pk=complaint.pk).update(received_at=call, dispatched_at=call)
    street = signed_in(inspector)
    early = call - datetime.timedelta(minutes=30)
    fields = {"seen": "dispatched-1", "on": str(early.date()), "time": f"{early:%H:%M}"}
    assert sent(street, address(complaint, "arrive"), fields).status_code == 422
    there = call + datetime.timedelta(minutes=25)
    fields |= {"on": str(there.date()), "time": f"{there:%H:%M}"}
    assert sent(street, address(complaint, "arrive"), fields).status_code == 302
    complaint.refresh_from_db()
    assert complaint.arrived_at == there.replace(second=0, microsecond=0)


def test_one_press_sent_twice_counts_once(put, signed_in, duty_officer):
    complaint, desk, key = put(), signed_in(duty_officer), uuid.uuid4()
    for _press in range(3):
        answer = sent(desk, address(complaint, "note"), {"text": "家长来电"}, key=key)
        assert answer.status_code == 302
    assert complaint.events.filter(act="note").count() == 1


def test_stopping_what_was_not_found_running_says_so(put, signed_in, inspector):
    complaint = put(Status.IN_PROGRESS)
    answer = sent(signed_in(inspector), address(complaint, "stop"), {"seen": "in_progress-1"})
    assert answer.status_code == 422
    assert "x" not in [button.key for button in _buttons(complaint, inspector)]


def _buttons(complaint, officer):
    from complaints.buttons import moves_of

    return moves_of(complaint, officer)


def test_an_act_that_does_not_exist_is_not_found(put, signed_in, duty_officer):
    assert signed_in(duty_officer).get(address(put(), "register")).status_code == 404
    assert signed_in(duty_officer).get("/complaints/TS20200101-999/note/").status_code == 404
