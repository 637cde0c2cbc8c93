"""Marking days of the calendar: a span of dates, what they are, and the notice that says so."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.calendar import CalendarDay, DayType
from venues.forms.moments import DayField


class DaysForm(forms.Form):
    """`first` to `last`, both included; without `last` one day."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), required=False, help_text=_("Empty: one day."))
    kind = forms.ChoiceField(
        label=_("Kind of day"),
        required=False,
        choices=[*DayType.choices, ("", _("as its weekday says"))],
        initial=DayType.REST,
    )
    name = forms.CharField(label=_("Name of the holiday"), required=False, max_length=40)
    basis = forms.CharField(
        label=_("Basis"), required=False, max_length=120, help_text=_("The notice that says so, with its number.")
    )

    def mark(self, by):
        """Write what was asked; how many days changed. Raises Refused."""
        asked = self.cleaned_data
        last = asked.pop("last") or asked["first"]
        return CalendarDay.objects.mark(asked.pop("first"), last, by=by, **asked)
