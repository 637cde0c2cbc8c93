"""The period that a page of proof is about, in its address: two moments, or a month."""

import calendar
import datetime
import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from venues.forms.moments import MomentInput
from venues.moments import YEARS, local_day, parse_as_of
from venues.transitions import Refused

LONGEST = datetime.timedelta(days=1100)  # three years and a little
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class EdgeField(forms.Field):
    """A moment of an address. A bare date means its beginning, or with `ends` its end: two equal dates are one day."""

    def __init__(self, *, ends=False, **options):
        self.ends = ends
        super().__init__(widget=MomentInput(), **options)

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        found = parse_as_of(text)
        if _DATE.fullmatch(text) and not self.ends:
            found = local_day(datetime.date.fromisoformat(text))[0]
        return found


class PeriodForm(forms.Form):
    """`from` and `until`; cleaned_data["period"] is the half-open pair. What is not given comes from the running month."""

    def __init__(self, data, *, at=None):
        super().__init__(data)
        self.at = at or timezone.now()
        self.fields["from"] = EdgeField(label=pgettext_lazy("moment", "From"), required=False)
        self.fields["until"] = EdgeField(label=pgettext_lazy("moment", "Until"), required=False, ends=True)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            start, end = cleaned.get("from"), cleaned.get("until")
            end = end or (self.at if start is None or start < self.at else start + datetime.timedelta(days=1))
            start = start or month_of(end - datetime.timedelta(microseconds=1))[0]
            if end <= start:
                raise Refused(_("The period ends after it began: correct one of the two moments."))
            if end - start > LONGEST:
                raise Refused(_("Ask for three years at the most."))
            cleaned["period"] = start.astimezone(datetime.UTC), end.astimezone(datetime.UTC)
        return cleaned


class MonthField(forms.CharField):
    """A month as 2020-01; its value is its first date."""

    def to_python(self, value):
        found = _MONTH.fullmatch(super().to_python(value))
        if value and (not found or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12):
            raise Refused(_("This is no month: write it like 2020-01."))
        return datetime.date(int(found[1]), int(found[2]), 1) if found else None


class MonthForm(PeriodForm):
    """Also `month`, which wins over the two moments; with nothing at all it is the running month, to its end."""

    month = MonthField(label=_("Month"), required=False, widget=forms.TextInput(attrs={"type": "month"}))

    def clean(self):
        cleaned = super().clean()
        if "month" in self.errors:
            return cleaned
        first = cleaned.get("month")
        if first is None and not (self.data.get("from") or self.data.get("until")):
            first = timezone.localdate(self.at).replace(day=1)
        if first:
            self.errors.clear()
            cleaned["month"], cleaned["period"] = first, span_of(first)
        return cleaned


def span_of(first):
    """The (start, end) of the month that begins on this date."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return local_day(first)[0].astimezone(datetime.UTC), local_day(last)[1].astimezone(datetime.UTC)


def month_of(moment):
    """The (start, end) of the local month in which the moment lies."""
    return span_of(timezone.localdate(moment).replace(day=1))


def month_after(first, months):
    """The first date of the month so many months later (or earlier)."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return datetime.date(year, month + 1, 1)
