"""Forms of the set-up: the first proposal, a group and its members, a pattern, a rotation."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.duty.setting_up import usual
from enforcement.models.duty import DutyGroup, Rotation, ShiftPattern
from venues.forms.moments import DayField

BORDERS = 6  # shifts of one day at the most
SPARE = 3  # empty turns below those of a rotation
FEWEST_TURNS = 8


def _officers():
    return get_user_model().objects.active().filter(is_wall_screen=False).order_by("badge_no", "username")


class QuickForm(forms.Form):
    """The first set-up: which teams become groups, and from which date on everything is counted."""

    teams = forms.MultipleChoiceField(
        label=_("Teams that become duty groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    since = DayField(label=_("Counted from"))

    def __init__(self, *args, proposal, **options):
        options.setdefault("initial", {"teams": usual(proposal.teams), "since": timezone.localdate()})
        super().__init__(*args, **options)
        self.fields["teams"].choices = [
            (team, f"{team} ({len(officers)})") for team, officers in proposal.teams.items()
        ]
        if not proposal.teams:
            del self.fields["teams"]


class GroupForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("duty group", "name"), max_length=40)
    is_active = forms.BooleanField(label=_("active"), required=False, initial=True)


class NewGroupForm(forms.Form):
    """A group with its first members."""

    name = forms.CharField(label=pgettext_lazy("duty group", "name"), max_length=40)
    since = DayField(label=_("since"))
    members = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("duty group", "Members"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **options):
        super().__init__(*args, initial={"since": timezone.localdate()}, **options)
        self.fields["members"].queryset = _officers()


class MemberForm(forms.Form):
    """One more member from a date on."""

    officer = forms.ModelChoiceField(label=_("officer"), queryset=None)
    since = DayField(label=_("since"))

    def __init__(self, *args, group, **options):
        super().__init__(*args, initial={"since": timezone.localdate()}, **options)
        self.fields["officer"].queryset = _officers().exclude(
            pk__in=group.memberships.filter(until=None).values("officer")
        )


class LetGoForm(forms.Form):
    until = DayField(label=_("until (no longer on this day)"))


class PatternForm(forms.Form):
    """Up to six times of day at which a shift begins; empty rows count for nothing."""

    name = forms.CharField(label=pgettext_lazy("shift pattern", "name"), max_length=40)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for n in range(1, BORDERS + 1):
            self.fields[f"at_{n}"] = forms.TimeField(
                label=gettext("Shift %(number)s begins at") % {"number": n}, required=n == 1,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial="08:00" if n == 1 else None,
            )  # fmt: skip
            self.fields[f"name_{n}"] = forms.CharField(
                label=gettext("Name of shift %(number)s") % {"number": n}, required=False, max_length=20
            )

    def borders(self):
        data = self.cleaned_data
        rows = [(data[f"at_{n}"], data[f"name_{n}"]) for n in range(1, BORDERS + 1)]
        return [(at, name) for at, name in rows if at is not None]


class RotationForm(forms.ModelForm):
    """A rotation and its turns: as many choices as it has entries, and some empty ones below."""

    class Meta:
        model = Rotation
        fields = [
            "name", "pattern", "lane", "anchor_on", "day_types", "hold", "offset", "seats", "turning", "is_active",
        ]  # fmt: skip
        field_classes = {"anchor_on": DayField}
        help_texts = {
            "hold": _("1: the next turn begins with every shift. 7 with one shift a day: by the week."),
            "offset": _("0: the first of the list serves on the first day."),
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if not self.instance.pk:
            self.initial.setdefault("anchor_on", timezone.localdate())
        patterns = ShiftPattern.objects.active() | ShiftPattern.objects.filter(pk=self.instance.pattern_id)
        self.fields["pattern"].queryset, self.fields["pattern"].empty_label = patterns.distinct(), None
        self.objects = {f"g{group.pk}": group for group in DutyGroup.objects.active()}
        self.objects |= {f"o{officer.pk}": officer for officer in _officers()}
        entries = list(self.instance.entries.select_related("officer", "group")) if self.instance.pk else []
        for entry in entries:
            self.objects.setdefault(_key(entry), entry.group or entry.officer)
        choices = [
            ("", "—"),
            (gettext("Groups"), [(k, str(v)) for k, v in self.objects.items() if k[0] == "g"]),
            (gettext("Officers"), [(k, str(v)) for k, v in self.objects.items() if k[0] == "o"]),
        ]
        sent = sum(name.startswith("turn_") for name in self.data) if self.is_bound else 0
        for n in range(1, min(max(len(entries) + SPARE, FEWEST_TURNS, sent), 60) + 1):
            self.fields[f"turn_{n}"] = forms.ChoiceField(
                label=gettext("Turn %(number)s") % {"number": n}, choices=choices, required=False,
                initial=_key(entries[n - 1]) if n <= len(entries) else "",
            )  # fmt: skip

    def turns(self):
        return [field for field in self.visible_fields() if field.name.startswith("turn_")]

    def plain(self):
        return [field for field in self.visible_fields() if not field.name.startswith("turn_")]

    def entries(self):
        """The officers and groups in their order; empty turns count for nothing."""
        chosen = [self.cleaned_data[field.name] for field in self.turns()]
        return [self.objects[key] for key in chosen if key]

    def details(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _key(entry):
    return f"g{entry.group_id}" if entry.group_id else f"o{entry.officer_id}"
