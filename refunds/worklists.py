"""The work lists: what a person has to look at, each as a read with a clock. How their rows are worded is in workrows.py; other apps
add theirs by `register`.

A list is empty again when what it asks for is done: the agency reports, the paper comes, the next return says otherwise, somebody
corrects the group by hand. Deadlines and cut-offs are rows of the event; what is left empty there is asked of nobody.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from refunds.figures import Agencies
from refunds.models import (
    AgencyReport,
    CallBackSample,
    Deduction,
    Deposit,
    GroupLine,
    Refund,
    RefundEvent,
    TourGroup,
)
from refunds.money import MoneyField, total
from refunds.status import OUTSTANDING, Status, today
from venues.cleaning import comparable
from venues.models import Venue

_lists = []
_DETAIL = AgencyReport.Kind.DETAIL
_HOME = Coalesce("agency__merged_into", "agency")  # the agency that a row stands with today
_FIGURES = {  # what a return declares in all: the sum over its rows
    "groups": Count("lines"), "people": Coalesce(Sum("lines__heads"), 0),
    "refunded_heads": Coalesce(Sum("lines__refunded_heads"), 0),
    "amount_due": Coalesce(Sum("lines__amount_due"), Value(0), output_field=MoneyField()),
    "refunded_amount": Coalesce(Sum("lines__refunded_amount"), Value(0), output_field=MoneyField()),
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One end of a row: a record and its address."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What somebody has to look at: whose it is, the records on both sides, what is the matter, since when."""

    agency: Venue | None = None
    place: str = ""  # where no agency of the registry is known
    sides: tuple = ()
    what: str = ""
    since: datetime.date | datetime.datetime | None = None
    tone: str = "warn"


@dataclass(frozen=True, kw_only=True)
class WorkList:
    """`find(sight)` gives a QuerySet or a list; `rows(objects, sight)` words a page of it, in a constant number of queries. `heads`: what
    the sides of its rows are; `advice`: what is to be done; `permissions`: one of them is needed beside that of the page."""

    slug: str
    label: str
    advice: str
    find: Callable
    rows: Callable
    heads: tuple = field(default=())
    permissions: tuple = ()


def register(work_list):
    """Add a list behind those that are there; the same slug twice counts once."""
    if work_list.slug not in {known.slug for known in _lists}:
        _lists.append(work_list)
    return work_list


def lists_for(user):
    """The lists that this officer may see, in the order of their registration."""
    return [one for one in _lists if not one.permissions or any(map(user.has_perm, one.permissions))]


