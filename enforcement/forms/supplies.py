"""What the pages of supplies ask for: an item, a movement, a count, a shift's share, a reversal; and the filters of the lists."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.forms.duty.now import OfficerChoice
from enforcement.models.supplies import MOST, SupplyItem
from enforcement.models.supply_movements import SupplyMovement
from venues.forms.moments import DayField
from venues.moments import local_day

Kind = SupplyMovement.Kind
BY_HAND = [kind for kind in Kind if kind in SupplyMovement.INCOMING | SupplyMovement.OUTGOING]
FLOW_WORDS = {
    "received": pgettext_lazy("supplies", "Received"),
    "donated": _("Donated"),
    "issued": pgettext_lazy("supplies", "Issued"),
}


def _amount(label, *, least=1, **options):
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": least, "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=least, max_value=MOST, widget=widget, **options)


def _cause(**options):
    options.setdefault("label", _("Cause or remark"))
    return forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)


class WhenMixin(forms.Form):
    """`on` and `time`, both optional; `at` is the moment they mean: nothing said is now, a date alone is the end of that day (of
    today: now), a time alone is today's."""

    on = DayField(
        label=_("Date"), required=False, help_text=_("Empty: now. A date without a time is the end of that day.")
    )
    time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    @property
    def at(self):
        on, time, now = self.cleaned_data.get("on"), self.cleaned_data.get("time"), timezone.now()
        if not on and not time:
            return None
        on = on or timezone.localdate(now)
        if time:
            return datetime.datetime.combine(on, time, tzinfo=ZoneInfo(settings.TIME_ZONE))
        return None if on == timezone.localdate(now) else local_day(on)[1]


class ItemForm(forms.ModelForm):
    class Meta:
        model = SupplyItem
        fields = ["category", "name", "unit", "spec", "low_level", "norm", "is_active"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk is None:
            del self.fields["is_active"]


class MoveForm(WhenMixin):
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in BY_HAND])
    quantity = _amount(pgettext_lazy("supplies", "Amount"))
    donor = forms.CharField(
        label=_("Donor"), max_length=80, required=False, help_text=_("Of a donation: who gave it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    issued_to = OfficerChoice(
        label=_("Issued to"),
        queryset=None,
        required=False,
        empty_label=_("nobody"),
        help_text=_("Of an issue: which officer."),
    )
    cause = _cause(required=False, help_text=_("Of a loss: why."))
    field_order = ["kind", "quantity", "donor", "issued_to", "cause", "on", "time"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["issued_to"].queryset = get_user_model().objects.active().filter(is_wall_screen=False)

    def clean(self):
        said = super().clean()
        kind = said.get("kind")
        if kind == Kind.DONATION and not said.get("donor") and "donor" not in self.errors:
            self.add_error("donor", _("Name the donor."))
        if kind == Kind.ISSUE and not said.get("issued_to") and "issued_to" not in self.errors:
            self.add_error("issued_to", _("Say to whom."))
        if kind == Kind.LOSS and not said.get("cause") and "cause" not in self.errors:
            self.add_error("cause", _("Say the cause."))
        return said

    def move(self, item, *, by):
        """Do it to the item; the movement."""
        said = self.cleaned_data
        more = {"by": by, "quantity": said["quantity"], "cause": said["cause"], "at": self.at}
        match said["kind"]:
            case Kind.ISSUE:
                return item.issue(to=said["issued_to"], **more)
            case Kind.USE:
                return item.use(**more)
            case Kind.LOSS:
                return item.lose(**more)
        return item.receive(kind=said["kind"], donor=said["donor"], **more)


class CountForm(WhenMixin):
    counted = _amount(_("Counted in store"), least=0)
    cause = _cause(required=False, help_text=_("Needed when it differs from the books."))
    known = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["counted", "cause", "on", "time"]


class ReverseForm(WhenMixin):
    cause = _cause(label=_("Cause"))
    whole = forms.BooleanField(label=_("Reverse everything that was issued in this step"), required=False)
    field_order = ["cause", "whole", "on", "time"]

    def __init__(self, *args, in_batch, **options):
        super().__init__(*args, **options)
        if in_batch < 2:
            del self.fields["whole"]
        del self.fields["on"], self.fields["time"]  # it is taken back now; until then people reckoned with it


class IssueForm(WhenMixin):
    """So many of each supply to each officer of a crew; a field `each_<pk>` for every item of which there is something."""

    officers = forms.ModelMultipleChoiceField(
        label=_("Officers"), queryset=None, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one officer.")},
    )  # fmt: skip
    cause = _cause(label=_("Remark"), required=False)

    def __init__(self, *args, items, officers, **options):
        super().__init__(*args, **options)
        people = get_user_model().objects.filter(pk__in=[officer.pk for officer in officers])
        self.fields["officers"].queryset = people
        self.fields["officers"].initial = [officer.pk for officer in officers]
        self.items = items
        for item in items:
            self.fields[f"each_{item.pk}"] = _amount(item.name, required=False)

    @property
    def shares(self):
        """(item, its field) in the order of the list."""
        return [(item, self[f"each_{item.pk}"]) for item in self.items]

    @property
    def amounts(self):
        said = {item: self.cleaned_data.get(f"each_{item.pk}") for item in self.items}
        return {item: each for item, each in said.items() if each}

    def clean(self):
        said = super().clean()
        if not self.errors and not self.amounts:
            raise forms.ValidationError(_("Say of at least one supply how many each gets."))
        return said


# --- filters ----------------------------------------------------------------------------------------------------------
def _choice(label, choices):
    return forms.ChoiceField(label=label, required=False, choices=[("", _("all")), *choices])


class StockFilter(forms.Form):
    category = _choice(_("Category"), SupplyItem.Category.choices)
    low = forms.BooleanField(label=_("Low only"), required=False)

    def rows(self, rows):
        if not self.is_valid():
            return []
        said = self.cleaned_data
        rows = [row for row in rows if not said["category"] or row.item.category == said["category"]]
        return [row for row in rows if row.low or not said["low"]]


class MovementFilter(forms.Form):
    """Which movements; a filter that cannot be read finds none."""

    category = _choice(_("Category"), SupplyItem.Category.choices)
    flow = _choice(_("Counts as"), FLOW_WORDS.items())
    kind = _choice(_("Kind"), Kind.choices)
    until = DayField(label=_("Until (with that day)"), required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.fields["officer"] = OfficerChoice(
            label=_("Issued to"), queryset=get_user_model().objects.all(), required=False, empty_label=_("all")
        )
        self.fields["supply"] = forms.ModelChoiceField(
            label=_("Supply"), queryset=SupplyItem.objects.all(), required=False, empty_label=_("all")
        )
        self.order_fields(["supply", "category", "flow", "kind", "officer", "from", "until"])

    def rows(self, movements):
        if not self.is_valid():
            return movements.none()
        said = self.cleaned_data
        if said["supply"]:
            movements = movements.filter(item=said["supply"])
        if said["category"]:
            movements = movements.filter(item__category=said["category"])
        if said["flow"]:
            movements = movements.flow(said["flow"])
        if said["kind"]:
            movements = movements.filter(kind=said["kind"])
        if said["officer"]:
            movements = movements.filter(issued_to=said["officer"])
        if said["from"]:
            movements = movements.filter(at__gt=local_day(said["from"])[0])
        if said["until"]:
            movements = movements.filter(at__lte=local_day(said["until"])[1])
        return movements
