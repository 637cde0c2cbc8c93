"""Where a group stands at a moment: one derivation in Python, and its one twin in SQL. Nothing stores a status.

Called off and owed money, the chain is: cancelled and unpaid → part-refunded → refunded, or over-refunded when more went
back than was due. Heads alone are enough: they decide while an amount is unknown, on either side. Where the amount due and the
amounts paid are all known, a group is refunded only when both heads and amounts say so. A group that is not called off goes by
its dates: booked until it departs, travelling until it is back, completed after. Clock: the local day that the moment closes.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.money import MoneyField
from venues.moments import day_so_far, local_day


class Disposition(models.TextChoices):
    """What the agency does with a group, as its latest line says."""

    BOOKED = "booked", _("booked")
    CANCELLED = "cancelled", pgettext_lazy("tour group", "cancelled")
    POSTPONED = "postponed", _("postponed")
    TRAVELLING = "travelling", _("travelling")
    CUT_SHORT = "cut_short", _("cut short")
    COMPLETED = "completed", _("completed")


CALLED_OFF = (Disposition.CANCELLED, Disposition.CUT_SHORT)  # money is due


class Status(models.TextChoices):
    """The status of a group, worst first; the status of an agency is the worst of its groups."""

    CANCELLED_UNPAID = "cancelled_unpaid", _("cancelled, unpaid")
    PART_REFUNDED = "part_refunded", _("part-refunded")
    OVER_REFUNDED = "over_refunded", _("over-refunded")
    REFUNDED = "refunded", _("refunded")
    TRAVELLING = "travelling", _("travelling")
    BOOKED = "booked", _("booked")
    SETTLED_OTHERWISE = "settled_otherwise", _("settled otherwise")
    NOTHING_DUE = "nothing_due", _("nothing due")
    COMPLETED = "completed", _("completed")


RANK = {status: rank for rank, status in enumerate(Status.values)}
OUTSTANDING = (Status.CANCELLED_UNPAID, Status.PART_REFUNDED)


def worst(statuses):
    """The worst of these statuses, None of none: what an agency is called by."""
    return min(statuses, key=RANK.__getitem__, default=None)


def moment_of(day, at):
    """The moment of a fact that names only its day: the end of that day, or `at`, when it was told, if the day still runs."""
    return min(local_day(day)[1], at)


def today(as_of):
    """The local date that the moment closes: at midnight sharp still the day that just ended."""
    return day_so_far(as_of).astimezone(local_day(datetime.date(2000, 1, 1))[0].tzinfo).date()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the status of one group at one moment depends on. Amounts: Decimal, None where unknown.

    `paid_amount` is the sum of the known ones; `heads_without_amount` how many of `paid_heads` were entered without."""

    disposition: str
    heads: int
    depart_on: datetime.date | None = None
    return_on: datetime.date | None = None
    amount_due: Decimal | None = None
    accepted: Decimal = Decimal(0)  # deductions
    paid_heads: int = 0
    paid_amount: Decimal = Decimal(0)
    heads_without_amount: int = 0

    @property
    def due(self):
        """The amount due after accepted deductions, never below nought; None when unknown."""
        return None if self.amount_due is None else max(self.amount_due - self.accepted, Decimal(0))


def derive(facts, as_of):
    """The Status of a group of these facts at `as_of`."""
    if facts.disposition == Disposition.POSTPONED:
        return Status.SETTLED_OTHERWISE
    if facts.disposition not in CALLED_OFF:
        return _by_dates(facts, today(as_of))
    due, unpaid = facts.due, facts.paid_heads == 0 and facts.paid_amount == 0
    if unpaid:
        return Status.NOTHING_DUE if due == 0 else Status.CANCELLED_UNPAID
    if facts.paid_heads > facts.heads or (due is not None and facts.paid_amount > due) or due == 0:
        return Status.OVER_REFUNDED
    amounts_agree = due is None or facts.heads_without_amount > 0 or facts.paid_amount == due
    if facts.paid_heads == facts.heads and amounts_agree:
        return Status.REFUNDED
    return Status.PART_REFUNDED


def _by_dates(facts, day):
    if facts.disposition == Disposition.COMPLETED or (facts.return_on is not None and facts.return_on < day):
        return Status.COMPLETED
    departed = facts.depart_on is not None and facts.depart_on <= day
    return Status.TRAVELLING if departed or facts.disposition == Disposition.TRAVELLING else Status.BOOKED


def status_case(as_of):
    """The SQL twin of `derive`, over the annotations of `TourGroup.objects.as_of()`, which have the names of Facts."""
    day = today(as_of)
    left = ExpressionWrapper(F("amount_due") - F("accepted") - F("paid_amount"), output_field=MoneyField())
    unpaid = Q(paid_heads=0, paid_amount=0)
    nothing_due = Q(amount_due__lte=F("accepted"))
    over = Q(paid_heads__gt=F("heads")) | Q(still_due__lt=0) | nothing_due
    agree = Q(amount_due=None) | Q(heads_without_amount__gt=0) | Q(still_due=0)
    off = Q(disposition__in=CALLED_OFF)
    back = Q(disposition=Disposition.COMPLETED) | Q(return_on__lt=day)
    gone = Q(depart_on__lte=day) | Q(disposition=Disposition.TRAVELLING)
    case = Case(
        When(disposition=Disposition.POSTPONED, then=Value(Status.SETTLED_OTHERWISE)),
        When(~off & back, then=Value(Status.COMPLETED)),
        When(~off & gone, then=Value(Status.TRAVELLING)),
        When(~off, then=Value(Status.BOOKED)),
        When(unpaid & nothing_due, then=Value(Status.NOTHING_DUE)),
        When(unpaid, then=Value(Status.CANCELLED_UNPAID)),
        When(over, then=Value(Status.OVER_REFUNDED)),
        When(agree & Q(paid_heads=F("heads")), then=Value(Status.REFUNDED)),
        default=Value(Status.PART_REFUNDED),
        output_field=models.CharField(),
    )
    return {"still_due": left, "status": case}


class Bucket(models.TextChoices):
    """The columns of the published table: by market, but everything that an agency receives is local, whatever the market."""

    DOMESTIC = "domestic", _("domestic")
    OUTBOUND = "outbound", _("outbound")
    INBOUND = "inbound", _("inbound")
    LOCAL = "local", _("received here")
    UNKNOWN = "unknown", _("not said")


PUBLISHED = (Bucket.DOMESTIC, Bucket.OUTBOUND, Bucket.LOCAL)  # always printed, the others only when there are any


def bucket_case():
    """SQL: the Bucket of a group, over the annotations `role` and `market`."""
    return Case(
        When(role="receiver", then=Value(Bucket.LOCAL)),
        When(market="", then=Value(Bucket.UNKNOWN)),
        default=F("market"),
        output_field=models.CharField(),
    )


def counted_case(lines, as_of):
    """SQL: whether the travellers of a group (annotated with its `organiser` of that moment) count here: not when they already count
    at the organiser, whose group is linked and known at `as_of`. `lines`: a queryset of GroupLine."""
    known = Exists(lines.filter(group=OuterRef("organiser"), occurred_at__lte=as_of))
    return Case(When(Q(organiser__isnull=False) & known, then=Value(False)), default=Value(True))
