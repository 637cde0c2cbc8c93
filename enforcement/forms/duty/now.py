"""What the acts of going on duty ask for: to whom, why, and what is written into the log."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from enforcement.duty.changing import who_may
from enforcement.models.duty import Custody, DutyLogEntry
from venues.forms.moments import DayField
from venues.moments import local_day


def post_of(text):
    """The post that an address names; the telephone when it names none."""
    return Custody.Post(text) if text in Custody.Post.values else Custody.Post.PHONE


class OfficerChoice(forms.ModelChoiceField):
    """An officer, by badge and name."""

    def label_from_instance(self, officer):
        return f"{officer.badge_no} {officer}" if officer.badge_no else str(officer)


class HandoverForm(forms.Form):
    incoming = OfficerChoice(
        label=_("Who takes over"),
        queryset=None,
        empty_label=_("choose"),
        error_messages={"required": _("Say who takes over.")},
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is open is filled in by itself; single matters can be added afterwards."),
    )  # fmt: skip

    def __init__(self, data=None, *, post, officer, **options):
        super().__init__(data, **options)
        able = {"can_lead": True} if post == Custody.Post.LEADER else {"can_hold_phone": True}
        people = who_may("enforcement.take_duty").filter(is_wall_screen=False, **able).exclude(badge_no=None)
        self.fields["incoming"].queryset = people.exclude(pk=officer.pk)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why it cannot be handed over.")},
    )  # fmt: skip


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class TextForm(forms.Form):
    """A matter, or an addendum, in somebody's own words."""

    text = forms.CharField(label=_("In words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class LogForm(forms.Form):
    """A line of the log; a correction has its kind from the entry that it corrects."""

    kind = forms.ChoiceField(label=_("Kind"), initial=DutyLogEntry.Kind.ENTRY)
    text = forms.CharField(
        label=_("Text of the entry"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A nil report needs no words."),
    )  # fmt: skip
    on = DayField(label=_("Date"), required=False, help_text=_("Empty: now."))
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, data=None, *, corrects=None, **options):
        super().__init__(data, **options)
        self.corrects = corrects
        self.fields["kind"].choices = [pair for pair in DutyLogEntry.Kind.choices if pair[0] != "correction"]
        if corrects is not None:
            del self.fields["kind"]
            self.fields["text"].required = True
            self.fields["text"].help_text = ""

    def clean(self):
        said = super().clean()
        if said.get("on") and not said.get("time") and "time" not in self.errors:
            self.add_error("time", _("Say the time as well."))
        if said.get("time") and not said.get("on") and "on" not in self.errors:
            self.add_error("on", _("Say the date as well."))
        return said

    def entry(self):
        """What is to be written, for DutyLogEntry.objects.write."""
        said = self.cleaned_data
        at = None
        if said.get("on"):
            at = datetime.datetime.combine(said["on"], said["time"], tzinfo=ZoneInfo(settings.TIME_ZONE))
        kind = "correction" if self.corrects else said["kind"]
        return {"kind": kind, "text": said["text"], "at": at, "corrects": self.corrects}


class LogFilter(forms.Form):
    """Which lines of the log; a filter that cannot be read finds none."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("all")), *DutyLogEntry.Kind.choices])
    until = DayField(label=_("Until (with that day)"), required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.order_fields(["q", "kind", "from", "until"])

    def rows(self, entries):
        if not self.is_valid():
            return entries.none()
        said = self.cleaned_data
        if said["q"]:
            entries = entries.filter(text__icontains=said["q"])
        if said["kind"]:
            entries = entries.filter(kind=said["kind"])
        if said["from"]:
            entries = entries.filter(at__gte=local_day(said["from"])[0])
        if said["until"]:
            entries = entries.filter(at__lt=local_day(said["until"])[1])
        return entries
