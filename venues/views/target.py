"""One target of an order: its page, its notices entered by hand, its exclusion and return; late additions; all
changes."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from venues.facts import venues_at
from venues.forms.notices import NoticeForm
from venues.forms.orders import AdditionForm, ReasonForm
from venues.models import ClosureOrder, Inspection, Target, Violation
from venues.models.submissions import once
from venues.moments import as_of
from venues.states import state_of
from venues.transitions import Refused
from venues.views.orders import refused


def _target(pk, target_pk):
    found = Target.objects.select_related("order", "venue", "category", "district", "added_by", "claimed_by")
    return get_object_or_404(found, pk=target_pk, order=pk)


@require_GET
@permission_required("venues.view_target", raise_exception=True)
def target(request, pk, target_pk):
    return _page(request, _target(pk, target_pk))


def _page(request, target, form=None, status=200):
    """The card, the state, the notices, the looks since the order was issued, and the changes."""
    now = timezone.now()
    place = venues_at([target.venue.merged_into_id or target.venue_id]).values("pk")
    looks = Inspection.objects.filter(venue__in=place, observed_at__gte=target.order.issued_at)
    looks = looks.select_related("patrol", "superseded_by").prefetch_related("officers")
    violations = Violation.objects.filter(venue__in=place, found_at__gte=target.order.issued_at)
    context = {
        "order": target.order,
        "target": target,
        "state": state_of(target, now, target.category.recheck),
        "notices": target.notices.select_related("by").order_by("-at", "-pk"),
        "looks": looks.order_by("-observed_at", "-pk"),
        "violations": violations.order_by("-found_at"),
        "moves": target.moves.select_related("by").order_by("-pk"),
        "form": form or NoticeForm(initial={"channel": "on_site"}),
        "being_called": target.claimed_by_id and target.claimed_until > now,
        "now": now,
    }
    return render(request, "venues/target.html", context, status=status)


@require_POST
@permission_required("venues.add_notice", raise_exception=True)
@once
def target_notice(request, pk, target_pk):
    """One attempt by any channel, entered by hand."""
    target = _target(pk, target_pk)
    form = NoticeForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            notice = target.notify(by=request.user, **form.cleaned_data)
        except Refused as error:
            status = refused(form, error)
        else:
            said = {"venue": target.name, "outcome": notice.get_outcome_display()}
            messages.success(request, _("Recorded for %(venue)s: %(outcome)s.") % said)
            return redirect(target)
    return _page(request, target, form, status)


@require_http_methods(["GET", "POST"])
@permission_required("venues.change_targets", raise_exception=True)
@once
def target_exclude(request, pk, target_pk):
    target = _target(pk, target_pk)
    return _scope_page(request, target, Target.Scope.IN_SCOPE, target.exclude, _("%(venue)s is excluded."))


@require_http_methods(["GET", "POST"])
@permission_required("venues.change_targets", raise_exception=True)
@once
def target_reinstate(request, pk, target_pk):
    target = _target(pk, target_pk)
    return _scope_page(request, target, Target.Scope.EXCLUDED, target.reinstate, _("%(venue)s is on the list again."))


def _scope_page(request, target, before, act, done):
    """The page that asks for the reason of a change of scope, says what it does, and does it."""
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(by=request.user, reason=form.cleaned_data["reason"])
            except Refused as error:
                status = refused(form, error)
            else:
                messages.success(request, done % {"venue": target.name})
                return redirect(target)
    in_scope = Target.objects.of(target.order).in_scope().count()
    context = {
        "order": target.order, "target": target, "form": form, "excluding": before == Target.Scope.IN_SCOPE,
        "possible": target.scope == before and target.order.is_active, "open_violation": target.has_open_violation(),
        "in_scope": in_scope, "in_scope_then": in_scope + (-1 if before == Target.Scope.IN_SCOPE else 1),
    }  # fmt: skip
    return render(request, "venues/target_scope.html", context, status=status)


@require_http_methods(["GET", "POST"])
@permission_required("venues.change_targets", raise_exception=True)
@once
def target_add(request, pk):
    """A late addition: find the venue, choose it, give the reason."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if not order.is_active and request.method == "GET":
        messages.error(request, _("Only the list of an order in force can change."))
        return redirect(order)
    form = AdditionForm(request.POST or None, initial={"venue": request.GET.get("venue")})
    form.fields["venue"].user = request.user
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                added = order.add_target(
                    form.cleaned_data["venue"], by=request.user, reason=form.cleaned_data["reason"]
                )
            except Refused as error:
                status = refused(form, error)
            else:
                messages.success(request, _("%(venue)s is on the list.") % {"venue": added.name})
                return redirect(added)
    return render(request, "venues/target_add.html", {"order": order, "form": form}, status=status)


@require_GET
@permission_required("venues.view_target", raise_exception=True)
def changes(request, pk):
    """Every exclusion, reinstatement and late addition with who, when and why, until `?as_of=`: they stand beside the
    percentage. Lifted targets are counted, not listed."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    try:
        at, asked = as_of(request)
    except Refused as error:
        messages.error(request, error.sentence())
        return redirect("venues:order_changes", pk=pk)
    context = {
        "order": order, "exclusions": order.exclusions(at), "additions": order.late_additions(at),
        "moves": order.moves.select_related("by").filter(at__lte=at), "at": at, "asked": asked,
    }  # fmt: skip
    return render(request, "venues/order_changes.html", context)
