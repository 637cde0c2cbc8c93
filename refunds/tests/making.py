"""Groups and what happened to them, made by the acts as an officer would: for tests of everything that is built on them."""

import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from refunds.models import AgencyReport, TourGroup

T = datetime.datetime(2020, 1, 27, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = datetime.timedelta(days=1)


def on(day, hour=12):
    """The moment of this day of January 2020 (32: 1 February)."""
    return datetime.datetime(2020, 1, 1, hour, tzinfo=T.tzinfo) + (day - 1) * DAY


def date(day):
    return on(day).date()


def group_of(agency, number="A-01", *, heads=10, disposition="cancelled", by=None, at=T, **said):
    """A group of this agency, called off unless said otherwise, by one line of hand."""
    group = TourGroup.objects.create(agency=agency, number=number)
    said = {"market": "domestic", "route": "厦门4日", "depart_on": date(30), "return_on": date(33)} | said
    group.note_line(by=by, at=at, heads=heads, disposition=disposition, **said)
    return group


@transaction.atomic
def reported(agency, day, *rows, by=None, late=False, seen=None, **how):
    """A return as of this day of January 2020. `rows`: (number, heads, refunded) or dicts for `state_group`."""
    content = f"{agency.pk} {day} {rows} {how}".encode()
    report = AgencyReport.objects.receive(
        by=by, agency=agency, as_of=date(day), content=content, file_name="表.xlsx", late=late, seen=seen
    )
    for row in rows:
        if not isinstance(row, dict):
            row = {"number": row[0], "heads": row[1], "refunded_heads": row[2]}
        report.state_group(**{"market": "domestic", "disposition": "cancelled", "late": late} | row | how)
    return report


def paid(group, at=None):
    """Heads that the ledger counts, up to the moment `at`."""
    facts = group.facts(at)
    return facts.paid_heads if facts else None
