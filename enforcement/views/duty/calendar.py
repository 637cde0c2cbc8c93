"""The calendar: what each date of a year is, and marking days while the holiday runs."""

import calendar as months
import datetime

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from enforcement.forms.duty.calendar import DaysForm
from enforcement.models.duty import Roster
from enforcement.models.duty.calendar import CalendarDay, DayType
from venues.asked import as_id
from venues.models.submissions import once
from venues.moments import YEARS
from venues.transitions import Refused

SHORT = (  # of the weekdays: a month must fit a phone
    pgettext_lazy("short weekday", "Mo"), pgettext_lazy("short weekday", "Tu"), pgettext_lazy("short weekday", "We"),
    pgettext_lazy("short weekday", "Th"), pgettext_lazy("short weekday", "Fr"), pgettext_lazy("short weekday", "Sa"),
    pgettext_lazy("short weekday", "Su"),
)  # fmt: skip


@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def calendar(request):
    """The year `?year=`; `?day=` puts a date into the form."""
    may_mark = request.user.has_perm("enforcement.change_calendarday")
    form = DaysForm(initial={"first": _asked_day(request)}) if may_mark else None
    return render(request, "enforcement/duty/calendar.html", _year(_asked_year(request), form))


@require_POST
@permission_required("enforcement.change_calendarday", raise_exception=True)
@once
def calendar_mark(request):
    """Mark a span of days."""
    form = DaysForm(request.POST)
    if form.is_valid():
        first = form.cleaned_data["first"]
        year, last = first.year, form.cleaned_data["last"] or first
        try:
            count = form.mark(request.user)
        except Refused as refused:
            form.add_error("last", refused)
        else:
            messages.success(request, ngettext("%(n)s day changed.", "%(n)s days changed.", count) % {"n": count})
            for roster in Roster.objects.filter(starts_on__lte=last, ends_on__gte=first):
                messages.warning(
                    request,
                    _("%(roster)s was made before: look whether a new draft of it is due.") % {"roster": roster},
                )
            return redirect(f"{reverse('duty:calendar')}?year={year}")
    return render(request, "enforcement/duty/calendar.html", _year(_asked_year(request), form), status=422)


def _asked_year(request):
    year = as_id(request.GET.get("year", ""))
    return year if year in YEARS else timezone.localdate().year


def _asked_day(request):
    try:
        return datetime.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _year(year, form):
    """What the page shows of a year: twelve months of weeks of days, and the rows that differ from the weekdays."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    types = CalendarDay.objects.types(first, last)
    rows = list(CalendarDay.objects.filter(date__range=(first, last)))
    marked = {row.date: row for row in rows}
    today = timezone.localdate()
    sheets = []
    for month in range(1, 13):
        weeks = [
            [_cell(day, types, marked, today) if day.month == month else None for day in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        sheets.append((datetime.date(year, month, 1), weeks))
    return {
        "year": year, "earlier": year - 1 if year - 1 in YEARS else None, "later": year + 1 if year + 1 in YEARS else None,
        "sheets": sheets, "rows": rows, "form": form, "weekdays": _weekdays(),
        "counts": [(kind, sum(found == kind for found in types.values())) for kind in DayType],
    }  # fmt: skip


def _cell(day, types, marked, today):
    row, kind = marked.get(day), types[day]
    return {
        "day": day, "kind": kind, "row": row, "mark": _marks()[kind] if row else "", "today": day == today,
        "tone": {DayType.STATUTORY: "bad-3", DayType.REST: "bad-1", DayType.WORKDAY: "heat-1" if row else ""}[kind],
        "words": f"{day} {row.name if row else ''} {kind.label}",
    }  # fmt: skip


def _marks():
    return {
        DayType.STATUTORY: pgettext("mark of a statutory holiday", "H"),
        DayType.REST: pgettext("mark of a day of rest", "R"),
        DayType.WORKDAY: pgettext("mark of a make-up workday", "W"),
    }


def _weekdays():
    """(short, whole) names of the weekdays, from Monday."""
    return list(zip(map(str, SHORT), WEEKDAYS.values(), strict=True))
