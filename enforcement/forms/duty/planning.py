"""Forms of planning: the wizard, filling again, a seat, signing."""

import calendar
import datetime

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty import Assignment, Role, Roster, Rotation, Shift, ShiftPattern
from venues.forms.moments import DayField, MomentField

_DAY = datetime.timedelta(days=1)
SHORT = 7  # a rest of a month with fewer days is planned together with the next month


def month_end(day):
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def free_span(today):
    """(first, last) of the period that is to be planned next: the days from tomorrow on that no roster covers yet, to the end of
    their month (of the next, when only a few are left), but never into another roster."""
    first = Roster.objects.next_uncovered(today + _DAY)
    last = month_end(first)
    if (last - first).days + 1 < SHORT:
        last = month_end(last + _DAY)
    return first, _before_the_next(first, last)


def _before_the_next(first, last):
    following = Roster.objects.filter(starts_on__range=(first, last)).order_by("starts_on").first()
    return following.starts_on - _DAY if following else last


def title_of(first, last):
    """A title for the period, in the language of the planner, who may write another."""
    if first.day == 1 and last == month_end(first):
        words = {"year": first.year, "month": f"{first:%m}", "number": first.month}
        # Translators: %(number)s is the month without its zero
        return gettext("Duty roster %(year)s-%(month)s") % words
    return gettext("Duty roster %(first)s to %(last)s") % {"first": first, "last": last}


def _number(text):
    return int(text) if text.isdecimal() and len(text) < 10 else None


class PlanForm(forms.Form):
    """The wizard: which days, which pattern, which rotations. It is filled before anything is typed."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    pattern = forms.ModelChoiceField(label=_("Shift pattern"), queryset=None, empty_label=None)
    rotations = forms.ModelMultipleChoiceField(
        label=_("Rotations"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data, **options):
        patterns = ShiftPattern.objects.active()
        data = self._completed(data.copy(), patterns)
        super().__init__(data, **options)
        self.fields["pattern"].queryset = patterns
        ready = Rotation.objects.ready(self.pattern_pk) if self.pattern_pk else Rotation.objects.none()
        self.fields["rotations"].queryset = ready

    def _completed(self, data, patterns):
        """What was not said: the next free days, the pattern of the last roster, all its rotations."""
        if not data.get("first"):
            data["first"], data["last"] = free_span(timezone.localdate())
        if not data.get("pattern"):
            latest = Roster.objects.filter(pattern__in=patterns).order_by("-starts_on").first()
            pattern = latest.pattern if latest else patterns.first()
            data["pattern"] = str(pattern.pk) if pattern else ""
        pattern = _number(data["pattern"])
        if pattern and data.get("chosen") != str(pattern):  # these boxes were never seen
            data.setlist("rotations", [str(rotation.pk) for rotation in Rotation.objects.ready(pattern)])
        return data

    @property
    def pattern_pk(self):
        return _number(self.data.get("pattern") or "")

    def clean(self):
        cleaned = super().clean()
        first, last, pattern = cleaned.get("first"), cleaned.get("last"), cleaned.get("pattern")
        if first and last and last < first:
            self.add_error("last", gettext("The last day is not before the first."))
        elif first and last and (last - first).days >= 366:
            self.add_error("last", gettext("Give a first day and a last day that is not before it, within one year."))
        elif first and last and (other := Roster.objects.touching(first, last).first()):
            self.add_error("first", str(other.taken()))
        if pattern and not self.errors:
            cleaned["title"] = cleaned["title"].strip() or title_of(first, last)
        return cleaned

    def shifts(self):
        """The shifts that would be, unsaved."""
        slots = self.cleaned_data["pattern"].slots(self.cleaned_data["first"], self.cleaned_data["last"])
        return [Shift(start=slot.start, end=slot.end, name=slot.name) for slot in slots]


class SeenForm(forms.Form):
    """What a planner saw when he pressed: the number of edits of the draft."""

    edits_seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class FillForm(SeenForm):
    """Fill a draft by rotations again, from a day on."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    rotations = forms.ModelMultipleChoiceField(
        label=_("Rotations"), queryset=None, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one rotation.")},
    )  # fmt: skip
    keep_hand = forms.BooleanField(
        label=_("Keep what was put by hand, imported or changed"), required=False, initial=True
    )

    def __init__(self, *args, version, plans_from=None, **options):
        roster = version.roster
        ready = Rotation.objects.ready(roster.pattern)
        first = roster.starts_on
        if plans_from is not None:
            first = max(first, timezone.localdate(plans_from) + _DAY)
        initial = {
            "first": min(first, roster.ends_on), "last": roster.ends_on, "edits_seen": version.edits, "keep_hand": True,
            "rotations": [rotation.pk for rotation in ready],
        }  # fmt: skip
        super().__init__(*args, initial=initial, **options)
        self.fields["rotations"].queryset = ready


class SeatForm(SeenForm):
    """Put an officer on a shift: for the whole of it, or for a part; in place of another, or beside the others."""

    shift = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)
    role = forms.ChoiceField(choices=Role.choices, widget=forms.HiddenInput)
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=None)
    leaving = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    start = MomentField(label=_("Only from"), required=False)
    end = MomentField(label=_("Only until"), required=False)

    def __init__(self, *args, version, **options):
        super().__init__(*args, **options)
        self.fields["shift"].queryset = version.shifts.all()
        self.fields["officer"].queryset = get_user_model().objects.active()
        self.fields["leaving"].queryset = Assignment.objects.filter(shift__version=version)


class SignForm(SeenForm):
    """Sign and publish; the reason stands on the paper beside the gaps."""

    changes_seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    gap_reason = forms.CharField(
        label=_("Why gaps remain"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is printed on the roster with your name."),
    )  # fmt: skip
