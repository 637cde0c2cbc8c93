"""Published duties for the tests of changes: a roster put in force without the acts of planning."""

import datetime

from enforcement.models.duty import Assignment, DutyChange, Roster, RosterVersion, Shift, ShiftPattern
from venues.moments import parse_as_of

HOUR = datetime.timedelta(hours=1)
T = parse_as_of("2020-01-24T08:00")  # the first duty begins
BEFORE = T - 20 * HOUR  # when people ask


def published(by, first=T):
    """The published version of a roster of sixty days around `first`."""
    pattern, _new = ShiftPattern.objects.get_or_create(name="两班")
    days = datetime.timedelta(days=30)
    roster = Roster.objects.create(
        title="值班表", starts_on=(first - days).date(), ends_on=(first + days).date(), pattern=pattern, created_by=by
    )
    return RosterVersion.objects.create(
        roster=roster, number=1, state="published", published_by=by, published_at=first - days
    )


def serve(version, officer, role="officer", start=T, hours=12, **more):
    """An assignment in force on the shift that begins then."""
    span = {"start": start, "end": start + hours * HOUR}
    shift, _new = Shift.objects.get_or_create(
        version=version, start=start, defaults={"end": span["end"], "name": "白班"}
    )
    more = {"entered_at": version.published_at, **span, **more}
    return Assignment.objects.create(shift=shift, officer=officer, role=role, **more)


def in_force(**filters):
    """[(name, role, hours after T of the start, of the end)] of what the roster says now."""
    rows = Assignment.objects.in_force().filter(**filters).select_related("officer").order_by("start", "role", "pk")
    return [(row.officer.name, row.role, (row.start - T) / HOUR, (row.end - T) / HOUR) for row in rows]


def ask(duty, kind="cover", by=None, **more):
    """A change asked for by the one whose duty it is, well before it."""
    more.setdefault("at", BEFORE)
    return DutyChange.objects.ask(by=by or duty.officer, kind=kind, assignment=duty, reason="家中有事", **more)
