"""The board and the violations say the same of a venue, at every moment; and their numbers are those of the lists."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from venues.board import Board
from venues.models import Inspection, Target, Violation
from venues.standing import Standing, refresh
from venues.states import State
from venues.tests.following import rows_behind
from venues.tests.histories import T, added, hours, issued
from venues.tests.looking import look

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def _board(order, at):
    return Board(order, at, live=False, may=lambda permission: True)


# --- withdrawing ------------------------------------------------------------------------------------------------------
def test_a_violation_that_is_withdrawn_leaves_the_target_as_it_was_before(netbar, pair):
    order = issued([netbar])
    look(netbar, 10, officers=pair)
    look(netbar, 20, "operating", pair)
    assert Target.objects.get().violating_since == T + hours(1 / 3)
    netbar.violations.get().withdraw(by=pair[0], text="经营者在打扫", at=T + hours(1))
    target = Target.objects.get()
    assert (target.violating_since, target.last_look_result, target.last_look_by_two) == (None, "closed", True)
    for at in (T + hours(1 / 2), T + hours(2)):
        assert Standing(order, at).targets[0].state == State.VERIFIED


def test_what_was_seen_running_after_the_withdrawal_is_another_violation_at_once(netbar, pair):
    order = issued([netbar])
    for minutes in (20, 50):
        look(netbar, minutes, "operating", pair)
    netbar.violations.get().withdraw(by=pair[0], text="经营者在打扫", at=T + hours(0.5))
    assert Violation.objects.running().get().found_at == T + hours(50 / 60)
    assert Target.objects.get().violating_since == T + hours(50 / 60)
    assert Standing(order, T + hours(0.5)).counts[State.VIOLATING] == 0


def test_a_closing_look_in_hours_shut_by_law_is_proof_and_any_other_is_none(netbar, pair):
    look(netbar, 9 * 60, "operating", pair)
    closing, later = look(netbar, 10 * 60, officers=pair), look(netbar, 11 * 60, officers=pair)
    assert (closing.is_verified, later.is_verified) == (True, False)
    netbar.violations.get().withdraw(by=pair[0], text="经营者在打扫")
    assert not Inspection.objects.get(pk=closing.pk).is_verified


STEP = st.one_of(
    st.tuples(
        st.integers(0, 20),  # hours after T: the night of the cafes is among them
        st.sampled_from(["closed", "operating", "concealed", "limited"]),
        st.sampled_from(["on_site", "covert", "online"]),
        st.booleans(),
    ),
    st.tuples(st.integers(0, 20), st.just("withdraw")),
)


def _withdraw(venue, at, by):
    unsettled = Violation.objects.filter(venue=venue, state__in=["open", "stopped"]).order_by("found_at").first()
    if unsettled is not None:
        unsettled.withdraw(by=by, text="经营者在打扫", at=max(at, unsettled.stopped_at or unsettled.found_at))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=8))
def test_a_target_is_violating_when_and_only_when_its_venue_has_a_running_violation(make_venue, pair, leader, steps):
    venue = make_venue()
    order = issued([venue], number=f"第{venue.pk}号")
    for hour, what, *how in steps:
        if what == "withdraw":
            _withdraw(venue, T + hours(hour), leader)
        else:
            look(venue, 60 * hour, what, [leader] if how[1] else pair, method=how[0])
    for hour in range(22):
        at = T + hours(hour)
        violating = Standing(order, at).counts[State.VIOLATING]
        assert violating == Violation.objects.running(at).filter(venue=venue).count()
    assert violating == Violation.objects.running().filter(venue=venue).count()


# --- the numbers and their lists --------------------------------------------------------------------------------------
@pytest.fixture
def found(netbar, ktv, make_venue, pair):
    """An order on two venues and one added in the third hour; each was found running in the first two hours, and what
    was found at `ktv` was withdrawn."""
    missed = make_venue("漏登网吧")
    order = issued([netbar, ktv])
    for minutes, venue in ((60, netbar), (70, ktv), (80, missed)):
        look(venue, minutes, "operating", pair)
    look(netbar, 100, officers=pair)
    ktv.violations.get().withdraw(by=pair[0], text="经营者在打扫", at=T + hours(1.5))
    added(order, missed, at=T + hours(3), late="漏报")
    refresh(order.targets.all())
    return order


@pytest.mark.parametrize(("hour", "n", "running"), [(1.1, 1, 1), (2, 1, 0), (4, 2, 1)])
def test_the_violations_of_the_order_are_as_many_as_the_list_behind_them(signed_in, leader, found, hour, n, running):
    client, board = signed_in(leader), _board(found, T + hours(hour))
    shown = board.violations
    assert (shown["n"], shown["running"]) == (n, running)
    assert [rows_behind(client, shown[name]) for name in ("href", "running_href")] == [n, running]
    _label, _word, day, day_href, in_all, all_href = board.effort[-1]
    assert [rows_behind(client, href) for href in (day_href, all_href)] == [day, in_all]


def test_the_looks_of_an_order_are_those_at_the_venues_that_it_named_then(signed_in, leader, found):
    client, address = signed_in(leader), f"{reverse('venues:inspections')}?order={found.pk}"
    assert rows_behind(client, f"{address}&as_of=2020-01-24T18:30") == 3
    assert rows_behind(client, address) == 4


def test_the_withdrawn_ones_are_listed_when_they_are_asked_for(signed_in, leader, found):
    client, address = signed_in(leader), reverse("venues:violations")
    listed = [rows_behind(client, f"{address}?state={state}") for state in ("", "withdrawn", "open", "stopped")]
    assert listed == [2, 1, 1, 1]
