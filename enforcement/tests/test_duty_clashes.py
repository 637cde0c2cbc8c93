"""Clashes of a plan: twice at once, too little rest; a duty in two rows is one duty."""

import datetime
import itertools
from types import SimpleNamespace

import pytest
from django.utils import translation

from enforcement.duty.clashes import around, clashes, sentence
from enforcement.models import Roster
from enforcement.tests.watches import HOURS, H, roster, watch

_shifts = itertools.count(1)


def row(begins, lasts, officer=1, shift=None):
    start = H + begins * HOURS
    return SimpleNamespace(
        officer_id=officer, officer=f"officer {officer}", shift_id=shift or next(_shifts), start=start,
        end=start + lasts * HOURS,
    )  # fmt: skip


def kinds(*rows):
    return [(clash.kind, clash.hours, clash.needed) for clash in clashes(rows)]


def test_one_person_twice_at_once_is_a_clash_that_always_blocks(settings):
    settings.DUTY_REST_BLOCKS = False
    (clash,) = clashes([row(0, 12), row(11, 12)])
    assert (clash.kind, clash.hours, clash.blocks) == ("overlap", 1, True)


def test_two_roles_in_one_shift_are_twice_at_once():
    assert kinds(row(0, 12, shift=7), row(0, 12, shift=7)) == [("overlap", 12, 0)]


def test_two_people_do_not_clash():
    assert kinds(row(0, 24, officer=1), row(0, 24, officer=2)) == []


@pytest.mark.parametrize(
    ("lasts", "rest", "wanted"),
    [
        (12, 12, []),
        (12, 11.5, [("rest", 11.5, 12)]),
        (24, 24, []),
        (24, 23, [("rest", 23, 24)]),
        (13, 12, [("rest", 12, 24)]),  # longer than 12 h: the rest of a long shift
    ],
)
def test_rest_follows_the_length_of_the_shift(lasts, rest, wanted):
    assert kinds(row(0, lasts), row(lasts + rest, 8)) == wanted


def test_two_shifts_back_to_back_are_two_without_rest():
    assert kinds(row(0, 24), row(24, 24)) == [("rest", 0, 24)]


def test_a_duty_cut_in_two_rows_is_one_duty():
    assert kinds(row(0, 10, shift=8), row(10, 14, shift=8)) == []
    assert kinds(row(0, 10, shift=9), row(10, 14, shift=9), row(36, 8)) == [("rest", 12, 24)]


def test_too_little_rest_warns_or_blocks_as_the_settings_say(settings):
    settings.DUTY_REST_AFTER_SHORT = 16
    for blocks in (False, True):
        settings.DUTY_REST_BLOCKS = blocks
        (clash,) = clashes([row(0, 12), row(24, 12)])
        assert (clash.needed, clash.blocks) == (16, blocks)


def test_a_clash_is_said_in_words():
    with translation.override("en"):
        said = [sentence(clash) for clash in clashes([row(0, 24), row(20, 4), row(30.5, 4)])]
    assert said == [
        "officer 1 is needed twice at once, for 4 h.",
        "officer 1 has 6.5 h of rest instead of 24 h.",
    ]


def test_the_shifts_around_a_period_are_those_that_can_clash_with_it(leader, duty_officer):
    january = roster(leader)
    near = watch(january, H + 7 * 24 * HOURS, lasts=24 * HOURS, phone=duty_officer)["phone"]  # 31 January 8:00
    watch(january, H, phone=duty_officer)
    february = Roster.objects.create(
        title="二月", starts_on=datetime.date(2020, 2, 1), ends_on=datetime.date(2020, 2, 29),
        pattern=january.roster.pattern,
    )  # fmt: skip
    assert around(february) == [near]
    assert around(january.roster) == []
