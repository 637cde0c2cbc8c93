"""Every caller is owed an answer of his own: also who called later about the same matter, and who called about what was merged."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints.desk import desk_of
from complaints.figures import complaint_figures
from complaints.models import Call, Callback, CallerView, Complaint
from complaints.owed import callers_of
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.tests.forms import filled, queries, sent
from venues.transitions import Refused, TooLate

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
LATER = "13611112222"


@pytest.fixture
def rang():
    return (timezone.now() - 9 * HOUR).replace(second=0, microsecond=0)


@pytest.fixture
def take(duty_officer, rang):
    """`take(minutes)`: a complaint that came so many minutes after `rang`."""
    return lambda minutes=0, **fields: registered(duty_officer, received_at=rang + minutes * MINUTE, **fields)


@pytest.fixture
def added(duty_officer, rang):
    """`added(complaint, minutes=30, number=…)`: a call that was added to it."""

    def add(complaint, minutes=30, number=LATER, **fields):
        return complaint.add_call(
            by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number=number, at=rang + minutes * MINUTE,
            **fields,
        )  # fmt: skip

    return add


@pytest.fixture
def handled(duty_officer, inspector, rang):
    """`handled(complaint)`: looked at, nothing was running: its callers are to be told."""

    def handle(complaint, minutes=60):
        complaint.dispatch(by=duty_officer, to=[inspector], at=rang + (minutes - 9) * MINUTE)
        complaint.arrive(by=inspector, at=rang + (minutes - 1) * MINUTE)
        complaint.find(by=inspector, finding="not_running", at=rang + minutes * MINUTE)
        return complaint

    return handle


@pytest.fixture
def tell(duty_officer):
    def reach(complaint, call=None, **fields):
        return complaint.call_back(by=duty_officer, result="reached", told="已查看", call=call, **fields)

    return reach


@pytest.fixture
def give_up(duty_officer, rang):
    """Three attempts at different times that reach nobody."""

    def try_three_times(complaint, call=None, minutes=120):
        for n in range(3):
            complaint.call_back(by=duty_officer, result="no_answer", call=call, at=rang + (minutes + n * 40) * MINUTE)

    return try_three_times


def states(complaint):
    """{number as everybody sees it: where his answer stands}."""
    complaint = Complaint.objects.get(pk=complaint.pk)
    return {str(one.caller): one.state for one in callers_of(complaint)}


# --- who is owed --------------------------------------------------------------------------------------------------------


def test_each_caller_goes_from_waiting_to_told_by_himself(take, added, handled, tell):
    complaint = take()
    call = added(complaint)
    assert states(complaint) == {"139****2222": "at_work", "136****2222": "at_work"}
    handled(complaint)
    assert states(complaint) == {"139****2222": "waiting", "136****2222": "waiting"}
    tell(complaint)
    assert states(complaint) == {"139****2222": "told", "136****2222": "waiting"}
    callback = tell(complaint, call)
    assert states(complaint) == {"139****2222": "told", "136****2222": "told"}
    assert callback.call == call and Callback.objects.filter(call=None).count() == 1
    event = complaint.events.last()
    assert (event.act, event.data) == (Act.TELL_FURTHER, {"call": call.pk})


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"wants_reply": False}, "no_answer"), ({"number": ""}, "unknown"), ({"number": "", "name": "关世荣"}, "waiting")],
)
def test_who_wants_no_answer_or_left_nothing_is_owed_none_and_a_name_alone_keeps_nothing_open(
    fields, state, take, added, handled, tell, duty_officer
):
    complaint = take()
    added(complaint, **fields)
    handled(complaint)
    one = callers_of(complaint)[-1]
    assert (one.state, one.keeps_open) == (state, False)
    tell(complaint)
    complaint.close(by=duty_officer)
    assert complaint.status == Status.CLOSED and not complaint.unreachable


def test_nobody_is_told_before_there_is_something_to_tell(take, added, tell):
    complaint = take()
    call = added(complaint)
    with pytest.raises(TooLate):
        tell(complaint, call)
    assert not Callback.objects.exists()


def test_a_call_of_another_complaint_is_not_told_here(take, added, handled, tell):
    complaint, other = handled(take()), take()
    with pytest.raises(Refused):
        tell(complaint, added(other))
    with pytest.raises(Refused):  # its first call: its caller is told as the complaint's own
        tell(complaint, complaint.calls.get())


def test_a_caller_is_told_once_and_the_second_officer_hears_who_was_first(
    take, added, handled, tell, duty_officer, second_duty_officer
):
    complaint = handled(take())
    call = added(complaint, 70)
    stale = Call.objects.get(pk=call.pk)
    tell(complaint, call)
    with pytest.raises(TooLate, match=duty_officer.name):
        complaint.call_back(by=second_duty_officer, result="reached", told="再说一遍", call=stale)
    assert Callback.objects.filter(call=call).count() == 1


def test_who_called_later_has_his_own_limit_from_his_own_call(take, added, handled, duty_officer):
    complaint = take()  # critical: 120 minutes
    call = added(complaint, 90)
    assert call.answer_due_at == call.started_at + 120 * MINUTE > complaint.answer_due_at
    complaint.set_urgency(by=duty_officer, urgency="urgent", reason="已停止")
    call.refresh_from_db()
    assert call.answer_due_at == call.started_at + 24 * HOUR


# --- the guard ----------------------------------------------------------------------------------------------------------


def test_a_complaint_is_not_closed_while_a_further_caller_waits(take, added, handled, tell, duty_officer):
    complaint = take()
    call = added(complaint)
    tell(handled(complaint))
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    complaint.refresh_from_db()
    assert complaint.status == Status.AWAITING_ANSWER
    tell(complaint, call)
    complaint.close(by=duty_officer)
    assert complaint.status == Status.CLOSED


def test_three_attempts_at_different_times_make_a_further_caller_unreachable_and_three_in_one_minute_do_not(
    take, added, handled, tell, give_up, duty_officer, rang
):
    complaint = take()
    call = added(complaint)
    tell(handled(complaint))
    for second in (0, 20, 40):
        at = rang + 100 * MINUTE + datetime.timedelta(seconds=second)
        complaint.call_back(by=duty_officer, result="off", call=call, at=at)
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    give_up(complaint, call)
    complaint.close(by=duty_officer)
    call.refresh_from_db()
    assert call.unreachable and not complaint.unreachable
    assert states(complaint)["136****2222"] == "given_up"


def test_attempts_to_reach_one_caller_do_not_count_for_another(take, added, handled, give_up, duty_officer):
    complaint = take()
    added(complaint)
    give_up(handled(complaint))
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)


def test_the_first_complaint_is_not_closed_while_the_caller_of_a_merged_one_waits(
    take, added, handled, tell, duty_officer
):
    parent, child = take(), take(10, number="13733334444")
    further = added(child, number="13855556666")
    child.merge(by=duty_officer, parent=parent)
    tell(handled(parent))
    assert states(parent) == {"139****2222": "told", "137****4444": "waiting", "138****6666": "waiting"}
    for one, call in ((child, None), (child, further)):
        with pytest.raises(Refused):
            parent.close(by=duty_officer)
        tell(one, call)
    parent.close(by=duty_officer)
    child.refresh_from_db()
    assert (parent.status, child.status) == (Status.CLOSED, Status.MERGED) and child.answered_at


def test_what_is_taken_up_again_is_told_again_to_everybody(take, added, handled, tell, duty_officer):
    complaint = take()
    call = added(complaint)
    tell(handled(complaint))
    tell(complaint, call)
    complaint.close(by=duty_officer)
    complaint.reopen(by=duty_officer, reason="又开门")
    assert states(complaint) == {"139****2222": "at_work", "136****2222": "at_work"}
    complaint.find(by=duty_officer, finding="not_running")
    tell(complaint)
    with pytest.raises(Refused):
        complaint.close(by=duty_officer)
    tell(complaint, Call.objects.get(pk=call.pk))
    complaint.close(by=duty_officer)
    assert Callback.objects.filter(call=call).count() == 2


@pytest.mark.parametrize("end", ["answer_at_once", "not_accept", "transfer", "void"])
def test_whatever_becomes_of_the_complaint_its_further_caller_is_not_forgotten(end, take, added, tell, duty_officer):
    complaint = take()
    call = added(complaint)
    words = {"answer_at_once": {"text": "已答复"}, "transfer": {"to": "公安局", "reason": "涉赌"}}
    getattr(complaint, end)(by=duty_officer, **words.get(end, {"reason": "不属职责"}))
    desk = desk_of(duty_officer, timezone.now())
    assert call in [one.call for one in desk.due_now + desk.told_later]
    assert complaint in Complaint.objects.caller_owed()
    tell(complaint, call)
    assert states(complaint)["136****2222"] == "told"


def test_the_database_keeps_told_apart_from_unreachable_and_owes_nothing_to_nobody(take, added):
    call = added(take())
    for values in ({"told_at": timezone.now(), "unreachable": True}, {"wants_reply": False, "told_at": timezone.now()},
                   {"caller": None}, {"complaint": None}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**values)


# --- the desk and the pages ---------------------------------------------------------------------------------------------


def test_the_desk_lists_every_caller_who_waits_the_given_up_ones_behind(
    take, added, handled, tell, give_up, duty_officer, signed_in
):
    complaint = take()
    call, given_up = added(complaint), added(complaint, 40, number="13533334444")
    tell(handled(complaint))
    give_up(complaint, given_up)
    assert complaint not in Complaint.objects.handled_not_told() and complaint in Complaint.objects.caller_owed()
    desk = desk_of(duty_officer, timezone.now())
    assert [one.call for one in desk.due_now] == [call, given_up] and not desk.told_later
    assert [one.failed for one in desk.due_now] == [0, 3]
    page = filled(signed_in(duty_officer).get("/desk/"))
    assert f"/complaints/{complaint.number}/tell_further/?call={call.pk}" in page and "136****2222" in page
    assert LATER not in page
    assert complaint.number in filled(signed_in(duty_officer).get("/complaints/?not_told=on"))
    tell(complaint, call)
    complaint.close(by=duty_officer)
    desk = desk_of(duty_officer, timezone.now())
    assert [one.call for one in desk.told_later] == [given_up] and not desk.due_now


def test_the_page_shows_each_caller_masked_with_his_state_and_a_button_to_call_him(
    take, added, handled, tell, duty_officer, inspector, signed_in
):
    parent, child = take(), take(10, number="13733334444")
    call = added(parent)
    child.merge(by=duty_officer, parent=parent)
    handled(parent)
    client = signed_in(duty_officer)
    page = filled(client.get(parent.get_absolute_url()))
    for text in ("139****2222", "136****2222", "137****4444"):
        assert text in page
    buttons = [
        f"/complaints/{parent.number}/tell/", f"/complaints/{parent.number}/tell_further/?call={call.pk}",
        f"/complaints/{child.number}/tell/",
    ]  # fmt: skip
    assert all(f'href="{button}"' in page for button in buttons)
    assert not any(
        f'href="{button}"' in filled(signed_in(inspector).get(parent.get_absolute_url())) for button in buttons
    )
    tell(parent, call)
    page = filled(client.get(parent.get_absolute_url()))
    assert f'href="{buttons[1]}"' not in page and f'href="{buttons[2]}"' in page


def test_closing_is_offered_when_nobody_waits_and_until_then_the_next_caller(
    take, added, handled, tell, duty_officer, signed_in
):
    complaint = take()
    call = added(complaint)
    handled(complaint)
    client, close = signed_in(duty_officer), f"/complaints/{complaint.number}/close/"
    assert close not in filled(client.get(complaint.get_absolute_url()))
    tell(complaint)
    page = filled(client.get(complaint.get_absolute_url()))
    assert close not in page and 'data-key="y"' in page
    tell(complaint, call)
    page = filled(client.get(complaint.get_absolute_url()))
    assert close in page and 'data-key="y"' not in page


def test_telling_a_further_caller_on_his_page_closes_in_the_same_press_when_he_was_the_last(
    take, added, handled, tell, duty_officer, signed_in
):
    complaint = take()
    first, last = added(complaint), added(complaint, 40, number="13533334444")
    tell(handled(complaint))
    client, url = signed_in(duty_officer), f"/complaints/{complaint.number}/tell_further/"
    page = filled(client.get(f"{url}?call={first.pk}"))
    assert "136****2222" in page and LATER not in page and "139****2222" not in page
    fields = {"seen": "awaiting_answer-1", "result": "reached", "told": "已查看", "way": "phone", "satisfied": "very",
              "close": "on"}  # fmt: skip
    sent(client, url, {**fields, "call": first.pk})
    complaint.refresh_from_db()
    assert complaint.status == Status.AWAITING_ANSWER
    answer = sent(client, url, {**fields, "call": first.pk})  # from a page that is out of date
    assert answer.status_code == 409 and duty_officer.name in answer.content.decode()
    sent(client, url, {**fields, "call": last.pk})
    complaint.refresh_from_db()
    assert complaint.status == Status.CLOSED


@pytest.mark.parametrize("call", ["", "x", "99999999", "9" * 30, "own"])
def test_a_call_that_waits_for_nothing_here_has_no_page(call, take, handled, duty_officer, signed_in):
    complaint = handled(take())
    call = complaint.calls.get().pk if call == "own" else call
    url = f"/complaints/{complaint.number}/tell_further/"
    assert signed_in(duty_officer).get(f"{url}?call={call}").status_code == 404
    assert sent(signed_in(duty_officer), url, {"call": call, "result": "reached", "told": "x"}).status_code == 404


def test_further_callers_are_revealed_one_by_one_with_a_reason(take, added, handled, duty_officer, signed_in):
    complaint = handled(take())
    call = added(complaint, 70)
    answer = signed_in(duty_officer).post(
        f"/complaints/{complaint.number}/reveal/", {"reason": "回访", "call": call.pk}
    )
    assert LATER in filled(answer) and CallerView.objects.get().caller == call.caller


def test_the_desk_and_the_page_cost_the_same_with_many_callers(take, added, handled, duty_officer, signed_in):
    client, complaint = signed_in(duty_officer), take()
    added(complaint)
    take(5).merge(by=duty_officer, parent=complaint)
    handled(complaint)
    few = [queries(client, url) for url in ("/desk/", complaint.get_absolute_url())]
    for n in range(6):
        added(complaint, 70 + n, number=f"1361111{n:04d}")
        child = take(20 + n)
        added(child, 80 + n, number=f"1371111{n:04d}")
        child.merge(by=duty_officer, parent=complaint)
    assert [queries(client, url) for url in ("/desk/", complaint.get_absolute_url())] == few


# --- the figures --------------------------------------------------------------------------------------------------------


def test_figures_count_complaints_as_before_and_further_callers_beside_them(take, added, handled, tell, rang):
    complaint = take()
    call = added(complaint)
    tell(handled(complaint), at=rang + 70 * MINUTE, solved="yes", satisfied="very")
    moment = rang + 80 * MINUTE
    before = complaint_figures(moment)
    assert (before["answered"], before["handled_not_told"], before["rates"]["solution"]["N"]) == (1, 0, 1)
    assert before["further_callers"] == {"calls": 1, "owed": 1, "told": 0}
    tell(complaint, call, at=rang + 90 * MINUTE, solved="no", satisfied="no")
    assert complaint_figures(moment) == before
    after = complaint_figures(rang + 100 * MINUTE)
    assert after["further_callers"] == {"calls": 1, "owed": 1, "told": 1}
    assert (after["answered"], after["handled_not_told"], after["rates"]) == (1, 0, before["rates"])
    assert after["minutes"] == before["minutes"] and after["callbacks"]["reached"] == 2
