"""The call form in a real browser, with the keyboard alone: speed, two calls at once, drafts, a server that is gone."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from complaints.models import Call, Complaint, Draft
from complaints.tests.calling import enter, registered

CALL = "/calls/new/"


class Keys:
    """Counts the keys that are pressed; text that somebody says is typed, its characters are counted apart."""

    def __init__(self, page):
        self.page, self.pressed, self.text = page, 0, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def say(self, text):
        self.page.keyboard.insert_text(text)
        self.text += len(text)


@pytest.fixture
def desk(page, live_server, signed_in, duty_officer, qinzhou):
    """The call form, open in the browser of the duty officer."""
    enter(page, live_server, signed_in(duty_officer))
    page.goto(live_server.url + CALL)
    return page


def at(page, selector):
    expect(page.locator(selector).first).to_be_focused()


def test_the_call_of_12_20_is_saved_for_dispatch_in_under_40_keys(desk, live_server):
    keys = Keys(desk)
    at(desk, "[name=number]")
    keys.press(*"13900001111")
    keys.press("Enter")
    at(desk, "[name=venue_q]")
    keys.press("Enter")
    at(desk, "[name=place]")
    keys.say("秦州区体育场东门外")
    keys.press("Enter", "4")
    expect(desk.locator("#call_checklists")).to_contain_text("具体位置")
    keys.press("y")
    at(desk, "[name=content]")
    keys.say("路边摆了八台游戏机,十几个小孩在玩")
    keys.press("Tab", "1", "Alt+r")
    expect(desk.locator("#call_proposed")).not_to_be_empty()
    keys.press("Control+Shift+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS\d{8}-001/dispatch/"))
    assert keys.pressed < 40, keys.pressed
    complaint = Complaint.objects.get()
    assert (complaint.place, complaint.district.name, complaint.topic.slug) == (
        "秦州区体育场东门外",
        "秦州区",
        "outdoor",
    )
    assert (complaint.ongoing, complaint.urgency, complaint.read_back_ok) == ("yes", "critical", True)
    assert "139" not in desk.url and not Draft.objects.exists()
    assert desk.evaluate("Object.keys(localStorage).filter(k => k.startsWith('call:')).length") == 0


def test_the_initials_of_a_venue_and_enter_choose_it_and_show_what_is_known(desk, netbar, order):
    desk.keyboard.type("13900001111\n")
    desk.keyboard.type("ltwb\n")
    at(desk, "[name=topic]")
    expect(desk.locator("#call_venue")).to_contain_text("蓝天网吧")
    expect(desk.locator("#call_venue .notice")).to_contain_text("2020-01-24 16:30")
    expect(desk.locator(f"#district_{netbar.district_id}")).to_be_checked()
    desk.keyboard.press("1")
    desk.keyboard.press("y")
    desk.keyboard.insert_text("里面有人上网")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.get().venue == netbar


def test_down_in_the_search_goes_to_the_first_hit(desk, netbar):
    desk.locator("[name=venue_q]").focus()
    desk.keyboard.type("lan tian".replace(" ", ""))
    expect(desk.locator(f"#venue_{netbar.pk}")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(f"#venue_{netbar.pk}")).to_be_focused()
    expect(desk.locator(f"#venue_{netbar.pk}")).to_be_checked()


def test_the_number_shows_its_history_while_it_is_typed(desk, duty_officer):
    complaint = registered(duty_officer, number="13900001111", name="不可见")
    desk.keyboard.type("13900001111")
    expect(desk.locator("#call_history")).to_contain_text(complaint.number)
    expect(desk.locator("#call_history")).not_to_contain_text("不可见")


def test_a_duplicate_is_offered_and_the_call_added_to_it(desk, duty_officer, qinzhou):
    complaint = registered(duty_officer, district=qinzhou)
    desk.keyboard.type("13900003333\n\n")
    desk.keyboard.insert_text("体育场东门")
    desk.keyboard.press("Enter")
    desk.keyboard.press("4")
    expect(desk.locator("#call_duplicates")).to_contain_text(complaint.number)
    desk.keyboard.press("Alt+j")
    desk.wait_for_url(re.compile(complaint.number))
    assert Complaint.objects.count() == 1 and complaint.calls.count() == 2


def test_errors_stand_beside_the_field_and_keep_what_was_typed(desk):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#id_topic_error")).to_be_visible()
    expect(desk.locator("[name=place]")).to_have_value("东门")
    desk.locator("[name=topic]").first.focus()
    desk.keyboard.press("4")
    desk.keyboard.press("n")
    desk.keyboard.insert_text("有人摆摊")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))


def test_two_calls_are_open_side_by_side_and_do_not_mix(desk, context, live_server):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    second = context.new_page()
    second.goto(live_server.url + CALL)
    second.keyboard.type("13900002222\n\n")
    second.keyboard.insert_text("西门")
    for page, text in ((second, "第二个电话"), (desk, "第一个电话")):
        page.bring_to_front()
        page.keyboard.press("Enter")
        page.keyboard.press("4")
        page.keyboard.press("y")
        page.keyboard.insert_text(text)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/complaints/TS"))
    said = set(Complaint.objects.values_list("place", "content", "caller__number_masked"))
    assert said == {("东门", "第一个电话", "139****1111"), ("西门", "第二个电话", "139****2222")}


def test_the_strip_leads_to_the_other_unfinished_call(desk, context, live_server):
    with desk.expect_response(lambda answer: "/calls/draft/" in answer.url):
        desk.keyboard.type("13900001111\n\n")
        desk.keyboard.insert_text("东门")
    second = context.new_page()
    second.goto(live_server.url + CALL)
    second.locator("#call_unfinished a", has_text="东门").click()
    expect(second.locator("[name=place]")).to_have_value("东门")
    expect(second.locator("[name=number]")).to_have_value("13900001111")


def test_what_was_typed_is_there_again_after_a_reload_at_once(desk):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    desk.reload()  # before anything reached the server
    expect(desk.locator("[name=place]")).to_have_value("东门")
    expect(desk.locator("[name=number]")).to_have_value("13900001111")


def test_a_killed_page_is_offered_again_from_the_server_in_a_browser_that_knows_nothing(
    desk, browser, live_server, signed_in, duty_officer
):
    with desk.expect_response(lambda answer: "/calls/draft/" in answer.url):
        desk.keyboard.type("13900001111\n\n")
        desk.keyboard.insert_text("东门")
    desk.context.close()
    other = browser.new_context(locale="zh-CN").new_page()
    enter(other, live_server, signed_in(duty_officer))
    other.goto(live_server.url + CALL)
    other.locator("#call_unfinished a", has_text="东门").click()
    expect(other.locator("[name=number]")).to_have_value("13900001111")


def test_without_a_connection_everything_stays_and_the_next_save_counts_once(desk, context):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    desk.keyboard.press("Enter")
    desk.keyboard.press("4")
    desk.keyboard.press("y")
    desk.keyboard.insert_text("有人摆摊")
    context.set_offline(True)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call_state .tone-warn")).to_be_visible()
    expect(desk.locator("[name=content]")).to_have_value("有人摆摊")
    context.set_offline(False)
    desk.keyboard.press("Control+Enter")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.count() == Call.objects.count() == 1


class OwnServer:
    """The product in a process of its own on the test's database, to be killed as a power cut does."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}", "DEBUG": "1",
            "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{self.port}", "--noreload", "--skip-checks"]
        self.process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _try in range(150):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
                return
            except OSError:
                self.process.poll() is None or pytest.fail("the server did not start")
                threading.Event().wait(0.2)
        pytest.fail("the server did not come up")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.mark.sqlite
