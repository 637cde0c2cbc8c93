"""The board in a real browser: it asks again by itself, keeps the place of the keyboard, and shows what happened
meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from venues.standing import refresh_venues
from venues.tests.histories import T, hours, issued, looked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page, live_server, signed_in, leader):
    """A browser page in which the leader is signed in."""
    cookie = signed_in(leader).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def test_it_refreshes_without_losing_the_focus_and_without_counting_as_activity(desk, live_server, netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    refresh_venues([netbar])
    desk.goto(live_server.url + order.get_absolute_url())
    assert desk.locator("#n-closed .figure-number").inner_text().startswith("1 / ")
    desk.locator("#n-told").focus()

    looked(ktv, T + hours(2))
    refresh_venues([ktv])
    with desk.expect_request(lambda request: request.headers.get("hx-request") == "true") as asked:
        desk.evaluate("htmx.trigger('#board', 'wake')")
    assert asked.value.headers["x-refresh"] == "1"
    expect(desk.locator("#n-closed .figure-number")).to_contain_text(re.compile(r"^\s*2 / "))
    assert desk.evaluate("document.activeElement.id") == "n-told"
    assert desk.locator("#board").count() == 1


def test_a_board_of_the_past_does_not_ask_again(desk, live_server, netbar):
    order = issued([netbar])
    desk.goto(f"{live_server.url}{order.get_absolute_url()}?as_of=2020-01-24T20:30")
    requests = []
    desk.on("request", lambda request: requests.append(request.headers.get("hx-request")))
    desk.evaluate("htmx.trigger('#board', 'wake')")
    desk.wait_for_load_state("networkidle")
    assert "true" not in requests
