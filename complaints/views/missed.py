"""The list of calls, rings without a complaint, and calling back those that were missed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.forms.call_filter import CallFilter
from complaints.forms.calls import MissedForm
from complaints.models import Call
from complaints.paging import COUNT_UP_TO, stretch
from venues.models.submissions import once
from venues.transitions import Refused


@require_safe
@permission_required("complaints.view_call", raise_exception=True)
def call_list(request):
    form = CallFilter(request.GET)
    rows = form.rows(Call.objects.all()).select_related(
        "channel", "caller", "answered_by", "complaint", "called_back_by"
    )
    asked, total = request.GET, rows.order_by()[: COUNT_UP_TO + 1].count()
    context = {
        "form": form, "to_return": Call.objects.to_return().count(),
        "page": stretch(rows, "started_at", after=asked.get("after", ""), before=asked.get("before", "")),
        "total": min(total, COUNT_UP_TO), "more_than": total > COUNT_UP_TO,
    }  # fmt: skip
    return render(request, "complaints/call_list.html", context)


@never_cache  # what was typed comes back with the errors
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.log_call", raise_exception=True)
@once
def call_missed_new(request):
    """A ring that nobody answered, or that was none, noted afterwards."""
    form = MissedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            call = Call.objects.log(
                by=request.user, client_id=request.POST["form_key"], channel=said["channel"], result=said["result"],
                number=said["number"], remark=said["remark"], at=said["at"],
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request, _("Noted: %(result)s, %(time)s.") % {"result": call.get_result_display(), "time": call}
            )
            return redirect("complaints:calls")
    return render(request, "complaints/call_missed_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@permission_required("complaints.log_call", raise_exception=True)
@once
def call_returned(request, pk):
    """Somebody called back."""
    call = get_object_or_404(Call, pk=pk)
    try:
        call.call_back(by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("Noted: called back."))
    return redirect(f"{reverse('complaints:calls')}?to_return=1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.reveal_caller", raise_exception=True)
def call_number(request, pk):
    """The number of a call that is to be returned, to dial it: asks for the reason, and the view of it is a row with that reason.

    Not a redirect: the number must not travel further than this answer."""
    call = get_object_or_404(Call.objects.to_return().select_related("caller", "channel"), pk=pk)
    context = {"call": call, "number": None, "reason": request.POST.get("reason", "")}
    if request.method == "POST":
        try:
            context["name"], context["number"] = call.caller.reveal(by=request.user, reason=context["reason"])
        except Refused as refused:
            context["problem"] = refused.sentence()
    return render(request, "complaints/call_number.html", context, status=422 if "problem" in context else 200)
