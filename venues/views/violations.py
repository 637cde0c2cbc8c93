"""Violations: the list with the running ones first, a violation's page, its stop and what is done about it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from venues.forms.filters import ViolationFilter
from venues.forms.inspections import StopForm, ViolationMoveForm
from venues.models import Violation
from venues.models.submissions import once
from venues.transitions import Refused
from venues.views import sheets
from venues.views.inspections import PAGE, keep

_SHOWN = ("venue__category", "venue__district", "opened_by__patrol", "stopped_by")


@require_safe
@permission_required("venues.view_violation", raise_exception=True)
def violation_list(request):
    form = ViolationFilter(request.GET)
    moment = form.moment or timezone.now()
    rows = form.rows(Violation.objects.all())
    running = rows.running(form.moment).count()
    rows = rows.with_repeat().open_first().select_related(*_SHOWN).prefetch_related("moves")
    if sheets.wanted(request):
        return sheets.csv_of(request, "violations", _HEADER, (_cells(row, moment) for row in rows))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for violation in page:
        violation.then = violation.state_at(moment)
        violation.lasted_then = violation.lasted(moment)
    context = {"form": form, "page": page, "running": running, "moment": form.moment}
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "venues/_violations.html" if partial else "venues/violations.html", context)
    response["Vary"] = "HX-Request"
    return response


_HEADER = [
    gettext_lazy("Found at"), gettext_lazy("Venue"), gettext_lazy("Category"), gettext_lazy("District"), gettext_lazy("State"), gettext_lazy("Stopped at"),
    gettext_lazy("Minutes"), gettext_lazy("Which time"), gettext_lazy("Case no."), gettext_lazy("Measures"),
]  # fmt: skip


def _cells(violation, moment):
    state, gone = violation.state_at(moment), violation.state == Violation.State.WITHDRAWN
    return [
        violation.found_at, violation.venue, violation.venue.category.name, violation.venue.district, state.label,
        None if state == Violation.State.OPEN else violation.stopped_at,
        None if gone else int(violation.lasted(moment).total_seconds() // 60), None if gone else violation.repeat,
        violation.case_no, violation.measures,
    ]  # fmt: skip


def _page(request, violation, form=None):
    looks = violation.venue.inspections.standing().on_site().filter(observed_at__gte=violation.found_at)
    if violation.stopped_at:
        looks = looks.filter(observed_at__lte=violation.stopped_at)
    context = {
        "violation": violation, "moves": violation.moves.select_related("by"), "next_states": violation.next_states,
        "looks": looks.prefetch_related("officers").order_by("observed_at", "pk"), "lasted": violation.lasted(),
        "form": form or ViolationMoveForm(violation=violation),
    }  # fmt: skip
    return render(request, "venues/violation.html", context, status=422 if form and form.errors else 200)


def _violation(pk):
    return get_object_or_404(Violation.objects.with_repeat().select_related(*_SHOWN), pk=pk)


@require_safe
@permission_required("venues.view_violation", raise_exception=True)
def violation_detail(request, pk):
    return _page(request, _violation(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.move_violation", raise_exception=True)
def violation_stop(request, pk):
    """The closing look; the form's key is the key of that record, which counts it once."""
    violation = _violation(pk)
    form = StopForm(request.POST or None, officer=request.user)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("officers", "at", "measures", "patrol")}
        answer = keep(request, form, violation.stop, **said)
        if answer is not None:
            return answer if answer.status_code == 409 else redirect(violation)
    context = {"form": form, "violation": violation}
    return render(request, "venues/violation_stop.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("venues.move_violation", raise_exception=True)
@once
def violation_move(request, pk):
    violation = _violation(pk)
    form = ViolationMoveForm(request.POST, violation=violation)
    if form.is_valid():
        try:
            _move(violation, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Recorded: %(state)s.") % {"state": violation.get_state_display()})
            return redirect(violation)
    return _page(request, violation, form)


def _move(violation, *, by, to_state, at, text, case_no="", transferred_to="", **_moment):
    said = {"by": by, "at": at, "text": text}
    match to_state:
        case Violation.State.ORDERED:
            violation.order_rectification(**said, case_no=case_no)
        case Violation.State.RESOLVED:
            violation.resolve(**said, case_no=case_no)
        case Violation.State.TRANSFERRED:
            violation.transfer(**said, to=transferred_to, case_no=case_no)
        case Violation.State.WITHDRAWN:
            violation.withdraw(**said)
