"""Health of those on duty at a moment: who was checked, who is not cleared, who is in isolation; and the part `staff` of the
figures (reports.md). Names leave this module only to the person and to who may see health.

A check belongs to a duty date, the local date of the start of a shift, so that a night has one date on both sides of midnight.
At midnight sharp the day that closes is asked about: that is the moment of the daily report.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.utils import timezone

from enforcement.models.duty import MAX_SHIFT, Assignment, Roster
from enforcement.models.safety import HealthCheck, Isolation

SOON = datetime.timedelta(hours=2)  # before a duty a check for it is due, and after it still taken for it
_INSTANT = datetime.timedelta(microseconds=1)


def counting(checks):
    """The check that counts of one officer's on one duty date, given in order; None without any. The latest does, but who was
    sent off duty, or has said that he had contact, does not clear himself: somebody else does."""
    counts = None
    for check in checks:
        held = counts is not None and (counts.result == HealthCheck.Result.OFF_DUTY or counts.contact)
        if not (held and check.is_cleared and check.by_himself):
            counts = check
    return counts


def duty_near(officer, at):
    """The assignment in force that this officer serves at `at`, or that begins within two hours, or None. One query."""
    rows = Assignment.objects.in_force().filter(
        officer=officer, start__lte=at + SOON, start__gt=at - MAX_SHIFT, end__gt=at
    )
    return rows.select_related("shift").order_by("start", "pk").first()


def duty_date(officer, at):
    """The duty date to which a check of this officer at `at` belongs: that of his duty that runs or begins soon, else of one
    that has just ended, else the local date."""
    duty = duty_near(officer, at)
    if duty is None:
        over = Assignment.objects.in_force().filter(officer=officer, end__gt=at - SOON, end__lte=at)
        duty = over.filter(start__gt=at - SOON - MAX_SHIFT).select_related("shift").order_by("-end").first()
    return duty.shift.date if duty else timezone.localdate(at)


# --- what the person is told
@dataclass(frozen=True)
class Notice:
    """What the head of the page reminds an officer of: `kind` is off_duty, recheck or missing; `check` the one that counts."""

    kind: str
    check: HealthCheck | None = None


def notice_of(officer, at):
    """The Notice for this officer, or None: not cleared for the duty date, or on duty (soon) and not checked. Two queries."""
    if not officer.is_authenticated or not officer.has_perm("enforcement.take_duty"):
        return None
    duty = duty_near(officer, at)
    date = duty.shift.date if duty else timezone.localdate(at)
    check = counting(HealthCheck.objects.until(at).filter(officer=officer, date=date).in_order())
    if check is None:
        return Notice("missing") if duty else None
    return None if check.is_cleared else Notice(check.result, check)


# --- the team
@dataclass
class Person:
    """One of the day: whether he is on duty at the moment, his latest check of each slot, and the one that counts."""

    officer: object
    role: str = ""
    on_duty: bool = False
    duty: object = None  # the assignment of the day, where the roster names him
    isolated: bool = False
    slots: dict = field(default_factory=dict)
    check: HealthCheck | None = None

    @property
    def state(self):
        """unchecked, cleared, recheck or off_duty."""
        return self.check.result if self.check else "unchecked"

    @property
    def waits(self):
        """On duty and not checked yet."""
        return self.on_duty and self.check is None

    @property
    def is_abnormal(self):
        return self.check is not None and not self.check.is_cleared

    @property
    def by_slot(self):
        """The latest check of each slot, in the order of the shift, None where there is none."""
        return [self.slots.get(slot) for slot in HealthCheck.Slot.values]


@dataclass(frozen=True)
class Day:
    """The people of one duty date as a moment found them."""

    at: datetime.datetime
    date: datetime.date
    people: list
    is_planned: bool  # whether a roster that was published by then covers the date
    has_begun: bool  # whether anybody was ever checked by then

    def only(self, show):
        """Those of one kind: on_duty, checked, unchecked (these three of those on duty at the moment) or abnormal; else all."""
        kinds = {
            "on_duty": lambda one: one.on_duty,
            "checked": lambda one: one.on_duty and one.check is not None,
            "unchecked": lambda one: one.on_duty and one.check is None,
            "abnormal": lambda one: one.is_abnormal,
        }
        return [one for one in self.people if kinds[show](one)] if show in kinds else self.people

    @property
    def counts(self):
        return {show: len(self.only(show)) for show in ("on_duty", "checked", "unchecked", "abnormal")}


def day_of(at):
    """The Day of the moment `at`: those on duty then, the others of the same duty date, and whoever was checked for it.
    A constant number of queries."""
    moment = at - _INSTANT if timezone.localtime(at).time() == datetime.time() else at
    serving = list(get_user_model().objects.on_duty(moment))
    running = {row.officer_id: row for row in Assignment.objects.in_force().covering(moment).select_related("shift")}
    date = max((row.shift.date for row in running.values()), default=timezone.localdate(moment))
    people = {o.pk: Person(o, o.duty_role, on_duty=True, duty=running.get(o.pk)) for o in serving}
    for row in _of_date(date):
        one = people.setdefault(row.officer_id, Person(row.officer, row.role))
        one.duty = one.duty or row
    _add_checks(people, at, date)
    isolated = set(Isolation.objects.running(moment).values_list("officer", flat=True))
    for pk, one in people.items():
        one.isolated = pk in isolated
    return Day(
        at=at, date=date, people=list(people.values()),
        is_planned=Roster.objects.covering(date).published(at).exists(),
        has_begun=HealthCheck.objects.until(at).exists(),
    )  # fmt: skip


def _of_date(date):
    """The assignments in force whose shift belongs to the duty date, the earliest first."""
    midnight = timezone.make_aware(datetime.datetime.combine(date, datetime.time()))
    rows = Assignment.objects.in_force().filter(shift__start__gte=midnight, shift__start__lt=midnight + _DAY)
    return rows.select_related("officer", "shift").order_by("start", "role", "pk")


_DAY = datetime.timedelta(days=1)


def _add_checks(people, at, date):
    """Give each his checks: of the date of his own duty, else of the day's. Who was checked without a duty is one of the day."""
    dates = {pk: one.duty.shift.date for pk, one in people.items() if one.duty}
    found = HealthCheck.objects.until(at).filter(date__in={date, *dates.values()}).select_related("officer", "by")
    of = defaultdict(list)
    for check in found.in_order():
        if check.date == dates.get(check.officer_id, date):
            of[check.officer_id].append(check)
    for pk, checks in of.items():
        one = people.setdefault(pk, Person(checks[0].officer))
        one.slots = {check.slot: check for check in checks}
        one.check = counting(checks)


def staff_figures(as_of):
    """{on_duty, checked, abnormal, isolated} at the moment `as_of`; None where nobody wrote it down, never 0.

    on_duty: people on duty; checked: of these, with a health check for their duty date; abnormal: people of the duty date whose
    counting check does not clear them, also those who have gone home since; isolated: people in isolation. Where no roster
    covers the day nobody knows who is on duty; before the first check of all, and on a day without any, nobody knows health.
    """
    day = day_of(as_of)
    counts = day.counts
    known = bool(counts["on_duty"]) or day.is_planned
    measured = any(one.check for one in day.people)
    begun = day.has_begun or Isolation.objects.filter(start__lte=as_of).exists()
    isolated = Isolation.objects.running(as_of).values("officer").distinct().count()
    return {
        "on_duty": counts["on_duty"] if known else None,
        "checked": counts["checked"] if known and day.has_begun else None,
        "abnormal": counts["abnormal"] if measured else None,
        "isolated": isolated if begun else None,
    }
