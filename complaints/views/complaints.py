"""Complaints: the list, a complaint's page, its sheet of paper."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from complaints.buttons import offered, with_callers
from complaints.clocks import clocks_of, next_due
from complaints.forms.filters import ComplaintFilter
from complaints.models import Complaint
from complaints.models.complaints import without_numbers
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.owed import callers_of
from complaints.paging import COUNT_UP_TO, stretch
from complaints.story import story_of, views_of
from complaints.workflow import OPEN
from venues.models import Alert, Inspection, Violation

SHOWN = (
    "venue__category", "venue__district", "topic", "channel", "district", "street", "caller", "taken_by", "leader",
    "phone_officer", "patrol", "alert", "parent__venue", "parent__topic",
)  # fmt: skip


@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
def complaint_list(request):
    form = ComplaintFilter(request.GET)
    if form.asks_for_a_number:  # not on this page: every link of it would carry the number on
        messages.warning(request, form.errors["q"][0])
        place = reverse("complaints:caller_search" if may_search(request.user) else "complaints:complaints")
        return HttpResponse(headers={"HX-Redirect": place}) if request.htmx else redirect(place)
    found = form.rows(Complaint.objects.visible_to(request.user))
    rows = found.select_related("topic", "venue", "district", "channel").prefetch_related("assignees")
    page = stretch(rows, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    now = timezone.now()
    for complaint in page.rows:
        complaint.due = next_due(clocks_of(complaint, now))
    total = found.order_by()[: COUNT_UP_TO + 1].count()
    context = {"form": form, "page": page, "total": min(total, COUNT_UP_TO), "more_than": total > COUNT_UP_TO}
    wants_part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    name = "complaints/_complaint_rows.html" if wants_part else "complaints/complaint_list.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def may_search(user):
    """Whether this officer may look for the complaints of a telephone number: who hears numbers, or may reveal them."""
    return any(user.has_perm(permission) for permission in ("complaints.log_call", "complaints.reveal_caller"))


def one(request, number, *related):
    """The complaint with this number, if this officer may see it; else 404."""
    return get_object_or_404(
        Complaint.objects.visible_to(request.user).select_related(*(related or SHOWN)), number=number
    )


@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
def complaint_detail(request, number):
    complaint = one(request, number)
    now = timezone.now()
    clocks = clocks_of(complaint, now)
    moves, beside = offered(complaint, request.user)
    callers = _callers(complaint, now)
    moves = with_callers(complaint, moves, callers, request.user)
    context = {
        **_what_was_said(complaint), "clocks": clocks, "due": next_due(clocks), "moves": moves, "beside": beside,
        "story": story_of(complaint), "callers": callers, "views": _views(complaint, callers, request.user), "attempts": ATTEMPTS_TO_BE_UNREACHABLE,
        "open": complaint.status in OPEN,
        "children": complaint.children.select_related("topic", "venue").order_by("pk"), **_at_the_venue(complaint, request.user),
    }  # fmt: skip
    return render(request, "complaints/complaint.html", context)


@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
def complaint_sheet(request, number):
    """举报处理单: one page of paper, the caller masked."""
    complaint = one(request, number)
    context = {
        **_what_was_said(complaint), "clocks": clocks_of(complaint, timezone.now()), "story": story_of(complaint),
        "callbacks": complaint.callbacks.select_related("by"),
    }  # fmt: skip
    return render(request, "complaints/complaint_sheet.html", context)


def _what_was_said(complaint):
    return {
        "complaint": complaint, "content": without_numbers(complaint.content), "outcome": without_numbers(complaint.outcome),
        "assignees": complaint.assignees.all(),
    }  # fmt: skip


def _callers(complaint, now):
    """Everybody who called about it, each with where his answer stands."""
    callers = callers_of(complaint)
    for one in callers:
        one.late = one.is_late(now)
    return callers


def _views(complaint, callers, user):
    """Who saw the callers of the matter, for who may know: [CallerView]; None for the others."""
    if not user.has_perm("complaints.view_callerview"):
        return None
    return views_of(complaint, [one.caller for one in callers if one.caller and one.caller.has_name])


def _at_the_venue(complaint, user):
    """The looks that answer its alerts and what was found by them, as far as this officer may see them."""
    looks, violations = Inspection.objects.none(), Violation.objects.none()
    raised = Alert.objects.filter(Q(complaints=complaint) | Q(complaints__parent=complaint)).order_by().values("pk")
    if user.has_perm("venues.view_inspection"):
        looks = (
            Inspection.objects.filter(alert__in=raised)
            .select_related("venue")
            .prefetch_related("officers")
            .order_by("observed_at")
        )
    if user.has_perm("venues.view_violation"):
        violations = Violation.objects.filter(opened_by__alert__in=raised)
    return {"looks": looks, "violations": violations}
