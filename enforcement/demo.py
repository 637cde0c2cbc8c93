"""The demo of `make run`: the event moved onto today, and eight accounts that anybody may try.

Production refuses to start with these accounts (checks.py): their password is written in the README.
"""

import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from enforcement.duty import calendars
from enforcement.event import Event, duty, supplies
from enforcement.models import DailyReport, HealthCheck
from venues.models import Patrol, Venue
from venues.moments import local_day

FOLDER = settings.BASE_DIR / "data" / "tianshui"
CALENDAR = settings.BASE_DIR / "data" / "calendar.csv"

DUTY_GOES_ON = 14  # days of roster after those of the event

# user name: (role, name of the account where it takes nobody's place)
ACCOUNTS = {
    "admin": ("administrator", "系统管理员"),
    "editor": ("registry_editor", "名录管理员"),
    "leader": ("shift_leader", "带班领导"),
    "duty": ("duty_officer", "值班员"),
    "inspector": ("inspector", "执法员"),
    "clerk": ("refund_clerk", "退费专员"),
    "auditor": ("auditor", "审计员"),
    "viewer": ("bureau_viewer", "局机关"),
}


def start(*, at=None):
    """Load the event into an empty database and make the accounts; idempotent. Returns whether the event was loaded."""
    at = at or timezone.now()
    empty = not Venue.objects.exists() and not get_user_model().objects.exists()
    with transaction.atomic():
        if empty:
            event = Event(FOLDER, recent=True, at=at)
            calendars.take_in(calendars.read(CALENDAR))
            event.load()
            supplies.levels()
            _make_accounts(_places(event.shift_row_at(at)))
            duty.go_on(days=DUTY_GOES_ON, by=get_user_model().objects.get(username="leader"), at=at)
            _measure(at)
            _report(at)
    return empty


def _make_accounts(places):
    for username, (role, name) in ACCOUNTS.items():
        officer = places.get(username) or get_user_model()(name=name)
        officer.username, officer.is_demo = username, True
        officer.set_password(settings.DEMO_PASSWORD)
        officer.save()
        officer.groups.set([Group.objects.get(name=role)])


def _measure(at):
    """Those on duty are checked, but for the account `duty`: it is reminded, and who leads sees that somebody is missing."""
    for place, officer in enumerate(get_user_model().objects.on_duty(at).exclude(username="duty")):
        temperature = Decimal("36.3") + Decimal("0.1") * (place % 5)
        HealthCheck.objects.record(by=officer, temperature=temperature, slot=HealthCheck.Slot.START, at=at)


def _report(at):
    """The issue of the day before yesterday is signed, that of yesterday waits for the leader."""
    duty, leader = (get_user_model().objects.get(username=name) for name in ("duty", "leader"))
    midnight = local_day(timezone.localdate(at))[0]
    issue = DailyReport.objects.draft(by=duty, as_of=midnight - datetime.timedelta(days=1), at=at)
    issue.review(by=leader, edits=issue.edits, at=at)
    issue.sign(by=leader, edits=issue.edits, at=at)
    DailyReport.objects.draft(by=duty, as_of=midnight, at=at)


def _places(shift):
    """Whose places the accounts take: the leader and the telephone officer of the shift (a row of shifts.csv, or None), and a
    member of the latest patrol who is neither."""
    officers = get_user_model().objects
    shift = shift or {}
    on_shift = [shift.get("leader"), shift.get("phone_officer")]
    patrol = Patrol.objects.order_by("left_at", "number").last()
    members = patrol.members.exclude(badge_no__in=[b for b in on_shift if b]) if patrol else officers.none()
    places = {
        "leader": officers.filter(badge_no=on_shift[0]).first(),
        "duty": officers.filter(badge_no=on_shift[1]).first(),
        "inspector": members.filter(can_lead=False).order_by("badge_no").first(),
    }
    return {username: officer for username, officer in places.items() if officer}


def accounts():
    """The demo accounts of this database, as a queryset."""
    return get_user_model().objects.filter(is_demo=True).order_by("pk")
