"""A published roster for tests: watches of twelve hours from H, put in force without the acts of planning."""

import datetime

from enforcement.models.duty import Assignment, Roster, RosterVersion, Shift, ShiftPattern
from venues.moments import parse_as_of

H = parse_as_of("2020-01-24T08:00")
HOURS = datetime.timedelta(hours=1)
WATCH = 12 * HOURS


def roster(by, *, starts_on=None, ends_on=None):
    """The published version of a roster of January 2020."""
    pattern, _new = ShiftPattern.objects.get_or_create(name="两班")
    month = Roster.objects.create(
        title="2020年1月值班表", starts_on=starts_on or datetime.date(2020, 1, 1), ends_on=ends_on or datetime.date(2020, 1, 31),
        pattern=pattern, created_by=by,
    )  # fmt: skip
    return RosterVersion.objects.create(roster=month, number=1, state="published", published_by=by, published_at=H)


def watch(version, start=H, *, group=None, lasts=WATCH, leader=None, phone=None, officer=None):
    """A shift with the people on it, in force; returns {role: assignment}."""
    shift = Shift.objects.create(version=version, start=start, end=start + lasts, name="白班", group=group)
    people = {"leader": leader, "phone": phone, "officer": officer}
    return {role: put(shift, person, role) for role, person in people.items() if person is not None}


def put(shift, officer, role, **span):
    span = {"start": shift.start, "end": shift.end, **span}
    return Assignment.objects.create(
        shift=shift, officer=officer, role=role, entered_at=shift.version.published_at, **span
    )


def named(at):
    """{role: [names]} of those on duty at the moment."""
    from django.contrib.auth import get_user_model

    found = {}
    for officer in get_user_model().objects.on_duty(at):
        found.setdefault(officer.duty_role, []).append(officer.name)
    return found
