"""值班表: a roster as it goes to paper and into a workbook: days, shifts, names, telephones, gaps with the signed reason."""

import dataclasses
import datetime

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from enforcement.duty.coverage import Gap, plan_coverage, sentence
from enforcement.duty.intervals import merged, without
from enforcement.models.duty.calendar import CalendarDay, DayType
from enforcement.models.duty.rosters import Assignment, Role, RosterVersion


@dataclasses.dataclass(frozen=True)
class Name:
    """Somebody on a shift; `hours` ("08:00–14:00") where it is not the whole of it; `changed` after publication."""

    officer: object
    hours: str
    changed: bool


@dataclasses.dataclass(frozen=True)
class Line:
    """A shift: its start and end, its name and group, and the Names in each Role."""

    start: datetime.datetime
    end: datetime.datetime
    name: str
    group: object
    leaders: list
    phones: list
    officers: list


@dataclasses.dataclass(frozen=True)
class Day:
    """A duty date with its shifts."""

    date: datetime.date
    kind: DayType
    holiday: str
    lines: list

    @property
    def weekday(self):
        return WEEKDAYS[self.date.weekday()]


@dataclasses.dataclass(frozen=True)
class Short:
    """A Gap in words; `later` when it was not there yet when the version was published."""

    gap: Gap
    words: str
    later: bool


@dataclasses.dataclass(frozen=True)
class Paper:
    version: RosterVersion
    days: list
    officers: list  # everybody named, with the telephones
    gaps: list  # Shorts, by start

    @property
    def signed(self):
        """The Shorts that the signer of the version saw."""
        return [short for short in self.gaps if not short.later]

    @property
    def later(self):
        """The Shorts that came by leave and changes after the publication."""
        return [short for short in self.gaps if short.later]

    @property
    def changed(self):
        """Whether a name stands here by a change of duty after publication."""
        return any(name.changed for day in self.days for line in day.lines for name in _names(line))


def paper(version):
    """The Paper of a RosterVersion: a draft and a superseded version as planned; the one that is published as it is in force
    now, with the changes that hold. Nine queries at the most, whatever the length."""
    rows = version.plan() if version.state != RosterVersion.State.PUBLISHED else version.roster.in_force()
    rows = list(rows.select_related("officer", "shift__group").order_by("start", "role", "pk"))
    shifts = {shift.start: shift for shift in version.shifts.select_related("group").order_by("start")}
    by_start = {}
    for row in rows:
        shifts.setdefault(row.shift.start, row.shift)
        by_start.setdefault(row.shift.start, []).append(row)
    lines = [_line(shifts[start], by_start.get(start, [])) for start in sorted(shifts)]
    officers = {row.officer_id: row.officer for row in rows}
    gaps = _gaps(version, rows, lines[0].start, max(line.end for line in lines)) if lines else []
    return Paper(version, _days(version.roster, lines), sorted(officers.values(), key=_by_badge), gaps)


def _gaps(version, rows, start, end):
    """The Shorts of these rows; what the signer saw is computed again from the plan and the leave approved by then."""
    found = plan_coverage(rows, start, end).gaps
    if not found or version.is_draft:
        return [Short(gap, sentence(gap), later=False) for gap in found]
    seen = {}
    for gap in plan_coverage(version.plan(), start, end, known_at=version.published_at).gaps:
        seen.setdefault(gap.rule.pk, []).append((gap.start, gap.end))
    return [
        Short(gap, sentence(gap), later=bool(without([(gap.start, gap.end)], merged(seen.get(gap.rule.pk, [])))))
        for gap in found
    ]


def _line(shift, rows):
    def names(role):
        return [_name(row, shift) for row in rows if row.role == role]

    return Line(
        shift.start, shift.end, shift.name, shift.group, names(Role.LEADER), names(Role.PHONE), names(Role.OFFICER)
    )


def _name(row, shift):
    whole = row.start == shift.start and row.end == shift.end
    hours = "" if whole else f"{timezone.localtime(row.start):%H:%M}–{timezone.localtime(row.end):%H:%M}"
    return Name(row.officer, hours, row.source == Assignment.Source.CHANGE)


def _days(roster, lines):
    types = CalendarDay.objects.types(roster.starts_on, roster.ends_on)
    holidays = dict(
        CalendarDay.objects.filter(date__range=(roster.starts_on, roster.ends_on)).values_list("date", "name")
    )
    days = {date: Day(date, kind, holidays.get(date, ""), []) for date, kind in types.items()}
    for line in lines:
        date = timezone.localtime(line.start).date()
        if date in days:
            days[date].lines.append(line)
    return list(days.values())


def _names(line):
    return [*line.leaders, *line.phones, *line.officers]


def _by_badge(officer):
    return (officer.badge_no is None, officer.badge_no or "", officer.name)


def sheet(found):
    """The arguments of `workbooks.write_sheet` for this Paper, in the language of the reader."""
    version = found.version
    return {
        "name": _("Duty roster"),
        "title": str(version.roster),
        "lines": [standing(version)],
        "header": [_("Date"), _("Weekday"), _("Holiday"), _("Shift"), _("Begins"), _("Ends"), _("Duty group"),
                   _("Leader on duty"), _("First officer (telephone)"), _("Second officer")],
        "widths": [12, 10, 14, 10, 16, 16, 12, 18, 18, 24],
        "rows": (_cells(day, line) for day in found.days for line in day.lines),
        "notes": [*_phone_lines(found), *_gap_lines(found)],
    }  # fmt: skip


def standing(version):
    """Which version this is and since when, in words."""
    if version.is_draft:
        return _("Draft: not in force")
    words = {
        "number": version.number, "who": version.published_by or "—",
        "when": timezone.localtime(version.published_at).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    if version.state == RosterVersion.State.SUPERSEDED:
        return _("Version %(number)s, published by %(who)s at %(when)s, superseded") % words
    return _("Version %(number)s, published by %(who)s at %(when)s") % words


def _cells(day, line):
    start, end = timezone.localtime(line.start), timezone.localtime(line.end)
    return [
        day.date.isoformat(), str(day.weekday), day.holiday, line.name, f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}",
        str(line.group or ""), _joined(line.leaders), _joined(line.phones), _joined(line.officers),
    ]  # fmt: skip


def _joined(names):
    return "\n".join(
        f"{one.officer}{' ' + one.hours if one.hours else ''}{' *' if one.changed else ''}" for one in names
    )


def _phone_lines(found):
    return [f"{one.badge_no or ''} {one} {one.phone}".strip() for one in found.officers if one.phone]


def _gap_lines(found):
    lines = [_("* changed after publication")] if found.changed else []
    for heading, shorts in explained(found):
        lines.append(heading)
        lines += [f"{_clock(short.gap.start)} – {_clock(short.gap.end)} {short.words}" for short in shorts]
    return lines


def _clock(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


def explained(found):
    """[(what explains these gaps, the Shorts)]: no gap stands on paper without its reason."""
    version, groups = found.version, []
    if found.signed:
        groups.append((_why(version), found.signed))
    if found.later:
        later = _(
            "These gaps were not there when the version was published: they arose from leave or changes after it."
        )
        groups.append((later, found.later))
    return groups


def _why(version):
    if version.is_draft:
        return _("Draft: the gaps are not explained yet; it cannot be published so.")
    return _("Why gaps remain: %(reason)s (signed by %(who)s)") % {
        "reason": version.gap_reason or _("no reason was signed"), "who": version.published_by or "—",
    }  # fmt: skip
