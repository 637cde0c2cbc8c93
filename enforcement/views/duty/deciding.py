"""What the leader decides: changes of duty and leave."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enforcement.forms.duty.changes import NoteForm
from enforcement.models.duty import Leave
from enforcement.views.duty import absences, changes
from venues.models.submissions import once
from venues.transitions import Refused


@require_POST
@permission_required("enforcement.approve_change", raise_exception=True)
@once
def change_decide(request, pk):
    change, form = changes.one(pk), NoteForm(request.POST)
    if not form.is_valid() or request.POST.get("decision") not in ("approve", "refuse"):
        return changes.change_page(request, change, note=form, status=422)
    try:
        if request.POST["decision"] == "approve":
            warnings = change.approve(by=request.user, note=form.cleaned_data["note"])
        else:
            warnings = change.refuse(by=request.user, note=form.cleaned_data["note"])
    except Refused as refused:
        return changes.refused_on_page(request, refused, changes.one(pk), form)
    tell(request, change, warnings)
    return redirect(change)


@require_POST
@permission_required("enforcement.approve_change", raise_exception=True)
@once
def leave_decide(request, pk):
    leave, form = get_object_or_404(Leave.objects.with_people(), pk=pk), NoteForm(request.POST)
    if not form.is_valid() or request.POST.get("decision") not in ("approve", "refuse"):
        return absences.leave_page(request, leave, note=form, status=422)
    uncovered = []
    try:
        if request.POST["decision"] == "approve":
            uncovered = leave.approve(by=request.user, note=form.cleaned_data["note"])
        else:
            leave.refuse(by=request.user, note=form.cleaned_data["note"])
    except Refused as refused:
        return absences.refused_on_page(request, refused, pk)
    tell(request, leave)
    if uncovered:
        count = len(uncovered)
        words = ngettext(
            "%(count)s published duty is uncovered by it: find somebody.",
            "%(count)s published duties are uncovered by it: find somebody for each.", count,
        )  # fmt: skip
        messages.warning(request, words % {"count": count})
    return redirect(leave)


def tell(request, decided, warnings=None):
    """Say what was decided, and when it was one's own because nobody else may."""
    messages.success(
        request, _("Approved.") if decided.state == decided.State.APPROVED else _("Refused; both can read why.")
    )
    for warning in warnings or ():
        messages.warning(request, warning)
    if decided.decided_alone:
        messages.warning(
            request, _("You decided about your own duty, because nobody else may. It stands so on the record.")
        )
