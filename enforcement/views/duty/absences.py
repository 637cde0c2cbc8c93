"""Leave, and leaving the post while on duty."""

import functools

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty.serving import coverage_without
from enforcement.forms.duty.absences import AbsenceForm, BackForm, LeaveForm
from enforcement.forms.duty.changes import NoteForm, show
from enforcement.models.duty import Absence, Leave
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PAGE = 50
RECENT = 20  # absences shown under the form


def _own_or_all(view):
    """Decorator: for those who serve (their own leave) and those who see everybody's."""

    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.has_perm("enforcement.take_duty") and not request.user.has_perm("enforcement.view_leave"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper


def visible(user):
    """The leave that this officer may see: his own; who may see leave, everybody's."""
    leave = Leave.objects.with_people()
    return leave if user.has_perm("enforcement.view_leave") else leave.filter(officer=user)


@require_safe
@_own_or_all
def leave_list(request):
    rows, asked = visible(request.user), request.GET.get("show", "")
    waiting = rows.undecided().count()
    rows = rows.undecided() if asked == "waiting" else rows
    page = Paginator(rows.order_by("-start", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "enforcement/duty/leaves.html", {"page": page, "asked": asked, "waiting": waiting})


def leave_page(request, leave, *, note=None, status=200):
    """The page of one leave: what it uncovers, and the buttons that this officer may press."""
    user, now, state = request.user, timezone.now(), Leave.State
    stands = leave.state == state.ASKED or (leave.state == state.APPROVED and leave.end > now)
    context = {
        "leave": leave, "uncovers": leave.uncovers() if leave.state in (state.ASKED, state.APPROVED) else [], "now": now,
        "may_decide": leave.state == state.ASKED and user.has_perm("enforcement.approve_change"),
        "may_withdraw": stands and leave.withdrawn_at is None
        and (user.pk in leave.parties or user.has_perm("enforcement.approve_change")),
        "runs": leave.state == state.APPROVED and leave.start < now, "note": note or NoteForm(),
    }  # fmt: skip
    return render(request, "enforcement/duty/leave.html", context, status=status)


def refused_on_page(request, refused, pk):
    messages.error(request, refused.sentence())
    leave = get_object_or_404(visible(request.user), pk=pk)
    return leave_page(request, leave, status=409 if isinstance(refused, TooLate) else 422)


@require_safe
@_own_or_all
def leave_detail(request, pk):
    return leave_page(request, get_object_or_404(visible(request.user), pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def leave_new(request):
    form = LeaveForm(request.POST or None, officer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            leave = Leave.objects.ask(by=request.user, **form.cleaned_data)
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Asked for. It counts once a leader has approved it."))
            return redirect(leave)
    return render(request, "enforcement/duty/leave_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def leave_withdraw(request, pk):
    leave = get_object_or_404(visible(request.user), pk=pk)
    try:
        leave.withdraw(by=request.user)
    except Refused as refused:
        return refused_on_page(request, refused, pk)
    ended = leave.state == Leave.State.APPROVED
    messages.success(request, _("The leave has ended; duties from now on count again.") if ended else _("Withdrawn."))
    return redirect(leave)


# --- leaving the post
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_absence", raise_exception=True)
@once
def absence_new(request):
    """离岗报备: says what it does to the coverage before it is confirmed."""
    now, officers = timezone.now(), get_user_model().objects
    leader = officers.on_duty(now).filter(duty_role="leader").exclude(pk=request.user.pk).first()
    form = AbsenceForm(request.POST or None, officer=request.user, told_to=leader)
    warnings = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        warnings = coverage_without([said["officer"]], now, gone=True)
        if not warnings or "confirmed" in request.POST:
            values = {"officer": said["officer"], "reason": said["reason"], "told_to": said["told_to"]}
            try:
                Absence.objects.leave_post(by=request.user, left_at=min(said["at"] or now, now), at=now, **values)
            except Refused as refused:
                show(form, refused)
            else:
                messages.success(
                    request, _("%(name)s has left the post. Record the return.") % {"name": said["officer"]}
                )
                return redirect("duty:absence_new")
    return _absence_page(request, form, warnings=[] if form.errors else warnings)


def _absence_page(request, form, *, warnings=(), back=None, status=200):
    rows = Absence.objects.select_related("officer", "told_to", "recorded_by", "back_recorded_by")
    away = list(rows.open().order_by("left_at"))
    for absence in away:
        absence.form = back if back is not None and back.absence_pk == absence.pk else BackForm(prefix=f"a{absence.pk}")
    context = {"form": form, "warnings": warnings, "away": away, "recent": rows.exclude(back_at=None)[:RECENT]}
    status = 422 if form.errors else status
    return render(request, "enforcement/duty/absence_new.html", context, status=status)


@require_POST
@permission_required("enforcement.add_absence", raise_exception=True)
@once
def absence_back(request, pk):
    absence = get_object_or_404(Absence.objects.select_related("officer"), pk=pk)
    form = BackForm(request.POST, prefix=f"a{absence.pk}")
    form.absence_pk, status = absence.pk, 422
    if form.is_valid():
        try:
            absence.come_back(by=request.user, back_at=form.cleaned_data["at"])
        except Refused as refused:
            status = 409 if isinstance(refused, TooLate) else 422
            messages.error(request, refused.sentence())
        else:
            messages.success(request, _("%(name)s is back at the post.") % {"name": absence.officer})
            return redirect("duty:absence_new")
    return _absence_page(request, AbsenceForm(officer=request.user), back=form, status=status)
