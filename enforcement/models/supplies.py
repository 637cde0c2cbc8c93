"""防护物资: what the team has in store, as movements that are written once (reports.md)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from venues.append_only import Fact


def _officer(label, **more):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more
    )


class SupplyItem(models.Model):
    """One kind of thing in store. `on_hand` is the sum of its movements, kept by the one act that appends them, so that the
    database itself refuses a stock below zero."""

    class Category(models.TextChoices):
        MASK = "mask", _("masks")
        PROTECTION = "protection", _("protective clothing")
        DISINFECTANT = "disinfectant", _("disinfectant")
        THERMOMETER = "thermometer", _("thermometers")
        SPRAYER = "sprayer", _("sprayers")
        FOOD = "food", _("food")
        OTHER = "other", _("other supplies")

    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    name = models.CharField(pgettext_lazy("supply", "name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=10, blank=True)
    spec = models.CharField(_("specification"), max_length=80, blank=True)
    low_level = models.PositiveIntegerField(_("low when below"), null=True, blank=True)
    norm = models.DecimalField(
        _("need per officer and shift"), max_digits=6, decimal_places=2, null=True, blank=True,
        help_text=_("Days of cover are counted with it; empty: they are not counted."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)
    on_hand = models.IntegerField(_("on hand"), default=0, editable=False)

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        ordering = ["category", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "name", "spec"], name="one_supply_of_a_name_and_specification",
                violation_error_message=_("There is already a supply with this name and specification."),
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0), name="no_stock_below_zero",
                violation_error_message=_("There is not so much in store."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name


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

    item = models.ForeignKey(SupplyItem, verbose_name=_("supply"), on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    delta = models.IntegerField(_("change of the stock"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    donor = models.CharField(_("donor"), max_length=80, blank=True)
    issued_to = _officer(_("issued to"), null=True, blank=True)
    batch = models.UUIDField(_("issued in one step"), null=True, blank=True, db_index=True, editable=False)
    cause = models.CharField(_("cause or remark"), max_length=200, blank=True)
    by = _officer(_("by"), null=True)
    reverses = models.OneToOneField(
        "self", verbose_name=_("reverses"), null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )

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
        indexes = [models.Index(fields=["item", "at"], name="supply_movement_by_item")]

    def __str__(self):
        return f"{self.item} {self.delta:+d}"
