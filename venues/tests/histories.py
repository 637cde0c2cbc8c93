"""Rows of the past, written straight into the tables: for tests of what is read from them, apart from the acts that
write them."""

import datetime
import uuid
from zoneinfo import ZoneInfo

from venues.models import Category, ClosureOrder, Division, Inspection, Notice, Target, TargetMove, Venue

T = datetime.datetime(2020, 1, 24, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def hours(n):
    return datetime.timedelta(hours=n)


def issued(venues, *, number="天文旅令〔2020〕1号", at=T, deadline=None):
    """An order in force since `at` whose targets are these venues."""
    order = ClosureOrder.objects.create(
        number=number, title="关于暂停营业的紧急通知", issued_at=at, effective_at=at, activated_at=at,
        deadline_at=deadline or at + hours(4), status=ClosureOrder.Status.ACTIVE,
    )  # fmt: skip
    order.categories.set({venue.category for venue in venues})
    for venue in venues:
        added(order, venue, at=at)
    return order


def added(order, venue, *, at=T, late=""):
    return Target.objects.create(
        order=order, venue=venue, name=venue.name, category=venue.category, district=venue.district, added_at=at,
        address=venue.address, manager=venue.manager, phone=venue.phone, late=bool(late), added_reason=late,
    )  # fmt: skip


def looked(venue, at, result="closed", *, certified=2, method="on_site", supersedes=None, **fields):
    """An inspection; in hours in which the venue's category is shut by law it is marked so."""
    return Inspection.objects.create(
        client_uuid=uuid.uuid4(), content_hash="-", venue=venue, method=method, observed_at=at, result=result,
        officers_key="", certified=certified, shut_by_law=venue.category.shut_by_law(at), supersedes=supersedes,
        **fields,
    )  # fmt: skip


def told(target, at, outcome="reached", *, channel="phone", says_closed=False):
    return Notice.objects.create(target=target, channel=channel, at=at, outcome=outcome, says_closed=says_closed)


def moved(target, at, kind):
    return TargetMove.objects.create(target=target, kind=kind, at=at, reason="核实")


def many_venues(count, *, districts=1, slugs=("internet_cafe",)):
    """Venues spread over districts and categories."""
    city, _made = Division.objects.get_or_create(code="620500", defaults={"name": "天水市", "level": "city"})
    places = [
        Division.objects.get_or_create(
            code=f"6205{n:02d}", defaults={"name": f"第{n}县", "level": "district", "parent": city}
        )[0]
        for n in range(30, 30 + districts)
    ]
    categories = [Category.objects.get(slug=slug) for slug in slugs]
    return [
        Venue.objects.create(
            name=f"场所{n}", category=categories[n % len(categories)], district=places[n % districts],
            licence_no=f"L{n:05d}", phone="13000000001",
        )
        for n in range(count)
    ]  # fmt: skip
