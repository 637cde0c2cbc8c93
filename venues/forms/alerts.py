"""Forms of an alert: raising one, and answering it without a look."""

from django import forms
from django.utils.translation import gettext_lazy as _

from venues.forms.moments import MomentMixin
from venues.forms.picker import VenueField
from venues.models import Alert, Category, Division


class AlertForm(MomentMixin, forms.ModelForm):
    """A venue of the registry, or a place in words with as much of district and category as is known."""

    moment_label = _("Said or seen")
    venue = VenueField(required=False)

    class Meta:
        model = Alert
        fields = ["venue", "place", "district", "category", "source", "words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        labels = {"words": _("What the source says")}
        help_texts = {"place": _("Only when the venue is in no list: as precisely as it was said.")}

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        self.fields["venue"].user = user
        by_hand = [source for source in Alert.Source if source != Alert.Source.CONTRADICTION]  # looks raise that one
        self.fields["source"].choices = [(source, source.label) for source in by_hand]
        self.fields["words"].required = True
        self.fields["district"].queryset = Division.objects.districts()
        self.fields["category"].queryset = Category.objects.filter(retired=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("venue") and not cleaned.get("place") and "venue" not in self.errors:
            self.add_error("place", _("Name the venue, or the place in words."))
        return cleaned

    def said(self):
        """The keyword arguments of `Alert.objects.raise_alert`."""
        return {"at": self.cleaned_data["at"], **{name: self.cleaned_data[name] for name in self.Meta.fields}}


class AnswerForm(MomentMixin, forms.Form):
    moment_label = _("Answered")
    text = forms.CharField(
        label=_("Why no look is needed"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300})
    )
