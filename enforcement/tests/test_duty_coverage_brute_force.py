"""Coverage and clashes against plain twins that look at every second, and at every pair, of random rosters."""

import datetime
import itertools
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.duty.clashes import clashes
from enforcement.duty.coverage import demands
from enforcement.duty.intervals import clipped, clock_windows, length, merged, shared, without
from enforcement.duty.sweep import Away, Demand, Duty, sweep
from enforcement.models import CoverageRule

T = datetime.datetime(2020, 1, 24, 0, 0, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
LENGTH = 30  # seconds of a window
officers = st.integers(1, 4)
spans = st.tuples(st.integers(-3, LENGTH), st.integers(1, 14)).map(lambda x: (at(x[0]), at(x[0] + x[1])))
duties = st.lists(
    st.tuples(officers, st.sampled_from(["leader", "phone", "officer"]), spans).map(lambda x: Duty(x[0], x[1], *x[2])),
    max_size=9,
)
aways = st.lists(st.tuples(officers, spans).map(lambda x: Away(x[0], *x[1])), max_size=3)
rules = st.lists(
    st.tuples(
        st.sampled_from(["leader", "phone", "post"]), st.integers(1, 3), st.booleans(), st.lists(spans, max_size=2)
    ),
    max_size=4,
)


def at(second):
    return T + second * SECOND


def made(rule):
    post, minimum, out_counts_against, held = rule
    one = CoverageRule(post=post, minimum=minimum, out_counts_against=out_counts_against)
    return Demand(one, merged(held) or [(at(0), at(LENGTH))])


def holds(span_list, moment):
    return any(start <= moment < end for start, end in span_list)


def missing_at(moment, rule, duties, away, out):
    """How many people are wanting by this rule at a moment, straight from the text of the rules."""
    there = {duty.officer_id for duty in duties} - {a.officer_id for a in away if a.start <= moment < a.end}
    if rule.out_counts_against:
        there -= {a.officer_id for a in out if a.start <= moment < a.end}
    serving = [d for d in duties if d.start <= moment < d.end and d.officer_id in there]
    leading = {d.officer_id for d in serving if d.role == "leader"}
    if rule.post == "leader":
        return max(rule.minimum - len(leading), 0)
    roles = {"phone": {"phone"}, "post": {"phone", "officer"}}[rule.post]
    return max(rule.minimum - len({d.officer_id for d in serving if d.role in roles} - leading), 0)


@settings(max_examples=2500, deadline=None)
@given(rules, duties, aways, aways)
def test_the_sweep_finds_what_a_look_at_every_second_finds(rules, duties, away, out):
    wanted = [made(rule) for rule in rules]
    found = sweep(wanted, duties, away, out, at(0), at(LENGTH))
    required = unstaffed = unled = 0
    expected = {}
    for second in range(LENGTH):
        holding = [d.rule for d in wanted if holds(d.spans, at(second))]
        broken = [(rule, n) for rule in holding if (n := missing_at(at(second), rule, duties, away, out))]
        required += bool(holding)
        unled += any(rule.post == "leader" for rule, _n in broken)
        unstaffed += any(rule.post != "leader" for rule, _n in broken)
        expected.update({(id(rule), second): n for rule, n in broken})
    got = {}
    for gap in found.gaps:
        for second in range((gap.start - T) // SECOND, (gap.end - T) // SECOND):
            assert (id(gap.rule), second) not in got
            got[id(gap.rule), second] = gap.missing
    assert got == expected
    assert (found.required, found.unstaffed, found.unled) == (required * SECOND, unstaffed * SECOND, unled * SECOND)
    for one, other in itertools.combinations(found.gaps, 2):  # merged: nothing stands in two pieces
        if one.rule is other.rule:
            assert one.missing != other.missing or one.end < other.start or other.end < one.start


clock = st.one_of(st.none(), st.tuples(st.times(), st.times()))


@settings(max_examples=300, deadline=None)
@given(clock, st.integers(0, 3 * 1440), st.integers(1, 3 * 1440))
def test_a_rule_with_hours_of_the_day_holds_at_the_minutes_of_these_hours(hours, first, minutes):
    start = T + datetime.timedelta(minutes=first)
    end = start + datetime.timedelta(minutes=minutes)
    opens, closes = hours or (None, None)
    rule = CoverageRule(post="phone", minimum=1, window_from=opens, window_until=closes, valid_from=T, day_types="all")
    (demand,) = demands([rule], start, end)
    for n in range(0, minutes, 7):
        moment = start + datetime.timedelta(minutes=n)
        now = (moment + datetime.timedelta(hours=8)).time()  # Asia/Shanghai
        if hours is None or opens == closes:
            wanted = True
        elif opens < closes:
            wanted = opens <= now < closes
        else:
            wanted = now >= opens or now < closes
        assert holds(demand.spans, moment) == wanted


pairs = st.lists(spans, max_size=6)


@settings(max_examples=500, deadline=None)
@given(pairs, pairs)
def test_intervals_are_the_sets_of_their_seconds(one, other):
    def seconds(found):
        return {n for n in range(-5, LENGTH + 20) if holds(found, at(n))}

    a, b = merged(one), merged(other)
    assert seconds(a) == seconds(one) and seconds(shared(a, b)) == seconds(a) & seconds(b)
    assert seconds(without(a, b)) == seconds(a) - seconds(b)
    assert length(a) == len(seconds(a)) * SECOND
    assert seconds(list(clipped(a, at(3), at(9)))) == seconds(a) & set(range(3, 9))
    assert all(x[1] < y[0] for x, y in itertools.pairwise(a))


def test_a_night_runs_into_the_next_day_and_belongs_to_the_date_on_which_it_began():
    day = datetime.date(2020, 1, 24)
    (found,) = clock_windows(day, day, datetime.time(22), datetime.time(6))
    assert found == (day, (T + datetime.timedelta(hours=14), T + datetime.timedelta(hours=22)))


rows = st.lists(
    st.tuples(officers, st.integers(0, 60), st.integers(1, 30), st.integers(1, 40)).map(
        lambda x: SimpleNamespace(officer_id=x[0], shift_id=x[3], start=hour(x[1]), end=hour(x[1] + x[2]))
    ),
    max_size=7,
)


def hour(n):
    return T + datetime.timedelta(hours=n)


@settings(max_examples=1000, deadline=None)
@given(rows)
def test_whoever_is_needed_twice_at_once_is_found_and_nobody_else(rows):
    found = {id(clash.second) for clash in clashes(rows) if clash.kind == "overlap"}
    ordered = sorted(rows, key=lambda row: (row.officer_id, row.start, row.end))
    twice = {
        id(row)
        for n, row in enumerate(ordered)
        if any(before.officer_id == row.officer_id and before.end > row.start for before in ordered[:n])
    }
    assert found == twice
    assert all(clash.blocks for clash in clashes(rows) if clash.kind == "overlap")


@settings(max_examples=1000, deadline=None)
@given(rows)
def test_rest_is_counted_from_the_end_of_the_duty_before(rows):
    rows = [row for n, row in enumerate(rows) if not any(overlap(row, other) for other in rows[:n])]
    found = {(id(c.first), id(c.second)) for c in clashes(rows) if c.kind == "rest"}
    for one, other in itertools.permutations(rows, 2):
        if one.officer_id != other.officer_id or one.shift_id == other.shift_id or one.end > other.start:
            continue
        if any(r.officer_id == one.officer_id and one.end <= r.start < other.start for r in rows):
            continue  # somebody between them
        if any(r.officer_id == one.officer_id and r.end == one.start and r.shift_id == one.shift_id for r in rows):
            continue  # one duty in two rows: its length is another
        needed = 12 if one.end - one.start <= datetime.timedelta(hours=12) else 24
        assert ((id(one), id(other)) in found) == (other.start - one.end < datetime.timedelta(hours=needed))


def overlap(one, other):
    return one.officer_id == other.officer_id and one.start < other.end and other.start < one.end
