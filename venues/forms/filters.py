"""Filters of the lists of looks, patrols, violations and alerts; all of them live in the URL."""

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.asked import as_id
from venues.forms.moments import DayField
from venues.models import Alert, Category, ClosureOrder, Division, Inspection, Patrol, Target, Venue, Violation
from venues.moments import local_day, parse_as_of

FOUND_OPEN = "found_open"


def _choice(label, choices):
    return forms.ChoiceField(label=label, required=False, choices=[("", _("all")), *choices])


def _one_of(label, queryset, **options):
    return forms.ModelChoiceField(label=label, queryset=queryset, required=False, empty_label=_("all"), **options)


class Filter(forms.Form):
    """What all lists share: the days, and `as_of`. A subclass names the moment that counts for it."""

    moment_field = None

    as_of = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.fields["until"] = DayField(label=_("Until (with that day)"), required=False)
        self.order_fields(self.field_order)

    def clean_as_of(self):
        text = self.cleaned_data["as_of"]
        return parse_as_of(text) if text else None  # its Refused is the error of this field

    @property
    def moment(self):
        """The moment that was asked for, or None for now."""
        return self.cleaned_data.get("as_of") if self.is_valid() else None

    def rows(self, queryset):
        """The rows that fit; none when a filter cannot be read, for a list of everything would be a wrong answer."""
        if not self.is_valid():
            return queryset.none()
        said, field = self.cleaned_data, self.moment_field
        if said["from"]:
            queryset = queryset.filter(**{f"{field}__gte": local_day(said["from"])[0]})
        if said["until"]:
            queryset = queryset.filter(**{f"{field}__lt": local_day(said["until"])[1]})
        if said["as_of"]:
            queryset = queryset.filter(**{f"{field}__lte": said["as_of"]})
        return self.fitting(queryset, said)

    def fitting(self, queryset, said):
        return queryset


class _VenueFilter(Filter):
    """The lists about venues can be those of one venue."""

    venue = _one_of(_("Venue"), Venue.objects.all(), widget=forms.HiddenInput)

    def fitting(self, queryset, said):
        if said["venue"]:
            queryset = queryset.filter(Q(venue=said["venue"]) | Q(venue__merged_into=said["venue"]))
        return queryset


