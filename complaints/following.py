"""A look that answers a complaint's alert is its arrival and its finding; the stop of the violation is its stop.

Nobody types twice what was recorded at the venue. What the workflow does not allow any more is noted on the timeline; a
record from the field is never refused for the sake of a complaint.
"""

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.history import STEP_OF
from complaints.models import Complaint
from complaints.models.acts import SEEN
from complaints.workflow import Act, Status
from venues import answering
from venues.models import Alert, Inspection, Violation
from venues.states import FOUND_OPEN
from venues.transitions import Refused

FINDINGS = {
    Inspection.Result.OPERATING: Complaint.Finding.RUNNING,
    Inspection.Result.CONCEALED: Complaint.Finding.RUNNING,
    Inspection.Result.CLOSED: Complaint.Finding.NOT_RUNNING,
    Inspection.Result.NOT_FOUND: Complaint.Finding.NOT_FOUND,
}  # any other result: other
_ON_THE_WAY = (Status.DISPATCHED, Status.IN_PROGRESS)


def register():
    """Listen to the venues; called once, when the app is ready."""
    answering.register(on_look)
    answering.on_stop(on_stop)


def on_look(look):
    """A look that answers an alert was kept."""
    raised_it = Complaint.objects.filter(alerts=look.alert_id).select_related("parent", "district")
    complaint = raised_it.filter(alert=look.alert_id).first() or raised_it.first()
    if complaint is None:
        return
    if complaint.status == Status.MERGED:
        complaint = complaint.parent
    before = complaint.events.aggregate(last=Max("pk"))["last"]
    _take_venue(complaint, look)
    _try(complaint, by=look.recorded_by)
    if complaint.events.aggregate(last=Max("pk"))["last"] == before:
        _note(complaint, look)


def on_stop(violation):
    """A violation stopped: so did what was found running at its venue for a complaint."""
    fits = Q(venue__in=violation.venue.family, found_at__gte=violation.found_at, found_at__lte=violation.stopped_at)
    running = Complaint.objects.filter(
        fits, status=Status.IN_PROGRESS, finding=Complaint.Finding.RUNNING, stopped_at=None
    )
    closing = violation.stopped_by
    for complaint in running.order_by("pk"):
        try:
            with transaction.atomic():
                complaint.stop(
                    by=closing and closing.recorded_by, at=violation.stopped_at, text=violation.measures, data=SEEN
                )
        except Refused:
            continue  # an officer stopped it by hand at the same moment


def _try(complaint, *, by):
    """Follow the looks; once more when an officer was faster with one of the steps."""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return _follow(complaint, by=by)
        except Refused:
            complaint.refresh_from_db()
    return None


def _follow(complaint, *, by):
    looks = _looks(complaint)
    running = next((look for look in looks if look.result in FOUND_OPEN), None)
    if complaint.status == Status.AWAITING_ANSWER and running is not None and _contradicts(complaint, running):
        reason = _("A look came in: it was operating at %(time)s.") % {"time": _clock(running.observed_at)}
        complaint.still_going_on(by=by, reason=reason, at=running.observed_at, data=SEEN)
        looks = [look for look in looks if look.observed_at >= running.observed_at]
    _bring_forward(complaint, looks, by=by)
    if complaint.status not in _ON_THE_WAY or not looks:
        return
    if complaint.arrived_at is None:
        complaint.arrive(by=by, at=looks[0].observed_at, data=SEEN)
    if complaint.found_at is None:
        telling = running or looks[0]
        finding = FINDINGS.get(telling.result, Complaint.Finding.OTHER)
        text = " · ".join(part for part in (telling.get_result_display(), telling.remark) if part)
        complaint.find(by=by, finding=finding, text=text, at=telling.observed_at, data=SEEN)
    if (
        complaint.finding == Complaint.Finding.RUNNING
        and complaint.stopped_at is None
        and complaint.status in _ON_THE_WAY
    ):
        stopped_at = _seen_stopped(complaint, looks)
        if stopped_at is not None:
            complaint.stop(by=by, at=stopped_at, data=SEEN)


