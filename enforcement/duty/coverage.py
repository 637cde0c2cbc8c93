"""Is every minute staffed and led? Gaps from the coverage rules, to the second, for what is in force and for what is planned.

- `coverage(start, end)`: the roster in force less leave, absence, isolation and patrols. Certificate, figures, strips of the grid.
- `plan_coverage(assignments, start, end)`: the rows of a draft less approved leave. Wizard, draft, publication.
- `broken_at(at, without=…)`: the rules that are broken at one moment. The head of every page, the warning before a dispatch.
- `sentence(broken)`: a Broken or a Gap in words.

What an officer counts as: who leads at a moment is not counted at the post; the telephone officer is one of the people at the
post; who is on leave or has left the post counts nowhere; who is out on a patrol counts where the rule lets him. Sitting
before a screen (an online patrol) is not being out.
"""

import dataclasses
import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.duty.intervals import clipped, clock_windows, merged, whole_seconds
from enforcement.duty.sweep import Away, Demand, Duty, Gap, sweep
from enforcement.models.duty.absences import Absence, Leave
from enforcement.models.duty.calendar import CalendarDay, DayTypes
from enforcement.models.duty.rosters import Assignment
from enforcement.models.duty.rules import CoverageRule
from enforcement.models.safety import Isolation
from venues.models import Patrol

__all__ = ["Broken", "Coverage", "Gap", "broken_at", "coverage", "plan_coverage", "sentence", "subtractions"]

