"""Revealing a caller: with a reason, in the answer of this one request, and each time with a row that says who looked. And
finding the complaints of a number, which tells nobody who called."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from complaints.buttons import offered
from complaints.models import Caller, Complaint
from complaints.views.complaints import may_search, one
from venues.masking import FEWEST_DIGITS, masked
from venues.secrets import canonical
from venues.transitions import Refused

SHOWN = 50


@never_cache  # no-store: neither the browser nor a proxy may keep it
@require_POST
@permission_required(["complaints.view_complaint", "complaints.reveal_caller"], raise_exception=True)
def complaint_reveal(request, number):
    """Name and number of the caller of a complaint, or of a call that was added to it (`call`), and the words out of which they
    were taken. Not a redirect: they must not travel further than this answer."""
    complaint = one(request, number, "caller", "venue", "topic", "district")
    caller = _caller(complaint, request.POST.get("call", ""))
    if caller is None:
        raise Http404
    context = {"complaint": complaint, "caller": caller, "reason": request.POST.get("reason", "")}
    try:
        context["name"], context["caller_number"] = caller.reveal(by=request.user, reason=context["reason"])
        context["words"] = list(caller.words().values())
    except Refused as refused:
        context["problem"] = refused.sentence()
        return render(request, "complaints/complaint_caller.html", context, status=422)
    moves, _beside = offered(complaint, request.user)
    context["tell"] = next((address for button, address in moves if button.act == "tell"), "")
    return render(request, "complaints/complaint_caller.html", context)


def _caller(complaint, call):
    if not call:
        return complaint.caller
    calls = complaint.calls.select_related("caller")
    return get_object_or_404(calls, pk=call).caller if call.isdecimal() and len(call) < 19 else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.view_complaint", raise_exception=True)
def caller_search(request):
    """The complaints of a number, which comes in the body and in no address. Only for those who hear numbers or may reveal them:
    to anybody else the answer would confirm a guess that the mask hides."""
    if not may_search(request.user):
        raise PermissionDenied
    context = {}
    if request.method == "POST":
        context = _found(request, request.POST.get("number", "")[:30])
    return render(request, "complaints/caller_search.html", context, status=422 if "problem" in context else 200)


def _found(request, number):
    """What the page shows of the search, which leaves its row in the trail: how much was found, and nothing of the number."""
    if len(canonical(number)) < FEWEST_DIGITS:
        return {"problem": _("Type the whole number: at least seven digits.")}
    try:
        callers = Caller.objects.with_number(number).values("pk")
    except Refused as refused:
        return {"problem": refused.sentence()}
    theirs = Q(caller__in=callers) | Q(pk__in=Complaint.objects.filter(calls__caller__in=callers).values("pk"))
    found = Complaint.objects.visible_to(request.user).filter(theirs).order_by("-received_at", "-pk")
    count = found.count()
    request.user.leave_trail("caller_search", detail={"found": count})
    return {"searched": masked(number), "count": count, "found": found[:SHOWN]}
