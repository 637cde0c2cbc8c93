"""The supplies of an event: what was given, bought and allotted. A date means the end of that day."""

import datetime
import re
from collections import Counter

from enforcement.models import SupplyItem, SupplyMovement
from venues.moments import local_day

_WITH_UNIT = re.compile(r"(.+?)[(（](.+?)[)）]")  # 方便面(箱)
UNITS = {SupplyItem.Category.MASK: "只"}  # where the name does not say it

# What the demo calls low, and needs per officer and shift; an event's file says neither.
LEVELS = {"医用口罩": (100, 2), "医用外科口罩": (40, 1), "一次性口罩": (20, 1), "方便面": (2, "0.05")}


def supplies(event):
    """Load supplies.csv; what is there already as often as the file says so is not added again."""
    officers, wanted, added = event.officers(), Counter(), 0
    for row in event.rows("supplies.csv"):
        at = local_day(datetime.date.fromisoformat(row["date"]))[1] + event.shift
        if not event.happened(at):
            continue
        item = _item(row, at)
        key = {"item": item, "kind": row["kind"], "delta": int(row["quantity"]), "donor": row["donor"], "at": at}
        wanted[tuple(key.values())] += 1
        if SupplyMovement.objects.filter(**key).count() >= wanted[tuple(key.values())]:
            continue
        shift = event.shift_row_at(at)
        by = officers.get(shift["phone_officer"]) if shift else None
        item.receive(by=by, quantity=key["delta"], kind=row["kind"], donor=row["donor"], at=at, recorded_at=at)
        added += 1
    return added


def levels():
    """Give the items of the event the levels and norms of the demo."""
    for name, (low, norm) in LEVELS.items():
        SupplyItem.objects.filter(name=name).update(low_level=low, norm=norm)


def _item(row, at):
    found = _WITH_UNIT.fullmatch(row["item"])
    name, unit = found.groups() if found else (row["item"], UNITS.get(row["category"], ""))
    item = SupplyItem.objects.filter(category=row["category"], name=name, spec="").first()
    return item or SupplyItem.objects.enter(by=None, category=row["category"], name=name, unit=unit, at=at)
