"""The duty of an event: groups, pattern and rotations that give its shifts, the published roster, and who had the posts."""

import datetime

from django.utils import timezone

from enforcement.models import (
    Assignment,
    CoverageRule,
    Custody,
    DutyGroup,
    GroupMembership,
    Roster,
    Rotation,
    RotationEntry,
    ShiftPattern,
)

PATTERN = "24小时班"
ROLES = {"leader": "leader", "phone_officer": "phone", "second_officer": "officer"}  # column: role


def shifts(event):
    """Load shifts.csv as one published roster; its plan is whole, what was done (custody) goes until the clock of the load."""
    rows, officers = event.rows("shifts.csv"), event.officers()
    starts = [event.moment(row["start"]) for row in rows]
    first, last = (timezone.localtime(moment).date() for moment in (starts[0], starts[-1]))
    if Roster.objects.filter(starts_on=first).exists():
        return 0
    pattern = _pattern(timezone.localtime(starts[0]).time())
    groups = _groups(rows, officers, since=first)
    _rotations(rows, officers, pattern, groups, anchor=first)
    CoverageRule.objects.hold_from(starts[0])
    author = officers[rows[0]["leader"]]
    draft = Roster.objects.open(
        by=author, title=f"{first:%Y年%-m月%-d日}至{last:%-m月%-d日}值班表", starts_on=first, ends_on=last,
        pattern=pattern, at=starts[0],
    )  # fmt: skip
    made = {shift.start: shift for shift in draft.shifts.all()}
    draft.assign_all(
        [
            (made[start], officers[row[column]], role, start, event.moment(row["end"]))
            for start, row in zip(starts, rows, strict=True)
            for column, role in ROLES.items()
        ],
        by=author, at=starts[0], source=Assignment.Source.IMPORT,
    )  # fmt: skip
    for start, row in zip(starts, rows, strict=True):
        draft.shifts.filter(pk=made[start].pk).update(group=groups.get(row["group"]))
    draft.publish(by=author, at=starts[0])
    for post, column in ((Custody.Post.LEADER, "leader"), (Custody.Post.PHONE, "phone_officer")):
        _custody(post, [(s, officers[row[column]]) for s, row in zip(starts, rows, strict=True) if event.happened(s)])
    return len(rows)


def go_on(*, days, by, at):
    """Publish `days` more days of duty after the last roster, made by the rotations. Returns the version, None without a roster."""
    before = Roster.objects.order_by("ends_on").last()
    if before is None:
        return None
    first = before.ends_on + datetime.timedelta(days=1)
    last = before.ends_on + datetime.timedelta(days=days)
    draft = Roster.objects.open(
        by=by, title=f"{first:%Y年%-m月%-d日}至{last:%-m月%-d日}值班表", starts_on=first, ends_on=last,
        pattern=before.pattern, at=at,
    )  # fmt: skip
    draft.fill(list(Rotation.objects.filter(pattern=before.pattern, is_active=True)), by=by, at=at)
    draft.publish(by=by, at=at)
    return draft


def _pattern(border):
    pattern, created = ShiftPattern.objects.get_or_create(name=PATTERN)
    if created:
        pattern.borders.create(at=border, name="全天")
    return pattern


def _groups(rows, officers, *, since):
    """{number in the file: DutyGroup}, with those officers as members whose team says so, who serve first."""
    serving = {}
    for row in rows:
        serving.setdefault(row["group"], [row["phone_officer"], row["second_officer"]])
    groups = {}
    for place, (number, pair) in enumerate(sorted(serving.items())):
        groups[number], _created = DutyGroup.objects.get_or_create(name=f"{number}组", defaults={"position": place})
        team = officers[pair[0]].team
        others = [badge for badge, o in officers.items() if team and o.team == team and badge not in pair]
        for position, badge in enumerate([*pair, *sorted(others)]):
            GroupMembership.objects.get_or_create(
                group=groups[number],
                officer=officers[badge],
                until=None,
                defaults={"since": since, "position": position},
            )
    return groups


def _rotations(rows, officers, pattern, groups, *, anchor):
    """The two rotations of which the shifts of the file are the turns, for the wizard to go on with."""
    leaders = [officers[badge] for badge in dict.fromkeys(row["leader"] for row in rows)]
    lanes = [
        ("带班领导轮值", Rotation.Lane.LEADER, [{"officer": officer} for officer in leaders]),
        ("值班组轮值", Rotation.Lane.POST, [{"group": groups[n]} for n in dict.fromkeys(row["group"] for row in rows)]),
    ]
    for name, lane, entries in lanes:
        rotation, created = Rotation.objects.get_or_create(
            name=name, defaults={"pattern": pattern, "lane": lane, "anchor_on": anchor}
        )
        if created:
            RotationEntry.objects.bulk_create(
                RotationEntry(rotation=rotation, position=place, **entry) for place, entry in enumerate(entries)
            )


def _custody(post, turns):
    """The chain of one post over `turns`, (moment, officer) in order; a chain that people have begun themselves stays theirs."""
    if not turns or Custody.objects.filter(post=post).exists():
        return
    (moment, officer), *later = turns
    link = Custody.objects.take_first(by=officer, post=post, officer=officer, at=moment)
    for moment, officer in later:
        if officer != link.officer:
            link = link.pass_on(officer, at=moment, kind=Custody.Kind.HANDOVER, handed_by=link.officer)
