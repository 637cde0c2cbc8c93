"""The forms of a call: the call form in the order of speech, and the short one for rings without a complaint."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import Call, Channel, Complaint, Kind, Topic, Urgency
from venues.cleaning import clean_phone
from venues.forms.moments import DayField, MomentField, MomentMixin
from venues.forms.picker import Picked, VenueField
from venues.models import Division
from venues.secrets import is_telephone

_SALT = "complaints.call.opened"
LONGEST_WAIT = datetime.timedelta(days=7)  # a form that was begun longer ago tells nothing about the ring
FEWEST_DIGITS = 3  # 110 and 12345 call too


class Choices(forms.RadioSelect):
    """Radio buttons that the template draws itself, with their keys."""


class CallVenueField(VenueField):
    """A venue that may stay open: words that match nothing never keep a call from being saved."""

    def to_python(self, value):
        return super().to_python(value) if value and value.pk else None


class NumberMixin(forms.Form):
    """The caller's number, or that it is withheld."""

    number = forms.CharField(
        label=_("Caller's number"), required=False, max_length=30,
        widget=forms.TextInput(attrs={
            "inputmode": "tel", "autocomplete": "off", "autofocus": True, "spellcheck": "false",
            "data-speech": "number",
        }),
    )  # fmt: skip
    withheld = forms.BooleanField(label=_("withheld"), required=False)

    def clean_number(self):
        number = clean_phone(self.cleaned_data["number"])
        if number and sum(character.isdigit() for character in number) < FEWEST_DIGITS:
            raise forms.ValidationError(_("This is no telephone number. If it is not shown, tick “withheld”."))
        return number

    def require_number(self):
        """One of the two: nobody leaves the number out by oversight."""
        withheld = self.cleaned_data.get("withheld")
        number = self.cleaned_data.get("number")
        if number and withheld:
            self.add_error("number", _("Either the number or “withheld”."))
        if not number and not withheld and "number" not in self.errors:
            self.add_error("number", _("Type the number, or tick “withheld”."))


