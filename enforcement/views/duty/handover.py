"""Handing over: the list, a new one, its page on which the incoming officer accepts item by item, and what comes after."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty import handing
from enforcement.forms.duty.now import HandoverForm, TextForm, WithdrawForm, post_of
from enforcement.models.duty import MAX_SHIFT, Assignment, Custody, Handover, HandoverItem
from enforcement.views.duty.custody import newest_first
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

_PEOPLE = ("outgoing", "incoming", "countersigned_by", "withdrawn_by")


@require_safe
@permission_required("enforcement.view_handover", raise_exception=True)
def handover_list(request):
    rows = Handover.objects.select_related(*_PEOPLE)
    state = request.GET.get("state", "")
    if state in Handover.State.values:
        rows = rows.filter(state=state)
    context = {"page": newest_first(rows, "prepared_at", request), "state": state, "states": Handover.State.choices}
    return render(request, "enforcement/duty/handovers.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_new(request):
    post = post_of(request.GET.get("post", ""))
    held, now = Custody.objects.open(post), timezone.now()
    prepared = Handover.objects.filter(post=post, state=Handover.State.PREPARED, outgoing=request.user).first()
    if request.method != "POST" and prepared is not None:
        return redirect(prepared)
    form = HandoverForm(
        request.POST or None, post=post, officer=request.user, initial={"incoming": _next(post, held, now)}
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(Handover.objects.prepare(by=request.user, post=post, **form.cleaned_data))
        except Refused as refused:
            form.add_error(None, refused.sentence())
            status = 409 if isinstance(refused, TooLate) else 422
    mine = held is not None and held.officer_id == request.user.pk
    found = handing.matters(now, since=held.taken_at) if mine else []
    context = {
        "form": form, "post": post, "held": held, "mine": mine,
        "matters": [handing.sentence(HandoverItem(**matter)) for matter in found],
    }  # fmt: skip
    return render(
        request, "enforcement/duty/handover_new.html", context, status=422 if form.errors and status == 200 else status
    )


def _next(post, held, at):
    """Who should have taken over by now, or comes next by the roster."""
    rows = Assignment.objects.in_force().filter(role=post.value, end__gt=at, start__gt=at - MAX_SHIFT)
    if held is not None:
        rows = rows.exclude(officer=held.officer_id)
    return rows.order_by("start").values_list("officer", flat=True).first()


@never_cache
@require_safe
@permission_required("enforcement.view_handover", raise_exception=True)
def handover_detail(request, pk):
    return _page(request, _one(pk))


def _one(pk):
    return get_object_or_404(Handover.objects.select_related(*_PEOPLE), pk=pk)


def _page(request, handover, *, problem="", status=200, text=""):
    items = list(handover.items.select_related("accepted_by"))
    for item in items:
        item.words = handing.sentence(item)
    waiting = [item for item in items if item.accepted_at is None]
    user = request.user
    may = user.has_perm("enforcement.take_duty")
    is_outgoing, is_incoming = handover.outgoing_id == user.pk and may, handover.incoming_id == user.pk and may
    context = {
        "handover": handover, "items": items, "waiting": waiting, "accepted": len(items) - len(waiting),
        "first_waiting": waiting[0].pk if waiting else None, "problem": problem, "text": text, "is_outgoing": is_outgoing,
        "is_incoming": is_incoming, "came_up": handover.came_up() if handover.is_prepared else [],
        "addenda": handover.addenda.select_related("by"), "may_countersign": _may_countersign(handover, user),
    }  # fmt: skip
    return render(request, "enforcement/duty/handover.html", context, status=status)


def _may_countersign(handover, user):
    waits = handover.state == Handover.State.TAKEN and not handover.is_locked
    stranger = user.pk not in (handover.outgoing_id, handover.incoming_id)
    return waits and stranger and user.can_lead and user.has_perm("enforcement.approve_change")


def _act(request, pk, act, done="", *, place="", text=""):
    """Carry the act out and lead back to the page; what is refused is said on it, with what was typed."""
    handover = _one(pk)
    try:
        act(handover)
    except Refused as refused:
        status = 409 if isinstance(refused, TooLate) else 422
        return _page(request, _one(pk), problem=refused.sentence(), status=status, text=text)
    if done:
        messages.success(request, done)
    return redirect(f"{handover.get_absolute_url()}{place}")


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_accept(request, pk, item_pk):
    item = get_object_or_404(HandoverItem, pk=item_pk, handover=pk)
    remark = request.POST.get("remark", "")[:200]
    following = (
        HandoverItem.objects.filter(handover=pk, accepted_at=None).exclude(pk=item_pk).order_by("position").first()
    )
    place = f"#item-{following.pk}" if following else "#take"
    return _act(request, pk, lambda handover: handover.accept(item, by=request.user, remark=remark), place=place)


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_note(request, pk):
    return _with_text(
        request, pk, lambda handover, text: handover.note(by=request.user, text=text), _("The matter is added.")
    )


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_refresh(request, pk):
    return _act(
        request, pk, lambda handover: handover.bring_up_to_date(by=request.user), _("The new matters are added.")
    )


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_take(request, pk):
    done = _("You have taken over. The officer before you is relieved from this moment.")
    return _act(request, pk, lambda handover: handover.take_over(by=request.user), done)


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_withdraw(request, pk):
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else form.data.get("reason", "")
    return _act(
        request, pk, lambda handover: handover.withdraw(by=request.user, reason=reason), _("The handover is withdrawn.")
    )


@require_POST
@permission_required("enforcement.approve_change", raise_exception=True)
@once
def handover_countersign(request, pk):
    return _act(
        request, pk, lambda handover: handover.countersign(by=request.user), _("The handover is countersigned.")
    )


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def handover_add(request, pk):
    return _with_text(
        request, pk, lambda handover, text: handover.add(by=request.user, text=text), _("The addendum is kept.")
    )


def _with_text(request, pk, act, done):
    form = TextForm(request.POST)
    typed = form.data.get("text", "")
    if not form.is_valid():
        return _page(request, _one(pk), problem=" ".join(form.errors["text"]), status=422, text=typed)
    return _act(request, pk, lambda handover: act(handover, form.cleaned_data["text"]), done, text=typed)
