"""Saving in a real browser while somebody goes on speaking: nothing that is typed before the answer comes is lost."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from complaints.models import Complaint, ComplaintEvent, Draft
from complaints.tests.calling import enter, registered
from venues.secrets import decrypt

CALL = "/calls/new/"


@pytest.fixture
def desk(page, live_server, signed_in, duty_officer, qinzhou):
    enter(page, live_server, signed_in(duty_officer))
    page.goto(live_server.url + CALL)
    return page


@pytest.fixture
def held(desk):
    """`held()` lets the answers to the saves go on; until then they wait."""
    waiting, free = [], []

    def hold(route):
        if route.request.method == "POST" and not free:
            waiting.append(route)
        else:
            route.continue_()

    desk.route("**/calls/new/", hold)

    def go():
        free.append(True)
        for route in waiting:
            route.continue_()

    return go


def spoken(desk, *, topic=True):
    """A call, down to the first words."""
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    if topic:
        desk.keyboard.press("Enter")
        desk.keyboard.press("4")
        desk.keyboard.press("n")
    else:
        desk.locator("[name=content]").focus()
    desk.keyboard.insert_text("第一句,")


def test_words_said_while_a_save_is_refused_stay_and_the_caret_too(desk, held):
    spoken(desk, topic=False)
    with desk.expect_request(lambda request: request.method == "POST" and request.url.endswith(CALL)):
        desk.keyboard.press("Control+Enter")
    desk.keyboard.insert_text("第二句")
    held()
    expect(desk.locator("#id_topic_error")).to_be_visible()
    expect(desk.locator("[name=content]")).to_have_value("第一句,第二句")
    expect(desk.locator("[name=content]")).to_be_focused()
    desk.keyboard.insert_text(",第三句")
    desk.locator("[name=topic]").first.focus()
    desk.keyboard.press("4")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.get().content == "第一句,第二句,第三句"


def test_words_said_while_a_save_succeeds_are_offered_as_a_note(desk, held):
    spoken(desk)
    with desk.expect_request(lambda request: request.method == "POST" and request.url.endswith(CALL)):
        desk.keyboard.press("Control+Enter")
    desk.keyboard.insert_text("后来又说有小孩")
    held()
    note = desk.locator("#call_note")
    expect(note).to_be_focused()
    expect(note).to_have_value("后来又说有小孩")
    assert desk.evaluate("Object.keys(localStorage).filter(k => k.startsWith('call:')).length") == 0
    desk.keyboard.insert_text(",八台机器")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS[\d-]+/$"))
    assert Complaint.objects.get().content == "第一句,"
    assert ComplaintEvent.objects.get(act="note").text == "后来又说有小孩,八台机器"


def test_a_name_said_while_a_save_succeeds_goes_to_a_caller_and_into_no_note(desk, held):
    spoken(desk)
    with desk.expect_request(lambda request: request.method == "POST" and request.url.endswith(CALL)):
        desk.keyboard.press("Control+Enter")
    desk.keyboard.insert_text("后来又说有小孩")
    desk.locator("[name=name]").fill("欧阳霜菊")
    held()
    expect(desk.locator("#call_note")).to_have_value("后来又说有小孩")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS[\d-]+/$"))
    complaint = Complaint.objects.get()
    caller = complaint.calls.order_by("pk").last().caller
    assert complaint.calls.count() == 2 and decrypt(caller.name_cipher) == "欧阳霜菊"
    assert complaint.events.last().text == "后来又说有小孩"


def test_without_a_connection_the_newest_words_are_sent_by_themselves_as_the_notice_says(desk, context):
    spoken(desk)
    context.set_offline(True)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call_state .tone-warn")).to_be_visible()
    desk.keyboard.insert_text("第二句")
    expect(desk.locator("#call_state .tone-warn")).to_be_visible()
    context.set_offline(False)
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.get().content == "第一句,第二句"


def test_an_answer_that_was_lost_is_found_again_and_later_words_are_a_note(desk):
    spoken(desk)
    lost = []

    def swallow(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    desk.route("**/calls/new/", swallow)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call_state .tone-warn")).to_be_visible()
    desk.keyboard.insert_text("第二句")
    expect(desk.locator("#call_note")).to_have_value("第二句")
    assert lost == [200] and Complaint.objects.get().content == "第一句,"


def test_the_history_of_a_complete_number_is_asked_for_with_its_last_key(desk, duty_officer):
    complaint = registered(duty_officer, number="13900001111")
    desk.clock.install()
    desk.clock.pause_at("2099-01-01")  # no timer of the page runs any more
    desk.keyboard.type("1390000111")
    with desk.expect_response(lambda answer: answer.url.endswith("/calls/history/")) as answer:
        desk.keyboard.press("1")
    assert complaint.number in answer.value.text()


def test_who_would_be_missing_elsewhere_is_said_before_and_one_more_press_dispatches(desk, inspector, monkeypatch):
    officers = type(get_user_model().objects)
    monkeypatch.setattr(officers, "on_duty", lambda self, at: self.filter(pk=inspector.pk))
    monkeypatch.setattr(officers, "coverage_without", lambda self, team, at: ["夜班只剩一人"] if team else [])
    spoken(desk)
    desk.keyboard.press("Control+Shift+Enter")
    expect(desk.locator("#call_warnings")).to_contain_text("夜班只剩一人")
    expect(desk.locator("[name=content]")).to_have_value("第一句,")
    assert not Complaint.objects.exists()
    desk.keyboard.press("Control+Shift+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    complaint = Complaint.objects.get()
    assert complaint.status == "dispatched" and list(complaint.assignees.all()) == [inspector]


# --- drafts that only a browser has --------------------------------------------------------------------------------------

KEPT = "Object.keys(localStorage).filter(k => k.startsWith('call:')).length"


def _without_drafts(page):
    """The server keeps no draft: it is away."""
    page.route("**/calls/draft/", lambda route: route.abort())


def _signed_out(page):
    page.locator("details.menu:not(.nav-more) > summary").click()
    page.locator("form[action='/logout/'] button").first.click()
    page.wait_for_url(re.compile("login"))


def test_a_call_that_only_the_browser_has_survives_the_colleague_and_goes_to_the_server_with_its_officer(
    desk, live_server, signed_in, duty_officer, second_duty_officer
):
    _without_drafts(desk)
    spoken(desk)
    assert not Draft.objects.exists() and desk.evaluate(KEPT) == 1
    desk.context.clear_cookies()
    enter(desk, live_server, signed_in(second_duty_officer)).goto(live_server.url + CALL)
    expect(desk.locator("[name=number]")).to_have_value("")
    assert desk.evaluate(KEPT) == 1
    desk.unroute("**/calls/draft/")
    desk.context.clear_cookies()
    enter(desk, live_server, signed_in(duty_officer))
    with desk.expect_response(lambda answer: "/calls/draft/" in answer.url and answer.status == 204):
        desk.goto(live_server.url + CALL)
    assert Draft.objects.get().by == duty_officer
    desk.locator("#call_unfinished a").first.click()
    expect(desk.locator("[name=content]")).to_have_value("第一句,")


def test_signing_out_sends_what_the_server_does_not_have_and_leaves_nothing_here(desk, duty_officer):
    _without_drafts(desk)
    spoken(desk)
    desk.unroute("**/calls/draft/")
    _signed_out(desk)
    assert Draft.objects.get().fields()["content"] == "第一句," and desk.evaluate(KEPT) == 0


def test_what_cannot_be_sent_when_signing_out_is_not_thrown_away(desk):
    _without_drafts(desk)
    spoken(desk)
    _signed_out(desk)
    assert desk.evaluate(KEPT) == 1 and not Draft.objects.exists()
