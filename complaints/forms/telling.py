"""What is asked when callers are told, asked later, or given up, and when the complaint is closed."""

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.moves import MoveForm, words
from complaints.models import Callback
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.owed import waiting_of
from complaints.workflow import Status


class AskForm(MoveForm):
    """One attempt to reach the caller, and what he says."""

    result = forms.ChoiceField(
        label=_("Result"), choices=Callback.Result.choices, widget=forms.RadioSelect, initial="reached"
    )
    told = words(_("What the caller was told"), required=False, help_text=_("Needed when the caller was reached."))
    way = forms.ChoiceField(label=_("Way"), choices=Callback.Way.choices, initial="phone")
    solved = forms.ChoiceField(
        label=_("Solved, says the caller"), choices=[("", _("not asked")), *Callback.Solved.choices], required=False
    )
    satisfied = forms.ChoiceField(label=_("Satisfied"), choices=Callback.Satisfied.choices, initial="not_asked")
    call = None

    def said(self):
        return {name: self.cleaned_data[name] for name in ("result", "told", "way", "solved", "satisfied")}


class TellForm(AskForm):
    """One attempt to tell the caller, and the close in the same press."""

    close = forms.BooleanField(label=_("Close the complaint"), required=False, initial=True)

    def __init__(self, data=None, *, complaint, **options):
        super().__init__(data, complaint=complaint, **options)
        if complaint.status != Status.AWAITING_ANSWER:
            del self.fields["close"]

    def earliest(self):
        return self.complaint.tellable_since(self.call)

    def clean(self):
        said = super().clean()
        if said.get("result") == "reached" and not said.get("told", "").strip():
            self.add_error("told", _("Write down what the caller was told."))
        return said

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.call_back(by=by, at=self.at, call=self.call, **self.said())
        left = ATTEMPTS_TO_BE_UNREACHABLE - self.complaint.failed_attempts(self.call)
        if said["result"] != "reached" and self.complaint.status == Status.AWAITING_ANSWER and left > 0:
            return gettext("Not reached. Attempts still to make at other times before it may be closed: %(left)s.") % {
                "left": left
            }
        return self._close(by=by) if said.get("close") else ""

    def _close(self, *, by):
        """Close in the same press; while other callers wait, say how many instead."""
        others = [one for one in waiting_of(self.complaint) if one.keeps_open]
        if not others:
            self.complaint.close(by=by, at=self.at)
            return ""
        sentence = ngettext(
            "Noted. %(n)s other caller is still to be told before it is closed.",
            "Noted. %(n)s other callers are still to be told before it is closed.",
            len(others),
        )
        return sentence % {"n": len(others)}


class TellFurtherForm(TellForm):
    """The same for the caller of a call that was added."""

    about_a_call = True

    def __init__(self, data=None, *, call, **options):
        self.call = call
        super().__init__(data, **options)


class FollowUpForm(AskForm):
    """A caller who was told is asked later, also after the close."""

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["told"].help_text = ""

    def earliest(self):
        return self.complaint.answered_at or super().earliest()

    def carry_out(self, *, by):
        self.complaint.follow_up(by=by, at=self.at, **self.said())


class GiveUpForm(MoveForm):
    def carry_out(self, *, by):
        self.complaint.give_up(by=by, at=self.at)


class CloseForm(MoveForm):
    text = words(_("Remark"), required=False)

    def carry_out(self, *, by):
        self.complaint.close(by=by, at=self.at, text=self.cleaned_data["text"])
