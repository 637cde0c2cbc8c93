"""The addresses of the rows behind the figures, at their moment, each with the permission that its page asks for."""

from urllib.parse import urlencode

from django.urls import reverse

from venues.moments import in_address

IN_SCOPE = {"scope": "in_scope"}


class Links:
    """Every method gives (address, permission). `order`: the closure order of the figures, or None."""

    def __init__(self, at, order):
        self.at, self.order = at, order
        self.as_of = in_address(at)

    def to(self, permission, name, *args, **asked):
        """A page of the house at the moment."""
        query = {key: value for key, value in asked.items() if value is not None}
        return f"{reverse(name, args=args)}?{urlencode({**query, 'as_of': self.as_of})}", permission

    def orders(self):
        return self.to("venues.view_board", "venues:orders")

    def board(self):
        return self.to("venues.view_board", "venues:order", self.order.pk)

    def targets(self, **filters):
        return self.to("venues.view_target", "venues:targets", self.order.pk, **filters)

    def in_scope(self, **filters):
        return self.targets(**IN_SCOPE, **filters)

    def patrols(self, **filters):
        return self.to("venues.view_patrol", "venues:patrols", **filters)

    def inspections(self, **filters):
        return self.to("venues.view_inspection", "venues:inspections", **filters)

    def violations(self, **filters):
        return self.to("venues.view_violation", "venues:violations", **filters)

    def certificate(self, since):
        """The coverage certificate from `since` until the moment."""
        query = urlencode({"from": in_address(since), "until": self.as_of})
        return f"{reverse('duty:certificate')}?{query}", "enforcement.view_certificate"

    def custody(self, post):
        return self.to("enforcement.view_handover", "duty:custody", post=post)

    def hotline(self):
        return self.to("enforcement.view_figures", "complaints:complaint_figures")

    def complaints(self, **counted):
        return self.to("complaints.view_complaint", "complaints:complaint_figure_rows", **counted)

    def agencies(self, **filters):
        return self.to("refunds.view_tourgroup", "refunds:agencies", **filters)

    def groups(self, **filters):
        """Only the groups whose travellers count there."""
        return self.to("refunds.view_tourgroup", "refunds:groups", counted="on", **filters)

    def refunds(self):
        return self.to("refunds.view_board", "refunds:board")

    def supplies(self, category=None, low=None):
        """What is in store, item by item."""
        return self.to("enforcement.view_supplyitem", "supplies", category=category, low=low)

    def supply(self, item):
        """One item and its movements."""
        return self.to("enforcement.view_supplyitem", "supply", item.pk)

    def movements(self, category, flow):
        """What came in or went out, its sum above."""
        return self.to("enforcement.view_supplyitem", "supply_movements", category=category, flow=flow)

    def staff(self, shown):
        """Names are for those who may see them; only the counts leave."""
        return self.to("enforcement.see_health", "health_day", show=shown)

    def isolations(self):
        return self.to("enforcement.see_health", "isolations")
