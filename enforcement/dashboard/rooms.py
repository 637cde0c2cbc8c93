"""What the dashboard asks of rooms that stand in no figure: the store, the latest signed report, what does not add up."""

import dataclasses

from django.db.models import Sum

from enforcement.models import DailyReport, SupplyItem, SupplyMovement


@dataclasses.dataclass(frozen=True)
class Stock:
    """One supply at the moment. `days`: of cover, None where they cannot be counted."""

    item: SupplyItem
    on_hand: int
    days: float | None = None

    @property
    def low(self):
        return self.item.low_level is not None and self.on_hand < self.item.low_level


def stock(as_of):
    """A Stock for each active supply."""
    moved = SupplyMovement.objects.filter(at__lte=as_of).order_by().values_list("item").annotate(Sum("delta"))
    on_hand = dict(moved)
    return [Stock(item, on_hand[item.pk]) for item in SupplyItem.objects.filter(is_active=True) if item.pk in on_hand]


def latest_report(as_of):
    """The latest daily report that was signed by the moment, or None."""
    signed = [DailyReport.State.SIGNED, DailyReport.State.SENT]
    return DailyReport.objects.filter(state__in=signed, signed_at__lte=as_of).order_by("-as_of", "-number").first()


def broken(figures):
    """Sentences on figures that do not add up to their whole."""
    return list(getattr(figures, "broken", ()))
