"""Sheets of other hotlines: what came, the upload, the check of every row, and the one press that brings them in."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.forms.sheets import SheetFileForm
from complaints.importing.applying import import_sheets, read_bytes
from complaints.importing.planning import counts, plan
from complaints.models import Sheet, StagedSheets
from venues.masking import masked, without_numbers
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PAGE = 50
EXCERPT = 80


@require_safe
@permission_required("complaints.import_sheet", raise_exception=True)
def sheets(request):
    """What came from other hotlines, the latest first, and the lists that wait to be checked."""
    rows = Sheet.objects.select_related("channel", "complaint", "imported_by")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "channels": Sheet.objects.order_by().values("channel").annotate(
            n=Count("complaint", distinct=True), last=Max("imported_at")
        ).values_list("channel__name_zh", "channel__name_en", "n", "last"),
        "staged": StagedSheets.objects.filter(uploaded_by=request.user).defer("cipher").select_related("channel"),
    }  # fmt: skip
    return render(request, "complaints/sheets.html", context)


@require_POST
@permission_required("complaints.import_sheet", raise_exception=True)
@once
def sheet_read(request, pk):
    """Somebody read the news about a complaint at an end, and leaves it there."""
    sheet = get_object_or_404(Sheet, pk=pk)
    try:
        sheet.read(by=request.user)
    except TooLate as refused:
        messages.error(request, refused.sentence())
    else:
        messages.success(request, _("Noted: read."))
    return redirect("complaints:desk")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("complaints.import_sheet", raise_exception=True)
@once
def sheet_import(request):
    """The upload: the list is read once, to refuse what cannot be read, and kept encrypted until it is decided."""
    form = SheetFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            read_bytes(content, upload.name)
        except Refused as refused:
            form.add_error("file", refused)
        else:
            staged = StagedSheets.objects.keep(
                by=request.user, channel=form.cleaned_data["channel"], name=upload.name, content=content
            )
            return redirect("complaints:sheet_preview", staged.pk)
    return render(request, "complaints/sheet_import.html", {"form": form}, status=422 if form.errors else 200)


def _staged(request, key):
    """The officer's own list, or None when it was decided meanwhile."""
    return StagedSheets.objects.filter(pk=key, uploaded_by=request.user).select_related("channel").first()


@never_cache
@require_safe
@permission_required("complaints.import_sheet", raise_exception=True)
def sheet_preview(request, key):
    """What every row would do; callers masked."""
    staged = get_object_or_404(StagedSheets.objects.select_related("channel"), pk=key, uploaded_by=request.user)
    try:
        planned = plan(read_bytes(staged.content(), staged.file_name), staged.channel)
    except Refused as refused:  # the key of callers was changed meanwhile
        messages.error(request, refused.sentence())
        return redirect("complaints:sheets")
    found = counts(planned)
    shown = request.GET.get("action", "")
    rows = [one for one in planned if not shown or one.action == shown]
    rows.sort(key=lambda one: (one.action != "errors", not one.findings))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.excerpt = without_numbers(one.row.content)[:EXCERPT]
        one.caller = masked(one.row.number)
        one.where = (one.venue.name if one.venue else without_numbers(one.place)) if one.action != "errors" else ""
    context = {
        "staged": staged, "counts": found, "page": page, "shown": shown, "new": found["created"] + found["changed"],
        "chips": [(name, label, found[name]) for name, label in _labels().items() if found[name]], "total": len(planned),
        "labels": _labels(),
    }  # fmt: skip
    return render(request, "complaints/sheet_preview.html", context)


def _labels():
    return {"created": _("new"), "changed": _("changed"), "same": _("the same"), "errors": _("with errors")}


@require_POST
@permission_required("complaints.import_sheet", raise_exception=True)
@once
def sheet_apply(request, key):
    """Bring the list in: everything or nothing, and the file goes."""
    staged = _staged(request, key)
    try:
        if staged is None:
            raise Refused(_("This list was already imported or put away."))
        with transaction.atomic():
            rows = read_bytes(staged.content(), staged.file_name)
            staged.decided()
            report = import_sheets(rows, channel=staged.channel, by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence())
    else:
        said = _("%(created)s new, %(changed)s changed, %(same)s as they were, %(errors)s left out.") % report.counts
        (messages.warning if report.counts["errors"] else messages.success)(request, said)
    return redirect("complaints:sheets")


@require_POST
@permission_required("complaints.import_sheet", raise_exception=True)
@once
def sheet_discard(request, key):
    staged = _staged(request, key)
    if staged is not None:
        staged.delete()
        messages.success(request, _("The list was put away; nothing was imported."))
    return redirect("complaints:sheets")
