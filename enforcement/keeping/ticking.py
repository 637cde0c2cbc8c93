"""What `manage.py tick` does each time: forget what is due, sweep up, and put reminders into the log.

No page needs it: nothing is reckoned here that is not reckoned when it is asked for. Each job stands for itself, and a second
run right after the first finds nothing to do.
"""

import datetime
import logging
import time
from pathlib import Path

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from complaints.retention import forget
from enforcement.duty.coverage import coverage
from enforcement.figures import figures
from enforcement.models import AuditEntry
from enforcement.models.reports import DailyReport
from venues.models import Submission

logger = logging.getLogger(__name__)

SUBMISSIONS_KEPT = datetime.timedelta(days=30)  # no form stays open as long
ATTEMPTS_KEPT = datetime.timedelta(days=30)
PROGRESS_KEPT = datetime.timedelta(days=1)
BACKUP_EVERY = datetime.timedelta(hours=26)  # a day, and time to make it
AHEAD = datetime.timedelta(hours=24)


def tick(*, at=None, dry_run=False):
    """Do all of it; returns ({what: how many}, [jobs that failed]). One that fails is logged and does not keep the others away."""
    at = at or timezone.now()
    done, failed = {}, []
    for job in JOBS:
        try:
            with transaction.atomic():
                done |= job(at, dry_run)
        except Exception:
            logger.exception("tick: %s failed", job.__name__)
            failed.append(job.__name__)
    for remind in REMINDERS:
        try:
            with transaction.atomic():
                for sentence, *arguments in remind(at):
                    logger.warning(f"reminder: {sentence}", *arguments)
        except Exception:
            logger.exception("tick: the reminder %s failed", remind.__name__)
            failed.append(remind.__name__)
    return done, failed


# --- what is forgotten and swept up ---------------------------------------------------------------------------------------


def callers(at, dry_run):
    """Callers of complaints that ended long ago, old drafts, lists that nobody decided; with its row in the trail."""
    return forget(days=settings.CALLER_KEPT_DAYS, at=at, dry_run=dry_run)


def submissions(at, dry_run):
    """Keys of forms that were sent long ago: they only keep one press from counting twice."""
    return {"forms": _sweep(Submission.objects.filter(at__lte=at - SUBMISSIONS_KEPT), dry_run)}


def sessions(at, dry_run):
    return {"sessions": _sweep(Session.objects.filter(expire_date__lte=at), dry_run)}


def attempts(at, dry_run):
    """Failed sign-ins, which count for minutes; the trail keeps that they happened."""
    return {"attempts": _sweep(AccessAttempt.objects.filter(attempt_time__lte=at - ATTEMPTS_KEPT), dry_run)}


def progress(at, dry_run):
    """Notes on how far imports are that ended, or whose process died."""
    limit = time.time() - PROGRESS_KEPT.total_seconds()
    old = [path for path in Path(settings.DATA_DIR, "imports", "progress").glob("*") if path.stat().st_mtime < limit]
    for path in [] if dry_run else old:
        path.unlink(missing_ok=True)
    return {"progress": len(old)}


def _sweep(found, dry_run):
    return found.count() if dry_run else found.delete()[0]


# --- reminders: counts, never a name --------------------------------------------------------------------------------------


def of_figures(at):
    """What the figures of this moment say is late."""
    now = figures(at)
    closures, complaints, refunds = now.closures or {}, now.complaints, now.refunds
    for count, sentence in (
        (closures.get("overdue"), "%d venues were not yet seen closed after the deadline"),
        (closures.get("violating"), "%d venues are open against the order"),
        (closures.get("stale"), "%d looks at closed venues are old"),
        (complaints.get("overdue"), "%d complaints are over their time"),
        (complaints.get("handled_not_told"), "%d complaints were handled and their caller not told"),
        (refunds.get("silent"), "%d travel agencies have reported nothing"),
    ):
        if count:
            yield sentence, count


def of_duty(at):
    """Where nobody is on duty in the hours to come."""
    if gaps := coverage(at, at + AHEAD, at=at).gaps:
        yield (
            "%d gaps in the duty of the next 24 hours, the first from %s",
            len(gaps),
            timezone.localtime(min(gap.start for gap in gaps)),
        )


def of_backups(at):
    last = AuditEntry.objects.filter(act="backup", at__lte=at).order_by("-at").values_list("at", flat=True).first()
    if last is None:
        yield ("there is no backup yet: manage.py backup",)
    elif at - last > BACKUP_EVERY:
        yield "the last backup is of %s: manage.py backup", timezone.localtime(last)


def of_reports(at):
    waiting = DailyReport.objects.filter(state__in=["draft", "reviewed"], as_of__lte=at - AHEAD).count()
    if waiting:
        yield "%d daily reports of yesterday or before are not signed", waiting


JOBS = (callers, submissions, sessions, attempts, progress)
REMINDERS = (of_figures, of_duty, of_backups, of_reports)
