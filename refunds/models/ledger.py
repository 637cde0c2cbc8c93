"""The ledger: money that went back, row by row, never changed; what proves it; and reversals. Entries are made by acts.py."""

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from refunds.files import put
from refunds.models.groups import TourGroup
from refunds.models.returns import AgencyReport
from refunds.money import MoneyField
from venues.append_only import Fact
from venues.models import Venue
from venues.transitions import Refused, TooLate
from venues.words import when, who


class RefundQuerySet(models.QuerySet):
    def by(self, at):
        """The rows that count at the moment `at`."""
        return self.filter(occurred_at__lte=at)

    def live(self, at=None):
        """Entries that stand: no reversals, and not reversed (by the moment `at`)."""
        entries = self.filter(reverses=None)
        if at is None:
            return entries.filter(reversal=None)
        return entries.by(at).exclude(reversal__occurred_at__lte=at)

    def with_level(self, at=None):
        """Each with `level`: how well it was proved by the moment `at` (None: all that is recorded)."""
        proofs = Evidence.objects.filter(refund=OuterRef("pk"))
        if at is not None:
            proofs = proofs.filter(occurred_at__lte=at)
        level = Case(
            When(Exists(proofs.filter(level=Evidence.Level.CONFIRMED)), then=Value(Evidence.Level.CONFIRMED)),
            When(Exists(proofs), then=Value(Evidence.Level.EVIDENCED)),
            default=Value(Evidence.Level.DECLARED),
            output_field=models.CharField(),
        )
        return self.annotate(level=level)

    def taken_back(self, at):
        """Reversals, by the moment `at`, of entries that somebody had confirmed, which nobody who may confirm has looked at yet."""
        confirmed = Evidence.objects.filter(level=Evidence.Level.CONFIRMED, occurred_at__lte=at)
        undone = self.by(at).filter(Exists(confirmed.filter(refund=OuterRef("reverses"))))
        return undone.exclude(Exists(confirmed.filter(refund=OuterRef("pk"))))

    def unproved(self, at, *, since):
        """Entries that stand at `at`, declared by the moment `since`, and still without any evidence."""
        return self.live(at).with_level(at).filter(level=Evidence.Level.DECLARED, occurred_at__lte=since)


