"""Where a number of the dashboard leads: by its key in the catalogue to the rows that it counts at its moment; for a reader who may
not see rows, to the page of the room that shows the number; else nowhere."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from venues import board
from venues.moments import day_so_far, in_address

_ALSO = {  # numbers that the page puts together: the figure whose rows they are among, and the filters of its list
    "refunds.reported": ("agencies", {"state": "reported"}),
}


class Links:
    """`described` the catalogue of the moment `at`, `order` the closure order or None, `may(permission)` what the reader may see."""

    def __init__(self, described, at, order, may):
        self.described, self.order, self.may = described, order, may
        self.as_of = in_address(at)
        self.venues = board.Links(order, at, may)
        self.today = timezone.localtime(day_so_far(at)).date().isoformat()

    def of(self, key):
        """The address of the rows that the figure `key` counts, "" when its reader can follow it nowhere."""
        if key in _ALSO:
            name, filters = _ALSO[key]
            found = self._page("refunds.view_tourgroup", f"refunds:{name}", **filters)
        else:
            one = self.described.get(key)
            found = one.url if one and one.value is not None and self._may(one.permission) else ""
        return found or self._room(key.partition(".")[0])

    def today_of(self, key):
        """The same for what the patrols did on the day of the moment."""
        one = self.described.get(key)
        return f"{one.url}&{urlencode({'from': self.today})}" if one and one.url and self._may(one.permission) else ""

    def _may(self, permission):
        return not permission or self.may(permission)

    def _room(self, room):
        """The page on which the number stands that is to be followed."""
        if room == "closures" and self.order is not None:
            return self._page("venues.view_board", "venues:order", self.order.pk)
        if room == "complaints":
            return self._page("enforcement.view_figures", "complaints:complaint_figures")
        return self._page("refunds.view_board", "refunds:board") if room == "refunds" else ""

    def _page(self, permission, name, *args, **asked):
        if not self.may(permission):
            return ""
        return f"{reverse(name, args=args)}?{urlencode({**asked, 'as_of': self.as_of})}"

    @property
    def store(self):
        return self._page("enforcement.view_supplyitem", "supplies")

    @property
    def duty(self):
        """Who is on duty stands on a page of now."""
        return reverse("duty:now" if self.may("enforcement.view_roster") else "duty:wall")
