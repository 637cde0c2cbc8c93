"""What every page knows: whose desk it is, the places of the navigation, the time."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from enforcement.duty.now import head_of

# (permission or None, URL name, label): the places of the house, in the order of the work
PLACES = [
    ("enforcement.view_figures", "dashboard", _("Dashboard")),
    ("complaints.view_complaint", "complaints:desk", _("Desk")),
    ("complaints.view_complaint", "complaints:complaints", _("Complaints")),
    ("complaints.view_call", "complaints:calls", _("Calls")),
    ("venues.view_board", "venues:orders", _("Closure orders")),
    ("refunds.view_board", "refunds:board", _("Refunds")),
    ("enforcement.view_roster", "duty:now", _("Duty today")),
    ("enforcement.take_duty", "duty:mine", _("My duty")),
    ("enforcement.view_roster", "duty:rosters", _("Rosters")),
    ("venues.view_venue", "venues:venues", _("Registry")),
    ("venues.view_inspection", "venues:inspections", _("Inspections")),
    ("venues.view_patrol", "venues:patrols", _("Patrols")),
    ("venues.view_violation", "venues:violations", _("Violations")),
    ("venues.view_alert", "venues:alerts", _("Alerts")),
    ("venues.view_venueimport", "venues:imports", _("Imports")),
    ("enforcement.use_admin", "admin:index", _("Administration")),
]


def places_of(user):
    """The places that this officer may enter, as dicts with `url` and `label`."""
    places = []
    for permission, name, label in PLACES:
        if permission is None or user.has_perm(permission):
            places.append({"url": reverse(name), "label": label})
    return places


def house(request):
    """Template variables `house` (unit_name, city_name, now), `nav` (url, label, current) of the signed-in officer and, asked of
    the database when a page shows its head, `duty_head`: the officers who lead and hold the telephone, by role."""
    user = getattr(request, "user", None)
    nav = places_of(user) if user is not None and user.is_authenticated else []
    here = max((place["url"] for place in nav if request.path.startswith(place["url"])), key=len, default=None)
    for place in nav:
        place["current"] = place["url"] == here  # one place: /duty/mine/ lies under /duty/ too
    return {
        "house": {"unit_name": settings.UNIT_NAME, "city_name": settings.CITY_NAME, "now": timezone.now()},
        "nav": nav,
        "duty_head": SimpleLazyObject(lambda: head_of(timezone.now())),
    }
