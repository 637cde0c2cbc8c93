"""The filters of the lists of agencies and of groups; all of them live in the address."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from refunds.models import GroupLine, Renaming
from refunds.models.returns import AGENCY
from refunds.status import OUTSTANDING, Bucket, Status
from venues.models import Venue
from venues.search import LONGEST_QUERY

OPEN, OFF, BACK, NO_REASON = "outstanding", "called_off", "money_back", "none"
SOME = {  # names for several statuses at once
    OPEN: OUTSTANDING,
    BACK: (Status.PART_REFUNDED, Status.OVER_REFUNDED, Status.REFUNDED),
    OFF: (*OUTSTANDING, Status.OVER_REFUNDED, Status.REFUNDED, Status.NOTHING_DUE),
}
REPORTED, WITH_GROUPS, NIL, SILENT = "reported", "with_groups", "nil", "silent"
_ALL = ("", _("all"))


def _choice(label, choices):
    return forms.ChoiceField(label=label, required=False, choices=[_ALL, *choices])


def _words(label):
    widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_QUERY, widget=widget)


def _statuses():
    some = [(OPEN, _("still to be refunded")), (BACK, _("money went back")), (OFF, _("called off, all"))]
    return [*some, *Status.choices]


def fitting(statuses, asked):
    """Those of `statuses` that a filter of this value means."""
    return [status for status in statuses if not asked or status in SOME.get(asked, (asked,))]


class AgencyFilter(forms.Form):
    """Which agencies; `select(agencies)` are the pks of those that fit, out of `refunds.figures.Agencies`."""

    q = _words(_("Name, licence no. or telephone"))
    state = _choice(
        _("Reported"),
        [(REPORTED, _("has reported")), (WITH_GROUPS, _("with groups")), (NIL, _("nil return")), (SILENT, _("silent"))],
    )
    worst = _choice(_("Worst group"), _statuses())

    def select(self, agencies):
        """The pks that fit; none when a filter cannot be read."""
        if not self.is_valid():
            return set()
        said = self.cleaned_data
        found = {
            "": agencies.all, REPORTED: agencies.reported, WITH_GROUPS: agencies.with_groups,
            NIL: agencies.nil, SILENT: agencies.silent,
        }[said["state"]]  # fmt: skip
        if said["worst"]:
            found = {pk for pk in found if pk in agencies.worst and fitting([agencies.worst[pk]], said["worst"])}
        if text := said["q"].strip():
            found = found & set(Venue.objects.matching(text).order_by().values_list("pk", flat=True))
        return found


class GroupFilter(forms.Form):
    """Which groups of `TourGroup.objects.as_of(t)`. `rows(groups)` are those that fit; `any_status(groups)` those that fit but
    for the status."""

    q = _words(_("Group no., route or agency"))
    status = _choice(_("Status"), _statuses())
    bucket = _choice(_("Market"), Bucket.choices)
    reason = _choice(_("Why not yet refunded"), [(NO_REASON, _("none given")), *GroupLine.Reason.choices])
    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Venue.objects.none(), required=False, empty_label=_("all")
    )
    disputed = forms.BooleanField(label=_("disputed"), required=False)
    counted = forms.BooleanField(label=_("travellers count here"), required=False)
    paid = forms.BooleanField(label=_("with money paid back"), required=False)

    def __init__(self, data):
        super().__init__(data)
        agencies = Venue.objects.standing().filter(category__slug=AGENCY).only("pk", "name")
        self.fields["agency"].queryset = agencies.order_by("name", "pk")

    def any_status(self, groups):
        """None when a filter cannot be read, for a list of everything would be a wrong answer."""
        if not self.is_valid():
            return groups.none()
        said = self.cleaned_data
        if said["bucket"]:
            groups = groups.filter(bucket=said["bucket"])
        if said["reason"]:
            groups = groups.filter(reason="" if said["reason"] == NO_REASON else said["reason"])
        if said["agency"]:
            groups = groups.of(said["agency"])
        for name in ("disputed", "counted"):
            if said[name]:
                groups = groups.filter(**{name: True})
        if said["paid"]:
            groups = groups.exclude(paid_heads=0)
        text = said["q"].strip()
        return groups.filter(_about(text)) if text else groups

    def rows(self, groups):
        groups = self.any_status(groups)
        asked = self.cleaned_data.get("status")
        return groups.filter(status__in=fitting(Status.values, asked)) if asked else groups

    @property
    def in_use(self):
        """The names of the filters that are set."""
        return [name for name, value in self.cleaned_data.items() if value]


def _about(text):
    agencies = Venue.objects.matching(text).order_by()
    theirs = Q(agency__in=agencies.values("pk")) | Q(agency__merged_into__in=agencies.values("pk"))
    before = Renaming.objects.live().filter(was__icontains=text).values("group")
    return Q(number__icontains=text) | Q(pk__in=before) | Q(route__icontains=text) | theirs
