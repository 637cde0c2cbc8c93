"""What the daily report asks for: its moment, its text section by section, to whom it was sent."""

import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.daily_report.plain import HEADINGS
from enforcement.daily_report.writing import SECTIONS
from venues.forms.moments import MomentField

LONGEST = 8000  # letters of one section


def last_midnight(now):
    """00:00 of the local day of `now`: the end of the day that a report is about."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


class DraftForm(forms.Form):
    as_of = MomentField(
        label=_("As of"),
        help_text=_("The figures count what happened until then. 00:00 is printed as 24:00 of the day before."),
    )
    since = MomentField(label=_("Cumulative since"), required=False, help_text=_("Empty: everything that is recorded."))
    approximate = forms.BooleanField(
        label=_("Round figures (余)"), required=False,
        help_text=_("184 is written as 180余, over 180. What stands against another number stays exact, and so do problems."),
    )  # fmt: skip

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        self.fields["as_of"].initial = last_midnight(timezone.now())

    def clean(self):
        """To the minute: what was typed is what is printed."""
        said = super().clean()
        for name in ("as_of", "since"):
            if isinstance(said.get(name), datetime.datetime):
                said[name] = said[name].replace(second=0, microsecond=0)
        return said


class TextForm(forms.Form):
    """The sections of one language."""

    def __init__(self, data=None, *, sections, language, **options):
        super().__init__(data, initial=sections, **options)
        for key in (key for key in SECTIONS if key in sections):
            rows = max(3, min(14, len(sections[key]) // (38 if language == "zh-hans" else 80) + 2))
            self.fields[key] = forms.CharField(
                label=HEADINGS[language][key], required=False, max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
            )  # fmt: skip


class SendForm(forms.Form):
    to = forms.CharField(
        label=pgettext_lazy("report", "Sent to"), max_length=120, error_messages={"required": _("Say to whom it was sent.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
