"""Movements of supplies: written once, reversed once; and which of them each figure sums up."""

import datetime

from django.db import models, transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.custody import moment_of, of_officer
from venues.append_only import Fact
from venues.transitions import Refused, TooLate
from venues.words import when, who


class SupplyMovementQuerySet(models.QuerySet):
    def until(self, at):
        """What had moved by the moment `at`."""
        return self.filter(at__lte=at)

    def flow(self, name):
        """The movements that the figure `name` (received, donated or issued) sums up, with the reversals of such."""
        return self.filter(_is_of(name))

    def total(self):
        """The sum of the changes."""
        return self.aggregate(sum=Coalesce(Sum("delta"), 0))["sum"]

    def with_reversals(self):
        """With all that a list shows of a movement."""
        return self.select_related("item", "issued_to", "by", "reverses__issued_to", "reversal__by")

    @transaction.atomic
    def reverse_batch(self, batch, *, by, cause, at=None):
        """Reverse all of one step that is not reversed yet; returns how many."""
        rows = list(
            self.filter(batch=batch, reversal=None).exclude(kind=SupplyMovement.Kind.REVERSAL).select_related("item")
        )
        if not rows:
            raise TooLate(gettext("Everything of this step is reversed already."))
        for row in sorted(rows, key=lambda row: (row.item_id, row.pk)):
            row.reverse(by=by, cause=cause, at=at)
        return len(rows)


class SupplyMovement(Fact):
    """One movement of one item: `delta` is what it adds to the stock (negative for what goes out). A mistake is corrected by a
    reversal, which happens once and cannot itself be reversed. A date without a time is the end of that day."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        ALLOCATION = "allocation", _("allocation")
        DONATION = "donation", _("donation")
        RETURN = "return", _("return to the store")
        ISSUE = "issue", _("issue")
        USE = "use", _("use")
        LOSS = "loss", _("loss")
        COUNT = "count", _("count")
        REVERSAL = "reversal", _("reversal")

    INCOMING = frozenset({Kind.PURCHASE, Kind.ALLOCATION, Kind.DONATION, Kind.RETURN})
    OUTGOING = frozenset({Kind.ISSUE, Kind.USE, Kind.LOSS})

    item = models.ForeignKey(
        "enforcement.SupplyItem", verbose_name=_("supply"), on_delete=models.PROTECT, related_name="movements"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    delta = models.IntegerField(_("change of the stock"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    donor = models.CharField(_("donor"), max_length=80, blank=True)
    issued_to = of_officer(_("issued to"), null=True, blank=True)
    batch = models.UUIDField(_("issued in one step"), null=True, blank=True, db_index=True, editable=False)
    cause = models.CharField(_("cause or remark"), max_length=200, blank=True)
    by = of_officer(_("by"), null=True)
    reverses = models.OneToOneField(
        "self", verbose_name=_("reverses"), null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )

    objects = SupplyMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of supplies")
        verbose_name_plural = _("movements of supplies")
        ordering = ["-at", "-pk"]
        permissions = [("move_supplies", _("Can record movements of supplies"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["purchase", "allocation", "donation", "return"], delta__gt=0)
                | Q(kind__in=["issue", "use", "loss"], delta__lt=0)
                | Q(kind__in=["count", "reversal"]),
                name="supplies_move_in_the_direction_of_their_kind",
                violation_error_message=_("The amount is a whole number above zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses=None)),
                name="only_a_reversal_reverses",
            ),
            models.CheckConstraint(
                condition=~Q(kind="donation") | ~Q(donor=""), name="a_donation_has_a_donor",
                violation_error_message=_("Name the donor."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["count", "loss"]) | ~Q(cause=""), name="a_count_or_loss_has_a_cause",
                violation_error_message=_("Say the cause."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["item", "at"], name="supply_movement_by_item"),
            models.Index(fields=["-at", "-id"], name="supply_movement_by_time"),
        ]

    def __str__(self):
        return f"{self.item} {self.delta:+d}"

    @property
    def reversed_by(self):
        """The reversal of this movement, or None."""
        return getattr(self, "reversal", None)

    @property
    def date_alone(self):
        """The day of a movement that was entered without a time, which is the end of it; None when it has a time."""
        local = timezone.localtime(self.at)
        return local.date() - datetime.timedelta(days=1) if local.time() == datetime.time() else None

    @transaction.atomic
    def reverse(self, *, by, cause, at=None):
        """Take it back, once: a movement of the opposite change, at the moment of the reversal (by itself now: until then people
        reckoned with it)."""
        at = moment_of(at)
        if self.kind == self.Kind.REVERSAL:
            raise Refused(gettext("A reversal is not reversed: record the movement anew."))
        if not cause.strip():
            raise Refused({"cause": gettext("Say the cause.")})
        if at < self.at:
            raise Refused(gettext("It cannot be reversed before it happened: %(when)s.") % {"when": when(self.at)})
        self.item._hold()
        first = SupplyMovement.objects.filter(reverses=self).select_related("by").first()
        if first is not None:
            told = gettext("%(name)s has reversed it already, %(when)s.")
            raise TooLate(told % {"name": who(first.by), "when": when(first.at)})
        row = {"kind": self.Kind.REVERSAL, "delta": -self.delta, "cause": cause.strip(), "reverses": self}
        return self.item._append([{**row, "batch": self.batch}], by=by, at=at)[0]


RECEIVED = SupplyMovement.INCOMING - {SupplyMovement.Kind.RETURN}  # what came back was received before
# figure: (kinds that it sums up, their sign)
FLOWS = {
    "received": (RECEIVED, 1), "donated": ({SupplyMovement.Kind.DONATION}, 1), "issued": ({SupplyMovement.Kind.ISSUE}, -1),
}  # fmt: skip


def _is_of(name, through=""):
    """The condition of a movement (reached by the path `through`) that the figure `name` sums up, reversals included."""
    kinds = sorted(FLOWS[name][0])
    return Q(**{f"{through}kind__in": kinds}) | Q(**{f"{through}reverses__kind__in": kinds})


def sum_of(name, *, at, through=""):
    """The expression of the figure `name` (in_store, received, donated, issued) at the moment `at`."""
    by_then = Q(**{f"{through}at__lte": at})
    if name == "in_store":
        return Coalesce(Sum(f"{through}delta", filter=by_then), 0)
    return Coalesce(Sum(f"{through}delta", filter=by_then & _is_of(name, through)), 0) * FLOWS[name][1]
