"""The rows of the roster for the table of every address, and one of everything that they are about."""

import datetime
import uuid

from django.utils import timezone

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
    RosterVersion,
    Rotation,
    Shift,
    ShiftPattern,
)

SEE, SERVE, LEAD = "DILECAVS", "DIL", "L"  # everybody, who serves, who leads
READ = "DILCAS"  # who may see the roster


def rows(Address, admin_pages):
    """{name: Address} of every address of the roster."""
    own = {"of": "leave", "own": True}
    return {
        "duty:now": Address(READ), "duty:head": Address(SEE), "duty:wall": Address("DILECAVS"),
        "duty:custody": Address("DILA"), "duty:custody_take": Address(SERVE, SERVE),
        "duty:custody_approve": Address(None, LEAD, of="custody"),
        "duty:handovers": Address("DILA"), "duty:handover_new": Address(SERVE, SERVE),
        "duty:handover": Address("DILA", of="handover"), "duty:handover_accept": Address(None, SERVE, of="handover_item"),
        **{f"duty:handover_{act}": Address(None, SERVE, of="handover") for act in ("note", "refresh", "take", "withdraw", "add")},
        "duty:handover_countersign": Address(None, LEAD, of="handover"),
        "duty:log": Address("DILA"), "duty:log_new": Address(SERVE, SERVE),
        # planning
        "duty:rosters": Address(READ), "duty:roster_new": Address(LEAD, LEAD), "duty:roster": Address(READ, of="roster"),
        "duty:roster_versions": Address(READ, of="roster"), "duty:roster_redraft": Address(None, LEAD, of="roster"),
        "duty:roster_draft": Address(LEAD, of="roster"),
        **{f"duty:roster_{act}": Address(None, LEAD, of="roster") for act in ("assign", "unassign", "fill", "undo")},
        "duty:roster_discard": Address(LEAD, LEAD, of="roster"), "duty:roster_publish": Address(LEAD, LEAD, of="roster"),
        "duty:roster_paper": Address(READ, of="roster"), "duty:roster_xlsx": Address(READ, of="roster"),
        "duty:setup": Address("LS"), "duty:setup_quick": Address(None, "LS"), "duty:setup_group_new": Address("LS", "LS"),
        "duty:setup_group": Address("LS", "LS", of="duty_group"), "duty:setup_member": Address(None, "LS", of="duty_group"),
        "duty:setup_pattern_new": Address("LS", "LS"), "duty:setup_pattern_switch": Address(None, "LS", of="pattern"),
        "duty:setup_rotation_new": Address("LS", "LS"), "duty:setup_rotation": Address("LS", "LS", of="rotation"),
        "duty:setup_rules": Address("LS"), "duty:setup_rule_new": Address("LS", "LS"),
        "duty:setup_rule": Address("LS", "LS", of="rule_pk"), "duty:setup_rule_end": Address(None, "LS", of="rule_pk"),
        # changes
        "duty:mine": Address(SERVE), "duty:changes": Address(READ), "duty:change": Address(READ, of="change"),
        "duty:change_new": Address(SERVE, SERVE), "duty:takeover_new": Address(SERVE, SERVE),
        **{f"duty:change_{act}": Address(None, SERVE, of="change") for act in ("take", "answer", "withdraw")},
        "duty:change_decide": Address(None, LEAD, of="change"),
        "duty:leaves": Address("DILA"), "duty:leave": Address("ILA", **own), "duty:leave_new": Address(SERVE, SERVE),
        "duty:leave_withdraw": Address(None, SERVE, of="leave"), "duty:leave_decide": Address(None, LEAD, of="leave"),
        "duty:absence_new": Address(SERVE, SERVE), "duty:absence_back": Address(None, SERVE, of="absence"),
        "duty:feed_new": Address(None, SERVE, once=False), "duty:feed_revoke": Address(None, SERVE, of="feed"),
        "duty:feed": Address(SEE, public=True, of="feed_secret"),
        # proof
        "duty:certificate": Address("LA"), "duty:load": Address("LA"), "duty:calendar": Address(READ), "duty:calendar_mark": Address(None, "LS"),
        # administration
        **admin_pages("enforcement_calendarday", view="S", add="S", change="S", of="calendar_day"),
        **admin_pages("enforcement_dutygroup", view="S", add="S", change="S", of="duty_group_row"),
        **admin_pages("enforcement_shiftpattern", view="S", add="S", change="S", of="pattern_row"),
        **admin_pages("enforcement_rotation", view="S", add="S", change="S", of="rotation_row"),
        **admin_pages("enforcement_coveragerule", view="S", add="S", change="S", of="rule"),
    }  # fmt: skip


