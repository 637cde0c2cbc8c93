"""Who is on duty at a moment: the roster less leave and absence, the chain of custody before the roster, asked each time."""

import datetime

import pytest
from django.contrib.auth import get_user_model

from enforcement.models.duty import Absence, Custody, Leave
from enforcement.tests.watches import HOURS, WATCH, H, named, put, roster, watch

pytestmark = pytest.mark.django_db
TICK = datetime.timedelta(microseconds=1)


@pytest.fixture
def day(leader, duty_officer, inspector):
    """The watch from H: 武桂平 leads, 钟子磊 has the telephone, 毛敏梅 is the second officer."""
    return watch(roster(leader), leader=leader, phone=duty_officer, officer=inspector)


def test_nobody_is_on_duty_without_a_roster(leader):
    assert named(H) == {}


def test_the_roster_names_them_to_the_microsecond(day):
    whole = {"leader": ["武桂平"], "phone": ["钟子磊"], "officer": ["毛敏梅"]}
    assert named(H) == named(H + WATCH - TICK) == whole
    assert named(H - TICK) == named(H + WATCH) == {}


def test_a_draft_and_what_has_lapsed_name_nobody(day):
    for role, field, value in (("leader", "entered_at", None), ("phone", "lapsed_at", H)):
        setattr(day[role], field, value)
        day[role].save()
    assert named(H) == {"officer": ["毛敏梅"]}


def test_each_is_named_once_and_the_leader_first(day, leader, duty_officer):
    put(day["leader"].shift, leader, "phone")
    put(day["leader"].shift, duty_officer, "officer")
    found = [(officer.name, officer.duty_role) for officer in get_user_model().objects.on_duty(H)]
    assert found == [("武桂平", "leader"), ("钟子磊", "phone"), ("毛敏梅", "officer")]


def test_who_is_on_leave_or_left_the_post_is_not_named(day, leader, duty_officer, inspector):
    Leave.objects.create(
        officer=inspector, kind="sick", start=H + HOURS, end=H + 2 * HOURS, state="approved", asked_by=inspector
    )
    Absence.objects.create(officer=duty_officer, left_at=H + 3 * HOURS, reason="送水", recorded_by=duty_officer)
    assert named(H + HOURS) == {"leader": ["武桂平"], "phone": ["钟子磊"]}
    assert "officer" in named(H + 2 * HOURS)
    assert named(H + 3 * HOURS) == {"leader": ["武桂平"], "officer": ["毛敏梅"]}


def test_leave_that_is_only_asked_for_takes_nobody_away(day, inspector):
    Leave.objects.create(officer=inspector, kind="sick", start=H, end=H + HOURS, asked_by=inspector)
    assert "officer" in named(H)


def test_who_was_not_relieved_still_holds_the_telephone(day, duty_officer, inspector, leader, second_duty_officer):
    watch(day["leader"].shift.version, H + WATCH, leader=leader, phone=second_duty_officer, officer=inspector)
    Custody.objects.create(post="phone", officer=duty_officer, taken_at=H, kind="first")
    after = named(H + WATCH + HOURS)
    assert after == {"leader": ["武桂平"], "phone": ["钟子磊"], "officer": ["徐玉", "毛敏梅"]}
    last = get_user_model().objects.on_duty(H + WATCH + HOURS).get(pk=duty_officer.pk)
    assert last.duty_until is None


def test_the_holder_stays_responsible_when_he_left_the_post(day, duty_officer):
    Custody.objects.create(post="phone", officer=duty_officer, taken_at=H, kind="first")
    Absence.objects.create(officer=duty_officer, left_at=H, reason="送水", recorded_by=duty_officer)
    assert named(H + HOURS)["phone"] == ["钟子磊"]


def test_a_leader_who_has_not_taken_over_is_not_named(day, inspector, leader):
    put(day["leader"].shift, inspector, "leader")
    day["officer"].delete()
    Custody.objects.create(post="leader", officer=leader, taken_at=H, kind="first")
    assert named(H) == {"leader": ["武桂平"], "phone": ["钟子磊"]}


def test_before_the_chain_began_the_roster_says_who(day, second_duty_officer):
    Custody.objects.create(post="phone", officer=second_duty_officer, taken_at=H + HOURS, kind="first")
    assert named(H)["phone"] == ["钟子磊"]
    assert named(H + HOURS)["phone"] == ["徐玉"]


def test_it_is_one_query_and_never_kept(day, django_assert_num_queries):
    officers = get_user_model().objects
    with django_assert_num_queries(1):
        first = list(officers.on_duty(H))
    day["officer"].delete()
    assert len(list(officers.on_duty(H))) == len(first) - 1
