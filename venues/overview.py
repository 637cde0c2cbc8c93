"""How far several orders are, for the list of orders: the same answer as `venues.standing` gives for one, in two
queries."""

import collections

from venues.facts import PLACE, derive
from venues.models import FormerRecheck, Target
from venues.models.rechecks import recheck
from venues.states import CLOSED, state_of


def closed_of(orders, at):
    """{order pk: how many of its targets in scope are closed at the moment `at`}, which is about now: the cached facts
    serve, unless one of them lies a little ahead of the clock."""
    known = Target.objects.filter(order__in=orders).known(at).in_scope()
    targets = list(known.select_related("order").annotate(place=PLACE, recheck_hours=FormerRecheck.objects.hours(at)))
    ahead = [target for target in targets if target.facts_until is not None and target.facts_until > at]
    facts = derive(ahead, at) if ahead else {}
    closed = collections.Counter()
    for target in targets:
        state = state_of(facts.get(target.pk, target), at, recheck(target))
        closed[target.order_id] += state in CLOSED
    return closed
