"""Every trail of the house as one list: who did what, when, about what, in the order in which it was recorded: what is entered late
stands at the top and not on an old page. Nothing of a caller's or a traveller's own words is in it, and no health check: only that
somebody looked."""

import datetime
import heapq
import re
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q

from enforcement.trail_kinds import ACTS, TRAILS, Trail
from enforcement.trail_objects import read_along

SIZE = 50
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,3})-([0-9]{1,18})")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    trail: Trail
    row: object

    @property
    def at(self):
        return getattr(self.row, self.trail.at)

    @property
    def happened(self):
        """When it happened, if that was at least a minute before it was recorded."""
        at = getattr(self.row, self.trail.happened) if self.trail.happened else self.at
        return at if self.at - at >= datetime.timedelta(minutes=1) else None

    @property
    def by(self):
        return getattr(self.row, self.trail.by)

    @property
    def what(self):
        return self.trail.what(self.row)

    @property
    def about(self):
        return self.trail.about(self.row)[0]

    @property
    def url(self):
        return self.trail.about(self.row)[1]

    @property
    def detail(self):
        return self.trail.detail(self.row)

    @property
    def place(self):
        """Where the line stands in the list, newest first; no two lines stand in one place."""
        return (-((self.at - _EPOCH) // _MICROSECOND), TRAILS.index(self.trail), -self.row.pk)

    @property
    def cursor(self):
        at, trail, pk = self.place
        return f"{-at}-{trail}-{-pk}"


@dataclass(frozen=True)
class Asked:
    """What is asked of the list: a trail (None: all), an officer, an act of the acts of officers, a complaint (with those merged into
    it), a span [start, end)."""

    trail: Trail | None = None
    officer: object = None
    act: str = ""
    complaint: object = None
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None

    @property
    def trails(self):
        trails = [self.trail] if self.trail else TRAILS
        if self.act:
            trails = [trail for trail in trails if trail.key == ACTS]
        return [trail for trail in trails if self.complaint is None or trail.of is not None]

    def rows(self, trail):
        """The rows of one trail, newest first."""
        conditions = {}
        if self.officer is not None:
            conditions[trail.by] = self.officer
        if self.act:
            conditions["act"] = self.act
        if self.start is not None:
            conditions[f"{trail.at}__gte"] = self.start
        if self.end is not None:
            conditions[f"{trail.at}__lt"] = self.end
        about = Q() if self.complaint is None else trail.of(self.complaint)
        order = (f"-{trail.at}", f"-{trail.rows().model._meta.pk.name}")
        return trail.rows().filter(about, **conditions).select_related(trail.by).order_by(*order)


def page(asked, *, after="", size=SIZE):
    """(lines, cursor): `size` lines of what is asked that stand behind the cursor `after`, newest first, and the cursor of the next
    page or "". As many queries as there are trails; each reads at most a page."""
    found = _CURSOR.fullmatch(after)
    parts = []
    for trail in asked.trails:
        rows = asked.rows(trail)
        if found:
            rows = rows.filter(_behind(trail, *map(int, found.groups())))
        parts.append([Line(trail, row) for row in rows[: size + 1]])
    lines = list(islice(heapq.merge(*parts, key=lambda line: line.place), size + 1))
    more = len(lines) > size
    return list(read_along(lines[:size], ACTS)), (lines[size - 1].cursor if more else "")


def everything(asked):
    """All lines of what is asked, newest first, read in pieces."""
    lines = heapq.merge(*(_all_of(asked, trail) for trail in asked.trails), key=lambda line: line.place)
    return read_along(lines, ACTS)


def _all_of(asked, trail):
    for row in asked.rows(trail).iterator(chunk_size=500):
        yield Line(trail, row)


def _behind(trail, at, number, pk):
    """The rows of this trail that stand behind the line (at, trail no. `number`, pk)."""
    try:
        moment = _EPOCH + datetime.timedelta(microseconds=at)
    except OverflowError:
        return Q()
    own = TRAILS.index(trail)
    earlier = Q(**{f"{trail.at}__lt": moment})
    same = Q(**{trail.at: moment})
    if own < number:
        return earlier
    if own > number:
        return earlier | same
    key = trail.rows().model._meta.pk.name
    return earlier | (same & Q(**{f"{key}__lt": pk}))
