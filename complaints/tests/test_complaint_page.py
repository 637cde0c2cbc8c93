"""A complaint's page, its caller, its clocks, its text to send, its sheet."""

import datetime
import uuid

import pytest
from django.utils import timezone

from complaints.clocks import clocks_of, next_due
from complaints.models import Caller, CallerView, Complaint
from complaints.models.complaints import without_numbers
from complaints.tests.calling import registered
from venues import timeline
from venues.tests.forms import filled, queries, sent

NUMBER, NAME = "13977778888", "关世荣"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def complaint(duty_officer, netbar):
    return registered(
        duty_officer, venue=netbar, place="", number=NUMBER, name=NAME, content=f"打{NUMBER}找我,2020-01-27起营业"
    )


def reveal(client, complaint, **fields):
    return client.post(f"/complaints/{complaint.number}/reveal/", fields)


def test_the_caller_is_masked_on_every_page(complaint, signed_in, leader, duty_officer, inspector, auditor):
    complaint.dispatch(by=duty_officer, to=[inspector])
    for officer in (leader, duty_officer, inspector, auditor):
        client = signed_in(officer)
        for address in (
            "/desk/",
            "/complaints/",
            complaint.get_absolute_url(),
            f"{complaint.get_absolute_url()}sheet/",
        ):
            page = filled(client.get(address))
            assert NUMBER not in page and NAME not in page
        assert "139****8888" in page and "2020-01-27" in page


def test_revealing_shows_the_caller_once_and_leaves_a_row(complaint, signed_in, duty_officer):
    client = signed_in(duty_officer)
    answer = reveal(client, complaint, reason="回访")
    page = filled(answer)
    assert NUMBER in page and NAME in page and "no-store" in answer["Cache-Control"]
    view = CallerView.objects.get()
    assert (view.caller, view.by, view.reason) == (complaint.caller, duty_officer, "回访")
    assert NUMBER not in filled(client.get(complaint.get_absolute_url()))


def test_the_page_says_who_saw_its_callers_to_who_may_know(
    complaint, signed_in, leader, duty_officer, inspector, auditor
):
    call = complaint.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222")
    merged = registered(duty_officer, number="13611113333", place="文化广场")
    merged.merge(by=duty_officer, parent=complaint)
    other = registered(duty_officer, number="13611114444", place="火车站")
    for caller, reason in (
        (complaint.caller, f"为{NAME}回访"), (call.caller, f"向{NAME}核实"), (merged.caller, "并案核实"), (other.caller, "别的事"),
    ):  # fmt: skip
        caller.reveal(by=duty_officer, reason=reason)
    for officer in (leader, auditor):
        answer = signed_in(officer).get(complaint.get_absolute_url())
        page = filled(answer)
        callers = [merged.caller, call.caller, complaint.caller]
        assert [view.caller for view in answer.context["views"]] == callers  # the newest first
        assert "并案核实" in page and "别的事" not in page and "来电人查看情况" in page
        assert not [text for text in (NUMBER, NAME, "13611112222", "13611113333") if text in page]
        assert (f"/audit/?complaint={complaint.number}" in page) == (officer == auditor)
    for officer in (duty_officer, inspector):
        page = filled(signed_in(officer).get(complaint.get_absolute_url()))
        assert "并案核实" not in page and "来电人查看情况" not in page


def test_many_views_of_callers_cost_as_many_queries_as_none(complaint, signed_in, leader, duty_officer):
    client = signed_in(leader)
    address = complaint.get_absolute_url()
    without = queries(client, address)
    assert "尚无人查看过来电人信息。" in filled(client.get(address))
    for n in range(13):
        complaint.caller.reveal(by=duty_officer, reason=f"回访{n}")
    assert queries(client, address) == without <= 26  # one more than the pages of who may not know: the views
    assert "另有3条较早的查看记录" in filled(client.get(address)) and "回访0" in filled(client.get(address))


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_revealing_needs_a_reason(reason, complaint, signed_in, duty_officer):
    answer = reveal(signed_in(duty_officer), complaint, reason=reason)
    assert answer.status_code == 422 and NUMBER not in answer.content.decode()
    assert not CallerView.objects.exists()


def test_revealing_needs_the_permission_and_a_post(complaint, signed_in, inspector, auditor, duty_officer):
    for officer in (inspector, auditor):
        client = signed_in(officer)
        assert reveal(client, complaint, reason="想看看").status_code == 403
        assert "/reveal/" not in filled(client.get(complaint.get_absolute_url()))
    assert signed_in(duty_officer).get(f"/complaints/{complaint.number}/reveal/").status_code == 405
    assert not CallerView.objects.exists()


def test_the_caller_of_a_further_call_is_revealed_and_only_of_this_complaint(complaint, signed_in, duty_officer):
    call = complaint.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222")
    other = registered(duty_officer, number="13633334444").calls.get()
    client = signed_in(duty_officer)
    page = filled(client.get(complaint.get_absolute_url()))
    assert "136****2222" in page and "13611112222" not in page
    assert "13611112222" in filled(reveal(client, complaint, reason="回访", call=call.pk))
    for wrong in (other.pk, "9999999", "x"):
        assert reveal(client, complaint, reason="回访", call=wrong).status_code == 404
    assert Caller.objects.get(complaints=complaint) and CallerView.objects.count() == 1