class CallForm(NumberMixin):
    """One call, in the order in which people speak. Refuses nothing that is not needed to save."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    began = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    channel = forms.ModelChoiceField(label=_("Came in by"), queryset=Channel.objects.none(), empty_label=None)
    venue = CallVenueField(label=_("Venue"), required=False)
    place = forms.CharField(
        label=_("or the place in words"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-speech": "place"}),
    )  # fmt: skip
    place_unclear = forms.BooleanField(label=_("place unclear"), required=False)
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.none(), empty_label=None, widget=Choices,
        error_messages={"required": _("Choose what it is about.")},
    )  # fmt: skip
    ongoing = forms.ChoiceField(
        label=_("Going on now?"), required=False, choices=Complaint.Ongoing.choices, widget=Choices
    )
    content = forms.CharField(
        label=_("What is said"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "data-speech": "content"}),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Answered at once: what the caller was told"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip
    district = forms.ModelChoiceField(
        label=_("District or county"),
        queryset=Division.objects.none(),
        required=False,
        empty_label=None,
        widget=Choices,
    )
    street = forms.ModelChoiceField(
        label=_("Street or town"), queryset=Division.objects.none(), required=False, empty_label=_("not known")
    )
    name = forms.CharField(
        label=_("Caller's name"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-speech": "name"}),
    )  # fmt: skip
    confidential = forms.BooleanField(label=_("keep confidential"), required=False)
    wants_reply = forms.BooleanField(label=_("wants an answer"), required=False)
    reply_when = forms.CharField(
        label=_("When to call"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("as proposed")), *Urgency.choices], widget=Choices
    )
    urgency_reason = forms.CharField(label=_("Reason for another urgency"), required=False, max_length=200)
    read_back_ok = forms.BooleanField(label=_("read back and confirmed"), required=False)
    # folded away
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("as the topic says")), *Kind.choices])
    people = forms.IntegerField(
        label=_("People"),
        required=False,
        min_value=0,
        max_value=99999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    happened_on = DayField(label=_("Happened on"), required=False)
    happened_time = forms.TimeField(label=_("at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    external_no = forms.CharField(label=_("External no."), required=False, max_length=60)
    external_deadline = MomentField(
        label=_("External deadline"),
        required=False,
        help_text=_("Only of a hotline that passes sheets on, like 12345."),
    )
    received_on = DayField(label=_("Call came on"), required=False)
    received_time = forms.TimeField(label=_("at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    DEFAULTS = {"confidential": True, "wants_reply": True, "urgency": "", "ongoing": ""}
    MORE = (
        "kind",
        "people",
        "happened_on",
        "happened_time",
        "external_no",
        "external_deadline",
        "received_on",
        "received_time",
    )

    def __init__(self, *args, officer, draft=None, **options):
        initial = {
            **self.DEFAULTS,
            "channel": Channel.objects.filter(slug="unit_phone").first(),
            "opened": opened_now(),
        }
        if draft is not None:
            initial = as_initial(draft, self.base_fields)
        super().__init__(*args, initial=initial, **options)
        today = timezone.localdate()
        self.fields["channel"].queryset = Channel.objects.valid(today)
        self.fields["topic"].queryset = Topic.objects.filter(retired=False)
        self.fields["district"].queryset = Division.objects.districts().valid(today)
        self.fields["street"].queryset = Division.objects.streets().valid(today).select_related("parent")
        self.fields["venue"].user = officer
        self.fields["number"].widget.attrs |= {
            "hx-post": reverse("complaints:call_history"), "hx-trigger": "ask",
            "hx-target": "#call_history", "hx-params": "number,csrfmiddlewaretoken", "hx-sync": "this:replace",
        }  # fmt: skip
        self.topics, self.districts = list(self.fields["topic"].queryset), list(self.fields["district"].queryset)
        self.streets = list(self.fields["street"].queryset)
        self.external_channels = [channel.pk for channel in self.fields["channel"].queryset if channel.external]
        if not officer.has_perm("complaints.answer_complaint"):
            del self.fields["answer"]

    def clean(self):
        cleaned = super().clean()
        self.require_number()
        if not cleaned.get("content", "").strip():
            self.add_error("content", _("Write down what was said."))
        somewhere = cleaned.get("venue") or cleaned.get("place") or cleaned.get("place_unclear")
        if not somewhere and "venue" not in self.errors:
            self.add_error("place", _("Name the venue or the place, or say that it is unclear."))
        if cleaned.get("topic") and not self._has_reason(cleaned):
            self.add_error("urgency_reason", _("Another urgency than the proposed one needs its reason."))
        if is_telephone(cleaned.get("external_no", "")):
            self.add_error("external_no", _("This is a telephone number. Type the number of the sheet."))
        elif cleaned.get("external_no") and self._is_known(cleaned):
            self.add_error("external_no", _("There is already a complaint with this external no."))
        cleaned["occurred_at"] = self._moment("happened")
        cleaned["backfilled_at"] = self._moment("received")
        if cleaned["backfilled_at"] and cleaned["backfilled_at"] > timezone.now():
            self.add_error("received_on", _("This moment lies in the future."))
        if cleaned.get("external_deadline") and "external_deadline" not in self.errors:
            self._check_deadline(cleaned)
        return cleaned

    def _check_deadline(self, cleaned):
        channel, came = cleaned.get("channel"), cleaned["backfilled_at"] or timezone.now()
        if channel is not None and not channel.external:
            self.add_error(
                "external_deadline", _("Only a hotline that passes sheets on sets a deadline: choose it above.")
            )
        elif cleaned["external_deadline"] <= came:
            self.add_error("external_deadline", _("The deadline lies before the call."))

    @staticmethod
    def _has_reason(cleaned):
        proposed = cleaned["topic"].propose(cleaned.get("ongoing") == Complaint.Ongoing.YES)
        return cleaned.get("urgency") in ("", None, proposed) or bool(cleaned.get("urgency_reason", "").strip())

    @staticmethod
    def _is_known(cleaned):
        return Complaint.objects.filter(channel=cleaned.get("channel"), external_no=cleaned["external_no"]).exists()

    def _moment(self, what):
        """Date and time of a pair of fields, or None; a half of it is refused."""
        on, time = self.cleaned_data.get(f"{what}_on"), self.cleaned_data.get(f"{what}_time")
        if on and time:
            return datetime.datetime.combine(on, time, tzinfo=ZoneInfo(settings.TIME_ZONE))
        if (on or time) and not {f"{what}_on", f"{what}_time"} & set(self.errors):
            self.add_error(f"{what}_on" if time else f"{what}_time", _("Enter both the date and the time."))
        return None

    def call(self):
        """What every call has: the keyword arguments of `register`, `add_call` and `log` in common."""
        said = self.cleaned_data
        return {
            "channel": said["channel"], "number": said["number"],
            "at": said.get("backfilled_at") or rang_at(said.get("opened"), said.get("began")),
        }  # fmt: skip

    def complaint(self):
        """The keyword arguments of `Complaint.objects.register`."""
        said = self.cleaned_data
        names = ("topic", "content", "name", "venue", "place", "place_unclear", "district", "street", "people",
                 "wants_reply", "reply_when", "confidential", "read_back_ok", "urgency", "urgency_reason",
                 "external_no", "external_deadline", "kind", "occurred_at")  # fmt: skip
        call = self.call()
        return {
            **{name: said[name] for name in names}, "channel": call["channel"], "number": call["number"],
            "received_at": call["at"], "backfilled": said["backfilled_at"] is not None,
            "ongoing": said["ongoing"] or Complaint.Ongoing.UNKNOWN,
        }  # fmt: skip


class RingForm(CallForm):
    """The same fields when the call makes no complaint (silent, nuisance …) or is added to one: only what is kept of it then
    is looked at, and the number may be missing."""

    KEPT = {"channel", "number", "content", "name", "received_on", "received_time"}

    def clean(self):
        cleaned = self.cleaned_data
        for name in set(self.errors) - self.KEPT:
            del self._errors[name]
        cleaned["backfilled_at"] = self._moment("received")
        if cleaned["backfilled_at"] and cleaned["backfilled_at"] > timezone.now():
            self.add_error("received_on", _("This moment lies in the future."))
        return cleaned


class MissedForm(NumberMixin, MomentMixin):
    """A ring without a complaint, noted afterwards: missed at night, silent, nuisance."""

    moment_label = _("Rang at")
    result = forms.ChoiceField(
        label=_("Result"), initial=Call.Result.MISSED, widget=forms.RadioSelect,
        choices=[choice for choice in Call.Result.choices if choice[0] != Call.Result.VALID],
    )  # fmt: skip
    channel = forms.ModelChoiceField(label=_("Came in by"), queryset=Channel.objects.none(), empty_label=None)
    remark = forms.CharField(label=_("Remark"), required=False, max_length=200)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        lines = Channel.objects.valid(timezone.localdate()).filter(by_telephone=True)
        self.fields["channel"].queryset, self.fields["channel"].initial = lines, lines.filter(slug="unit_phone").first()

    def clean(self):
        cleaned = super().clean()
        self.require_number()
        if cleaned.get("at") and cleaned["at"] > timezone.now():
            self.add_error("on", _("This moment lies in the future."))
        return cleaned


def as_initial(typed, fields):
    """The initial values of a form from what a draft keeps ({name: text}); a box that is not in it is not ticked."""
    initial = {}
    for name, field in fields.items():
        if isinstance(field, VenueField):
            initial[name] = Picked(typed.get(name, ""), typed.get(f"{name}_q", ""))
        elif isinstance(field, forms.BooleanField):
            initial[name] = name in typed
        else:
            initial[name] = typed.get(name, "")
    return initial


def draft_names():
    """The fields that a draft keeps."""
    return [*CallForm.base_fields, "venue_q"]


def opened_now():
    """A signed note of when the form was opened, so that nobody's clock but the server's counts."""
    return signing.dumps(timezone.now().timestamp(), salt=_SALT)


def rang_at(opened, began):
    """When the telephone rang: the form was opened, and `began` seconds later the first key was pressed. Never later
    than now; now when the note is missing, damaged or too old."""
    now = timezone.now()
    try:
        moment = datetime.datetime.fromtimestamp(signing.loads(opened or "", salt=_SALT), tz=datetime.UTC)
        moment += datetime.timedelta(seconds=began) if began is not None else now - moment
    except (signing.BadSignature, OverflowError, TypeError, ValueError):
        return now
    return moment if now - LONGEST_WAIT < moment <= now else now
