"""Changes of duty: the list, one change, asking, taking, answering, withdrawing, and the emergency take-over."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty import changing
from enforcement.forms.duty.changes import CoverForm, NoteForm, SwapForm, TakeForm, TakeOverForm, duty_words, show
from enforcement.models.duty import Assignment, DutyChange
from venues.asked import asked_for
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PAGE = 50
LISTS = {  # ?show=: the label of the chip; the rows for this officer at this moment
    "": (gettext_lazy("All"), lambda officer, at: DutyChange.objects.all()),
    "me": (gettext_lazy("wait for me"), lambda officer, at: DutyChange.objects.waiting_for(officer)),
    "free": (gettext_lazy("look for somebody"), lambda officer, at: DutyChange.objects.open_to_all(at)),
    "leader": (gettext_lazy("wait for the leader"), lambda officer, at: DutyChange.objects.for_the_leader()),
    "mine": (gettext_lazy("mine"), lambda officer, at: DutyChange.objects.of(officer)),
}


@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def change_list(request):
    now, asked = timezone.now(), request.GET.get("show", "")
    asked = asked if asked in LISTS else ""
    rows = LISTS[asked][1](request.user, now).with_people().order_by("-asked_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    chips = [
        {
            "value": value,
            "label": label,
            "current": value == asked,
            "count": of(request.user, now).count() if value else None,
        }
        for value, (label, of) in LISTS.items()
    ]
    return render(request, "enforcement/duty/changes.html", {"page": page, "chips": chips, "now": now})


def outlook(change, taker, at):
    """(what forbids it, what warns) if this officer had the duty; sentences."""
    try:
        return [], change.outlook(taker, at)
    except Refused as refused:
        return refused.messages, []


def change_page(request, change, *, take=None, note=None, status=200):
    """The page of one change with the buttons that this officer may press; `take` and `note` are forms with errors."""
    officer, now, state = request.user, timezone.now(), DutyChange.State
    asked = change.asked_of_id == officer.pk
    may_serve = officer.has_perm("enforcement.take_duty") and officer.pk != change.giver_id
    may_take = change.state == state.OPEN and may_serve and (asked or not change.asked_of_id)
    awaits = change.state in (state.AGREED, state.HOLDS)
    may_decide = awaits and officer.has_perm("enforcement.approve_change")
    forbids, warns = [], []
    if may_take and (change.counter_id or change.kind == DutyChange.Kind.COVER):
        forbids, warns = outlook(change, officer, now)
    elif change.state in (state.OFFERED, state.AGREED):
        forbids, warns = outlook(change, change.taker, now)
    pieces = change.assignments.exclude(entered_at=None).select_related("officer").order_by("start", "pk")
    context = {
        "change": change, "pieces": pieces, "forbids": forbids, "warns": warns, "may_take": may_take, "may_decide": may_decide,
        "may_say_no": asked and change.state == state.OPEN, "now": now,
        "may_agree": change.state == state.OFFERED and officer.pk == change.giver_id,
        "may_withdraw": officer.pk in change.parties and change.state in (state.OPEN, state.OFFERED, state.AGREED),
        "take": take or (TakeForm(change=change, officer=officer) if may_take else None),
        "note": note or NoteForm(), "is_party": officer.pk in change.parties,
    }  # fmt: skip
    return render(request, "enforcement/duty/change.html", context, status=status)


def one(pk):
    return get_object_or_404(DutyChange.objects.with_people().select_related("giver", "assignment__officer"), pk=pk)


@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def change_detail(request, pk):
    return change_page(request, one(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def change_new(request):
    """Ask for a swap or a cover of the duty `?assignment=`; without it, first choose one of one's own."""
    row = asked_for(request, Assignment.objects.in_force().select_related("officer", "shift"), "assignment")
    if row is None:
        now = timezone.now()
        context = {"duties": upcoming(request.user, now), "now": now}
        return render(request, "enforcement/duty/change_choose.html", context)
    if row.officer_id != request.user.pk and not request.user.has_perm("enforcement.approve_change"):
        raise PermissionDenied
    swap = request.GET.get("kind") == DutyChange.Kind.SWAP
    form = (SwapForm if swap else CoverForm)(request.POST or None, assignment=row)
    if request.method == "POST" and form.is_valid():
        kind = DutyChange.Kind.SWAP if swap else DutyChange.Kind.COVER
        try:
            change = DutyChange.objects.ask(by=request.user, kind=kind, assignment=row, **form.asked())
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _asked(change))
            return redirect(change)
    context = {"form": form, "row": row, "swap": swap, "words": duty_words(row), "ended": row.end <= timezone.now()}
    return render(request, "enforcement/duty/change_new.html", context, status=422 if form.errors else 200)


