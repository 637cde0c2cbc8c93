"""What there is to see of the roster: one of everything, made on the duty of the demo."""

import datetime

from enforcement.models import (
    Absence,
    Assignment,
    CalendarDay,
    CalendarFeed,
    CoverageRule,
    Custody,
    DutyChange,
    DutyGroup,
    DutyLogEntry,
    Handover,
    Leave,
    Roster,
    Rotation,
    ShiftPattern,
)

_DAY = datetime.timedelta(days=1)


def things(users, now):
    """{what: its words in a path}; `users` by letter, the leader and the telephone officer of the demo on duty at `now`."""
    leader, duty, inspector = users["L"], users["D"], users["I"]
    second = Assignment.objects.in_force().covering(now).get(role="officer").officer
    roster = Roster.objects.latest("starts_on")
    roster.new_draft(by=leader)
    handover = Handover.objects.prepare(by=duty, incoming=second, post="phone")
    handover.note(by=duty, text="钥匙在值班室左边抽屉")
    DutyLogEntry.objects.write(by=duty, text="局办来电：明早八时报送日报", kind="order")
    DutyLogEntry.objects.write(by=duty, text="", kind="nil")
    ahead = Assignment.objects.in_force().filter(start__gt=now + _DAY).order_by("start")
    own = ahead.filter(role="phone").first()
    change = DutyChange.objects.ask(by=own.officer, kind="cover", assignment=own, reason="家中老人住院")
    leave = Leave.objects.ask(by=inspector, kind="annual", start=now + 20 * _DAY, end=now + 25 * _DAY, reason="探亲")
    absence = Absence.objects.leave_post(by=duty, officer=second, reason="去药店取药", told_to=leader)
    feed, secret = CalendarFeed.objects.make(by=inspector, officer=inspector)
    group, pattern = DutyGroup.objects.first(), ShiftPattern.objects.first()
    rotation = Rotation.objects.filter(lane="post").first()
    return {
        "roster": {"pk": roster.pk}, "custody": {"pk": Custody.objects.open("phone").pk}, "handover": {"pk": handover.pk},
        "handover_item": {"pk": handover.pk, "item_pk": handover.items.first().pk}, "change": {"pk": change.pk},
        "leave": {"pk": leave.pk}, "absence": {"pk": absence.pk}, "feed": {"pk": feed.pk}, "feed_secret": {"token": secret},
        "duty_group": {"pk": group.pk}, "pattern": {"pk": pattern.pk}, "rotation": {"pk": rotation.pk},
        "calendar_day": {"object_id": CalendarDay.objects.first().pk}, "duty_group_row": {"object_id": group.pk},
        "pattern_row": {"object_id": pattern.pk}, "rotation_row": {"object_id": rotation.pk},
        "rule": {"object_id": CoverageRule.objects.first().pk}, "rule_pk": {"pk": CoverageRule.objects.first().pk},
    }  # fmt: skip
