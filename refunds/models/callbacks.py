"""Call-backs to travellers drawn by lot: did the money really arrive? The answer raises the evidence, or contradicts the agency."""

import random

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from refunds.models.groups import TourGroup
from refunds.models.ledger import Evidence, Refund
from refunds.models.travellers import Traveller
from venues.append_only import Fact
from venues.transitions import TooLate
from venues.words import when, who


class CallBackSampleQuerySet(models.QuerySet):
    def open(self, at):
        """Drawn by the moment `at`, and by then without an answer that settles it."""
        return self.filter(drawn_at__lte=at).filter(~Exists(_final(at)))

    def contradicting(self, at):
        """Whose traveller said that the money did not arrive, or not all of it, though the agency declared it."""
        not_so = (CallBackAnswer.Result.NOT_RECEIVED, CallBackAnswer.Result.PARTLY)
        return self.filter(Exists(_final(at).filter(result__in=not_so)))

    def unsettled(self, at):
        """Those contradicting while an entry of their group stands on which nobody who may confirm looked since they said so, be it
        confirmed before; each with `said_at` and whether the entry was `confirmed_before`."""
        said = self.contradicting(at).annotate(said_at=Subquery(_final(at).values("occurred_at")[:1]))
        looks = Evidence.objects.looks(at).filter(refund=OuterRef("pk"), occurred_at__gt=OuterRef(OuterRef("said_at")))
        standing = Refund.objects.filter(group=OuterRef("group")).live(at).with_level(at).filter(~Exists(looks))
        confirmed = standing.filter(level=Evidence.Level.CONFIRMED)
        return said.filter(Exists(standing)).annotate(confirmed_before=Exists(confirmed))

    def contradicted_at(self, at=None):
        """The moment of the last answer among these that says that money did not arrive; None when none does."""
        said = self.contradicting(at or timezone.now()).filter(answers__result__in=CallBackAnswer.Result.final())
        return said.aggregate(last=Max("answers__occurred_at"))["last"]

    @transaction.atomic
    def draw(self, *, by, size, at=None, seed=None):
        """Draw up to `size` travellers by lot, of groups with refunds that nobody confirmed yet; each traveller is drawn once.
        `seed` repeats a draw (tests). Returns the new samples."""
        at = at or timezone.now()
        unconfirmed = Refund.objects.filter(group=OuterRef("group")).live(at).with_level(at)
        unconfirmed = unconfirmed.exclude(level=Evidence.Level.CONFIRMED)
        lots = Traveller.objects.reachable().filter(Exists(unconfirmed), samples=None).order_by("pk")
        lots = list(lots.values_list("pk", "group_id"))
        wheel = random.SystemRandom() if seed is None else random.Random(seed)
        drawn = wheel.sample(lots, min(size, len(lots)))
        rows = [CallBackSample(traveller_id=pk, group_id=group, drawn_by=by, drawn_at=at) for pk, group in drawn]
        try:
            with transaction.atomic():
                for row in rows:
                    row.save()
        except IntegrityError:
            raise TooLate(gettext("Somebody else drew travellers at the same moment. Open the page again.")) from None
        return rows


def _final(at):
    settled = CallBackAnswer.Result.final()
    return CallBackAnswer.objects.filter(sample=OuterRef("pk"), occurred_at__lte=at, result__in=settled)


class CallBackSample(Fact):
    """A traveller who was drawn, to be asked whether he got his money back."""

    traveller = models.OneToOneField(
        Traveller, verbose_name=_("traveller"), on_delete=models.PROTECT, related_name="samples"
    )
    group = models.ForeignKey(TourGroup, verbose_name=_("tour group"), on_delete=models.PROTECT, related_name="samples")
    drawn_at = models.DateTimeField(_("drawn at"), db_index=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drawn by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CallBackSampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("traveller drawn for a call-back")
        verbose_name_plural = _("travellers drawn for call-backs")
        ordering = ["pk"]
        default_permissions = ()
        permissions = [("call_travellers", _("Can draw travellers and call them back"))]

    def __str__(self):
        return str(self.traveller)

    @transaction.atomic
    def answer(self, *, by, result, text="", at=None):
        """Note what the traveller said. “Received” is evidence for every refund of the group that stands. One of many speaks for
        himself only: a refund is confirmed so once as many travellers as got money said it, asked by others than who entered
        it, and `by` may confirm. An answer that settles it is given once. Returns the answer."""
        self.group._locked()
        text = self.group.words(text, 300)
        answer = CallBackAnswer(sample=self, result=result, text=text, by=by, occurred_at=at or timezone.now())
        try:
            with transaction.atomic():
                answer.save()
        except IntegrityError:
            raise TooLate(self._answered_before()) from None
        if result == CallBackAnswer.Result.RECEIVED:
            self._raise_evidence(answer, by)
        return answer

    def _raise_evidence(self, answer, by):
        may_confirm = by.has_perm("refunds.confirm_refund")
        standing = list(self.group.refunds.live().by(answer.occurred_at).with_level())
        if not standing:
            return
        heads = sum(refund.heads for refund in standing) or self.group.facts(answer.occurred_at).heads
        received = CallBackAnswer.objects.filter(sample__group=self.group, result=CallBackAnswer.Result.RECEIVED)
        askers = list(received.filter(occurred_at__lte=answer.occurred_at).values_list("by_id", flat=True))
        for refund in standing:
            if refund.level == Evidence.Level.CONFIRMED:
                continue
            entered = {refund.recorded_by_id, *refund.evidence.filter(answer=None).values_list("by_id", flat=True)}
            given = {"by": by, "kind": Evidence.Kind.CALL_BACK, "answer": answer, "at": answer.occurred_at}
            all_said_so = sum(asker not in entered for asker in askers) >= heads
            if may_confirm and by.pk not in entered and all_said_so:
                refund.confirm(**given)
            else:
                refund.attach(**given)

    def _answered_before(self):
        first = self.answers.filter(result__in=CallBackAnswer.Result.final()).select_related("by").first()
        return gettext("%(who)s noted the answer of this traveller at %(when)s.") % {
            "who": who(first and first.by), "when": when(first.occurred_at),
        }  # fmt: skip


class CallBackAnswer(Fact):
    """One attempt to ask a traveller, and what he said."""

    class Result(models.TextChoices):
        RECEIVED = "received", _("money received")
        PARTLY = "partly", _("received in part")
        NOT_RECEIVED = "not_received", _("not received")
        REFUSED = "refused", _("will not say")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong_number", pgettext_lazy("call-back", "wrong number")

        @classmethod
        def final(cls):
            """Those after which nobody calls again."""
            return (cls.RECEIVED, cls.PARTLY, cls.NOT_RECEIVED, cls.REFUSED, cls.WRONG_NUMBER)

    sample = models.ForeignKey(
        CallBackSample, verbose_name=_("traveller"), on_delete=models.PROTECT, related_name="answers"
    )
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    text = models.CharField(_("words"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer of a traveller")
        verbose_name_plural = _("answers of travellers")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["sample"],
                condition=~Q(result="no_answer"),
                name="traveller_answers_once",
                violation_error_message=_("The answer of this traveller is noted already."),
            )
        ]

    def __str__(self):
        return self.get_result_display()
