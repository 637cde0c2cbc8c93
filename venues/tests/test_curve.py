"""The closure curve: what rises, what falls, and where it ends."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from venues.board import Board
from venues.curves import rising, turns
from venues.facts import PLACE
from venues.standing import Standing, refresh, refresh_venues
from venues.tests.histories import T, added, hours, issued, looked, many_venues, moved, told

pytestmark = pytest.mark.django_db


def _board(order, at, **options):
    return Board(order, at, live=False, may=lambda permission: True, **options)


def _series(chart):
    return {one["key"]: one["points"] for one in chart["series"]}


def test_only_the_looks_that_turn_the_state_of_a_place_are_read(netbar):
    order = issued([netbar])
    for hour in range(1, 20):
        looked(netbar, T + hours(hour / 10), "operating" if hour == 7 else "closed")
    place = order.targets.annotate(place=PLACE).get().place
    assert [(at, shut) for at, _place, shut in turns(order, [place])] == [
        (T + hours(0.1), True), (T + hours(0.7), False), (T + hours(0.8), True),
    ]  # fmt: skip


def test_a_look_before_the_issue_turns_nothing(netbar):
    order = issued([netbar])
    looked(netbar, T - hours(1))
    looked(netbar, T + hours(2), "limited")
    assert Standing(order, T + hours(1)).net_closed == [(T, 0, 1)]
    assert Standing(order, T + hours(1)).all_closed_at is None


def test_of_two_looks_at_one_instant_the_worse_one_makes_the_turn(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1), "operating")
    looked(netbar, T + hours(1))
    refresh_venues([netbar])
    assert [closed for _at, closed, _total in Standing(order, T + hours(2)).net_closed] == [0, 0]


def test_net_closed_falls_when_a_venue_opens_again_and_when_it_is_lifted(netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    looked(ktv, T + hours(2))
    looked(netbar, T + hours(3), "concealed")
    looked(netbar, T + hours(4))
    moved(order.targets.get(venue=ktv), T + hours(5), "lifted")
    refresh_venues([netbar, ktv])
    counted = [(closed, total) for _at, closed, total in Standing(order, T + hours(6)).net_closed]
    assert counted == [(0, 2), (1, 2), (2, 2), (1, 2), (2, 2), (1, 1)]


def test_a_late_addition_counts_from_its_addition_on_with_the_look_before_it(netbar, ktv):
    order = issued([netbar])
    looked(ktv, T + hours(1))
    added(order, ktv, at=T + hours(2), late="漏报")
    refresh(order.targets.all())
    counted = [(closed, total) for _at, closed, total in Standing(order, T + hours(3)).net_closed]
    assert counted == [(0, 1), (0, 1), (1, 2)]


def test_rising_counts_what_happened_up_to_each_moment():
    assert rising([T + hours(2), T, T + hours(2)]) == [(T, 1), (T + hours(2), 3)]


def test_the_curves_of_what_was_excluded_are_without_it_and_a_lifted_venue_stays_in_the_rising_ones(netbar, ktv):
    order = issued([netbar, ktv])
    for target in order.targets.all():
        told(target, T + hours(1))
    moved(order.targets.get(venue=ktv), T + hours(2), "excluded")
    moved(order.targets.get(venue=netbar), T + hours(3), "lifted")
    refresh(order.targets.all())
    chart = _board(order, T + hours(4)).curve
    assert _series(chart)["told"] == [(T, 0), (T + hours(1), 1)]
    assert chart["total"] == 1


def test_the_curve_shows_the_first_hours_and_a_second_one_the_whole_time(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1))
    looked(netbar, T + hours(6), "operating")
    looked(netbar, T + hours(30), "closed")
    looked(netbar, T + hours(40), "operating")
    refresh_venues([netbar])
    early, late = _board(order, T + hours(7)), _board(order, T + hours(50))
    assert early.long_curve is None
    assert early.curve["until"] == T + hours(7)
    assert [mark["at"] for mark in early.curve["marks"]] == [T, T + hours(4), T + hours(6)]
    assert late.curve["until"] == T + hours(8)
    assert [mark["at"] for mark in late.long_curve["marks"]] == [T, T + hours(40)]
    assert [value for _at, value in _series(late.long_curve)["net_closed"]] == [0, 1, 0, 1, 0]


HISTORY = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 30),
        st.sampled_from(["told", "no_answer", "closed", "closed by one", "operating"]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORY)
def test_the_ends_of_the_curves_are_the_headline_at_every_moment_and_the_rising_ones_never_fall(history):
    from django.db import transaction

    with transaction.atomic():
        venues = many_venues(4)
        order = issued(venues)
        targets = {target.venue_id: target for target in order.targets.all()}
        for which, hour, what in history:
            at = T + hours(hour)
            if what in ("told", "no_answer"):
                told(targets[venues[which].pk], at, "reached" if what == "told" else what)
            else:
                by = 1 if what.endswith("one") else 2
                looked(venues[which], at, "operating" if what == "operating" else "closed", certified=by)
        refresh(order.targets.all())
        before = None
        for hour in (0, 1, 4, 8, 9, 20, 31):
            board = _board(order, T + hours(hour))
            ends = {key: points[-1][1] for key, points in _series(board.long_curve or board.curve).items()}
            standing = board.standing
            assert ends["told"] == standing.told
            assert ends["reported"] == standing.reported
            assert ends["verified"] == len(standing.select(once=True))
            assert ends["net_closed"] == standing.closed
            rising_now = [ends["told"], ends["reported"], ends["verified"]]
            assert before is None or all(now >= then for now, then in zip(rising_now, before, strict=True))
            before = rising_now
        transaction.set_rollback(True)
