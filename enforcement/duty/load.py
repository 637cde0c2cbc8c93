"""Load per person: the time of duty, and how much of it fell into the night, on days of rest and on statutory holidays.

By intersection with the clock and the calendar, never by the name of a shift. The night is 22:00–06:00; a day of rest is what
the calendar says: the make-up workday on a Saturday is none, the weekday that a holiday moved is one. Planned is what the
roster in force says, each moment of a person once; real is that less leave and absence.
"""

import dataclasses
import datetime
from collections import defaultdict

from django.contrib.auth import get_user_model
from django.utils import timezone

from enforcement.duty.coverage import subtractions
from enforcement.duty.intervals import DAY, NOTHING, clock_windows, length, merged, shared, without
from enforcement.models.duty.calendar import CalendarDay, DayType
from enforcement.models.duty.rosters import Assignment, Role

NIGHT = (datetime.time(22), datetime.time(6))
_WHOLE_DAY = (datetime.time(), datetime.time())


@dataclasses.dataclass(frozen=True)
class Hours:
    """Time of duty, as timedeltas. `all` = workday + rest + statutory; night cuts across the three."""

    all: datetime.timedelta = NOTHING
    night: datetime.timedelta = NOTHING
    workday: datetime.timedelta = NOTHING
    rest: datetime.timedelta = NOTHING
    statutory: datetime.timedelta = NOTHING

    def __add__(self, other):
        return Hours(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))


@dataclasses.dataclass(frozen=True)
class Load:
    """One person's share: planned and real Hours, the number of shifts, and the planned time in each role."""

    officer: object
    shifts: int
    roles: dict  # {Role: timedelta}; who has two roles at once has both
    planned: Hours
    real: Hours


def load(start, end):
    """The Loads of everybody whom the roster in force names within [start, end), the most loaded first. Six queries."""
    rows = Assignment.objects.in_force().touching(start, end).order_by()
    named, spans, shifts = defaultdict(list), defaultdict(list), defaultdict(set)
    for officer_id, role, shift_id, first, last in rows.values_list("officer_id", "role", "shift_id", "start", "end"):
        span = (max(first, start), min(last, end))
        named[officer_id, role].append(span)
        spans[officer_id].append(span)
        shifts[officer_id].add(shift_id)
    gone = defaultdict(list)
    for away in subtractions(start, end):
        gone[away.officer_id].append((away.start, away.end))
    hours = _Hours(start, end)
    officers = get_user_model().objects.in_bulk(spans)
    loads = [
        Load(
            officer=officers[pk],
            shifts=len(shifts[pk]),
            roles={role: length(merged(named[pk, role])) for role in Role},
            planned=hours.of(planned := merged(spans[pk])),
            real=hours.of(without(planned, merged(gone[pk]))),
        )
        for pk in spans
    ]
    return sorted(loads, key=lambda one: (-one.planned.all, str(one.officer)))


class _Hours:
    """The hours of a window by the clock and by the calendar, laid out once for everybody."""

    def __init__(self, start, end):
        first, last = timezone.localdate(start) - DAY, timezone.localdate(end)
        types = CalendarDay.objects.types(first, last)
        self.night = merged(span for _date, span in clock_windows(first, last, *NIGHT))
        days = list(clock_windows(first, last, *_WHOLE_DAY))
        self.of_kind = {kind: merged(span for date, span in days if types[date] == kind) for kind in DayType}

    def of(self, spans):
        """The Hours of one person's merged spans."""
        kinds = {kind: length(shared(spans, windows)) for kind, windows in self.of_kind.items()}
        return Hours(
            all=length(spans),
            night=length(shared(spans, self.night)),
            workday=kinds[DayType.WORKDAY],
            rest=kinds[DayType.REST],
            statutory=kinds[DayType.STATUTORY],
        )
