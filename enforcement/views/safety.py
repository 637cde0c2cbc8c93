"""Staff safety: one's own health checks, the day of the team, isolation, disinfection."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from enforcement.forms.duty.changes import show
from enforcement.forms.safety import (
    SHOWN,
    CheckForm,
    DisinfectionForm,
    IsolationEndForm,
    IsolationForm,
    RecordForm,
)
from enforcement.models.safety import FEVER, Disinfection, HealthCheck, Isolation
from enforcement.safety import counting, day_of, duty_near
from venues.asked import as_id
from venues.models.submissions import once
from venues.moments import as_of
from venues.transitions import Refused, TooLate

PAGE = 50
OWN = 14  # of one's own checks on a page


def _status(form, refused=None):
    if isinstance(refused, TooLate):
        return 409
    return 422 if form.errors else 200


# --- oneself
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.take_duty", raise_exception=True)
@once
def my_health(request):
    user, now = request.user, timezone.now()
    duty = duty_near(user, now)
    date = duty.shift.date if duty else timezone.localdate(now)
    mine = HealthCheck.objects.filter(officer=user).select_related("by")
    today = list(mine.filter(date=date).in_order())
    form = CheckForm(request.POST or None, initial={"slot": _slot(duty, today, now)})
    if request.method == "POST" and form.is_valid():
        try:
            check = HealthCheck.objects.record(by=user, date=date, **form.cleaned_data)
        except Refused as refused:
            show(form, refused)
        else:
            if check.is_cleared:
                messages.success(request, _("Written down."))
            else:
                messages.warning(request, _("Written down. You are not cleared: measure again, and tell who leads."))
            return redirect("my_health")
    context = {
        "form": form, "check": counting(today), "date": date, "duty": duty, "fever": FEVER,
        "isolation": Isolation.objects.running(now).filter(officer=user).first(),
        "page": Paginator(mine, OWN).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "enforcement/safety/my_health.html", context, status=_status(form))


def _slot(duty, today, now):
    """Which part of the shift a check is most likely for."""
    slot = HealthCheck.Slot
    if duty is None or not any(check.slot == slot.START for check in today):
        return slot.START
    return slot.END if now > duty.start + (duty.end - duty.start) * 3 / 4 else slot.MIDDLE


# --- the team
@never_cache
@require_safe
@permission_required("enforcement.see_health", raise_exception=True)
def health_day(request):
    try:
        (at, asked), wrong = as_of(request), ""
    except Refused as refused:
        at, asked, wrong = timezone.now(), False, refused.sentence()
    day, shown = day_of(at), request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    counts = {"": len(day.people), **day.counts}
    context = {
        "day": day, "people": day.only(shown), "shown": shown, "moment": at if asked else None, "wrong": wrong,
        "chips": [(key, label, counts[key]) for key, label in SHOWN.items()],
        "slots": HealthCheck.Slot.labels, "isolated": Isolation.objects.running(at).count(), "fever": FEVER,
        "typed": request.GET.get("as_of", ""),
    }  # fmt: skip
    return render(request, "enforcement/safety/health_day.html", context, status=400 if wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.record_health", raise_exception=True)
@once
def health_record(request):
    form = RecordForm(request.POST or None, initial={"officer": as_id(request.GET.get("officer", ""))})
    if request.method == "POST" and form.is_valid():
        try:
            check = HealthCheck.objects.record(by=request.user, **form.values())
        except Refused as refused:
            show(form, refused)
        else:
            _tell(request, check)
            return redirect("health_day")
    return render(request, "enforcement/safety/health_record.html", {"form": form}, status=_status(form))


def _tell(request, check):
    named = {"name": check.officer}
    if check.result == HealthCheck.Result.OFF_DUTY:
        words = _("%(name)s is sent off duty. The post still counts: record the leaving of the post, or isolation.")
        messages.warning(request, words % named)
    elif not check.is_cleared:
        messages.warning(request, _("%(name)s is not cleared: measure again, or send off duty.") % named)
    else:
        messages.success(request, _("Written down for %(name)s.") % named)


# --- isolation
@never_cache
@require_safe
@permission_required("enforcement.see_health", raise_exception=True)
def isolation_list(request):
    try:
        (at, asked), wrong = as_of(request), ""
    except Refused as refused:
        at, asked, wrong = timezone.now(), False, refused.sentence()
    rows, everything = Isolation.objects.with_people().filter(start__lte=at), request.GET.get("show") == "all"
    running = rows.running(at)
    page = Paginator(rows if everything else running, PAGE).get_page(request.GET.get("page"))
    for isolation in page:
        isolation.runs = isolation.end is None or isolation.end > at
    if not asked:
        Isolation.add_uncovered(page, at)
    context = {
        "page": page, "everything": everything, "moment": at if asked else None, "wrong": wrong,
        "running": running.count(),
    }  # fmt: skip
    return render(request, "enforcement/safety/isolations.html", context, status=400 if wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.record_health", raise_exception=True)
@once
def isolation_new(request):
    first = {"officer": as_id(request.GET.get("officer", "")), "start": timezone.localtime().replace(second=0)}
    form, refusal = IsolationForm(request.POST or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        try:
            isolation = Isolation.objects.begin(by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = refused
            show(form, refused)
        else:
            messages.success(request, _("%(name)s does not count on duty meanwhile.") % {"name": isolation.officer})
            if duties := isolation.uncovers(timezone.now()).count():
                words = _("Published duties in this time: %(count)s. Find somebody for each.")
                messages.warning(request, words % {"count": duties})
            return redirect("isolations")
    return render(request, "enforcement/safety/isolation_new.html", {"form": form}, status=_status(form, refusal))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.record_health", raise_exception=True)
@once
def isolation_end(request, pk):
    isolation = get_object_or_404(Isolation.objects.with_people(), pk=pk)
    first = {"end": timezone.localtime().replace(second=0)}
    form, refusal = IsolationEndForm(request.POST or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        try:
            isolation.finish(by=request.user, end=form.cleaned_data["end"])
        except Refused as refused:
            refusal = refused
            show(form, refused)
        else:
            messages.success(request, _("Written down for %(name)s.") % {"name": isolation.officer})
            return redirect("isolations")
    context = {"form": form, "isolation": isolation}
    return render(request, "enforcement/safety/isolation_end.html", context, status=_status(form, refusal))


# --- disinfection
@require_safe
@permission_required("enforcement.view_dutylogentry", raise_exception=True)
def disinfection_list(request):
    rows = Disinfection.objects.select_related("by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "enforcement/safety/disinfections.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("enforcement.add_dutylogentry", raise_exception=True)
@once
def disinfection_new(request):
    form = DisinfectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            Disinfection.objects.write(by=request.user, **form.values())
        except Refused as refused:
            show(form, refused)
        else:
            messages.success(request, _("It is in the log."))
            return redirect("disinfections")
    return render(request, "enforcement/safety/disinfection_new.html", {"form": form}, status=_status(form))
