"""Every trail of the house as one list: who did what, when, about what, in the order in which it was recorded: what is entered late
stands at the top and not on an old page. Nothing of a caller's or a traveller's own words is in it, and no health check: only that
somebody looked."""

import datetime
import heapq
import re
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models import CallerView, ComplaintEvent
from enforcement.models import AuditEntry, Disinfection, DutyLogEntry, SupplyMovement
from enforcement.models.audit import act_name
from enforcement.models.duty import Absence, Custody, DutyChange, Handover, Leave
from enforcement.trail_objects import address_of, read_along
from refunds.models import DeductionDecision, Refund, TravellerView
from venues.models import Inspection, Notice, OrderMove, Patrol, TargetMove, Venue, ViolationMove
from venues.words import when

SIZE = 50
ACTS = "acts"  # the trail of the acts of officers
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,3})-([0-9]{1,18})")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True)
class Trail:
    """One kind of rows: `rows` gives the queryset, `at` and `by` name its columns, `what` and `about` its words (`about`: text and
    address or ""), `detail` what is said beside."""

    key: str
    label: str
    rows: object
    at: str
    by: str
    what: object
    about: object
    detail: object = lambda row: ""
    happened: str = ""  # the column of the moment at which it happened, where that may be earlier


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    trail: Trail
    row: object

    @property
    def at(self):
        return getattr(self.row, self.trail.at)

    @property
    def happened(self):
        """When it happened, if that was at least a minute before it was recorded."""
        at = getattr(self.row, self.trail.happened) if self.trail.happened else self.at
        return at if self.at - at >= datetime.timedelta(minutes=1) else None

    @property
    def by(self):
        return getattr(self.row, self.trail.by)

    @property
    def what(self):
        return self.trail.what(self.row)

    @property
    def about(self):
        return self.trail.about(self.row)[0]

    @property
    def url(self):
        return self.trail.about(self.row)[1]

    @property
    def detail(self):
        return self.trail.detail(self.row)

    @property
    def place(self):
        """Where the line stands in the list, newest first; no two lines stand in one place."""
        return (-((self.at - _EPOCH) // _MICROSECOND), TRAILS.index(self.trail), -self.row.pk)

    @property
    def cursor(self):
        at, trail, pk = self.place
        return f"{-at}-{trail}-{-pk}"


def _moved(start, end):
    return f"{start} → {end}" if start else str(end)


def _caller(caller):
    """Of which complaint, or of which call that became none; never who it is."""
    calls = list(caller.calls.all())
    complaint = next(iter(caller.complaints.all()), None) or next((c.complaint for c in calls if c.complaint), None)
    if complaint:
        return _("caller of %(complaint)s") % {"complaint": complaint.number}, complaint.get_absolute_url()
    if calls:
        return _("caller of %(moment)s") % {"moment": when(calls[0].started_at)}, reverse("complaints:calls")
    return _("caller %(number)s") % {"number": caller.pk}, ""


_HISTORY = {"+": _("entered"), "~": _("changed"), "-": _("removed")}

TRAILS = (
    Trail(
        ACTS, _("acts of officers"), AuditEntry.objects.all, "at", "by",
        lambda row: act_name(row.act), lambda row: (row.about_words, address_of(row)), lambda row: row.detail_words,
    ),
    Trail(
        "callers", _("views of callers"), lambda: CallerView.objects.prefetch_related("caller__complaints", "caller__calls__complaint"),
        "at", "by", lambda row: _("caller revealed"), lambda row: _caller(row.caller), lambda row: row.reason,
    ),
    Trail(
        "travellers", _("views of travellers"), lambda: TravellerView.objects.select_related("traveller__group"), "at", "by",
        lambda row: _("traveller revealed"),
        lambda row: (str(row.traveller.group), reverse("refunds:group", args=[row.traveller.group_id])),
        lambda row: row.reason,
    ),
    Trail(
        "registry", _("history of the registry"), Venue.history.all, "history_date", "history_user",
        lambda row: _HISTORY.get(row.history_type, row.history_type),
        lambda row: (row.name, reverse("venues:venue", args=[row.id])), lambda row: row.history_change_reason or "",
    ),
    Trail(
        "orders", _("moves of orders"), lambda: OrderMove.objects.select_related("order"), "recorded_at", "by",
        lambda row: _moved(row.get_from_status_display(), row.get_to_status_display()),
        lambda row: (str(row.order), row.order.get_absolute_url()), lambda row: row.reason,
        happened="at",
    ),
    Trail(
        "targets", _("changes of targets"), lambda: TargetMove.objects.select_related("target__venue", "target__order"), "recorded_at", "by",
        lambda row: row.get_kind_display(), lambda row: (str(row.target.venue), row.target.venue.get_absolute_url()),
        lambda row: row.reason,
        happened="at",
    ),
    Trail(
        "violations", _("moves of violations"), lambda: ViolationMove.objects.select_related("violation__venue"), "recorded_at", "by",
        lambda row: _moved(row.get_from_state_display(), row.get_to_state_display()),
        lambda row: (str(row.violation.venue or row.violation), row.violation.get_absolute_url()),
        happened="at",
    ),
    Trail(
        "complaints", _("events of complaints"), lambda: ComplaintEvent.objects.select_related("complaint"), "recorded_at", "by",
        lambda row: row.get_act_display(), lambda row: (row.complaint.number, row.complaint.get_absolute_url()),
        happened="occurred_at",
    ),
    Trail(
        "refunds", _("ledger of refunds"), lambda: Refund.objects.select_related("group", "agency"), "recorded_at", "recorded_by",
        lambda row: _("reversal") if row.reverses_id else _("refund"),
        lambda row: (str(row.group), reverse("refunds:group", args=[row.group_id])), lambda row: f"{row.heads:+d}",
        happened="occurred_at",
    ),
    Trail(
        "deductions", _("decisions about deductions"), lambda: DeductionDecision.objects.select_related("deduction__group"),
        "recorded_at", "by", lambda row: row.get_state_display(),
        lambda row: (str(row.deduction.group), reverse("refunds:group", args=[row.deduction.group_id])),
        happened="occurred_at",
    ),
    Trail(
        "custody", _("custody"), lambda: Custody.objects.select_related("officer"), "taken_at", "officer",
        lambda row: row.get_kind_display(), lambda row: (row.get_post_display(), reverse("duty:custody")), lambda row: row.reason,
    ),
    Trail(
        "log", _("duty log"), DutyLogEntry.objects.all, "recorded_at", "by",
        lambda row: row.get_kind_display(), lambda row: (str(row.pk), reverse("duty:log")),
        happened="at",
    ),
    Trail(
        "supplies", _("movements of supplies"), lambda: SupplyMovement.objects.select_related("item"), "recorded_at", "by",
        lambda row: row.get_kind_display(), lambda row: (str(row.item), ""), lambda row: f"{row.delta:+d}",
        happened="at",
    ),
    Trail(
        "notices", _("notices to venues"), lambda: Notice.objects.select_related("target__venue"), "recorded_at", "by",
        lambda row: row.get_outcome_display(), lambda row: (str(row.target.venue), row.target.venue.get_absolute_url()),
        happened="at",
    ),
    Trail(
        "looks", _("inspections"), lambda: Inspection.objects.select_related("venue"), "recorded_at", "recorded_by",
        lambda row: row.get_result_display(), lambda row: (str(row.venue), row.get_absolute_url()), happened="observed_at",
    ),
    Trail(
        "patrols", _("patrols"), Patrol.objects.all, "recorded_at", "recorded_by",
        lambda row: row.get_purpose_display(), lambda row: (row.number, row.get_absolute_url()), happened="left_at",
    ),
    Trail(
        "changes_asked", _("changes of duty, asked"), DutyChange.objects.all, "asked_at", "asked_by",
        lambda row: row.get_kind_display(), lambda row: (str(row.pk), reverse("duty:change", args=[row.pk])), lambda row: row.reason,
    ),
    Trail(
        "changes_decided", _("changes of duty, decided"), lambda: DutyChange.objects.exclude(decided_at=None), "decided_at", "decided_by",
        lambda row: row.get_state_display(), lambda row: (str(row.pk), reverse("duty:change", args=[row.pk])),
        lambda row: row.decision_note,
    ),
    Trail(
        "leave_asked", _("leave, asked"), lambda: Leave.objects.select_related("officer"), "asked_at", "asked_by",
        lambda row: row.get_kind_display(), lambda row: (str(row.officer), reverse("duty:leave", args=[row.pk])),
    ),
    Trail(
        "leave_decided", _("leave, decided"), lambda: Leave.objects.exclude(decided_at=None).select_related("officer"),
        "decided_at", "decided_by",
        lambda row: row.get_state_display(), lambda row: (str(row.officer), reverse("duty:leave", args=[row.pk])),
        lambda row: row.decision_note,
    ),
    Trail(
        "absences", _("absences"), lambda: Absence.objects.select_related("officer"), "recorded_at", "recorded_by",
        lambda row: _("left the post"), lambda row: (str(row.officer), ""), lambda row: row.reason, happened="left_at",
    ),
    Trail(
        "handovers_prepared", _("handovers, prepared"), Handover.objects.all, "prepared_at", "outgoing",
        lambda row: row.get_post_display(), lambda row: (str(row.pk), reverse("duty:handover", args=[row.pk])),
    ),
    Trail(
        "handovers_taken", _("handovers, taken over"), lambda: Handover.objects.exclude(taken_at=None), "taken_at", "incoming",
        lambda row: row.get_post_display(), lambda row: (str(row.pk), reverse("duty:handover", args=[row.pk])),
    ),
    Trail(
        "disinfections", _("disinfection log"), Disinfection.objects.all, "recorded_at", "by",
        lambda row: row.agent, lambda row: (row.place, reverse("disinfections")), happened="at",
    ),
)  # fmt: skip
BY_KEY = {trail.key: trail for trail in TRAILS}


@dataclass(frozen=True)
class Asked:
    """What is asked of the list: a trail (None: all), an officer, an act of the acts of officers, a span [start, end)."""

    trail: Trail | None = None
    officer: object = None
    act: str = ""
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None

    @property
    def trails(self):
        if self.act:
            return [BY_KEY[ACTS]] if self.trail in (None, BY_KEY[ACTS]) else []
        return [self.trail] if self.trail else list(TRAILS)

    def rows(self, trail):
        """The rows of one trail, newest first."""
        conditions = {}
        if self.officer is not None:
            conditions[trail.by] = self.officer
        if self.act:
            conditions["act"] = self.act
        if self.start is not None:
            conditions[f"{trail.at}__gte"] = self.start
        if self.end is not None:
            conditions[f"{trail.at}__lt"] = self.end
        order = (f"-{trail.at}", f"-{trail.rows().model._meta.pk.name}")
        return trail.rows().filter(**conditions).select_related(trail.by).order_by(*order)


def page(asked, *, after="", size=SIZE):
    """(lines, cursor): `size` lines of what is asked that stand behind the cursor `after`, newest first, and the cursor of the next
    page or "". As many queries as there are trails; each reads at most a page."""
    found = _CURSOR.fullmatch(after)
    parts = []
    for trail in asked.trails:
        rows = asked.rows(trail)
        if found:
            rows = rows.filter(_behind(trail, *map(int, found.groups())))
        parts.append([Line(trail, row) for row in rows[: size + 1]])
    lines = list(islice(heapq.merge(*parts, key=lambda line: line.place), size + 1))
    more = len(lines) > size
    return list(read_along(lines[:size], ACTS)), (lines[size - 1].cursor if more else "")


def everything(asked):
    """All lines of what is asked, newest first, read in pieces."""
    lines = heapq.merge(*(_all_of(asked, trail) for trail in asked.trails), key=lambda line: line.place)
    return read_along(lines, ACTS)


def _all_of(asked, trail):
    for row in asked.rows(trail).iterator(chunk_size=500):
        yield Line(trail, row)


def _behind(trail, at, number, pk):
    """The rows of this trail that stand behind the line (at, trail no. `number`, pk)."""
    try:
        moment = _EPOCH + datetime.timedelta(microseconds=at)
    except OverflowError:
        return Q()
    own = TRAILS.index(trail)
    earlier = Q(**{f"{trail.at}__lt": moment})
    same = Q(**{trail.at: moment})
    if own < number:
        return earlier
    if own > number:
        return earlier | same
    key = trail.rows().model._meta.pk.name
    return earlier | (same & Q(**{f"{key}__lt": pk}))
