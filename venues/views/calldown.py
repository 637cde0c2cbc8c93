"""The call-down list: one venue after another, and the list of those to which a car is sent."""

import itertools
import re

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from venues.asked import as_id
from venues.forms.notices import CallForm
from venues.models import ClosureOrder, Target
from venues.models.calling import FAILED_ATTEMPTS_TO_SEND_A_CAR, REST_AFTER_FAILURE
from venues.models.submissions import once
from venues.transitions import Refused
from venues.views.orders import refused

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@permission_required("venues.add_notice", raise_exception=True)
@once
def calldown(request, pk):
    """GET shows the venue that the officer holds, or where the list stands; POST takes the next one, or the one that
    `target` names."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if request.method == "POST":
        _claim(request, order)
        return redirect("venues:calldown", pk=pk)
    if not order.is_active:
        messages.error(request, _("This order is not in force: nobody is called."))
        return redirect(order)
    return _page(request, order)


def _claim(request, order):
    asked = request.POST.get("target", "")
    if asked:
        wanted = get_object_or_404(Target.objects.of(order), pk=as_id(asked))
        try:
            wanted.claim(by=request.user)
        except Refused as error:
            messages.error(request, error.sentence())
    elif Target.objects.claim_next(order, by=request.user) is None:
        messages.info(request, _("There is nobody left to call at this moment."))


@require_POST
@permission_required("venues.add_notice", raise_exception=True)
@once
def calldown_notice(request, pk):
    """The outcome of one turn; the next venue comes by itself."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    form = CallForm(request.POST, order=order)
    status = 422
    if form.is_valid():
        target = form.cleaned_data["target"]
        try:
            notice = target.notify(by=request.user, channel="phone", **form.notice())
        except Refused as error:
            status = refused(form, error)
        else:
            said = {"venue": target.name, "outcome": notice.get_outcome_display()}
            messages.success(request, _("Recorded for %(venue)s: %(outcome)s.") % said)
            Target.objects.claim_next(order, by=request.user)
            return redirect("venues:calldown", pk=pk)
    return _page(request, order, form, status)


@require_POST
@permission_required("venues.add_notice", raise_exception=True)
@once
def calldown_release(request, pk):
    """Give the venue back without an outcome."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    for held in Target.objects.of(order).claimed_by_officer(request.user):
        held.release(by=request.user)
        messages.info(request, _("%(venue)s is back on the list.") % {"venue": held.name})
    return redirect("venues:calldown", pk=pk)


@require_POST
@permission_required("venues.add_notice", raise_exception=True)
def calldown_renew(request, pk):
    """Sent by the open page while the officer calls. Naturally idempotent, so it carries no form key; 286 tells the
    page to stop asking."""
    held = Target.objects.filter(order=pk).claimed_by_officer(request.user).first()
    renewed = held is not None and held.renew(by=request.user)
    return HttpResponse(status=204 if renewed else 286)


@require_GET
@permission_required("venues.view_target", raise_exception=True)
def calldown_queue(request, pk):
    """The venues still to be called, in the order of calling, with who is calling them; one may be picked by hand."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    now = timezone.now()
    found = Target.objects.of(order).to_call(now).select_related("category", "district", "claimed_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "venues/calldown_queue.html", {"order": order, "page": page, "now": now})


@require_GET
@permission_required("venues.view_target", raise_exception=True)
def calldown_unreached(request, pk):
    """The "send a car" list: addresses by district, to be printed and taken along."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    to_visit = Target.objects.of(order).to_visit().select_related("category", "district")
    groups = [
        (district, list(targets))
        for district, targets in itertools.groupby(to_visit, key=lambda target: target.district)
    ]
    context = {
        "order": order, "groups": groups, "total": sum(len(targets) for _district, targets in groups),
        "attempts": FAILED_ATTEMPTS_TO_SEND_A_CAR, "now": timezone.now(),
    }  # fmt: skip
    return render(request, "venues/calldown_unreached.html", context)


def _page(request, order, form=None, status=200):
    now = timezone.now()
    mine = Target.objects.of(order).untold().claimed_by_officer(request.user)
    current = mine.select_related("venue", "category", "district").first()
    context = {"order": order, "current": current, "form": form, "now": now, **_progress(request, order, now)}
    if current is not None:
        context |= _card(current, now)
        if form is None or form.data.get("target") != str(current.pk):
            context["fields"] = CallForm(order=order)
        else:
            context["fields"] = form
    elif not form:
        asked = request.GET.get("target", "")
        if asked:
            context["picked"] = Target.objects.of(order).filter(pk=as_id(asked)).first()
    return render(request, "venues/calldown.html", context, status=status)


def _card(target, now):
    """What the officer has in front of him: numbers, and what was tried before."""
    notices = list(target.notices.select_related("by").order_by("-at", "-pk"))
    return {
        "numbers": _numbers(target),
        "earlier": notices,
        "tried_just_now": bool(notices) and notices[0].at > now - REST_AFTER_FAILURE,
        "outcomes": CallForm.OUTCOMES,
    }


def _numbers(target):
    """[(as written, to dial, to read)]: the frozen number, then what the registry has besides by now."""
    written = [target.phone, target.venue.phone, target.venue.phone_2]
    return [(number, _digits(number), _grouped(number)) for number in dict.fromkeys(written) if number]


def _digits(number):
    return re.sub(r"[^\d+]", "", number)


def _grouped(number):
    """A mobile number in groups that can be read out: 139 0938 0257. Others stay as they are written."""
    return re.sub(r"^(1\d\d)(\d{4})(\d{4})$", r"\1 \2 \3", number)


def _progress(request, order, now):
    targets = Target.objects.of(order)
    in_scope = targets.in_scope()
    to_call = targets.to_call(now).order_by()
    return {
        "total": in_scope.count(),
        "told": in_scope.exclude(told_at=None).count(),
        "to_call": to_call.count(),
        "to_visit": targets.to_visit().order_by().count(),
        "colleagues": list(
            targets.untold().being_called(now).exclude(claimed_by=request.user).select_related("claimed_by")
        ),
    }
