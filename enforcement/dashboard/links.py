"""Where a number of the dashboard leads: by the keys of `enforcement.figures`, to the rows that it counts at its moment; for a
reader who may not see rows, to the page of the room that shows the number; else nowhere."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from enforcement.models import CoverageRule
from venues import board
from venues.moments import day_so_far, in_address
from venues.standing import NEVER_SEEN

_CLOSURES = {  # figure: the filters of its targets
    "targets": {"scope": "in_scope"},
    "told": {"scope": "in_scope", "told": 1},
    "reported": {"scope": "in_scope", "reported": 1},
    "closed": {"state": "closed"},
    "overdue": {"scope": "in_scope", "overdue": 1},
    "never_seen": {"scope": "in_scope", "seen": NEVER_SEEN},
}
_PATROLS = {  # figure: the list, and its filters
    "patrols": ("patrols", {"effort": 1}),
    "person_times": ("patrols", {"effort": 1}),
    "vehicle_times": ("patrols", {"vehicle": 1}),
    "visits": ("inspections", {"effort": 1}),
    "venues_reached": ("inspections", {"reached": 1}),
    "violations_found": ("violations", {}),
    "violations_stopped": ("violations", {"stopped": 1}),
}
_AGENCIES = {
    "agencies": "",
    "with_groups": "with_groups",
    "nil_returns": "nil",
    "silent": "silent",
    "reported": "reported",
}
_GROUPS = {"groups": "", "people": "", "cancelled": "called_off", "people_refunded": "money_back"}


class Links:
    """`at` the moment, `order` the closure order or None, `may(permission)` what the reader may see."""

    def __init__(self, at, order, may):
        self.order, self.may = order, may
        self.as_of = in_address(at)
        self.venues = board.Links(order, at, may)
        self.today = timezone.localtime(day_so_far(at)).date().isoformat()

    def of(self, key, *, today=False):
        """The address of the rows that the figure `key` counts, "" when its reader can follow it nowhere. `today`: only those of
        the day of the moment (patrols)."""
        room, _dot, rest = key.partition(".")
        return getattr(self, f"_{room}")(rest, today)

    def _closures(self, rest, _today):
        if self.order is None:
            return ""
        filters = _CLOSURES.get(rest) or {"state": rest.rpartition(".")[2]}
        return self.venues.targets(**filters) or self._page("venues.view_board", "venues:order", self.order.pk)

    def _patrols(self, rest, today):
        name, filters = _PATROLS[rest]
        return getattr(self.venues, name)(**filters, **({"from": self.today} if today else {}))

    def _complaints(self, rest, _today):
        if not self.may("complaints.view_complaint"):
            return self._page("enforcement.view_figures", "complaints:complaint_figures")
        group, _dot, value = rest.rpartition(".")
        asked = {"status": value} if group == "by_status" else {"what": rest}
        return self._page("complaints.view_complaint", "complaints:complaint_figure_rows", **asked)

    def _refunds(self, rest, _today):
        if not self.may("refunds.view_tourgroup"):
            return self._page("refunds.view_board", "refunds:board")
        if rest in _AGENCIES:
            state = {"state": _AGENCIES[rest]} if _AGENCIES[rest] else {}
            return self._page("refunds.view_tourgroup", "refunds:agencies", **state)
        status = _GROUPS.get(rest, rest)
        return self._page(
            "refunds.view_tourgroup", "refunds:groups", counted="on", **({"status": status} if status else {})
        )

    def _duty(self, rest, _today):
        """Who is on duty stands on a page of now; how it was covered, on the certificate of the time until the moment."""
        if rest in ("leader", "phone_officer"):
            return reverse("duty:now") if self.may("enforcement.view_roster") else reverse("duty:wall")
        if not self.may("enforcement.view_certificate"):
            return ""
        first = CoverageRule.objects.order_by("valid_from").values_list("valid_from", flat=True).first()
        asked = {"from": in_address(first)} if first else {}
        return f"{reverse('duty:certificate')}?{urlencode({**asked, 'until': self.as_of})}"

    def _supplies(self, _rest, _today):
        return self._page("enforcement.view_supplyitem", "supplies")

    def _staff(self, _rest, _today):
        return self._page("enforcement.see_health", "health_day")

    def _page(self, permission, name, *args, **asked):
        if not self.may(permission):
            return ""
        try:
            address = reverse(name, args=args)
        except NoReverseMatch:  # a room that this house does not have
            return ""
        return f"{address}?{urlencode({**asked, 'as_of': self.as_of})}"
