"""Complaints as files: the list as it is filtered, and answered sheets. Each leaves its row in the audit trail."""

import tempfile

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from complaints import exporting
from complaints.forms.filters import ComplaintFilter
from complaints.forms.sheets import SheetExportForm, this_month
from complaints.models import Complaint


@require_safe
@permission_required("complaints.view_complaint", raise_exception=True)
@permission_required("complaints.export_complaint", raise_exception=True)
def complaints_export(request):
    """What the list shows: `?format=xlsx|csv` and its filters."""
    form = ComplaintFilter(request.GET)
    found = form.rows(Complaint.objects.visible_to(request.user))
    kind = request.GET.get("format", "xlsx")
    if kind not in ("xlsx", "csv"):
        raise BadRequest("format is xlsx or csv")
    detail = {"what": "complaints", "filters": form.in_use}
    return _file(request, exporting.for_list(found), exporting.COMPLAINTS, "投诉举报", kind, "complaints", detail)


@require_safe
@permission_required("complaints.export_complaint", raise_exception=True)
def sheets_export(request):
    """The form; with `?format=` the file of the sheets with their answers."""
    if "format" not in request.GET:
        return render(
            request, "complaints/sheets_export.html", {"form": SheetExportForm(initial={"from": this_month()})}
        )
    form = SheetExportForm(request.GET)
    if not form.is_valid():
        return render(request, "complaints/sheets_export.html", {"form": form}, status=422)
    detail = {"what": "sheets", **form.in_words}
    kind = form.cleaned_data["format"]
    return _file(request, exporting.for_sheets(form.complaints()), exporting.SHEETS, "工单回复", kind, "sheets", detail)


def _file(request, found, columns, title, kind, name, detail):
    request.user.leave_trail("export", detail={"format": kind, "rows": found.count(), **detail})
    name = f"{name}-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(exporting.csv_lines(found, columns), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    exporting.write_workbook(found, columns, title, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)
