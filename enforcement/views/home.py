"""The first page after sign-in: where the work of this officer begins; of closure orders at once the one in force."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enforcement.places import places_of
from venues.models import ClosureOrder


@require_safe
def home(request):
    places = places_of(request.user)
    if not places:
        return render(request, "enforcement/no_role.html")
    if places[0].name == "venues:orders":
        in_force = list(ClosureOrder.objects.active(timezone.now())[:2])
        if len(in_force) == 1:  # of several orders the list lets one choose
            return redirect(in_force[0])
    return redirect(places[0].url)
