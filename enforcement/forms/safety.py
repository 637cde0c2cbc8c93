"""What is asked about health, isolation and disinfection; and the moment at which the day is looked at."""

import re

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.forms.duty.now import OfficerChoice
from enforcement.models.safety import COLDEST, HOTTEST, HealthCheck
from venues.forms.moments import MomentField, MomentInput, MomentMixin

_NO_SYMPTOM = {"无", "没有", "无症状", "正常", "none", "no", "nil", "-", "—", "/", "0"}
_AROUND = re.compile(r"[\s℃]|°\s*c?", re.IGNORECASE)


class TemperatureField(forms.DecimalField):
    """36.5 as people type it: with a sign for degrees, a comma, full-width digits."""

    def __init__(self, **options):
        words = _("The temperature lies between 34.0 and 43.0 °C.")
        typed = _("Type the temperature like 36.5.")
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "36.5"})
        super().__init__(
            min_value=COLDEST, max_value=HOTTEST, max_digits=3, decimal_places=1, widget=widget,
            error_messages={
                "min_value": words, "max_value": words, "invalid": typed, "max_digits": typed,
                "max_decimal_places": typed, "max_whole_digits": words,
            },
            **options,
        )  # fmt: skip

    def to_python(self, value):
        if isinstance(value, str):
            value = _AROUND.sub("", value).translate(str.maketrans("，。．,", "...."))
        return super().to_python(value)


class CheckForm(forms.Form):
    """One's own measurement."""

    slot = forms.ChoiceField(label=_("When in the shift"), choices=HealthCheck.Slot.choices)
    temperature = TemperatureField(label=_("Temperature (°C)"))
    symptoms = forms.CharField(
        label=_("Symptoms"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Fever, cough, sore throat, shortness of breath … Empty: none."),
    )  # fmt: skip
    contact = forms.BooleanField(label=_("Contact with a case or a region at risk"), required=False)

    def clean_symptoms(self):
        said = self.cleaned_data["symptoms"].strip()
        return "" if said.rstrip("。.").lower() in _NO_SYMPTOM else said


def _at_work():
    return get_user_model().objects.active().filter(is_wall_screen=False).order_by("badge_no", "username")


class RecordForm(CheckForm, MomentMixin):
    """The measurement of another; a supervisor may send him off duty whatever was measured."""

    moment_label = _("Measured")
    officer = OfficerChoice(label=_("Officer"), queryset=None, empty_label=_("choose"))
    off_duty = forms.BooleanField(label=_("Send off duty"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["officer"].queryset = _at_work()

    def values(self):
        said = self.cleaned_data
        values = {name: said[name] for name in ("officer", "slot", "temperature", "symptoms", "contact", "off_duty")}
        return values | {"measured_at": _not_ahead(said["at"])}


def _not_ahead(moment):
    """A moment of the form, which counts in minutes: that of the minute that runs is now."""
    now = timezone.now()
    return now if moment > now and moment.replace(second=0) <= now.replace(microsecond=0) else moment


class IsolationForm(forms.Form):
    officer = OfficerChoice(label=_("Officer"), queryset=None, empty_label=_("choose"))
    start = MomentField(label=pgettext_lazy("moment", "From"), widget=MomentInput)
    end = MomentField(label=pgettext_lazy("moment", "Until"), required=False, help_text=_("Empty: nobody knows yet."))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    place = forms.CharField(label=_("Place"), max_length=80, required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["officer"].queryset = _at_work()


class IsolationEndForm(forms.Form):
    end = MomentField(
        label=pgettext_lazy("moment", "Until"),
        help_text=_("May lie ahead, when the day of release is known."),
    )


class DisinfectionForm(MomentMixin):
    moment_label = _("When")
    place = forms.CharField(label=_("Place"), max_length=80)
    agent = forms.CharField(
        label=_("Agent and concentration"), max_length=80, help_text=_("For example: 84 disinfectant, 500 mg/L.")
    )
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)

    field_order = ["place", "agent", "remark"]

    def values(self):
        said = self.cleaned_data
        return {name: said[name] for name in ("place", "agent", "remark")} | {"done_at": _not_ahead(said["at"])}


SHOWN = {
    "": pgettext_lazy("people", "All"),
    "on_duty": _("on duty"),
    "checked": _("checked"),
    "unchecked": _("not checked"),
    "abnormal": _("not cleared"),
}
