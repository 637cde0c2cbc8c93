"""Loads one event from a folder of its files (data/tianshui/README.md names them): each fact with recorded_at = occurred_at.

A file that is not there is left out. A second load changes nothing: everything is found again by its own key. With `recent`
the whole event is moved by whole days so that its last day, 2 February 2020, falls on today, and facts later than now are left
out; what has happened since is added by the next load.
"""

import csv
import datetime
import json
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enforcement.event import calls, duty, field, orders, refunds, registry, supplies
from venues.models import ClosureOrder
from venues.moments import local_day

FIRST_DAY = datetime.date(2020, 1, 24)  # at its midnight the registry stood
LAST_DAY = datetime.date(2020, 2, 2)  # what `recent` moves onto today

# file: what loads it, in an order in which everything that a row names is there already
LOADERS = {
    "divisions.csv": registry.divisions,
    "officers.csv": registry.officers,
    "shifts.csv": duty.shifts,
    "venues.xlsx": registry.venues,
    "order.json": orders.order,
    "patrols.csv": field.patrols,
    "notices.csv": orders.notices,
    "calls.csv": calls.calls,
    "inspections.csv": field.inspections,
    "groups": refunds.groups,
    "nil_returns.csv": refunds.nil_returns,
    "supplies.csv": supplies.supplies,
}


class Event:
    """One load of one folder. `counts` says what was added, by kind of row.

    `at` is the clock of the load; `shift` the whole days by which the event is moved (0 on its own dates)."""

    def __init__(self, folder, *, recent=False, at=None):
        self.folder = Path(folder)
        self.at = at or timezone.now()
        self.recent = recent
        self.shift = self._shift()
        self.counts = {}

    def _shift(self):
        if not self.recent:
            return datetime.timedelta()
        loaded = ClosureOrder.objects.filter(number=orders.ORDER_NUMBER).values_list("issued_at", flat=True).first()
        path = self.folder / "order.json"
        if loaded and path.exists():  # an earlier load decided
            return loaded - parse_datetime(json.loads(path.read_text(encoding="utf-8"))["issued_at"])
        return timezone.localdate(self.at) - LAST_DAY

    def load(self):
        """Load every file that is there, in one transaction; returns `counts`."""
        with transaction.atomic():
            for name, loader in LOADERS.items():
                if (self.folder / name).exists():
                    self.counts[name] = loader(self)
        return self.counts

    @property
    def begins(self):
        """The moment from which the registry stood, moved like everything else."""
        return local_day(FIRST_DAY)[0] + self.shift

    # --- reading ------------------------------------------------------------------------------------------------------------

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def moment(self, text):
        """The moved moment, or None for an empty cell."""
        return parse_datetime(text) + self.shift if text else None

    def happened(self, moment):
        """Whether a fact of this moment belongs into the load: with `recent`, nothing later than now."""
        return not self.recent or moment <= self.at

    def officers(self):
        return get_user_model().objects.in_bulk(field_name="badge_no")

    def shift_row_at(self, moment):
        """The row of shifts.csv whose moved shift covers the moment, or None."""
        if not (self.folder / "shifts.csv").exists():
            return None
        rows = self.rows("shifts.csv")
        return next((r for r in rows if self.moment(r["start"]) <= moment < self.moment(r["end"])), None)


def load_event(folder, *, recent=False, at=None):
    """Load the event of `folder` (see Event); returns {file name: rows added}."""
    return Event(folder, recent=recent, at=at).load()
