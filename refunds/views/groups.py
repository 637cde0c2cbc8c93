"""Groups: the list, its export, one group, and the acts on the group itself."""

import tempfile

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q, Sum
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from refunds import exporting
from refunds.asking import Asked
from refunds.forms.filters import GroupFilter, fitting
from refunds.forms.groups import CallOffForm, LineForm, LinkForm, UnlinkForm
from refunds.models import TourGroup
from refunds.shown import unnamed
from refunds.status import RANK
from refunds.views.group_page import act, group_or_404, page
from venues.models.submissions import once
from venues.moments import in_address
from venues.paging import SIZE, stretch

ORDER = ("agency_id", "pk")


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def groups(request):
    """The groups that fit the filters of the address, as they were at its moment."""
    asked, form = Asked(request), GroupFilter(request.GET)
    context = {"asked": asked, "form": form}
    status = 400 if asked.problem or not form.is_valid() else 200
    if not asked.problem:
        known = TourGroup.objects.as_of(asked.at)
        context |= _counts(form, known)
        found = form.rows(known).select_related("agency").order_by(*ORDER)
        after, before = request.GET.get("after", ""), request.GET.get("before", "")
        context["page"] = stretch(found, ORDER, after=after, before=before, size=SIZE)
        for group in unnamed(context["page"].rows, "pk"):
            group.href = asked.link("group", group.pk)
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, "refunds/_groups.html" if partial else "refunds/groups.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _counts(form, known):
    """Groups and people of every status that the other filters leave, and the sums of the status asked for; one query."""
    rows = form.any_status(known).order_by().values("status")
    rows = rows.annotate(groups=Count("pk"), people=Sum("heads", filter=Q(counted=True))).values_list(
        "status", "groups", "people"
    )
    rows = sorted(rows, key=lambda row: RANK[row[0]])
    shown = fitting([status for status, _groups, _people in rows], form.cleaned_data.get("status"))
    those = [row for row in rows if row[0] in shown]
    return {
        "statuses": [(status, n) for status, n, _people in rows], "any_status": sum(n for _status, n, _people in rows),
        "total": sum(n for _status, n, _people in those), "people": sum(people or 0 for _status, _n, people in those),
    }  # fmt: skip


@require_safe
@permission_required("refunds.export_refunds", raise_exception=True)
def groups_export(request):
    """What the list shows, as an .xlsx with the moment on top; a row in the audit trail says who took it."""
    asked, form = Asked(request), GroupFilter(request.GET)
    if asked.problem or not form.is_valid():
        context = {"asked": asked, "form": form}
        return render(request, "refunds/groups.html", context, status=400)
    found = form.rows(TourGroup.objects.as_of(asked.at)).order_by(*ORDER)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    rows = exporting.write_workbook(found, asked.at, file)
    file.seek(0)
    detail = {
        "what": "tour_groups",
        "format": "xlsx",
        "rows": rows,
        "filters": form.in_use,
        "as_of": in_address(asked.at),
    }
    request.user.leave_trail("export", detail=detail)
    name = f"groups-{timezone.localtime(asked.at):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def group(request, pk):
    return page(request, group_or_404(pk))


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
@once
def group_line(request, pk):
    """A correction by hand, or the calling off: both are a line."""
    found = group_or_404(pk)
    if "call_off" in request.POST:
        return act(request, CallOffForm(request.POST, group=found))
    line = found.line_at()
    if line is None:
        raise Http404
    return act(request, LineForm(request.POST, group=found, line=line))


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
@once
def group_link(request, pk):
    found = group_or_404(pk)
    return act(request, LinkForm(request.POST, group=found, line=found.line_at()))


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
@once
def group_unlink(request, pk):
    return act(request, UnlinkForm(request.POST, group=group_or_404(pk)))
