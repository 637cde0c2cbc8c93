"""The month as a grid: days across, a row for each role of each shift, the strips of coverage below. For plans and rosters alike."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from enforcement.models.duty import Assignment, CalendarDay, CoverageRule, DayType, Role

WIDE = 31  # days across; a longer period is cut at the months
_DAY = datetime.timedelta(days=1)
_WEEKDAYS = [
    pgettext_lazy("weekday", "Mo"), pgettext_lazy("weekday", "Tu"), pgettext_lazy("weekday", "We"), pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"), pgettext_lazy("weekday", "Sa"), pgettext_lazy("weekday", "Su"),
]  # fmt: skip
_POST_OF = {
    Role.LEADER: CoverageRule.Post.LEADER, Role.PHONE: CoverageRule.Post.PHONE, Role.OFFICER: CoverageRule.Post.POST,
}  # fmt: skip


@dataclass
class Day:
    """A date of the grid: what it is by the calendar, and the name of its holiday."""

    date: datetime.date
    kind: str
    name: str
    is_today: bool

    @property
    def weekday(self):
        return _WEEKDAYS[self.date.weekday()]

    @property
    def is_free(self):
        return self.kind != DayType.WORKDAY


@dataclass
class Person:
    """Somebody in a cell; `part` says that it is not the whole shift."""

    row: object
    part: bool

    @property
    def changed(self):
        return self.row.source == Assignment.Source.CHANGE


@dataclass
class Cell:
    """One role on one shift. `gap` are the seconds of it that are not covered; `begun` is not planned anew."""

    day: Day
    shift: object = None
    role: Role | None = None
    people: list = field(default_factory=list)
    gap: int = 0
    begun: bool = False


@dataclass
class Lane:
    """A row of the grid: a role (None: the groups) of the shifts that begin at one time of day."""

    role: Role | None
    shift_name: str
    cells: list

    @property
    def label(self):
        return self.role.label if self.role else ""


@dataclass
class Strip:
    """How a post is covered, duty day by duty day, for the 24 hours from `begins`: each cell is (Day, bars), the bars (x and
    width of 240) where it is not."""

    post: CoverageRule.Post
    begins: datetime.time
    cells: list


@dataclass
class Block:
    """A stretch of days that fits across."""

    days: list
    lanes: list
    strips: list
    by_day: list  # (Day, [(shift, [cell of each role])]) for the narrow screen


def grid(rows, shifts, coverage, *, at=None, plans_from=None):
    """The Blocks of these shifts with the assignments `rows` (each with .shift and .officer) and the gaps of a Coverage. `at`
    marks today; shifts that begin before `plans_from` count as begun. One query, for the calendar."""
    shifts = sorted(shifts, key=lambda shift: shift.start)
    today = timezone.localdate(at)
    people, shifts_of = defaultdict(list), defaultdict(list)
    for row in rows:
        part = (row.start, row.end) != (row.shift.start, row.shift.end)
        people[row.shift.start, row.role].append(Person(row, part))
    for shift in shifts:
        shifts_of[shift.date].append(shift)
    days = _days(shifts[0].date, shifts[-1].date, today)
    maker = _Maker(people, shifts_of, coverage, plans_from)
    return [maker.block(chunk) for chunk in _chunks(days)]


def _days(first, last, today):
    names = dict(CalendarDay.objects.filter(date__range=(first, last)).values_list("date", "name"))
    types = CalendarDay.objects.types(first, last)
    return [Day(date, kind, names.get(date, ""), date == today) for date, kind in types.items()]


def _chunks(days):
    if len(days) <= WIDE:
        return [days]
    return [list(month) for _key, month in groupby(days, key=lambda day: (day.date.year, day.date.month))]


class _Maker:
    def __init__(self, people, shifts_of, coverage, plans_from):
        self.people, self.shifts_of, self.coverage, self.plans_from = people, shifts_of, coverage, plans_from
        self.names = {}
        for shifts in shifts_of.values():
            for shift in shifts:
                self.names.setdefault(timezone.localtime(shift.start).time(), shift.name)
        self.begins = min(self.names)

    def block(self, days):
        clocks = sorted({timezone.localtime(s.start).time() for day in days for s in self.shifts_of[day.date]})
        lanes = []
        for clock in clocks:
            row = [(day, self._shift_at(day.date, clock)) for day in days]
            lanes.append(Lane(None, self._name(clock, clocks), [Cell(day, shift) for day, shift in row]))
            lanes += [Lane(role, self._name(clock, clocks), [self._cell(*pair, role) for pair in row]) for role in Role]
        strips = [Strip(post, self.begins, [self._strip_cell(day, post) for day in days]) for post in CoverageRule.Post]
        by_day = [
            (day, [(shift, [self._cell(day, shift, role) for role in Role]) for shift in self.shifts_of[day.date]])
            for day in days
        ]
        return Block(days, lanes, strips, by_day)

    def _name(self, clock, clocks):
        """What the shift of this time of day is called; nothing where there is only one a day."""
        return (self.names[clock] or f"{clock:%H:%M}") if len(clocks) > 1 else ""

    def _shift_at(self, date, clock):
        return next((s for s in self.shifts_of[date] if timezone.localtime(s.start).time() == clock), None)

    def _cell(self, day, shift, role):
        if shift is None:
            return Cell(day)
        begun = self.plans_from is not None and shift.start < self.plans_from
        gap = sum(
            (min(gap.end, shift.end) - max(gap.start, shift.start)).total_seconds()
            for gap in self.coverage.gaps
            if gap.post == _POST_OF[role] and gap.start < shift.end and gap.end > shift.start
        )
        return Cell(day, shift, role, self.people[shift.start, role], int(gap), begun)

    def _strip_cell(self, day, post):
        """(Day, [(x, width)]) of 240 = 24 hours of the duty day, for the gaps of this post on it."""
        start = datetime.datetime.combine(day.date, self.begins, ZoneInfo(settings.TIME_ZONE))
        end = datetime.datetime.combine(day.date + _DAY, self.begins, ZoneInfo(settings.TIME_ZONE))
        length = (end - start).total_seconds()
        bars = []
        for gap in self.coverage.gaps:
            if gap.post == post and gap.start < end and gap.end > start:
                x = (max(gap.start, start) - start).total_seconds() / length * 240
                width = (min(gap.end, end) - max(gap.start, start)).total_seconds() / length * 240
                bars.append((round(x, 1), max(round(width, 1), 2)))
        return day, bars
