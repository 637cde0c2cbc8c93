"""Rosters: their list, the wizard, the month as it is in force, the versions and their differences."""

import datetime
from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty import planning
from enforcement.duty.coverage import coverage
from enforcement.duty.grids import grid
from enforcement.duty.rotation import filling
from enforcement.forms.duty.planning import PlanForm, free_span, month_end
from enforcement.models import Roster, RosterVersion
from enforcement.views.duty.now import wants_part
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PER_PAGE = 24
State = RosterVersion.State


@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def rosters(request):
    """Every roster with what is published of it; drafts only for who plans."""
    versions = RosterVersion.objects.exclude(state=State.SUPERSEDED).select_related("published_by", "edited_by")
    plans = request.user.has_perm("enforcement.plan_roster")
    found = Roster.objects.order_by("-starts_on").prefetch_related(Prefetch("versions", versions, to_attr="current"))
    if not plans:
        found = found.filter(versions__state=State.PUBLISHED)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for roster in page:
        roster.published = next((v for v in roster.current if v.state == State.PUBLISHED), None)
        roster.draft = next((v for v in roster.current if v.is_draft), None) if plans else None
    today = timezone.localdate()
    context = {"page": page, "today": today, "next": free_span(today) if plans else None}
    return render(request, "enforcement/duty/rosters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_new(request):
    """The wizard: the next free days are proposed and previewed at once, one press saves them as a draft."""
    form = PlanForm(request.POST if request.method == "POST" else request.GET)
    status = 200
    if not form.fields["pattern"].queryset.exists():
        return render(request, "enforcement/duty/roster_new.html", {"form": None})
    preview = _preview(form) if form.is_valid() else None
    if request.method == "POST" and preview:
        try:
            version = _open(request.user, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused)
            status = 409 if isinstance(refused, TooLate) else 422
        else:
            messages.success(request, _("The draft is saved. Look at it, then publish it."))
            return redirect(version)
    if form.errors and status == 200:
        status = 422
    part = "_roster_plan" if wants_part(request) else "roster_new"
    context = {"form": form, "preview": preview, "chips": _chips()}
    response = render(request, f"enforcement/duty/{part}.html", context, status=200 if wants_part(request) else status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@transaction.atomic
def _open(by, asked):
    version = Roster.objects.open(
        by=by, title=asked["title"], starts_on=asked["first"], ends_on=asked["last"], pattern=asked["pattern"]
    )
    if asked["rotations"]:
        version.fill(asked["rotations"], by=by)
    return version


def _preview(form):
    """What saving the wizard would make, with its gaps and clashes; None where the pattern has no shifts."""
    asked = form.cleaned_data
    shifts = form.shifts()
    if not shifts:
        form.add_error("pattern", _("This pattern has no shift borders yet: give it one."))
        return None
    found = filling(asked["rotations"], shifts, pattern=asked["pattern"])
    for shift in shifts:
        shift.group = found.groups.get(shift.start)
    review = planning.review(found.rows, shifts)
    return {
        "review": review, "blocks": grid(found.rows, shifts, review.coverage), "skipped": found.skipped, "shifts": len(shifts),
        "people": _shares(found.rows),
    }  # fmt: skip


def _shares(rows):
    """[(officer, shifts)], who has most of them first."""
    officers = {row.officer_id: row.officer for row in rows}
    counts = Counter(row.officer_id for row in rows)
    return [(officers[pk], count) for pk, count in counts.most_common()]


def _chips():
    """(first, last) of the spans that are planned most: the rest of this month, whole months, two weeks."""
    today = timezone.localdate()
    spans, first = [], free_span(today)[0]
    for _month in range(3):
        last = month_end(first)
        spans.append((first, last))
        first = last + datetime.timedelta(days=1)
    spans.append((spans[0][0], spans[0][0] + datetime.timedelta(days=13)))
    return [span for span in spans if not Roster.objects.touching(*span).exists()]


@never_cache
@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def roster(request, pk):
    """The month as it is in force, with the changes that hold, and how it is covered."""
    roster = get_object_or_404(Roster.objects.select_related("pattern", "created_by"), pk=pk)
    versions = list(roster.versions.select_related("published_by", "edited_by"))
    published = next((v for v in versions if v.state == State.PUBLISHED), None)
    plans = request.user.has_perm("enforcement.plan_roster")
    draft = next((v for v in versions if v.is_draft), None) if plans else None
    if published is None and draft:
        return redirect("duty:roster_draft", roster.pk)
    context = {"roster": roster, "published": published, "draft": draft, "blocks": []}
    if published:
        context |= _as_it_is(roster, published)
    return render(request, "enforcement/duty/roster.html", context)


def _as_it_is(roster, published):
    shifts = list(published.shifts.select_related("group"))
    rows = list(roster.in_force().select_related("shift", "officer").order_by("start", "role", "pk"))
    found = coverage(*planning.window(shifts, roster))
    return {
        "blocks": grid(rows, shifts, found), "coverage": found, "gaps": found.gaps,
        "changed": any(row.source == "change" for row in rows),
    }  # fmt: skip


@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def roster_versions(request, pk):
    """The published versions, and the difference of any two as they were published."""
    roster = get_object_or_404(Roster, pk=pk)
    versions = list(roster.versions.filter(number__isnull=False).select_related("published_by").order_by("number"))
    by_number = {str(version.number): version for version in versions}
    new = by_number.get(request.GET.get("new", ""), versions[-1] if versions else None)
    before = [version for version in versions if new and version.number < new.number]
    old = by_number.get(request.GET.get("old", ""), before[-1] if before else None)
    context = {
        "roster": roster, "versions": versions, "old": old, "new": new,
        "differences": planning.difference(old, new) if old and new else [],
    }  # fmt: skip
    return render(request, "enforcement/duty/roster_versions.html", context)


@require_POST
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_redraft(request, pk):
    """Begin the draft of the next version; a draft that somebody else has begun is shown."""
    roster = get_object_or_404(Roster, pk=pk)
    try:
        roster.new_draft(by=request.user)
    except TooLate as refused:
        messages.error(request, refused.sentence())
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect(roster)
    return redirect("duty:roster_draft", roster.pk)