def test_a_server_killed_between_typing_and_saving_loses_and_doubles_nothing(
    page, signed_in, duty_officer, transactional_db
):
    server = OwnServer()
    server.start()
    try:
        enter(page, server, signed_in(duty_officer))
        page.goto(server.url + CALL)
        page.keyboard.type("13900001111\n\n")
        page.keyboard.insert_text("东门")
        page.keyboard.press("Enter")
        page.keyboard.press("4")
        page.keyboard.press("y")
        page.keyboard.insert_text("有人摆摊")
        server.kill()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#call_state .tone-warn")).to_be_visible()
        expect(page.locator("[name=content]")).to_have_value("有人摆摊")
        assert not Complaint.objects.exists()
        server.start()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/complaints/TS"))
    finally:
        server.kill()
    assert Complaint.objects.get().content == "有人摆摊" and Call.objects.count() == 1


def test_signed_out_in_between_keeps_everything_and_saves_after_signing_in_again(
    desk, context, live_server, signed_in, duty_officer
):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    desk.keyboard.press("Enter")
    desk.keyboard.press("4")
    desk.keyboard.press("y")
    desk.keyboard.insert_text("有人摆摊")
    context.clear_cookies()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call_state .tone-bad, #call_state .tone-warn").first).to_be_visible()
    expect(desk.locator("[name=content]")).to_have_value("有人摆摊")
    enter(desk, live_server, signed_in(duty_officer))
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.count() == 1


