"""What the team did, on the day and in all: each row with its own counting word, each number with its rows."""

import datetime
import uuid

import pytest
from django.template.loader import render_to_string

from conftest import T
from venues.board import Board
from venues.effort import effort
from venues.models import Inspection, Patrol
from venues.tests.following import rows_behind
from venues.tests.histories import hours, issued
from venues.tests.looking import look

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime.datetime(2020, 1, 25, tzinfo=T.tzinfo)


@pytest.fixture
def out(leader, inspector, second_inspector):
    """Two patrols on the day of the order and one on the day before, whose visits ran past midnight."""

    def leave(number, at, members, **details):
        return Patrol.objects.depart(
            by=leader, led_by=members[0], members=members, left_at=at, number=number, recorded_at=at, **details
        )

    return [
        leave("XC202001-001", T - hours(20), [inspector, second_inspector], vehicle="甘E·00001"),
        leave("XC202001-002", T + hours(1), [inspector, second_inspector, leader], vehicle="甘E·00001"),
        leave("XC202001-003", T + hours(2), [leader, inspector]),
        leave("XC202001-004", T + hours(2), [leader], kind="online"),
    ]


def test_the_day_and_all_are_counted_by_departure_and_screens_are_no_outing(out):
    done = effort(T + hours(2))
    assert done["patrols"] == {"day": 2, "all": 3}
    assert done["person_times"] == {"day": 5, "all": 7}
    assert done["vehicle_times"] == {"day": 1, "all": 2}
    assert effort(T + hours(1.5))["patrols"] == {"day": 1, "all": 2}


def test_vehicles_that_nobody_wrote_down_are_unknown_and_not_none(leader, inspector):
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector], left_at=T, recorded_at=T)
    assert effort(T + hours(1))["vehicle_times"] == {"day": None, "all": None}
    assert effort(T + hours(30))["vehicle_times"] == {"day": 0, "all": None}


def test_an_unknown_number_leads_nowhere():
    shown = {n: render_to_string("venues/_number.html", {"n": n, "href": "/patrols/"}) for n in (None, 0, 3)}
    assert shown == {
        None: '<span class="muted">未统计</span>',
        0: '<a href="/patrols/">0</a>',
        3: '<a href="/patrols/">3</a>',
    }


def test_two_looks_at_one_venue_on_one_patrol_are_one_visit_and_venues_are_counted_once(out, netbar, ktv, inspector):
    look(netbar, 90, officers=[inspector], patrol=out[1])
    look(netbar, 100, officers=[inspector], patrol=out[1])
    look(netbar, 130, officers=[inspector], patrol=out[2])
    look(ktv, 140, officers=[inspector])
    done = effort(T + hours(3))
    assert (done["visits"], done["venues_reached"]) == ({"day": 3, "all": 3}, {"day": 2, "all": 2})


def test_at_midnight_the_day_that_just_ended_is_told(out):
    assert effort(MIDNIGHT)["patrols"]["day"] == 2
    assert effort(MIDNIGHT + datetime.timedelta(seconds=1))["patrols"]["day"] == 0


def test_violations_are_found_and_stopped_each_on_its_day(netbar, inspector, second_inspector):
    two = [inspector, second_inspector]
    look(netbar, 7 * 60, "operating", two)
    look(netbar, 8 * 60 + 40, "closed", two)  # 01:10 of the next day
    done = effort(MIDNIGHT)
    assert (done["violations_found"], done["violations_stopped"]) == ({"day": 1, "all": 1}, {"day": 0, "all": 0})


def test_each_number_of_the_effort_leads_to_its_rows(signed_in, leader, out, netbar, ktv, inspector):
    order = issued([netbar, ktv])
    look(netbar, 90, officers=[inspector], patrol=out[1])
    look(netbar, 100, officers=[inspector], patrol=out[1])
    look(ktv, 130, "operating", officers=[inspector], patrol=out[2])
    Inspection.objects.record(
        by=inspector,
        client_uuid=uuid.uuid4(),
        venue=ktv,
        officers=[inspector],
        observed_at=T - hours(20),
        result="closed",
    )
    client = signed_in(leader)
    board = Board(order, T + hours(3), live=False, may=lambda permission: True)
    patrols, people, vehicles, visits, _venues, found = [row[2:] for row in board.effort]
    for day, day_href, in_all, all_href in (patrols, vehicles, visits, found):
        assert (rows_behind(client, day_href), rows_behind(client, all_href)) == (day, in_all)
    day, day_href, in_all, all_href = people
    assert client.get(day_href).context["effort"]["person_times"] == day
    assert client.get(all_href).context["effort"]["person_times"] == in_all
