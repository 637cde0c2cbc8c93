"""From the rows of the database to the facts of targets (`venues.states`), for many targets in a handful of queries."""

import collections

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from venues.models import Inspection, Notice, TargetMove, Venue, Violation
from venues.models.rechecks import recheck
from venues.states import FACT_FIELDS, FOUND_OPEN, Look, Move, Said, facts_of, state_of

# The place that a target or a look means today: its venue, or the one that this was merged into (one step suffices).
PLACE = Coalesce(F("venue__merged_into"), F("venue"))


def as_they_stood(targets, at, moves=None):
    """Give each of these targets (annotated with `place` and `recheck_hours`) the facts and the `state` of the moment `at`, and return
    them.

    Where the last row is not later than `at` the cached columns are those facts; the others are derived. The targets
    are for reading: do not save them.
    """
    later = [target for target in targets if target.facts_until is not None and target.facts_until > at]
    facts = derive(later, at, moves) if later else {}
    for target in targets:
        if target.pk in facts:
            for field in FACT_FIELDS:
                setattr(target, field, getattr(facts[target.pk], field))
        target.state = state_of(target, at, recheck(target))
    return targets


def derive(targets, until=None, moves=None):
    """{pk: Facts} of these targets (annotated with `place`) from their rows up to and with `until` (None: from all
    rows). Three queries, however many targets; `moves` saves one: the rows of `TargetMove` of these targets up to
    `until`."""
    pks = [target.pk for target in targets]
    if moves is None:
        moves = _until(TargetMove.objects.filter(target__in=pks), "at", until)
    moves_of, notices_of = collections.defaultdict(list), collections.defaultdict(list)
    for move in moves:
        moves_of[move.target_id].append(Move(move.at, move.kind))
    notices = _until(Notice.objects.filter(target__in=pks), "at", until)
    for pk, at, outcome, says_closed in notices.values_list("target", "at", "outcome", "says_closed"):
        notices_of[pk].append(Said(at, outcome in Notice.TOLD, says_closed))
    looks = _looks_by_place(targets, until)
    return {
        target.pk: facts_of(moves_of[target.pk], notices_of[target.pk], _since(target, looks)) for target in targets
    }


def _until(rows, field, at):
    return rows if at is None else rows.filter(**{f"{field}__lte": at})


def _since(target, looks):
    return [look for look in looks[target.place] if look.at >= target.order.issued_at]


def venues_at(places):
    """These venues and all that were merged into them."""
    places = list(places)
    return Venue.objects.filter(Q(pk__in=places) | Q(merged_into__in=places))


def merged_venues(places):
    """{venue: place} for these places themselves and for all venues that were merged into them."""
    merged = Venue.objects.filter(merged_into__in=list(places)).values_list("pk", "merged_into")
    return {place: place for place in places} | dict(merged)


def counting_looks(places, since):
    """The inspections at these places that count for a state (the rule stands in `venues.states`), since the order's
    issue. Each carries its `place`."""
    looks = Inspection.objects.standing().filter(observed_at__gte=since)
    looks = looks.filter(venue__in=venues_at(places).values("pk")).annotate(place=PLACE)
    found_open = _ON_SITE & Q(result__in=FOUND_OPEN)
    closing = _ON_SITE & Q(result=Inspection.Result.CLOSED, was_running=True)
    counting = looks.alias(was_running=_was_running()).filter(Q(shut_by_law=False) | found_open | closing)
    return counting.exclude(found_open & _discounted())


_ON_SITE = Q(method__in=Inspection.ON_SITE_METHODS)


def _family():
    """For a subquery: the venues of the place of the look outside it."""
    place = OuterRef(OuterRef("place"))
    return Venue.objects.filter(Q(pk=place) | Q(merged_into=place)).values("pk")


def _discounted():
    """Whether an officer withdrew the violation that the look is part of."""
    at = OuterRef("observed_at")
    return Exists(Violation.objects.filter(venue__in=_family(), found_at__lte=at, discounts_until__gte=at))


def _was_running():
    """Whether the last that was seen on site before the look, of open and closed, was open."""
    before = Inspection.objects.standing().on_site().annotate(place=PLACE)
    before = before.filter(venue__in=_family(), observed_at__lt=OuterRef("observed_at"))
    before = before.filter(Q(result=Inspection.Result.CLOSED) | Q(result__in=FOUND_OPEN) & ~_discounted())
    was_open = Case(When(result__in=FOUND_OPEN, then=True), default=False)
    return Subquery(before.annotate(was_open=was_open).order_by("-observed_at", "-was_open").values("was_open")[:1])


def _looks_by_place(targets, until):
    looks = collections.defaultdict(list)
    if not targets:
        return looks
    since = min(target.order.issued_at for target in targets)
    rows = _until(counting_looks({target.place for target in targets}, since), "observed_at", until)
    for place, at, method, result, certified in rows.values_list(
        "place", "observed_at", "method", "result", "certified"
    ):
        looks[place].append(Look(at, method in Inspection.ON_SITE_METHODS, result, certified))
    return looks


def last_looks(targets):
    """{pk: Inspection} of the look on site that each of these targets was last seen by, with its officers; two queries.
    The targets carry their facts and `place`."""
    wanted = {(target.place, target.last_look_at): target for target in targets if target.last_look_at is not None}
    if not wanted:
        return {}
    since = min(target.order.issued_at for target in wanted.values())
    looks = counting_looks({place for place, _at in wanted}, since).on_site()
    looks = looks.filter(observed_at__in={at for _place, at in wanted}).select_related("patrol")
    found = {}
    for look in looks.prefetch_related("officers").order_by("certified", "pk"):
        target = wanted.get((look.place, look.observed_at))
        if target is not None and look.result == target.last_look_result:
            found[target.pk] = look
    return found
