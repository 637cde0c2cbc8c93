"""The filter of the auditor's page: which trail, whose acts, which act, from when until when; it lives in the URL."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from enforcement.models.audit import ACTS
from enforcement.trail_kinds import BY_KEY, TRAILS
from enforcement.trails import Asked
from venues.forms.moments import DayField
from venues.moments import local_day


class ComplaintField(forms.ModelChoiceField):
    """A complaint by its number, typed or out of a link."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})
    default_error_messages = {"invalid_choice": _("There is no complaint with this number.")}

    def to_python(self, value):
        return super().to_python((value or "").strip().upper())


class TrailFilter(forms.Form):
    trail = forms.ChoiceField(label=_("Trail"), required=False)
    officer = forms.ModelChoiceField(
        label=_("Officer"), required=False, queryset=get_user_model().objects.none(), empty_label=_("all")
    )
    act = forms.ChoiceField(label=_("Act of an officer"), required=False)
    complaint = ComplaintField(
        label=_("Complaint no."), required=False, queryset=Complaint.objects.all(), to_field_name="number"
    )

    def __init__(self, data):
        super().__init__(data)
        self.fields["trail"].choices = [("", _("all")), *((trail.key, trail.label) for trail in TRAILS)]
        self.fields["act"].choices = [("", _("all")), *ACTS.items()]
        self.fields["officer"].queryset = get_user_model().objects.order_by("badge_no", "username")
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.fields["until"] = DayField(label=_("Until (with that day)"), required=False)

    def asked(self):
        """The trails.Asked of this form; None when it cannot be read, for a list of everything would be a wrong answer."""
        if not self.is_valid():
            return None
        said = self.cleaned_data
        return Asked(
            trail=BY_KEY.get(said["trail"]),
            officer=said["officer"],
            act=said["act"],
            complaint=said["complaint"],
            start=said["from"] and local_day(said["from"])[0],
            end=said["until"] and local_day(said["until"])[1],
        )

    @property
    def in_words(self):
        """What is filtered by, for the audit trail: {field: what was chosen}."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}
