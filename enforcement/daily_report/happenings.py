"""What happened in a span, row by row. A difference of two stocks does not see what came and went in between: an order issued and
withdrawn the same day, a look that replaced another, a refund that was entered and reversed."""

from django.db.models import F, Q

from complaints.models import Call, Callback, Complaint, ComplaintEvent
from enforcement.models import HealthCheck, Isolation, SupplyMovement
from refunds.models import AgencyReport, Deduction, DeductionDecision, GroupLine, Refund
from venues.models import ClosureOrder, Inspection, Notice, OrderMove, Patrol, TargetMove, Violation, ViolationMove

_ENDED = ("lifted_at", "cancelled_at")


def _within(field, start, end):
    return Q(**{f"{field}__gt": start, f"{field}__lte": end})


def happened(start, end, gaps):
    """{what: how many rows} of (start, end]; `gaps`: those of the duty until `end`, or None where no duty is asked for. A nil return
    of an agency is itself a nil report, and a check that found nobody ill is no event."""

    def count(model, field, **where):
        return model.objects.filter(_within(field, start, end), **where).count()

    unwell = HealthCheck.objects.exclude(result=HealthCheck.Result.CLEARED)
    detail = AgencyReport.objects.filter(kind=AgencyReport.Kind.DETAIL)
    apart = Isolation.objects.filter(_within("start", start, end) | _within("end", start, end))
    moves = OrderMove.objects.filter(_within("at", start, end) | _within("order__issued_at", start, end))
    return {
        "orders": moves.exclude(order__activated_at=None).exclude(to_status=F("from_status")).exclude(to_status="draft").count(),
        "targets": count(TargetMove, "at"), "notices": count(Notice, "at"), "looks": count(Inspection, "observed_at"),
        "patrols": count(Patrol, "left_at"),
        "violations": count(Violation, "found_at") + count(ViolationMove, "at"),
        "calls": count(Call, "started_at"),
        "complaints": count(Complaint, "received_at") + count(ComplaintEvent, "occurred_at") + count(Callback, "at"),
        "returns": detail.filter(_within("occurred_at", start, end) | _within("withdrawn_at", start, end)).count(),
        "groups": count(GroupLine, "occurred_at"),
        "refunds": count(Refund, "occurred_at") + count(Deduction, "occurred_at") + count(DeductionDecision, "occurred_at"),
        "supplies": count(SupplyMovement, "at"),
        "health": unwell.filter(_within("at", start, end)).count() + apart.count(),
        "gaps": sum(gap["end"] > start for gap in gaps or []),
    }  # fmt: skip


def ended_orders(start, end):
    """[{number, title, issued_at, ended_at, how}] of the orders that were in force and ended within (start, end]; `how`: lifted or
    cancelled."""
    orders = ClosureOrder.objects.filter(_within("lifted_at", start, end) | _within("cancelled_at", start, end))
    found = []
    for order in orders.exclude(activated_at=None).order_by("issued_at", "pk"):
        name = next(name for name in _ENDED if getattr(order, name) is not None)
        found.append(
            {
                "number": order.number, "title": order.title, "issued_at": order.issued_at,
                "ended_at": getattr(order, name), "how": name.removesuffix("_at"),
            }
        )  # fmt: skip
    return found
