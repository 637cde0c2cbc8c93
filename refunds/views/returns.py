"""Returns as they stand: one return with its file and its lines, a nil return taken back, and the templates to fill in."""

import tempfile
import zipfile

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from refunds.figures import Agencies
from refunds.importing import template as workbook
from refunds.models import AgencyReport, GroupLine, Refund
from refunds.models.returns import AGENCY
from refunds.shown import unnamed
from venues.models import Venue
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

MAY_ENTER, MAY_SEE = "refunds.enter_return", "refunds.view_agencyreport"


def _report(pk):
    return get_object_or_404(AgencyReport.objects.select_related("agency", "received_by", "withdrawn_by"), pk=pk)


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def agency_return(request, pk):
    return _page(request, _report(pk))


def _page(request, report, refused=None):
    lines = unnamed(GroupLine.objects.filter(report=report).select_related("group").order_by("pk"))
    entered = {}
    for row in Refund.objects.filter(report=report).order_by("pk"):
        entered.setdefault(row.group_id, []).append(row)
    for line in lines:
        line.entered = entered.get(line.group_id, [])
    context = {
        "report": report, "lines": lines, "sums": _sums(report, lines), "refused": refused and refused.sentence(),
        "why": request.POST.get("why", ""), "more": sum(row.heads for rows in entered.values() for row in rows),
    }  # fmt: skip
    status = 200 if refused is None else 409 if isinstance(refused, TooLate) else 422
    return render(request, "refunds/return.html", context, status=status)


def _sums(report, lines):
    """[(name, declared, of its rows, whether they differ)] of the figures that the return declares in all or its rows give."""
    names = ("heads", "refunded_heads", "amount_due", "refunded_amount")
    if report.kind == AgencyReport.Kind.NIL:
        return []
    found = GroupLine.objects.filter(report=report).aggregate(**{name: Sum(name) for name in names})
    pairs = [
        (_("Groups"), report.declared_groups, len(lines)),
        (_("People"), report.declared_people, found.get("heads")),
        (_("People refunded to date"), report.declared_refunded_heads, found.get("refunded_heads")),
        (_("Amount due, yuan"), report.declared_amount_due, found.get("amount_due")),
        (_("Refunded to date, yuan"), report.declared_refunded_amount, found.get("refunded_amount")),
    ]
    return [
        (name, declared, summed, declared is not None and declared != (summed or 0))
        for name, declared, summed in pairs
        if declared is not None or summed is not None
    ]


@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def return_file(request, pk):
    """The file as it came, under the name that it came with."""
    report = _report(pk)
    try:
        file = report.file.open("rb") if report.file else None
    except OSError:
        file = None
    if file is None:
        raise Http404
    request.user.leave_trail("export", about=report, detail={"what": "return"})
    name = report.file_name or f"{report.agency.licence_no}-{report.as_of}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_POST
@permission_required(MAY_ENTER, raise_exception=True)
@once
def return_withdraw(request, pk):
    report = _report(pk)
    try:
        report.withdraw(by=request.user, why=request.POST.get("why", "").replace("\0", ""))
    except Refused as refused:
        return _page(request, report if not isinstance(refused, TooLate) else _report(pk), refused)
    messages.success(request, _("The nil return is withdrawn: it counts no longer."))
    return redirect(report)


# --- templates --------------------------------------------------------------------------------------------------------------
@require_safe
@permission_required(MAY_ENTER, raise_exception=True)
def template(request, pk):
    """The workbook for one agency, its groups filled in as they are known now."""
    found = Venue.objects.filter(category__slug=AGENCY).select_related("merged_into")
    agency = get_object_or_404(found, pk=pk).survivor
    at = timezone.now()
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    workbook.write(agency, file, at=at)
    file.seek(0)
    request.user.leave_trail("export", about=agency, detail={"what": "return template"}, at=at)
    return FileResponse(file, as_attachment=True, filename=_name(agency, at))


@require_safe
@permission_required(MAY_ENTER, raise_exception=True)
def templates(request):
    """The workbooks of all agencies that must report, in one .zip."""
    at = timezone.now()
    agencies = Venue.objects.filter(pk__in=Agencies(at).all).order_by("licence_no", "pk")
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:  # workbooks are compressed already
        for agency in agencies:
            with tempfile.TemporaryFile() as one:
                workbook.write(agency, one, at=at)
                one.seek(0)
                bundle.writestr(_name(agency, at), one.read())
    file.seek(0)
    detail = {"what": "return templates", "agencies": len(agencies)}
    request.user.leave_trail("export", detail=detail, at=at)
    return FileResponse(file, as_attachment=True, filename=f"templates-{timezone.localdate(at):%Y%m%d}.zip")


def _name(agency, at):
    """The name of an agency's workbook: no two are the same, and none holds what a file system refuses."""
    words = f"{agency.licence_no or agency.pk}-{agency.name}-{timezone.localdate(at):%Y-%m-%d}"
    return "".join(c if c.isalnum() or c in "-_（）()" else "_" for c in words)[:120] + ".xlsx"
