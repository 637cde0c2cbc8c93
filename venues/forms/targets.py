"""The filters of the list of targets; all of them live in the address, and the numbers of the board link to them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from venues.charts import bucket_label
from venues.models import Target
from venues.standing import FRESHNESS, NEVER_SEEN
from venues.states import State

CLOSED = "closed"
_HIDDEN = ("once", "listed", "tried", "late")  # asked for by numbers of the board, not in the bar


class TargetFilter(forms.Form):
    """What `Standing.select` is asked for. Choices of places are those of the list itself."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    seen = forms.ChoiceField(label=_("Last look"), required=False)
    told = forms.ChoiceField(label=_("Told"), required=False)
    reported = forms.ChoiceField(label=_("Reported closed"), required=False)
    overdue = forms.ChoiceField(label=_("Overdue"), required=False)
    scope = forms.ChoiceField(label=_("Scope"), required=False)
    once = forms.ChoiceField(label=_("Ever seen closed"), required=False)
    listed = forms.ChoiceField(label=_("Not excluded"), required=False)
    tried = forms.ChoiceField(label=_("Tried"), required=False)
    late = forms.ChoiceField(label=_("Added late"), required=False)

    def __init__(self, data, *, standing):
        super().__init__(data)
        any_ = ("", _("all"))
        categories = {target.category.slug: target.category.name for target in standing.targets}
        districts = {target.district.code: target.district.name for target in standing.targets}
        buckets = [*(key for key, _end in FRESHNESS), NEVER_SEEN]
        self.fields["state"].choices = [any_, (CLOSED, _("last seen closed by two")), *State.choices]
        self.fields["category"].choices = [any_, *categories.items()]
        self.fields["district"].choices = [any_, *sorted(districts.items())]
        self.fields["seen"].choices = [any_, *((key, bucket_label(key)) for key in buckets)]
        self.fields["scope"].choices = [any_, *Target.Scope.choices]
        for name in ("told", "reported", "overdue", *_HIDDEN):
            self.fields[name].choices = [any_, ("1", _("yes")), ("0", _("no"))]
        for name in _HIDDEN:
            self.fields[name].widget = forms.HiddenInput()

    def filters(self):
        """The keyword arguments of `Standing.select`; nothing while the filters cannot be read."""
        said = {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        yes_or_no = {"told", "reported", "overdue", *_HIDDEN}
        return {name: value == "1" if name in yes_or_no else value for name, value in said.items()}

    def asked_beside(self):
        """The filters that the bar does not show, as (label, yes or no, name)."""
        return [(self.fields[name].label, self.data[name] == "1", name) for name in _HIDDEN if self.data.get(name)]
