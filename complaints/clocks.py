"""The five clocks of a complaint as people read them: how long each step took, or how much is left, in colour and words."""

import datetime
import math
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.due import STEPS
from complaints.models import ServiceLevel
from complaints.workflow import LEFT_UNTOLD, OPEN, Status

_COLUMNS = {
    step: f"{name}_at"
    for step, name in zip(STEPS, ("dispatched", "signed", "arrived", "stopped", "answered"), strict=True)
}
_MINUTE = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Clock:
    """One step: when it was done (`at`), when it is late (`due`), what it took (`took`, a timedelta). `state` is done, done_late,
    late, running or none (not needed, or not yet)."""

    step: str
    label: str
    at: datetime.datetime | None
    due: datetime.datetime | None
    took: datetime.timedelta | None
    state: str
    words: str

    @property
    def tone(self):
        return {"done": "good", "done_late": "warn", "late": "bad", "running": "info", "none": "quiet"}[self.state]

    @property
    def waits(self):
        """Whether somebody has to do it now."""
        return self.state in ("late", "running")


def clocks_of(complaint, now):
    """The Clocks of the current round, in the order of the work."""
    return [_clock(complaint, step, now) for step in STEPS]


def answer_clock(due, now):
    """The clock of an answer that somebody waits for now; None without a limit."""
    if due is None:
        return None
    state, words = _running(due, now)
    return Clock("answer", ServiceLevel.Step.ANSWER.label, None, due, None, state, words)


def next_due(clocks):
    """The clock that runs out first, or None when nothing is due."""
    waiting = [clock for clock in clocks if clock.waits and clock.due]
    return min(waiting, key=lambda clock: clock.due) if waiting else None


def _clock(complaint, step, now):
    at, due = getattr(complaint, _COLUMNS[step]), getattr(complaint, f"{step}_due_at")
    start = complaint.dispatched_at if step == "sign" else complaint.received_at
    took = at - start if at and start else None
    if at is not None:
        late = due is not None and at > due
        state, words = ("done_late", _late(at - due)) if late else ("done", _("in time") if due else "")
    elif due is None or not _needed(complaint, step):
        state, words = "none", _not_needed(complaint, step)
    else:
        state, words = _running(due, now)
    return Clock(step, ServiceLevel.Step(step).label, at, due, took, state, words)


def _running(due, now):
    """(state, words) of a step that is still to be done."""
    if now > due:
        return "late", _late(now - due)
    return "running", _("%(time)s left") % {"time": _in_words(due - now, math.floor)}


def _needed(complaint, step):
    match step:
        case "dispatch":
            return complaint.status == Status.REGISTERED
        case "sign":
            return complaint.status == Status.DISPATCHED
        case "arrive":
            return complaint.status in (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS)
        case "stop":
            return complaint.status == Status.IN_PROGRESS and complaint.finding == complaint.Finding.RUNNING
    return complaint.owes_answer() and not complaint.unreachable and complaint.status in (*OPEN, *LEFT_UNTOLD)


def _not_needed(complaint, step):
    if step == "answer" and complaint.unreachable:
        return _("caller unreachable")
    if step == "answer" and not complaint.owes_answer():
        return _("no answer owed")
    if step == "sign" and (complaint.status == Status.REGISTERED or complaint.arrived_at):
        return _("not signed for") if complaint.arrived_at else _("counts from the dispatch")
    if step == "stop" and complaint.status in (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS):
        return _("only if it is found running")
    return _("not needed")


def _late(by):
    return _("late by %(time)s") % {"time": _in_words(by, math.ceil)}


def _in_words(duration, rounded):
    minutes = rounded(duration / _MINUTE)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)s min") % {"minutes": minutes}


def overdue(complaints, now):
    """Of a queryset of complaints those where a step is late at `now`: the same rules as the clocks, asked of the database."""
    on_the_way = (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS)
    owed = Q(answered_at=None, wants_reply=True, caller__isnull=False, unreachable=False)
    return complaints.filter(
        Q(status=Status.REGISTERED, dispatched_at=None, dispatch_due_at__lt=now)
        | Q(status=Status.DISPATCHED, signed_at=None, sign_due_at__lt=now)
        | Q(status__in=on_the_way, arrived_at=None, arrive_due_at__lt=now)
        | Q(status=Status.IN_PROGRESS, finding="running", stopped_at=None, stop_due_at__lt=now)
        | (owed & Q(status__in=(*OPEN, *LEFT_UNTOLD), answer_due_at__lt=now))
    )
