"""How people called off and people refunded grew: the lines of the chart, out of every line and ledger row until a moment."""

import heapq
from collections import Counter, defaultdict
from itertools import groupby

from refunds.models import GroupLine, GroupLink, Refund
from refunds.status import CALLED_OFF


def course(at):
    """(called off, refunded): each a list of (moment, people) where it changed, until `at`. Three queries; travellers of linked
    groups count at the organiser, from the moment at which they are linked and its group is known."""
    said = GroupLine.objects.filter(occurred_at__lte=at).order_by("occurred_at", "pk")
    said = said.values_list("occurred_at", "group", "heads", "disposition")
    paid = Refund.objects.by(at).order_by("occurred_at", "pk").values_list("occurred_at", "group", "heads")
    links = GroupLink.objects.filter(occurred_at__lte=at).order_by("occurred_at", "pk")
    linked = ((*row, _LINK) for row in links.values_list("occurred_at", "group", "organiser"))
    rows = heapq.merge(said, paid, linked, key=lambda row: row[0])
    count, called_off, refunded = _Count(), [], []
    for moment, together in groupby(rows, key=lambda row: row[0]):
        off, back = count.take(together)
        called_off.append((moment, off))
        refunded.append((moment, back))
    return called_off, refunded


_LINK = object()  # marks (moment, group, organiser or None)


class _Count:
    """What each group adds to the two sums, kept up to date row by row."""

    def __init__(self):
        self.organiser, self.receivers = {}, defaultdict(set)
        self.known, self.off, self.paid = set(), {}, Counter()
        self.added = defaultdict(lambda: (0, 0))
        self.sums = 0, 0

    def take(self, rows):
        """The two sums after these rows of one moment."""
        touched = set()
        for _moment, group, heads, *disposition in rows:
            touched.add(group)
            if not disposition:
                self.paid[group] += heads
                continue
            if disposition[0] is _LINK:
                self._link(group, heads)
                continue
            self.off[group] = heads if disposition[0] in CALLED_OFF else 0
            if group not in self.known:
                self.known.add(group)
                touched.update(self.receivers[group])
        for group in touched:
            self._weigh(group)
        return self.sums

    def _link(self, group, organiser):
        self.receivers[self.organiser.pop(group, None)].discard(group)
        if organiser is not None:
            self.organiser[group] = organiser
            self.receivers[organiser].add(group)

    def _weigh(self, group):
        counted = group in self.known and self.organiser.get(group) not in self.known
        now = (self.off[group], self.paid[group]) if counted else (0, 0)
        before, self.added[group] = self.added[group], now
        self.sums = tuple(total + new - old for total, new, old in zip(self.sums, now, before, strict=True))
