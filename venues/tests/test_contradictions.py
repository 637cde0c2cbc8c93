"""Looks of two officers are both kept: the same result confirms, another one within half an hour raises an alert."""

import pytest

from venues.models import Alert, Inspection
from venues.tests.looking import MINUTE, T, look


@pytest.fixture
def pair(inspector, second_inspector):
    return [inspector, second_inspector]


def contradictions():
    return Alert.objects.filter(source="contradiction")


def test_the_same_result_confirms(netbar, pair, leader):
    look(netbar, 0, officers=pair)
    look(netbar, 10, officers=[leader])
    assert Inspection.objects.count() == 2 and not contradictions().exists()


@pytest.mark.parametrize("arrival", [1, -1])
def test_another_result_within_half_an_hour_is_a_contradiction_in_any_order(netbar, pair, leader, arrival):
    for minutes, result, officers in [(0, "closed", pair), (30, "operating", [leader])][::arrival]:
        look(netbar, minutes, result, officers=officers)
    alert = contradictions().get()
    assert (alert.venue, alert.raised_at, alert.answered_at) == (netbar, T + 30 * MINUTE, None)
    assert pair[0].name in alert.words and leader.name in alert.words


def test_after_half_an_hour_it_is_a_change(netbar, pair, leader):
    look(netbar, 0, "closed", officers=pair)
    look(netbar, 31, "operating", officers=[leader])
    assert not contradictions().exists()


def test_the_same_officers_do_not_contradict_themselves(netbar, pair):
    look(netbar, 0, "closed", officers=pair)
    look(netbar, 10, "operating", officers=pair)
    assert not contradictions().exists()


def test_the_closing_look_of_a_violation_contradicts_nothing(netbar, pair, leader):
    look(netbar, 0, "operating", officers=pair)
    look(netbar, 10, "closed", officers=[leader])
    assert not contradictions().exists()


def test_operating_and_concealed_say_the_same(netbar, pair, leader):
    look(netbar, 0, "operating", officers=pair)
    look(netbar, 10, "concealed", officers=[leader])
    assert not contradictions().exists()


def test_opposite_results_of_one_moment_contradict(netbar, pair, leader):
    look(netbar, 0, "operating", officers=pair)
    look(netbar, 0, "closed", officers=[leader])
    assert contradictions().count() == 1


def test_a_corrected_look_contradicts_nothing(netbar, pair, leader):
    first = look(netbar, 0, "operating", officers=pair)
    look(netbar, 0, "closed", officers=pair, supersedes=first)
    look(netbar, 5, "closed", officers=[leader])
    assert not contradictions().exists()


def test_one_unanswered_alert_is_enough_to_send_somebody(netbar, pair, leader):
    for minutes, result, officers in [(0, "closed", pair), (5, "limited", [leader]), (9, "closed", pair)]:
        look(netbar, minutes, result, officers=officers)
    assert contradictions().count() == 1
