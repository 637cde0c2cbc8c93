"""What the movements of supplies amount to at a moment: figures by category, the stock with days of cover, shifts to issue to.

Everything is reckoned from the movements until the moment that is asked for, and from the roster as it was in force then. Days of
cover need a norm and a published roster; without either they are None, never 0.
"""

import datetime
from dataclasses import dataclass
from fractions import Fraction

from django.contrib.auth import get_user_model
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from enforcement.models.duty import Assignment, Leave
from enforcement.models.safety import Isolation
from enforcement.models.supplies import SupplyItem
from enforcement.models.supply_movements import FLOWS, SupplyMovement, sum_of
from enforcement.models.supply_terms import FormerTerms
from venues.moments import local_day

AHEAD = 7  # local days of the roster, today included, from which the need is reckoned
AROUND = datetime.timedelta(hours=36)  # how far from now a shift begins that one issues to
LATELY = datetime.timedelta(hours=12)  # what was issued to a crew since then may be its share of this shift


def supply_figures(as_of):
    """The part `supplies` of the figures: {category: {received, donated, issued, on_hand}}. Received and issued are what they were
    less what was reversed by `as_of`; a category of which nothing was ever recorded by then is not there."""
    sums = {name: sum_of(name, at=as_of) for name in FLOWS} | {"on_hand": sum_of("in_store", at=as_of)}
    rows = SupplyMovement.objects.until(as_of).order_by().values("item__category").annotate(**sums)
    found = {row.pop("item__category"): row for row in rows}
    return {slug: found[slug] for slug in SupplyItem.Category.values if slug in found}


# --- the stock ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stock:
    """One item at a moment. `low`: it has a level and less than that is in store. `days_of_cover`: for how many days of the roster
    it lasts, to a tenth and never more than it does; None without a norm or a roster."""

    item: SupplyItem
    on_hand: int
    received: int
    donated: int
    issued: int
    days_of_cover: float | None

    @property
    def low(self):
        return self.item.low_level is not None and self.on_hand < self.item.low_level


def stock(as_of):
    """A Stock for each item that was still kept at the moment or of which there was something, by category and name; low level and
    norm are those that held then. Three queries."""
    items = FormerTerms.objects.give(in_order(SupplyItem.objects.known(as_of).with_stock(as_of)), as_of)
    need = shifts_a_day(as_of)
    return [
        Stock(i, i.in_store, i.received, i.donated, i.issued, days_of_cover(i.in_store, i.norm, need))
        for i in items
        if i.is_active or i.in_store
    ]


def in_order(items):
    """These items as a list: by the order of the categories, then by name."""
    places = SupplyItem.Category.values
    return sorted(items.order_by("name", "spec", "pk"), key=lambda item: places.index(item.category))


def days_of_cover(on_hand, norm, need):
    """On hand ÷ (duties a day × norm), rounded down to a tenth; None when one of the two is unknown or zero."""
    return int(10 * on_hand / (need * Fraction(norm))) / 10 if norm and need else None


def shifts_a_day(as_of):
    """How many duties (one officer on one shift) a day has, as a Fraction over those of the next seven local days that have a
    published roster at `as_of`; None when none has."""
    start = local_day(timezone.localdate(as_of))[0]
    in_force = Assignment.objects.filter(entered_at__lte=as_of).filter(Q(lapsed_at=None) | Q(lapsed_at__gt=as_of))
    ahead = in_force.filter(shift__start__gte=start, shift__start__lt=start + datetime.timedelta(days=AHEAD))
    duties = set(ahead.order_by().values_list("shift__start", "officer"))  # an officer with two roles on a shift is one
    days = {timezone.localdate(begins) for begins, _officer in duties}
    return Fraction(len(duties), len(days)) if days else None


# --- to whom a whole shift's share is issued ----------------------------------------------------------------------
@dataclass(frozen=True)
class Crew:
    """Those who get their share in one step: `key` in an address, `shift` (None: who is on duty now)."""

    key: str
    shift: object
    officers: tuple


def crews(at):
    """Who is on duty now, then the shifts of the published rosters that begin around `at`, each with its officers: those who are
    neither on leave nor in isolation when it begins, or now while it runs."""
    now = Crew("now", None, tuple(get_user_model().objects.on_duty(at)))
    runs = When(start__lte=at, end__gt=at, then=Value(at, output_field=DateTimeField()))
    rows = Assignment.objects.in_force().filter(shift__start__range=(at - AROUND, at + AROUND))
    rows = rows.annotate(moment=Case(runs, default=F("start")))
    span = {"officer": OuterRef("officer")}
    on_leave = Leave.objects.approved().filter(start__lte=OuterRef("moment"), end__gt=OuterRef("moment"), **span)
    apart = Isolation.objects.running(OuterRef("moment")).filter(**span)
    rows = rows.filter(~Exists(on_leave), ~Exists(apart))
    shifts = {}
    for row in rows.select_related("shift__group", "officer").order_by("shift__start", "shift", "role", "pk"):
        shifts.setdefault(row.shift, {})[row.officer] = None
    return [now, *(Crew(str(shift.pk), shift, tuple(officers)) for shift, officers in shifts.items())]


def issued_lately(crew, at):
    """[(at, by, [(item, officers, amount)])] of what members of the crew got in one step LATELY before `at`, the latest first: two
    colleagues may both mean to issue the same share. One query."""
    rows = SupplyMovement.objects.filter(kind=SupplyMovement.Kind.ISSUE, batch__isnull=False, reversal=None)
    rows = rows.filter(issued_to__in=crew.officers, at__gt=at - LATELY, at__lte=at).select_related("item", "by")
    batches = {}
    for row in rows.order_by("-at", "item__category", "item__name", "pk") if crew.officers else ():
        of_item = batches.setdefault(row.batch, (row.at, row.by, {}))[2].setdefault(row.item, [0, 0])
        of_item[0] += 1
        of_item[1] -= row.delta
    return [(moment, by, [(item, *told) for item, told in items.items()]) for moment, by, items in batches.values()]
