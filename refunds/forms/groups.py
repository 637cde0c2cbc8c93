"""Forms of a group itself: its correction by hand, its calling off, its link, its travellers; and an agency's nil return."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from refunds.forms.acts import ActForm, HeadsField, SeenForm, YuanField
from refunds.models import AgencyReport, GroupLine, TourGroup
from refunds.status import CALLED_OFF, Disposition
from venues.cleaning import clean_code
from venues.forms.moments import DayField
from venues.transitions import Refused

SUGGESTED = 6  # groups of other agencies that may be the same travellers
_NOT_SAID = ("", _("not said"))


def _text(label, most):
    return forms.CharField(label=label, required=False, max_length=most)


class LineForm(SeenForm):
    """What the group's line says, to be corrected; only what is changed is said anew."""

    slug = "line"
    done = _("The group is corrected.")

    route = _text(_("Route"), 120)
    role = forms.ChoiceField(label=pgettext_lazy("tour group", "Role"), choices=GroupLine.Role.choices)
    market = forms.ChoiceField(label=_("Market"), choices=[_NOT_SAID, *GroupLine.Market.choices], required=False)
    depart_on = DayField(label=_("Departs on"), required=False)
    return_on = DayField(label=_("Returns on"), required=False)
    heads = HeadsField(label=_("People"), min_value=1)
    amount_due = YuanField(label=_("Amount due in yuan"), required=False)
    counterpart = _text(_("Partner agency"), 120)
    disposition = forms.ChoiceField(label=_("What becomes of it"), choices=Disposition.choices)
    disposed_on = DayField(label=_("Since"), required=False)
    reason = forms.ChoiceField(
        label=_("Why not yet refunded"), choices=[_NOT_SAID, *GroupLine.Reason.choices], required=False
    )
    reason_text = _text(_("Why, in the agency's words"), 200)
    promised_on = DayField(label=_("Promised by"), required=False)
    remark = _text(_("Remark"), 200)

    def __init__(self, *args, line=None, **options):
        if line is not None:
            options["initial"] = {name: getattr(line, name) for name in self.base_fields if name != "seen"}
        super().__init__(*args, **options)

    def clean(self):
        said = super().clean()
        if (
            not self.errors
            and said.get("depart_on")
            and said.get("return_on")
            and said["return_on"] < said["depart_on"]
        ):
            self.add_error("return_on", _("The group cannot return before it departs."))
        return said

    def carry_out(self, *, by):
        changes = {name: self.cleaned_data[name] for name in self.changed_data if name != "seen"}
        if not changes:
            raise Refused(_("Nothing is changed yet."))
        self.group.note_line(by=by, seen=self.cleaned_data["seen"], **changes)


class CallOffForm(SeenForm):
    slug = "call_off"
    done = _("The group is called off.")

    disposition = forms.ChoiceField(
        label=_("What becomes of it"), widget=forms.RadioSelect, initial=Disposition.CANCELLED,
        choices=[(d.value, d.label) for d in (*CALLED_OFF, Disposition.POSTPONED)],
    )  # fmt: skip
    on = DayField(label=_("Since"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return self.cleaned_data["on"]

    def carry_out(self, *, by):
        self.group.call_off(by=by, **self.cleaned_data)


class LinkForm(ActForm):
    """The organiser's group of the same travellers: one that may be meant, or any by its number."""

    slug = "link"
    done = _("The groups are linked: their travellers count once.")

    organiser = forms.ModelChoiceField(
        label=_("The organiser's group"), queryset=TourGroup.objects.none(), required=False, widget=forms.RadioSelect,
        empty_label=None,
    )  # fmt: skip
    number = forms.CharField(label=_("Its group no."), required=False, max_length=60)

    def __init__(self, *args, line=None, **options):
        super().__init__(*args, **options)
        others = TourGroup.objects.exclude(agency__in=self.group.agency.survivor.family).filter(linked=None)
        self.others = others.select_related("agency")
        self.same_number = []
        if self.is_bound and (number := clean_code(self.data.get("number", "")[:60])):
            self.same_number = list(self.others.filter(number__iexact=number).order_by("pk")[: SUGGESTED + 1])
        offered = [group.pk for group in self.same_number] or self._alike(line)
        field = self.fields["organiser"]
        field.queryset = self.others if self.is_bound else self.others.filter(pk__in=offered)
        field.label_from_instance = lambda group: f"{group.agency} · {group.number}"
        shown = self.others.filter(pk__in=offered).order_by("pk")
        field.widget.choices = [(group.pk, field.label_from_instance(group)) for group in shown]
        if not field.widget.choices:
            field.widget = forms.HiddenInput()

    def _alike(self, line):
        """Groups of other agencies that depart on the same day with as many people."""
        if line is None or line.depart_on is None:
            return []
        alike = self.others.filter(lines__depart_on=line.depart_on, lines__heads=line.heads).distinct()
        return list(alike.order_by("pk").values_list("pk", flat=True)[:SUGGESTED])

    def clean(self):
        said = super().clean()
        if not self.errors and not said["organiser"]:
            if len(self.same_number) == 1:
                said["organiser"] = self.same_number[0]
            elif self.same_number:
                self.add_error("organiser", _("Several agencies have a group of this number: choose one."))
            else:
                self.add_error("number", _("No other agency has a group of this number that is not linked yet."))
        return said

    def carry_out(self, *, by):
        self.group.link_to(self.cleaned_data["organiser"], by=by)


class UnlinkForm(ActForm):
    slug = "unlink"
    done = _("The link is taken back: both groups count.")

    def carry_out(self, *, by):
        self.group.unlink(by=by)


class TravellerForm(ActForm):
    slug = "traveller"
    done = _("The traveller is kept, encrypted.")

    name = forms.CharField(
        label=_("Name"), required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    number = forms.CharField(
        label=_("Telephone no."), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        error_messages={"required": _("Give the telephone no. of the traveller.")},
    )  # fmt: skip

    def carry_out(self, *, by):
        self.group.add_traveller(by=by, **self.cleaned_data)

    def blamed(self):
        return "number"


class NilReturnForm(forms.Form):
    """Somebody of the agency said that it has no group."""

    informant = forms.CharField(label=_("Who said so (agency)"), max_length=60)
    phone = forms.CharField(label=_("Telephone no."), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    as_of = DayField(label=pgettext_lazy("return", "As of"))
    channel = forms.ChoiceField(label=_("How it came"), choices=AgencyReport.Channel.choices, initial="phone")

    def __init__(self, data=None):
        super().__init__(data, auto_id="nil_%s")
        self.fields["as_of"].initial = timezone.localdate
