"""A correction is a further row: the first look stays, counts no more, and what followed from it is drawn anew."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from venues.models import Inspection, Target, Violation
from venues.tests.looking import MINUTE, T, look
from venues.tests.racing import at_once
from venues.transitions import Refused, TooLate


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def states(venue):
    return list(venue.violations.order_by("found_at", "pk").values_list("state", "found_at", "stopped_at"))


def at(minutes):
    return T + minutes * MINUTE


def test_the_first_look_stays_as_it_was(netbar, pair):
    first = look(netbar, 0, "limited", officers=pair)
    second = look(netbar, 0, "closed", officers=pair, supersedes=first)
    first.refresh_from_db()
    assert (first.result, first.superseded_by) == ("limited", second)
    assert list(Inspection.objects.standing()) == [second]


def test_nobody_changes_or_deletes_a_look(netbar, pair):
    kept = look(netbar, 0, officers=pair)
    for act in (kept.save, kept.delete):
        with pytest.raises(Refused):
            act()
    for tamper in (
        lambda: Inspection.objects.filter(pk=kept.pk).update(result="operating"),
        lambda: Inspection.officers.through.objects.filter(inspection=kept).update(officer=pair[0]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            tamper()


def test_a_look_is_corrected_once_and_the_second_is_told_who_was_first(netbar, pair, leader):
    first = look(netbar, 0, "limited", officers=pair)
    look(netbar, 0, officers=pair, supersedes=first, by=leader, recorded_at=at(30))
    with pytest.raises(TooLate) as told:
        look(netbar, 0, "not_found", officers=pair, supersedes=first)
    assert leader.name in told.value.sentence() and "2020-01-24 17:00" in told.value.sentence()


def test_a_correction_sent_twice_is_one(netbar, pair):
    first, key = look(netbar, 0, "limited", officers=pair), uuid.uuid4()
    corrections = [look(netbar, 0, officers=pair, supersedes=first, client_uuid=key) for _twice in range(2)]
    assert corrections[0] == corrections[1]


def test_a_correction_is_corrected_in_turn(netbar, pair):
    first = look(netbar, 0, "limited", officers=pair)
    second = look(netbar, 0, "closed", officers=pair, supersedes=first)
    third = look(netbar, 1, "closed", officers=pair, supersedes=second)
    assert list(Inspection.objects.standing()) == [third]


def test_a_correction_about_another_venue_is_refused(netbar, ktv, pair):
    first = look(netbar, 0, officers=pair)
    with pytest.raises(Refused):
        look(ktv, 0, officers=pair, supersedes=first)


def test_the_targets_facts_follow_the_correction(order, netbar, pair):
    first = look(netbar, 10, "closed", officers=pair)
    look(netbar, 10, "limited", officers=pair, supersedes=first)
    target = Target.objects.get(order=order, venue=netbar)
    assert (target.last_look_result, target.first_verified_at) == ("limited", None)


def test_nothing_was_running_after_all_so_the_violation_is_withdrawn(netbar, pair):
    first = look(netbar, 10, "operating", officers=pair)
    look(netbar, 10, "closed", officers=pair, supersedes=first)
    violation = netbar.violations.get()
    assert violation.state == "withdrawn"
    assert violation.moves.last().text


@pytest.mark.parametrize("act", ["order_rectification", "resolve"])
def test_even_a_settled_violation_is_withdrawn_when_its_look_was_wrong(netbar, pair, act):
    first = look(netbar, 10, "operating", officers=pair)
    look(netbar, 20, "closed", officers=pair)
    getattr(netbar.violations.get(), act)(by=pair[0], text="责令停业")
    look(netbar, 10, "closed", officers=pair, supersedes=first)
    violation = netbar.violations.get()
    assert violation.state == "withdrawn"
    assert [move.to_state for move in violation.moves.all()][-2] in ("ordered", "resolved")


def test_a_closing_look_that_was_wrong_opens_the_violation_again(netbar, pair):
    look(netbar, 10, "operating", officers=pair)
    closing = look(netbar, 20, "closed", officers=pair)
    look(netbar, 20, "operating", officers=pair, supersedes=closing)
    violation = netbar.violations.get()
    assert (violation.state, violation.stopped_at, violation.stopped_by) == ("open", None, None)
    assert violation.moves.last().text


def test_a_corrected_time_moves_the_times_and_keeps_what_was_done(netbar, pair):
    first = look(netbar, 10, "operating", officers=pair)
    closing = look(netbar, 20, "closed", officers=pair)
    netbar.violations.get().order_rectification(by=pair[0], text="责令停业", case_no="1")
    look(netbar, 5, "operating", officers=pair, supersedes=first)
    look(netbar, 25, "closed", officers=pair, supersedes=closing)
    assert states(netbar) == [("ordered", at(5), at(25))]


def test_two_violations_that_were_one_become_one(netbar, pair):
    look(netbar, 10, "operating", officers=pair)
    between = look(netbar, 20, "closed", officers=pair)
    look(netbar, 30, "operating", officers=pair)
    assert len(states(netbar)) == 2
    look(netbar, 20, "limited", officers=pair, supersedes=between)
    assert sorted(states(netbar)) == [("open", at(10), None), ("withdrawn", at(30), None)]


def test_a_look_from_afar_that_was_on_the_spot_opens_what_it_should(netbar, pair):
    first = look(netbar, 10, "operating", officers=pair, method="online")
    assert not netbar.violations.exists()
    look(netbar, 10, "operating", officers=pair, supersedes=first)
    assert states(netbar) == [("open", at(10), None)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_wins(netbar, pair):
    first = look(netbar, 0, "limited", officers=pair)
    answers = at_once(
        lambda: look(netbar, 0, "closed", officers=pair, supersedes=first),
        lambda: look(netbar, 0, "not_found", officers=pair, supersedes=first),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Inspection", "TooLate"]
    assert Violation.objects.count() == 0