def test_an_answer_that_was_lost_on_the_way_makes_no_second_complaint(desk):
    desk.keyboard.type("13900001111\n\n")
    desk.keyboard.insert_text("东门")
    desk.keyboard.press("Enter")
    desk.keyboard.press("4")
    desk.keyboard.press("y")
    desk.keyboard.insert_text("有人摆摊")
    lost = []

    def swallow(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)  # the server saves; its answer never arrives
            route.abort()
        else:
            route.continue_()

    desk.route("**/calls/new/", swallow)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#call_state .tone-warn")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/complaints/TS"))
    assert lost == [200] and Complaint.objects.count() == 1


def test_signing_out_leaves_nothing_in_the_browser(desk, live_server):
    desk.keyboard.type("13900001111")
    kept = "Object.keys(localStorage).filter(k => k.startsWith('call:')).length"
    assert desk.evaluate(kept) == 1
    desk.locator("details.menu:not(.nav-more) > summary").click()
    desk.locator("form[action='/logout/'] button").first.click()
    desk.wait_for_url(re.compile("login"))
    assert desk.evaluate(kept) == 0


def tab_to(keys, selector, most=12):
    """Press Tab until an element of `selector` has the focus."""
    for _press in range(most):
        keys.press("Tab")
        if keys.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached in {most} tabs")


def moved(page, status):
    """Wait until the complaint's own page shows this status."""
    page.wait_for_url(re.compile(r"/complaints/TS\d{8}-001/$"))
    expect(page.locator(f".lead .state-{status}").first).to_be_visible()


def test_the_call_goes_from_ring_to_closed_with_the_keyboard_alone(
    desk, live_server, signed_in, duty_officer, inspector
):
    keys = Keys(desk)
    at(desk, "[name=number]")
    keys.press(*"13900001111", "Enter", "Enter")
    at(desk, "[name=place]")
    keys.say("佳水岸步行街")
    keys.press("Enter", "4", "y")
    at(desk, "[name=content]")
    keys.say("步行街有人私自经营户外游艺场所,聚集吸引小孩玩耍")
    keys.press("Tab", "1", "Alt+r")
    expect(desk.locator("#call_proposed")).not_to_be_empty()
    keys.press("Control+Shift+Enter")
    desk.wait_for_url(re.compile(r"/dispatch/$"))
    if not desk.evaluate("document.activeElement.matches('[name=to]')"):
        desk.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
        tab_to(keys, "[name=to]")
    keys.press(" ", "Control+Enter")
    moved(desk, "dispatched")
    assert keys.pressed < 40, keys.pressed

    complaint = Complaint.objects.get()
    Complaint.objects.get().assignees.set([inspector])
    address = live_server.url + complaint.get_absolute_url()
    desk.context.clear_cookies()
    enter(desk, live_server, signed_in(inspector)).goto(address)
    keys.press("s")
    moved(desk, "in_progress")
    keys.press("a")
    expect(desk.locator("[data-key=a]")).to_have_count(0)
    keys.press("f")
    desk.wait_for_url(re.compile(r"/find/$"))
    desk.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    tab_to(keys, "[name=finding]")
    keys.press(" ", "Control+Enter")
    desk.wait_for_url(address)
    keys.press("x")
    desk.wait_for_url(re.compile(r"/stop/$"))
    keys.press("Control+Enter")
    moved(desk, "awaiting_answer")

    desk.context.clear_cookies()
    enter(desk, live_server, signed_in(duty_officer)).goto(address)
    keys.press("t")
    desk.wait_for_url(re.compile(r"/tell/$"))
    desk.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    tab_to(keys, "[name=result]", most=20)
    keys.press(" ")
    tab_to(keys, "[name=told]")
    keys.say("已制止")
    keys.press("Control+Enter")
    desk.wait_for_url(address)
    complaint.refresh_from_db()
    if complaint.status != "closed":
        keys.press("c")
        desk.wait_for_url(re.compile(r"/close/$"))
        keys.press("Control+Enter")
    moved(desk, "closed")
    complaint.refresh_from_db()
    assert complaint.status == "closed" and not complaint.unreachable
    steps = [
        complaint.dispatched_at,
        complaint.signed_at,
        complaint.arrived_at,
        complaint.stopped_at,
        complaint.answered_at,
    ]
    assert steps == sorted(steps)