class Refund(Fact):
    """One row of the ledger: `heads` people got money back (`amount` yuan, where known). A reversal carries the same with a
    minus and names the entry in `reverses`. How well it is proved is in its Evidence rows."""

    class Channel(models.TextChoices):
        CASH = "cash", _("cash")
        BANK = "bank", _("bank transfer")
        WECHAT = "wechat", _("WeChat")
        ALIPAY = "alipay", _("Alipay")
        PLATFORM = "platform", _("booking platform")
        OTHER = "other", _("other")

    class Cause(models.TextChoices):
        MISTAKE = "mistake", _("entered by mistake")
        FELL = "fell", _("the agency's figure fell")
        LATE = "late", _("an older return came later")

    group = models.ForeignKey(
        TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    agency = models.ForeignKey(Venue, verbose_name=_("travel agency"), on_delete=models.PROTECT, related_name="+")
    heads = models.IntegerField(_("people"))
    amount = MoneyField(_("amount"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"))
    occurred_at = models.DateTimeField(_("counts from"))
    channel = models.CharField(pgettext_lazy("payment", "paid by"), max_length=8, choices=Channel.choices, blank=True)
    slip_no = models.CharField(_("slip no."), max_length=60, blank=True)
    slip_turn = models.PositiveSmallIntegerField(_("earlier entries of this slip, all reversed"), default=0)
    report = models.ForeignKey(
        AgencyReport, verbose_name=_("return"), null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    cell = models.CharField(_("cell"), max_length=80, blank=True)
    reverses = models.OneToOneField(
        "self", verbose_name=_("reverses"), null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )
    cause = models.CharField(_("why reversed"), max_length=7, choices=Cause.choices, blank=True)
    cause_text = models.CharField(_("why, in words"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [
            ("enter_refund", _("Can enter and reverse refunds, evidence and claimed deductions")),
            ("confirm_refund", _("Can confirm refunds that others entered")),
        ]
        indexes = [
            models.Index(fields=["group", "occurred_at", "id"], name="refund_by_group"),
            models.Index(fields=["occurred_at"], name="refund_by_moment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "slip_no", "slip_turn"],
                condition=~Q(slip_no="") & Q(reverses=None),
                name="refund_slip_counts_once",
                violation_error_message=_("This slip of the agency stands in the ledger already."),
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, heads__gte=0) | Q(reverses__isnull=False, heads__lte=0),
                name="refund_heads_fall_only_by_reversal",
                violation_error_message=_("A correction is a reversal of the entry."),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="refund_amount_falls_only_by_reversal",
                violation_error_message=_("A correction is a reversal of the entry."),
            ),
            models.CheckConstraint(
                condition=~Q(heads=0) | Q(amount__isnull=False),
                name="refund_says_people_or_amount",
                violation_error_message=_("Say how many people were refunded, or how much."),
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, cause="") | (Q(reverses__isnull=False) & ~Q(cause="")),
                name="refund_reversal_says_why",
                violation_error_message=_("Give the reason."),
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=models.F("id")),
                name="refund_does_not_reverse_itself",
                violation_error_message=_("An entry does not reverse itself."),
            ),
        ]

    def __str__(self):
        return f"{self.group_id} {self.heads:+d}"

    def get_absolute_url(self):
        return f"{self.group.get_absolute_url()}#refund-{self.pk}"

    def save(self, *args, **kwargs):
        if self.reverses_id and self.reverses.reverses_id:
            raise Refused(gettext("A reversal is not reversed: enter the refund anew."))
        super().save(*args, **kwargs)

    @property
    def is_reversal(self):
        return self.reverses_id is not None

    @transaction.atomic
    def reverse(self, *, by, reason, at=None, seen=None):
        """Take this entry back, with a reason in words: a row with the opposite figures. Once; a reversal itself cannot be
        reversed. Returns the reversal."""
        if len(reason.strip()) < 2:
            raise Refused(gettext("Give the reason."))
        self.group._locked(seen)
        at = at or timezone.now()
        return self._undo(by=by, at=at, occurred_at=max(at, self.occurred_at), cause=self.Cause.MISTAKE, text=reason)

    def _undo(self, *, by, at, occurred_at, cause, text="", report=None, cell=""):
        if self.is_reversal:
            raise Refused(gettext("A reversal is not reversed: enter the refund anew."))
        row = Refund(
            group_id=self.group_id, agency_id=self.agency_id, heads=-self.heads,
            amount=None if self.amount is None else -self.amount, paid_on=self.paid_on, occurred_at=occurred_at,
            channel=self.channel, slip_no=self.slip_no, report=report, cell=cell, reverses=self, cause=cause,
            cause_text=self.group.words(text), recorded_by=by, recorded_at=at if report else timezone.now(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise TooLate(self._reversed_before()) from None
        return row

    def _reversed_before(self):
        first = Refund.objects.filter(reverses=self.pk).select_related("recorded_by").first()
        if first is None:
            return gettext("The page is out of date. Open it again.")
        return gettext("%(who)s reversed this entry at %(when)s.") % {
            "who": who(first.recorded_by), "when": when(first.recorded_at),
        }  # fmt: skip

    def slip_is_used(self):
        """The sentence for a slip that stands in the ledger by this entry."""
        return gettext("Slip %(slip)s stands in the ledger already: group %(number)s, %(heads)s people, paid on %(day)s.") % {
            "slip": self.slip_no, "number": self.group.number, "heads": self.heads, "day": self.paid_on,
        }  # fmt: skip

    # --- proof --------------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def attach(self, *, by, kind, text="", file=None, answer=None, at=None):
        """Append evidence: words, a `file` (its name and bytes, an uploaded file), or the answer of a call-back."""
        self.group._locked()
        self._refuse_unless_standing()
        text = self.group.words(text, 300)
        if kind != Evidence.Kind.SLIP and not text and file is None and answer is None:
            raise Refused(gettext("Say what the evidence is, or attach it."))
        return self._prove(Evidence.Level.EVIDENCED, by=by, kind=kind, text=text, file=file, answer=answer, at=at)

    @transaction.atomic
    def confirm(self, *, by, text="", kind="", answer=None, at=None):
        """Say that somebody else looked at the evidence and that it is so. Refused to who entered the refund or its evidence,
        without evidence, and a second time; unless a traveller said otherwise since, then it is looked at again. Of a reversal:
        that it is right to take back what had been confirmed."""
        self.group._locked()
        if self.is_reversal:
            self._refuse_unless_it_undoes_a_confirmation()
        else:
            self._refuse_unless_standing()
        confirmed = self._confirmation()
        if confirmed and not self._is_doubted():
            raise TooLate(self._confirmed_before())
        if by.pk in {self.recorded_by_id, *self.evidence.entered().values_list("by_id", flat=True)}:
            raise Refused(gettext("Somebody else confirms what you entered."))
        if confirmed:
            return self._look_again(by=by, text=text, at=at)
        if answer is None and not self.is_reversal and not self.evidence.exists():
            raise Refused(gettext("There is no evidence yet that could be confirmed."))
        kind = kind or Evidence.Kind.CHECK
        return self._prove(
            Evidence.Level.CONFIRMED, by=by, kind=kind, text=self.group.words(text, 300), answer=answer, at=at
        )

    def _is_doubted(self):
        """Whether a traveller of the group said, since somebody last looked, that the money did not arrive."""
        said_at = None if self.is_reversal else self.group.samples.contradicted_at()
        return said_at is not None and not self.evidence.looks().filter(occurred_at__gt=said_at).exists()

    def _look_again(self, *, by, text, at):
        """A confirmation is given once; that it holds against what a traveller said since is a look of its own, in words."""
        if len(text.strip()) < 2:
            raise Refused(gettext("A traveller says otherwise: say what was looked at."))
        text = self.group.words(text, 300)
        return self._prove(Evidence.Level.EVIDENCED, by=by, kind=Evidence.Kind.CHECK, text=text, at=at)

    def _refuse_unless_standing(self):
        if self.is_reversal or Refund.objects.filter(reverses=self.pk).exists():
            raise Refused(gettext("This entry is reversed."))

    def _refuse_unless_it_undoes_a_confirmation(self):
        if not Evidence.objects.filter(refund=self.reverses_id, level=Evidence.Level.CONFIRMED).exists():
            raise Refused(gettext("The entry was reversed before anybody confirmed it."))

    def _prove(self, level, *, by, at, file=None, **columns):
        at = at or timezone.now()
        row = Evidence(refund=self, level=level, by=by, occurred_at=max(at, self.occurred_at), **columns)
        if file is not None:
            put(row, file.read(), file.name or "")
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise TooLate(self._confirmed_before()) from None
        return row

    def _confirmation(self):
        return self.evidence.filter(level=Evidence.Level.CONFIRMED).select_related("by").first()

    def _confirmed_before(self):
        first = self._confirmation()
        said = {"who": who(first.by), "when": when(first.occurred_at)}
        if self.is_reversal:
            return gettext("%(who)s confirmed this reversal at %(when)s.") % said
        return gettext("%(who)s confirmed this refund at %(when)s.") % said


class EvidenceQuerySet(models.QuerySet):
    def looks(self, at=None):
        """Those by which somebody who may confirm looked at an entry and let it stand (by the moment `at`)."""
        looks = self.filter(Q(level=Evidence.Level.CONFIRMED) | Q(kind=Evidence.Kind.CHECK))
        return looks if at is None else looks.filter(occurred_at__lte=at)

    def entered(self):
        """Those that somebody brought: neither a look nor the answer of a traveller."""
        return self.filter(answer=None).exclude(level=Evidence.Level.CONFIRMED).exclude(kind=Evidence.Kind.CHECK)


class Evidence(Fact):
    """What proves a refund. An entry is declared until it has one, confirmed as soon as somebody else said so."""

    class Level(models.TextChoices):
        DECLARED = "declared", _("declared")
        EVIDENCED = "evidenced", _("evidenced")
        CONFIRMED = "confirmed", _("confirmed")

    class Kind(models.TextChoices):
        SLIP = "slip", _("slip of the payment")
        SIGNED = "signed", _("receipt signed by the traveller")
        STATEMENT = "statement", _("bank statement")
        SCREENSHOT = "screenshot", _("picture of the screen")
        CALL_BACK = "call_back", _("call-back")
        CHECK = "check", _("looked through")
        OTHER = "other", _("other")

    refund = models.ForeignKey(Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="evidence")
    level = models.CharField(_("raises it to"), max_length=9, choices=Level.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("words"), max_length=300, blank=True)
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    answer = models.ForeignKey(
        "refunds.CallBackAnswer", verbose_name=_("call-back"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="evidence",
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    occurred_at = models.DateTimeField(_("at"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(level="confirmed"),
                name="refund_is_confirmed_once",
                violation_error_message=_("This refund is confirmed already."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=["evidenced", "confirmed"]),
                name="evidence_raises_the_level",
                violation_error_message=_("Evidence raises an entry above declared."),
            ),
        ]

    def __str__(self):
        return f"{self.get_level_display()} · {self.get_kind_display()}"

    @property
    def is_look(self):
        """As `looks` of the QuerySet."""
        return self.level == self.Level.CONFIRMED or self.kind == self.Kind.CHECK

    @property
    def is_entered(self):
        """As `entered` of the QuerySet."""
        return self.answer_id is None and not self.is_look
