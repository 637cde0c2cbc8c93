"""Moments in addresses: `?as_of=` read and written, and the edges of a local day."""

import datetime
import re
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from venues.transitions import Refused

YEARS = range(1990, 2200)  # others are slips of the keyboard, and at the ends of the calendar no zone can be applied
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_as_of(text):
    """The aware moment that `text` names: ISO 8601. A space stands for the plus that addresses lose (or for the T
    after the date), a moment without zone is local, a bare date means the end of that day. Raises `Refused`."""
    text = text.strip()
    try:
        if _DATE.fullmatch(text):
            day = datetime.date.fromisoformat(text)
            if day.year not in YEARS:
                raise ValueError
            return local_day(day)[1]
        if _DATE.match(text) and text[10:11] == " ":
            text = f"{text[:10]}T{text[11:]}"
        moment = datetime.datetime.fromisoformat(text.replace(" ", "+"))
        if moment.year not in YEARS:
            raise ValueError
    except ValueError:
        raise Refused(_("This is no moment: write it like 2020-01-24T18:30.")) from None
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=_zone())


def as_of(request):
    """(moment, asked): the moment of `?as_of=`, or now when the address names none. Raises `Refused`, for the future
    too."""
    now = timezone.now()
    text = request.GET.get("as_of", "").strip()
    if not text:
        return now, False
    moment = parse_as_of(text)
    if moment > now:
        raise Refused(_("This moment has not come yet: ask for an earlier one."))
    return moment, True


def in_calendar(value):
    """Validator for the date or moment of a form: a year that can be meant."""
    if value.year not in YEARS:
        raise Refused(_("Check the year."))


def in_address(moment):
    """The moment as text for an address (still to be quoted): local time with its zone, exact to the microsecond."""
    return moment.astimezone(_zone()).isoformat()


def local_day(day):
    """(start, end) of the local date `day`; half-open."""
    start = datetime.datetime.combine(day, datetime.time(), tzinfo=_zone())
    return start, datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), tzinfo=_zone())


def day_so_far(moment):
    """The start of the local day that `moment` closes: at midnight sharp that is the day that just ended, whose
    report is due."""
    return local_day((moment - datetime.timedelta(microseconds=1)).astimezone(_zone()).date())[0]


def in_words(duration):
    """A duration as people read it: 3 h 58 min; whole minutes, rounded down."""
    hours, minutes = divmod(int(duration.total_seconds() // 60), 60)
    if not minutes:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def _zone():
    return ZoneInfo(settings.TIME_ZONE)
