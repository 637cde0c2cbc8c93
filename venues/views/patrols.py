"""Patrols: the list with the effort, a departure, a patrol's page, its return."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from venues.forms.filters import PatrolFilter
from venues.forms.patrols import PatrolForm, ReturnForm
from venues.models import Patrol
from venues.models.submissions import once
from venues.transitions import Refused
from venues.views import sheets
from venues.views.inspections import PAGE


@require_safe
@permission_required("venues.view_patrol", raise_exception=True)
def patrol_list(request):
    form = PatrolFilter(request.GET)
    moment = form.moment or timezone.now()
    # by their ids: a filter on the members would otherwise count only those that it names
    rows = Patrol.objects.filter(pk__in=form.rows(Patrol.objects.all()).order_by().values("pk"))
    effort = rows.effort(moment)
    rows = rows.select_related("led_by").prefetch_related("members").annotate(looks=Count("inspections"))
    if sheets.wanted(request):
        return sheets.csv_of(request, "patrols", _HEADER, map(_cells, rows.order_by("-left_at", "-pk")))
    page = Paginator(rows.order_by("-left_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    for patrol in page:
        patrol.is_out = patrol.left_at <= moment and (patrol.returned_at is None or patrol.returned_at > moment)
    context = {"form": form, "page": page, "effort": effort, "out": rows.out(moment).count()}
    return render(request, "venues/patrols.html", context)


_HEADER = [
    gettext_lazy("Patrol"), gettext_lazy("Left"), gettext_lazy("Returned"), gettext_lazy("Led by"), gettext_lazy("Members"), gettext_lazy("Officers out"),
    gettext_lazy("Kind"), gettext_lazy("Purpose"), gettext_lazy("Vehicle"), gettext_lazy("Area"), gettext_lazy("Looks"),
]  # fmt: skip


def _cells(patrol):
    members = patrol.members.all()
    return [
        patrol.number, patrol.left_at, patrol.returned_at, patrol.led_by, sheets.names(members), len(members),
        patrol.get_kind_display(), patrol.get_purpose_display(), patrol.vehicle, patrol.area, patrol.looks,
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.record_patrol", raise_exception=True)
@once
def patrol_new(request):
    form = PatrolForm(request.POST or None, officer=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            patrol = Patrol.objects.depart(by=request.user, **form.departure())
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Patrol %(number)s has left.") % {"number": patrol.number})
            return redirect(patrol)
    return render(request, "venues/patrol_new.html", {"form": form}, status=422 if form.errors else 200)


def _page(request, patrol, form=None):
    looks = patrol.inspections.select_related("venue__category", "venue__district", "superseded_by")
    visits, venues = patrol.inspections.all().visits(timezone.now())
    context = {
        "patrol": patrol, "members": patrol.members.all(), "looks": looks.prefetch_related("officers", "violations_stopped"),
        "visits": visits, "venues": venues, "form": form or ReturnForm(),
    }  # fmt: skip
    return render(request, "venues/patrol.html", context, status=422 if form and form.errors else 200)


@require_safe
@permission_required("venues.view_patrol", raise_exception=True)
def patrol_detail(request, number):
    patrols = Patrol.objects.select_related("led_by", "recorded_by", "returned_by")
    return _page(request, get_object_or_404(patrols, number=number))


@require_POST
@permission_required("venues.record_patrol", raise_exception=True)
@once
def patrol_return(request, number):
    patrol = get_object_or_404(Patrol, number=number)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            patrol.come_back(by=request.user, at=form.cleaned_data["at"])
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Patrol %(number)s is back.") % {"number": patrol.number})
            return redirect(patrol)
    return _page(request, patrol, form)
