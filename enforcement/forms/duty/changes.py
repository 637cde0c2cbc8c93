"""Forms of changes of duty: asking for a swap or a cover, taking one, deciding, an emergency take-over, a new feed."""

import datetime

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.duty.changing import AHEAD, LATE
from enforcement.models.duty import MAX_SHIFT, Assignment, Role
from venues.forms.moments import MomentField
from venues.words import when

OVER = pgettext_lazy("duty", "over")
NEAR = 31  # days before and after a duty within which another may be had in return


def show(form, refused):
    """Put the Refused beside the fields that it names, else on top of the form."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for field, errors in refused.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def duty_words(row, *, with_name=True):
    """An assignment in one line: name, role, from, until."""
    words = f"{when(row.start)} – {when(row.end)[5:]} · {row.get_role_display()}"
    if row.end <= timezone.now():
        words = f"{words} · {OVER}"
    return f"{row.officer} · {words}" if with_name else words


class DutyChoice(forms.ModelChoiceField):
    """A choice among assignments; with the officers' names unless they are all of one."""

    def __init__(self, *args, with_name=True, **options):
        self.with_name = with_name
        options.setdefault("queryset", Assignment.objects.none())
        super().__init__(*args, **options)

    def label_from_instance(self, row):
        return duty_words(row, with_name=self.with_name)


def colleagues(officer):
    """Who may be asked: everybody at work but this officer."""
    return get_user_model().objects.active().filter(is_wall_screen=False).exclude(pk=officer.pk)


class _Ask(forms.Form):
    asked_of = forms.ModelChoiceField(
        label=_("Whom do you ask?"), queryset=None, required=False, empty_label=_("anybody who volunteers")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args, assignment, **options):
        super().__init__(*args, **options)
        self.assignment = assignment
        self.fields["asked_of"].queryset = able(colleagues(assignment.officer), assignment.role)

    def asked(self):
        """The keyword arguments of `DutyChange.objects.ask`."""
        return {name: self.cleaned_data[name] for name in self.fields}


def able(officers, role):
    """Those of them who may have this role."""
    may = {Role.LEADER: {"can_lead": True}, Role.PHONE: {"can_hold_phone": True}}
    return officers.filter(**may.get(role, {}))


class CoverForm(_Ask):
    """Somebody takes the duty, or a part of it, for nothing."""

    start = MomentField(label=pgettext_lazy("moment", "From"))
    end = MomentField(label=pgettext_lazy("moment", "Until"))
    field_order = ["start", "end", "asked_of", "reason"]

    def __init__(self, *args, assignment, **options):
        start = max(assignment.start, timezone.now())
        super().__init__(*args, assignment=assignment, initial={"start": start, "end": assignment.end}, **options)

    def asked(self):
        """Times are typed in whole minutes: an end that was left as it was means the end, to the second."""
        said = super().asked()
        for name, exact in (("start", self.assignment.start), ("end", self.assignment.end)):
            if said[name] == exact.replace(second=0, microsecond=0):
                said[name] = exact
        return said


class SwapForm(_Ask):
    """Somebody takes the duty and gives one of his own for it."""

    counter = DutyChoice(
        label=_("Duty in return"), required=False, empty_label=_("whichever is offered; you agree to it first"),
        help_text=_("Choosing one asks the person whose it is."),
    )  # fmt: skip
    field_order = ["counter", "asked_of", "reason"]

    def __init__(self, *args, assignment, **options):
        super().__init__(*args, assignment=assignment, **options)
        now, far = timezone.now(), datetime.timedelta(days=NEAR)
        near = Assignment.objects.in_force().filter(start__gt=max(now, assignment.start - far))
        near = near.filter(start__lt=assignment.start + far, officer__in=self.fields["asked_of"].queryset)
        self.fields["counter"].queryset = near.select_related("officer").order_by("start", "role", "pk")


class TakeForm(forms.Form):
    """Yes, I take it; in a swap that names no duty in return, for this one of mine."""

    counter = DutyChoice(label=_("Duty in return"), with_name=False, empty_label=None)

    def __init__(self, *args, change, officer, **options):
        super().__init__(*args, **options)
        if change.kind != change.Kind.SWAP or change.counter_id:
            del self.fields["counter"]
            return
        mine = Assignment.objects.in_force().filter(officer=officer, start__gt=timezone.now())
        self.fields["counter"].queryset = mine.select_related("officer").order_by("start")


class NoteForm(forms.Form):
    """What is said with a decision."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class TakeOverForm(forms.Form):
    """Which duty, since when, why."""

    assignment = DutyChoice(label=_("Duty"), widget=forms.RadioSelect, empty_label=None)
    start = MomentField(
        label=pgettext_lazy("moment", "From"), help_text=_("Up to 24 hours back, when it is written down late.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args, officer, **options):
        now = timezone.now()
        super().__init__(*args, initial={"start": now}, **options)
        near = Assignment.objects.in_force().filter(
            start__gt=now - MAX_SHIFT - LATE, start__lte=now + AHEAD, end__gt=now - LATE
        )
        self.fields["assignment"].queryset = (
            near.exclude(officer=officer).select_related("officer").order_by("-end", "role", "pk")
        )


class FeedForm(forms.Form):
    """Of what the feed is: of one's own duty, or of a post."""

    of = forms.ChoiceField(label=_("Calendar of"), choices=[("mine", _("my own duty")), *Role.choices])
