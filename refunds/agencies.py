"""Agencies as people read them: the lines of their list, and the card of one with its groups, returns and ledger."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.functional import cached_property

from refunds.models import AgencyReport, Deposit, Refund, RefundEvent, TourGroup
from refunds.money import total
from refunds.shown import unnamed
from refunds.status import OUTSTANDING, RANK
from venues.models import Venue

SHOWN = 50  # groups, returns and ledger rows on the card; the lists have the rest
_SILENT, _NIL = -1, len(RANK)  # in the order of the list: who says nothing is the worst, who has nothing the best


@dataclass
class Row:
    """One agency of the list."""

    venue: Venue
    state: str
    worst: str = ""
    groups: int = 0
    people: int = 0
    refunded: int = 0
    report: AgencyReport | None = None
    href: str = ""

    @property
    def order(self):
        rank = RANK[self.worst] if self.worst else _SILENT if self.state == "silent" else _NIL
        return rank, self.venue.name, self.venue.pk


def state_of(pk, known):
    """How the agency has reported: with_groups, nil, silent, or not_asked."""
    if pk in known.with_groups:
        return "with_groups"
    return "nil" if pk in known.nil else "silent" if known.asked else "not_asked"


def rows_of(pks, known):
    """The lines of these agencies, out of the Agencies `known`, the worst first."""
    venues = Venue.objects.filter(pk__in=pks).select_related("district")
    rows = {v.pk: Row(v, state_of(v.pk, known), known.worst.get(v.pk, "")) for v in venues}
    for found in known.rows:
        row = rows.get(found["agency"])
        if row is not None:
            row.groups += 1
            row.people += found["heads"]
            row.refunded += found["paid_heads"]
    return sorted(rows.values(), key=lambda row: row.order)


def last_returns(pks, at):
    """{agency pk: its latest return known at `at`}, those of merged agencies included; one query."""
    theirs = Q(agency__in=pks) | Q(agency__merged_into__in=pks)
    reports = AgencyReport.objects.known(at).filter(theirs).select_related("agency").order_by("occurred_at", "pk")
    return {report.agency.merged_into_id or report.agency_id: report for report in reports}


class Card:
    """One agency as of the moment `at`."""

    def __init__(self, agency, at):
        self.agency, self.at = agency, at

    @cached_property
    def groups(self):
        """All its groups, worst first."""
        found = TourGroup.objects.of(self.agency).as_of(self.at)
        return sorted(found, key=lambda group: (RANK[group.status], group.depart_on is None, group.depart_on, group.pk))

    @cached_property
    def shown(self):
        return unnamed(self.groups[:SHOWN], "pk")

    @property
    def worst(self):
        return self.groups[0].status if self.groups else ""

    @cached_property
    def reports(self):
        found = AgencyReport.objects.of(self.agency).filter(occurred_at__lte=self.at)
        return list(found.select_related("received_by").annotate(n=Count("lines")).order_by("-as_of", "-pk")[:SHOWN])

    @property
    def last(self):
        """The latest return that counts, or None."""
        standing = [r for r in self.reports if r.withdrawn_at is None or r.withdrawn_at > self.at]
        return standing[0] if standing else None

    @property
    def state(self):
        if self.groups:
            return "with_groups"
        return "nil" if self.last else "silent" if self.event else "not_asked"

    @cached_property
    def event(self):
        """The event in which it is asked, or None."""
        return RefundEvent.objects.current(self.at)

    @cached_property
    def ledger(self):
        """Its latest ledger rows, with their level of proof."""
        of = Q(group__agency__in=self.agency.family)
        rows = (
            Refund.objects.filter(of).by(self.at).with_level(self.at).select_related("group", "report", "recorded_by")
        )
        return list(rows.order_by("-occurred_at", "-pk")[:SHOWN])

    @property
    def people(self):
        return sum(group.heads for group in self.groups)

    @property
    def refunded(self):
        return sum(group.paid_heads for group in self.groups)

    @property
    def outstanding(self):
        return [group for group in self.groups if group.status in OUTSTANDING]

    @property
    def heads_left(self):
        return sum(group.heads - group.paid_heads for group in self.outstanding)

    @property
    def still_due(self):
        """What is still due, as far as amounts are known."""
        return total(max(group.still_due, Decimal(0)) for group in self.outstanding if group.still_due is not None)

    @property
    def unknown(self):
        """How many groups with money outstanding have no known amount."""
        return sum(1 for group in self.outstanding if group.still_due is None)

    @cached_property
    def deposit(self):
        return Deposit.objects.filter(agency__in=self.agency.family).in_force(self.at).get(self.agency.pk)

    @property
    def beyond_deposit(self):
        return self.deposit is not None and self.still_due > self.deposit

    @cached_property
    def due_at(self):
        """By when returns are due, and whether it is past, for who has none."""
        return self.event and self.event.returns_due_at

    @property
    def overdue(self):
        return bool(self.due_at and self.state == "silent" and self.due_at < self.at)
