"""Who serves on which shift by the rotations: computed from each rotation's anchor, so that made again it changes nothing."""

import datetime
import itertools
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.models.duty import (
    Assignment,
    CalendarDay,
    DayType,
    DayTypes,
    GroupMembership,
    Leave,
    Role,
    Rotation,
)
from enforcement.models.safety import Isolation
from venues.transitions import Refused

_DAY = datetime.timedelta(days=1)
_ORDER = (Rotation.Lane.LEADER, Rotation.Lane.PHONE, Rotation.Lane.POST, Rotation.Lane.OFFICER)
_NARROW = {DayTypes.ALL: 0, DayTypes.WORKDAYS: 1, DayTypes.FREE: 1, DayTypes.STATUTORY: 2}


@dataclass(frozen=True)
class Skipped:
    """A seat that a rotation left empty, or somebody whom it passed over, and why (a translated sentence)."""

    start: datetime.datetime
    rotation: Rotation
    because: str


@dataclass
class Filling:
    """What rotations make of shifts: unsaved assignments, the group of each shift by its start, and who was passed over."""

    rows: list = field(default_factory=list)
    groups: dict = field(default_factory=dict)
    skipped: list = field(default_factory=list)


def filling(rotations, shifts, *, pattern, taken=()):
    """The Filling of `shifts` (of one version, saved or not) by `rotations`, beside the assignments `taken`, which keep their
    seats. A rotation for some days only goes before the one for every day of the same lane. Raises Refused for a rotation of
    another pattern. A constant number of queries."""
    rotations = [rotation for rotation in rotations if rotation.is_active]
    for rotation in rotations:
        if rotation.pattern_id != pattern.pk:
            raise Refused(_("The rotation %(rotation)s is of another shift pattern.") % {"rotation": rotation})
    prefetch_related_objects(rotations, "entries__officer", "entries__group")
    return _Filler(rotations, list(shifts), pattern, taken).fill() if shifts else Filling()


