"""Proof: the coverage certificate of a period, and the load per person."""

import datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.db.models import Min
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.duty import load as loads
from enforcement.duty.certificate import certificate as certified
from enforcement.duty.workbooks import download
from enforcement.forms.duty.periods import MonthForm, PeriodForm, month_after
from enforcement.models import CoverageRule
from enforcement.models.duty.rosters import Role
from venues.moments import YEARS, in_address


@never_cache
@require_safe
@permission_required("enforcement.view_certificate", raise_exception=True)
def certificate(request):
    """What was required, staffed and led from `?from=` until `?until=`, each gap, and who answered for it. Prints on A4."""
    now = timezone.now()
    form = PeriodForm(request.GET, at=now)
    context = {"form": form, "chips": _chips(now), "edges": request.GET}
    if not form.is_valid():
        return render(request, "enforcement/duty/certificate.html", context, status=422)
    found = certified(*form.cleaned_data["period"], at=now)
    return render(request, "enforcement/duty/certificate.html", {**context, "certificate": found, **_period(form)})


def _chips(now):
    """(name, address) of the periods that are asked for most."""
    first = timezone.localdate(now).replace(day=1)
    last = month_after(first, -1)
    begun = CoverageRule.objects.aggregate(first=Min("valid_from"))["first"]
    chips = [(_("this month so far"), "?"), (_("last month"), f"?from={last}&until={_eve(first)}")]
    if begun and begun < now:
        chips.append((_("since the rules hold"), f"?{urlencode({'from': in_address(begun)})}"))
    return chips


def _eve(date):
    return date - datetime.timedelta(days=1)


def _period(form):
    start, end = form.cleaned_data["period"]
    return {"start": start, "end": end, "edges": {"from": _typed(start), "until": _typed(end)}}


def _typed(moment):
    """A moment as the browser's field wants it; the seconds only where there are any."""
    local = timezone.localtime(moment)
    return local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M")


@never_cache
@require_safe
@permission_required("enforcement.view_certificate", raise_exception=True)
def load(request):
    """The hours of everybody in `?month=` or from `?from=` until `?until=`; with `?export=xlsx` as a workbook in minutes."""
    form = MonthForm(request.GET)
    if not form.is_valid():
        return render(request, "enforcement/duty/load.html", {"form": form, "edges": request.GET}, status=422)
    rows = loads.load(*form.cleaned_data["period"])
    month = form.cleaned_data.get("month")
    if request.GET.get("export") == "xlsx":
        return _load_workbook(request, rows, month, *form.cleaned_data["period"])
    context = {
        "form": form,
        "rows": rows,
        "planned": sum((one.planned for one in rows), loads.Hours()),
        "real": sum((one.real for one in rows), loads.Hours()),
        "month": month,
        "earlier": month and month.year > YEARS[0] and month_after(month, -1),
        "later": month and month.year < YEARS[-1] and month_after(month, 1),
        **_period(form),
        **({"edges": {"month": f"{month:%Y-%m}"}} if month else {}),
    }
    return render(request, "enforcement/duty/load.html", context)


def _load_workbook(request, rows, month, start, end):
    request.user.leave_trail("export", detail={"what": "load", "format": "xlsx", "rows": len(rows)})
    span = {
        "first": timezone.localtime(start).strftime("%Y-%m-%d %H:%M"),
        "last": timezone.localtime(end).strftime("%Y-%m-%d %H:%M"),
    }
    kinds = [_("all"), _("night"), _("day of rest"), _("statutory holiday")]
    header = [
        _("Officer"), _("Badge no."), _("Shifts"), *(str(role.label) for role in Role),
        *(_("planned: %(what)s") % {"what": kind} for kind in kinds), *(_("real: %(what)s") % {"what": kind} for kind in kinds),
    ]  # fmt: skip
    return download(
        f"load-{timezone.localtime(start):%Y%m%d}.xlsx",
        name=_("Load"),
        title=_("Load per person"),
        lines=[_("%(first)s until %(last)s, in minutes") % span],
        header=header,
        widths=[16, 10, 8] + [10] * (len(header) - 3),
        rows=([str(o.officer), o.officer.badge_no or "", o.shifts, *_minutes(o)] for o in rows),
        notes=[_("Night: 22:00 to 06:00. Real: planned less leave and absence.")],
    )


def _minutes(one):
    """The cells of a Load in whole minutes, rounded down."""
    kinds = [(hours.all, hours.night, hours.rest, hours.statutory) for hours in (one.planned, one.real)]
    return [int(value.total_seconds() // 60) for value in [*one.roles.values(), *kinds[0], *kinds[1]]]
