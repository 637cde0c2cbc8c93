"""The stop of a violation is its closing look; of two officers one wins and the other is told."""

import uuid

import pytest
from django.utils import timezone

from venues.models import Inspection, RejectedInspection, Violation
from venues.models.inspections import SameKeyOtherContent
from venues.tests.looking import MINUTE, T, look
from venues.tests.racing import at_once
from venues.transitions import Refused, TooLate


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


@pytest.fixture
def violation(netbar, pair):
    look(netbar, 10, "operating", officers=pair)
    return netbar.violations.get()


def stop(violation, officers, minutes=28, **values):
    values.setdefault("client_uuid", uuid.uuid4())
    return Violation.objects.get(pk=violation.pk).stop(
        by=officers[0], officers=officers, at=T + minutes * MINUTE, **values
    )


def test_the_stop_records_the_closing_look(violation, netbar, pair):
    closing = stop(violation, pair, measures="清退顾客，拉闸断电")
    violation.refresh_from_db()
    assert (violation.state, violation.stopped_by, violation.measures) == ("stopped", closing, "清退顾客，拉闸断电")
    assert (closing.result, closing.method, closing.certified, closing.venue) == ("closed", "on_site", 2, netbar)
    assert violation.lasted() == 18 * MINUTE
    assert [(move.from_state, move.to_state) for move in violation.moves.all()] == [("", "open"), ("open", "stopped")]


def test_the_second_officer_is_told_who_stopped_it_and_when(violation, pair, leader):
    stale = Violation.objects.get(pk=violation.pk)
    stop(violation, pair)
    for late in (stale, Violation.objects.get(pk=violation.pk)):
        with pytest.raises(TooLate) as told:
            late.stop(by=leader, officers=[leader], at=T + 29 * MINUTE, client_uuid=uuid.uuid4())
        assert pair[0].name in told.value.sentence() and "2020-01-24 16:58" in told.value.sentence()
    assert Inspection.objects.count() == 2


def test_a_stop_sent_twice_is_one(violation, pair):
    key = uuid.uuid4()
    assert stop(violation, pair, client_uuid=key) == stop(violation, pair, client_uuid=key)
    assert Inspection.objects.count() == 2


def test_a_stop_with_a_known_key_and_other_content_is_refused_and_kept_aside(violation, pair):
    key = uuid.uuid4()
    stop(violation, pair, client_uuid=key)
    with pytest.raises(SameKeyOtherContent):
        stop(violation, pair, 35, client_uuid=key)
    assert RejectedInspection.objects.count() == 1


@pytest.mark.parametrize("minutes", [9, 10])
def test_a_stop_lies_after_the_find(violation, pair, minutes):
    with pytest.raises(Refused):
        stop(violation, pair, minutes)
    assert Inspection.objects.count() == 1


def test_a_stop_lies_after_the_last_look_that_saw_it_running(violation, netbar, pair, leader):
    look(netbar, 30, "operating", officers=[leader])
    with pytest.raises(Refused):
        stop(violation, pair, 28)
    assert stop(violation, pair, 31)


def test_a_stop_in_the_future_and_one_that_nobody_saw_are_refused(violation, pair):
    ahead = (timezone.now() - T) / MINUTE + 10
    with pytest.raises(Refused):
        stop(violation, pair, ahead)
    with pytest.raises(Refused):
        violation.stop(by=pair[0], officers=[], at=T + 28 * MINUTE, client_uuid=uuid.uuid4())
    violation.refresh_from_db()
    assert (violation.state, violation.stopped_at) == ("open", None)


def test_a_look_that_happens_to_see_it_closed_is_enough(violation, netbar, pair):
    look(netbar, 28, "closed", officers=pair)
    with pytest.raises(TooLate):
        stop(violation, pair, 30)


# --- two at once -----------------------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_stops_at_once_one_wins(netbar, pair, leader):
    for minutes in range(0, 30, 3):
        look(netbar, minutes, "operating", officers=pair)
        violation = netbar.violations.get(state="open")
        answers = at_once(
            lambda v=violation, m=minutes: stop(v, pair, m + 1), lambda v=violation, m=minutes: stop(v, [leader], m + 2)
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Inspection", "TooLate"]
    assert Inspection.objects.filter(result="closed").count() == 10


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_read_the_state_then_save_lets_both_win(netbar, pair, leader):
    """What the conditional UPDATE prevents: both officers read "open" before either writes."""
    import threading

    look(netbar, 0, "operating", officers=pair)
    both_have_read = threading.Barrier(2)

    def naive_stop(officer):
        violation = netbar.violations.get()
        free = violation.state == "open"
        both_have_read.wait(timeout=30)
        if free:
            Violation.objects.filter(pk=violation.pk).update(state="stopped", stopped_at=T + MINUTE)
        return free

    assert at_once(lambda: naive_stop(pair[0]), lambda: naive_stop(leader)) == [True, True]
