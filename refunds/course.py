"""How people called off and people refunded grew: the lines of the chart, out of every line and ledger row until a moment."""

import heapq
from collections import Counter, defaultdict
from itertools import groupby

from refunds.models import GroupLine, Refund, TourGroup
from refunds.status import CALLED_OFF


def course(at):
    """(called off, refunded): each a list of (moment, people) where it changed, until `at`. Three queries; travellers of linked
    groups count at the organiser, from the moment at which its group is known."""
    said = GroupLine.objects.filter(occurred_at__lte=at).order_by("occurred_at", "pk")
    said = said.values_list("occurred_at", "group", "heads", "disposition")
    paid = Refund.objects.by(at).order_by("occurred_at", "pk").values_list("occurred_at", "group", "heads")
    rows = heapq.merge(said, paid, key=lambda row: row[0])
    count, called_off, refunded = _Count(), [], []
    for moment, together in groupby(rows, key=lambda row: row[0]):
        off, back = count.take(together)
        called_off.append((moment, off))
        refunded.append((moment, back))
    return called_off, refunded


class _Count:
    """What each group adds to the two sums, kept up to date row by row."""

    def __init__(self):
        self.organiser = dict(TourGroup.objects.exclude(linked=None).values_list("pk", "linked"))
        self.receivers = defaultdict(list)
        for receiver, organiser in self.organiser.items():
            self.receivers[organiser].append(receiver)
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
            self.off[group] = heads if disposition[0] in CALLED_OFF else 0
            if group not in self.known:
                self.known.add(group)
                touched.update(self.receivers[group])
        for group in touched:
            self._weigh(group)
        return self.sums

    def _weigh(self, group):
        counted = group in self.known and self.organiser.get(group) not in self.known
        now = (self.off[group], self.paid[group]) if counted else (0, 0)
        before, self.added[group] = self.added[group], now
        self.sums = tuple(total + new - old for total, new, old in zip(self.sums, now, before, strict=True))
