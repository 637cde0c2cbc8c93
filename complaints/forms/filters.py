"""The filters of the list of complaints, in its address. Nobody is found here by a telephone number."""

import re

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.clocks import overdue
from complaints.models import Channel, Topic, Urgency
from complaints.workflow import OPEN, Status
from venues.forms.moments import DayField
from venues.models import Division, Venue
from venues.moments import local_day
from venues.search import LONGEST_QUERY
from venues.secrets import is_telephone

_ALL = ("", _("all"))
_DIGITS = re.compile(r"\d[\d -]*\d[\d -]*\d")  # three digits: what was said is not searched for a part of a number


_APART = re.compile(r"[\s,;，；、]+")


def _choice(label, choices):
    return forms.ChoiceField(label=label, required=False, choices=[_ALL, *choices])


def _row(label, queryset, key):
    return forms.ModelChoiceField(
        label=label, queryset=queryset, required=False, empty_label=_("all"), to_field_name=key
    )


class ComplaintFilter(forms.Form):
    """Which complaints; `rows(complaints)` are those that fit."""

    q = forms.CharField(
        label=_("No., place, venue or words"), required=False, max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    status = _choice(_("Status"), [("open", _("open")), *Status.choices])
    urgency = _choice(_("Urgency"), Urgency.choices)
    topic = _row(_("Topic"), Topic.objects.all(), "slug")
    channel = _row(_("Came in by"), Channel.objects.all(), "slug")
    district = _row(_("District"), Division.objects.districts(), "code")
    assignee = _row(_("Sent to"), get_user_model().objects.active(), "pk")
    until = DayField(label=_("Until (with that day)"), required=False)
    overdue = forms.BooleanField(label=_("late"), required=False)
    not_told = forms.BooleanField(label=_("caller not told"), required=False)
    field_order = [
        "q",
        "status",
        "urgency",
        "topic",
        "district",
        "channel",
        "assignee",
        "from",
        "until",
        "overdue",
        "not_told",
    ]

    def __init__(self, data):
        super().__init__(data)
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.order_fields(self.field_order)

    def clean_q(self):
        """A telephone number finds nothing here, and must not go on in further addresses."""
        text = self.cleaned_data["q"].strip()
        if any(is_telephone(part) for part in (text, *_APART.split(text))):
            raise forms.ValidationError(
                _("A telephone number is looked for under “Find by number”, in no address."), "telephone"
            )
        return text

    @property
    def asks_for_a_number(self):
        return self.has_error("q", "telephone")

    def rows(self, complaints, now=None):
        """The complaints that fit; none when a filter cannot be read, for a list of everything would be a wrong answer."""
        if not self.is_valid():
            return complaints.none()
        said = self.cleaned_data
        if said["status"] == "open":
            complaints = complaints.filter(status__in=OPEN)
        elif said["status"]:
            complaints = complaints.filter(status=said["status"])
        for name in ("urgency", "topic", "channel", "district"):
            if said[name]:
                complaints = complaints.filter(**{name: said[name]})
        if said["assignee"]:
            complaints = complaints.filter(assignees=said["assignee"])
        if said["from"]:
            complaints = complaints.filter(received_at__gte=local_day(said["from"])[0])
        if said["until"]:
            complaints = complaints.filter(received_at__lt=local_day(said["until"])[1])
        if said["overdue"]:
            complaints = overdue(complaints, now or timezone.now())
        if said["not_told"]:
            complaints = complaints.caller_owed()
        return _searched(complaints, said["q"]) if said["q"] else complaints

    @property
    def in_use(self):
        """The names of the filters that are set."""
        return [name for name, value in self.cleaned_data.items() if value]


def _searched(complaints, text):
    places = Q(number__icontains=text) | Q(external_no__iexact=text) | Q(place__icontains=text)
    places |= Q(venue__in=Venue.objects.matching(text).order_by().values("pk"))
    if not _DIGITS.search(text):
        places |= Q(content__icontains=text)
    return complaints.filter(places)
