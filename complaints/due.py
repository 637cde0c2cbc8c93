"""When the steps of a complaint are late: from the service levels in force at the call, and the extensions that were granted."""

import datetime

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime

from complaints.workflow import Act

STEPS = ("dispatch", "sign", "arrive", "stop", "answer")


def due_moments(complaint, *, dispatched_at=None):
    """{step: moment or None}. Sign counts from the dispatch, all others from the call; late means after this moment. No other clock
    waits for a signature. A step that was extended is due at the later of its limit and the extension, whatever the urgency
    became since; the answer, at the earlier of that and an external deadline.

    Working days are those of the calendar of `Officer.objects.add_working_days`."""
    levels = _levels(complaint.received_at)
    extended = extensions(complaint, dispatched_at=dispatched_at)
    due = {}
    for step in STEPS:
        start = dispatched_at if step == "sign" else complaint.received_at
        due[step] = _later(_limit(levels.get((step, complaint.urgency)), start), extended.get(step))
    if complaint.external_deadline:  # of the hotline that sent a sheet
        due["answer"] = min(filter(None, (due["answer"], complaint.external_deadline)))
    return due


def answer_due(complaint, at):
    """When the caller of a call that came at `at` and was added to this complaint is to be told: the limit of the answer counted
    from his own call, or the extension of the answer when that is later."""
    level = _levels(at).get(("answer", complaint.urgency))
    return _later(_limit(level, at), extensions(complaint).get("answer"))


def extensions(complaint, *, dispatched_at=None):
    """{step: the moment until which it was last extended}, from the appended events. An extension of the signature holds for the
    dispatch after which it was granted and for no later one."""
    if complaint.pk is None:
        return {}
    granted = {}
    events = complaint.events.filter(act=Act.EXTEND, data__has_key="due").order_by("pk")
    for at, data in events.values_list("occurred_at", "data"):
        for step, until in data["due"].items():
            if step != "sign" or (dispatched_at is not None and at >= dispatched_at):
                granted[step] = parse_datetime(until)
    return granted


def _levels(at):
    from complaints.models import ServiceLevel

    return ServiceLevel.objects.in_force(at)


def _limit(level, start):
    if level is None or start is None:
        return None
    if level.minutes:
        return start + datetime.timedelta(minutes=level.minutes)
    return get_user_model().objects.add_working_days(start, level.working_days)


def _later(*moments):
    return max(filter(None, moments), default=None)
