"""The call form in a real browser, with the keyboard alone: speed, two calls at once, from ring to closed."""

import re

from playwright.sync_api import expect

from complaints.models import Complaint, Draft
from complaints.tests.calling import CALL, enter, registered


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


def at(page, selector):
    expect(page.locator(selector).first).to_be_focused()


def test_the_call_of_12_20_is_saved_for_dispatch_in_under_40_keys(call_form, live_server):
    keys = Keys(call_form)
    at(call_form, "[name=number]")
    keys.press(*"13900001111")
    keys.press("Enter")
    at(call_form, "[name=venue_q]")
    keys.press("Enter")
    at(call_form, "[name=place]")
    keys.say("秦州区体育场东门外")
    keys.press("Enter", "4")
    expect(call_form.locator("#call_checklists")).to_contain_text("具体位置")
    keys.press("y")
    at(call_form, "[name=content]")
    keys.say("路边摆了八台游戏机,十几个小孩在玩")
    keys.press("Tab", "1", "Alt+r")
    expect(call_form.locator("#call_proposed")).not_to_be_empty()
    keys.press("Control+Shift+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS\d{8}-001/dispatch/"))
    assert keys.pressed < 40, keys.pressed
    complaint = Complaint.objects.get()
    assert (complaint.place, complaint.district.name, complaint.topic.slug) == (
        "秦州区体育场东门外",
        "秦州区",
        "outdoor",
    )
    assert (complaint.ongoing, complaint.urgency, complaint.read_back_ok) == ("yes", "critical", True)
    assert "139" not in call_form.url and not Draft.objects.exists()
    assert call_form.evaluate("Object.keys(localStorage).filter(k => k.startsWith('call:')).length") == 0


def test_the_initials_of_a_venue_and_enter_choose_it_and_show_what_is_known(call_form, netbar, order):
    call_form.keyboard.type("13900001111\n")
    call_form.keyboard.type("ltwb\n")
    at(call_form, "[name=topic]")
    expect(call_form.locator("#call_venue")).to_contain_text("蓝天网吧")
    expect(call_form.locator("#call_venue .notice")).to_contain_text("2020-01-24 16:30")
    expect(call_form.locator(f"#district_{netbar.district_id}")).to_be_checked()
    call_form.keyboard.press("1")
    call_form.keyboard.press("y")
    call_form.keyboard.insert_text("里面有人上网")
    call_form.keyboard.press("Control+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS"))
    assert Complaint.objects.get().venue == netbar


def test_down_in_the_search_goes_to_the_first_hit(call_form, netbar):
    call_form.locator("[name=venue_q]").focus()
    call_form.keyboard.type("lan tian".replace(" ", ""))
    expect(call_form.locator(f"#venue_{netbar.pk}")).to_be_visible()
    call_form.keyboard.press("ArrowDown")
    expect(call_form.locator(f"#venue_{netbar.pk}")).to_be_focused()
    expect(call_form.locator(f"#venue_{netbar.pk}")).to_be_checked()


def test_the_number_shows_its_history_while_it_is_typed(call_form, duty_officer):
    complaint = registered(duty_officer, number="13900001111", name="不可见")
    call_form.keyboard.type("13900001111")
    expect(call_form.locator("#call_history")).to_contain_text(complaint.number)
    expect(call_form.locator("#call_history")).not_to_contain_text("不可见")


def test_a_duplicate_is_offered_and_the_call_added_to_it(call_form, duty_officer, qinzhou):
    complaint = registered(duty_officer, district=qinzhou)
    call_form.keyboard.type("13900003333\n\n")
    call_form.keyboard.insert_text("体育场东门")
    call_form.keyboard.press("Enter")
    call_form.keyboard.press("4")
    expect(call_form.locator("#call_duplicates")).to_contain_text(complaint.number)
    call_form.keyboard.press("Alt+j")
    call_form.wait_for_url(re.compile(complaint.number))
    assert Complaint.objects.count() == 1 and complaint.calls.count() == 2


def test_errors_stand_beside_the_field_and_keep_what_was_typed(call_form):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    call_form.keyboard.press("Control+Enter")
    expect(call_form.locator("#id_topic_error")).to_be_visible()
    expect(call_form.locator("[name=place]")).to_have_value("东门")
    call_form.locator("[name=topic]").first.focus()
    call_form.keyboard.press("4")
    call_form.keyboard.press("n")
    call_form.keyboard.insert_text("有人摆摊")
    call_form.keyboard.press("Control+Enter")
    call_form.wait_for_url(re.compile(r"/complaints/TS"))


