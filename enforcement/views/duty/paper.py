"""A roster on paper and as a workbook: the version in force, or the one that `?version=` names."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.duty.paper import explained, paper, sheet, standing
from enforcement.duty.workbooks import download
from enforcement.models.duty.rosters import Roster, RosterVersion
from venues.asked import as_id


def _version(request, pk):
    """The version asked for; a draft is for those who plan."""
    roster = get_object_or_404(Roster.objects.select_related("pattern", "created_by"), pk=pk)
    versions = roster.versions.select_related("roster", "created_by", "published_by")
    asked = request.GET.get("version", "")
    if asked == "draft":
        found = versions.filter(state=RosterVersion.State.DRAFT).first()
    elif asked:
        found = versions.filter(number=as_id(asked) or -1).first()
    else:
        found = versions.filter(state=RosterVersion.State.PUBLISHED).first() or versions.first()
    if found is None or (found.is_draft and not request.user.has_perm("enforcement.plan_roster")):
        raise Http404
    return found


@never_cache
@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def roster_paper(request, pk):
    """The roster as a page for the wall of the duty room; prints on A4."""
    version = _version(request, pk)
    found = paper(version)
    context = {
        "paper": found,
        "version": version,
        "roster": version.roster,
        "standing": standing(version),
        "explained": explained(found),
    }
    return render(request, "enforcement/duty/paper.html", context)


@never_cache
@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def roster_xlsx(request, pk):
    """The same as a workbook."""
    version = _version(request, pk)
    found = paper(version)
    rows = sum(len(day.lines) for day in found.days)
    request.user.leave_trail("export", about=version.roster, detail={"what": "roster", "format": "xlsx", "rows": rows})
    number = f"v{version.number}" if version.number else "draft"
    name = f"roster-{version.roster.starts_on:%Y%m%d}-{number}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return download(name, **sheet(found))
