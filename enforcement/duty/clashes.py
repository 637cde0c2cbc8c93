"""Clashes of a plan: one person twice at once, and too little rest between two shifts.

Settings: DUTY_REST_AFTER_SHORT (hours of rest after a shift of up to 12 h), DUTY_REST_AFTER_LONG (after a longer one) and
DUTY_REST_BLOCKS (whether too little rest forbids, or only warns). Being in two places at once always forbids.
"""

import dataclasses
import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from enforcement.models.duty.rosters import MAX_SHIFT, Assignment
from venues.moments import in_words

OVERLAP, REST = "overlap", "rest"
SHORT_SHIFT = datetime.timedelta(hours=12)


@dataclasses.dataclass(frozen=True)
class Clash:
    """`first` and `second` are the rows that clash, by their start. `hours` (float) are the hours that they share, or the hours
    of rest between them; `needed` the hours of rest that there should be (0 for an overlap)."""

    kind: str  # "overlap" or "rest"
    first: object
    second: object
    hours: float
    needed: float
    blocks: bool

    @property
    def officer_id(self):
        return self.first.officer_id

    @property
    def officer(self):
        """The person; select_related("officer") the rows before showing many."""
        return self.first.officer


def clashes(assignments):
    """The Clashes among these rows (anything with .officer_id .start .end and, where it has one, .shift_id), by officer and
    time. Rows of one shift that follow each other without a break are one duty; two shifts back to back are two without rest.
    Each row is held against the duty before it that ends last. No query; give it the shifts around the period too, see `around`.
    """
    found, before = [], None
    for row in sorted(assignments, key=lambda row: (row.officer_id, row.start, row.end)):
        if before is None or before.officer_id != row.officer_id:
            before = _Served(row)
            continue
        if row.start < before.end:
            shared = min(row.end, before.end) - row.start
            found.append(Clash(OVERLAP, before.row, row, _hours(shared), 0, blocks=True))
            before = before.prolonged(row)
        elif row.start == before.end and before.shift_id is not None and _shift_id(row) == before.shift_id:
            before = before.prolonged(row)
        else:
            rest, needed = row.start - before.end, _rest_after(before.end - before.start)
            if rest < needed:
                args = (_hours(rest), _hours(needed), settings.DUTY_REST_BLOCKS)
                found.append(Clash(REST, before.row, row, *args))
            before = _Served(row)
    return found


def around(roster):
    """The assignments in force of other periods so near to this Roster that they can clash with its shifts; with officers."""
    far = MAX_SHIFT + datetime.timedelta(hours=max(settings.DUTY_REST_AFTER_SHORT, settings.DUTY_REST_AFTER_LONG))
    first = datetime.datetime.combine(roster.starts_on, datetime.time(), datetime.UTC) - far
    last = datetime.datetime.combine(roster.ends_on, datetime.time(), datetime.UTC) + far
    rows = Assignment.objects.in_force().touching(first, last).exclude(shift__version__roster=roster)
    return list(rows.select_related("officer").order_by("start", "pk"))


def sentence(clash):
    """A Clash in words, in the language of the reader; names the officer."""
    if clash.kind == OVERLAP:
        return _("%(officer)s is needed twice at once, for %(duration)s.") % {
            "officer": clash.officer, "duration": in_words(datetime.timedelta(hours=clash.hours)) or _("less than a minute"),
        }  # fmt: skip
    return _("%(officer)s has %(hours)s h of rest instead of %(needed)s h.") % {
        "officer": clash.officer, "hours": f"{clash.hours:g}", "needed": f"{clash.needed:g}",
    }  # fmt: skip


class _Served:
    """A duty as it was served so far: one row, or several of it without a break."""

    def __init__(self, row, start=None, end=None):
        self.row, self.officer_id, self.shift_id = row, row.officer_id, _shift_id(row)
        self.start, self.end = start or row.start, end or row.end

    def prolonged(self, row):
        """This duty with `row` added; known by the row that ends last."""
        later = row if row.end >= self.end else self.row
        return _Served(later, start=self.start, end=max(row.end, self.end))


def _shift_id(row):
    return getattr(row, "shift_id", None)


def _rest_after(duty):
    """The rest that is due after a duty of this length, a timedelta."""
    hours = settings.DUTY_REST_AFTER_SHORT if duty <= SHORT_SHIFT else settings.DUTY_REST_AFTER_LONG
    return datetime.timedelta(hours=hours)


def _hours(duration):
    return duration / datetime.timedelta(hours=1)
