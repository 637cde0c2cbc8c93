"""Forms of the ledger: money that went back, its reversal, its proof, and deductions with theirs."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.forms.acts import ActForm, HeadsField, PaperField, SeenForm, YuanField, reason, words
from refunds.models import Deduction, Evidence, Refund
from refunds.status import CALLED_OFF
from venues.cleaning import clean_code
from venues.forms.moments import DayField

_NOT_CHOSEN = ("", _("not said"))


class RefundForm(SeenForm):
    slug = "refund"
    done = _("The refund is in the ledger.")

    heads = HeadsField(label=_("People"), help_text=_("How many got their money back with this payment."))
    amount = YuanField(label=_("Amount in yuan"), required=False)
    paid_on = DayField(label=_("Paid on"))
    channel = forms.ChoiceField(
        label=pgettext_lazy("payment", "Paid by"), choices=[_NOT_CHOSEN, *Refund.Channel.choices], required=False
    )
    slip_no = forms.CharField(label=_("Slip no."), required=False, max_length=60)
    evidence_words = forms.CharField(label=_("What proves it"), required=False, max_length=200)
    file = PaperField(label=_("Slip or receipt"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["paid_on"].initial = timezone.localdate

    def carry_out(self, *, by):
        self.group.enter_refund(by=by, **self.cleaned_data)

    def blamed(self):
        """The figure that is too much, the slip that was used, or the day that has not come: what the act refuses."""
        said, facts = self.cleaned_data, self.group.facts()
        if facts is None or facts.disposition not in CALLED_OFF or said["seen"] != self.group.mark:
            return None
        if said["paid_on"] > timezone.localdate():
            return "paid_on"
        if said["amount"] == 0:
            return "amount"
        if facts.paid_heads + said["heads"] > facts.heads or (said["heads"] == 0 and said["amount"] is None):
            return "heads"
        if said["amount"] is not None and facts.due is not None and facts.paid_amount + said["amount"] > facts.due:
            return "amount"
        return "slip_no" if clean_code(said["slip_no"]) else "amount" if said["amount"] is not None else None


class ReverseForm(SeenForm):
    slug = "reverse"
    done = _("The entry is reversed.")

    reason = reason()

    def carry_out(self, *, by):
        self.row.reverse(by=by, reason=self.cleaned_data["reason"], seen=self.cleaned_data["seen"])

    def blamed(self):
        return "reason" if len(self.cleaned_data["reason"].strip()) < 2 else None


class EvidenceForm(ActForm):
    slug = "evidence"
    done = _("The evidence is kept.")

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[c for c in Evidence.Kind.choices if c[0] not in (Evidence.Kind.CALL_BACK, Evidence.Kind.CHECK)],
    )
    text = words(_("What proves it"), required=False)
    file = PaperField(label=_("File"))

    def clean(self):
        said = super().clean()
        if not self.errors and not said["text"].strip() and said["file"] is None:
            self.add_error("text", _("Say what the evidence is, or attach it."))
        return said

    def carry_out(self, *, by):
        self.row.attach(by=by, **self.cleaned_data)


class ConfirmForm(ActForm):
    slug = "confirm"

    @property
    def done(self):
        if self.row.evidence.filter(kind=Evidence.Kind.CHECK).exclude(level=Evidence.Level.CONFIRMED).exists():
            return _("It is kept that somebody looked again.")
        return _("The reversal is confirmed.") if self.row.is_reversal else _("The refund is confirmed.")

    text = words(_("What was looked at"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["text"].required = getattr(self.row, "doubted", False)  # what the act refuses, the browser asks for

    def carry_out(self, *, by):
        self.row.confirm(by=by, text=self.cleaned_data["text"])


class DeductionForm(SeenForm):
    slug = "deduction"
    done = _("The claim is kept. It lowers nothing until it is accepted.")

    amount = YuanField(label=_("Amount in yuan"))
    kind = forms.ChoiceField(label=_("What for"), choices=Deduction.Kind.choices)
    text = words(_("What the agency says"), required=False)
    proof = words(_("What proves it"), required=False)
    file = PaperField(label=_("File"))

    def carry_out(self, *, by):
        self.group.claim_deduction(by=by, **self.cleaned_data)

    def blamed(self):
        return "amount" if self.cleaned_data["amount"] <= 0 else None


class ProofForm(EvidenceForm):
    slug = "proof"
    kind = None
    done = _("The proof is kept.")

    def carry_out(self, *, by):
        self.row.prove(by=by, text=self.cleaned_data["text"], file=self.cleaned_data["file"])


class DecideForm(ActForm):
    slug = "decide"
    done = _("The decision is kept.")

    accepted = forms.TypedChoiceField(
        label=_("Decision"), choices=[("yes", _("accept")), ("no", _("reject"))], widget=forms.RadioSelect,
        coerce=lambda text: text == "yes",
    )  # fmt: skip
    text = words(_("Reason"), required=False)

    def clean(self):
        said = super().clean()
        if not self.errors and not said["accepted"] and len(said["text"].strip()) < 2:
            self.add_error("text", _("Give the reason."))
        return said

    def carry_out(self, *, by):
        self.row.decide(by=by, **self.cleaned_data)
