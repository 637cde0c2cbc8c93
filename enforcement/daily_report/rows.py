"""Which rows each count of a report counted: ids by the path of the figure, kept with the signature.

Where a figure can be checked against its rows it is: a report is never frozen with a number that its rows do not bear.
Ids alone are kept, no names; of health checks not even these.
"""

from django.utils.translation import gettext as _

from complaints.figures import COUNTED, standing_at
from enforcement.daily_report.numbers import leaf
from enforcement.models.supply_movements import FLOWS, SupplyMovement
from refunds.figures import Agencies
from refunds.models import TourGroup
from refunds.status import CALLED_OFF, RANK
from venues.models import ClosureOrder, Inspection, Patrol, Target, Violation
from venues.standing import NEVER_SEEN, Standing
from venues.transitions import TooLate

_MOVEMENTS = "supplies.movements"  # all of them: what a figure of a category is not among is borne by these


def counted_rows(report):
    """{path of the figure: [ids]} at the report's moment. Raises `TooLate` when a figure and its rows differ: something was recorded
    between the two questions."""
    at, figures = report.as_of, report.figures
    found = {**_closures(figures, at), **_effort(at), **_complaints(at), **_refunds(at)}
    bears = {path: len(ids) for path, ids in found.items()}
    moved, sums = _supplies(at)
    for path, borne in (bears | sums).items():
        if leaf(figures, path) != borne:
            raise TooLate(_("Something was recorded at this very moment. Press once more."))
    return found | moved


def _closures(figures, at):
    number = leaf(figures, "closures.order")
    order = ClosureOrder.objects.filter(number=number).first() if number else None
    if order is None:
        return {}
    standing, scope = Standing(order, at), {"scope": Target.Scope.IN_SCOPE}
    asked = {
        "targets": {}, "told": {"told": True}, "reported": {"reported": True}, "closed": {"state": "closed"},
        "verified": {"state": "verified"}, "stale": {"state": "stale"}, "violating": {"state": "violating"},
        "overdue": {"overdue": True}, "never_seen": {"seen": NEVER_SEEN},
    }  # fmt: skip
    return {
        f"closures.{name}": [target.pk for target in standing.select(**scope, **words)] for name, words in asked.items()
    }


def _effort(at):
    looks = list(
        Inspection.objects.effort_rows(at).order_by("pk").values_list("pk", "venue__merged_into_id", "venue_id")
    )
    found = Violation.objects.until(at).order_by("pk")
    return {
        "patrols.patrols": sorted(set(Patrol.objects.outings(at).values_list("pk", flat=True))),
        "patrols.visits": [pk for pk, _merged, _own in looks],
        "patrols.venues_reached": sorted({merged or own for _pk, merged, own in looks}),
        "patrols.violations_found": list(found.values_list("pk", flat=True)),
        "patrols.violations_stopped": list(found.filter(stopped_at__lte=at).values_list("pk", flat=True)),
    }


def _complaints(at):
    everything = standing_at(at)
    return {
        f"complaints.{what}": [one.row["pk"] for one in everything if counts(one, at)]
        for what, counts in COUNTED.items()
    }


def _supplies(at):
    """({path: ids}, {path: what their amounts come to}): the movements that each figure of a category sums up; one query."""
    ids, sums = {_MOVEMENTS: []}, {}
    flows = {"on_hand": (None, 1), **FLOWS}
    rows = SupplyMovement.objects.until(at).order_by("pk")
    for pk, category, delta, *kinds in rows.values_list("pk", "item__category", "delta", "kind", "reverses__kind"):
        ids[_MOVEMENTS].append(pk)
        for flow, (summed, sign) in flows.items():
            path = f"supplies.{category}.{flow}"
            of_flow = ids.setdefault(path, [])
            sums.setdefault(path, 0)
            if summed is None or not summed.isdisjoint(kinds):
                of_flow.append(pk)
                sums[path] += sign * delta
    return ids, sums


def _refunds(at):
    agencies = Agencies(at)
    groups = list(TourGroup.objects.as_of(at).order_by("pk").values("pk", "status", "counted", "disposition"))
    groups = [row for row in groups if row["counted"]]

    def ids(test):
        return [row["pk"] for row in groups if test(row)]

    found = {
        "refunds.agencies": sorted(agencies.all), "refunds.with_groups": sorted(agencies.with_groups),
        "refunds.nil_returns": sorted(agencies.nil),
        "refunds.groups": ids(lambda row: True),
        "refunds.cancelled.groups": ids(lambda row: row["disposition"] in CALLED_OFF),
    }  # fmt: skip
    if agencies.asked:  # before that who is silent is not known, and nobody bears it
        found["refunds.silent"] = sorted(agencies.silent)
    for status in RANK:
        found[f"refunds.{status}.groups"] = ids(lambda row, status=status: row["status"] == status)
        found[f"refunds.{status}.agencies"] = sorted(pk for pk, worst in agencies.worst.items() if worst == status)
    return found
