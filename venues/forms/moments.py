"""Date and time as two fields that are both always entered: a 23:50 visit typed at 00:10 stays on its day."""

import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.moments import in_calendar


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of date and time."""

    input_type = "datetime-local"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class MomentField(forms.DateTimeField):
    """Date and time in one field, of a year that can be meant."""

    widget = MomentInput
    default_validators = [in_calendar]


class DayField(forms.DateField):
    """A date of a year that can be meant, with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [in_calendar]


class MomentMixin(forms.Form):
    """Adds the fields `on` and `time`, filled with now; cleaned_data["at"] is the aware local moment."""

    moment_label = _("When")
    on = DayField(label=_("Date"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args, **options):
        options["initial"] = {**self.moment_initial(timezone.now()), **(options.pop("initial", None) or {})}
        super().__init__(*args, **options)

    @staticmethod
    def moment_initial(at):
        local = timezone.localtime(at)
        return {"on": local.date(), "time": local.time().replace(second=0, microsecond=0)}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("on") and cleaned.get("time"):
            zone = ZoneInfo(settings.TIME_ZONE)
            cleaned["at"] = datetime.datetime.combine(cleaned["on"], cleaned["time"], tzinfo=zone)
        return cleaned
