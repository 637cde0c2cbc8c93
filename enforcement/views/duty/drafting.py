"""The draft of a roster: its month to edit, a seat, filling again, one undo, discarding, signing."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enforcement.duty import planning
from enforcement.duty.candidates import candidates
from enforcement.duty.grids import grid
from enforcement.forms.duty.planning import FillForm, SeatForm, SeenForm, SignForm
from enforcement.models import Roster, RosterVersion
from enforcement.models.duty import Role
from venues.models.submissions import once
from venues.transitions import Refused, TooLate


def _draft(pk):
    """The draft of the roster, or None when there is none: published or discarded meanwhile. 404 without the roster."""
    roster = get_object_or_404(Roster, pk=pk)
    drafts = roster.versions.filter(state=RosterVersion.State.DRAFT)
    return drafts.select_related("roster__pattern", "edited_by", "created_by").first()


def _gone(request, pk):
    messages.info(request, _("There is no draft of this roster now: it was published or discarded."))
    return redirect("duty:roster", pk)


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


@never_cache
@require_safe
@permission_required("enforcement.plan_roster", raise_exception=True)
def roster_draft(request, pk):
    """The draft as a month; `?shift=` and `?role=` open a seat, `?leaving=` names whose place is taken."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    return draft_page(request, version)


def draft_page(request, version, *, error="", fill=None, status=200):
    plans_from = planning.plans_from(version)
    shifts, rows = list(version.shifts.select_related("group")), version.rows()
    review = planning.review(rows, shifts, roster=version.roster)
    context = {
        "roster": version.roster, "version": version, "review": review, "error": error, "follows": plans_from is not None,
        "blocks": grid(rows, shifts, review.coverage, plans_from=plans_from), "seat": _seat(request, version, plans_from),
        "fill": fill or FillForm(version=version, plans_from=plans_from),
    }  # fmt: skip
    return render(request, "enforcement/duty/roster_draft.html", context, status=status)


def _seat(request, version, plans_from):
    """The seat that the address opens: a shift, a role, who is on it and who could be; None for none."""
    data = request.POST if request.method == "POST" else request.GET
    shift = version.shifts.filter(pk=_number(data.get("shift"))).select_related("group").first()
    if shift is None:
        return None
    role = Role(data["role"]) if data.get("role") in Role.values else Role.PHONE
    people = list(version.plan().filter(shift=shift).select_related("officer").order_by("start", "pk"))
    leaving = next((row for row in people if row.pk == _number(data.get("leaving"))), None)
    begun = plans_from is not None and shift.start < plans_from
    return {
        "shift": shift, "role": role, "leaving": leaving, "begun": begun, "people": people,
        "roles": [(one, [row for row in people if row.role == one]) for one in Role],
        "candidates": [] if begun else candidates(version, shift, role, leaving=leaving),
    }  # fmt: skip


def _back(pk, shift=None, role=""):
    place = reverse("duty:roster_draft", args=[pk])
    return redirect(f"{place}?shift={shift.pk}&role={role}#seat" if shift else place)


def _refused(request, pk, refused):
    """The draft as it is now, with what was refused on top of it."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    status = 409 if isinstance(refused, TooLate) else 422
    return draft_page(request, version, error=refused.sentence(), status=status)


@require_POST
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_assign(request, pk):
    """Put an officer into a seat, in place of another when `leaving` names one."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form = SeatForm(request.POST, version=version)
    if not form.is_valid():
        return _refused(request, pk, Refused(_stale(form)))
    asked = form.cleaned_data
    try:
        _put(version, by=request.user, **asked)
    except Refused as refused:
        return _refused(request, pk, refused)
    return _back(pk, asked["shift"], asked["role"])


@transaction.atomic
def _put(version, *, by, shift, role, officer, leaving, start, end, edits_seen):
    if leaving:
        version.unassign(leaving, by=by, edits_seen=edits_seen)
        edits_seen = None if edits_seen is None else edits_seen + 1
    version.assign(shift, officer=officer, role=role, by=by, start=start, end=end, edits_seen=edits_seen)


def _stale(form):
    if "leaving" in form.errors or "shift" in form.errors:
        return _("This was taken out already. Look at the plan again.")
    return [error for errors in form.errors.values() for error in errors]


