"""What the duty officer has to do, as the desk shows it: each section its complaints, the oldest or the most pressing first."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model

from complaints.clocks import answer_clock, clocks_of, next_due
from complaints.models import Call, Complaint, Urgency
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.owed import waiting_at
from complaints.workflow import AT_WORK, Status

MOST = 100  # rows that are read for one section; the list has the rest
SHIFT = datetime.timedelta(hours=12)
_RELATED = ("topic", "venue", "district", "caller")


@dataclass
class Desk:
    """The sections. Rows are complaints with `.due` (a Clock or None); those to be told are callers (owed.Owed) with `.clock`."""

    on_duty: list = field(default_factory=list)
    unsigned: list = field(default_factory=list)
    to_dispatch: list = field(default_factory=list)
    at_work: list = field(default_factory=list)
    due_now: list = field(default_factory=list)
    told_later: list = field(default_factory=list)
    to_return: list = field(default_factory=list)
    attempts: int = ATTEMPTS_TO_BE_UNREACHABLE

    @property
    def alarms(self):
        """Critical complaints that nobody signed for: the only ones that make a sound."""
        return sum(complaint.urgency == Urgency.CRITICAL for complaint in self.unsigned)

    @property
    def not_told(self):
        return len(self.due_now) + len(self.told_later)

    @property
    def late_unsigned(self):
        return sum(1 for complaint in self.unsigned if complaint.due and complaint.due.state == "late")


def desk_of(user, now):
    """The Desk at the moment `now`; the same number of queries however much there is to do."""
    desk = Desk(on_duty=list(get_user_model().objects.on_duty(now)))
    complaints = Complaint.objects.visible_to(user).select_related(*_RELATED)
    sections = {Status.REGISTERED: desk.to_dispatch, Status.DISPATCHED: desk.unsigned, Status.IN_PROGRESS: desk.at_work}
    under_way = complaints.filter(status__in=AT_WORK).prefetch_related("assignees").order_by("received_at", "pk")
    for complaint in under_way[: 3 * MOST]:
        complaint.due = next_due(clocks_of(complaint, now))
        sections[complaint.status].append(complaint)
    desk.unsigned.sort(key=lambda complaint: complaint.dispatched_at)
    _to_be_told(desk, complaints, now)
    if user.has_perm("complaints.view_call"):
        desk.to_return = list(
            Call.objects.to_return().select_related("caller", "channel").order_by("started_at")[:MOST]
        )
    return desk


def _to_be_told(desk, complaints, now):
    """Every caller who is still owed an answer: those due within the shift first; the others, and those given up, after them."""
    for one in waiting_at(complaints, most=MOST):
        one.clock = answer_clock(one.due, now)
        soon = one.state == "waiting" and (one.due is None or one.due <= now + SHIFT or one.failed)
        (desk.due_now if soon else desk.told_later).append(one)
