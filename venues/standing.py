"""Where the targets of an order stand: cached facts for now, derived from the rows for any past moment.

`refresh` is the only writer of the cached columns. `Standing` answers for one moment; the board, the lists behind its
numbers and the figures all read it, so that a number and its list cannot disagree.
"""

import collections
import functools
from math import ceil

from django.db import transaction
from django.utils import timezone

from venues import curves
from venues.facts import PLACE, as_they_stood, derive, venues_at
from venues.models import FormerRecheck, Target, TargetMove, Venue
from venues.states import CLOSED, FACT_FIELDS, State

# Age of the last look on site: key, hours at which the bucket ends (the last instant belongs to it, as with the
# recheck hours).
FRESHNESS = (("0-4", 4), ("4-8", 8), ("8-12", 12), ("12-24", 24), ("24-48", 48), ("48-", None))
NEVER_SEEN = "never"
_BATCH = 2000


# --- the cache ------------------------------------------------------------------------------------------------------
@transaction.atomic
def refresh(targets):
    """Write the cached facts of these targets (an iterable of Target or a queryset) anew from their rows. The only
    writer of those columns; called by every act that appends a notice, a look or a change of scope, in its
    transaction. The instances given are brought up to date as well."""
    given = collections.defaultdict(list)
    for target in targets:
        given[target.pk].append(target)
    wanted = sorted(given)
    for start in range(0, len(wanted), _BATCH):
        _refresh_batch(wanted[start : start + _BATCH], given)


def refresh_venues(venues):
    """The same for all targets of these venues (and of the venues merged with them), of every order."""
    places = {venue.merged_into_id or venue.pk for venue in venues}
    refresh(Target.objects.filter(venue__in=venues_at(places).values("pk")))


def _refresh_batch(pks, given):
    # Locked before their rows are read: of two acts on one target the second waits here, and then reads the rows of
    # the first.
    locked = Target.objects.select_for_update(no_key=True, of=("self",)).annotate(place=PLACE).select_related("order")
    locked = list(locked.filter(pk__in=pks).order_by("pk"))
    facts = derive(locked)
    changed = {target: fields for target in locked if (fields := _copy(facts[target.pk], target))}
    if changed:
        Target.objects.bulk_update(changed, set().union(*changed.values()), batch_size=500)
    for target in locked:
        for instance in given[target.pk]:
            _copy(facts[target.pk], instance)


def _copy(facts, target):
    """Set the columns of the target; the names of those that were different."""
    different = {field for field in FACT_FIELDS if getattr(target, field) != getattr(facts, field)}
    for field in different:
        setattr(target, field, getattr(facts, field))
    return different


