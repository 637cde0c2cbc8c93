"""The places of the house, the work of whom each belongs to, and where a day begins. Permissions decide, never names of roles."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """One place: who may enter, its URL name and label, and the further addresses (below its own) that belong to it."""

    permission: str
    name: str
    label: str
    also: tuple = ()

    @property
    def url(self):
        return reverse(self.name)

    def holds(self, path):
        """How many characters of `path` say that it lies here; 0 when it does not."""
        return max((len(start) for start in (self.url, *self.also) if path.startswith(start)), default=0)


PLACES = (  # in the order of the work
    Place("enforcement.view_figures", "dashboard", _("Dashboard")),
    Place("complaints.view_complaint", "complaints:desk", _("Desk")),
    Place("complaints.view_complaint", "complaints:complaints", _("Complaints")),
    Place("complaints.view_call", "complaints:calls", _("Calls")),
    Place("venues.view_board", "venues:orders", _("Closure orders")),
    Place("refunds.view_board", "refunds:board", _("Refunds")),
    Place("refunds.view_tourgroup", "refunds:work", _("Work queue")),
    Place("refunds.view_tourgroup", "refunds:agencies", _("Travel agencies")),
    Place("refunds.view_agencyreport", "refunds:imports", _("Returns of the agencies")),
    Place("enforcement.view_signed_report", "reports", _("Daily reports")),
    Place("enforcement.view_roster", "duty:now", _("Duty today")),
    Place("enforcement.take_duty", "duty:mine", _("My duty"), also=("/duty/leave/", "/duty/changes/", "/duty/absence/")),
    Place("enforcement.take_duty", "my_health", _("My health"), also=("/disinfections/",)),
    Place("enforcement.see_health", "health_day", _("Staff safety")),
    Place(
        "enforcement.view_roster", "duty:rosters", _("Rosters"), also=("/duty/setup/", "/duty/load/", "/duty/calendar/"),
    ),
    Place("enforcement.view_certificate", "duty:certificate", _("Coverage certificate")),
    Place("enforcement.view_supplyitem", "supplies", _("Supplies")),
    Place("venues.view_venue", "venues:venues", _("Registry")),
    Place("venues.view_inspection", "venues:inspections", _("Inspections")),
    Place("venues.view_patrol", "venues:patrols", _("Patrols")),
    Place("venues.view_violation", "venues:violations", _("Violations")),
    Place("venues.view_alert", "venues:alerts", _("Alerts")),
    Place("venues.view_venueimport", "venues:imports", _("Imports")),
    Place("enforcement.view_auditentry", "audit", _("Audit")),
    Place("enforcement.use_admin", "admin:index", _("Administration")),
)  # fmt: skip


@dataclass(frozen=True)
class Work:
    """The work of whoever holds `permission`: the places used most, the first of them where a day begins."""

    key: str
    label: str
    permission: str
    first: tuple


WORKS = (  # whoever fits several has the first
    Work(
        "administrator", _("system administrator"), "enforcement.set_roles", ("admin:index", "duty:now", "duty:rosters")
    ),
    Work(
        "leader",
        _("shift leader"),
        "venues.activate_closureorder",
        ("dashboard", "venues:orders", "complaints:desk", "duty:now", "reports"),
    ),
    Work(
        "desk",
        _("duty officer"),
        "complaints.log_call",
        ("complaints:desk", "complaints:complaints", "complaints:calls", "venues:orders", "duty:now"),
    ),
    Work(
        "field",
        _("inspector"),
        "venues.record_inspection",
        ("venues:orders", "complaints:desk", "venues:inspections", "venues:alerts", "duty:mine"),
    ),
    Work(
        "refunds",
        _("refund clerk"),
        "refunds.enter_refund",
        ("refunds:board", "refunds:work", "refunds:imports", "refunds:agencies", "venues:venues"),
    ),
    Work(
        "registry",
        _("registry editor"),
        "venues.change_venue",
        ("venues:venues", "venues:imports", "venues:orders", "venues:alerts", "admin:index"),
    ),
    Work(
        "audit",
        _("Audit"),
        "enforcement.view_auditentry",
        ("audit", "dashboard", "complaints:complaints", "reports", "duty:certificate"),
    ),
    Work(
        "figures",
        _("bureau viewer"),
        "enforcement.view_figures",
        ("dashboard", "reports", "venues:orders", "refunds:board"),
    ),
)
MOST_USED = 5


def places_of(user):
    """The places that this officer may enter, those of his work first."""
    own = work_of(user)
    first = own.first if own else ()
    allowed = [place for place in PLACES if user.has_perm(place.permission)]
    return sorted(allowed, key=lambda place: first.index(place.name) if place.name in first else len(first))


def work_of(user):
    """The Work of this officer, None for an account without any."""
    return next((work for work in WORKS if user.has_perm(work.permission)), None)


def menu(user, path):
    """What the head of a page shows of `path`: dicts with `url`, `label`, `current`, `first` (one of the most used; where one is
    belongs to them too, so that nobody stands in a place that the menu does not show)."""
    places = places_of(user)
    here = max(places, key=lambda place: place.holds(path), default=None)
    if here is not None and not here.holds(path):
        here = None
    return [
        {"url": place.url, "label": place.label, "current": place is here, "first": number < MOST_USED or place is here}
        for number, place in enumerate(places)
    ]
