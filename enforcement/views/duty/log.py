"""The duty log: its lines, newest first; a new line, a correction, the workbook of what the list shows."""

import io

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from enforcement.forms.duty.now import LogFilter, LogForm
from enforcement.models.duty import DutyLogEntry
from enforcement.views.duty.custody import newest_first
from venues.asked import asked_for
from venues.models.submissions import once
from venues.transitions import Refused
from venues.words import when

MOST_IN_A_WORKBOOK = 50_000


@never_cache
@require_safe
@permission_required("enforcement.view_dutylogentry", raise_exception=True)
def log(request):
    form = LogFilter(request.GET)
    rows = form.rows(DutyLogEntry.objects.select_related("by", "corrects__by"))
    if request.GET.get("export") == "xlsx":
        return _workbook(request, rows)
    page = newest_first(rows.prefetch_related("corrections__by"), "at", request)
    context = {
        "form": form,
        "page": page,
        "new": LogForm(),
        "asked": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "enforcement/duty/log.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_dutylogentry", raise_exception=True)
@once
def log_new(request):
    corrects = asked_for(request, DutyLogEntry, "corrects")
    form = LogForm(request.POST or None, corrects=corrects)
    if request.method == "POST" and form.is_valid():
        try:
            DutyLogEntry.objects.write(by=request.user, **form.entry())
        except Refused as refused:
            form.add_error(None, refused.sentence())
        else:
            messages.success(request, _("It is in the log."))
            return redirect("duty:log")
    context = {"form": form, "corrects": corrects}
    return render(request, "enforcement/duty/log_new.html", context, status=422 if form.errors else 200)


def _workbook(request, rows):
    """What the list shows, all pages, as text cells only: nothing in it is a formula."""
    import xlsxwriter

    filters = sorted(name for name, value in request.GET.items() if value and name != "export")
    request.user.leave_trail("export", detail={"what": "duty log", "format": "xlsx", "filters": filters})
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("Duty log")[:31])
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        columns = ((_("When"), 17), (_("Kind"), 12), (_("Text of the entry"), 70), (_("By"), 12), (_("Corrects"), 30))
        for number, (word, width) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write_string(0, number, word, head)
        sheet.freeze_panes(1, 0)
        shown = rows.order_by("-at", "-pk")[:MOST_IN_A_WORKBOOK]
        for line, entry in enumerate(shown.iterator(chunk_size=2000), start=1):
            of = entry.corrects
            about = f"{when(of.at)} {of.text}"[:200] if of else ""
            for number, cell in enumerate([when(entry.at), entry.get_kind_display(), entry.text, str(entry.by), about]):
                sheet.write_string(line, number, str(cell), wrap)
    response = HttpResponse(
        file.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = f"duty-log-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