# --- the question ---------------------------------------------------------------------------------------------------
class Standing:
    """An order's targets as they stood at the moment `at` (None: now). `as_of` is inclusive: a fact counts when it
    occurred at or before it. Facts whose last row is not later than `at` come from the cache; the others are
    derived.

    How long a look stays fresh is what held at the moment: recheck hours that are changed later divide only later
    moments anew."""

    def __init__(self, order, at=None):
        self.order = order
        self.at = at or timezone.now()

    @functools.cached_property
    def targets(self):
        """The targets known at the moment, each with its `state`; its cached columns are those of the moment (do not
        save them)."""
        known = self.order.targets.known(self.at).select_related("category", "district")
        targets = list(known.annotate(place=PLACE, recheck_hours=FormerRecheck.objects.hours(self.at)))
        for target in targets:
            target.order = self.order
        later = any(target.facts_until is not None and target.facts_until > self.at for target in targets)
        return as_they_stood(targets, self.at, self.moves if later else None)

    @functools.cached_property
    def counts(self):
        """State -> how many targets, all ten states."""
        counted = collections.Counter(target.state for target in self.targets)
        return {state: counted[state] for state in State}

    @functools.cached_property
    def in_scope(self):
        """The targets that must be shut (应关): neither excluded nor lifted."""
        return [target for target in self.targets if target.scope == Target.Scope.IN_SCOPE]

    # the headline figures, all over the targets in scope
    @property
    def told(self):
        return self._count(told=True)

    @property
    def reported(self):
        return self._count(reported=True)

    @property
    def closed(self):
        return self.counts[State.VERIFIED] + self.counts[State.STALE]

    @property
    def overdue(self):
        return self._count(overdue=True)

    @property
    def never_seen(self):
        return self._count(seen=NEVER_SEEN)

    def _count(self, **filters):
        return len(self.select(scope=Target.Scope.IN_SCOPE, **filters))

    def is_overdue(self, target):
        """Whether the deadline has passed and two certified officers have never yet seen the target closed."""
        return self.at > self.order.deadline_at and target.first_verified_at is None

    def freshness(self, target):
        """The key of the freshness bucket of the target's last look on site."""
        if target.last_look_at is None:
            return NEVER_SEEN
        hours = (self.at - target.last_look_at).total_seconds() / 3600
        return next(key for key, end in FRESHNESS if end is None or hours <= end)

    def select(self, **filters):
        """The targets that fit all the filters given by name (see `FILTERS`); a filter that is None or "" asks
        nothing."""
        asked = {name: value for name, value in filters.items() if value is not None and value != ""}
        targets = self.targets
        if "q" in asked:
            venues = Venue.objects.matching(asked.pop("q"))
            found = set(self.order.targets.filter(venue__in=venues).values_list("pk", flat=True))
            targets = [target for target in targets if target.pk in found]
        tests = [(FILTERS[name], value) for name, value in asked.items()]
        return [target for target in targets if all(test(self, target, value) for test, value in tests)]

    # over time
    @functools.cached_property
    def moves(self):
        """The changes of scope up to the moment, in order."""
        return list(TargetMove.objects.filter(target__order=self.order, at__lte=self.at).order_by("at", "pk"))

    @functools.cached_property
    def net_closed(self):
        """[(moment, closed, in scope)] after every change: how many of the targets then in scope were last seen
        closed by two."""
        turns = curves.turns(self.order, {target.place for target in self.targets})
        return curves.net_closed(self.targets, self.moves, turns, self.at)

    @functools.cached_property
    def all_closed_at(self):
        """The first moment at which all targets in scope were closed at once, or None. It stays after a re-opening."""
        return next((at for at, closed, total in self.net_closed if total and closed == total), None)

    @property
    def minutes_to_all_closed(self):
        """Whole minutes from the issue to `all_closed_at`, a begun minute counting as one; None when it never came to
        that."""
        if self.all_closed_at is None:
            return None
        return ceil((self.all_closed_at - self.order.issued_at).total_seconds() / 60)

    # as plain figures
    def groups(self, key):
        """{key(target): {"targets", "told", "closed", "verified", "violating"}} over the targets in scope, in the
        order of the list. A group all of whose targets left the scope is there with zeros."""
        groups = {}
        for target in self.targets:
            group = groups.setdefault(
                key(target), dict.fromkeys(("targets", "told", "closed", "verified", "violating"), 0)
            )
            if target.scope != Target.Scope.IN_SCOPE:
                continue
            group["targets"] += 1
            group["told"] += target.told_at is not None
            group["closed"] += target.state in CLOSED
            group["verified"] += target.state == State.VERIFIED
            group["violating"] += target.state == State.VIOLATING
        return groups

    def figures(self):
        """The part `closures` of the figures (reports.md): plain numbers under the fixed keys."""
        states = {str(state): n for state, n in self.counts.items()}
        return {
            "order": self.order.number,
            "issued_at": self.order.issued_at,
            "deadline_at": self.order.deadline_at,
            "minutes_to_all_closed": self.minutes_to_all_closed,
            "targets": len(self.in_scope),
            "told": self.told,
            "reported": self.reported,
            "closed": self.closed,
            "verified": states["verified"],
            "stale": states["stale"],
            "violating": states["violating"],
            "overdue": self.overdue,
            "never_seen": self.never_seen,
            "states": states,
            "by_category": self.groups(lambda target: target.category.slug),
            "by_district": self.groups(lambda target: target.district.code),
        }


# The filters of `Standing.select`, beside `q` (words of the venue's search): test(standing, target, value asked for).
FILTERS = {
    "state": lambda _, target, value: target.state in CLOSED if value == "closed" else target.state == value,
    "scope": lambda _, target, value: target.scope == value,
    "category": lambda _, target, value: target.category.slug == value,
    "district": lambda _, target, value: target.district.code == value,
    "seen": lambda standing, target, value: standing.freshness(target) == value,
    "told": lambda _, target, value: (target.told_at is not None) is value,
    "reported": lambda _, target, value: (target.reported_at is not None) is value,
    "once": lambda _, target, value: (target.first_verified_at is not None) is value,  # ever seen closed by two
    "listed": lambda _, target, value: (target.scope != Target.Scope.EXCLUDED) is value,
    "overdue": lambda standing, target, value: standing.is_overdue(target) is value,
    "tried": lambda _, target, value: (target.attempts > 0) is value,
    "late": lambda _, target, value: target.late is value,
}
