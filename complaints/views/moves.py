"""Every move of a complaint: one view, driven by the table of moves. Who comes too late keeps the text and is told who was
first."""

import functools

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.buttons import BUTTONS, offered
from complaints.forms.telling import AskForm
from complaints.models import Complaint
from complaints.workflow import BESIDE, MOVES, may, next_acts
from venues.asked import as_id
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

_SHOWN = ("venue__category", "venue__district", "topic", "district", "parent", "caller", "channel", "alert")


def _permitted(view):
    """Decorator: only an act that there is, and only for those who may do it; before anything of the form is looked at."""

    @functools.wraps(view)
    def wrapper(request, number, act):
        if act not in BUTTONS:
            raise Http404
        if not may(request.user, act):
            raise PermissionDenied
        return view(request, number, act)

    return wrapper


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.view_complaint", raise_exception=True)
@_permitted
@once
def complaint_act(request, number, act):
    complaint = get_object_or_404(Complaint.objects.visible_to(request.user).select_related(*_SHOWN), number=number)
    button = BUTTONS[act]
    form = _form(request, complaint, button)
    if _too_late_for(act, complaint, request.user, form):
        return _too_late(request, complaint, button, form, complaint._who_was_first(act))
    if "venue_find" in request.POST:  # the picker without JavaScript: show what it found, save nothing
        return _page(request, complaint, button, form, status=200)
    if request.method != "POST" and form.elsewhere:
        return redirect(form.elsewhere)
    if request.method != "POST" or not form.is_valid():
        return _page(request, complaint, button, form)
    warnings = getattr(form, "warnings", list)()
    if warnings and "confirmed" not in request.POST:
        return _page(request, complaint, button, form, warnings=warnings)
    try:
        more = form.carry_out(by=request.user)
    except TooLate as refused:
        return _too_late(request, complaint, button, form, refused.sentence())
    except Refused as refused:
        form.add_error(None, refused.sentence())
        return _page(request, complaint, button, form)
    done = _("%(number)s: %(act)s.") % {"number": complaint.number, "act": complaint.events.last().get_act_display()}
    messages.success(request, more or done)
    return redirect("complaints:desk" if request.POST.get("back") == "desk" else complaint)


def _form(request, complaint, button):
    """The form of this act, filled when it was sent; of an added call (`call`) that waits or waited for an answer, else 404."""
    options = {"complaint": complaint, "officer": request.user, "act": button.act}
    if button.form.about_a_call:
        said = request.POST if request.method == "POST" else request.GET
        calls = complaint.calls.filter(wants_reply=True).select_related("caller", "channel")
        options["call"] = get_object_or_404(calls, pk=as_id(said.get("call", "")) or 0)
    return button.form(request.POST if request.method == "POST" else None, **options)


def _too_late_for(act, complaint, user, form):
    """Whether the state of the complaint, or the page that was sent, forbids it now."""
    if act in MOVES:
        return act not in next_acts(complaint, user) or form.stale
    row = BESIDE[act]
    return complaint.status not in row.sources or (row.reads and form.stale)


def _page(request, complaint, button, form, *, warnings=(), status=None):
    context = {"complaint": complaint, "button": button, "form": form, "warnings": warnings, "teller": None}
    if isinstance(form, AskForm):
        context["teller"] = form.call.caller if form.call else complaint.caller
    return render(request, "complaints/complaint_act.html", context, status=status or (422 if form.errors else 200))


def _too_late(request, complaint, button, form, sentence):
    """409: who was first, what was typed, and what may be done now."""
    complaint.refresh_from_db()
    typed = [(field.label, text) for field in form.asked if (text := _as_typed(field))] if form.is_bound else []
    moves, _beside = offered(complaint, request.user)
    context = {
        "complaint": complaint, "button": button, "sentence": sentence, "typed": typed, "moves": moves,
        "kept": "\n".join(f"{label}: {text}" for label, text in typed), "may_note": may(request.user, "note"),
    }  # fmt: skip
    return render(request, "complaints/complaint_too_late.html", context, status=409)


def _as_typed(field):
    """What was entered in the field, as people read it."""
    value = field.value()
    choices = {str(key): label for key, label in getattr(field.field, "choices", ())} if value else {}
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(str(choices.get(str(one), one)) for one in values if one not in (None, "", True, False))
