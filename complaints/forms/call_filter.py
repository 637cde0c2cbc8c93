"""The filters of the list of calls, in its address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import Call, Channel
from venues.forms.moments import DayField
from venues.moments import local_day


class CallFilter(forms.Form):
    """Which calls: by result, channel, local day; or only those to be returned."""

    result = forms.ChoiceField(label=_("Result"), required=False, choices=[("", _("all")), *Call.Result.choices])
    channel = forms.ModelChoiceField(
        label=_("Came in by"),
        required=False,
        queryset=Channel.objects.all(),
        to_field_name="slug",
        empty_label=_("all"),
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    to_return = forms.BooleanField(label=_("to be called back"), required=False)

    def rows(self, calls):
        """The calls that fit; a filter that is not valid is left out, its error stands beside it."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("to_return"):
            calls = calls.to_return()
        if asked.get("result"):
            calls = calls.filter(result=asked["result"])
        if asked.get("channel"):
            calls = calls.filter(channel=asked["channel"])
        if asked.get("since"):
            calls = calls.filter(started_at__gte=local_day(asked["since"])[0])
        if asked.get("until"):
            calls = calls.filter(started_at__lt=local_day(asked["until"])[1])
        return calls
