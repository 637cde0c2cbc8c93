"""Forms of leave and of leaving the post."""

import datetime

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.duty.changing import who_may
from enforcement.models.duty import Leave
from venues.forms.moments import DayField, MomentField, MomentMixin
from venues.moments import local_day


def _at_work():
    return get_user_model().objects.active().filter(is_wall_screen=False)


def _serving():
    return who_may("enforcement.take_duty").filter(is_wall_screen=False)


class LeaveForm(forms.Form):
    """Which leave, from when until when; a leader may write it down for somebody."""

    officer = forms.ModelChoiceField(label=_("Officer"), queryset=None, required=False, empty_label=None)
    kind = forms.ChoiceField(label=_("Kind of leave"), choices=Leave.Kind.choices)
    start = MomentField(label=pgettext_lazy("moment", "From"))
    end = MomentField(label=pgettext_lazy("moment", "Until"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args, officer, **options):
        tomorrow = local_day(timezone.localdate() + datetime.timedelta(days=1))
        initial = {"officer": officer.pk, "start": tomorrow[0], "end": tomorrow[1]}
        super().__init__(*args, initial=initial, **options)
        if officer.has_perm("enforcement.approve_change"):
            self.fields["officer"].queryset = _at_work()
        else:
            del self.fields["officer"]


class _ToTheSecond(MomentMixin):
    """A moment that counts to the second: nothing typed means the moment of pressing, not that of opening the page."""

    on = DayField(label=_("Date"), required=False)
    time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 1}, format="%H:%M:%S"),
        help_text=_("Empty: now."),
    )

    @staticmethod
    def moment_initial(at):
        return {}

    def clean(self):
        said = super().clean()
        if bool(said.get("on")) != bool(said.get("time")) and not {"on", "time"} & set(self.errors):
            missing = "on" if said.get("time") else "time"
            self.add_error(missing, _("Say the date as well.") if missing == "on" else _("Say the time as well."))
        return {"at": None, **said}


class AbsenceForm(_ToTheSecond):
    """Who left, when, why, and whom he told."""

    moment_label = _("Left")
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=None, empty_label=None)
    told_to = forms.ModelChoiceField(label=_("Told to"), queryset=None)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args, officer, told_to=None, **options):
        super().__init__(*args, initial={"officer": officer.pk, "told_to": told_to and told_to.pk}, **options)
        self.fields["officer"].queryset = self.fields["told_to"].queryset = _serving()


class BackForm(_ToTheSecond):
    """When he was at the post again."""

    moment_label = _("Back at the post")
