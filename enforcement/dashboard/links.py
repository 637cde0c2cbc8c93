"""Where a number of the dashboard leads: by its key in the catalogue to the rows that it counts at its moment; for a reader who may
not see rows, to the page of the room that shows the number; else nowhere."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from enforcement import catalogue
from refunds.forms.filters import REPORTED
from venues.moments import day_so_far


class Links:
    """`described` the catalogue of the moment `at`, `order` the closure order or None, `may(permission)` what the reader may see."""

    def __init__(self, described, at, order, may):
        self.described, self.order, self.may = described, order, may
        self.rows = catalogue.Links(at, order)
        self.today = timezone.localtime(day_so_far(at)).date().isoformat()

    def of(self, key):
        """The address of the rows that the figure `key` counts, "" when its reader can follow it nowhere."""
        one = self.described.get(key)
        found = self._allowed(one.url, one.permission) if one and one.value is not None else ""
        return found or self._room(key.partition(".")[0])

    def today_of(self, key):
        """The same for what the patrols did on the day of the moment."""
        one = self.described.get(key)
        found = self._allowed(one.url, one.permission) if one else ""
        return f"{found}&{urlencode({'from': self.today})}" if found else ""

    @property
    def reported(self):
        """The agencies that are not silent."""
        return self._allowed(*self.rows.agencies(state=REPORTED)) or self._room("refunds")

    @property
    def store(self):
        return self._allowed(*self.rows.supplies())

    @property
    def low(self):
        """The supplies of which there is less than their level."""
        return self._allowed(*self.rows.supplies(low="on"))

    def supply(self, item):
        """One supply: what there is of it and what moved."""
        return self._allowed(*self.rows.supply(item))

    @property
    def duty(self):
        """Who is on duty stands on a page of now."""
        return reverse("duty:now" if self.may("enforcement.view_roster") else "duty:wall")

    def holders(self, post):
        """Who held a post at the moment."""
        return self._allowed(*self.rows.custody(post))

    def _allowed(self, url, permission):
        return url if not permission or self.may(permission) else ""

    def _room(self, room):
        """The page on which the number stands that is to be followed."""
        if room == "closures" and self.order is not None:
            return self._allowed(*self.rows.board())
        pages = {"complaints": self.rows.hotline, "refunds": self.rows.refunds}
        return self._allowed(*pages[room]()) if room in pages else ""
