"""The desk and the complaint's page in a real browser: what sounds, and what the copy button copies."""

import pytest
from playwright.sync_api import expect

from complaints.tests.calling import enter, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_at(page, live_server, signed_in, duty_officer):
    """`browser_at(path)`: the page at this address, in the browser of the duty officer; it counts what sounds."""
    enter(page, live_server, signed_in(duty_officer))
    page.add_init_script("window.beeps = 0; document.addEventListener('desk:beep', () => { window.beeps += 1; });")

    def open_(path):
        page.goto(live_server.url + path)
        return page

    return open_


REFRESH = """() => new Promise(done => {
  window.beeps = 0;
  document.addEventListener("htmx:afterSettle", () => setTimeout(() => done(window.beeps > 0), 0), { once: true });
  htmx.trigger("#desk", "wake");
})"""


def sounds(page):
    """Let the desk refresh itself; whether it sounded."""
    return page.evaluate(REFRESH)


def test_only_what_is_critical_and_unsigned_sounds_and_only_when_sound_was_asked_for(
    browser_at, duty_officer, inspector, netbar
):
    urgent = registered(duty_officer, ongoing="no")
    urgent.dispatch(by=duty_officer, to=[inspector])
    assert urgent.urgency == "urgent"
    critical = registered(duty_officer, venue=netbar, place="")  # waits to be dispatched: no sound for that
    assert critical.urgency == "critical"

    desk = browser_at("/desk/")
    sound = desk.locator("#desk_sound")
    expect(sound).to_have_text(sound.get_attribute("data-off"))
    sound.click()
    expect(sound).to_have_text(sound.get_attribute("data-on"))
    assert not sounds(desk)

    critical.dispatch(by=duty_officer, to=[inspector])
    assert sounds(desk) and sounds(desk)
    critical.sign(by=inspector)
    assert not sounds(desk)
    expect(desk.locator("#desk")).to_contain_text(urgent.number)

    registered(duty_officer).dispatch(by=duty_officer, to=[inspector])
    assert sounds(desk)
    sound.click()
    expect(sound).to_have_text(sound.get_attribute("data-off"))
    assert not sounds(desk)


def test_without_the_button_nothing_sounds(browser_at, duty_officer, inspector):
    registered(duty_officer).dispatch(by=duty_officer, to=[inspector])
    desk = browser_at("/desk/")
    expect(desk.locator("#desk")).to_have_attribute("data-alarm", "1")
    assert not sounds(desk)


@pytest.mark.parametrize("clipboard", ["granted", "missing"])
def test_the_copy_button_puts_the_text_to_send_on_the_clipboard_without_the_caller(
    clipboard, browser_at, duty_officer, netbar, page
):
    complaint = registered(
        duty_officer, venue=netbar, place="", number="13977778888", name="关世荣", content="关世荣说打13977778888"
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if clipboard == "missing":  # as outside of a secure context: the old way of copying
        page.add_init_script(
            "const real = navigator.clipboard; window.readClipboard = () => real.readText();"
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
        )
    else:
        page.add_init_script("window.readClipboard = () => navigator.clipboard.readText();")
    browser_at(complaint.get_absolute_url())
    page.locator("[data-copy=dispatch_text]").click()
    expect(page.locator("#dispatch_text_copied")).to_have_text("已复制。")
    copied = page.evaluate("window.readClipboard()").replace("\r\n", "\n")
    assert copied == complaint.dispatch_text()
    assert complaint.number in copied and netbar.name in copied
    assert "13977778888" not in copied and "关世荣" not in copied
