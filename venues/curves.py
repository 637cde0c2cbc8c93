"""How the counts of an order rose and fell over time: the closed ones, which can fall, and those that only rise."""

import collections
import itertools

from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import Lag

from venues.facts import counting_looks
from venues.states import BAD_FIRST, OFFICERS_TO_VERIFY, Move, scope_of

_WORSE_LAST = Case(
    *(When(result=result, then=Value(-i)) for i, result in enumerate(BAD_FIRST)), output_field=IntegerField()
)
_CLOSED_BY_TWO = Case(
    When(result="closed", certified__gte=OFFICERS_TO_VERIFY, then=Value(1)), default=0, output_field=IntegerField()
)


def turns(order, places):
    """[(moment, place, closed)]: when the last look on site at a place turned to "closed by two" or away from it.

    One query, whatever the number of looks: the database compares each look with the one before and hands over only
    those that differ; the first look of a place is among them. Not bounded by a moment, because a later look never
    changes an earlier turn.
    """
    in_order = ["observed_at", "worse", "certified", "pk"]  # as in `venues.states.rank`: of one instant the last counts
    looks = counting_looks(places, order.issued_at).on_site().annotate(worse=_WORSE_LAST, shut=_CLOSED_BY_TWO)
    looks = looks.annotate(before=Window(Lag("shut"), partition_by="place", order_by=in_order))
    rows = looks.filter(Q(before=None) | ~Q(shut=F("before"))).order_by(*in_order)
    return [(at, place, bool(shut)) for at, place, shut in rows.values_list("observed_at", "place", "shut")]


def net_closed(targets, moves, turns, at):
    """[(moment, closed, in scope)] after every change up to and with `at`: how many of the targets then in scope
    (known, neither excluded nor lifted) were last seen closed by two. `targets` carry `place`; `moves` have
    target_id, at and kind."""
    at_place = collections.defaultdict(list)
    for target in targets:
        at_place[target.place].append(target.pk)
    events = [(target.added_at, "known", target.pk, None) for target in targets]
    events += [(move.at, "moved", move.target_id, Move(move.at, move.kind)) for move in moves]
    events += [(moment, "seen", pk, shut) for moment, place, shut in turns for pk in at_place[place]]
    events = sorted((event for event in events if event[0] <= at), key=lambda event: event[0])

    counted, closed = [], 0
    in_scope, shut_now, moved = set(), set(), collections.defaultdict(list)
    for moment, together in itertools.groupby(events, key=lambda event: event[0]):
        for _moment, what, pk, detail in together:
            closed -= pk in in_scope and pk in shut_now
            if what == "seen":
                (shut_now.add if detail else shut_now.discard)(pk)
            else:
                if what == "moved":
                    moved[pk].append(detail)
                (in_scope.add if scope_of(moved[pk]) == "in_scope" else in_scope.discard)(pk)
            closed += pk in in_scope and pk in shut_now
        counted.append((moment, closed, len(in_scope)))
    return counted


def rising(moments):
    """[(moment, how many up to it)] from the moments at which something first happened."""
    points = {}
    for count, moment in enumerate(sorted(moments), start=1):
        points[moment] = count
    return list(points.items())
