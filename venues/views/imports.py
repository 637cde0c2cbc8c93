"""Imports for people: upload, preview with its questions and decisions, apply, undo; the divisions likewise."""

import tempfile

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from venues.asked import as_id
from venues.forms.imports import AnswerForm, RowFilterForm, UploadForm, on_disk
from venues.importing import annotating, applying, divisions, showing, working
from venues.importing.findings import LEVEL_NAMES
from venues.models import Venue, VenueImport
from venues.models.submissions import once
from venues.paging import stretch
from venues.transitions import Refused
from venues.words import when, who

PAGE = 50
MAY_SEE, MAY_IMPORT = "venues.view_venueimport", "venues.import_venue"
State = VenueImport.State
AT_WORK = (State.WAITING, State.READING, State.APPLYING)


def _import(pk):
    people = ("uploaded_by", "applied_by", "closed_by")
    return get_object_or_404(VenueImport.objects.select_related(*people), pk=pk)


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def imports(request):
    found = VenueImport.objects.select_related("uploaded_by", "applied_by").defer("missing", "questions", "answers")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "venues/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_new(request):
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        known = VenueImport.objects.same_file(applying.sha256(file)).first()
        if known is not None:
            messages.warning(request, _same_file(known))
            return redirect(known)
        run = applying.receive(file, file.name, by=request.user)
        _read(run, form.look.rows)
        return redirect(run)
    return render(request, "venues/import_new.html", {"form": form})


def _same_file(known):
    if known.state == State.APPLIED:
        said = _("Exactly this file was imported before, by %(who)s on %(when)s. Nothing was done.")
        return said % {"who": who(known.applied_by), "when": when(known.applied_at)}
    said = _("Exactly this file is here already, uploaded by %(who)s on %(when)s.")
    return said % {"who": who(known.uploaded_by), "when": when(known.uploaded_at)}


def _read(run, rows):
    run.file_rows = rows
    run.save(update_fields=["file_rows"])
    working.read(run)


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def import_(request, pk):
    """The page of one import: its progress, its preview, or what became of it."""
    run = _import(pk)
    if working.rescue(run):
        run = _import(pk)
    if run.state in AT_WORK:
        return _progress(request, run)
    if request.htmx.target == "import_progress":
        return HttpResponseClientRefresh()
    filters = RowFilterForm(run, request.GET)
    found = filters.rows()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = stretch(found, ("pk",), after=after, before=before)
    context = {
        "run": run, "filters": filters, "page": page, "rows": showing.shown(page.rows),
        "found": found.count(), "notes": [(note["sheet"], showing.told([note])[0]) for note in run.notes],
        "missing": len(run.missing),
    }  # fmt: skip
    if run.state == State.PREVIEW:
        answers = AnswerForm(run)
        context |= {"answers": answers if answers.fields else None, "effects": showing.effects(run, timezone.now())}
    wants_part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "venues/_import_rows.html" if wants_part else "venues/import.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _progress(request, run):
    said = working.progress(run) or {"done": 0}
    done = min(said["done"], run.file_rows)
    context = {"run": run, "done": done, "all": run.file_rows, "words": f"{done:,} / {run.file_rows:,}"}
    wants_part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "venues/_import_progress.html" if wants_part else "venues/import_at_work.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def import_missing(request, pk):
    """The venues of the registry that the file does not name: perhaps deregistered, never removed."""
    run = _import(pk)
    found = Venue.objects.filter(pk__in=run.missing).select_related("category", "district").order_by("pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "venues/import_missing.html", {"run": run, "page": page})


@require_POST
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_answer(request, pk):
    run = _import(pk)
    form = AnswerForm(run, request.POST)
    if not form.is_valid():
        messages.error(request, _("This page was out of date. Look at the questions again."))
        return redirect(run)
    try:
        run.answer(by=request.user, **form.answers())
        working.read(run)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("The answers hold for all their rows."))
    return redirect(run)


