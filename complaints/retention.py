"""What is forgotten, and when: callers some time after their complaint ended, old drafts, lists that nobody decided."""

import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from complaints.models import Call, Caller, Complaint, Draft, StagedSheets
from complaints.workflow import OPEN, Status

DRAFTS_KEPT_DAYS = 30
STAGED_KEPT_DAYS = 1


def ended_before(limit):
    """The complaints that ended at or before `limit`: closed, or by another exit; a merged one ends with its parent."""
    moved = Q(events__to_status=F("status")) & ~Q(events__from_status=F("events__to_status"))
    ended = Complaint.objects.exclude(status__in=OPEN).annotate(ended_at=Max("events__occurred_at", filter=moved))
    ended = ended.filter(Q(closed_at__lte=limit) | Q(closed_at=None, ended_at__lte=limit))
    alone = set(ended.exclude(status=Status.MERGED).values_list("pk", flat=True))
    merged = ended.filter(status=Status.MERGED).values_list("pk", "parent_id")
    return alone | {pk for pk, parent in merged if parent in alone}


def callers_to_forget(limit):
    """The callers all of whose complaints ended, and whose calls came, at or before `limit`."""
    ended = ended_before(limit)
    kept = set(Complaint.objects.exclude(caller=None).exclude(pk__in=ended).values_list("caller_id", flat=True))
    calls = Call.objects.exclude(caller=None)
    kept |= set(calls.filter(Q(complaint=None, started_at__gt=limit)).values_list("caller_id", flat=True))
    kept |= set(calls.exclude(complaint=None).exclude(complaint__in=ended).values_list("caller_id", flat=True))
    known = Caller.objects.filter(anonymised_at=None).filter(Q(complaints__isnull=False) | Q(calls__isnull=False))
    return [pk for pk in known.order_by("pk").values_list("pk", flat=True).distinct() if pk not in kept]


@transaction.atomic
def forget(*, days, at=None, dry_run=False):
    """Forget what is due; returns {"callers", "drafts", "staged"}. Facts stay: only names and numbers go. Idempotent."""
    at = at or timezone.now()
    callers = callers_to_forget(at - datetime.timedelta(days=days))
    drafts = Draft.objects.filter(updated_at__lte=at - datetime.timedelta(days=DRAFTS_KEPT_DAYS))
    staged = StagedSheets.objects.filter(uploaded_at__lte=at - datetime.timedelta(days=STAGED_KEPT_DAYS))
    counts = {"callers": len(callers), "drafts": drafts.count(), "staged": staged.count()}
    if dry_run or not any(counts.values()):
        return counts
    for caller in Caller.objects.filter(pk__in=callers):
        caller.anonymise(at=at)
    drafts.delete()
    staged.delete()
    get_user_model().objects.leave_trail("anonymise", detail={**counts, "days": days}, at=at)
    return counts
