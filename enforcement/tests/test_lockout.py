"""Too many wrong passwords lock one account for one address: not the desk, not for ever, and without telling who exists."""

import datetime

import pytest
import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from enforcement.models import AuditEntry
from enforcement.passwords import lock_key
from venues.transitions import Refused

PASSWORD = "right-horse-battery"
LIMIT = settings.AXES_FAILURE_LIMIT


def attempt(username="leader", password="wrong", address="10.0.0.1", agent="a"):
    return Client(REMOTE_ADDR=address, headers={"User-Agent": agent}).post(
        reverse("login"), {"username": username, "password": password}
    )


def lock(username="leader", **more):
    for _time in range(LIMIT):
        answer = attempt(username, **more)
    return answer


def test_the_last_failure_locks_and_says_so(leader):
    answer = lock()
    assert answer.status_code == 429
    assert "<h1>" in answer.content.decode()


def test_the_right_password_does_not_open_a_locked_account(leader):
    lock()
    assert attempt(password=PASSWORD).status_code == 429


def test_one_failure_less_does_not_lock(leader):
    for _time in range(LIMIT - 1):
        attempt()
    assert attempt(password=PASSWORD).status_code == 302


def test_another_browser_at_the_same_address_is_counted_too(leader):
    for number in range(LIMIT):
        answer = attempt(agent=f"browser {number}")
    assert answer.status_code == 429


def test_the_same_account_from_another_address_stays_open(leader):
    lock()
    assert attempt(password=PASSWORD, address="10.0.0.2").status_code == 302


def test_the_colleague_at_the_same_address_stays_open(leader, duty_officer):
    lock()
    assert attempt("duty", PASSWORD).status_code == 302


def test_a_forged_address_does_not_make_a_new_count(leader):
    for number in range(LIMIT):
        client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"10.9.9.{number}"})
        answer = client.post(reverse("login"), {"username": "leader", "password": "wrong"})
    assert answer.status_code == 429


def test_a_name_without_account_is_locked_in_the_same_words(leader):
    with_account, without = lock("leader"), lock("nobody")
    assert without.status_code == 429
    assert without.content == with_account.content


def test_signing_in_forgets_the_failures(leader):
    for _time in range(LIMIT - 1):
        attempt()
    attempt(password=PASSWORD)
    assert attempt().status_code == 200


def test_the_lock_ends_by_itself(leader):
    with time_machine.travel(datetime.datetime(2031, 1, 1, 3, tzinfo=datetime.UTC), tick=False) as clock:
        lock()
        clock.shift(datetime.timedelta(hours=settings.AXES_COOLOFF_TIME, seconds=-1))
        assert attempt(password=PASSWORD).status_code == 429
        clock.shift(datetime.timedelta(seconds=2))
        assert attempt(password=PASSWORD).status_code == 302


def test_trying_on_while_locked_does_not_lock_for_longer(leader):
    with time_machine.travel(datetime.datetime(2031, 1, 1, 3, tzinfo=datetime.UTC), tick=False) as clock:
        lock()
        for _minute in range(14):
            clock.shift(datetime.timedelta(minutes=1))
            attempt()
        clock.shift(datetime.timedelta(minutes=1, seconds=1))
        assert attempt(password=PASSWORD).status_code == 302


def test_the_trail_has_the_lock_once_and_not_every_attempt_after_it(leader):
    lock()
    for _time in range(3):
        attempt()
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert sorted(acts) == sorted(["sign_in_failed"] * LIMIT + ["lockout"])
    assert AuditEntry.objects.get(act="lockout").about_id == str(leader.pk)
    assert AuditEntry.objects.get(act="lockout").address == "10.0.0.1"


def test_what_was_typed_as_a_name_is_not_kept(leader):
    attempt("oops-my-password")
    row = AccessAttempt.objects.get()
    assert row.username == lock_key("oops-my-password")
    assert "oops" not in f"{row.post_data}{row.get_data}{row.path_info}"


def test_the_administrator_unlocks(leader, administrator):
    lock()
    assert [lock["address"] for lock in leader.locks()] == ["10.0.0.1"]
    leader.unlock(by=administrator)
    assert leader.locks() == []
    assert attempt(password=PASSWORD).status_code == 302
    assert AuditEntry.objects.filter(act="unlock", by=administrator, about_id=str(leader.pk)).exists()


def test_the_administrator_does_not_unlock_a_superuser(leader, administrator):
    leader.is_superuser = True
    with pytest.raises(Refused):
        leader.unlock(by=administrator)


def test_a_temporary_password_takes_the_lock_away(leader, administrator):
    lock()
    password = leader.give_temporary_password(by=administrator)
    assert attempt(password=password).status_code == 302
