"""The filter of the work lists, and the forms of call-backs: how many to draw, what a traveller said."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.forms.acts import words
from refunds.models import CallBackAnswer
from refunds.models.returns import AGENCY
from venues.models import Venue

MOST_DRAWN = 50  # nobody calls more in one go


class WorkFilter(forms.Form):
    """Whose rows; which list is in the address as `list`."""

    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Venue.objects.none(), required=False, empty_label=_("all")
    )

    def __init__(self, data):
        super().__init__(data)
        agencies = Venue.objects.standing().filter(category__slug=AGENCY).only("pk", "name")
        self.fields["agency"].queryset = agencies.order_by("name", "pk")


class DrawForm(forms.Form):
    size = forms.IntegerField(label=_("How many to draw"), min_value=1, max_value=MOST_DRAWN)

    def __init__(self, data=None, *, size):
        super().__init__(data, initial={"size": min(size, MOST_DRAWN)}, auto_id="draw_%s")


class AnswerForm(forms.Form):
    """What a traveller said; `result` comes from the button."""

    result = forms.ChoiceField(
        choices=CallBackAnswer.Result.choices,
        error_messages={"required": _("Say what came of the call."), "invalid_choice": _("Say what came of the call.")},
    )
    text = words(pgettext_lazy("call-back", "What was said"), required=False, most=300, rows=1)

    def __init__(self, data=None, *, sample):
        super().__init__(data, auto_id=f"answer{sample.pk}_%s")
