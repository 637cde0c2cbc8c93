"""What the acts that change no state ask for: notes, more time, another urgency, another topic or place, what the other hotline
says."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.forms.moves import MoveForm, seen, words
from complaints.models import ServiceLevel, Topic, Urgency
from complaints.workflow import OPEN, Act
from venues.forms.moments import MomentField
from venues.forms.picker import Picked, VenueField
from venues.models import Division


class UrgencyForm(MoveForm):
    takes_moment = False
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    reason = words(_("Reason"), error_messages={"required": _("Give the reason.")})
    was = forms.CharField(required=False, widget=forms.HiddenInput)  # the urgency that the page showed

    def __init__(self, data=None, *, complaint, **options):
        initial = {"urgency": complaint.urgency, "was": complaint.urgency}
        super().__init__(data, complaint=complaint, initial=initial, **options)

    @property
    def stale(self):
        return super().stale or (self.is_bound and self.data.get("was", "") not in ("", self.complaint.urgency))

    def carry_out(self, *, by):
        self.complaint.set_urgency(by=by, **{name: self.cleaned_data[name] for name in ("urgency", "reason")})


class NoteForm(MoveForm):
    takes_moment = False
    kind = Act.NOTE
    text = words(_("Note"), rows=3, most=4000)  # what is said while a call is being saved is as long as a call

    def carry_out(self, *, by):
        self.complaint.note(by=by, act=self.kind, text=self.cleaned_data["text"])


class SuperviseForm(NoteForm):
    kind = Act.SUPERVISE
    text = words(_("What is demanded, by when"), rows=3, most=500)


class ExtendForm(MoveForm):
    """More time for steps that are not late yet, with the reason."""

    takes_moment = False
    steps = forms.MultipleChoiceField(
        label=_("Which step"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say which step gets more time.")},
    )  # fmt: skip
    until = MomentField(label=_("Until"))
    text = words(_("Reason"), rows=3, most=400)

    def __init__(self, data=None, *, complaint, **options):
        open_ = complaint.extendable(timezone.now())
        initial = {"steps": ["answer"] if "answer" in open_ else open_[:1]}
        super().__init__(data, complaint=complaint, initial=initial, **options)
        self.fields["steps"].choices = [choice for choice in ServiceLevel.Step.choices if choice[0] in open_]
        if not open_:
            self.fields["steps"].help_text = _("Every step is done or late already: nothing can be extended.")

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.extend(by=by, steps=said["steps"], until=said["until"], reason=said["text"])


class OptionalVenueField(VenueField):
    """A venue that may stay open; words that match nothing are an error all the same."""

    def to_python(self, value):
        return super().to_python(value) if value and (value.pk or value.text) else None


class RecategoriseForm(MoveForm):
    """Another topic, venue, place, district or urgency. Sent from a page that shows what it is filed under now, or not at all."""

    takes_moment = False
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.none(), empty_label=None)
    venue = OptionalVenueField(label=_("Venue"), required=False)
    no_venue = forms.BooleanField(label=_("no venue of the registry"), required=False)
    place = forms.CharField(label=_("or the place in words"), required=False, max_length=200)
    place_unclear = forms.BooleanField(label=_("place unclear"), required=False)
    district = forms.ModelChoiceField(
        label=_("District or county"), queryset=Division.objects.none(), required=False, empty_label=_("not known"),
        help_text=_("That of the venue, when a venue is chosen."),
    )  # fmt: skip
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    reason = words(_("Reason"), error_messages={"required": _("Give the reason.")})

    def __init__(self, data=None, *, complaint, **options):
        venue = complaint.venue
        initial = {
            "topic": complaint.topic_id, "place": complaint.place, "place_unclear": complaint.place_unclear,
            "district": complaint.district_id, "urgency": complaint.urgency, "seen": filed_as(complaint),
            "venue": Picked(str(venue.pk), venue.name) if venue else Picked(), "no_venue": venue is None,
        }  # fmt: skip
        super().__init__(data, complaint=complaint, initial=initial, **options)
        self.fields["topic"].queryset = Topic.objects.filter(retired=False) | Topic.objects.filter(
            pk=complaint.topic_id
        )
        self.fields["district"].queryset = Division.objects.districts().valid(timezone.localdate())
        self.fields["venue"].user = self.officer
        if complaint.status not in OPEN:
            del self.fields["urgency"]

    @property
    def stale(self):
        return self.is_bound and self.data.get("seen", "") != filed_as(self.complaint)

    def clean(self):
        said = super().clean()
        if said.get("no_venue"):
            said["venue"] = None
        if not (said.get("venue") or said.get("place") or said.get("place_unclear") or "venue" in self.errors):
            self.add_error("place", _("Name the venue or the place, or say that it is unclear."))
        return said

    def carry_out(self, *, by):
        said = self.cleaned_data
        names = ("topic", "venue", "place", "place_unclear", "district", "urgency")
        filed = {name: said[name] for name in names if name in said}
        self.complaint.recategorise(by=by, reason=said["reason"], **filed)


def filed_as(complaint):
    """What the page showed it filed under, as the form sends it back."""
    filed = (complaint.topic_id, complaint.venue_id or 0, complaint.district_id or 0, complaint.urgency)
    return "-".join([seen(complaint), *map(str, filed)])


class ExternalForm(MoveForm):
    """The number and the deadline of the hotline that passed it on, by hand."""

    takes_moment = False
    external_no = forms.CharField(label=_("External no."), required=False, max_length=60)
    external_deadline = MomentField(label=_("External deadline"), required=False)
    text = words(_("Remark"), required=False)

    def __init__(self, data=None, *, complaint, **options):
        initial = {name: getattr(complaint, name) for name in ("external_no", "external_deadline")}
        super().__init__(data, complaint=complaint, initial=initial, **options)

    def carry_out(self, *, by):
        said = self.cleaned_data
        self.complaint.set_external(
            by=by, external_no=said["external_no"].strip(), deadline=said["external_deadline"], text=said["text"]
        )
