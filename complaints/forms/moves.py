"""What each move of a complaint asks for, and how it is carried out. The table of moves itself is in workflow.py."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models import Callback, Complaint, Urgency
from complaints.models.acts import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.workflow import Act, Status
from venues.forms.inspections import OfficersChoice, OfficersMixin, PatrolChoice, patrols_to_choose
from venues.models import Patrol
from venues.transitions import Refused
from venues.words import when


def _words(label, *, required=True, rows=2, most=300, **options):
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **options)


class MoveForm(forms.Form):
    """The part of every move: the state that the officer saw, and the moment when it happened, empty for now."""

    takes_moment = True
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, complaint, officer, **options):
        self.complaint, self.officer = complaint, officer
        super().__init__(data, initial={"seen": seen(complaint), **options.pop("initial", {})}, **options)
        if self.takes_moment:
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields["on"] = forms.DateField(label=_("Date"), required=False, widget=day)
            clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            self.fields["time"] = forms.TimeField(label=_("Time"), required=False, widget=clock)

    @property
    def asked(self):
        """The bound fields of this move, without the moment."""
        return [field for field in self.visible_fields() if field.name not in ("on", "time")]

    @property
    def moment_fields(self):
        return [self[name] for name in ("on", "time") if name in self.fields]

    @property
    def stale(self):
        """Whether the page showed another state than the complaint has now."""
        return self.is_bound and self.data.get("seen", "") not in ("", seen(self.complaint))

    def clean(self):
        said = super().clean()
        day, clock = said.get("on"), said.get("time")
        said["at"] = None
        if day and not clock:
            self.add_error("time", _("Say the time as well."))
        elif clock:
            day = day or timezone.localdate()
            said["at"] = datetime.datetime.combine(day, clock, tzinfo=ZoneInfo(settings.TIME_ZONE))
            # the field shows no seconds: the minute of the call is not before the call
            if said["at"] < self.complaint.received_at.replace(second=0, microsecond=0):
                sentence = gettext("The call came at %(time)s: this lies after it.")
                self.add_error("time", sentence % {"time": when(self.complaint.received_at)})
            said["at"] = max(said["at"], self.complaint.received_at)
        return said

    @property
    def at(self):
        return self.cleaned_data["at"]

    def carry_out(self, *, by):
        """Do it; raises Refused. Returns what else to say to the officer, or nothing."""
        raise NotImplementedError


def seen(complaint):
    return f"{complaint.status}-{complaint.round}"


class DispatchForm(OfficersMixin, MoveForm):
    officers_field = "to"
    to = OfficersChoice(label=_("Who goes"), error_messages={"required": _("Say who is sent.")})
    team = forms.CharField(label=_("Team"), required=False, max_length=60)
    patrol = PatrolChoice(label=_("Patrol"), queryset=Patrol.objects.none(), required=False, empty_label=_("no patrol"))

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        officers = get_user_model().objects
        on_duty = set(officers.on_duty(timezone.now()).values_list("pk", flat=True))
        certified = officers.active().certified()
        self.fields["to"].queryset = (certified | officers.active().filter(pk__in=on_duty)).distinct()
        self.likely = on_duty or frozenset(certified.values_list("pk", flat=True))
        self.fields["patrol"].queryset = patrols_to_choose()

    def warnings(self):
        """The rules of coverage that this dispatch would break, as sentences."""
        return get_user_model().objects.coverage_without(list(self.cleaned_data["to"]), self.at or timezone.now())

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.dispatch(
            by=by, to=list(said["to"]), team=said["team"].strip(), patrol=said["patrol"], at=self.at
        )


class SignForm(MoveForm):
    def carry_out(self, *, by):
        self.complaint.sign(by=by, at=self.at)


class ArriveForm(MoveForm):
    def carry_out(self, *, by):
        self.complaint.arrive(by=by, at=self.at)


class FindForm(MoveForm):
    finding = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Finding"), choices=Complaint.Finding.choices, widget=forms.RadioSelect
    )
    text = _words(_("In a sentence"), required=False)

    def carry_out(self, *, by):
        self.complaint.find(by=by, finding=self.cleaned_data["finding"], text=self.cleaned_data["text"], at=self.at)


class StopForm(MoveForm):
    text = _words(_("What was done"), required=False)

    def carry_out(self, *, by):
        self.complaint.stop(by=by, text=self.cleaned_data["text"], at=self.at)


class TellForm(MoveForm):
    """One attempt to tell the caller, and the close in the same press."""

    result = forms.ChoiceField(
        label=_("Result"), choices=Callback.Result.choices, widget=forms.RadioSelect, initial="reached"
    )
    told = _words(_("What the caller was told"), required=False, help_text=_("Needed when the caller was reached."))
    way = forms.ChoiceField(label=_("Way"), choices=Callback.Way.choices, initial="phone")
    solved = forms.ChoiceField(
        label=_("Solved, says the caller"), choices=[("", _("not asked")), *Callback.Solved.choices], required=False
    )
    satisfied = forms.ChoiceField(label=_("Satisfied"), choices=Callback.Satisfied.choices, initial="not_asked")
    close = forms.BooleanField(label=_("Close the complaint"), required=False, initial=True)

    def __init__(self, data=None, *, complaint, **options):
        super().__init__(data, complaint=complaint, **options)
        if complaint.status != Status.AWAITING_ANSWER:
            del self.fields["close"]

    def clean(self):
        said = super().clean()
        if said.get("result") == "reached" and not said.get("told", "").strip():
            self.add_error("told", _("Write down what the caller was told."))
        return said

    def carry_out(self, *, by):
        said, complaint = self.cleaned_data, self.complaint
        names = ("result", "told", "way", "solved", "satisfied")
        complaint.call_back(by=by, at=self.at, **{name: said[name] for name in names})
        left = ATTEMPTS_TO_BE_UNREACHABLE - complaint.failed_attempts()
        if said.get("close") and (not complaint.owes_answer() or left <= 0):
            complaint.close(by=by, at=self.at)
        elif said["result"] != "reached" and complaint.status == Status.AWAITING_ANSWER and left > 0:
            return gettext("Not reached. Attempts still to make at other times before it may be closed: %(left)s.") % {
                "left": left
            }
        return ""


class CloseForm(MoveForm):
    text = _words(_("Remark"), required=False)

    def carry_out(self, *, by):
        self.complaint.close(by=by, at=self.at, text=self.cleaned_data["text"])


class AnswerForm(MoveForm):
    text = _words(_("What the caller was told"))

    def carry_out(self, *, by):
        self.complaint.answer_at_once(by=by, text=self.cleaned_data["text"], at=self.at)


class ReasonForm(MoveForm):
    """A move that needs nothing but its reason; subclasses name the act."""

    act = ""
    reason = _words(_("Reason"), error_messages={"required": _("Give the reason.")})

    def carry_out(self, *, by):
        getattr(self.complaint, self.act)(by=by, reason=self.cleaned_data["reason"], at=self.at)


class NotAcceptForm(ReasonForm):
    act = "not_accept"


class VoidForm(ReasonForm):
    act = "void"


class ReturnForm(ReasonForm):
    act = "return_"


class StillGoingOnForm(ReasonForm):
    act = "still_going_on"


class ReopenForm(ReasonForm):
    act = "reopen"


class TransferForm(ReasonForm):
    to = forms.CharField(label=_("Transferred to"), max_length=60, help_text=_("Police, telecom office …"))
    field_order = ["to", "reason"]

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.transfer(by=by, to=said["to"], reason=said["reason"], at=self.at)


class MergeForm(MoveForm):
    parent = forms.CharField(
        label=_("Complaint no."), max_length=30, help_text=_("The first complaint of the same matter.")
    )

    def clean_parent(self):
        number = self.cleaned_data["parent"].strip()
        parent = Complaint.objects.visible_to(self.officer).filter(number__iexact=number).first()
        if parent is None:
            raise forms.ValidationError(_("There is no complaint with this number."))
        return parent

    def carry_out(self, *, by):
        self.complaint.merge(by=by, parent=self.cleaned_data["parent"], at=self.at)


class UrgencyForm(MoveForm):
    takes_moment = False
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    reason = _words(_("Reason"), error_messages={"required": _("Give the reason.")})

    def __init__(self, data=None, *, complaint, **options):
        super().__init__(data, complaint=complaint, initial={"urgency": complaint.urgency}, **options)

    def carry_out(self, *, by):
        if self.cleaned_data["urgency"] == self.complaint.urgency:
            raise Refused({"urgency": gettext("This is its urgency already.")})
        self.complaint.set_urgency(by=by, **{name: self.cleaned_data[name] for name in ("urgency", "reason")})


class NoteForm(MoveForm):
    takes_moment = False
    kind = Act.NOTE
    text = _words(_("Note"), rows=3, most=4000)  # what is said while a call is being saved is as long as a call

    def carry_out(self, *, by):
        self.complaint.note(by=by, act=self.kind, text=self.cleaned_data["text"])


class SuperviseForm(NoteForm):
    kind = Act.SUPERVISE
    text = _words(_("What is demanded, by when"), rows=3, most=500)


class ExtendForm(NoteForm):
    """A longer time, with its reason. The clocks from the call are not moved: late stays late."""

    kind = Act.EXTEND
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    text = _words(_("Reason"), rows=3, most=400)
    field_order = ["until", "text"]

    def clean_until(self):
        if self.cleaned_data["until"] < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return self.cleaned_data["until"]

    def carry_out(self, *, by):
        said = self.cleaned_data
        words = gettext("until %(day)s: %(reason)s") % {"day": said["until"].isoformat(), "reason": said["text"]}
        self.complaint.note(by=by, act=self.kind, text=words)
