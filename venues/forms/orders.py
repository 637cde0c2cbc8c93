"""Forms of the closure orders: the draft, its activation, reasons, and the choice of categories × districts."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.forms.moments import MomentField
from venues.forms.picker import VenueField
from venues.models import Category, ClosureOrder, Division, Target
from venues.models.closures import DEADLINE


class OrderForm(forms.ModelForm):
    """The draft. Times left empty: it takes effect when issued, and the deadline is four hours later."""

    DETAILS = ("number", "title", "issuer", "legal_basis", "text", "issued_at", "effective_at", "deadline_at")

    issued_at = MomentField(label=_("Issued (T)"))
    effective_at = MomentField(label=_("Takes effect"), required=False, help_text=_("Empty: at once."))
    deadline_at = MomentField(label=_("Deadline"), required=False, help_text=_("Empty: four hours after T."))
    categories = forms.ModelMultipleChoiceField(
        Category.objects.filter(retired=False), label=_("Categories"), widget=forms.CheckboxSelectMultiple
    )
    districts = forms.ModelMultipleChoiceField(
        Division.objects.districts(), label=_("Districts"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("None chosen: the whole city."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ClosureOrder
        fields = ("number", "title", "issuer", "legal_basis", "text", "issued_at", "effective_at", "deadline_at")
        labels = {
            "number": _("Order no."), "title": _("Title"), "issuer": _("Issued by"), "legal_basis": _("Legal basis"),
            "text": _("Text"),
        }  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["categories"] = self.instance.categories.all()
            self.initial["districts"] = self.instance.districts.all()
            self.initial["revision"] = self.instance.revision
        else:
            now = timezone.now()
            self.initial.setdefault("number", ClosureOrder.objects.next_number(now))
            self.initial.setdefault("issuer", settings.UNIT_NAME)
            self.initial.setdefault("issued_at", now.replace(second=0, microsecond=0))

    def clean(self):
        cleaned = super().clean()
        issued_at = cleaned.get("issued_at")
        if issued_at:
            cleaned["effective_at"] = cleaned.get("effective_at") or issued_at
            cleaned["deadline_at"] = cleaned.get("deadline_at") or issued_at + DEADLINE
            if cleaned["effective_at"] < issued_at:
                self.add_error("effective_at", _("An order takes effect when it is issued, or later."))
            if cleaned["deadline_at"] <= issued_at:
                self.add_error("deadline_at", _("The deadline lies after the moment of issue."))
        return cleaned

    def details(self):
        """The cleaned fields as the keyword arguments of `draft` and `revise`."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in self.DETAILS},
            "categories": cleaned["categories"],
            "districts": cleaned["districts"],
        }


class ActivationForm(forms.Form):
    """The total, typed by hand from the preview."""

    total = forms.IntegerField(
        label=_("Total of the preview"), min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Type the number of venues: it must be right at the moment of activation."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ScopeForm(forms.Form):
    """Categories × districts of an order's targets, chosen in the URL; nothing chosen means all."""

    category = forms.ModelMultipleChoiceField(
        Category.objects.none(), label=_("Categories"), to_field_name="slug", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    district = forms.ModelMultipleChoiceField(
        Division.objects.none(), label=_("Districts"), to_field_name="code", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args, order, **kwargs):
        super().__init__(*args, **kwargs)
        self.order = order
        in_scope = Target.objects.of(order).in_scope().order_by()
        self.fields["category"].queryset = Category.objects.filter(pk__in=in_scope.values("category"))
        self.fields["district"].queryset = Division.objects.filter(pk__in=in_scope.values("district"))

    def chosen(self):
        """(categories, districts) as querysets; empty ones mean all. Only for a valid form."""
        return self.cleaned_data["category"], self.cleaned_data["district"]

    def members(self):
        """The targets in scope that are chosen; none when the choice is not understood (a category that is gone by now
        must not turn into "all")."""
        found = Target.objects.of(self.order).in_scope()
        return found.within(*self.chosen()) if self.is_valid() else found.none()


class LiftForm(ReasonForm):
    """The reason, and how many the page said would be lifted."""

    expected = forms.IntegerField(widget=forms.HiddenInput)


class AdditionForm(ReasonForm):
    """A venue that was missing from the list. Any venue may be picked: the act says why one cannot be added."""

    venue = VenueField()
    field_order = ("venue", "reason")
