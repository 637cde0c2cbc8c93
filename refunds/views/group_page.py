"""The page of one group: shown by its own address, and again by every act on it that was refused, with what was typed."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from refunds.asking import Asked
from refunds.forms.groups import CallOffForm, LineForm, LinkForm, TravellerForm, UnlinkForm
from refunds.forms.ledger import (
    ConfirmForm,
    DecideForm,
    DeductionForm,
    EvidenceForm,
    ProofForm,
    RefundForm,
    ReverseForm,
)
from refunds.forms.renaming import TakeBackForm
from refunds.groupcard import GroupCard, entered_by
from refunds.models import TourGroup
from refunds.status import CALLED_OFF
from venues.transitions import Refused, TooLate

_WITH = ("agency__merged_into", "linked__agency", "linked_by")


def group_or_404(pk):
    return get_object_or_404(TourGroup.objects.select_related(*_WITH), pk=pk)


def row_or_404(rows, pk):
    """A row of a ledger or of deductions, with its group."""
    return get_object_or_404(rows.select_related(*(f"group__{name}" for name in _WITH)), pk=pk)


def act(request, form):
    """Carry out a form that was sent: on to the group's page, or the page again with the refusal beside what was typed."""
    status = 422
    if form.is_valid():
        try:
            form.carry_out(by=request.user)
        except Refused as refused:
            form.take(refused)
            status = 409 if isinstance(refused, TooLate) else 422
        else:
            messages.success(request, form.done)
            return redirect(form.group)
    return page(request, form.group, sent=form, status=status)


def page(request, group, *, sent=None, status=200):
    """The page, with the form `sent` in its place."""
    asked = Asked(request)
    context = {"asked": asked, "group": group, "sent": sent}
    if asked.problem:
        return render(request, "refunds/group.html", context, status=asked.status)
    card = GroupCard(group, asked.at)
    if card.line is None and not asked.asked:
        raise Http404
    context["card"] = card
    if not asked.asked:
        context["forms"] = Forms(request.user, card, sent)
    response = render(request, "refunds/group.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


class Forms:
    """The forms that this officer may send about this group now, each None when there is nothing to do with it."""

    def __init__(self, user, card, sent):
        self.user, self.card, self.sent, self.group = user, card, sent, card.group
        self.mark = self.group.mark
        self.may_enter, self.may_change = user.has_perm("refunds.enter_refund"), user.has_perm("refunds.enter_group")
        self.may_confirm, self.may_decide = (
            user.has_perm("refunds.confirm_refund"),
            user.has_perm("refunds.decide_deduction"),
        )
        self.may_reveal = user.has_perm("refunds.reveal_traveller")
        off = card.known.disposition in CALLED_OFF
        self.refund = self._form(RefundForm, self.may_enter and off)
        self.deduction = self._form(DeductionForm, self.may_enter and off)
        self.traveller = self._form(TravellerForm, self.may_enter)
        self.line = self._form(LineForm, self.may_change, line=card.line)
        self.call_off = self._form(CallOffForm, self.may_change and not off)
        linked = self.group.linked_id is not None
        self.link = self._form(LinkForm, self.may_change and not linked and not card.receivers, line=card.line)
        self.unlink = self._form(UnlinkForm, self.may_change and linked)
        self.unrename = self._form(TakeBackForm, self.may_change and bool(card.renamings))
        for row in card.ledger:
            mine = entered_by(row, user)
            to_confirm = row.unseen or row.doubted or (row.stands and row.level == "evidenced")
            row.forms = [
                form for form in (
                    self._form(EvidenceForm, self.may_enter and row.stands, row=row),
                    self._form(ConfirmForm, self.may_confirm and to_confirm and not mine, row=row),
                    self._form(ReverseForm, self.may_enter and row.stands, row=row),
                ) if form is not None
            ]  # fmt: skip
        for claim in card.deductions:
            open_, mine = claim.decided is None, claim.recorded_by_id == user.pk
            claim.forms = [
                form for form in (
                    self._form(ProofForm, self.may_enter and open_, row=claim),
                    self._form(DecideForm, self.may_decide and open_ and not mine, row=claim),
                ) if form is not None
            ]  # fmt: skip

    def _form(self, cls, offered, *, row=None, **options):
        """The form that was sent, if this is its place (also when it is no longer offered: what was typed is kept); else a fresh
        one, if it is offered."""
        sent = self.sent
        if sent is not None and type(sent) is cls and (row is None or sent.row.pk == row.pk):
            sent.show_again(self.mark)
            return sent
        return cls(group=self.group, row=row, mark=self.mark, **options) if offered else None