def _asked(change):
    if change.asked_of_id:
        return _("%(name)s is asked. It holds once a leader has approved it.") % {"name": change.asked_of}
    return _("Everybody is asked. It holds once somebody takes it and a leader has approved it.")


def upcoming(officer, at):
    """The duties of this officer that are not over yet; `.asked` says that a change of it is under way."""
    asked = DutyChange.objects.undecided().filter(giver=officer, start__lt=OuterRef("end"), end__gt=OuterRef("start"))
    rows = Assignment.objects.in_force().filter(officer=officer, end__gt=at).annotate(asked=Exists(asked))
    return rows.select_related("shift").order_by("start", "pk")


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def change_take(request, pk):
    change = one(pk)
    form = TakeForm(request.POST, change=change, officer=request.user)
    if not form.is_valid():
        return change_page(request, change, take=form, status=422)
    try:
        warnings = change.take(by=request.user, counter=form.cleaned_data.get("counter"))
    except Refused as refused:
        return refused_on_page(request, refused, one(pk), form)
    for warning in warnings:
        messages.warning(request, warning)
    offered = change.state == DutyChange.State.OFFERED
    messages.success(request, _("Offered: now %(name)s is to agree.") % {"name": change.giver} if offered else _(
        "You take it. It holds once a leader has approved it."
    ))  # fmt: skip
    return redirect(change)


def refused_on_page(request, refused, change, form=None):
    """The page of the change with the refusal on it: 409 when somebody was faster, else 422."""
    status = 409 if isinstance(refused, TooLate) else 422
    if form is not None and status == 422 and form.fields:
        show(form, refused)
        return change_page(request, change, take=form if isinstance(form, TakeForm) else None, status=422,
                           note=form if isinstance(form, NoteForm) else None)  # fmt: skip
    messages.error(request, refused.sentence())
    return change_page(request, change, status=status)


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def change_answer(request, pk):
    """Who was asked says no; or the giver answers an offer, by `answer=agree` or `answer=no`."""
    change, agrees = one(pk), request.POST.get("answer") == "agree"
    try:
        if agrees:
            change.agree(by=request.user)
        else:
            change.decline(by=request.user, note=request.POST.get("note", ""))
    except Refused as refused:
        return refused_on_page(request, refused, one(pk))
    messages.success(
        request, _("Agreed. It holds once a leader has approved it.") if agrees else _("Your no is recorded.")
    )
    return redirect(change)


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def change_withdraw(request, pk):
    change = one(pk)
    try:
        change.withdraw(by=request.user)
    except Refused as refused:
        return refused_on_page(request, refused, one(pk))
    messages.success(request, _("Withdrawn."))
    return redirect(change)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def takeover_new(request):
    """顶班: choose whose duty, say why, and have it at once."""
    form = TakeOverForm(request.POST or None, officer=request.user)
    row = asked_for(request, Assignment.objects.in_force(), "assignment")
    if row is not None:
        form.initial["assignment"] = row.pk
    if request.method == "POST" and form.is_valid():
        try:
            change = DutyChange.objects.take_over(by=request.user, **form.cleaned_data)
        except TooLate as refused:
            messages.error(request, refused.sentence())
            return render(request, "enforcement/duty/takeover_new.html", {"form": form}, status=409)
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("You have this duty now. A leader approves it afterwards."))
            for sentence in changing.broken_now():
                messages.warning(request, sentence)
            return redirect(change)
    return render(request, "enforcement/duty/takeover_new.html", {"form": form}, status=422 if form.errors else 200)
