"""Forms of the registry: the filters of the venue list, and the place that holds no licence."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.models import Category, Division, Venue
from venues.search import LONGEST_QUERY

_ANY = ("", _("all"))


class VenueFilterForm(forms.Form):
    """The filters of the list as they stand in the address. Categories go by slug, divisions by code."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=LONGEST_QUERY, widget=forms.TextInput(attrs={"type": "search"})
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    district = forms.ChoiceField(label=_("District or county"), required=False)
    street = forms.ChoiceField(label=_("Street or town"), required=False)
    status = forms.ChoiceField(
        label=_("Operating status"), required=False, choices=[_ANY, *Venue.OperatingStatus.choices]
    )
    licence = forms.ChoiceField(
        label=_("Licence"),
        required=False,
        choices=[_ANY, ("ended", _("expired")), ("soon", _("ends within 60 days")), ("unknown", _("no date entered"))],
    )
    phone = forms.ChoiceField(
        label=_("Telephone"), required=False, choices=[_ANY, ("with", _("with")), ("without", _("without"))]
    )

    def __init__(self, data):
        super().__init__(data)
        self.categories = list(Category.objects.all())
        district = data.get("district", "")
        wanted = Q(level=Division.Level.DISTRICT) | Q(level=Division.Level.STREET, parent__code=district)
        divisions = list(Division.objects.filter(wanted))
        self.districts = [division for division in divisions if division.level == Division.Level.DISTRICT]
        self.streets = [division for division in divisions if division.level == Division.Level.STREET]
        self.fields["category"].choices = [_ANY, *((c.slug, c.name) for c in self.categories)]
        self.fields["district"].choices = [_ANY, *((d.code, d.name) for d in self.districts)]
        self.fields["street"].choices = [_ANY, *((d.code, d.name) for d in self.streets)]
        if data.get("street") not in {d.code for d in self.streets}:  # of another district: it was chosen before
            self.data = data.copy()
            self.data["street"] = ""

    @property
    def selects(self):
        """The filters that are choices; the streets stand apart, because they follow the district."""
        return [field for field in self if field.name not in ("q", "street")]

    @property
    def in_use(self):
        """The names of the filters that are set."""
        return [name for name, value in self.cleaned_data.items() if value]

    def venues(self):
        """The venues that pass, in the order of the list; none when a filter says what does not exist."""
        if not self.is_valid():
            return Venue.objects.none()
        found = Venue.objects.listed().matching(self.cleaned_data["q"])
        chosen = self.cleaned_data
        if chosen["category"]:
            found = found.filter(category=_by("slug", self.categories, chosen["category"]))
        if chosen["district"]:
            found = found.filter(district=_by("code", self.districts, chosen["district"]))
        if chosen["street"]:
            found = found.filter(street=_by("code", self.streets, chosen["street"]))
        if chosen["status"]:
            found = found.filter(operating_status=chosen["status"])
        if chosen["phone"]:
            found = found.with_phone() if chosen["phone"] == "with" else found.without_phone()
        if chosen["licence"]:
            found = self._by_licence(found, chosen["licence"])
        return found

    @staticmethod
    def _by_licence(found, which):
        today = timezone.localdate()
        if which == "unknown":
            return found.licence_unknown()
        return found.licence_ended(today) if which == "ended" else found.licence_ends_soon(today)


def _by(key, rows, value):
    return next(row for row in rows if getattr(row, key) == value)


class UnlicensedForm(forms.Form):
    """What is known on the spot of a place that is not in the registry."""

    place = forms.CharField(
        label=_("Place"),
        max_length=120,
        help_text=_("The sign, or where it is: street, house, floor, behind which shop."),
    )
    district = forms.ModelChoiceField(label=_("District or county"), queryset=Division.objects.none())
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = Division.objects.districts().valid(timezone.localdate())
        self.fields["category"].queryset = Category.objects.filter(retired=False)
