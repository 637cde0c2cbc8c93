"""The agencies' sheets and nil returns of an event."""

import datetime

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_date

from refunds.importing import mail
from refunds.importing.nil_returns import import_nil_returns
from refunds.models import RefundEvent
from venues.moments import local_day
from venues.transitions import Refused

NAME, BEGAN = "团队旅游暂停", datetime.date(2020, 1, 24)


def groups(event):
    """The event in which the agencies are asked, without deadlines (those are entered where they belong), and their sheets: day by
    day, each taken in at the end of its day by who then held the telephone. One about which something is open waits among the
    imports, as on any morning."""
    RefundEvent.objects.get_or_create(begins_on=BEGAN + event.shift, defaults={"name": NAME})
    added = 0
    for path in sorted((event.folder / "groups").iterdir(), key=lambda path: (path.stem.partition("-")[2], path.name)):
        day = parse_date(path.stem.partition("-")[2])
        moment = local_day(day + event.shift)[1] if day else event.at
        if not event.happened(moment):
            continue
        taken = mail.take(
            path.read_bytes(), path.name, by=_phone_officer_at(event, moment), at=moment, shift=event.shift, channel="mail"
        )  # fmt: skip
        if taken.refused:
            raise Refused(f"{path.name}: {taken.refused}")
        added += taken.report is not None
    return added


def nil_returns(event):
    """The agencies that had no group, each reported by its telephone call at the end of its day."""
    found = import_nil_returns(
        event.folder / "nil_returns.csv", by=lambda moment: _phone_officer_at(event, moment), shift=event.shift,
        until=event.at if event.recent else None,
    )  # fmt: skip
    if found.errors:
        raise Refused([f"nil_returns.csv {row}: {sentence}" for row, sentence in found.errors])
    return found.created


def _phone_officer_at(event, moment):
    """Who held the telephone just before this moment, or None."""
    shift = event.shift_row_at(moment - datetime.timedelta(minutes=1))
    return get_user_model().objects.filter(badge_no=shift["phone_officer"]).first() if shift else None