def world(leader, inspector, second):
    """{what: its words in a path}: a published roster with a draft, custody, a handover, a change, leave, an absence, a feed."""
    now = timezone.now().replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    today = timezone.localdate(now)
    pattern = ShiftPattern.objects.create(name="两班")
    pattern.borders.create(at=datetime.time(8))
    group = DutyGroup.objects.create(name="1组")
    rotation = Rotation.objects.create(name="组轮值", pattern=pattern, lane="post", anchor_on=today)
    rotation.entries.create(position=0, group=group)
    roster = Roster.objects.create(
        title="值班表", starts_on=today, ends_on=today + datetime.timedelta(days=9), pattern=pattern, created_by=leader
    )
    published = RosterVersion.objects.create(
        roster=roster, number=1, state="published", created_by=leader, published_by=leader, published_at=now - hour
    )
    shift = Shift.objects.create(version=published, start=now - hour, end=now + 11 * hour)
    duty = {
        role: Assignment.objects.create(
            shift=shift, officer=officer, role=role, start=shift.start, end=shift.end, entered_at=now - hour
        )
        for role, officer in (("leader", leader), ("phone", inspector), ("officer", second))
    }
    roster.new_draft(by=leader)
    first = Custody.objects.take_first(by=leader, post="phone", officer=inspector, at=now - hour)
    custody = first.pass_on(second, at=now - hour / 2, kind=Custody.Kind.TAKEOVER, reason="x")
    handover = Handover.objects.prepare(by=second, incoming=inspector, post="phone")
    handover.note(by=second, text="x")
    DutyLogEntry.objects.write(by=leader, text="x", kind="entry")
    change = DutyChange.objects.ask(by=inspector, kind="cover", assignment=duty["phone"], reason="x")
    leave = Leave.objects.ask(by=inspector, kind="annual", start=now + 30 * hour, end=now + 40 * hour)
    absence = Absence.objects.leave_post(by=second, officer=second, reason="x", told_to=leader)
    feed, secret = CalendarFeed.objects.make(by=inspector, officer=inspector, key=uuid.uuid4())
    day = CalendarDay.objects.create(date=datetime.date(2020, 1, 31), kind="rest")
    return {
        "roster": {"pk": roster.pk}, "custody": {"pk": custody.pk}, "handover": {"pk": handover.pk},
        "handover_item": {"pk": handover.pk, "item_pk": handover.items.first().pk}, "change": {"pk": change.pk}, "leave": {"pk": leave.pk},
        "absence": {"pk": absence.pk}, "feed": {"pk": feed.pk}, "feed_secret": {"token": secret},
        "duty_group": {"pk": group.pk}, "pattern": {"pk": pattern.pk}, "rotation": {"pk": rotation.pk},
        "calendar_day": {"object_id": day.pk}, "duty_group_row": {"object_id": group.pk},
        "pattern_row": {"object_id": pattern.pk}, "rotation_row": {"object_id": rotation.pk},
        "rule": {"object_id": CoverageRule.objects.first().pk}, "rule_pk": {"pk": CoverageRule.objects.first().pk},
    }  # fmt: skip