class _PlaceFilter(_VenueFilter):
    """And they can be searched by words, district, category, order."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    order = _one_of(_("Order"), ClosureOrder.objects.exclude(status=ClosureOrder.Status.DRAFT))
    category = _one_of(_("Category"), Category.objects.all())
    district = _one_of(_("District"), Division.objects.districts())

    def fitting(self, queryset, said):
        queryset = super().fitting(queryset, said)
        if said["category"]:
            queryset = queryset.filter(venue__category=said["category"])
        if said["district"]:
            queryset = queryset.filter(venue__district=said["district"])
        if said["order"]:
            queryset = self.under_order(queryset, said["order"], said["as_of"] or timezone.now())
        if said["q"].strip():
            queryset = queryset.filter(venue__in=Venue.objects.matching(said["q"]).order_by().values("pk"))
        return queryset

    def under_order(self, queryset, order, at):
        """Rows about the venues that the order named at the moment `at` (or that they were merged into), since it was
        issued."""
        place = Coalesce(F("venue__merged_into"), F("venue"))
        named = Target.objects.of(order).known(at).order_by().values_list(place, flat=True)
        queryset = queryset.annotate(place=place).filter(place__in=named)
        return queryset.filter(**{f"{self.moment_field}__gte": order.issued_at})


class InspectionFilter(_PlaceFilter):
    moment_field = "observed_at"

    result = _choice(_("Result"), [*Inspection.Result.choices, (FOUND_OPEN, _("operating or concealed"))])
    method = _choice(_("Method"), Inspection.Method.choices)
    officer = _one_of(_("Officer"), get_user_model().objects.all())
    patrol = forms.CharField(required=False, widget=forms.HiddenInput)
    effort = forms.BooleanField(label=_("One row per visit"), required=False)
    reached = forms.BooleanField(label=_("One row per venue"), required=False)
    bureau = forms.BooleanField(label=_("Led by the bureau"), required=False)
    field_order = [
        "q", "order", "category", "district", "result", "method", "officer", "from", "until", "effort", "reached", "bureau",
    ]  # fmt: skip

    def clean_patrol(self):
        """A patrol by its number, or by its id."""
        text = self.cleaned_data["patrol"].strip()
        if not text:
            return None
        patrol = Patrol.objects.filter(Q(number=text) | Q(pk=as_id(text))).first()
        if patrol is None:
            raise forms.ValidationError(_("There is no such patrol."))
        return patrol

    def fitting(self, queryset, said):
        queryset = super().fitting(queryset, said)
        if said["result"] == FOUND_OPEN:
            queryset = queryset.found_open()
        elif said["result"]:
            queryset = queryset.filter(result=said["result"])
        if said["method"]:
            queryset = queryset.filter(method=said["method"])
        if said["officer"]:
            queryset = queryset.filter(officers=said["officer"])
        if said["patrol"]:
            queryset = queryset.filter(patrol=said["patrol"])
        if said["bureau"]:
            queryset = queryset.filter(patrol__led_by_bureau=True)
        if said["effort"] or said["reached"]:
            counted = queryset.model.objects.effort_rows(said["as_of"] or timezone.now())
            queryset = queryset.filter(pk__in=counted.order_by().values("pk"))
        if said["reached"]:
            queryset = queryset.one_of_each_venue()  # last: of the visits of a day, of an officer, of a district
        return queryset


class PatrolFilter(Filter):
    moment_field = "left_at"

    officer = _one_of(_("Officer"), get_user_model().objects.all())
    purpose = _choice(_("Purpose"), Patrol.Purpose.choices)
    kind = _choice(_("Kind"), Patrol.Kind.choices)
    out = forms.BooleanField(label=_("Still out"), required=False)
    vehicle = forms.BooleanField(label=_("With a vehicle"), required=False)
    effort = forms.BooleanField(label=_("Went out"), required=False)
    field_order = ["officer", "purpose", "kind", "from", "until", "out", "effort", "vehicle"]

    def fitting(self, queryset, said):
        moment = said["as_of"] or timezone.now()
        for name in ("purpose", "kind"):
            if said[name]:
                queryset = queryset.filter(**{name: said[name]})
        if said["officer"]:
            queryset = queryset.filter(members=said["officer"])
        if said["out"]:
            queryset = queryset.out(moment)
        if said["effort"]:
            queryset = queryset.outings(moment)
        if said["vehicle"]:
            queryset = queryset.vehicle_times(moment)
        return queryset


class ViolationFilter(_PlaceFilter):
    moment_field = "found_at"

    state = _choice(_("State"), Violation.State.choices)
    running = forms.BooleanField(label=_("Running only"), required=False)
    stopped = forms.BooleanField(label=_("Stopped only"), required=False)
    field_order = ["q", "order", "category", "district", "state", "from", "until", "running", "stopped"]

    def fitting(self, queryset, said):
        queryset = super().fitting(queryset, said)
        if said["state"] != Violation.State.WITHDRAWN:
            queryset = queryset.standing()  # as everywhere a withdrawn violation never was one
        if said["state"]:
            queryset = queryset.filter(state=said["state"])
        if said["running"]:
            queryset = queryset.running(said["as_of"])
        if said["stopped"]:
            queryset = queryset.filter(stopped_at__lte=said["as_of"] or timezone.now())
        return queryset


class AlertFilter(_VenueFilter):
    moment_field = "raised_at"

    source = _choice(_("Source"), Alert.Source.choices)
    open = forms.BooleanField(label=_("Unanswered only"), required=False)
    field_order = ["source", "from", "until", "open"]

    def fitting(self, queryset, said):
        queryset = super().fitting(queryset, said)
        if said["source"]:
            queryset = queryset.filter(source=said["source"])
        return queryset.open(said["as_of"]) if said["open"] else queryset
