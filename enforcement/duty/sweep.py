"""The sweep line under coverage: one pass over every moment at which somebody comes, goes, or a rule begins or ends to hold.

It starts from the rules and not from the shifts: with nobody on the roster the whole window is one gap. It knows neither the
database nor the clock. All intervals are half-open, the tolerance is zero.
"""

import dataclasses
import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from enforcement.duty.intervals import NOTHING, whole_seconds
from enforcement.models.duty.rosters import Role
from enforcement.models.duty.rules import CoverageRule


class Duty(NamedTuple):
    """An officer in a role of the roster for a span."""

    officer_id: int
    role: str
    start: datetime.datetime
    end: datetime.datetime


class Away(NamedTuple):
    """An officer who is not there for a span, whatever the roster says."""

    officer_id: int
    start: datetime.datetime
    end: datetime.datetime


class Demand(NamedTuple):
    """A rule (`post`, `minimum`, `out_counts_against`) and the spans in which it holds, neither overlapping nor touching."""

    rule: object
    spans: list


@dataclasses.dataclass(frozen=True)
class Gap:
    """A rule that is broken from `start` to `end`: `missing` people are wanting at its post, all the time the same number."""

    post: str
    start: datetime.datetime
    end: datetime.datetime
    missing: int
    rule: object

    @property
    def have(self):
        return self.rule.minimum - self.missing

    @property
    def seconds(self):
        """Its length in whole seconds, rounded up: no gap has none."""
        return whole_seconds(self.end - self.start)


@dataclasses.dataclass
class Swept:
    """What a sweep found: the gaps by start, and how long any rule held, one of the post was broken, one of the leader was."""

    gaps: list
    required: datetime.timedelta = NOTHING
    unstaffed: datetime.timedelta = NOTHING
    unled: datetime.timedelta = NOTHING


# What somebody counts as; who leads is not counted at the post, whatever else the roster has him do.
_NOTHING, _LEADER, _PHONE, _OFFICER = range(4)
_ROLES = {Role.LEADER: 0, Role.PHONE: 1, Role.OFFICER: 2}  # places in the list that is kept of each officer
_AWAY, _OUT, _RULE, _END = range(3, 7)
_AT_THE_POST = {
    CoverageRule.Post.LEADER: (_LEADER,),
    CoverageRule.Post.PHONE: (_PHONE,),
    CoverageRule.Post.POST: (_PHONE, _OFFICER),
}


def sweep(demands, duties, away, out, start, end):
    """The Swept of [start, end).

    demands: Demands. duties: Duties of the roster. away: Aways who count nowhere. out: Aways who are out on a patrol and count
    only where the rule lets them. Everything may begin before `start` and end after `end`.
    """
    found = Swept(gaps=[])
    officers = {}  # officer: how many spans of [leader, phone, officer, away, out] hold now
    people = [[0, 0] for _kind in range(4)]  # by what they count as: [who is in, who is out]
    holding = [0] * len(demands)
    open_gaps = [None] * len(demands)  # (since, missing) where a rule is broken
    wants = [(d.rule, d.rule.minimum, _AT_THE_POST[d.rule.post], not d.rule.out_counts_against) for d in demands]
    required = unstaffed = unled = False
    previous = start
    for moment, changes in groupby(_events(demands, duties, away, out, start, end), key=itemgetter(0)):
        passed, previous = moment - previous, moment
        if required:
            found.required += passed
        if unstaffed:
            found.unstaffed += passed
        if unled:
            found.unled += passed
        for _moment, who, place, step in changes:
            if place == _RULE:
                holding[who] += step
            elif place != _END:
                held = officers.get(who)
                if held is None:
                    held = officers[who] = [0, 0, 0, 0, 0]
                people[_counts_as(held)][held[_OUT] > 0] -= 1
                held[place] += step
                people[_counts_as(held)][held[_OUT] > 0] += 1
        required = unstaffed = unled = False
        for i, (rule, minimum, kinds, out_too) in enumerate(wants):
            missing = 0
            if holding[i]:
                required, missing = True, minimum
                for kind in kinds:
                    missing -= sum(people[kind]) if out_too else people[kind][0]
                if missing > 0 and rule.post == CoverageRule.Post.LEADER:
                    unled = True
                elif missing > 0:
                    unstaffed = True
            if missing > 0 or open_gaps[i]:
                _follow(open_gaps, i, rule, max(missing, 0), moment, found.gaps)
    found.gaps.sort(key=lambda gap: gap.start)
    return found


def _counts_as(held):
    leads, phone, officer, away, _out = held
    if away:
        return _NOTHING
    return _LEADER if leads else _PHONE if phone else _OFFICER if officer else _NOTHING


def _follow(open_gaps, i, rule, missing, moment, gaps):
    """Close the gap of rule `i` when the number of the missing changed at `moment`, and open the next."""
    since, before = open_gaps[i] or (moment, 0)
    if missing == before:
        return
    if before:
        gaps.append(Gap(rule.post, since, moment, before, rule))
    open_gaps[i] = (moment, missing) if missing else None


def _events(demands, duties, away, out, start, end):
    """(moment, who, place, step) of everything within [start, end), by moment; `who` of a rule is its place in the list. At the
    end everything stops, at the latest."""
    events = [(end, 0, _END, 0)]
    for who, role, begins, ends in duties:
        _add(events, who, _ROLES[role], begins, ends, start, end)
    for place, spans in ((_AWAY, away), (_OUT, out)):
        for who, begins, ends in spans:
            _add(events, who, place, begins, ends, start, end)
    for i, demand in enumerate(demands):
        for begins, ends in demand.spans:
            _add(events, i, _RULE, begins, ends, start, end)
    events.sort(key=itemgetter(0))
    return events


def _add(events, who, place, begins, ends, start, end):
    if begins < start:
        begins = start
    if ends > end:
        ends = end
    if begins < ends:
        events.append((begins, who, place, 1))
        events.append((ends, who, place, -1))