class _Filler:
    def __init__(self, rotations, shifts, pattern, taken):
        self.rotations, self.shifts, self.result = rotations, shifts, Filling()
        self.borders = {border.at: place for place, border in enumerate(pattern.borders.order_by("at"))}
        days = [shift.date for shift in shifts] + [rotation.anchor_on for rotation in rotations]
        self.types = CalendarDay.objects.types(min(days), max(days))
        self.served = {}
        self.members = _memberships(rotations)
        self.leaves = _leaves(shifts)
        self.isolated = _isolated(shifts)
        self.taken = defaultdict(list)
        for row in taken:
            self.taken[row.shift.start].append(row)

    def fill(self):
        for shift in self.shifts:
            for rotation in self._of(shift):
                self._serve(rotation, shift)
        return self.result

    def _of(self, shift):
        """The rotations that serve on this shift, in the order of the lanes."""
        day = self.types[shift.date]
        for lane in _ORDER:
            found = [
                r for r in self.rotations if r.lane == lane and DayTypes(r.day_types).holds(day) and r.entries.all()
            ]
            narrowest = max((_NARROW[r.day_types] for r in found), default=0)
            found = [r for r in found if _NARROW[r.day_types] == narrowest]
            yield from found if lane == Rotation.Lane.OFFICER else found[:1]

    def turn(self, rotation, shift):
        """(the entry whose turn the shift is, how often it served before): P[(offset + n // hold) % len]."""
        place = self.borders.get(timezone.localtime(shift.start).time().replace(tzinfo=None), 0)
        n = self._days_served(rotation, shift.date) * max(len(self.borders), 1) + place
        entries = list(rotation.entries.all())
        round_, index = divmod(rotation.offset + n // rotation.hold, len(entries))
        return entries[index], round_ * rotation.hold + n % rotation.hold

    def _days_served(self, rotation, date):
        """How many days of this rotation lie from its anchor to `date`; negative before the anchor."""
        key = rotation.anchor_on, rotation.day_types
        if key not in self.served:
            self.served[key] = _counted(self.types, *key)
        return self.served[key][date]

    def _serve(self, rotation, shift):
        entry, before = self.turn(rotation, shift)
        if entry.group_id:
            self.result.groups.setdefault(shift.start, entry.group)
            people = self._people(rotation, entry.group_id, shift, before)
        else:
            people = [entry.officer]
        present = []
        for officer in people:
            if because := self._missing(officer, shift):
                self._skip(shift, rotation, because)
            else:
                present.append(officer)
        if rotation.lane in (Rotation.Lane.LEADER, Rotation.Lane.PHONE):
            self._seat(rotation, shift, present, Role(rotation.lane), 1, alone=not entry.group_id)
        elif rotation.lane == Rotation.Lane.OFFICER:
            self._seat(rotation, shift, present, Role.OFFICER, rotation.seats if entry.group_id else 1)
        else:
            self._seat(rotation, shift, present, Role.PHONE, 1)
            self._seat(rotation, shift, present, Role.OFFICER, rotation.seats - 1)

    def _people(self, rotation, group, shift, before):
        """The members of the group on the date of the shift, beginning with whose turn it is."""
        rows = [
            row for row in self.members[group] if row.since <= shift.date and (not row.until or row.until > shift.date)
        ]
        people = [row.officer for row in rows]
        first = before * rotation.seats % len(people) if people and rotation.turning else 0
        return people[first:] + people[:first]

    def _missing(self, officer, shift):
        """Why this officer cannot serve on the shift at all, or an empty string."""
        if not officer.is_active:
            return _("The account of %(officer)s is not active.") % {"officer": officer}
        if any(leave.start < shift.end and leave.end > shift.start for leave in self.leaves[officer.pk]):
            return _("%(officer)s is on leave.") % {"officer": officer}
        if any(start < shift.end and (end is None or end > shift.start) for start, end in self.isolated[officer.pk]):
            return _("%(officer)s is excused from duty.") % {"officer": officer}  # why is nobody's business here
        return ""

    def _seat(self, rotation, shift, people, role, seats, alone=False):
        """Put the first of `people` who may and who have nothing else on this shift into the seats that are still free."""
        rows = self.taken[shift.start]
        free = seats - sum(row.role == role for row in rows)
        wanting = free > 0
        for officer in people:
            if free <= 0:
                break
            if any(row.officer_id == officer.pk for row in rows):
                continue
            if because := role.unfit(officer):
                if alone:
                    self._skip(shift, rotation, because)
                continue
            row = Assignment(
                shift=shift,
                officer=officer,
                role=role,
                start=shift.start,
                end=shift.end,
                source=Assignment.Source.ROTATION,
            )
            rows.append(row)
            self.result.rows.append(row)
            free -= 1
        if wanting and free > 0 and not alone:
            role_name = role.label
            self._skip(shift, rotation, _("Too few people for: %(role)s.") % {"role": role_name})

    def _skip(self, shift, rotation, because):
        self.result.skipped.append(Skipped(shift.start, rotation, because))


def _counted(types, anchor, day_types):
    """{date: days that count from the anchor to this date, without it}; dates before the anchor count downwards."""
    holds = {kind: DayTypes(day_types).holds(kind) for kind in DayType}
    dates = sorted(types)
    sums = dict(zip(dates, itertools.accumulate((holds[types[day]] for day in dates[:-1]), initial=0), strict=True))
    return {day: count - sums[anchor] for day, count in sums.items()}


def _memberships(rotations):
    """{pk of a group: its memberships in order, with their officers}. One query."""
    groups = {entry.group_id for rotation in rotations for entry in rotation.entries.all() if entry.group_id}
    found = defaultdict(list)
    for row in GroupMembership.objects.filter(group__in=groups).select_related("officer").order_by("position", "pk"):
        found[row.group_id].append(row)
    return found


def _leaves(shifts):
    """{pk of an officer: approved leave that touches the time of the shifts}. One query."""
    found = defaultdict(list)
    for leave in Leave.objects.approved().touching(min(s.start for s in shifts), max(s.end for s in shifts)):
        found[leave.officer_id].append(leave)
    return found


def _isolated(shifts):
    """{pk of an officer: (start, end) of isolations that touch the time of the shifts; one without an end goes on}. One query."""
    found = defaultdict(list)
    rows = Isolation.objects.touching(min(s.start for s in shifts), max(s.end for s in shifts))
    for officer, start, end in rows.values_list("officer", "start", "end"):
        found[officer].append((start, end))
    return found
