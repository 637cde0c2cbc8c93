"""A look is kept once, as it was reported, whatever it fits; only what cannot be true is refused."""

import datetime
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from conftest import T
from venues.models import Inspection, Patrol, RejectedInspection, Target, Venue
from venues.models.inspections import SameKeyOtherContent
from venues.tests.looking import MINUTE, look
from venues.tests.racing import at_once
from venues.transitions import Refused

LATER = T + 600 * MINUTE


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def test_a_look_without_order_and_patrol_is_kept(netbar, pair):
    kept = look(netbar, 0, officers=pair)
    assert (kept.target, kept.patrol, kept.certified, kept.officers_key) == (None, None, 2, "T008 T009")
    assert set(kept.officers.all()) == set(pair)


def test_a_look_knows_its_place_in_the_order_in_force(order, netbar, pair):
    assert look(netbar, 10, officers=pair).target == Target.objects.get(order=order, venue=netbar)


def test_a_look_before_the_order_has_no_place_in_it(order, netbar, pair):
    assert look(netbar, -1, officers=pair).target is None


def test_a_look_writes_the_facts_of_its_target(order, netbar, pair):
    kept = look(netbar, 10, officers=pair)
    target = Target.objects.get(order=order, venue=netbar)
    assert (target.last_look_at, target.last_look_result) == (kept.observed_at, "closed")
    assert target.first_verified_at == kept.observed_at


def test_the_same_record_sent_twice_is_one_look(netbar, pair):
    key = uuid.uuid4()
    first = look(netbar, 0, officers=pair, client_uuid=key, remark="")
    assert look(netbar, 0, officers=pair[::-1], client_uuid=key) == first
    assert Inspection.objects.count() == 1


def test_the_same_key_with_other_content_is_refused_and_what_came_is_kept(netbar, pair):
    key = uuid.uuid4()
    first = look(netbar, 0, officers=pair, client_uuid=key)
    for _twice in range(2):
        with pytest.raises(SameKeyOtherContent) as refused:
            look(netbar, 0, "operating", officers=pair, client_uuid=key)
    assert refused.value.first == first
    rejected = RejectedInspection.objects.get()
    assert (rejected.client_uuid, rejected.content["result"], rejected.by) == (key, "operating", pair[0])
    assert not netbar.violations.exists()


def test_a_look_in_the_future_is_refused_beyond_five_minutes(netbar, pair):
    recorded_at = T
    look(netbar, 5, officers=pair, recorded_at=recorded_at)
    with pytest.raises(Refused):
        look(netbar, 5.1, officers=pair, recorded_at=recorded_at)


def test_a_visit_before_midnight_typed_after_it_stays_on_its_day(netbar, pair):
    late = T.replace(hour=23, minute=50)
    kept = Inspection.objects.record(
        by=pair[0], client_uuid=uuid.uuid4(), venue=netbar, officers=pair, observed_at=late, result="closed",
        recorded_at=late + 20 * MINUTE,
    )  # fmt: skip
    assert timezone.localtime(kept.observed_at).date() == T.date()


def test_nobody_looked_is_refused(netbar, inspector):
    with pytest.raises(Refused):
        look(netbar, 0, officers=[], by=inspector)


def test_a_detail_that_a_look_does_not_have_is_a_mistake_of_the_caller(netbar, pair):
    with pytest.raises(TypeError):
        look(netbar, 0, officers=pair, weather="rain")


def test_the_certificates_count_as_they_were_at_the_look(netbar, inspector, trainee):
    kept = look(netbar, 0, officers=[inspector, trainee])
    assert kept.certified == 1 and not kept.is_verified
    trainee.certificate_no = "GS1"
    trainee.save()
    assert Inspection.objects.get(pk=kept.pk).certified == 1


def test_a_look_at_a_merged_venue_is_recorded_on_its_survivor(order, netbar, make_venue, pair):
    old = make_venue("蓝天网吧（旧）")
    Venue.objects.filter(pk=old.pk).update(merged_into=netbar)
    old.refresh_from_db()
    assert look(old, 10, officers=pair).venue == netbar


def test_a_look_in_hours_shut_by_law_says_so(netbar, ktv, pair):
    assert look(netbar, 9 * 60, officers=pair).shut_by_law  # 01:30
    assert not look(ktv, 9 * 60, officers=pair).shut_by_law  # KTV must shut at 02:00


def test_many_officers_still_have_one_key(netbar, inspector, django_user_model):
    crowd = [django_user_model.objects.create_user(f"o{i}", name=f"{i}", badge_no=f"TS{i:06}") for i in range(30)]
    assert len(look(netbar, 0, officers=crowd).officers_key) == 64