MOMENT = datetime.timedelta(microseconds=1)  # the shortest span that the database can hold
MIDNIGHT = datetime.time()


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How a window was covered. Seconds are whole; what is missing is rounded up, so that a hole never rounds to nothing."""

    start: datetime.datetime
    end: datetime.datetime
    required_seconds: int  # in which any rule holds
    staffed_seconds: int  # of these, in which no rule but the leader's is broken
    led_seconds: int  # of these, in which the leader's is not broken
    gaps: list  # Gaps by start; those of one rule touch only where the number of the missing changes
    rules: list  # the CoverageRules that hold at some moment of the window

    @property
    def is_whole(self):
        """Whether something was required and nothing was missing: with no rule nothing is proved."""
        return bool(self.required_seconds) and not self.gaps


@dataclasses.dataclass(frozen=True)
class Broken:
    """A rule that is broken at a moment, with how many people it has and how many are wanting."""

    rule: CoverageRule
    have: int
    missing: int


def coverage(start, end, *, away=(), at=None):
    """The Coverage of [start, end) by the roster in force, less `subtractions` and patrols.

    away: further (officer_id, start, end) that would subtract: "what would this leave uncover?". at: the moment until which
    somebody who has not come back counts as away (None: now). Eight queries at the most.
    """
    return _covered(
        start, end, _in_force(start, end), [*subtractions(start, end, at=at), *away], outings(start, end, at=at)
    )


def plan_coverage(assignments, start, end, *, away=(), known_at=None):
    """The Coverage of [start, end) by these rows (anything with .officer_id .role .start .end), less approved leave: who is
    at lunch now is not missing next month. known_at: only leave approved by then. Three queries at the most."""
    duties = [Duty(row.officer_id, row.role, row.start, row.end) for row in assignments]
    return _covered(start, end, duties, [*_on_leave(start, end, known_at), *away], [])


def broken_at(at, without=(), *, away=()):
    """The rules that are broken at the moment `at`, as Broken in the order of the rules.

    without: officers (or their ids) taken as out on a patrol besides those who are: a leader may still lead from the car, by
    his rule. away: officers taken as not there at all.
    """
    end = at + MOMENT
    out = [*outings(at, end, at=end), *(Away(_id(officer), at, end) for officer in without)]
    gone = [*subtractions(at, end, at=end), *(Away(_id(officer), at, end) for officer in away)]
    gaps = _covered(at, end, _in_force(at, end), gone, out).gaps
    return [Broken(gap.rule, gap.have, gap.missing) for gap in gaps]


def sentence(broken):
    """A Broken or a Gap in words, in the language of the reader."""
    rule, words = broken.rule, {"have": broken.have, "minimum": broken.rule.minimum}
    if rule.post == CoverageRule.Post.LEADER:
        return _("%(have)s of %(minimum)s leaders on duty.") % words if broken.have else _("Nobody leads.")
    if rule.post == CoverageRule.Post.PHONE:
        return (
            _("%(have)s of %(minimum)s at the telephone.") % words if broken.have else _("Nobody holds the telephone.")
        )
    return _("%(have)s of %(minimum)s people at the post.") % words if broken.have else _("Nobody is at the post.")


def subtractions(start, end, *, at=None):
    """Who is not there within [start, end) though the roster may name him: Aways of approved leave, absence and isolation. The one
    place to which a further reason is added. An absence that is not over lasts until `at` (None: now); isolation whose end nobody
    knows lasts throughout: who is ill is not expected back tomorrow."""
    return [
        *_on_leave(start, end),
        *_gone(Absence.objects.touching(start, end), "left_at", "back_at", at),
        *_gone(Isolation.objects.touching(start, end), "start", "end", end),
    ]


def outings(start, end, *, at=None):
    """Who is out on a patrol within [start, end), as Aways, members and leaders; an open one lasts until `at` (None: now)."""
    patrols = Patrol.objects.exclude(kind=Patrol.Kind.ONLINE).filter(left_at__lt=end)
    patrols = patrols.filter(Q(returned_at=None) | Q(returned_at__gt=start)).order_by()
    return [
        *_gone(patrols.filter(members__isnull=False), "left_at", "returned_at", at, officer="members"),
        *_gone(patrols, "left_at", "returned_at", at, officer="led_by_id"),
    ]


def demands(rules, start, end):
    """These rules with the spans of [start, end) in which each holds, as Demands. A query only when one asks for the day."""
    first, last = timezone.localdate(start) - datetime.timedelta(days=1), timezone.localdate(end)
    by_day = any(rule.day_types != DayTypes.ALL for rule in rules)
    types = CalendarDay.objects.types(first, last) if by_day else {}
    return [Demand(rule, _spans(rule, start, end, first, last, types)) for rule in rules]


def _spans(rule, start, end, first, last, types):
    begins, ends = max(rule.valid_from, start), min(rule.valid_until or end, end)
    if rule.window_from is None and rule.day_types == DayTypes.ALL:
        return merged([(begins, ends)])
    opens, closes = rule.window_from or MIDNIGHT, rule.window_until or MIDNIGHT
    days = DayTypes(rule.day_types)
    windows = clock_windows(first, last, opens, closes)
    return merged(
        clipped((span for date, span in windows if days == DayTypes.ALL or days.holds(types[date])), begins, ends)
    )


def _covered(start, end, duties, away, out):
    if end <= start:
        return Coverage(start, end, 0, 0, 0, [], [])
    rules = list(CoverageRule.objects.within(start, end))
    found = sweep(demands(rules, start, end), duties, away, out, start, end)
    required = found.required // datetime.timedelta(seconds=1)
    return Coverage(
        start=start,
        end=end,
        required_seconds=required,
        staffed_seconds=max(required - whole_seconds(found.unstaffed), 0),
        led_seconds=max(required - whole_seconds(found.unled), 0),
        gaps=found.gaps,
        rules=rules,
    )


def _in_force(start, end):
    rows = Assignment.objects.in_force().touching(start, end).order_by()
    return rows.values_list("officer_id", "role", "start", "end").iterator(chunk_size=5000)


def _on_leave(start, end, known_at=None):
    rows = Leave.objects.approved().touching(start, end).order_by()
    if known_at is not None:
        rows = rows.filter(decided_at__lte=known_at)
    return [Away(*row) for row in rows.values_list("officer_id", "start", "end")]


def _gone(rows, left, back, at, officer="officer_id"):
    still = at or timezone.now()
    found = rows.order_by().values_list(officer, left, back)
    return [Away(who, since, until or still) for who, since, until in found]


def _id(officer):
    return getattr(officer, "pk", officer)
