"""Pages of complaints and of calls, the newest first, by the last row seen: page 1,000 costs what page 1 costs.

The address carries `after=MOMENT-ID-n` or `before=…`: the moment in microseconds and the id of the row at the edge, and how
many rows stand before the page.
"""

import datetime
import re

from django.db.models import Q

from venues.paging import SIZE, Stretch

_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})-(\d{1,12})")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
COUNT_UP_TO = 10_000  # a list says "more than" instead of counting further
_TICK = datetime.timedelta(microseconds=1)


def stretch(complaints, moment="received_at", *, after="", before="", size=SIZE):
    """The Stretch of these rows, the latest `moment` first, behind the cursor `after` or in front of `before`; a cursor that is none
    gives the first page. One query."""
    cursor, backwards = _read(after), False
    if cursor is None and _read(before) is not None:
        cursor, backwards = _read(before), True
    rows = complaints.order_by(moment, "pk") if backwards else complaints.order_by(f"-{moment}", "-pk")
    if cursor is not None:
        at, pk, skipped = cursor
        side = "gt" if backwards else "lt"
        rows = rows.filter(**{f"{moment}__{side}e": at}).filter(
            Q(**{f"{moment}__{side}": at}) | Q(**{f"pk__{side}": pk})
        )
    rows = list(rows[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
        start, previous, following = max(skipped - size, 0), more, True
    else:
        start, previous, following = (skipped if cursor else 0), cursor is not None, more
    return Stretch(
        rows, first=start + 1, previous=_write(rows[0], moment, start) if rows and previous else "",
        next=_write(rows[-1], moment, start + len(rows)) if rows and following else "",
    )  # fmt: skip


def _write(row, moment, count):
    return f"{(getattr(row, moment) - _EPOCH) // _TICK}-{row.pk}-{count}"


def _read(text):
    found = _CURSOR.fullmatch(text)
    return (_EPOCH + int(found[1]) * _TICK, int(found[2]), int(found[3])) if found else None