def test_two_calls_are_open_side_by_side_and_do_not_mix(call_form, context, live_server):
    call_form.keyboard.type("13900001111\n\n")
    call_form.keyboard.insert_text("东门")
    second = context.new_page()
    second.goto(live_server.url + CALL)
    second.keyboard.type("13900002222\n\n")
    second.keyboard.insert_text("西门")
    for page, text in ((second, "第二个电话"), (call_form, "第一个电话")):
        page.bring_to_front()
        page.keyboard.press("Enter")
        page.keyboard.press("4")
        page.keyboard.press("y")
        page.keyboard.insert_text(text)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/complaints/TS"))
    said = set(Complaint.objects.values_list("place", "content", "caller__number_masked"))
    assert said == {("东门", "第一个电话", "139****1111"), ("西门", "第二个电话", "139****2222")}


def test_the_strip_leads_to_the_other_unfinished_call(call_form, context, live_server):
    with call_form.expect_response(lambda answer: "/calls/draft/" in answer.url):
        call_form.keyboard.type("13900001111\n\n")
        call_form.keyboard.insert_text("东门")
    second = context.new_page()
    second.goto(live_server.url + CALL)
    second.locator("#call_unfinished a", has_text="东门").click()
    expect(second.locator("[name=place]")).to_have_value("东门")
    expect(second.locator("[name=number]")).to_have_value("13900001111")


def test_signing_out_leaves_nothing_in_the_browser(call_form, live_server):
    call_form.keyboard.type("13900001111")
    kept = "Object.keys(localStorage).filter(k => k.startsWith('call:')).length"
    assert call_form.evaluate(kept) == 1
    call_form.locator("details.menu:not(.nav-more) > summary").click()
    call_form.locator("form[action='/logout/'] button").first.click()
    call_form.wait_for_url(re.compile("login"))
    assert call_form.evaluate(kept) == 0


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
    call_form, live_server, signed_in, duty_officer, inspector
):
    keys = Keys(call_form)
    at(call_form, "[name=number]")
    keys.press(*"13900001111", "Enter", "Enter")
    at(call_form, "[name=place]")
    keys.say("佳水岸步行街")
    keys.press("Enter", "4", "y")
    at(call_form, "[name=content]")
    keys.say("步行街有人私自经营户外游艺场所,聚集吸引小孩玩耍")
    keys.press("Tab", "1", "Alt+r")
    expect(call_form.locator("#call_proposed")).not_to_be_empty()
    keys.press("Control+Shift+Enter")
    call_form.wait_for_url(re.compile(r"/dispatch/$"))
    if not call_form.evaluate("document.activeElement.matches('[name=to]')"):
        call_form.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
        tab_to(keys, "[name=to]")
    keys.press(" ", "Control+Enter")
    moved(call_form, "dispatched")
    assert keys.pressed < 40, keys.pressed

    complaint = Complaint.objects.get()
    Complaint.objects.get().assignees.set([inspector])
    address = live_server.url + complaint.get_absolute_url()
    call_form.context.clear_cookies()
    enter(call_form, live_server, signed_in(inspector)).goto(address)
    keys.press("s")
    moved(call_form, "in_progress")
    keys.press("a")
    expect(call_form.locator("[data-key=a]")).to_have_count(0)
    keys.press("f")
    call_form.wait_for_url(re.compile(r"/find/$"))
    call_form.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    tab_to(keys, "[name=finding]")
    keys.press(" ", "Control+Enter")
    call_form.wait_for_url(address)
    keys.press("x")
    call_form.wait_for_url(re.compile(r"/stop/$"))
    keys.press("Control+Enter")
    moved(call_form, "awaiting_answer")

    call_form.context.clear_cookies()
    enter(call_form, live_server, signed_in(duty_officer)).goto(address)
    keys.press("t")
    call_form.wait_for_url(re.compile(r"/tell/$"))
    call_form.locator("h1").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    tab_to(keys, "[name=result]", most=20)
    keys.press(" ")
    tab_to(keys, "[name=told]")
    keys.say("已制止")
    keys.press("Control+Enter")
    call_form.wait_for_url(address)
    complaint.refresh_from_db()
    if complaint.status != "closed":
        keys.press("c")
        call_form.wait_for_url(re.compile(r"/close/$"))
        keys.press("Control+Enter")
    moved(call_form, "closed")
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
