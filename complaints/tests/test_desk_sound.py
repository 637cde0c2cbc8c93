"""The sound of the desk in a real browser: it says its state, keeps it, and warns where it is silent."""

import pytest
from playwright.sync_api import expect

from complaints.tests.calling import enter, registered

HEARD = "window.heard = 0; document.addEventListener('desk:beep', () => { window.heard += 1; });"


@pytest.fixture
def desk(page, live_server, signed_in, duty_officer):
    page.add_init_script(HEARD)
    enter(page, live_server, signed_in(duty_officer))
    page.goto(live_server.url + "/desk/")
    return page


def _says(page, state):
    button = page.locator("#desk_sound")
    expect(button).to_have_text(button.get_attribute(f"data-{state}"))


def test_the_button_says_what_is_and_keeps_it_for_the_next_page(desk):
    _says(desk, "off")
    desk.locator("#desk_sound").click()
    _says(desk, "on")
    desk.reload()
    desk.locator("h1").first.click()  # a browser may want one key or click before it sounds
    _says(desk, "on")
    desk.locator("#desk_sound").click()
    _says(desk, "off")
    desk.reload()
    desk.locator("h1").first.click()
    _says(desk, "off")


def test_an_alarm_that_nobody_would_hear_is_a_warning_until_the_sound_is_armed(desk, duty_officer, inspector):
    expect(desk.locator("#desk_silent")).to_be_hidden()
    registered(duty_officer).dispatch(by=duty_officer, to=[inspector])
    desk.reload()
    expect(desk.locator("#desk_silent")).to_be_visible()
    assert desk.evaluate("heard") == 0
    desk.locator("#desk_sound").click()
    expect(desk.locator("#desk_silent")).to_be_hidden()
    desk.wait_for_function("heard > 0")
