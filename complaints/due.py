"""When the steps of a complaint are late: from the service levels in force at the call."""

import datetime

from django.contrib.auth import get_user_model

STEPS = ("dispatch", "sign", "arrive", "stop", "answer")


def due_moments(complaint, *, dispatched_at=None):
    """{step: moment or None}. Sign counts from the dispatch, all others from the call; late means after this moment. The answer
    is due at the earlier of its own limit and an external deadline.

    Working days are those of the calendar of `Officer.objects.add_working_days`."""
    from complaints.models import ServiceLevel

    levels = ServiceLevel.objects.in_force(complaint.received_at)
    due = {}
    for step in STEPS:
        level = levels.get((step, complaint.urgency))
        start = dispatched_at if step == "sign" else complaint.received_at
        if level is None or start is None:
            due[step] = None
        elif level.minutes:
            due[step] = start + datetime.timedelta(minutes=level.minutes)
        else:
            due[step] = get_user_model().objects.add_working_days(start, level.working_days)
    if complaint.external_deadline:  # of the hotline that sent a sheet
        due["answer"] = min(filter(None, (due["answer"], complaint.external_deadline)))
    return due
