"""The iCalendar text (RFC 5545) of a feed: what somebody, or everybody in a post, serves.

An event is a duty known by its officer, role and start: its UID stays when the roster is published anew. SEQUENCE counts how
often what it says has changed; a duty that the roster dropped stays as CANCELLED. No telephone numbers, no reasons, no places.
"""

import datetime
import itertools
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from enforcement.logs import without_numbers
from enforcement.models.duty import Assignment
from venues.moments import local_day

KEPT = datetime.timedelta(days=62)  # how far back a feed reaches; ahead it reaches as far as the rosters do
EVERY = datetime.timedelta(minutes=30)  # how often a calendar should ask again


def feed_text(feed, at):
    """The feed as bytes, in the language of who made it; the same until the roster changes or a day has passed. One query."""
    with translation.override(feed.created_by.language or settings.LANGUAGE_CODE):
        calendar = _calendar(feed)
        for rows in _events(feed, at):
            calendar.add_component(_event(rows, with_name=feed.officer_id is None))
        return calendar.to_ical()


def _events(feed, at):
    """For each event the rows that were in force for it, one after the other."""
    since = local_day(timezone.localdate(at))[0] - KEPT
    rows = Assignment.objects.filter(entered_at__isnull=False, start__gte=since)
    rows = rows.filter(officer=feed.officer_id) if feed.officer_id else rows.filter(role=feed.role)
    events = defaultdict(list)
    for row in rows.select_related("officer").order_by("start", "officer", "role", "entered_at", "pk"):
        events[row.officer_id, row.role, row.start].append(row)
    return events.values()


def history(rows):
    """(number of changes, moment of the last one) of an event whose rows followed one another: each change of its end, each
    lapse without a successor at the same instant, each return. A row that lapses as its equal enters changes nothing."""
    count, changed_at = 0, rows[0].entered_at
    for before, row in itertools.pairwise(rows):
        if before.lapsed_at != row.entered_at:
            count, changed_at = count + 2, row.entered_at  # it was dropped, and came back
        elif before.end != row.end:
            count, changed_at = count + 1, row.entered_at
    if rows[-1].lapsed_at is not None:
        count, changed_at = count + 1, rows[-1].lapsed_at
    return count, changed_at


def _event(rows, *, with_name):
    row, (count, changed_at) = rows[-1], history(rows)
    confirmed = row.lapsed_at is None
    event = Event()
    event.add("uid", f"{row.officer_id}-{row.role}-{row.start:%Y%m%dT%H%M%S%f}@duty.{settings.NUMBER_PREFIX.lower()}")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", count)
    event.add("dtstart", row.start.astimezone(_zone()))
    event.add("dtend", row.end.astimezone(_zone()))
    event.add("summary", _summary(row, with_name=with_name))
    event.add("status", "CONFIRMED" if confirmed else "CANCELLED")
    event.add("transp", "OPAQUE" if confirmed else "TRANSPARENT")
    return event


def _summary(row, *, with_name):
    role = row.get_role_display()
    if with_name:
        return without_numbers(_("%(role)s: %(name)s") % {"role": role, "name": row.officer})
    return _("Duty: %(role)s") % {"role": role}


def _calendar(feed):
    calendar = Calendar()
    calendar.add("prodid", "-//duty roster//feed//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    whose = feed.officer or feed.get_role_display()
    calendar.add("x-wr-calname", without_numbers(_("Duty roster: %(whose)s") % {"whose": whose}))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", EVERY)
    first, last = datetime.date(1992, 1, 1), datetime.date(2038, 1, 1)  # before 1992 Shanghai had a summer time
    calendar.add_component(Timezone.from_tzinfo(_zone(), settings.TIME_ZONE, first, last))
    return calendar


def _zone():
    return ZoneInfo(settings.TIME_ZONE)
