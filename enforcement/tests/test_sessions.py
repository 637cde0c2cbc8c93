"""How long a session lasts: while somebody works with it, never longer than a day and a bit, and not a second after a reset."""

import datetime
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from enforcement.middleware import SEEN, SEEN_EVERY
from enforcement.models import AuditEntry

START = datetime.datetime(2031, 1, 1, 0, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
PAGE = "/password/"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(clock, leader, signed_in):
    """The leader's browser, signed in at the start of the clock."""
    return signed_in(leader)


def is_open(client, **more):
    return client.get(PAGE, **more).status_code == 200


def test_an_unused_session_ends_after_the_idle_limit(desk, clock):
    clock.shift(12 * HOUR + datetime.timedelta(seconds=1))
    answer = desk.get(PAGE, follow=True)
    assert answer.redirect_chain[0][0] == "/login/?next=/password/"
    assert "notice" in answer.content.decode()


def test_it_is_there_until_then(desk, clock):
    clock.shift(12 * HOUR - datetime.timedelta(seconds=1))
    assert is_open(desk)


def test_work_prolongs_it(desk, clock):
    for _shift in range(2):
        clock.shift(11 * HOUR)
        assert is_open(desk)


def test_no_work_prolongs_it_beyond_the_absolute_limit(desk, clock):
    for _hour in range(26):
        assert is_open(desk)
        clock.shift(HOUR)
    assert is_open(desk)
    clock.shift(datetime.timedelta(seconds=1))
    assert not is_open(desk)


def test_a_page_that_refreshes_itself_does_not_prolong_it(desk, clock):
    for _hour in range(13):
        clock.shift(HOUR)
        desk.get(PAGE, headers={"X-Refresh": "1"})
    assert not is_open(desk)


def test_the_control_the_same_requests_of_a_person_prolong_it(desk, clock):
    for _hour in range(13):
        clock.shift(HOUR)
        desk.get(PAGE)
    assert is_open(desk)


def test_a_wall_screen_has_no_idle_limit_but_the_absolute_one(viewer, signed_in, clock):
    viewer.is_wall_screen = True
    viewer.save()
    wall = signed_in(viewer)
    clock.shift(25 * HOUR)
    assert is_open(wall, headers={"X-Refresh": "1"})
    clock.shift(2 * HOUR)
    assert not is_open(wall)


def test_throwing_the_cookie_of_the_last_activity_away_prolongs_nothing(desk, clock):
    clock.shift(13 * HOUR)
    desk.cookies.pop(SEEN, None)
    assert not is_open(desk)


def test_a_forged_last_activity_counts_as_none(desk, clock):
    clock.shift(13 * HOUR)
    desk.cookies[SEEN] = f"{int(START.timestamp()) + 12 * 3600}:forged"
    assert not is_open(desk)


def test_the_last_activity_of_another_session_counts_as_none(desk, duty_officer, signed_in, clock):
    clock.shift(11 * HOUR)
    other = signed_in(duty_officer)
    clock.shift(datetime.timedelta(minutes=10))
    assert is_open(other)
    clock.shift(2 * HOUR)
    desk.cookies[SEEN] = other.cookies[SEEN].value
    assert not is_open(desk)


def test_the_last_activity_is_written_every_few_minutes_only(desk, clock):
    first = desk.get(PAGE)
    clock.shift(datetime.timedelta(seconds=SEEN_EVERY - 1))
    second = desk.get(PAGE)
    clock.shift(datetime.timedelta(seconds=2))
    third = desk.get(PAGE)
    assert [SEEN in answer.cookies for answer in (first, second, third)] == [True, False, True]


def test_reading_a_page_writes_nothing_to_the_database(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as queries:
        assert is_open(desk)
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_the_end_by_time_leaves_a_row_with_its_reason(desk, clock, leader):
    clock.shift(13 * HOUR)
    desk.get(PAGE)
    entry = AuditEntry.objects.get(act="sign_out")
    assert (entry.by, entry.detail) == (leader, {"because": "idle"})


def test_a_session_that_cannot_be_deleted_now_is_over_all_the_same(desk, clock, monkeypatch):
    from django.db import OperationalError

    from enforcement import middleware

    def away(request):
        raise OperationalError("database is locked")

    monkeypatch.setattr(middleware, "logout", away)
    clock.shift(13 * HOUR)
    assert desk.get(PAGE).status_code == 302


# --- ended by the administrator
def test_an_account_made_inactive_is_signed_out_at_once(desk, leader, administrator):
    leader.is_active = False
    leader.change_account(["is_active"], by=administrator)
    assert not is_open(desk)


def test_it_does_not_come_back_to_life_with_the_account(desk, leader, administrator):
    for active in (False, True):
        leader.is_active = active
        leader.change_account(["is_active"], by=administrator)
    assert not is_open(desk)


def test_the_sessions_of_others_stay(desk, duty_officer, signed_in, leader, administrator):
    other = signed_in(duty_officer)
    leader.is_active = False
    leader.change_account(["is_active"], by=administrator)
    assert is_open(other)


def test_a_reset_password_ends_all_sessions_at_once(desk, leader, administrator):
    leader.give_temporary_password(by=administrator)
    assert Session.objects.count() == 0
    assert not is_open(desk)


# --- what was typed when it ended
def test_a_form_sent_after_the_end_comes_back_as_typed(desk, clock):
    clock.shift(13 * HOUR)
    answer = desk.post("/admin/enforcement/officer/import/?x=1", {"words": "三家网吧 <b>", "old_password": "secret-1"})
    text = answer.content.decode()
    assert answer.status_code == 401
    assert "三家网吧 &lt;b&gt;" in text
    assert 'action="/admin/enforcement/officer/import/?x=1"' in text
    assert "secret-1" not in text


def test_an_empty_form_simply_leads_to_the_sign_in(db):
    assert Client().post(PAGE)["Location"] == "/login/?next=/password/"


def test_a_part_gets_401_so_that_its_page_can_reload(db):
    assert Client().get(PAGE, headers={"HX-Request": "true"}).status_code == 401
    assert Client().get(PAGE, headers={"HX-Request": "true", "HX-Boosted": "true"}).status_code == 302
    assert Client().get(PAGE, headers={"Accept": "application/json"}).json()["error"]


def test_signing_in_again_starts_a_new_day(desk, clock, leader):
    clock.shift(27 * HOUR)
    assert not is_open(desk)
    desk.post(reverse("login"), {"username": "leader", "password": "right-horse-battery"})
    clock.shift(HOUR)
    assert is_open(desk)
    assert connection.is_usable()


def test_every_part_that_asks_by_itself_says_so():
    """Otherwise a page that was left open would prolong the session for ever."""
    asking = re.compile(r'<[^>]*hx-trigger="[^"]*\bevery\b[^>]*>')
    silent = [
        path.name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for tag in asking.findall(re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8")))
        if '"X-Refresh": "1"' not in tag
    ]
    assert silent == []
