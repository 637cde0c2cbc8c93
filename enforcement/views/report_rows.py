"""The rows that a signed report kept for one of its figures: what it counted then, whatever was recorded since."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.models import Complaint
from enforcement.daily_report.labels import label
from enforcement.daily_report.numbers import leaf
from enforcement.models import DailyReport, SupplyMovement
from refunds.models import TourGroup
from venues.asked import as_id
from venues.models import Inspection, Patrol, Target, Venue, Violation

ROWS = 50
# path of the figure, or how it begins: (rows, permission that their list asks for)
_TARGETS = (Target.objects.select_related("venue", "category", "district"), "venues.view_target")
_PATROLS = (Patrol.objects.all(), "venues.view_patrol")
_VIOLATIONS = (Violation.objects.select_related("venue"), "venues.view_violation")
_COMPLAINTS = (Complaint.objects.select_related("topic"), "complaints.view_complaint")
_AGENCIES = (Venue.objects.all(), "refunds.view_tourgroup")
_GROUPS = (TourGroup.objects.select_related("agency"), "refunds.view_tourgroup")
_SUPPLIES = (SupplyMovement.objects.select_related("item"), "enforcement.view_supplyitem")
_KINDS = {
    "patrols.patrols": _PATROLS, "patrols.visits": (Inspection.objects.select_related("venue"), "venues.view_inspection"),
    "patrols.venues_reached": (Venue.objects.all(), "venues.view_inspection"),
    "patrols.violations_found": _VIOLATIONS, "patrols.violations_stopped": _VIOLATIONS,
}  # fmt: skip
_AGENCY_COUNTS = {"agencies", "with_groups", "nil_returns", "silent"}
# what is no row itself is borne by the rows of another figure
_BORNE_BY = {"patrols.person_times": "patrols.patrols", "patrols.vehicle_times": "patrols.patrols"}


def kept_under(report, path):
    """The path under which the report kept the rows behind this figure, or None."""
    ids, part = report.row_ids or {}, path.partition(".")[0]
    under = _BORNE_BY.get(path, path)
    if part == "supplies" and under not in ids:  # as it was kept once
        under = "supplies.movements"
    if part == "refunds" and path.endswith(".people"):
        under = f"{path.removesuffix('people')}groups"
    return under if under in ids else None


def kind_of(path):
    """(rows, permission) of a path under which rows are kept."""
    part, _dot, what = path.partition(".")
    if part == "closures":
        return _TARGETS
    if part == "complaints":
        return _COMPLAINTS
    if part == "refunds":
        return _AGENCIES if what.rpartition(".")[2] in _AGENCY_COUNTS else _GROUPS
    return _SUPPLIES if part == "supplies" else _KINDS[path]


@never_cache
@require_safe
@permission_required("enforcement.view_signed_report", raise_exception=True)
def report_rows(request, pk, path):
    """404 for a figure without kept rows, 403 for who reads reports and may not see such rows."""
    report = get_object_or_404(DailyReport.objects.visible_to(request.user), pk=pk)
    if path not in (report.row_ids or {}):
        raise Http404
    if not request.user.has_perm(kind_of(path)[1]):
        raise PermissionDenied
    ids, rows = report.row_ids[path], kind_of(path)[0]
    last = max(1, -(-len(ids) // ROWS))
    page = min(as_id(request.GET.get("page", "")) or 1, last)
    shown = ids[(page - 1) * ROWS : page * ROWS]
    there = rows.in_bulk(shown)
    told = [(key, there.get(key), _words(there.get(key))) for key in shown]
    context = {
        "report": report, "path": path, "name": _name(path, report), "total": len(ids), "value": leaf(report.figures, path),
        "rows": told, "timed": any(words[2] for _key, _row, words in told), "first": (page - 1) * ROWS,
        "page": page, "last": last, "earlier": page - 1, "later": page + 1 if page < last else 0,
    }  # fmt: skip
    return render(request, "enforcement/reports/report_rows.html", context)


def _name(path, report):
    zh, _word, en = label(path, report.names) or (path, "", path)
    return zh if (get_language() or "").startswith("zh") else en


def _words(row):
    """(what it is, when it was), of a row; nothing of a caller or a traveller."""
    match row:
        case Target():
            return row.venue.name, f"{row.category} · {row.district}", None
        case Inspection():
            return row.venue.name, row.get_result_display(), row.observed_at
        case Violation():
            return row.venue.name, "", row.found_at  # its state is that of today
        case Patrol():
            return row.number, row.get_purpose_display(), row.left_at
        case Complaint():
            return row.number, row.topic.name, row.received_at
        case TourGroup():
            return row.number, row.agency.name, None
        case SupplyMovement():
            return row.item.name, f"{row.get_kind_display()} {row.delta:+d}", row.at
        case Venue():
            return row.name, "", None
    return "", "", None
