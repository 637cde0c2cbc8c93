"""What the dashboard asks of rooms that stand in no figure: the store, the latest signed report, what does not add up."""

from django.db.models import Sum

from enforcement.models import DailyReport, SupplyItem, SupplyMovement


def stock(as_of):
    """[{"item", "on_hand", "low", "days_of_cover"}] of the active supplies at the moment; days None where they cannot be counted."""
    moved = SupplyMovement.objects.filter(at__lte=as_of).order_by().values_list("item").annotate(Sum("delta"))
    on_hand = dict(moved)
    return [
        {
            "item": item,
            "on_hand": on_hand.get(item.pk, 0),
            "low": item.low_level is not None and on_hand.get(item.pk, 0) < item.low_level,
            "days_of_cover": None,
        }
        for item in SupplyItem.objects.filter(is_active=True)
    ]


def latest_report(as_of):
    """The latest daily report that was signed by the moment, or None."""
    signed = [DailyReport.State.SIGNED, DailyReport.State.SENT]
    return DailyReport.objects.filter(state__in=signed, signed_at__lte=as_of).order_by("-as_of", "-number").first()


def broken(_figures):
    """Sentences on figures that do not add up to their whole."""
    return []
