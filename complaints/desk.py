"""What the duty officer has to do, as the desk shows it: each section its complaints, the critical ones first, then the oldest.

A section draws at most MOST rows and the list has the rest; what is counted, and what sounds, is asked of the database, so
that no crowd of old complaints hides a new one. Critical ones are always drawn.
"""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db.models import Case, Count, Q, Value, When, prefetch_related_objects

from complaints.clocks import answer_clock, clocks_of, next_due, overdue
from complaints.models import Call, Complaint, Sheet, Urgency
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.owed import waiting_at
from complaints.workflow import Status

MOST = 100  # rows that are drawn of one section; the list has the rest
SHIFT = datetime.timedelta(hours=12)
_SECTIONS = {"to_dispatch": Status.REGISTERED, "unsigned": Status.DISPATCHED, "at_work": Status.IN_PROGRESS}
_RELATED = ("topic", "venue", "district", "caller")
_CRITICAL = Q(urgency=Urgency.CRITICAL)
_CRITICAL_FIRST = Case(When(_CRITICAL, then=Value(0)), default=Value(1))


@dataclass
class Desk:
    """The sections. Rows are complaints with `.due` (a Clock or None); those to be told are callers (owed.Owed) with `.clock`. `counts`
    are how many there are of each section, drawn or not; `alarms` the critical ones that nobody signed for, which sound."""

    on_duty: list = field(default_factory=list)
    unsigned: list = field(default_factory=list)
    to_dispatch: list = field(default_factory=list)
    at_work: list = field(default_factory=list)
    due_now: list = field(default_factory=list)
    told_later: list = field(default_factory=list)
    to_return: list = field(default_factory=list)
    news: list = field(default_factory=list)
    counts: dict = field(default_factory=dict)
    alarms: int = 0
    late_unsigned: int = 0
    attempts: int = ATTEMPTS_TO_BE_UNREACHABLE

    @property
    def not_told(self):
        return self.counts["due_now"] + self.counts["told_later"]


def desk_of(user, now):
    """The Desk at the moment `now`; the same number of queries however much there is to do."""
    desk = Desk(on_duty=list(get_user_model().objects.on_duty(now)))
    complaints = Complaint.objects.visible_to(user)
    _under_way(desk, complaints, now)
    _to_be_told(desk, complaints, now)
    news = Sheet.objects.news().filter(complaint__in=complaints.order_by())
    desk.counts["news"] = news.count()
    desk.news = list(news.select_related("complaint__topic", "complaint__venue").order_by("imported_at")[:MOST])
    if user.has_perm("complaints.view_call"):
        calls = Call.objects.to_return()
        desk.counts["to_return"] = calls.count()
        desk.to_return = list(calls.select_related("caller", "channel").order_by("started_at")[:MOST])
    return desk


def _under_way(desk, complaints, now):
    """What waits to be dispatched, to be signed for, to be finished: one section each."""
    late = overdue(complaints.filter(status=Status.DISPATCHED), now).order_by().values("pk")
    found = complaints.filter(status__in=_SECTIONS.values()).aggregate(
        late_unsigned=Count("pk", filter=Q(pk__in=late)),
        **{name: Count("pk", filter=Q(status=status)) for name, status in _SECTIONS.items()},
        **{f"{name}_critical": Count("pk", filter=_CRITICAL & Q(status=status)) for name, status in _SECTIONS.items()},
    )
    desk.counts |= {name: found[name] for name in _SECTIONS}
    desk.alarms, desk.late_unsigned = found["unsigned_critical"], found["late_unsigned"]
    for name, status in _SECTIONS.items():
        since = "dispatched_at" if name == "unsigned" else "received_at"
        rows = complaints.filter(status=status).select_related(*_RELATED).order_by(_CRITICAL_FIRST, since, "pk")
        setattr(desk, name, list(rows[: max(MOST, found[f"{name}_critical"])]))
    drawn = [*desk.to_dispatch, *desk.unsigned, *desk.at_work]
    prefetch_related_objects(drawn, "assignees")
    for complaint in drawn:
        complaint.due = next_due(clocks_of(complaint, now))


def _to_be_told(desk, complaints, now):
    """Every caller who is still owed an answer: those due within the shift first; the others, and those given up, after them."""
    for name, (count, rows) in zip(
        ("due_now", "told_later"), waiting_at(complaints, until=now + SHIFT, most=MOST), strict=True
    ):
        for one in rows:
            one.clock = answer_clock(one.due, now)
        desk.counts[name] = count
        setattr(desk, name, rows)
