"""The auditor's page: every trail in one list, filtered, and as a file. To export it is an act that stands in it afterwards."""

from django.contrib.auth.decorators import permission_required
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enforcement.forms.trails import TrailFilter
from enforcement.trails import everything, page
from venues.exporting import as_csv
from venues.words import who


@require_safe
@permission_required("enforcement.view_auditentry", raise_exception=True)
def audit(request):
    form = TrailFilter(request.GET)
    asked = form.asked()
    after = request.GET.get("after", "")
    lines, following = page(asked, after=after) if asked else ([], "")
    context = {"form": form, "lines": lines, "following": following, "after": after}
    return render(request, "enforcement/audit/audit.html", context, status=200 if asked else 422)


@require_safe
@permission_required("enforcement.view_auditentry", raise_exception=True)
def audit_export(request):
    """What the list shows, all of it, as a .csv (UTF-8 with its mark, which a spreadsheet needs)."""
    form = TrailFilter(request.GET)
    asked = form.asked()
    if asked is None:
        return render(request, "enforcement/audit/audit.html", {"form": form, "lines": []}, status=422)
    request.user.leave_trail("export", detail={"what": "audit", "format": "csv", "filters": form.in_words})
    response = StreamingHttpResponse(_csv(everything(asked)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.localtime():%Y%m%d-%H%M}.csv"'
    return response


def _csv(lines):
    head = [_("Recorded"), _("Happened"), _("Trail"), _("Officer"), _("What"), _("About"), _("Detail"), _("Address")]
    return as_csv(head, ([str(cell) for cell in _cells(line)] for line in lines))


def _cells(line):
    return [
        _second(line.at), _second(line.happened), line.trail.label, who(line.by) if line.by else "",
        line.what, line.about, line.detail, getattr(line.row, "address", "") if line.trail.key == "acts" else "",
    ]  # fmt: skip


def _second(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
