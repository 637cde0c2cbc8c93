"""The calendar as a file: rows of date, kind (statutory, rest, workday), name and basis, read and taken in again and again."""

import csv
import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.models.duty.calendar import CalendarDay, DayType
from venues.moments import YEARS
from venues.transitions import Refused

COLUMNS = ("date", "kind", "name", "basis")


def read(path):
    """The CalendarDays (not saved) of this .csv (UTF-8), by date. Raises Refused with the line that cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames is None or not set(COLUMNS) <= set(reader.fieldnames):
                raise Refused(_("The first line must name the columns %(columns)s.") % {"columns": ", ".join(COLUMNS)})
            days = {}
            for row in reader:
                day = _day(row, reader.line_num)
                if day.date in days:
                    raise Refused(
                        _("Line %(line)s: the date %(date)s stands twice.")
                        % {"line": reader.line_num, "date": day.date}
                    )
                days[day.date] = day
    except UnicodeDecodeError:
        raise Refused(_("The file is not UTF-8 text.")) from None
    return [days[date] for date in sorted(days)]


def _day(row, line):
    try:
        date = datetime.date.fromisoformat(row["date"].strip())
        kind = DayType(row["kind"].strip())
        if date.year not in YEARS:
            raise ValueError
    except (ValueError, AttributeError):
        raise Refused(
            _("Line %(line)s: this is no date with a kind of day (statutory, rest, workday).") % {"line": line}
        ) from None
    name, basis = (row["name"] or "").strip(), (row["basis"] or "").strip()
    if len(name) > 40 or len(basis) > 120:
        raise Refused(_("Line %(line)s: the name or the basis is too long.") % {"line": line})
    return CalendarDay(date=date, kind=kind, name=name, basis=basis)


@transaction.atomic
def take_in(days):
    """Save these days: {"created": n, "changed": n, "same": n}. Days that are not in the file stay as they are."""
    known = {day.date: day for day in CalendarDay.objects.filter(date__in=[day.date for day in days])}
    new = [day for day in days if day.date not in known]
    changed = []
    for day in days:
        old = known.get(day.date)
        if old and (old.kind, old.name, old.basis) != (day.kind, day.name, day.basis):
            old.kind, old.name, old.basis = day.kind, day.name, day.basis
            changed.append(old)
    CalendarDay.objects.bulk_create(new)
    CalendarDay.objects.bulk_update(changed, ["kind", "name", "basis"])
    return {"created": len(new), "changed": len(changed), "same": len(days) - len(new) - len(changed)}
