"""`figures(as_of)`: every figure that leaves the house, from one function (reports.md).

`as_of` is inclusive: a fact counts when it occurred at or before it. Unknown is None and never 0.
"""

import dataclasses
import functools
import logging

from complaints.figures import complaint_figures
from enforcement.duty.figures import duty_figures
from enforcement.partitions import broken
from enforcement.safety import staff_figures
from enforcement.supplies import supply_figures
from refunds.figures import refund_figures
from venues.effort import effort
from venues.models import ClosureOrder, Inspection
from venues.standing import Standing

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Figures:
    """The figures at one moment; the parts are nested dicts of the keys of reports.md, ready for JSON but for the moments."""

    as_of: object
    orders: list
    closures: dict | None
    patrols: dict
    duty: dict
    complaints: dict
    refunds: dict
    supplies: dict
    staff: dict

    @functools.cached_property
    def broken(self):
        """Sentences about what does not add up: none, unless there is a fault of ours. Not a figure, and in no JSON."""
        return broken(self)


def figures(as_of, *, order=None, standing=None, done=None):
    """All figures as of the aware datetime `as_of`. `order`: the ClosureOrder asked for, else the latest in force at `as_of`; of an
    order that did not hold yet there are no figures (`closures` None, never noughts). `standing`, `done`: the Standing of that order
    and the `effort` of that moment, if they are at hand. What does not add up is logged as an error, and stands in `broken`."""
    in_force = [one for one in ClosureOrder.objects.active(as_of) if holds(one, as_of)]
    order = order or (in_force[0] if in_force else None)
    order = order if order and holds(order, as_of) else None
    if order and standing is None:
        standing = Standing(order, as_of)
    found = Figures(
        as_of=as_of,
        orders=[{"number": o.number, "title": o.title, "issued_at": o.issued_at} for o in in_force],
        closures=standing.figures() if order else None,
        patrols=patrols(as_of, done),
        duty=duty_figures(as_of),
        complaints=complaint_figures(as_of),
        refunds=refund_figures(as_of),
        supplies=supply_figures(as_of),
        staff=staff_figures(as_of),
    )
    if found.broken:
        log.error("The figures as of %s do not add up: %s", as_of.isoformat(), " ".join(found.broken))
    return found


def holds(order, as_of):
    """Whether this order was issued and put in force by then: before that it has no list, and so no figures."""
    return order.activated_at is not None and max(order.issued_at, order.activated_at) <= as_of


def patrols(as_of, done=None):
    """The part `patrols`, cumulative until `as_of`; vehicle_times is None when cars went out and nobody wrote down which. `done`:
    the `effort` of that moment, if it is at hand."""
    counts = {name: both["all"] for name, both in (done or effort(as_of)).items()}
    counts["visits_bureau_led"] = Inspection.objects.effort_rows(as_of).filter(patrol__led_by_bureau=True).count()
    return counts
