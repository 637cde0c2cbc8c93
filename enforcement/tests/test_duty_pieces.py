"""Whatever is covered in whatever order, a duty stays one: its pieces leave no hole, do not overlap, and each second is served by
the one who should. Held against a plain list of who serves each quarter of an hour."""

import datetime
import itertools

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from enforcement.duty.changing import Handing
from enforcement.models.duty import Assignment, DutyChange
from enforcement.tests.duties import T, published, serve
from venues.transitions import Refused

QUARTER = datetime.timedelta(minutes=15)
LENGTH = 48  # quarters in twelve hours

spans = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).filter(lambda span: span[0] < span[1])


@given(row=spans, cut=spans)
def test_the_pieces_of_one_cut_are_the_whole(row, cut):
    start, end = max(row[0], cut[0]), min(row[1], cut[1])
    if start >= end:
        return
    giver, taker = object(), object()
    pieces = _cut(giver, taker, row, (start, end))
    assert pieces[0][1] == row[0] and pieces[-1][2] == row[1]
    assert all(before[2] == after[1] and before[1] < before[2] for before, after in itertools.pairwise(pieces))
    assert [(start, end) for who, start, end in pieces if who is taker] == [(start, end)]
    assert _cut(giver, None, row, (start, end)) == [piece for piece in pieces if piece[0] is giver]


def _cut(giver, taker, row, cut):
    """The pieces as (who, start, end), without a database."""

    class Row:
        officer, start, end = giver, row[0], row[1]

    class Bare(Handing):
        def _piece(self, officer, start, end):
            return officer, start, end

    return Bare(Row, taker, *cut).pieces()


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    phases=set(Phase) - {Phase.shrink, Phase.explain},
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plan=st.lists(st.tuples(spans, st.integers(0, 2), st.integers(0, 3)), max_size=7))
def test_many_covers_in_any_order_leave_no_hole(plan, leader, duty_officer, second_duty_officer, inspector):
    """Each step: whoever serves the first quarter of a span gives as much of the span as he has to another person. Covers are
    approved; now and then somebody takes over instead, and now and then the leader refuses the take-over."""
    people = [duty_officer, second_duty_officer, inspector]
    with transaction.atomic():
        duty = serve(published(leader), duty_officer, "phone")
        serving = [duty_officer] * LENGTH
        for (first, last), whose, way in plan:
            row = Assignment.objects.in_force().get(start__lte=T + first * QUARTER, end__gt=T + first * QUARTER)
            last = min(last, (row.end - T) // QUARTER)
            taker = people[whose]
            if taker == row.officer:
                continue
            last = _change(row, taker, first, last, way, leader)
            if way != 3:
                serving[first:last] = [taker] * (last - first)
        rows = list(Assignment.objects.in_force().select_related("officer").order_by("start"))
        assert (rows[0].start, rows[-1].end) == (duty.start, duty.end)
        assert all(one.end == other.start for one, other in itertools.pairwise(rows))
        assert [row.officer for row in rows for _quarter in range((row.end - row.start) // QUARTER)] == serving
        assert all(row.role == "phone" and row.shift_id == duty.shift_id for row in rows)
        transaction.set_rollback(True)


def _change(row, taker, first, last, way, leader):
    """Returns the quarter up to which the taker has it."""
    if way < 2:
        span = {"start": T + first * QUARTER, "end": T + last * QUARTER}
        change = DutyChange.objects.ask(by=row.officer, kind="cover", assignment=row, reason="x", at=T, **span)
        try:
            change.take(by=taker, at=T)
        except Refused:
            raise AssertionError("nobody serves elsewhere here") from None
        change.approve(by=leader, at=T)
        return last
    values = {"by": taker, "assignment": row, "start": T + first * QUARTER, "reason": "x"}
    change = DutyChange.objects.take_over(at=T, **values)
    if way == 3:
        change.refuse(by=leader, at=T)
    else:
        change.approve(by=leader, at=T)
    return (row.end - T) // QUARTER
