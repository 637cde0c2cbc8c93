"""The first set-up: what the officers' own data propose as groups, pattern and rotations, made in one act."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.models.duty import DutyGroup, Rotation, ShiftPattern
from venues.transitions import Refused

DAY_BEGINS = datetime.time(8)
SEATS = 2  # of a group on one shift; when it has more members, they take turns


@dataclass
class Proposal:
    """What would be made. `teams` are those of whom a group can be made: {text of the team: its officers}; `groups` are there
    already, and so are `patterns` and the `lanes` that have a rotation."""

    teams: dict = field(default_factory=dict)
    leaders: list = field(default_factory=list)
    groups: list = field(default_factory=list)
    patterns: list = field(default_factory=list)
    lanes: set = field(default_factory=set)

    @property
    def is_done(self):
        """Whether a roster can be planned with what is there."""
        return bool(self.patterns and {Rotation.Lane.LEADER, Rotation.Lane.POST} <= self.lanes)


def proposal():
    """The Proposal for what is missing. Four queries."""
    officers = list(get_user_model().objects.active().filter(is_wall_screen=False).order_by("badge_no", "username"))
    found = Proposal(
        leaders=[officer for officer in officers if officer.can_lead],
        groups=list(DutyGroup.objects.active()),
        patterns=list(ShiftPattern.objects.active()),
        lanes=set(Rotation.objects.active().values_list("lane", flat=True)),
    )
    if not found.groups:
        teams = defaultdict(list)
        for officer in officers:
            if officer.team.strip() and not officer.can_lead:
                teams[officer.team.strip()].append(officer)
        found.teams = dict(sorted(teams.items(), key=lambda team: (len(team[0]), team[0])))
    return found


def usual(teams):
    """The teams that are proposed as groups: those of at least two who are as big as the biggest, by half at the least."""
    biggest = max((len(officers) for officers in teams.values()), default=0)
    return [team for team, officers in teams.items() if len(officers) >= max(2, biggest / 2 + 0.5)]


@transaction.atomic
def set_up(*, by, teams, since):
    """Make the groups of these teams, the day of 24 hours from 08:00, and the two rotations, each where there is none yet; the
    rotations are counted from the date `since`; members of bigger groups take turns. Raises Refused when there is nobody to make them of."""
    found = proposal()
    groups = found.groups
    if not groups:
        groups = [
            DutyGroup.objects.make(by=by, name=_named(team), members=found.teams[team], since=since)
            for team in teams
            if team in found.teams
        ]
    if not groups:
        raise Refused(_("Tick at least one team that becomes a duty group, or make a group by hand."))
    if not found.leaders and Rotation.Lane.LEADER not in found.lanes:
        raise Refused(_("Nobody may lead a shift yet: an administrator allows it on the page of an officer."))
    pattern = found.patterns[0] if found.patterns else _whole_day(by)
    fields = {"by": by, "pattern": pattern, "anchor_on": since}
    if Rotation.Lane.LEADER not in found.lanes:
        Rotation.objects.make(name=_("Leaders in turn"), lane=Rotation.Lane.LEADER, entries=found.leaders, **fields)
    if Rotation.Lane.POST not in found.lanes:
        turning = any(len(group.members_on(since)) > SEATS for group in groups)
        Rotation.objects.make(
            name=_("Groups in turn"), lane=Rotation.Lane.POST, entries=groups, seats=SEATS, turning=turning, **fields
        )


def _named(team):
    return _("Group %(number)s") % {"number": team} if team.isdecimal() else team[:40]


def _whole_day(by):
    return ShiftPattern.objects.make(by=by, name=_("24 hours from 08:00"), borders=[(DAY_BEGINS, _("whole day"))])
