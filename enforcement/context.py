"""What every page knows: whose desk it is, the places of the navigation, the time."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from enforcement import places
from enforcement.duty.now import head_of
from enforcement.safety import notice_of


def house(request):
    """Template variables `house` (unit_name, city_name, now), `nav` (places.menu of the signed-in officer), `nav_more` (what of it
    is not among the most used) and, asked of the database when a page shows its head, `duty_head`: the officers who lead and hold
    the telephone, by role, and `health_notice`: what this officer is reminded of about his own health check, or None."""
    user = getattr(request, "user", None)
    menu = places.menu(user, request.path) if user is not None and user.is_authenticated else []
    return {
        "house": {"unit_name": settings.UNIT_NAME, "city_name": settings.CITY_NAME, "now": timezone.now()},
        "nav": menu,
        "nav_more": [item for item in menu if not item["first"]],
        "health_notice": SimpleLazyObject(lambda: notice_of(user, timezone.now())),
        "duty_head": SimpleLazyObject(lambda: head_of(timezone.now())),
    }
