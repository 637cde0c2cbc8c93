"""Looks at venues: the list, a new one, its page, its correction."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from venues.asked import asked_for
from venues.forms.filters import InspectionFilter
from venues.forms.inspections import CorrectionForm, InspectionForm
from venues.forms.picker import find
from venues.models import Alert, Inspection, Patrol, RejectedInspection, Venue, Violation
from venues.models.inspections import CONFIRMATION_WITHIN, SameKeyOtherContent
from venues.transitions import Refused
from venues.views import sheets
from venues.views.versions import versions

PAGE = 50
_SHOWN = ("venue__category", "venue__district", "patrol", "recorded_by")


@require_safe
@permission_required("venues.view_inspection", raise_exception=True)
def inspection_list(request):
    form = InspectionFilter(request.GET)
    rows = form.rows(Inspection.objects.all())
    rows = rows.select_related(*_SHOWN, "superseded_by").prefetch_related("officers", "violations_stopped")
    if sheets.wanted(request):
        return sheets.csv_of(request, "inspections", _HEADER, map(_cells, rows.iterator(chunk_size=1000)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "venues/inspections.html", {"form": form, "page": page})


_HEADER = [
    gettext_lazy("Seen at"), gettext_lazy("Venue"), gettext_lazy("Category"), gettext_lazy("District"), gettext_lazy("Result"), gettext_lazy("Method"),
    gettext_lazy("Officers"), gettext_lazy("Certified officers"), gettext_lazy("Patrol"), gettext_lazy("People inside"), gettext_lazy("Remark"),
    gettext_lazy("Corrected"), gettext_lazy("Recorded"),
]  # fmt: skip


def _cells(look):
    return [
        look.observed_at, look.venue, look.venue.category.name, look.venue.district, look.get_result_display(),
        look.get_method_display(), sheets.names(look.officers.all()), look.certified, look.patrol, look.people_inside,
        look.remark, _("yes") if look.is_corrected else "", look.recorded_at,
    ]  # fmt: skip


@require_safe
@permission_required("venues.view_inspection", raise_exception=True)
def inspection_detail(request, pk):
    looks = Inspection.objects.select_related(*_SHOWN, "target__order", "alert", "supersedes", "superseded_by")
    look = get_object_or_404(looks, pk=pk)
    violations = Violation.objects.filter(opened_by=look) | Violation.objects.filter(stopped_by=look)
    context = {
        "look": look, "violations": violations, "around": _around(look),
        "rejected": [
            {"row": row, "versions": versions(look, row.content)}
            for row in RejectedInspection.objects.filter(client_uuid=look.client_uuid).select_related("by")
        ],
    }  # fmt: skip
    return render(request, "venues/inspection.html", context)


def _around(look):
    """The looks of other officers at this venue within half an hour: they confirm this one or contradict it."""
    within = (look.observed_at - CONFIRMATION_WITHIN, look.observed_at + CONFIRMATION_WITHIN)
    near = Inspection.objects.standing().filter(venue=look.venue_id, observed_at__range=within)
    near = near.exclude(pk=look.pk).exclude(officers_key=look.officers_key)
    return near.prefetch_related("officers").order_by("observed_at")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.record_inspection", raise_exception=True)
def inspection_new(request):
    """Choose the venue first, then say what was seen there. The form's key is that of the record, which counts it
    once."""
    patrol = asked_for(request, Patrol, "patrol")
    alert = asked_for(request, Alert, "alert")
    venue = asked_for(request, Venue, "venue") or (alert and alert.venue)
    if venue is None:
        return _choose_venue(request, alert)
    while venue.merged_into is not None:
        venue = venue.merged_into
    form = InspectionForm(request.POST or None, officer=request.user, venue=venue, patrol=patrol, alert=alert)
    if request.method == "POST" and form.is_valid():
        answer = keep(request, form, Inspection.objects.record, venue=venue, **form.look())
        if answer is not None:
            return answer
    context = {"form": form, "venue": venue, "targets": _order_of(venue)}
    return render(request, "venues/inspection_new.html", context, status=422 if form.errors else 200)


def _order_of(venue):
    targets = venue.targets.filter(order__status="active").select_related("order")
    return targets.order_by("-order__issued_at")


def _choose_venue(request, alert):
    text = request.GET.get("q", "").strip()
    context = {"q": text, "alert": alert, "found": None, "violations": [], "alerts": []}
    if text:
        context["found"], context["more"] = find(text, request.user)
    else:
        context["violations"] = Violation.objects.running().select_related("venue__district", "venue__category")[:20]
        open_alerts = Alert.objects.open().select_related("venue__district", "venue__category", "district", "category")
        context["alerts"] = open_alerts[:20]
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    name = "venues/_inspection_venues.html" if partial else "venues/inspection_venue.html"
    response = render(request, name, context)
    response["Vary"] = "HX-Request"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.record_inspection", raise_exception=True)
def inspection_correct(request, pk):
    """A correction is a further record; the first one stays and shows that it was corrected."""
    look = get_object_or_404(Inspection.objects.select_related("venue__category", "patrol", "alert"), pk=pk)
    form = CorrectionForm(request.POST or None, officer=request.user, look=look)
    if request.method == "POST" and form.is_valid():
        answer = keep(request, form, Inspection.objects.record, venue=look.venue, supersedes=look, **form.look())
        if answer is not None:
            return answer
    later = Inspection.objects.filter(supersedes=look).select_related("recorded_by").first()
    context = {"form": form, "look": look, "venue": look.venue, "later": later}
    return render(request, "venues/inspection_correct.html", context, status=422 if form.errors else 200)


def keep(request, form, act, **look):
    """Record the look under the form's key with `act`. The answer: its page; 409 with both versions when the key is
    known with other content; None when the rules refuse it, with the reason in the form."""
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
        kept = act(by=request.user, client_uuid=key, **look)
    except ValueError:
        form.add_error(None, _("This form was sent without its key. Open the page again and send it once more."))
    except SameKeyOtherContent as conflict:
        context = {"look": conflict.first, "versions": versions(conflict.first, conflict.content), "conflict": conflict}
        return render(request, "venues/inspection_conflict.html", context, status=409)
    except Refused as refused:
        form.add_error(None, refused)
    else:
        messages.success(request, _("Recorded: %(look)s.") % {"look": f"{kept} {kept.get_result_display()}"})
        return redirect(kept)
    return None
