"""A violation follows from the looks, in whatever order they arrive; what is done about it is a move of the table."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from venues.episodes import episodes
from venues.models import Inspection, Venue, Violation
from venues.models import violations as module
from venues.tests.looking import MINUTE, T, look
from venues.tests.racing import at_once
from venues.transitions import Refused, TooLate

State = Violation.State


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def at(minutes):
    return None if minutes is None else T + minutes * MINUTE


def spans(venue):
    rows = Violation.objects.standing().filter(venue=venue).order_by("found_at")
    return [(row.state, row.found_at, row.stopped_at) for row in rows]


# --- what follows from the looks -------------------------------------------------------------------------------------
@pytest.mark.parametrize("result", ["operating", "concealed"])
@pytest.mark.parametrize("method", ["on_site", "covert"])
def test_a_look_on_the_spot_that_finds_it_running_opens_a_violation(netbar, inspector, result, method):
    found = look(netbar, 10, result, officers=[inspector], method=method)
    violation = netbar.violations.get()
    assert (violation.state, violation.found_at, violation.opened_by) == ("open", at(10), found)
    assert [(move.from_state, move.to_state, move.by) for move in violation.moves.all()] == [("", "open", inspector)]


@pytest.mark.parametrize("method", ["phone", "photo", "online"])
def test_a_look_from_afar_opens_none_and_clears_none(netbar, pair, method):
    look(netbar, 10, "operating", officers=pair, method=method)
    assert spans(netbar) == []
    look(netbar, 20, "operating", officers=pair)
    look(netbar, 30, "closed", officers=pair, method=method)
    assert spans(netbar) == [("open", at(20), None)]


def test_a_second_look_belongs_to_the_open_violation(netbar, pair, leader):
    look(netbar, 10, "operating", officers=pair)
    look(netbar, 15, "concealed", officers=[leader])
    assert spans(netbar) == [("open", at(10), None)]


def test_a_look_that_arrives_late_moves_it_to_when_it_was_first_found(netbar, pair, leader):
    look(netbar, 10, "operating", officers=pair)
    earlier = look(netbar, 5, "operating", officers=[leader])
    violation = netbar.violations.get()
    assert (violation.found_at, violation.opened_by) == (at(5), earlier)
    assert violation.moves.count() == 2


def test_a_later_closed_stops_it_even_by_one_officer(netbar, pair, trainee):
    look(netbar, 10, "operating", officers=pair)
    closing = look(netbar, 28, "closed", officers=[trainee])
    violation = netbar.violations.get()
    assert (violation.state, violation.stopped_by) == ("stopped", closing)
    assert violation.lasted() == 18 * MINUTE


def test_a_closed_that_arrived_before_the_operating_stops_it_too(netbar, pair):
    look(netbar, 28, "closed", officers=pair)
    look(netbar, 10, "operating", officers=pair)
    assert spans(netbar) == [("stopped", at(10), at(28))]
    moves = [(move.from_state, move.to_state) for move in netbar.violations.get().moves.all()]
    assert moves == [("", "open"), ("open", "stopped")]


def test_a_closed_of_the_same_moment_stops_nothing(netbar, pair, leader):
    look(netbar, 10, "operating", officers=pair)
    look(netbar, 10, "closed", officers=[leader])
    assert spans(netbar) == [("open", at(10), None)]


def test_a_look_in_hours_shut_by_law_opens_one_all_the_same(netbar, pair):
    assert look(netbar, 10 * 60, "operating", officers=pair).shut_by_law
    assert spans(netbar) == [("open", at(600), None)]


def test_a_closed_in_between_that_arrives_late_makes_two_of_one(netbar, pair):
    for minutes, result in [(10, "operating"), (30, "operating"), (40, "closed"), (20, "closed")]:
        look(netbar, minutes, result, officers=pair)
    assert spans(netbar) == [("stopped", at(10), at(20)), ("stopped", at(30), at(40))]


def test_a_violation_found_before_a_merge_is_stopped_by_a_look_after_it(netbar, make_venue, pair):
    old = make_venue("蓝天网吧（旧）")
    look(old, 10, "operating", officers=pair)
    Venue.objects.filter(pk=old.pk).update(merged_into=netbar)
    look(netbar, 20, "closed", officers=pair)
    assert spans(netbar) == [("stopped", at(10), at(20))]
    assert Violation.objects.count() == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from(["closed", "operating", "concealed", "limited"]),
            st.sampled_from(["on_site", "covert", "online"]),
            st.booleans(),
        ),
        max_size=8,
    ),
    chance=st.randoms(use_true_random=False),
)
def test_random_looks_in_any_arrival_order_give_the_same_violations(make_venue, pair, leader, rows, chance):
    found = []
    for _round in range(2):
        venue = make_venue()
        for minutes, result, method, alone in rows:
            look(venue, minutes, result, officers=[leader] if alone else pair, method=method)
        looks = Inspection.objects.on_the_spot(venue)
        derived = [(episode.found_at, episode.stopped_at) for episode in episodes(looks)]
        assert [row[1:] for row in spans(venue)] == derived
        found.append(spans(venue))
        chance.shuffle(rows)
    assert found[0] == found[1]
    assert all((state == "open") == (stopped is None) for state, _found, stopped in found[0])


# --- the moves -------------------------------------------------------------------------------------------------------
def violation_in(state, venue, officers):
    """A violation that came to `state` by the acts that lead there."""
    by = officers[0]
    first = look(venue, 10, "operating", officers=officers)
    violation = venue.violations.get()
    if state == State.WITHDRAWN:
        violation.withdraw(by=by, text="经营者在打扫")
    elif state != State.OPEN:
        look(venue, 20, "closed", officers=officers)
        violation.refresh_from_db()
        if state != State.STOPPED:
            make(violation, state, by)
    assert violation.state == state and first
    return violation


def make(violation, state, by):
    said = {"by": by, "text": "已处理"}
    match state:
        case State.STOPPED:
            violation._move(State.STOPPED, by=by, at=at(40), text="", stopped_at=at(40))
        case State.ORDERED:
            violation.order_rectification(**said)
        case State.RESOLVED:
            violation.resolve(**said)
        case State.TRANSFERRED:
            violation.transfer(**said, to="公安")
        case State.WITHDRAWN:
            violation.withdraw(**said)


@pytest.mark.parametrize("after", [state for state in State if state != State.OPEN])
@pytest.mark.parametrize("before", list(State))
def test_every_pair_of_states_is_a_move_of_the_table_or_refused(netbar, pair, before, after):
    violation = violation_in(before, netbar, pair)
    moves = violation.moves.count()
    if after in Violation.MOVES[before]:
        make(violation, after, pair[1])
        violation.refresh_from_db()
        assert violation.state == after
        last = violation.moves.last()
        assert (last.from_state, last.to_state, last.by) == (before, after, pair[1])
        assert violation.moves.count() == moves + 1
    else:
        with pytest.raises(Refused):
            make(violation, after, pair[1])
        violation.refresh_from_db()
        assert (violation.state, violation.moves.count()) == (before, moves)


def test_a_move_of_an_open_violation_says_that_it_must_be_stopped_first(netbar, pair):
    with pytest.raises(Refused) as refused:
        violation_in(State.OPEN, netbar, pair).resolve(by=pair[0], text="已处理")
    assert not isinstance(refused.value, TooLate)


def test_a_stale_page_is_told_who_was_first_and_when(netbar, pair, leader):
    violation = violation_in(State.STOPPED, netbar, pair)
    stale = Violation.objects.get(pk=violation.pk)
    violation.order_rectification(by=leader, text="责令停业整顿", at=at(60))
    with pytest.raises(TooLate) as told:
        stale.resolve(by=pair[0], text="已处理")
    assert leader.name in told.value.sentence() and "2020-01-24 17:30" in told.value.sentence()


@pytest.mark.parametrize("said", [{"text": " "}, {"text": "已处理", "at": T}, {"text": "已处理", "at": "future"}])
def test_a_move_needs_a_sentence_and_a_possible_time(netbar, pair, said):
    from django.utils import timezone

    if said.get("at") == "future":
        said = {**said, "at": timezone.now() + datetime.timedelta(hours=1)}
    with pytest.raises(Refused):
        violation_in(State.STOPPED, netbar, pair).resolve(by=pair[0], **said)


def test_a_transfer_names_the_other_authority(netbar, pair):
    violation = violation_in(State.STOPPED, netbar, pair)
    with pytest.raises(Refused):
        violation.transfer(by=pair[0], text="移交", to=" ")
    violation.transfer(by=pair[0], text="移交", to="公安", case_no="（2020）3号")
    assert (violation.state, violation.transferred_to, violation.case_no) == ("transferred", "公安", "（2020）3号")


def test_what_was_withdrawn_does_not_come_back_by_itself_but_a_new_find_opens_another(netbar, pair, leader):
    look(netbar, 10, "operating", officers=pair)
    netbar.violations.get().withdraw(by=pair[0], text="经营者在打扫", at=at(20))
    look(netbar, 15, "operating", officers=[leader])
    look(netbar, 16, "limited", officers=[leader])
    assert spans(netbar) == []
    look(netbar, 30, "operating", officers=[leader])
    assert spans(netbar) == [("open", at(30), None)]


# --- reads -----------------------------------------------------------------------------------------------------------
def test_the_how_many_eth_it_is_counts_by_when_it_was_found_and_not_the_withdrawn_ones(netbar, ktv, pair):
    for minutes, result in [(50, "operating"), (60, "closed"), (10, "operating"), (20, "closed")]:
        look(netbar, minutes, result, officers=pair)
    look(ktv, 5, "operating", officers=pair)
    gone = look(netbar, 1, "operating", officers=pair)
    look(netbar, 2, "closed", officers=pair)
    look(netbar, 1, "closed", officers=pair, supersedes=gone)
    rows = Violation.objects.standing().with_repeat().order_by("found_at")
    assert [(row.venue, row.repeat) for row in rows] == [(ktv, 1), (netbar, 1), (netbar, 2)]


def test_the_running_ones_of_a_past_moment(netbar, pair):
    look(netbar, 10, "operating", officers=pair)
    look(netbar, 28, "closed", officers=pair)
    running = {minutes: Violation.objects.running(at(minutes)).count() for minutes in (9, 10, 27, 28)}
    assert running == {9: 0, 10: 1, 27: 1, 28: 0}
    violation = netbar.violations.get()
    assert [violation.state_at(at(minutes)) for minutes in (10, 27, 28)] == ["open", "open", "stopped"]
    assert [violation.lasted(at(minutes)) for minutes in (10, 20, 60)] == [0 * MINUTE, 10 * MINUTE, 18 * MINUTE]


# --- two at once -----------------------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_looks_that_find_it_running_at_once_are_one_violation_and_both_are_kept(netbar, pair, leader):
    answers = at_once(
        lambda: look(netbar, 10, "operating", officers=pair), lambda: look(netbar, 11, "operating", officers=[leader])
    )
    assert all(isinstance(answer, Inspection) for answer in answers), answers
    assert spans(netbar) == [("open", at(10), None)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_finding_it_running_and_seeing_it_closed_at_once_is_a_stopped_violation(netbar, pair, leader):
    for minutes in range(0, 40, 4):
        at_once(
            lambda m=minutes: look(netbar, m, "operating", officers=pair),
            lambda m=minutes: look(netbar, m + 2, "closed", officers=[leader]),
        )
    assert spans(netbar) == [("stopped", at(m), at(m + 2)) for m in range(0, 40, 4)]


@pytest.mark.race
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_holding_the_venue_a_look_is_overlooked(netbar, pair, leader, monkeypatch):
    """SQLite lets one write at a time anyway; on PostgreSQL the guard is the row lock of the venue."""
    from venues.models import inspections

    for room in (module, inspections):
        monkeypatch.setattr(room, "hold", lambda venue: venue)
    answers = []
    for minutes in range(0, 80, 4):
        answers += at_once(
            lambda m=minutes: look(netbar, m, "operating", officers=pair),
            lambda m=minutes: look(netbar, m + 2, "closed", officers=[leader]),
        )
    all_kept = all(isinstance(answer, Inspection) for answer in answers)
    assert not all_kept or spans(netbar) != [("stopped", at(m), at(m + 2)) for m in range(0, 80, 4)]
