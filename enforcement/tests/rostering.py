"""A team to plan with: five leaders, three groups of three, a day of 24 hours from 08:00, and the rotations over them."""

import datetime

from django.contrib.auth import get_user_model

from enforcement.models.duty import (
    CoverageRule,
    DutyGroup,
    GroupMembership,
    Roster,
    Rotation,
    ShiftPattern,
)
from venues.moments import parse_as_of

FIRST = datetime.date(2020, 1, 20)  # a Monday
LAST = datetime.date(2020, 2, 2)
BEFORE = parse_as_of("2020-01-15T09:00")
DAY = datetime.timedelta(days=1)


class Team:
    """Everything the wizard needs; the coverage rules hold from long before."""

    def __init__(self):
        make = get_user_model().objects.create_user
        self.leaders = [make(f"chief{n}", name=f"领导{n}", can_lead=True, badge_no=f"L{n}") for n in range(1, 6)]
        self.groups = [DutyGroup.objects.create(name=f"第{n}组", position=n) for n in range(1, 4)]
        self.people = []
        for group in self.groups:
            members = [make(f"g{group.position}m{n}", name=f"组{group.position}员{n}") for n in range(1, 4)]
            self.people.append(members)
            for place, officer in enumerate(members):
                GroupMembership.objects.create(
                    group=group, officer=officer, position=place, since=datetime.date(2019, 1, 1)
                )
        self.pattern = ShiftPattern.objects.create(name="全天 24 小时")
        self.pattern.borders.create(at=datetime.time(8), name="全天")
        self.lead = self.rotation("带班", "leader", self.leaders)
        self.post = self.rotation("值班组", "post", self.groups)
        self.rotations = [self.lead, self.post]
        CoverageRule.objects.update(valid_from=parse_as_of("2019-01-01T00:00"))

    def rotation(self, name, lane, entries, *, pattern=None, anchor_on=FIRST, **fields):
        rotation = Rotation.objects.create(
            name=name, pattern=pattern or self.pattern, lane=lane, anchor_on=anchor_on, **fields
        )
        for place, entry in enumerate(entries):
            kind = "group" if isinstance(entry, DutyGroup) else "officer"
            rotation.entries.create(position=place, **{kind: entry})
        return rotation

    def draft(self, by, *, first=FIRST, last=LAST, at=BEFORE):
        return Roster.objects.open(
            by=by, title="春节值班表", starts_on=first, ends_on=last, pattern=self.pattern, at=at
        )

    def planned(self, by, *, at=BEFORE, **days):
        """A draft without a gap."""
        version = self.draft(by, at=at, **days)
        version.fill(self.rotations, by=by, at=at)
        return version

    def published(self, by, *, at=BEFORE, **days):
        version = self.planned(by, at=at, **days)
        version.publish(by=by, at=at)
        return version


def told(rows):
    """{date: (leader, phone, others)} by names, of assignments."""
    found = {}
    for row in rows:
        found.setdefault(row.shift.date, {}).setdefault(row.role, []).append(row.officer.name)
    return {
        day: (*roles.get("leader", ["—"]), *roles.get("phone", ["—"]), *roles.get("officer", ["—"]))
        for day, roles in found.items()
    }