@require_POST
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_decide(request, pk):
    run = _import(pk)
    row = get_object_or_404(run.rows, pk=as_id(request.POST.get("row", "")))
    decision, _colon, venue = request.POST.get("decision", "").partition(":")
    try:
        row.decide(by=request.user, decision=decision, venue=as_id(venue))
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        said = {"sheet": row.sheet, "row": row.row, "what": row.get_action_display()}
        messages.success(request, _("Sheet “%(sheet)s”, row %(row)s: %(what)s.") % said)
    back = request.POST.get("back", "")
    return redirect(f"{run.get_absolute_url()}{back if back.startswith('?') else ''}")


@require_POST
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_apply(request, pk):
    run = _import(pk)
    try:
        working.apply(run, by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect(run)
    if run.state == State.APPLIED:
        said = _(
            "Imported: %(created)s new, %(changed)s changed. Left out: %(errors)s with errors, %(undecided)s undecided."
        )
        messages.success(request, said % run.counts)
    return redirect(run)


@require_POST
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_discard(request, pk):
    run = _import(pk)
    try:
        run.discard(by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
        return redirect(run)
    messages.success(request, _("The list was put away; nothing was imported."))
    return redirect("venues:imports")


@require_POST
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_again(request, pk):
    """Read the kept file of a finished import anew, although it was imported before: an import of its own."""
    old = _import(pk)
    if old.state in (*AT_WORK, State.PREVIEW):
        messages.error(request, _("This import is not finished yet."))
        return redirect(old)
    with old.file.open("rb") as file:
        run = applying.receive(file, old.file_name, by=request.user)
    _read(run, old.file_rows)
    return redirect(run)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_IMPORT, raise_exception=True)
@once
def import_undo(request, pk):
    run = _import(pk)
    if request.method == "POST":
        try:
            run.undo(by=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence())
        else:
            messages.success(request, _("The import was undone: the registry is as it was before."))
        return redirect(run)
    if run.state != State.APPLIED:
        return redirect(run)
    return render(request, "venues/import_undo.html", {"run": run})


@require_safe
@permission_required(MAY_IMPORT, raise_exception=True)
def import_workbook(request, pk):
    """The file as it came, with a column that says what is wrong with each row."""
    run = _import(pk)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    try:
        annotating.annotate(run, out)
    except Refused as refused:
        out.close()
        messages.error(request, refused.sentence())
        return redirect(run)
    request.user.leave_trail("export", about=run, detail={"what": "annotated list", "rows": sum(run.counts.values())})
    out.seek(0)
    stem, _dot, ending = run.file_name.rpartition(".")
    problems = _("problems")  # not inside the f-string, where the catalogue would not find it
    name = f"{stem or ending}-{problems}.{'csv' if run.file.name.endswith('.csv') else 'xlsx'}"
    return FileResponse(out, as_attachment=True, filename=name)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.add_division", raise_exception=True)
@once
def divisions_import(request):
    """Check a list of divisions (nothing is kept: the page is no redirect), or import it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    form.fields["file"].help_text = _("Columns: code, name, parent. Divisions are added and changed, never deleted.")
    context = {"form": form}
    if request.method == "POST" and form.is_valid():
        check = request.POST.get("act") != "import"
        file = form.cleaned_data["file"]
        try:
            with on_disk(file) as path:
                counts, findings = divisions.import_divisions(path, file.name, by=request.user, dry_run=check)
        except Refused as refused:
            form.add_error("file", refused)
        else:
            if not check:
                said = _(
                    "Divisions: %(created)s new, %(changed)s changed, %(same)s as they were, %(errors)s with errors."
                )
                messages.success(request, said % counts)
                for found in findings[:20]:
                    messages.warning(request, f"{found['sheet']} {found['row']}: {found['message']}")
                return redirect("venues:divisions_import")
            findings = [{**found, "word": LEVEL_NAMES[found["level"]]} for found in findings]
            context |= {"counts": counts, "findings": findings, "file_name": file.name}
    return render(request, "venues/import_divisions.html", context)
