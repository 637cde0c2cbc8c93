"""The set-up of the roster: groups with their members, patterns, rotations; and all of it in one press for a beginner."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty import setting_up
from enforcement.forms.duty.setting_up import (
    GroupForm,
    LetGoForm,
    MemberForm,
    NewGroupForm,
    PatternForm,
    QuickForm,
    RotationForm,
)
from enforcement.models import DutyGroup, GroupMembership, Rotation, ShiftPattern
from venues.models.submissions import once
from venues.transitions import Refused


def show(form, refused):
    """Put the Refused beside the fields that it names, else on top of the form."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for field, errors in refused.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


@require_safe
@permission_required("enforcement.view_rotation", raise_exception=True)
def setup(request):
    return _setup_page(request)


def _setup_page(request, form=None, status=200):
    proposal = setting_up.proposal()
    today = timezone.localdate()
    members = GroupMembership.objects.on(today).filter(officer__is_active=True).select_related("officer")
    context = {
        "proposal": proposal, "form": form or QuickForm(proposal=proposal), "today": today,
        "groups": DutyGroup.objects.prefetch_related(Prefetch("memberships", members, to_attr="now")),
        "patterns": ShiftPattern.objects.prefetch_related("borders"),
        "rotations": Rotation.objects.select_related("pattern").prefetch_related("entries__officer", "entries__group"),
    }  # fmt: skip
    return render(request, "enforcement/duty/setup.html", context, status=status)


@require_POST
@permission_required(
    ["enforcement.add_dutygroup", "enforcement.add_shiftpattern", "enforcement.add_rotation"], raise_exception=True
)
@once
def setup_quick(request):
    form = QuickForm(request.POST, proposal=setting_up.proposal())
    if form.is_valid():
        try:
            asked = form.cleaned_data
            setting_up.set_up(by=request.user, teams=asked.get("teams", []), since=asked["since"])
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("The set-up is made. Plan the first roster, or change what you like."))
            return redirect("duty:setup")
    return _setup_page(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_dutygroup", raise_exception=True)
@once
def setup_group_new(request):
    form = NewGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = DutyGroup.objects.make(by=request.user, **form.cleaned_data)
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("duty:setup_group", group.pk)
    context = {"form": form, "title": _("New duty group")}
    return render(request, "enforcement/duty/setup_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.change_dutygroup", raise_exception=True)
@once
def setup_group(request, pk):
    """The name of a group and its members, past and future too."""
    group = get_object_or_404(DutyGroup, pk=pk)
    form = GroupForm(request.POST or None, initial={"name": group.name, "is_active": group.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            group.revise(by=request.user, **form.cleaned_data)
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("duty:setup_group", pk)
    return _group_page(request, group, form=form, status=422 if form.errors else 200)


def _group_page(request, group, *, form=None, add=None, error="", status=200):
    context = {
        "group": group, "today": timezone.localdate(), "error": error,
        "form": form or GroupForm(initial={"name": group.name, "is_active": group.is_active}),
        "add": add or MemberForm(group=group),
        "members": group.memberships.select_related("officer").order_by("position", "pk"),
    }  # fmt: skip
    return render(request, "enforcement/duty/setup_group.html", context, status=status)


@require_POST
@permission_required("enforcement.change_dutygroup", raise_exception=True)
@once
def setup_member(request, pk):
    """Take somebody into the group, let him go, or move him up; `act` says which."""
    group = get_object_or_404(DutyGroup, pk=pk)
    act, key = request.POST.get("act"), request.POST.get("membership", "")
    if act in {"let_go", "up"}:
        row = group.memberships.filter(pk=int(key) if key.isdecimal() and len(key) < 10 else None).first()
        form = LetGoForm(request.POST)
        if row is None or (act == "let_go" and not form.is_valid()):
            return _group_page(
                request, group, error=_("Give the day from which on he belongs to it no more."), status=422
            )
        if act == "up":
            group.move_up(row)
        else:
            group.let_go(row, by=request.user, until=form.cleaned_data["until"])
        return redirect("duty:setup_group", pk)
    add = MemberForm(request.POST, group=group)
    if add.is_valid():
        try:
            group.take_in(add.cleaned_data["officer"], by=request.user, since=add.cleaned_data["since"])
        except Refused as refused:
            show(add, refused)
        else:
            return redirect("duty:setup_group", pk)
    return _group_page(request, group, add=add, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_shiftpattern", raise_exception=True)
@once
def setup_pattern_new(request):
    form = PatternForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ShiftPattern.objects.make(by=request.user, name=form.cleaned_data["name"], borders=form.borders())
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("duty:setup")
    context = {
        "form": form, "title": _("New shift pattern"),
        "lead": _("A shift ends where the next begins, so no pattern leaves a hole. One time is a day of 24 hours."),
    }  # fmt: skip
    return render(request, "enforcement/duty/setup_form.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("enforcement.change_shiftpattern", raise_exception=True)
@once
def setup_pattern_switch(request, pk):
    """Offer a pattern to planners, or no longer."""
    pattern = get_object_or_404(ShiftPattern, pk=pk)
    pattern.switch(by=request.user, is_active=request.POST.get("is_active") == "1")
    return redirect("duty:setup")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_rotation", raise_exception=True)
@once
def setup_rotation_new(request):
    return _rotation_page(request, Rotation())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.change_rotation", raise_exception=True)
@once
def setup_rotation(request, pk):
    return _rotation_page(request, get_object_or_404(Rotation, pk=pk))


def _rotation_page(request, rotation):
    form = RotationForm(request.POST or None, instance=rotation)
    if request.method == "POST" and form.is_valid():
        try:
            if rotation.pk:
                rotation.revise(by=request.user, entries=form.entries(), **form.details())
            else:
                Rotation.objects.make(by=request.user, entries=form.entries(), **form.details())
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("Saved. Rosters change only when they are filled again."))
            return redirect("duty:setup")
    context = {"form": form, "rotation": rotation}
    return render(request, "enforcement/duty/setup_rotation.html", context, status=422 if form.errors else 200)
