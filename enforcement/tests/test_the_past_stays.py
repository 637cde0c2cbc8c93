"""The same question asked for the same past moment gives the same answer a day later, whatever people did in between.

What is recorded later and *happened* earlier may change it; each act here happens a day after the moment.
"""

import json

import pytest
import time_machine

from enforcement.catalogue import described
from enforcement.figures import figures
from enforcement.figures_json import as_json
from enforcement.supplies import stock
from enforcement.tests.later_acts_at_the_desk import ACTS
from enforcement.tests.the_past import BEGIN, DAY, HOUR, LATER, MOMENT, build, looked
from venues.board import Board
from venues.models import ClosureOrder, Venue


@pytest.fixture
def clock():
    with time_machine.travel(BEGIN, tick=False) as moving:
        yield moving


@pytest.fixture
def world(request, clock, db):
    return build(request.getfixturevalue, clock)


def answers():
    """Everything that is told about MOMENT, whatever it is called."""
    found = figures(MOMENT)
    assert found.broken == []
    board = Board(
        ClosureOrder.objects.get(number=found.closures["order"]), MOMENT, live=False, may=lambda permission: True
    )
    return {
        "figures": json.loads(as_json(found)),
        "texts": {key: one.text for key, one in described(found).items()},
        "stock": {row.item.name: (row.on_hand, row.low, row.days_of_cover, row.item.norm) for row in stock(MOMENT)},
        "board": {"violations": board.violations["n"], "running": board.violations["running"], "curve": board.standing.net_closed},
    }  # fmt: skip


def told_apart(before, after, path=""):
    """The leaves that differ, as sentences."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [line for key in keys for line in told_apart(before.get(key), after.get(key), f"{path}.{key}")]
    return [] if before == after else [f"{path}: {before!r} is now {after!r}"]


@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_the_next_day_leaves_the_answer_as_it_was(name, world, clock):
    before = answers()
    clock.move_to(LATER)
    ACTS[name](world)
    clock.move_to(LATER + DAY)
    assert told_apart(before, answers()) == []


def test_the_world_has_something_in_every_part(world):
    found = figures(MOMENT)
    closures, hotline, refunds = found.closures, found.complaints, found.refunds
    assert (closures["verified"], closures["stale"], closures["violating"], closures["targets"]) == (2, 0, 1, 4)
    assert min(found.patrols.values()) >= 0 and found.patrols["visits"] == 3
    assert found.duty["leader"] and found.duty["gaps"] and found.duty["staffed_seconds"]
    assert hotline["answered"] == 2 and hotline["by_status"]["merged"] == 1
    assert (refunds["agencies"], refunds["silent"], refunds["nil_returns"]) == (4, 1, 1)
    assert found.supplies["mask"]["on_hand"] == 120 and stock(MOMENT)[0].low
    assert found.staff == {"on_duty": 2, "checked": 2, "abnormal": 1, "isolated": 1}


def _withdrawn(world):
    world.violation.withdraw(by=world.leader, text="系员工自用")


def _look_corrected(world):
    pair = [world.inspector, world.second_inspector]
    wrong = world.running.inspections.get()
    looked(world.inspector, world.running, wrong.observed_at, "closed", pair, supersedes=wrong)


def _places_merged(world):
    twin = Venue.objects.create(name="皇冠歌厅", category=world.running.category, district=world.qinzhou)
    looked(world.inspector, twin, MOMENT - HOUR, "closed", [world.inspector, world.second_inspector])
    twin.merge_into(world.running, by=world.editor)


@pytest.mark.parametrize("correct", [_withdrawn, _look_corrected, _places_merged])
def test_a_correction_of_what_was_written_down_holds_for_its_own_moment(correct, world, clock):
    """It says what was so all along: a violation that was none, a look as it really was, two entries that always were one place.
    A signed report keeps what was known."""
    before = answers()
    clock.move_to(LATER)
    correct(world)
    changed = {line.split(".")[2] for line in told_apart(before, answers()) if line.startswith(".figures")}
    assert changed and changed <= {"closures", "patrols"}


def test_the_comparison_names_what_differs():
    assert told_apart({"a": {"b": 1}}, {"a": {"b": 2}, "c": 3}) == [".a.b: 1 is now 2", ".c: None is now 3"]
