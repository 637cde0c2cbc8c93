"""The roster at the desk: complaints are stamped with who leads and who has the telephone, and sending the last pair warns first."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.calling import registered, typed
from enforcement.models.duty import CoverageRule, Custody
from enforcement.tests.watches import HOURS, WATCH, put, roster, watch
from venues.models import Patrol
from venues.tests.forms import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def watch_now(leader, duty_officer, inspector, now):
    """A watch that began an hour ago: 武桂平 leads, 钟子磊 has the telephone, 毛敏梅 is the second officer."""
    today = timezone.localdate(now)
    day = datetime.timedelta(days=1)
    CoverageRule.objects.update(valid_from=now - 24 * HOURS)
    version = roster(leader, starts_on=today - day, ends_on=today + day)
    version.published_at = now - 2 * HOURS
    return watch(version, now - HOURS, leader=leader, phone=duty_officer, officer=inspector)


def test_a_complaint_is_stamped_with_who_was_there_when_it_came(watch_now, now, leader, duty_officer, inspector):
    complaint = registered(inspector, received_at=now)
    assert (complaint.leader, complaint.phone_officer, complaint.taken_by) == (leader, duty_officer, inspector)
    early = registered(inspector, received_at=now - 3 * HOURS)
    assert (early.leader, early.phone_officer) == (None, None)


def test_the_stamp_is_of_who_really_holds_the_telephone(watch_now, now, duty_officer, second_duty_officer, inspector):
    first = Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=now - HOURS)
    first.pass_on(second_duty_officer, at=now - HOURS / 2, kind="takeover", reason="急病")
    assert registered(inspector, received_at=now).phone_officer == second_duty_officer
    assert (
        registered(inspector, received_at=now - HOURS / 2 - datetime.timedelta(seconds=1)).phone_officer == duty_officer
    )


def test_the_desk_shows_who_is_on_duty(watch_now, signed_in, duty_officer):
    page = signed_in(duty_officer).get("/desk/").content.decode()
    lanes = page[page.index('id="duty-h"') :]
    assert all(name in lanes for name in ("武桂平", "钟子磊", "毛敏梅"))
    assert lanes.count('class="badge"') >= 2


def test_sending_the_last_pair_warns_before_it_is_confirmed(watch_now, now, signed_in, duty_officer, inspector):
    complaint, desk = registered(duty_officer), signed_in(duty_officer)
    url, fields = f"/complaints/{complaint.number}/dispatch/", {"to": [inspector.pk, duty_officer.pk]}
    answer = sent(desk, url, fields)
    complaint.refresh_from_db()
    warned = get_user_model().objects.coverage_without([inspector, duty_officer], timezone.now())
    assert answer.status_code == 200 and complaint.status == "registered"
    assert len(warned) == 2 and all(words in answer.content.decode() for words in warned)
    answer = sent(desk, url, fields | {"confirmed": "1"})
    complaint.refresh_from_db()
    assert answer.status_code == 302 and complaint.status == "dispatched"


def test_sending_somebody_who_is_not_needed_warns_of_nothing(watch_now, now, signed_in, duty_officer, second_inspector):
    complaint = registered(duty_officer)
    answer = sent(signed_in(duty_officer), f"/complaints/{complaint.number}/dispatch/", {"to": [second_inspector.pk]})
    assert answer.status_code == 302


def test_save_and_dispatch_asks_first_when_it_would_empty_the_post(watch_now, signed_in, duty_officer, now):
    fields = typed(ongoing="yes", then="dispatch")
    answer = sent(signed_in(duty_officer), "/calls/new/", fields)
    assert answer.status_code == 422 and not Complaint.objects.exists(), "asked before anything is saved"
    sent(signed_in(duty_officer), "/calls/new/", fields | {"then": "dispatch_all_the_same"})
    assert Complaint.objects.get().status == "dispatched"


def test_save_and_dispatch_sends_the_spare_officer(
    watch_now, signed_in, duty_officer, second_inspector, inspector, trainee
):
    for officer in (second_inspector, trainee):
        put(watch_now["leader"].shift, officer, "officer")
    CoverageRule.objects.filter(post="post").update(minimum=1)
    fields = typed(ongoing="yes", then="dispatch")
    sent(signed_in(duty_officer), "/calls/new/", fields)
    assert {officer.name for officer in Complaint.objects.get().assignees.all()} == {"毛敏梅", "孟小涛", "张刚丽"}


def test_what_is_broken_already_is_not_blamed_on_the_dispatch(watch_now, now, inspector, second_inspector, leader):
    officers = get_user_model().objects
    assert officers.coverage_without([second_inspector], now) == []
    assert len(officers.coverage_without([inspector], now)) == 1
    assert officers.coverage_without([leader], now) == []  # a leader may lead from the car
    Patrol.objects.depart(by=leader, led_by=inspector, members=[], left_at=now - HOURS / 4)
    assert officers.coverage_without([inspector], now) == []  # he is out already
    assert officers.coverage_without([], now) == []


def test_after_the_watch_nobody_is_blamed(watch_now, now, inspector):
    assert get_user_model().objects.coverage_without([inspector], now + WATCH) == []
