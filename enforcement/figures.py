"""`figures(as_of)`: every figure that leaves the house, from one function (reports.md).

`as_of` is inclusive: a fact counts when it occurred at or before it. Unknown is None and never 0.
"""

import dataclasses

from complaints.figures import complaint_figures
from enforcement.duty.figures import duty_figures
from enforcement.safety import staff_figures
from refunds.figures import refund_figures
from venues.effort import effort
from venues.models import ClosureOrder, Inspection
from venues.standing import Standing


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
    staff: dict


def figures(as_of, *, order=None):
    """All figures as of the aware datetime `as_of`. `order`: the ClosureOrder asked for, else the latest in force at `as_of`."""
    in_force = list(ClosureOrder.objects.active(as_of))
    order = order or (in_force[0] if in_force else None)
    return Figures(
        as_of=as_of,
        orders=[{"number": o.number, "title": o.title, "issued_at": o.issued_at} for o in in_force],
        closures=closures(order, as_of) if order else None,
        patrols=patrols(as_of),
        duty=duty_figures(as_of),
        complaints=complaint_figures(as_of),
        refunds=refund_figures(as_of),
        staff=staff_figures(as_of),
    )


def closures(order, as_of):
    """The part `closures` of one order: where its targets stand at `as_of`."""
    return Standing(order, as_of).figures()


def patrols(as_of):
    """The part `patrols`, cumulative until `as_of`; vehicle_times is None when cars went out and nobody wrote down which."""
    counts = {name: both["all"] for name, both in effort(as_of).items()}
    counts["visits_bureau_led"] = Inspection.objects.effort_rows(as_of).filter(patrol__led_by_bureau=True).count()
    return counts
