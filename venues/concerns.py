"""What stands on top of a venue's page and beside it wherever it is chosen: ordered shut, operating, last seen.

For many venues at once, in a fixed number of queries; as of any moment.
"""

from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from venues.facts import PLACE, derive, merged_venues
from venues.models import ClosureOrder, FormerRecheck, Inspection, Target, Venue, Violation
from venues.models.rechecks import recheck
from venues.states import FACT_FIELDS, state_of


@dataclass
class Concern:
    """What to know about one venue: its places on the lists of orders in force (each a Target with `.state`), its open
    violation, the latest look at it."""

    targets: list = field(default_factory=list)
    violation: Violation | None = None
    look: Inspection | None = None

    @property
    def ordered_shut(self):
        """Whether an order in force names it: not excluded, not lifted."""
        return any(target.state not in ("excluded", "lifted") for target in self.targets)


def of(venues, user, at=None):
    """{pk: Concern} of these venues at the moment `at` (now), as far as `user` may see it."""
    at = at or timezone.now()
    found = {venue.pk: Concern() for venue in venues}
    if not found:
        return found
    places = merged_venues(found)
    if user.has_perm("venues.view_target"):
        for target in _targets(places, at):
            found[target.place].targets.append(target)
    if user.has_perm("venues.view_violation"):
        for violation in Violation.objects.running(at).filter(venue__in=list(places)).order_by("-found_at"):
            found[places[violation.venue_id]].violation = violation
    if user.has_perm("venues.view_inspection"):
        for look in _looks(places, at):
            concern = found[places[look.venue_id]]
            if concern.look is None or look.observed_at > concern.look.observed_at:
                concern.look = look
    return found


def _targets(places, at):
    """The targets at these places in the orders in force at `at`, each with its state at that moment."""
    orders = ClosureOrder.objects.active(at).order_by().values("pk")
    named = Target.objects.known(at).filter(venue__in=list(places), order__in=orders)
    named = named.annotate(place=PLACE, recheck_hours=FormerRecheck.objects.hours(at))
    targets = list(named.select_related("order").order_by("-order__issued_at", "pk"))
    later = [target for target in targets if target.facts_until is not None and target.facts_until > at]
    facts = derive(later, at) if later else {}
    for target in targets:
        for name in FACT_FIELDS if target.pk in facts else ():
            setattr(target, name, getattr(facts[target.pk], name))
        target.state = state_of(target, at, recheck(target))
    return targets


def _looks(places, at):
    """The latest look at each of these venues that no correction replaced."""
    latest = Inspection.objects.standing().until(at).filter(venue=OuterRef("pk")).order_by("-observed_at", "-pk")
    newest = Venue.objects.filter(pk__in=list(places)).values(look=Subquery(latest.values("pk")[:1]))
    return Inspection.objects.filter(pk__in=newest)