def test_the_text_to_send_holds_no_caller_and_no_number(complaint, signed_in, duty_officer, inspector):
    text = complaint.dispatch_text()
    assert NUMBER not in text and NAME not in text and "****" in text
    assert complaint.number in text and complaint.venue.name in text
    assert "dispatch_text" in filled(signed_in(duty_officer).get(complaint.get_absolute_url()))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("139 7777 8888", "*************"), ("0938-8271234", "************"),
        ("打13977778888。", "打***********。"), ("139-7777-8888找", "*************找"),
        ("2020-01-27 12点", "2020-01-27 12点"), ("见TS20200127-001", "见TS20200127-001"),
        ("308房3人", "308房3人"), ("01-30 12:00", "01-30 12:00"),
        ("TS20200127-0011397777", "TS********************"),
    ],
)  # fmt: skip
def test_numbers_in_what_was_said_are_masked_and_dates_are_not(said, shown):
    hidden = without_numbers(said)
    assert hidden.replace("*", "") == shown.replace("*", "")
    assert ("*" in hidden) == ("*" in shown)


def test_the_clocks_tell_minutes_from_the_call_and_what_is_due_next(duty_officer, inspector):
    call = timezone.now() - 40 * MINUTE
    complaint = registered(duty_officer, received_at=call)  # critical: 5, 5, 30, 40, 120 minutes
    complaint.dispatch(by=duty_officer, to=[inspector], at=call + 4 * MINUTE)
    complaint.sign(by=inspector, at=call + 10 * MINUTE)
    clocks = {clock.step: clock for clock in clocks_of(complaint, call + 35 * MINUTE)}
    assert [clocks[step].state for step in ("dispatch", "sign", "arrive", "stop", "answer")] == [
        "done",
        "done_late",
        "late",
        "none",
        "running",
    ]
    assert clocks["dispatch"].took == 4 * MINUTE and clocks["sign"].took == 6 * MINUTE
    assert "1 " in clocks["sign"].words and "5 " in clocks["arrive"].words and "1 " in clocks["answer"].words
    assert next_due(clocks.values()).step == "arrive"


def test_a_second_after_the_limit_is_late_and_the_limit_itself_is_not(duty_officer, inspector):
    complaint = registered(duty_officer)
    limit = complaint.dispatch_due_at
    assert clocks_of(complaint, limit)[0].state == "running"
    assert clocks_of(complaint, limit + datetime.timedelta(seconds=1))[0].state == "late"


def test_the_page_offers_what_the_table_allows_this_officer_now(complaint, signed_in, duty_officer, inspector, auditor):
    def offered(officer):
        page = filled(signed_in(officer).get(complaint.get_absolute_url()))
        acts = ("dispatch", "sign", "arrive", "find", "stop", "tell", "close", "void", "return", "note")
        return {act for act in acts if f"/complaints/{complaint.number}/{act}/" in page}

    assert offered(duty_officer) == {"dispatch", "void", "note"}
    assert offered(inspector) == {"note"} and offered(auditor) == set()
    complaint.dispatch(by=duty_officer, to=[inspector])
    assert offered(inspector) == {"sign", "arrive", "return", "note"}
    complaint.sign(by=inspector)
    assert offered(inspector) == {"arrive", "find", "return", "note"}


def test_the_story_holds_events_call_backs_and_calls(complaint, signed_in, duty_officer, inspector):
    complaint.dispatch(by=duty_officer, to=[inspector], team="一组")
    complaint.arrive(by=inspector)
    complaint.add_call(
        by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222", text="又来催"
    )
    complaint.find(by=inspector, finding="not_running", text="门关着")
    complaint.call_back(by=duty_officer, result="reached", told="已查看", solved="yes", satisfied="very")
    page = filled(signed_in(duty_officer).get(complaint.get_absolute_url()))
    for text in ("一组", "又来催", "门关着", "已查看", "136****2222"):
        assert text in page


def test_a_place_that_repeats_the_name_of_the_venue_is_shown_once(signed_in, duty_officer, netbar):
    complaint = registered(duty_officer, venue=netbar, place=netbar.name)
    page = signed_in(duty_officer).get(complaint.get_absolute_url()).content.decode()
    assert f"{netbar.name} · {netbar.name}" not in page


def test_the_timeline_of_the_venue_shows_it_without_the_caller_and_only_to_whom_it_concerns(
    complaint, netbar, duty_officer, editor
):
    entries = [e for e in timeline.page(netbar, duty_officer, timezone.now()).entries if e.kind == "complaint"]
    assert len(entries) == 1 and complaint.number in entries[0].title and entries[0].url == complaint.get_absolute_url()
    assert NUMBER not in str(entries) and NAME not in str(entries)
    assert not [e for e in timeline.page(netbar, editor, timezone.now()).entries if e.kind == "complaint"]
    before = timeline.page(netbar, duty_officer, complaint.received_at - MINUTE).entries
    assert not [e for e in before if e.kind == "complaint"]


def test_a_long_story_costs_as_many_queries_as_a_short_one(complaint, signed_in, duty_officer, inspector):
    complaint.dispatch(by=duty_officer, to=[inspector])
    client = signed_in(duty_officer)
    complaint.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222")
    few = queries(client, complaint.get_absolute_url())
    for n in range(12):
        complaint.note(by=duty_officer, text=f"备注{n}")
        complaint.add_call(
            by=duty_officer, client_id=uuid.uuid4(), channel=complaint.channel, number=f"136111133{n:02d}"
        )
    assert queries(client, complaint.get_absolute_url()) == few <= 24


def test_a_complaint_that_is_not_there_is_not_found(signed_in, duty_officer, db):
    assert signed_in(duty_officer).get("/complaints/TS20200101-001/").status_code == 404
    assert sent(signed_in(duty_officer), "/complaints/TS20200101-001/reveal/", {"reason": "回访"}).status_code == 404
    assert not Complaint.objects.exists()
