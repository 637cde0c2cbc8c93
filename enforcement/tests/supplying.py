"""Supplies for tests: items with something in store."""

import datetime
import uuid

from enforcement.models import SupplyItem
from venues.moments import parse_as_of

H = parse_as_of("2020-01-26T08:00")
HOURS = datetime.timedelta(hours=1)


def an_item(name="医用口罩", *, category="mask", unit="只", at=H - HOURS, **fields):
    return SupplyItem.objects.enter(by=None, category=category, name=name, unit=unit, at=at, **fields)


def a_store(by, quantity=100, name="医用口罩", *, at=H, **fields):
    """An item of which so many were bought at H."""
    item = an_item(name, at=at, **fields)
    item.receive(by=by, quantity=quantity, kind="purchase", at=at)
    return item


def world(leader, officer):
    """{what: its words in a path}: an item with movements, one of which can be reversed."""
    item = an_item("N95口罩", low_level=500, norm=2)
    item.receive(by=leader, quantity=140, kind="donation", donor="x")
    item.issue_to([leader, officer], by=leader, each=2, batch=uuid.uuid4())
    wrong = item.lose(by=leader, quantity=1, cause="x")
    item.count(by=leader, counted=item.on_hand - 3, cause="x")
    return {"supply": {"pk": item.pk}, "supply_movement": {"pk": wrong.pk}}
