"""Patrols: a number of their own, members as they left, one return, and the effort by any moment."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from conftest import T
from venues.models import Patrol
from venues.tests.looking import MINUTE
from venues.tests.racing import at_once
from venues.transitions import Refused, TooLate


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def depart(by, minutes=0, **values):
    values = {"led_by": by, "members": [by], **values}
    return Patrol.objects.depart(by=by, left_at=T + minutes * MINUTE, **values)


def test_numbers_count_up_within_the_local_month_of_the_departure(leader):
    last_of_january = T.replace(day=31, hour=23, minute=59)
    numbers = [Patrol.objects.depart(by=leader, led_by=leader, members=[], left_at=at).number
               for at in (T, last_of_january, last_of_january + 2 * MINUTE, T)]  # fmt: skip
    assert numbers == ["XC202001-001", "XC202001-002", "XC202002-001", "XC202001-003"]


def test_a_given_number_is_kept_and_the_next_one_follows_it(leader):
    assert depart(leader, number="XC202001-999").number == "XC202001-999"
    depart(leader, number="XC202001-乙")
    assert [depart(leader).number, depart(leader).number] == ["XC202001-1000", "XC202001-1001"]


def test_a_number_is_given_once(leader):
    depart(leader, number="XC202001-001")
    with pytest.raises(Refused):
        depart(leader, number="XC202001-001")


def test_another_broken_rule_is_not_taken_for_a_taken_number(leader):
    with pytest.raises(IntegrityError):
        depart(leader, returned_at=T - MINUTE)


def test_the_one_who_leads_is_a_member(leader, pair):
    assert set(depart(leader, members=pair).members.all()) == {leader, *pair}


def test_a_departure_in_the_future_is_refused(leader):
    with pytest.raises(Refused):
        Patrol.objects.depart(by=leader, led_by=leader, members=[], left_at=T, recorded_at=T - 6 * MINUTE)


def test_a_patrol_comes_back_once_and_the_second_is_told(leader, inspector):
    patrol = depart(leader)
    stale = Patrol.objects.get(pk=patrol.pk)
    patrol.come_back(by=leader, at=T + 240 * MINUTE)
    assert patrol.returned_at == T + 240 * MINUTE
    with pytest.raises(TooLate) as told:
        stale.come_back(by=inspector, at=T + 250 * MINUTE)
    assert leader.name in told.value.sentence() and "20:30" in told.value.sentence()


@pytest.mark.parametrize("minutes", [-1, 0])
def test_a_patrol_returns_after_it_left(leader, minutes):
    with pytest.raises(Refused):
        depart(leader).come_back(by=leader, at=T + minutes * MINUTE)


def test_a_return_in_the_future_is_refused(leader):
    with pytest.raises(Refused):
        depart(leader).come_back(by=leader, at=timezone.now() + 10 * MINUTE)


def test_the_effort_counts_from_the_departure_and_not_what_stayed_inside(leader, pair, django_assert_num_queries):
    depart(leader, 0, members=pair, vehicle="甘E·0001警")
    depart(leader, 60, members=[])
    depart(leader, 10, members=pair, kind="online")
    with django_assert_num_queries(4):
        before, after = (Patrol.objects.effort(T + minutes * MINUTE) for minutes in (59, 60))
    assert before == {"patrols": 1, "person_times": 3, "vehicle_times": 1}
    assert after == {"patrols": 2, "person_times": 4, "vehicle_times": 1}
    assert Patrol.objects.vehicle_times(T).count() == 1


def test_cars_that_nobody_wrote_down_are_unknown_and_not_none(leader):
    depart(leader)
    assert Patrol.objects.effort(T)["vehicle_times"] is None
    depart(leader, kind="foot")
    Patrol.objects.filter(kind="car").update(kind="foot")
    assert Patrol.objects.effort(T)["vehicle_times"] == 0


def test_who_was_out_at_a_moment(leader):
    depart(leader).come_back(by=leader, at=T + 10 * MINUTE)
    assert {m: Patrol.objects.out(T + m * MINUTE).count() for m in (-1, 0, 9, 10)} == {-1: 0, 0: 1, 9: 1, 10: 0}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_departures_at_once_get_numbers_of_their_own(leader):
    patrols = at_once(*[lambda: depart(leader)] * 12)
    assert {patrol.number for patrol in patrols} == {f"XC202001-{n:03d}" for n in range(1, 13)}


@pytest.mark.race
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_a_second_try_departures_at_once_fail(leader, monkeypatch):
    from venues.models import patrols

    monkeypatch.setattr(patrols, "_TRIES", 1)
    answers = at_once(*[lambda: depart(leader)] * 12)
    assert any(isinstance(answer, Refused) for answer in answers)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_returns_at_once_one_wins(leader, inspector):
    patrol = depart(leader)

    def back(who):
        return lambda: Patrol.objects.get(pk=patrol.pk).come_back(by=who, at=T + MINUTE)

    answers = at_once(back(leader), back(inspector))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "TooLate"]
