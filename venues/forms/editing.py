"""Forms of the administration: a venue, a category, a division, each with the rules that a person can break."""

import re

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.cleaning import clean_code, clean_phone, clean_text
from venues.models import Category, Division, Target, Venue

_TEXTS = ("name", "sign_name", "grade", "legal_rep", "manager", "address", "remark")


class VenueForm(forms.ModelForm):
    """A venue as an editor types it: cleaned like an imported row; the street lies in the district."""

    class Meta:
        model = Venue
        fields = [
            "name", "sign_name", "category", "grade", "operating_status", "remark", "licence_no", "licence_until",
            "licence_long_term", "uscc", "size", "legal_rep", "manager", "phone", "phone_2", "district", "street",
            "address", "latitude", "longitude", "coordinate_system",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"category", "district", "street"} & set(self.fields):
            _without_side_doors(self.fields[name])
        if "district" in self.fields:
            self.fields["district"].queryset = Division.objects.districts()
        if "street" in self.fields:
            self.fields["street"].queryset = Division.objects.streets()
            self.fields["street"].choices = _streets_by_district()

    def clean(self):
        cleaned = super().clean()
        for name in _TEXTS:
            if name in cleaned:
                cleaned[name] = clean_text(cleaned[name])
        for name in ("licence_no", "uscc"):
            if name in cleaned:
                cleaned[name] = clean_code(cleaned[name])
        for name in ("phone", "phone_2"):
            if name in cleaned:
                cleaned[name] = clean_phone(cleaned[name])
        if not cleaned.get("name", "x"):
            self.add_error("name", gettext("Give the name as it stands on the licence or the sign."))
        self._check_places(cleaned)
        return cleaned

    def _check_places(self, cleaned):
        street, district = cleaned.get("street"), cleaned.get("district")
        if street and district and street.parent_id != district.pk:
            words = {"street": street, "district": street.parent, "chosen": district}
            self.add_error(
                "street", gettext("%(street)s belongs to %(district)s, not to %(chosen)s. Change one of them.") % words
            )
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", gettext("A position has both latitude and longitude."))
        if cleaned.get("licence_until") and cleaned.get("licence_long_term"):
            self.add_error("licence_long_term", gettext("A licence without end date is valid until no date."))


def _without_side_doors(field):
    """No buttons beside a choice that lead away from the form."""
    for door in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
        setattr(field.widget, door, False)


def _streets_by_district():
    """The choices of a street: grouped by district, because streets of several districts have the same name."""
    groups = {}
    for street in Division.objects.streets().select_related("parent").order_by("parent__code", "code"):
        groups.setdefault(str(street.parent), []).append((street.pk, street.name))
    return [("", "—"), *groups.items()]


class CategoryForm(forms.ModelForm):
    """A category; its other names are typed one a line and belong to one category only."""

    aliases = forms.CharField(
        label=_("Other names in office lists"), required=False, widget=forms.Textarea(attrs={"rows": 8, "cols": 40}),
        help_text=_("One a line. The import knows the category of a row, a sheet or a title by these names."),
    )  # fmt: skip

    class Meta:
        model = Category
        fields = [
            "slug", "name_zh", "name_en", "licence_type", "grade_kind", "shut_from", "shut_until", "recheck_hours",
            "aliases", "position", "retired",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["aliases"] = "\n".join(self.instance.aliases)

    def clean_aliases(self):
        names = dict.fromkeys(clean_text(line) for line in self.cleaned_data["aliases"].splitlines())
        names = [name for name in names if name]
        for other in Category.objects.exclude(pk=self.instance.pk):
            for name in {*other.aliases, other.name_zh} & set(names):
                raise forms.ValidationError(
                    gettext("“%(name)s” is already a name of %(category)s.") % {"name": name, "category": other}
                )
        return names


class DivisionForm(forms.ModelForm):
    """A division: the code of the standard by its level, and a place in the level above."""

    DIGITS = {Division.Level.CITY: 6, Division.Level.DISTRICT: 6, Division.Level.STREET: 9}
    ABOVE = {Division.Level.DISTRICT: Division.Level.CITY, Division.Level.STREET: Division.Level.DISTRICT}

    class Meta:
        model = Division
        fields = ["code", "name", "level", "parent", "nonstandard", "valid_from", "valid_until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            _without_side_doors(self.fields["parent"])
            self.fields["parent"].queryset = Division.objects.exclude(level=Division.Level.STREET)

    def clean_code(self):
        """Figures and orders are kept by the code: that of a division with venues is not changed."""
        code = clean_code(self.cleaned_data["code"])
        before = Division.objects.filter(pk=self.instance.pk).exclude(code=code)
        if before.filter(pk__in=Venue.objects.values("district")) or before.filter(
            pk__in=Target.objects.values("district")
        ):
            raise forms.ValidationError(
                gettext(
                    "There are venues in it, and the figures are kept by its code: enter a new division and end this one."
                )
            )
        return code

    def clean_name(self):
        return clean_text(self.cleaned_data["name"])

    def clean(self):
        cleaned = super().clean()
        level, parent = cleaned.get("level"), cleaned.get("parent")
        if level in self.DIGITS and not cleaned.get("nonstandard"):
            digits = self.DIGITS[level]
            if not re.fullmatch(rf"\d{{{digits}}}", cleaned.get("code", "")):
                sentence = gettext("The code of this level has %(digits)s digits, or is not in the standard.")
                self.add_error("code", sentence % {"digits": digits})
        wanted = self.ABOVE.get(level)
        if wanted and (parent is None or parent.level != wanted):
            self.add_error("parent", gettext("Choose the %(level)s that it is part of.") % {"level": wanted.label})
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", gettext("It is valid until a day after it began."))
        return cleaned
