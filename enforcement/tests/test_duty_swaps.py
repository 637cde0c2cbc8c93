"""A swap: one duty for another; a duty that is offered in return is agreed to first."""

import pytest
from django.utils import translation

from enforcement.models.duty import DutyChange
from enforcement.tests.duties import BEFORE, HOUR, T, ask, in_force, published, serve
from venues.transitions import Refused, TooLate

State = DutyChange.State


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def version(leader):
    return published(leader)


@pytest.fixture
def duty(version, duty_officer):
    return serve(version, duty_officer, "phone")


def test_a_swap_for_a_named_duty_changes_both(duty, version, second_duty_officer, leader):
    other = serve(version, second_duty_officer, "officer", T + 48 * HOUR)
    change = ask(duty, "swap", counter=other)
    assert change.asked_of == second_duty_officer
    change.take(by=second_duty_officer, at=BEFORE)
    assert change.state == State.AGREED
    change.approve(by=leader, at=BEFORE)
    assert in_force() == [("徐玉", "phone", 0, 12), ("钟子磊", "officer", 48, 60)]


def test_an_open_swap_is_agreed_once_the_giver_likes_what_is_offered(duty, version, second_duty_officer, leader):
    other = serve(version, second_duty_officer, "officer", T + 48 * HOUR)
    change = ask(duty, "swap")
    change.take(by=second_duty_officer, counter=other, at=BEFORE)
    assert change.state == State.OFFERED
    with pytest.raises(TooLate):
        change.approve(by=leader, at=BEFORE)
    with pytest.raises(Refused, match="钟子磊"):
        change.agree(by=second_duty_officer, at=BEFORE)
    change.agree(by=duty.officer, at=BEFORE + HOUR)
    assert (change.state, change.giver_agreed_at) == (State.AGREED, BEFORE + HOUR)
    change.approve(by=leader, at=BEFORE + HOUR)
    assert in_force() == [("徐玉", "phone", 0, 12), ("钟子磊", "officer", 48, 60)]


def test_an_offer_that_is_declined_opens_the_swap_again(duty, version, second_duty_officer, inspector):
    other = serve(version, second_duty_officer, "officer", T + 48 * HOUR)
    change = ask(duty, "swap")
    change.take(by=second_duty_officer, counter=other, at=BEFORE)
    change.decline(by=duty.officer, at=BEFORE)
    assert (change.state, change.taker, change.counter) == (State.OPEN, None, None)


def test_two_on_one_shift_swap_their_roles(duty, version, second_duty_officer, leader):
    other = serve(version, second_duty_officer, "officer")
    change = ask(duty, "swap", counter=other)
    change.take(by=second_duty_officer, at=BEFORE)
    change.approve(by=leader, at=BEFORE)
    assert in_force() == [("钟子磊", "officer", 0, 12), ("徐玉", "phone", 0, 12)]


@pytest.mark.parametrize("begun", ["given", "in return"])
def test_a_duty_that_has_begun_is_not_swapped(begun, duty, version, second_duty_officer, leader):
    shift = -24 if begun == "in return" else 48
    other = serve(version, second_duty_officer, "officer", T + shift * HOUR, hours=12)
    with pytest.raises(Refused, match="begun"):
        ask(duty, "swap", counter=other, at=T - 20 * HOUR if begun == "in return" else T + HOUR)


def test_an_offer_must_be_ones_own(duty, version, second_duty_officer, inspector):
    other = serve(version, inspector, "officer", T + 48 * HOUR)
    change = ask(duty, "swap")
    for counter in (None, other):
        with pytest.raises(Refused, match="yours"):
            change.take(by=second_duty_officer, counter=counter, at=BEFORE)
