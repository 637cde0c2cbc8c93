"""Half-open intervals [start, end): their union, what two of them share, and the hours of the local day as intervals."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

DAY = datetime.timedelta(days=1)
NOTHING = datetime.timedelta()
_SECOND = datetime.timedelta(seconds=1)


def merged(spans):
    """The union of these (start, end) pairs as a sorted list of pairs that neither overlap nor touch; empty ones vanish."""
    union = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


def clipped(spans, start, end):
    """What of these pairs lies within [start, end)."""
    for first, last in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            yield first, last


def shared(one, other):
    """What two lists made by `merged` have in common, in their order."""
    common, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            common.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return common


def without(one, other):
    """What of the list `one` is not in the list `other`; both made by `merged`."""
    left, j = [], 0
    for start, end in one:
        while j < len(other) and other[j][1] <= start:
            j += 1
        k = j
        while k < len(other) and other[k][0] < end:
            if start < other[k][0]:
                left.append((start, other[k][0]))
            start = max(start, other[k][1])
            k += 1
        if start < end:
            left.append((start, end))
    return left


def length(spans):
    """The length of the list, a timedelta; give it `merged` pairs, else what is there twice counts twice."""
    return sum((end - start for start, end in spans), NOTHING)


def whole_seconds(duration):
    """A duration in whole seconds, rounded up, so that the shortest hole is not rounded away. Take it from what is required."""
    return -(-duration // _SECOND)


def clock_windows(first, last, opens, closes):
    """For each local date from `first` to `last`, both included: (date, (start, end)) of the part of the day from clock time
    `opens` to `closes`. A part that does not close after it opens runs into the next day and belongs to the date on which it
    opened: 22:00–06:00 is the night that begins on the date, 00:00–00:00 the whole date."""
    zone = ZoneInfo(settings.TIME_ZONE)
    for n in range((last - first).days + 1):
        date = first + DAY * n
        end_date = date if closes > opens else date + DAY
        yield date, (_at(date, opens, zone), _at(end_date, closes, zone))


def _at(date, clock, zone):
    """The moment in UTC: moments of one zone are compared several times faster than those of two."""
    return datetime.datetime.combine(date, clock, zone).astimezone(datetime.UTC)
