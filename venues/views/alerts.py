"""Alerts: the visit list with the unanswered ones first, a new one, an alert's page, an answer without a look."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from venues.asked import asked_for
from venues.forms.alerts import AlertForm, AnswerForm
from venues.forms.filters import AlertFilter
from venues.models import Alert, Venue
from venues.models.submissions import once
from venues.transitions import Refused
from venues.views.inspections import PAGE

_SHOWN = ("venue__category", "venue__district", "district", "category", "raised_by", "answered_by")


@require_safe
@permission_required("venues.view_alert", raise_exception=True)
def alert_list(request):
    form = AlertFilter(request.GET)
    rows = form.rows(Alert.objects.all())
    waiting = rows.open(form.moment).count()
    rows = rows.open_first().select_related(*_SHOWN).prefetch_related("inspections")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "waiting": waiting, "moment": form.moment}
    return render(request, "venues/alerts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("venues.add_alert", raise_exception=True)
@once
def alert_new(request):
    venue = asked_for(request, Venue, "venue")
    form = AlertForm(request.POST or None, user=request.user, initial={"venue": venue})
    searching = "venue_find" in request.POST  # the picker without JavaScript: show what it found, save nothing
    if request.method == "POST" and not searching and form.is_valid():
        try:
            alert = Alert.objects.raise_alert(by=request.user, **form.said())
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The alert is on the visit list."))
            return redirect(alert)
    return render(request, "venues/alert_new.html", {"form": form}, status=422 if form.errors else 200)


def _page(request, alert, form=None):
    looks = alert.inspections.select_related("venue").prefetch_related("officers")
    context = {"alert": alert, "looks": looks, "form": form or AnswerForm()}
    return render(request, "venues/alert.html", context, status=422 if form and form.errors else 200)


@require_safe
@permission_required("venues.view_alert", raise_exception=True)
def alert_detail(request, pk):
    return _page(request, get_object_or_404(Alert.objects.select_related(*_SHOWN), pk=pk))


@require_POST
@permission_required("venues.add_alert", raise_exception=True)
@once
def alert_answer(request, pk):
    alert = get_object_or_404(Alert.objects.select_related(*_SHOWN), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            alert.answer(by=request.user, at=form.cleaned_data["at"], text=form.cleaned_data["text"])
        except Refused as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The alert is answered."))
            return redirect(alert)
    return _page(request, alert, form)
