"""The kinds of rows of which the trail of the house is made: every fact that is only appended, and the rows that keep who asked and
who decided. Which facts are left out, and why, stands in `LEFT_OUT`. Nothing of a caller's or a traveller's own words is shown."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models import Callback, CallerView, Complaint, ComplaintEvent
from enforcement.models import (
    AuditEntry,
    Disinfection,
    DutyLogEntry,
    FormerTerms,
    HealthCheck,
    ReportEdit,
    SupplyMovement,
)
from enforcement.models.audit import act_name
from enforcement.models.duty import Absence, Custody, DutyChange, Handover, HandoverAddendum, Leave
from enforcement.trail_objects import address_of
from refunds.models import (
    CallBackAnswer,
    CallBackSample,
    Deduction,
    DeductionDecision,
    DeductionProof,
    Evidence,
    GroupLine,
    GroupLink,
    Refund,
    Renaming,
    TravellerView,
)
from venues.models import (
    FormerRecheck,
    Inspection,
    Notice,
    OrderMove,
    Patrol,
    RejectedInspection,
    TargetMove,
    Venue,
    ViolationMove,
)
from venues.words import when

ACTS = "acts"  # the trail of the acts of officers
LEFT_OUT = {  # facts that have no trail of their own: why
    HealthCheck: "Seen only by the person and by who leads.",
    ReportEdit: "Written with an act of the officer, report_edited or report_rewritten; the words stand with the report.",
    FormerTerms: "Written with an act of the officer, supply_change.",
    FormerRecheck: "Written with an act of the officer, registry_change.",
}


@dataclass(frozen=True)
class Trail:
    """One kind of rows: `rows` gives the queryset, `at` and `by` name its columns, `what` and `about` its words (`about`: text and
    address or ""), `detail` what is said beside; `of` gives the condition of those about a complaint, None: none is."""

    key: str
    label: str
    rows: object
    at: str
    by: str
    what: object
    about: object
    detail: object = lambda row: ""
    happened: str = ""  # the column of the moment at which it happened, where that may be earlier
    of: object = None


def _moved(start, end):
    return f"{start} → {end}" if start else str(end)


def _group(group):
    return str(group), group.get_absolute_url()


def _same_matter(complaint):
    """A complaint with those that were merged into it."""
    return Complaint.objects.filter(Q(pk=complaint.pk) | Q(parent=complaint.pk)).order_by()


def _acts_about(complaint):
    """The number of the object is kept as text."""
    keys = [str(pk) for pk in _same_matter(complaint).values_list("pk", flat=True)]
    return Q(about_type="complaints.complaint", about_id__in=keys)


def _of_complaint(complaint):
    return Q(complaint__in=_same_matter(complaint).values("pk"))


def _rejected():
    """Each with the look that was kept in its place."""
    kept = Inspection.objects.filter(client_uuid=OuterRef("client_uuid")).order_by()
    return RejectedInspection.objects.annotate(
        kept=Subquery(kept.values("pk")[:1]), place=Subquery(kept.values("venue__name")[:1])
    )


def _kept(row):
    if row.kept is None:
        return str(row.client_uuid), ""
    return row.place, reverse("venues:inspection", args=[row.kept])


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
        of=_acts_about,
    ),
    Trail(
        "callers", _("views of callers"), lambda: CallerView.objects.prefetch_related("caller__complaints", "caller__calls__complaint"),
        "at", "by", lambda row: _("caller revealed"), lambda row: _caller(row.caller), lambda row: row.reason,
        of=lambda complaint: Q(pk__in=CallerView.objects.of(complaint).order_by().values("pk")),
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
        happened="occurred_at", of=_of_complaint,
    ),
    Trail(
        "call_backs", _("call-backs"), lambda: Callback.objects.select_related("complaint"), "recorded_at", "by",
        lambda row: row.get_result_display(), lambda row: (row.complaint.number, row.complaint.get_absolute_url()),
        lambda row: row.get_way_display(), happened="at", of=_of_complaint,
    ),
    Trail(
        "refunds", _("ledger of refunds"), lambda: Refund.objects.select_related("group", "agency"), "recorded_at", "recorded_by",
        lambda row: _("reversal") if row.reverses_id else _("refund"),
        lambda row: (str(row.group), reverse("refunds:group", args=[row.group_id])), lambda row: f"{row.heads:+d}",
        happened="occurred_at",
    ),
    Trail(
        "group_lines", _("lines of groups"), lambda: GroupLine.objects.select_related("group"), "recorded_at", "recorded_by",
        lambda row: row.get_disposition_display(), lambda row: _group(row.group),
        lambda row: " · ".join(filter(None, [str(row.heads), row.cell])), happened="occurred_at",
    ),
    Trail(
        "group_links", _("links of groups"), lambda: GroupLink.objects.select_related("group", "organiser"),
        "recorded_at", "recorded_by", lambda row: _("link of groups"), lambda row: _group(row.group),
        lambda row: _moved(row.group, row.organiser or "—"), happened="occurred_at",
    ),
    Trail(
        "renamings", _("former numbers of groups"), lambda: Renaming.objects.select_related("group"), "recorded_at", "by",
        lambda row: _("takes back") if row.undoes_id else _("former group no."), lambda row: _group(row.group),
        lambda row: _moved(row.was, row.now), happened="occurred_at",
    ),
    Trail(
        "evidence", _("evidence"), lambda: Evidence.objects.select_related("refund__group"), "recorded_at", "by",
        lambda row: row.get_level_display(), lambda row: _group(row.refund.group), lambda row: row.get_kind_display(),
        happened="occurred_at",
    ),
    Trail(
        "drawn", _("travellers drawn for call-backs"), lambda: CallBackSample.objects.select_related("group"),
        "recorded_at", "drawn_by", lambda row: _("traveller drawn for a call-back"), lambda row: _group(row.group),
        happened="drawn_at",
    ),
    Trail(
        "answers", _("answers of travellers"), lambda: CallBackAnswer.objects.select_related("sample__group"), "recorded_at", "by",
        lambda row: row.get_result_display(), lambda row: _group(row.sample.group), happened="occurred_at",
    ),
    Trail(
        "claims", _("deductions"), lambda: Deduction.objects.select_related("group"), "recorded_at", "recorded_by",
        lambda row: row.get_kind_display(), lambda row: _group(row.group), lambda row: str(row.amount), happened="occurred_at",
    ),
    Trail(
        "proofs", _("proofs of deductions"), lambda: DeductionProof.objects.select_related("deduction__group"), "recorded_at", "by",
        lambda row: _("proof of a deduction"), lambda row: _group(row.deduction.group),
        lambda row: row.deduction.get_kind_display(), happened="occurred_at",
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
        "rejected", _("rejected inspections"), _rejected, "recorded_at", "by",
        lambda row: _("rejected inspection"), _kept,
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
        "handover_addenda", _("addenda to handovers"), HandoverAddendum.objects.all, "recorded_at", "by",
        lambda row: _("addendum to a handover"),
        lambda row: (str(row.handover_id), reverse("duty:handover", args=[row.handover_id])), happened="at",
    ),
    Trail(
        "disinfections", _("disinfection log"), Disinfection.objects.all, "recorded_at", "by",
        lambda row: row.agent, lambda row: (row.place, reverse("disinfections")), happened="at",
    ),
)  # fmt: skip
BY_KEY = {trail.key: trail for trail in TRAILS}
