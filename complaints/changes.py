"""What an event of a complaint changed, in words for its page: the topic, place or urgency before and after, the limits that were
extended. Events keep codes; the names are looked up when somebody reads them, in the reader's language."""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from complaints.history import STEP_OF
from complaints.models import Complaint, Kind, ServiceLevel, Topic, Urgency
from complaints.workflow import Act
from venues.models import Division, Venue
from venues.words import when

_SHOWS_CHANGES = (Act.RECATEGORISE, Act.EXTERNAL, Act.EXTEND, Act.SET_URGENCY)


@dataclass(frozen=True)
class Change:
    """One thing that changed: its name, before, after."""

    label: str
    before: str
    after: str


def changes_of(events):
    """{event id: [Change]} of these events; a fixed number of queries, and none when nothing changed."""
    pairs = {event.pk: list(_pairs(event)) for event in events if event.act in _SHOWS_CHANGES or "was" in event.data}
    names = _names([pair for found in pairs.values() for pair in found])
    return {pk: [_change(*pair, names) for pair in found] for pk, found in pairs.items()}


def _pairs(event):
    """(what, before, after) as the event keeps them."""
    if event.act in STEP_OF:  # seen earlier than was known
        yield STEP_OF[event.act], event.data["was"], event.occurred_at.isoformat()
        return
    if event.act == Act.SET_URGENCY:
        yield "urgency", event.data.get("from"), event.data.get("to")
    for step, until in event.data.get("due", {}).items():
        yield step, event.data["was"].get(step), until
    for name, (before, after) in event.data.get("changes", {}).items():
        yield name, before, after


def _names(pairs):
    """{what: {code: name}} of topics, venues and divisions."""
    asked = {
        name: {code for what, *codes in pairs if what == name for code in codes if code is not None}
        for name in ("topic", "venue", "district", "street")
    }
    divisions = asked["district"] | asked["street"]
    places = dict(Division.objects.filter(code__in=divisions).values_list("code", "name")) if divisions else {}
    return {
        "topic": {t.slug: t.name for t in Topic.objects.filter(slug__in=asked["topic"])} if asked["topic"] else {},
        "venue": dict(Venue.objects.filter(pk__in=asked["venue"]).values_list("pk", "name")) if asked["venue"] else {},
        "district": places, "street": places,
        "urgency": dict(Urgency.choices), "kind": dict(Kind.choices),
        "place_unclear": {True: _("yes"), False: _("no")},
    }  # fmt: skip


def _change(what, before, after, names):
    if what in ServiceLevel.Step.values:
        label = _("%(step)s due") % {"step": ServiceLevel.Step(what).label}
    else:
        label = Complaint._meta.get_field(what).verbose_name
    moment = what in ServiceLevel.Step.values or what == "external_deadline" or what in STEP_OF.values()

    def words(code):
        if moment and code:
            return when(parse_datetime(code))
        return str(names.get(what, {}).get(code, code) or "—")

    return Change(str(label), words(before), words(after))
