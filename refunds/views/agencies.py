"""Agencies: who reported and how their groups stand, one agency, its nil return."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from refunds.agencies import Card, last_returns, rows_of
from refunds.asking import Asked
from refunds.figures import Agencies
from refunds.forms.filters import AgencyFilter
from refunds.forms.groups import NilReturnForm
from refunds.models import AgencyReport
from refunds.models.returns import AGENCY
from venues.models import Venue
from venues.models.submissions import once
from venues.transitions import Refused, TooLate

PAGE = 50


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def agencies(request):
    """All agencies that must report, and those that have groups; the silent and the worst first."""
    asked, form = Asked(request), AgencyFilter(request.GET)
    context = {"asked": asked, "form": form}
    if not asked.problem:
        known = Agencies(asked.at)
        found = form.select(known)
        page = Paginator(rows_of(found, known), PAGE).get_page(request.GET.get("page"))
        last = last_returns([row.venue.pk for row in page.object_list], asked.at)
        for row in page.object_list:
            row.href, row.report = asked.link("agency", row.venue.pk), last.get(row.venue.pk)
        context |= {"page": page, "known": known}
    return render(request, "refunds/agencies.html", context, status=asked.status if form.is_valid() else 400)


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def agency(request, pk):
    found = _agency(pk)
    if found.merged_into_id:
        return redirect(Asked(request).link("agency", found.merged_into_id))
    return _page(request, found)


def _agency(pk):
    agencies = Venue.objects.filter(category__slug=AGENCY).select_related(
        "district", "street", "category", "merged_into"
    )
    return get_object_or_404(agencies, pk=pk)


def _page(request, agency, form=None, status=200):
    asked = Asked(request)
    context = {"asked": asked, "agency": agency, "form": form or NilReturnForm()}
    if not asked.problem:
        context["card"] = Card(agency, asked.at)
    return render(request, "refunds/agency.html", context, status=status if status != 200 else asked.status)


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
@once
def nil_return(request, pk):
    """零报告: somebody of the agency said by telephone that it has no group."""
    found = _agency(pk).survivor
    form, status = NilReturnForm(request.POST), 422
    if form.is_valid():
        try:
            report = AgencyReport.objects.report_nothing(by=request.user, agency=found, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence())
            status = 409 if isinstance(refused, TooLate) else 422
        else:
            said = {"agency": found, "day": report.as_of}
            messages.success(request, _("%(agency)s has reported nothing as of %(day)s.") % said)
            return redirect("refunds:agency", found.pk)
    return _page(request, found, form, status)
