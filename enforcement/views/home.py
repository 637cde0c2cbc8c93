"""The first page after sign-in: a duty officer's desk, the board of the one order in force, the administration, or else the first
place one may enter."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enforcement.context import places_of
from venues.models import ClosureOrder


@require_safe
def home(request):
    at_the_desk = request.user.has_perm("complaints.log_call") and not request.user.has_perm(
        "venues.activate_closureorder"
    )
    if request.user.has_perm("venues.view_board") and not at_the_desk:
        in_force = list(ClosureOrder.objects.active(timezone.now())[:2])
        if len(in_force) == 1:  # of several orders the list lets one choose
            return redirect(in_force[0])
    if request.user.has_perm("enforcement.set_roles"):
        return redirect("admin:index")
    for place in places_of(request.user):
        return redirect(place["url"])
    return render(request, "enforcement/no_role.html")
