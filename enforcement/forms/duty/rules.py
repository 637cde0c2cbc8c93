"""Forms of the coverage rules: what is asked for, from when on, and until when."""

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty import CoverageRule
from venues.forms.moments import MomentField

MOST = 99  # people that one rule asks for


def _clock():
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RuleForm(forms.ModelForm):
    """The terms of a rule; whether they can be meant is said by the act."""

    minimum = forms.IntegerField(label=_("people at the least"), min_value=1, max_value=MOST, initial=1)

    class Meta:
        model = CoverageRule
        fields = ["post", "minimum", "window_from", "window_until", "day_types", "out_counts_against"]
        widgets = {"window_from": _clock(), "window_until": _clock()}
        help_texts = {"window_until": _("Both times empty: the whole day.")}

    def _post_clean(self):
        """The instance stays as it is: the act checks and writes."""

    def terms(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class NewRuleForm(RuleForm):
    """A new rule may begin at another moment than now."""

    valid_from = MomentField(label=_("holds from"), required=False, help_text=_("Empty: now."))

    def terms(self):
        return {**super().terms(), "valid_from": self.cleaned_data["valid_from"]}


class EndForm(forms.Form):
    until = MomentField(label=_("holds until"), required=False, help_text=_("Empty: now."))
