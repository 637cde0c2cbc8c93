"""Forms of a look: what was seen, when and by whom; its correction; the closing look of a violation."""

import datetime

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.forms.moments import MomentMixin
from venues.models import Alert, Inspection, Patrol, Violation


class OfficersChoice(forms.ModelMultipleChoiceField):
    """The officers who looked or went out, as boxes to tick; accounts without a badge are nobody's in the street."""

    def __init__(self, **options):
        options.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(queryset=get_user_model().objects.active().exclude(badge_no=None), **options)

    def label_from_instance(self, officer):
        if officer.certificate_no:
            return str(officer)
        return gettext("%(name)s (no certificate)") % {"name": officer}


class OfficersMixin:
    """For forms whose field `officers_field` is an OfficersChoice: `likely` are the ids of those who come first."""

    officers_field = "officers"
    likely = frozenset()

    def officer_boxes(self):
        """(boxes of the officers who probably looked, boxes of all others), for the template."""
        ticked = {str(value) for value in self[self.officers_field].value() or []}
        likely = ticked | {str(pk) for pk in self.likely}
        groups = [], []
        for box in self[self.officers_field]:
            groups[str(box.data["value"]) not in likely].append(box)
        return groups


class PatrolChoice(forms.ModelChoiceField):
    def label_from_instance(self, patrol):
        left = f"{timezone.localtime(patrol.left_at):%m-%d %H:%M}"
        return " · ".join(str(part) for part in [patrol.number, left, patrol.led_by, patrol.area] if part)


class AlertChoice(forms.ModelChoiceField):
    def label_from_instance(self, alert):
        raised = f"{timezone.localtime(alert.raised_at):%m-%d %H:%M}"
        return f"{raised} {alert.get_source_display()}: {alert.words or alert}"[:100]


def patrols_to_choose(also=None):
    """Patrols that are out, those of the last two days, and the one that is `also` named; the latest first."""
    recent = timezone.now() - datetime.timedelta(days=2)
    fits = Q(returned_at=None) | Q(left_at__gte=recent)
    if also is not None:
        fits |= Q(pk=also.pk)
    return Patrol.objects.filter(fits).select_related("led_by").order_by("-left_at")


class LookForm(OfficersMixin, MomentMixin, forms.Form):
    """The part that every look has: officers, date and time, the patrol."""

    officers = OfficersChoice(
        label=_("Officers"), error_messages={"required": _("Name at least one officer who looked.")}
    )
    patrol = PatrolChoice(
        label=_("Patrol"), queryset=Patrol.objects.none(), required=False, empty_label=_("no patrol"),
        help_text=_("A look without a patrol is kept all the same."),
    )  # fmt: skip

    def __init__(self, *args, officer, patrol=None, **options):
        own = patrol or Patrol.objects.out().filter(members=officer).order_by("-left_at").first()
        self.likely = {officer.pk, *(member.pk for member in own.members.all())} if own else {officer.pk}
        initial = {"officers": [officer.pk], "patrol": own, **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **options)
        self.fields["patrol"].queryset = patrols_to_choose(also=initial["patrol"])


