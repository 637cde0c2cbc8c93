"""Moments in cells of a sheet: dates with or without a time, as dates, figures or words; local time."""

import datetime
import re
from zoneinfo import ZoneInfo

from django.conf import settings

from venues.cleaning import clean_text

_EPOCHS = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_WORDS = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*T?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
LAST_SECOND = datetime.time(23, 59, 59)


def happened(value, *, date1904=False):
    """When something happened, or None for an empty cell; ValueError when it cannot be read. A date without a time is the last
    second of that day: it counts at the day's end and keeps its day."""
    found = _read(value, date1904)
    return found and _aware(*(found if found[1] else (found[0], LAST_SECOND)))


def due(value, *, date1904=False):
    """Until when something must be done, or None; a date without a time means the end of that day."""
    found = _read(value, date1904)
    if found and not found[1]:
        return _aware(found[0] + datetime.timedelta(days=1), datetime.time())
    return found and _aware(*found)


def _aware(day, time):
    return datetime.datetime.combine(day, time, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _read(value, date1904):
    """(date, time or None) or None."""
    if isinstance(value, datetime.datetime):
        return value.date(), value.time() if value.time() != datetime.time() else None
    if isinstance(value, datetime.date):
        return value, None
    if isinstance(value, str) and re.fullmatch(r"\d{5}(\.\d+)?", value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 10_000 <= value <= 80_000:
            days, seconds = divmod(round(value * 86400), 86400)
            time = datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60) if seconds else None
            return _EPOCHS[date1904] + datetime.timedelta(days=days), time
        value = f"{value:.0f}"
    text = clean_text(value)
    if not text.strip("-/无."):
        return None
    match = _WORDS.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise ValueError
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    if not 2000 <= year <= 2200:
        raise ValueError
    time = None if hour is None else datetime.time(hour, minute or 0, second or 0)
    return datetime.date(year, month, day), time
