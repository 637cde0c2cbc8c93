"""What each move of a complaint asks for, and how it is carried out. The table of moves itself is in workflow.py."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints import at_venue
from complaints.models import Complaint
from complaints.workflow import Status
from venues.forms.inspections import OfficersChoice, OfficersMixin, PatrolChoice, patrols_to_choose
from venues.forms.moments import DayField
from venues.models import Patrol
from venues.words import when


def words(label, *, required=True, rows=2, most=300, **options):
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, **options)


class MoveForm(forms.Form):
    """The part of every move: the state that the officer saw, and the moment when it happened, empty for now."""

    takes_moment = True
    elsewhere = ""  # the address where this is recorded instead, for this officer
    about_a_call = False  # whether it is for a call that was added, which the address or the form names
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, complaint, officer, act, **options):
        self.complaint, self.officer, self.move = complaint, officer, act
        super().__init__(data, initial={"seen": seen(complaint), **options.pop("initial", {})}, **options)
        if self.takes_moment:
            self.fields["on"] = DayField(label=_("Date"), required=False)
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
            # the field shows no seconds: the minute of the call, or of the step before it, is not before it
            earliest = self.earliest()
            if said["at"] < self.complaint.received_at.replace(second=0, microsecond=0):
                sentence = gettext("The call came at %(time)s: this lies after it.")
                self.add_error("time", sentence % {"time": when(self.complaint.received_at)})
            elif said["at"] < earliest.replace(second=0, microsecond=0):
                sentence = gettext("The step before it was at %(time)s: this lies after it.")
                self.add_error("time", sentence % {"time": when(earliest)})
            said["at"] = max(said["at"], earliest)
        return said

    def earliest(self):
        """The moment before which it cannot have happened."""
        return self.complaint.earliest(self.move)

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


class ResendForm(DispatchForm):
    """Others instead of those who did not sign; from a page that shows who was sent last."""

    reason = words(_("Reason"), error_messages={"required": _("Give the reason.")})
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["to", "team", "patrol", "reason"]

    def __init__(self, data=None, *, complaint, **options):
        sent = complaint.dispatched_at.isoformat() if complaint.dispatched_at else ""
        super().__init__(data, complaint=complaint, initial={"was": sent}, **options)

    @property
    def stale(self):
        return super().stale or (self.is_bound and self.data.get("was", "") not in ("", self["was"].initial))

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.resend(
            by=by, to=list(said["to"]), team=said["team"].strip(), patrol=said["patrol"], reason=said["reason"], at=self.at
        )  # fmt: skip


class SignForm(MoveForm):
    """One of those who were sent signs; whoever handles complaints says for whom."""

    instead_of = forms.ModelChoiceField(label=_("Who signs"), queryset=get_user_model().objects.none())

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        sent = self.complaint.assignees.all()
        if self.officer in sent or not self.officer.has_perm("complaints.handle_complaint"):
            del self.fields["instead_of"]
        else:
            self.fields["instead_of"].queryset = sent

    def carry_out(self, *, by):
        self.complaint.sign(by=by, instead_of=self.cleaned_data.get("instead_of"), at=self.at)


class ArriveForm(MoveForm):
    def carry_out(self, *, by):
        self.complaint.arrive(by=by, at=self.at)


def typed_finding(complaint, finding):
    """The finding, unless it is to be seen at the venue and not typed here."""
    if at_venue.needs_a_look(complaint, finding):
        raise forms.ValidationError(_("Record what was seen at the venue as a look there: it says this here as well."))
    return finding


class FindForm(MoveForm):
    """What was found where there is no venue. At a venue it is a look, which opens the violation there."""

    finding = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Finding"), choices=Complaint.Finding.choices, widget=forms.RadioSelect
    )
    text = words(_("In a sentence"), required=False)

    @property
    def elsewhere(self):
        return at_venue.where_to_look(self.complaint, self.officer)

    def clean_finding(self):
        return typed_finding(self.complaint, self.cleaned_data["finding"])

    def carry_out(self, *, by):
        self.complaint.find(by=by, finding=self.cleaned_data["finding"], text=self.cleaned_data["text"], at=self.at)


class StopForm(MoveForm):
    """The stop of what has no violation that still runs at the venue: that one is stopped there."""

    text = words(_("What was done"), required=False)

    @property
    def elsewhere(self):
        return at_venue.where_to_stop(self.complaint, self.officer)

    def clean(self):
        if at_venue.running(self.complaint) is not None:
            self.add_error(
                None, _("The violation at the venue still runs: record its stop there, it says this here as well.")
            )
        return super().clean()

    def carry_out(self, *, by):
        self.complaint.stop(by=by, text=self.cleaned_data["text"], at=self.at)


class AnswerForm(MoveForm):
    text = words(_("What the caller was told"))

    def carry_out(self, *, by):
        self.complaint.answer_at_once(by=by, text=self.cleaned_data["text"], at=self.at)


class ReasonForm(MoveForm):
    """A move that needs nothing but its reason; subclasses name the act."""

    act = ""
    reason = words(_("Reason"), error_messages={"required": _("Give the reason.")})

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


class SeparateForm(ReasonForm):
    act = "separate"


class ReopenForm(ReasonForm):
    act = "reopen"


class LeavingForm(MoveForm):
    """A move out of the handling, to somewhere else: where nothing was found yet it asks what was."""

    finding = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Finding"), choices=Complaint.Finding.choices, widget=forms.RadioSelect,
        help_text=_("The handling ends with this: say what was found."),
    )  # fmt: skip
    found = words(_("In a sentence"), required=False)

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        if self.complaint.status != Status.IN_PROGRESS or self.complaint.found_at is not None:
            del self.fields["finding"], self.fields["found"]
            return
        field, offered = self.fields["finding"], Complaint.Finding.choices
        field.widget.choices = [one for one in offered if not at_venue.needs_a_look(self.complaint, one[0])]
        if len(field.widget.choices) < len(offered):
            field.help_text = _(
                "What was seen at the venue is a look there. Here say in a sentence why it leaves the handling."
            )

    def clean_finding(self):
        return typed_finding(self.complaint, self.cleaned_data["finding"])

    @property
    def what_was_found(self):
        return {name: self.cleaned_data.get(name, "") for name in ("finding", "found")}


class TransferForm(LeavingForm):
    to = forms.CharField(label=_("Transferred to"), max_length=60, help_text=_("Police, telecom office …"))
    reason = words(_("Reason"), error_messages={"required": _("Give the reason.")})
    field_order = ["finding", "found", "to", "reason"]

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.transfer(by=by, to=said["to"], reason=said["reason"], at=self.at, **self.what_was_found)


class MergeForm(LeavingForm):
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
        self.complaint.merge(by=by, parent=self.cleaned_data["parent"], at=self.at, **self.what_was_found)
