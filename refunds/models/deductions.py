"""Deductions: what an agency says that it cannot pay back, its proof, and the one decision about it."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.files import put
from refunds.models.groups import TourGroup
from refunds.money import MoneyField
from venues.append_only import Fact
from venues.transitions import Refused, TooLate
from venues.words import when, who


class DeductionQuerySet(models.QuerySet):
    def undecided(self, at):
        """Claims of before `at` about which nobody had decided by then."""
        return self.filter(occurred_at__lte=at).exclude(decision__occurred_at__lte=at)

    def without_proof(self, at):
        """Undecided claims that nothing proves."""
        proofs = DeductionProof.objects.filter(deduction=OuterRef("pk"), occurred_at__lte=at)
        return self.undecided(at).filter(~Exists(proofs))


class Deduction(Fact):
    """An amount that the agency keeps back: claimed. It lowers what is due only once it is accepted."""

    class Kind(models.TextChoices):
        TICKET = "ticket", _("tickets that cannot be given back")
        HOTEL = "hotel", _("hotel")
        VISA = "visa", _("visa")
        SERVICE = "service", _("services already used")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        CLAIMED = "claimed", _("claimed")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    group = models.ForeignKey(
        TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="deductions"
    )
    amount = MoneyField(_("amount"))
    kind = models.CharField(_("what for"), max_length=7, choices=Kind.choices)
    text = models.CharField(_("words"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("claimed at"), db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DeductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("deduction")
        verbose_name_plural = _("deductions")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("decide_deduction", _("Can accept and reject deductions"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="deduction_is_above_nought",
                violation_error_message=_("Give the amount that the agency keeps back."),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def state(self):
        """Claimed, accepted or rejected, as of all that is recorded."""
        decision = DeductionDecision.objects.filter(deduction=self.pk).first()
        if decision is None:
            return self.State.CLAIMED
        return self.State.ACCEPTED if decision.accepted else self.State.REJECTED

    @transaction.atomic
    def prove(self, *, by, text="", file=None, at=None):
        """Append proof of the claim: words that name it, or a file. Refused once it is decided."""
        self.group._locked()
        if DeductionDecision.objects.filter(deduction=self.pk).exists():
            raise TooLate(self._decided_before())
        text = self.group.words(text, 300)
        if not text and file is None:
            raise Refused(gettext("Say what the evidence is, or attach it."))
        proof = DeductionProof(
            deduction=self, text=text, by=by, occurred_at=max(at or timezone.now(), self.occurred_at)
        )
        if file is not None:
            put(proof, file.read(), file.name or "")
        proof.save()
        return proof

    @transaction.atomic
    def decide(self, *, by, accepted, text="", at=None):
        """Accept or reject the claim, once. Accepting needs proof, somebody else than who entered it, and cannot take more than is
        due; rejecting needs words."""
        self.group._locked()
        if DeductionDecision.objects.filter(deduction=self.pk).exists():
            raise TooLate(self._decided_before())
        if by.pk == self.recorded_by_id:
            raise Refused(gettext("Somebody else decides about what you entered."))
        if accepted and not self.proofs.exists():
            raise Refused(gettext("Without proof a deduction is not accepted."))
        if not accepted and len(text.strip()) < 2:
            raise Refused(gettext("Give the reason."))
        facts = self.group.facts()
        if accepted and facts and facts.amount_due is not None and facts.accepted + self.amount > facts.amount_due:
            raise Refused(
                gettext("More than is due: %(due)s yuan, of which %(accepted)s are deducted already.")
                % {"due": facts.amount_due, "accepted": facts.accepted}
            )
        try:
            with transaction.atomic():
                return DeductionDecision.objects.create(
                    deduction=self, accepted=accepted, text=self.group.words(text, 300), by=by,
                    occurred_at=max(at or timezone.now(), self.occurred_at),
                )  # fmt: skip
        except IntegrityError:
            raise TooLate(self._decided_before()) from None

    def _decided_before(self):
        first = DeductionDecision.objects.select_related("by").get(deduction=self.pk)
        return gettext("%(who)s decided about this deduction at %(when)s.") % {
            "who": who(first.by), "when": when(first.occurred_at),
        }  # fmt: skip


class DeductionProof(Fact):
    """A paper that shows that the agency cannot get the money back itself."""

    deduction = models.ForeignKey(
        Deduction, verbose_name=_("deduction"), on_delete=models.PROTECT, related_name="proofs"
    )
    text = models.CharField(_("words"), max_length=300, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    occurred_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("proof of a deduction")
        verbose_name_plural = _("proofs of deductions")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self):
        return self.text or self.file_name


class DeductionDecision(Fact):
    """Whether a deduction is accepted: decided once."""

    deduction = models.OneToOneField(
        Deduction, verbose_name=_("deduction"), on_delete=models.PROTECT, related_name="decision"
    )
    accepted = models.BooleanField(_("accepted"))
    text = models.CharField(_("words"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    occurred_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision about a deduction")
        verbose_name_plural = _("decisions about deductions")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self):
        return self.get_state_display()

    def get_state_display(self):
        return Deduction.State.ACCEPTED.label if self.accepted else Deduction.State.REJECTED.label
