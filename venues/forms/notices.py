"""Forms of the notices: one attempt, a post to a group, an outcome of the call-down list, the filters of the list."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from venues.forms.moments import MomentField
from venues.models import Category, Division, Notice, Target


class NoticeForm(forms.Form):
    """One attempt to tell an owner, by any channel."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Notice.Channel.choices)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[choice for choice in Notice.Outcome.choices if choice[0] != Notice.Outcome.POSTED_TO_GROUP],
    )
    at = MomentField(label=_("At"), required=False, help_text=_("Empty: now."))
    number_used = forms.CharField(label=_("Number used"), max_length=60, required=False)
    acknowledged_by_name = forms.CharField(label=_("Acknowledged by"), max_length=60, required=False)
    says_closed = forms.BooleanField(label=_("Says it is closed"), required=False)
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)


class GroupPostForm(forms.Form):
    """One post to a group chat, for all venues of the chosen categories × districts."""

    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(channel.value, channel.label) for channel in Notice.GROUP_CHANNELS]
    )
    at = MomentField(label=_("Posted at"), required=False, help_text=_("Empty: now."))
    remark = forms.CharField(label=_("Name of the group"), max_length=200)
    expected = forms.IntegerField(widget=forms.HiddenInput)


class CallForm(forms.Form):
    """What the call-down page sends: the venue, the turn, one outcome, and what was noted beside it."""

    REACHED_CLOSED = "reached_closed"
    OUTCOMES = (
        # value, label, key, tone
        (Notice.Outcome.REACHED, Notice.Outcome.REACHED.label, "1", "good"),
        (REACHED_CLOSED, _("reached, says it is closed"), "2", "good"),
        (Notice.Outcome.NO_ANSWER, Notice.Outcome.NO_ANSWER.label, "3", "warn"),
        (Notice.Outcome.BAD_NUMBER, Notice.Outcome.BAD_NUMBER.label, "4", "bad"),
        (Notice.Outcome.REFUSED, Notice.Outcome.REFUSED.label, "5", "warn"),
    )

    target = forms.ModelChoiceField(Target.objects.all(), widget=forms.HiddenInput)
    turn = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=[(value, label) for value, label, _key, _tone in OUTCOMES])
    number_used = forms.CharField(max_length=60, required=False)
    acknowledged_by_name = forms.CharField(label=_("Acknowledged by"), max_length=60, required=False)
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = Target.objects.of(order)
        for name in ("acknowledged_by_name", "remark"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def notice(self):
        """The keyword arguments of `Target.notify`. A name that was typed before nobody answered goes to the remark."""
        cleaned = dict(self.cleaned_data)
        cleaned.pop("target")
        cleaned["says_closed"] = cleaned["outcome"] == self.REACHED_CLOSED
        if cleaned["says_closed"]:
            cleaned["outcome"] = Notice.Outcome.REACHED
        if cleaned["outcome"] not in Notice.TOLD:
            cleaned["remark"] = f"{cleaned['remark']} {cleaned.pop('acknowledged_by_name')}".strip()[:200]
        return cleaned


class NoticeFilterForm(forms.Form):
    """The filters of the list of notices, in the URL."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), to_field_name="slug", required=False, empty_label=_("All")
    )
    district = forms.ModelChoiceField(
        Division.objects.none(),
        label=_("District"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    officer = forms.ModelChoiceField(
        get_user_model().objects.none(), label=_("By"), required=False, empty_label=_("All")
    )
    as_of = forms.CharField(label=_("As of"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [("", _("All")), *Notice.Channel.choices]
        self.fields["outcome"].choices = [("", _("All")), ("told", _("told")), *Notice.Outcome.choices]
        targets = Target.objects.of(order).order_by()
        self.fields["category"].queryset = Category.objects.filter(pk__in=targets.values("category"))
        self.fields["district"].queryset = Division.objects.filter(pk__in=targets.values("district"))
        callers = Notice.objects.of(order).order_by().values("by")
        self.fields["officer"].queryset = get_user_model().objects.filter(pk__in=callers)

    def filters(self):
        """The filters as keyword arguments for a queryset of notices; what is not understood asks nothing."""
        self.is_valid()
        names = {
            "channel": "channel", "outcome": "outcome", "category": "target__category", "district": "target__district",
            "officer": "by",
        }  # fmt: skip
        cleaned = {names[name]: value for name, value in self.cleaned_data.items() if name in names and value}
        if cleaned.get("outcome") == "told":
            del cleaned["outcome"]
            cleaned["outcome__in"] = Notice.TOLD
        return cleaned