class Sight:
    """What the lists look at: the moment `at`, for `user`, of one `agency` or of all. Keeps what several lists ask for."""

    def __init__(self, at, user, *, agency=None, link=None):
        self.at, self.user, self.agency, self.link = at, user, agency, link
        self._kept = {}

    def once(self, make):
        """What `make(sight)` gives, asked once."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return self._kept[make]

    @cached_property
    def today(self):
        return today(self.at)

    @cached_property
    def event(self):
        return RefundEvent.objects.current(self.at)

    @cached_property
    def agencies(self):
        return Agencies(self.at)

    @property
    def groups(self):
        """The groups as of the moment, of the agency asked for."""
        return self.of(TourGroup.objects, "agency").as_of(self.at)

    def of(self, rows, path):
        """Those of the agency asked for; `path` leads to it."""
        return rows.filter(**{f"{path}__in": self.agency.family}) if self.agency else rows.all()

    def among(self, pks):
        """Those of these agencies that are asked for."""
        return [pk for pk in pks if self.agency is None or pk == self.agency.pk]


# --- agencies and their returns -------------------------------------------------------------------------------------------


def silent(sight):
    """Agencies that must report and did not."""
    return Venue.objects.filter(pk__in=sight.among(sight.agencies.silent)).order_by("name", "pk")


def _last_returns(at):
    """The latest return with groups of each agency that is known at `at`."""
    known = AgencyReport.objects.known(at).filter(kind=_DETAIL).annotate(home=_HOME)
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk"))
    return known.filter(~Exists(known.filter(later, home=OuterRef("home"))))


def totals_differ(sight):
    """Latest returns whose declared totals are not the sums of their rows; `sum_…` are the sums."""
    found = sight.of(AgencyReport.objects.filter(pk__in=_last_returns(sight.at).values("pk")), "agency")
    found = found.annotate(**{f"sum_{name}": figure for name, figure in _FIGURES.items()})
    differs = Q()
    for name in _FIGURES:
        differs |= Q(**{f"declared_{name}__isnull": False}) & ~Q(**{f"declared_{name}": F(f"sum_{name}")})
    return found.filter(differs).order_by("-occurred_at", "pk")


def vanished(sight):
    """Groups that the latest return of their agency does not name: an absent row is not nought. Until a return names them again, or
    somebody says by hand what became of them."""
    returns = AgencyReport.objects.known(sight.at).filter(kind=_DETAIL).annotate(home=_HOME)
    returns = returns.filter(home=OuterRef("home")).order_by("-occurred_at", "-pk")
    groups = sight.groups.annotate(
        home=_HOME, of_report=F("lines__report"), last_return=Subquery(returns.values("pk")[:1]),
        last_at=Subquery(returns.values("occurred_at")[:1]),
    )  # fmt: skip
    named = GroupLine.objects.filter(group=OuterRef("pk"), report=OuterRef("last_return"))
    groups = groups.filter(~Exists(named), last_return__isnull=False)
    return groups.filter(Q(of_report__isnull=False) | Q(since__lt=F("last_at"))).order_by("since", "pk")


def fell(sight):
    """Groups whose latest line, a row of a return (`of_report`), declares less refunded than the ledger of that moment had; or did,
    until somebody took the lower figure. Until the next return, or a correction by hand."""
    groups = sight.groups.annotate(of_report=F("lines__report"), told_at=F("lines__recorded_at"))
    paid = Refund.objects.filter(
        group=OuterRef("pk"), occurred_at__lte=OuterRef("since"), recorded_at__lte=OuterRef("told_at")
    )
    paid = paid.order_by().values("group")
    taken = Refund.objects.filter(group=OuterRef("pk"), report=OuterRef("of_report"), cause=Refund.Cause.FELL)
    groups = groups.annotate(
        had_heads=Subquery(paid.annotate(s=Sum("heads")).values("s")),
        had_amount=Subquery(paid.annotate(s=Sum("amount")).values("s")),
    )
    less = Q(refunded_heads__lt=F("had_heads")) | Q(refunded_amount__lt=F("had_amount"))
    return groups.filter(less | Exists(taken), of_report__isnull=False).order_by("since", "pk")


def beyond_deposit(sight):
    """[(agency pk, what is outstanding, its deposit)]: more money outstanding, as far as amounts are known, than stands as deposit;
    the largest gap first."""
    owed = sight.groups.filter(status__in=OUTSTANDING, still_due__gt=0).annotate(home=_HOME).order_by()
    amounts = defaultdict(list)
    for home, amount in owed.values_list("home", "still_due"):
        amounts[home].append(amount)
    deposits = Deposit.objects.in_force(sight.at)
    sums = [(pk, total(found), deposits[pk]) for pk, found in amounts.items() if pk in deposits]
    return sorted((row for row in sums if row[1] > row[2]), key=lambda row: (row[2] - row[1], row[0]))


# --- groups ---------------------------------------------------------------------------------------------------------------


def over_refunded(sight):
    return sight.groups.filter(status=Status.OVER_REFUNDED).order_by("since", "pk")


def still_booked(sight):
    """Groups that depart on or after the cut-off of their market and are not called off, the first departure first."""
    cutoffs = sight.once(cutoffs_of)
    after = Q()
    for bucket, departs_from in cutoffs.items():
        after |= Q(bucket=bucket, depart_on__gte=departs_from)
    if not cutoffs:
        return sight.groups.none()
    return sight.groups.filter(after, status__in=(Status.BOOKED, Status.TRAVELLING)).order_by("depart_on", "pk")


def cutoffs_of(sight):
    """{bucket: the first date on which none may depart any more} of the event."""
    return dict(sight.event.cutoffs.values_list("bucket", "departs_from")) if sight.event else {}


def promise_passed(sight):
    """Groups with money outstanding whose agency promised it for a day that is over."""
    owed = sight.groups.filter(status__in=OUTSTANDING, promised_on__lt=sight.today)
    return owed.order_by("promised_on", "pk")


def same_trip(sight):
    """[(receiver's group pk, organiser's group pk)]: of two agencies, not linked, departing on one day, where one names the other as its
    partner, or heads and day of return are the same: probably the same travellers, counted twice."""
    columns = ("pk", "home", "agency__name", "counterpart", "depart_on", "return_on", "heads")
    known = TourGroup.objects.as_of(sight.at).annotate(home=_HOME).filter(depart_on__isnull=False).order_by("pk")
    free = Q(linked=None) | Q(linked_at__gt=sight.at)
    receivers = list(known.filter(free, role=GroupLine.Role.RECEIVER).values(*columns))
    days = {row["depart_on"] for row in receivers}
    organisers = defaultdict(list)
    for row in known.filter(free, role=GroupLine.Role.ORGANISER, depart_on__in=days).values(*columns):
        organisers[row["depart_on"]].append(row)
    pairs = [(one, other) for one in receivers for other in organisers[one["depart_on"]] if _alike(one, other)]
    asked = sight.agency and sight.agency.pk
    return [(one["pk"], other["pk"]) for one, other in pairs if not asked or asked in (one["home"], other["home"])]


def _alike(one, other):
    if one["home"] == other["home"]:
        return False
    if _names(one, other) or _names(other, one):
        return True
    days = {one["return_on"], other["return_on"]} - {None}
    return one["heads"] == other["heads"] and len(days) < 2 and not (one["counterpart"] and other["counterpart"])


def _names(one, other):
    named, name = comparable(one["counterpart"]), comparable(other["agency__name"])
    return len(named) >= 2 and (named in name or name in named)


# --- the ledger -----------------------------------------------------------------------------------------------------------


def unproved(sight):
    """Entries that nothing proves, the days of the event after they were declared."""
    if sight.event is None:
        return Refund.objects.none()
    since = sight.at - datetime.timedelta(days=sight.event.evidence_days)
    found = sight.of(Refund.objects, "group__agency").unproved(sight.at, since=since)
    return found.order_by("occurred_at", "pk")


def taken_back(sight):
    """Reversals of what was confirmed. The clerk may tell the truth at once; who may confirm has to see it, and empties the list."""
    return sight.of(Refund.objects, "group__agency").taken_back(sight.at).order_by("recorded_at", "pk")


def deductions_without_proof(sight):
    return sight.of(Deduction.objects, "group__agency").without_proof(sight.at).order_by("occurred_at", "pk")


def contradicted(sight):
    """Travellers who did not get what the agency declared, while an entry of their group stands on which nobody who may confirm
    looked since: also one that was confirmed before they said so."""
    return sight.of(CallBackSample.objects, "group__agency").unsettled(sight.at).order_by("drawn_at", "pk")
