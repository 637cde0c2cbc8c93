"""What happened at a venue, from every source, as one list: newest first, up to a moment.

Each app registers its sources in `AppConfig.ready()`. A source is `f(venue, user, at) -> iterable of Entry`: what it
knows of `venue.family` (the venue and all that were merged into it) up to and with the moment `at`, as far as `user`
may see it, and of that the newest `DEEPEST` entries. A source asks the same number of queries however much happened.
"""

import datetime
import itertools
from dataclasses import dataclass, field

DEEPEST = 200  # entries that a source gives at most
PAGE = 100  # entries on one page of the timeline

_sources = []


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened. `title` and `text` are for people, `url` leads to its record, `officer` did or recorded
    it. `state` is a TextChoices member for the badge, `tone` colours the edge (good, warn, bad, info, quiet)."""

    at: datetime.datetime
    kind: str
    title: str
    text: str = ""
    url: str = ""
    officer: str = ""
    state: object = None
    tone: str = ""
    changes: tuple = field(default=())  # (field, old, new) of a changed record


@dataclass(frozen=True)
class Page:
    """The newest entries, and the moment from which the next page goes on (None: this was all)."""

    entries: list
    before: datetime.datetime | None


def register(source):
    """Add a source; may be used as a decorator. The same source twice counts once."""
    if source not in _sources:
        _sources.append(source)
    return source


def page(venue, user, at):
    """The newest entries up to and with `at`. Entries of one moment are never torn apart."""
    found = sorted(itertools.chain.from_iterable(source(venue, user, at) for source in _sources), key=lambda e: e.at)
    found.reverse()
    if len(found) <= PAGE:
        return Page(found, None)
    last = found[PAGE - 1].at
    entries = [entry for entry in found if entry.at >= last]
    more = len(entries) < len(found)
    return Page(entries, last - datetime.timedelta(microseconds=1) if more else None)
