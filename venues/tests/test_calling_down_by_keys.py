"""The call-down list in a real browser: one key for each outcome, and the next venue comes by itself."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from venues.models import Notice, Target

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page, live_server, signed_in, duty_officer, order):
    """The telephone officer's browser at the call-down page."""
    session = signed_in(duty_officer).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("venues:calldown", args=[order.pk]))
    return page


def _press(desk, key):
    with desk.expect_navigation():
        desk.keyboard.press(key)


def test_the_whole_list_is_called_with_single_keys(desk, order):
    _press(desk, "1")  # start
    names = []
    for key in ("2", "5"):
        names.append(desk.inner_text("#call-venue"))
        _press(desk, key)
    assert set(names) == {"蓝天网吧", "皇冠KTV"}
    assert [(notice.outcome, notice.says_closed) for notice in Notice.objects.order_by("pk")] == [
        ("reached", True),
        ("refused", False),
    ]
    assert desk.query_selector("#call-venue") is None
    assert re.search(r"2\s*/\s*2", desk.inner_text("main"))


def test_a_key_typed_into_a_field_is_text_and_no_outcome(desk, order):
    _press(desk, "1")
    desk.fill("[name=remark]", "")
    desk.focus("[name=remark]")
    desk.keyboard.type("135")
    assert desk.input_value("[name=remark]") == "135"
    assert not Notice.objects.exists()


def test_a_double_press_records_one_outcome(desk, order):
    _press(desk, "1")
    desk.evaluate("document.querySelector('.outcome[value=no_answer]').form.setAttribute('data-many', '')")
    called = desk.inner_text("#call-venue")
    desk.dblclick(
        ".outcome[value=no_answer]", no_wait_after=True
    )  # the second press aborts the navigation of the first
    expect(desk.locator("#call-venue")).not_to_have_text(called)
    assert Notice.objects.count() == 1
    assert Target.objects.filter(attempts=1).count() == 1
