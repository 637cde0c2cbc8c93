"""The call form in a real browser when something fails: a reload, a killed page, no network, a dead server, a lost answer."""

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

from complaints.models import Call, Complaint
from complaints.tests.calling import CALL, enter


def test_what_was_typed_is_there_again_after_a_reload_at_once(call_form):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    call_form.reload()  # before anything reached the server
    expect(call_form.locator("[name=place]")).to_have_value("东门")
    expect(call_form.locator("[name=number]")).to_have_value("13900001111")


def test_a_killed_page_is_offered_again_from_the_server_in_a_browser_that_knows_nothing(
    call_form, browser, live_server, signed_in, duty_officer
):
    with call_form.expect_response(lambda answer: "/calls/draft/" in answer.url):
        call_form.keyboard.type("13900001111\n\n")
        call_form.keyboard.insert_text("东门")
    call_form.context.close()
    other = browser.new_context(locale="zh-CN").new_page()
    enter(other, live_server, signed_in(duty_officer))
    other.goto(live_server.url + CALL)
    other.locator("#call_unfinished a", has_text="东门").click()
    expect(other.locator("[name=number]")).to_have_value("13900001111")


def test_without_a_connection_everything_stays_and_the_next_save_counts_once(call_form, context):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    call_form.keyboard.press("Enter")
    call_form.keyboard.press("4")
    call_form.keyboard.press("y")
    call_form.keyboard.insert_text("有人摆摊")
    context.set_offline(True)
    call_form.keyboard.press("Control+Enter")
    expect(call_form.locator("#call_state .tone-warn")).to_be_visible()
    expect(call_form.locator("[name=content]")).to_have_value("有人摆摊")
    context.set_offline(False)
    call_form.keyboard.press("Control+Enter")
    call_form.keyboard.press("Control+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS"))
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
    call_form, context, live_server, signed_in, duty_officer
):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    call_form.keyboard.press("Enter")
    call_form.keyboard.press("4")
    call_form.keyboard.press("y")
    call_form.keyboard.insert_text("有人摆摊")
    context.clear_cookies()
    call_form.keyboard.press("Control+Enter")
    expect(call_form.locator("#call_state .tone-bad, #call_state .tone-warn").first).to_be_visible()
    expect(call_form.locator("[name=content]")).to_have_value("有人摆摊")
    enter(call_form, live_server, signed_in(duty_officer))
    call_form.keyboard.press("Control+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.count() == 1


def test_an_answer_that_was_lost_on_the_way_makes_no_second_complaint(call_form):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    call_form.keyboard.press("Enter")
    call_form.keyboard.press("4")
    call_form.keyboard.press("y")
    call_form.keyboard.insert_text("有人摆摊")
    lost = []

    def swallow(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)  # the server saves; its answer never arrives
            route.abort()
        else:
            route.continue_()

    call_form.route("**/calls/new/", swallow)
    call_form.keyboard.press("Control+Enter")
    expect(call_form.locator("#call_state .tone-warn")).to_be_visible()
    call_form.keyboard.press("Control+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS"))
    assert lost == [200] and Complaint.objects.count() == 1
