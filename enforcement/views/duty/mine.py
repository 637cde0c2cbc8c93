"""My duty: what I serve, what is asked of me, my leave, my calendar feeds."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enforcement.duty.changing import hours_of
from enforcement.forms.duty.changes import FeedForm
from enforcement.models.duty import Absence, CalendarFeed, DutyChange, Leave
from enforcement.views.duty.changes import upcoming

SHOWN = 20  # duties ahead


@require_safe
@permission_required("enforcement.take_duty", raise_exception=True)
def mine(request):
    officer, now = request.user, timezone.now()
    duties = list(upcoming(officer, now)[: SHOWN + 1])
    context = {
        "now": now, "duties": duties[:SHOWN], "more": len(duties) > SHOWN,
        "running": [row for row in duties if row.start <= now],
        "next": next((row for row in duties if row.start > now), None), "hours": hours_of(officer, now),
        "for_me": DutyChange.objects.waiting_for(officer).filter(end__gt=now).with_people(),
        "free": DutyChange.objects.open_to_all(now).exclude(giver=officer).with_people().order_by("start")[:SHOWN],
        "my_changes": DutyChange.objects.of(officer).undecided().exclude(pk__in=DutyChange.objects.waiting_for(officer)).with_people().order_by("start"),
        "leaves": Leave.objects.filter(officer=officer, end__gt=now).exclude(state=Leave.State.WITHDRAWN).order_by("start"),
        "absence": Absence.objects.open().filter(officer=officer).first(),
        "feeds": CalendarFeed.objects.valid().filter(created_by=officer).select_related("officer"), "feed_form": FeedForm(),
    }  # fmt: skip
    return render(request, "enforcement/duty/mine.html", context)