class InspectionForm(LookForm):
    """A new look at a venue."""

    moment_label = _("Seen")
    result = forms.ChoiceField(
        label=_("What was seen"), choices=Inspection.Result.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Say what was seen.")},
    )  # fmt: skip
    method = forms.ChoiceField(label=_("Method"), choices=Inspection.Method.choices, initial="on_site")
    rear_door_checked = forms.BooleanField(label=_("Rear door checked"), required=False)
    premises_safe = forms.BooleanField(label=_("Fire and theft safety checked"), required=False)
    notice_posted = forms.BooleanField(label=_("Notice posted on the door"), required=False)
    people_inside = forms.IntegerField(
        label=_("People inside"), required=False, min_value=0, max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    met = forms.CharField(label=_("Who was met"), required=False, max_length=60)
    alert = AlertChoice(
        label=_("Answers the alert"), queryset=Alert.objects.none(), required=False, empty_label=_("no alert")
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300})
    )

    def __init__(self, *args, venue, alert=None, **options):
        options["initial"] = {"alert": alert, **(options.pop("initial", None) or {})}
        super().__init__(*args, **options)
        somewhere_near = Q(venue=None) & (Q(district=venue.district_id) | Q(district=None))
        chosen = Q(pk=alert.pk) if alert is not None else Q(pk__in=[])
        open_here = Q(answered_at=None) & (Q(venue=venue) | somewhere_near)
        self.fields["alert"].queryset = Alert.objects.select_related("venue").filter(open_here | chosen)

    @property
    def rest_matters(self):
        """Whether the fields that are folded away say something out of the ordinary, or are wrong."""
        own_patrol = str(self["patrol"].value() or "") == str(getattr(self.initial["patrol"], "pk", ""))
        said = self["method"].value() != Inspection.Method.ON_SITE or self["met"].value() or not own_patrol
        return bool(said or {"patrol", "method", "met"} & set(self.errors))

    def look(self):
        """The keyword arguments of `Inspection.objects.record` that the form knows. A box left empty says nothing."""
        names = ("officers", "patrol", "alert", "result", "method", "people_inside", "met", "remark")
        said = {name: self.cleaned_data[name] for name in names}
        ticked = {n: self.cleaned_data[n] or None for n in ("rear_door_checked", "premises_safe", "notice_posted")}
        return {**said, **ticked, "observed_at": self.cleaned_data["at"]}


class CorrectionForm(InspectionForm):
    """The same look as it should have been recorded; the first one stays and is marked as corrected."""

    def __init__(self, *args, look, **options):
        names = ("result", "method", "rear_door_checked", "premises_safe", "notice_posted", "people_inside", "met",
                 "remark", "patrol", "alert")  # fmt: skip
        initial = {name: getattr(look, name) for name in names}
        initial |= {"officers": [o.pk for o in look.officers.all()], **self.moment_initial(look.observed_at)}
        self.first = look
        super().__init__(*args, venue=look.venue, patrol=look.patrol, alert=look.alert, initial=initial, **options)

    def clean(self):
        cleaned = super().clean()
        moment = cleaned.get("at")
        if moment and moment == self.first.observed_at.replace(second=0, microsecond=0):
            cleaned["at"] = self.first.observed_at  # the form shows no seconds: keep those of the record
        return cleaned


class StopForm(LookForm):
    """The closing look of a violation."""

    moment_label = _("Seen closed")
    measures = forms.CharField(
        label=_("Measures"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_("What was done: guests sent home, power cut, owner warned …"),
    )  # fmt: skip


class ViolationMoveForm(MomentMixin, forms.Form):
    """What was done about a violation after it was stopped."""

    moment_label = _("When")
    to_state = forms.ChoiceField(label=_("What was done"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("In a sentence"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    case_no = forms.CharField(label=_("Case no."), max_length=60, required=False)
    transferred_to = forms.CharField(
        label=_("Transferred to"), max_length=60, required=False, help_text=_("Police, telecom office …")
    )

    ACTS = {
        Violation.State.ORDERED: _("Rectification ordered"),
        Violation.State.RESOLVED: _("Resolved"),
        Violation.State.TRANSFERRED: _("Transferred to another authority"),
        Violation.State.WITHDRAWN: _("Withdrawn: it was no violation"),
    }

    def __init__(self, *args, violation, **options):
        super().__init__(*args, **options)
        self.violation = violation
        self.fields["to_state"].choices = [(s, self.ACTS[s]) for s in violation.next_states if s in self.ACTS]
        if Violation.State.TRANSFERRED not in violation.next_states:
            del self.fields["transferred_to"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("to_state") == Violation.State.TRANSFERRED and not cleaned.get("transferred_to"):
            self.add_error("transferred_to", _("Say to whom it is transferred."))
        return cleaned
