"""The first page after sign-in: the board of the order in force, or else the first place that this officer may enter."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enforcement.context import places_of
from venues.models import ClosureOrder


@require_safe
def home(request):
    if request.user.has_perm("venues.view_board"):
        in_force = list(ClosureOrder.objects.active(timezone.now())[:2])
        if len(in_force) == 1:  # of several orders the list lets one choose
            return redirect(in_force[0])
    for place in places_of(request.user):
        return redirect(place["url"])
    return render(request, "enforcement/no_role.html")