def _bring_forward(complaint, looks, *, by):
    """A look that came in late is earlier than the one that a step was taken from: the step was reached then. What an officer
    typed stays, and so does everything once the caller was told."""
    if complaint.status not in (Status.IN_PROGRESS, Status.AWAITING_ANSWER) or complaint.answered_at or not looks:
        return
    same = [look for look in looks if FINDINGS.get(look.result, Complaint.Finding.OTHER) == complaint.finding]
    earliest = {Act.ARRIVE: looks[0].observed_at, Act.FIND: same[0].observed_at if same else None}
    if complaint.finding == Complaint.Finding.RUNNING and complaint.stopped_at is not None:
        earliest[Act.STOP] = _seen_stopped(complaint, looks)
    for act, at in earliest.items():
        known = getattr(complaint, STEP_OF[act])
        if at is None or known is None or at >= known:
            continue
        if complaint.events.filter(act=act, occurred_at=known, round=complaint.round, data__seen=True).exists():
            complaint.seen_earlier(act, by=by, at=at)


def _looks(complaint):
    """The looks on the spot that answer the alerts of the complaint and of those merged into it, since its round or its
    last "still going on" began; the first one first."""
    alerts = Alert.objects.filter(Q(complaints=complaint) | Q(complaints__parent=complaint))
    looks = Inspection.objects.filter(alert__in=alerts.order_by().values("pk"))
    looks = looks.standing().on_site().filter(observed_at__gte=complaint.received_at)
    again = complaint.events.filter(act__in=[Act.STILL_GOING_ON, Act.REOPEN, Act.RETURN, Act.SEPARATE]).aggregate(
        last=Max("occurred_at")
    )["last"]
    if again is not None:
        looks = looks.filter(observed_at__gte=again)
    return list(looks.select_related("venue").order_by("observed_at", "pk"))


def _contradicts(complaint, running):
    """Whether a look that found it operating speaks against the end of the handling: nothing was found running, or it was seen
    running again after the stop. Not once the caller was told: then somebody has to decide."""
    if complaint.answered_at is not None:
        return False
    if complaint.finding != Complaint.Finding.RUNNING:
        return True
    return complaint.stopped_at is not None and running.observed_at > complaint.stopped_at


def _seen_stopped(complaint, looks):
    """When what was found running was seen stopped: the stop of the venue's violation, or a later look that saw it closed."""
    stops = Violation.objects.standing().filter(
        venue__in={pk for look in looks for pk in look.venue.family}, found_at__lte=complaint.found_at,
        stopped_at__gte=complaint.found_at,
    )  # fmt: skip
    seen = [
        look.observed_at
        for look in looks
        if look.result == Inspection.Result.CLOSED and look.observed_at > complaint.found_at
    ]
    seen += stops.values_list("stopped_at", flat=True)
    return min(seen, default=None)


def _take_venue(complaint, look):
    """The venue of a complaint about a place in words is the one that was looked at; the event keeps that it had none."""
    if complaint.venue_id is None:
        filed = {"venue": look.venue, "district": complaint.district or look.venue.district}
        try:
            complaint._file(filed, by=look.recorded_by, at=look.observed_at, data={"look": look.pk})
        except Refused:
            complaint.refresh_from_db()  # an officer filed it at the same moment


def _note(complaint, look):
    """The look changes nothing any more: the timeline says that it was taken, once."""
    if not complaint.events.filter(act=Act.NOTE, data__look=look.pk).exists():
        text = _("Look: %(result)s, %(time)s") % {"result": look.get_result_display(), "time": _clock(look.observed_at)}
        complaint._note(Act.NOTE, by=look.recorded_by, at=look.observed_at, text=text, data={"look": look.pk})


def _clock(moment):
    return f"{timezone.localtime(moment):%H:%M}"
