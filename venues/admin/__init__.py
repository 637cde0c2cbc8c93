"""The registry in the administration: divisions, categories, venues."""

from venues.admin.places import CategoryAdmin, DivisionAdmin
from venues.admin.venues import VenueAdmin

__all__ = ["CategoryAdmin", "DivisionAdmin", "VenueAdmin"]
