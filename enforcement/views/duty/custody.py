"""The chain of custody: who had a post from when to when, taking it the first time or in an emergency, approving that."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.paging import stretch
from enforcement.duty.responsible import holders
from enforcement.forms.duty.now import ReasonForm, post_of
from enforcement.models.duty import Custody
from venues.models.submissions import once
from venues.moments import as_of
from venues.transitions import Refused, TooLate


def newest_first(rows, moment, request):
    """The page of `rows` that the address asks for, by the column `moment`."""
    asked = {name: request.GET.get(name, "") for name in ("after", "before")}
    return stretch(rows.annotate(received_at=F(moment)), **asked)


@require_safe
@permission_required("enforcement.view_handover", raise_exception=True)
def custody_list(request):
    post = request.GET.get("post", "")
    try:
        moment, asked = as_of(request)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect("duty:custody")
    rows = Custody.objects.select_related("officer", "handed_by", "previous__officer", "approved_by", "handover")
    if post in Custody.Post.values:
        rows = rows.filter(post=post)
    context = {"post": post, "posts": Custody.Post.choices, "moment": moment if asked else None}
    if asked:
        rows = rows.at(moment)
        held = holders(moment)
        context["held"] = [(Custody.Post(name), held[name]) for name in Custody.Post.values if post in ("", name)]
    context["page"] = newest_first(rows, "taken_at", request)
    return render(request, "enforcement/duty/custody.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def custody_take(request):
    """The first of the chain takes the post; afterwards only an emergency takes it from somebody."""
    post = post_of(request.GET.get("post", ""))
    held = Custody.objects.open(post)
    form = ReasonForm(request.POST if request.method == "POST" and held else None)
    status, problem = 200, ""
    if request.method == "POST" and (held is None or form.is_valid()):
        try:
            _take(request, post, held, form)
        except Refused as refused:
            status, problem = 409 if isinstance(refused, TooLate) else 422, refused.sentence()
            held = Custody.objects.open(post)
        else:
            return redirect("duty:now")
    context = {"post": post, "held": held, "form": form, "problem": problem}
    return render(request, "enforcement/duty/custody_take.html", context, status=422 if form.errors else status)


def _take(request, post, held, form):
    if held is None and "reason" in request.POST:
        raise TooLate(_("Nobody has this post yet: begin the chain instead of taking over."))
    if held is None:
        Custody.objects.take_first(by=request.user, post=post, officer=request.user)
        messages.success(request, _("You have the post: %(post)s.") % {"post": post.label})
        return
    Custody.objects.take_in_emergency(by=request.user, post=post, reason=form.cleaned_data["reason"])
    messages.success(request, _("You have the post: %(post)s. A leader approves it afterwards.") % {"post": post.label})


@require_POST
@permission_required("enforcement.approve_change", raise_exception=True)
@once
def custody_approve(request, pk):
    custody = get_object_or_404(Custody, pk=pk)
    try:
        custody.approve(by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("The take-over is approved."))
    return redirect("duty:custody")
