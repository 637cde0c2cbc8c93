"""Lists as .csv files: what the list shows, under the filters of its address, with a row in the audit trail."""

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.utils import timezone

from venues.exporting import as_csv
from venues.words import when


def wanted(request):
    """Whether the address asks for the list as a file (`?export=csv`); 403 for who may not take lists away."""
    if request.GET.get("export") != "csv":
        return False
    if not request.user.has_perm("venues.export_venue"):
        raise PermissionDenied
    return True


def csv_of(request, what, header, rows):
    """The answer with the file: `header` is a list of words, `rows` yields lists of cells."""
    filters = {name: value for name, value in request.GET.items() if value and name not in ("export", "page")}
    request.user.leave_trail("export", detail={"what": what, "format": "csv", "filters": sorted(filters)})
    lines = as_csv(header, ([_plain(cell) for cell in row] for row in rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{what}-{timezone.localtime():%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def names(officers):
    return "、".join(str(officer) for officer in officers)


def _plain(cell):
    if cell is None:
        return ""
    return when(cell) if hasattr(cell, "tzinfo") else cell if isinstance(cell, int) else str(cell)