@require_POST
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_unassign(request, pk):
    """Take somebody out of a seat."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form = SeenForm(request.POST)
    row = version.plan().filter(pk=_number(request.POST.get("assignment"))).select_related("shift").first()
    if row is None or not form.is_valid():
        return _refused(request, pk, TooLate(_("This was taken out already. Look at the plan again.")))
    try:
        version.unassign(row, by=request.user, edits_seen=form.cleaned_data["edits_seen"])
    except Refused as refused:
        return _refused(request, pk, refused)
    return _back(pk, row.shift, row.role)


@require_POST
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_fill(request, pk):
    """Fill the draft by rotations again."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form = FillForm(request.POST, version=version)
    if not form.is_valid():
        return draft_page(request, version, fill=form, status=422)
    asked = form.cleaned_data
    try:
        found = version.fill(asked.pop("rotations"), by=request.user, **asked)
    except TooLate as refused:
        return _refused(request, pk, refused)
    except Refused as refused:
        form.add_error(None, refused)
        return draft_page(request, version, fill=form, status=422)
    messages.success(request, _("Filled: %(number)s duties.") % {"number": len(found.rows)})
    for skipped in list(dict.fromkeys(one.because for one in found.skipped))[:5]:
        messages.warning(request, skipped)
    return _back(pk)


@require_POST
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_undo(request, pk):
    """The plan as it was before the last filling."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form = SeenForm(request.POST)
    try:
        version.undo_fill(by=request.user, edits_seen=form.cleaned_data["edits_seen"] if form.is_valid() else None)
    except Refused as refused:
        return _refused(request, pk, refused)
    messages.success(request, _("The plan is as it was before it was filled."))
    return _back(pk)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.plan_roster", raise_exception=True)
@once
def roster_discard(request, pk):
    """Ask once, then delete the draft."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"edits_seen": version.edits})
    alone, error, status = not version.follows(), "", 200
    if request.method == "POST":
        try:
            version.discard(by=request.user, edits_seen=form.cleaned_data["edits_seen"] if form.is_valid() else None)
        except Refused as refused:
            version = _draft(pk)
            if version is None:
                return _gone(request, pk)
            form, error = SeenForm(initial={"edits_seen": version.edits}), refused.sentence()
            status = 409
        else:
            messages.success(request, _("The draft is discarded."))
            return redirect("duty:rosters") if alone else redirect("duty:roster", pk)
    context = {
        "roster": version.roster, "version": version, "form": form, "alone": alone, "error": error,
        "rows": version.plan().count(), "by_hand": version.plan().filter(source="hand").count(),
    }  # fmt: skip
    return render(request, "enforcement/duty/roster_discard.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.publish_roster", raise_exception=True)
@once
def roster_publish(request, pk):
    """What publishing would change, what remains open; then one signature."""
    version = _draft(pk)
    if version is None:
        return _gone(request, pk)
    form, status = None, 200
    if request.method == "POST":
        form = SignForm(request.POST)
        if form.is_valid():
            try:
                version.publish(by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, refused)
                status = 409 if isinstance(refused, TooLate) else 422
                version = _draft(pk)
                if version is None:
                    return _gone(request, pk)
            else:
                text = _("Published as version %(number)s, in force at once.")
                messages.success(request, text % {"number": version.number})
                return redirect("duty:roster", pk)
        else:
            status = 422
    return render(request, "enforcement/duty/roster_publish.html", _to_sign(version, form, status), status=status)


def _to_sign(version, form, status):
    roster = version.roster
    published = roster.versions.filter(state=RosterVersion.State.PUBLISHED).first()
    seen = {"edits_seen": version.edits, "changes_seen": planning.changes_of(roster)}
    if form is None:
        form = SignForm(initial={**seen, "gap_reason": published.gap_reason if published else ""})
    elif status == 409:  # what is shown below is what is signed next
        form.data = {**form.data.dict(), **seen}
    rows, ahead = version.rows(), planning.plans_from(version)
    differences = planning.changes_ahead(version, ahead) if published else []
    review = planning.review_of(version)
    form.fields["gap_reason"].required = bool(review.gaps)  # what the act refuses, the browser asks for
    return {
        "roster": roster, "version": version, "published": published, "form": form, "rows": rows,
        "number": published.number + 1 if published else 1, "shifts": version.shifts.count(),
        "review": review, "undone": planning.undone_changes(version),
        "differences": differences,
        "changes": not published or bool(review.gaps) or planning.says_anew(version, published, ahead),
    }  # fmt: skip
