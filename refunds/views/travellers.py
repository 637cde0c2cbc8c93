"""Travellers of a group: kept encrypted, revealed with a reason in the answer of this one request, each time with a row that says who
looked."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from refunds.forms.groups import TravellerForm
from refunds.forms.work import AnswerForm
from refunds.models import CallBackSample, Traveller
from refunds.views.group_page import act, group_or_404
from venues.models.submissions import once
from venues.transitions import Refused


@sensitive_post_parameters("name", "number")
@never_cache
@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def traveller_new(request, pk):
    return act(request, TravellerForm(request.POST, group=group_or_404(pk)))


@never_cache  # no-store: neither the browser nor a proxy may keep it
@require_POST
@permission_required(["refunds.view_tourgroup", "refunds.reveal_traveller"], raise_exception=True)
def traveller_reveal(request, pk):
    """Not a redirect: name and number must not travel further than this answer."""
    traveller = get_object_or_404(Traveller.objects.select_related("group__agency__merged_into"), pk=pk)
    context = {"traveller": traveller, "group": traveller.group, "reason": request.POST.get("reason", "")}
    try:
        context["name"], context["number"] = traveller.reveal(by=request.user, reason=context["reason"])
    except Refused as refused:
        context["problem"] = refused.sentence()
    else:
        context |= _to_be_asked(request.user, traveller)
    return render(request, "refunds/traveller.html", context, status=422 if "problem" in context else 200)


def _to_be_asked(user, traveller):
    """The form for what he says, when he was drawn for a call-back and this officer may call him."""
    if not user.has_perm("refunds.call_travellers"):
        return {}
    sample = CallBackSample.objects.open(timezone.now()).filter(traveller=traveller).first()
    return {"sample": sample, "form": AnswerForm(sample=sample)} if sample else {}
