"""Choosing a venue inside a form by typing: `venue = VenueField()`.

One text field searches (`ltwb`, a piece of the name, a licence no., a telephone), the results are radio buttons. With
htmx they come while typing; without JavaScript the form is sent, comes back with the results and is sent again.
"""

from typing import NamedTuple

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from venues import concerns
from venues.asked import as_id
from venues.models import Venue
from venues.search import LONGEST_QUERY

MOST = 12  # results to choose from


class Picked(NamedTuple):
    """What the widget holds: the id that was chosen, and what was typed to find it."""

    pk: str = ""
    text: str = ""


def find(text, user, *, venues=None):
    """(the best matches, whether there are more): venues with `.concern`, at most MOST. Without words, none."""
    if not text.strip():
        return [], False
    found = (Venue.objects if venues is None else venues).standing().matching(text[:LONGEST_QUERY])
    found = list(found.select_related("category", "district").best_first(text)[: MOST + 1])
    return with_concerns(found[:MOST], user), len(found) > MOST


def with_concerns(venues, user):
    """The same venues, each with `.concern`: whether it is ordered shut, operating, when it was last seen."""
    known = concerns.of(venues, user) if user is not None else {}
    for venue in venues:
        venue.concern = known.get(venue.pk)
    return venues


class VenuePicker(forms.Widget):
    """The text field and the radio buttons of the results."""

    template_name = "venues/_venue_picker.html"
    use_fieldset = True
    user = None  # whose permissions decide what stands beside the results
    venues = None  # the queryset to choose from

    def value_from_datadict(self, data, files, name):
        return Picked(data.get(name, ""), data.get(f"{name}_q", "").strip())

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_q" not in data

    def id_for_label(self, id_):
        return ""

    def render(self, name, value, attrs=None, renderer=None):
        value = value if isinstance(value, Picked) else Picked(str(value or ""))
        matches, more = find(value.text, self.user, venues=self.venues)
        chosen = None
        if as_id(value.pk) is not None and value.pk not in {str(venue.pk) for venue in matches}:
            offered = (Venue.objects if self.venues is None else self.venues).standing()
            chosen = offered.select_related("category", "district").filter(pk=value.pk).first()
        if chosen is not None:
            matches = [*with_concerns([chosen], self.user), *matches]
        context = {
            "name": name, "id": (attrs or {}).get("id", f"id_{name}"), "text": value.text, "matches": matches,
            "more": more, "picked": value.pk or (str(matches[0].pk) if len(matches) == 1 else ""),
        }  # fmt: skip
        return render_to_string(self.template_name, context)


class VenueField(forms.Field):
    """A venue, chosen by typing. Its value is the venue; one that was merged becomes its survivor.

    `venues`: a queryset to choose from (all standing ones). Set `field.user` to show beside each result that it is
    ordered shut, operating, or when it was last seen."""

    widget = VenuePicker
    default_error_messages = {
        "required": _("Search for the venue and choose it in the list."),
        "invalid": _("This venue cannot be chosen here. Search again."),
        "none": _("No venue matches “%(text)s”. Try fewer words, or the initials of its name."),
    }

    def __init__(self, *, venues=None, user=None, **kwargs):
        kwargs.setdefault("label", _("Venue"))
        super().__init__(**kwargs)
        self.venues, self.user = venues, user

    @property
    def user(self):
        return self.widget.user

    @user.setter
    def user(self, user):
        self.widget.user = user

    @property
    def venues(self):
        return self.widget.venues

    @venues.setter
    def venues(self, venues):
        self.widget.venues = venues

    def prepare_value(self, value):
        return value if isinstance(value, Picked) else Picked(str(getattr(value, "pk", value) or ""))

    def to_python(self, value):
        if not value or not value.pk:
            if value and value.text and not find(value.text, None, venues=self.venues)[0]:
                raise forms.ValidationError(self.error_messages["none"], code="none", params={"text": value.text})
            return None
        venue = None
        if as_id(value.pk) is not None:
            venue = Venue.objects.select_related("merged_into").filter(pk=value.pk).first()
            venue = venue and venue.survivor
        if venue is None or (self.venues is not None and not self.venues.filter(pk=venue.pk).exists()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return venue

    def has_changed(self, initial, data):
        return self.prepare_value(initial).pk != self.prepare_value(data).pk
