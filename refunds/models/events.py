"""Rows that the unit edits for each event: by when agencies report, from when groups must not depart, what stands as deposit."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from refunds.money import MoneyField
from refunds.status import Bucket
from venues.models import Venue


class RefundEventQuerySet(models.QuerySet):
    def current(self, at):
        """The event under way at the moment `at`: the one that began last, or None."""
        return self.filter(begins_on__lte=timezone.localdate(at)).order_by("-begins_on", "-pk").first()


class RefundEvent(models.Model):
    """One order to call groups off, with the deadlines that hold in it. What is left empty is asked of nobody."""

    name = models.CharField(_("name"), max_length=100)
    begins_on = models.DateField(_("begins on"))
    returns_due_at = models.DateTimeField(_("returns are due at"), null=True, blank=True)
    evidence_days = models.PositiveSmallIntegerField(_("evidence within (days after it was declared)"), default=3)
    sample_size = models.PositiveSmallIntegerField(_("travellers to call at random, a day"), default=5)
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    objects = RefundEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund event")
        verbose_name_plural = _("refund events")
        ordering = ["-begins_on", "-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["begins_on"],
                name="refund_event_begins_alone",
                violation_error_message=_("Another event begins on this day: change that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(evidence_days__gte=1),
                name="refund_event_gives_a_day_for_evidence",
                violation_error_message=_("Give at least one day for evidence."),
            ),
        ]

    def __str__(self):
        return self.name

    def cutoff_for(self, bucket):
        """The first date on which no group of this bucket may depart any more, or None."""
        return self.cutoffs.filter(bucket=bucket).values_list("departs_from", flat=True).first()


class Cutoff(models.Model):
    """Groups of this market that depart on this date or later must be called off."""

    event = models.ForeignKey(
        RefundEvent, verbose_name=_("refund event"), on_delete=models.CASCADE, related_name="cutoffs"
    )
    bucket = models.CharField(_("market"), max_length=8, choices=Bucket.choices)
    departs_from = models.DateField(_("departs on or after"))

    class Meta:
        verbose_name = _("cut-off of departures")
        verbose_name_plural = _("cut-offs of departures")
        ordering = ["event", "departs_from"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "bucket"],
                name="refund_cutoff_is_given_once",
                violation_error_message=_("The event has a cut-off for this market already."),
            )
        ]

    def __str__(self):
        return f"{self.get_bucket_display()} {self.departs_from}"


class DepositQuerySet(models.QuerySet):
    def in_force(self, at):
        """{agency pk: amount} of the deposits in force at the moment `at`."""
        rows = self.filter(valid_from__lte=timezone.localdate(at)).order_by("valid_from", "pk")
        return dict(rows.values_list("agency_id", "amount"))


class Deposit(models.Model):
    """The deposit (质保金) that an agency has at the bank, from a date on; a change is a new row."""

    agency = models.ForeignKey(Venue, verbose_name=_("travel agency"), on_delete=models.PROTECT, related_name="+")
    amount = MoneyField(_("amount"))
    valid_from = models.DateField(_("valid from"))

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit of an agency")
        verbose_name_plural = _("deposits of agencies")
        ordering = ["agency", "-valid_from"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "valid_from"],
                name="deposit_is_given_once_a_day",
                violation_error_message=_("There is a deposit of this agency from this day on already."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="deposit_is_not_below_nought",
                violation_error_message=_("An amount is not below nought."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} {self.amount}"