# --- 家次 and 家 -----------------------------------------------------------------------------------------------------
def test_a_visit_is_one_venue_on_one_patrol(netbar, ktv, pair, inspector):
    patrol, other = (
        Patrol.objects.depart(by=inspector, led_by=inspector, members=pair, left_at=T + n * MINUTE) for n in (0, 1)
    )
    for venue, minutes in [(netbar, 10), (netbar, 40), (ktv, 50)]:
        look(venue, minutes, officers=pair, patrol=patrol)
    look(netbar, 60, officers=pair, patrol=other)
    assert Inspection.objects.visits(LATER) == (3, 2)
    assert Inspection.objects.visits(T + 40 * MINUTE) == (1, 1)


def test_without_a_patrol_a_visit_is_one_venue_by_the_same_officers_on_one_local_day(netbar, pair, leader):
    look(netbar, 7 * 60, officers=pair)  # 23:30
    look(netbar, 7 * 60 + 20, officers=pair)
    look(netbar, 7 * 60 + 40, officers=pair)  # 00:10
    look(netbar, 7 * 60 + 45, officers=[leader])
    assert Inspection.objects.visits(LATER) == (3, 1)


def test_a_call_or_a_camera_is_no_visit_and_a_corrected_look_neither(netbar, ktv, pair):
    look(netbar, 0, officers=pair, method="phone")
    first = look(ktv, 10, officers=pair)
    look(ktv, 10, officers=pair, method="photo", supersedes=first)
    assert Inspection.objects.visits(LATER) == (0, 0)


def test_the_rows_of_the_effort_are_as_many_as_the_visits(netbar, ktv, pair, django_assert_num_queries):
    for venue, minutes in [(netbar, 0), (netbar, 5), (ktv, 9)]:
        look(venue, minutes, officers=pair)
    with django_assert_num_queries(2):
        assert Inspection.objects.effort_rows(LATER).count() == Inspection.objects.visits(LATER)[0] == 2


def test_a_venue_merged_later_is_one_venue_reached(netbar, make_venue, pair):
    old = make_venue("蓝天网吧（旧）")
    look(old, 0, officers=pair)
    look(netbar, 30, officers=pair)
    Venue.objects.filter(pk=old.pk).update(merged_into=netbar)
    assert Inspection.objects.visits(LATER) == (1, 1)


# --- two at once -----------------------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_fifty_presses_are_one_look(netbar, pair):
    key = uuid.uuid4()
    answers = at_once(*[lambda: look(netbar, 0, "operating", officers=pair, client_uuid=key)] * 50)
    assert {answer.pk for answer in answers} == {Inspection.objects.get().pk}
    assert netbar.violations.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_key_fifty_presses_are_many_looks(netbar, pair):
    answers = at_once(*[lambda: look(netbar, 0, officers=pair)] * 5)
    assert len({answer.pk for answer in answers}) == Inspection.objects.count() == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_contents_under_one_key_at_once_one_stands_and_the_other_is_kept_aside(netbar, pair):
    key = uuid.uuid4()
    answers = at_once(
        lambda: look(netbar, 0, officers=pair, client_uuid=key),
        lambda: look(netbar, 1, officers=pair, client_uuid=key),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Inspection", "SameKeyOtherContent"]
    assert (Inspection.objects.count(), RejectedInspection.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_rejected_body_stays_although_the_act_is_refused(netbar, pair):
    key = uuid.uuid4()
    look(netbar, 0, officers=pair, client_uuid=key)
    with pytest.raises(SameKeyOtherContent):
        look(netbar, 1, officers=pair, client_uuid=key)
    assert RejectedInspection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_inside_a_transaction_that_fails_the_rejected_body_is_lost(netbar, pair):
    key = uuid.uuid4()
    look(netbar, 0, officers=pair, client_uuid=key)
    with pytest.raises(SameKeyOtherContent), transaction.atomic():
        look(netbar, 1, officers=pair, client_uuid=key)
    assert RejectedInspection.objects.count() == 0


def test_recording_a_look_takes_a_fixed_number_of_queries(
    order, netbar, ktv, pair, django_assert_num_queries, django_assert_max_num_queries
):
    for minutes in range(30):
        look(ktv, minutes, officers=pair)
    with django_assert_max_num_queries(30):
        look(netbar, 0, officers=pair)
    with django_assert_max_num_queries(30):
        look(ktv, datetime.timedelta(hours=1) / MINUTE, officers=pair)
