"""The first page after sign-in: a duty officer's desk, the dashboard of those who read the signed reports, the board of the one
order in force, the administration, or else the first place of one's work."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from enforcement.context import places_of
from venues.models import ClosureOrder


@require_safe
def home(request):
    at_the_desk = request.user.has_perm("complaints.log_call") and not request.user.has_perm(
        "venues.activate_closureorder"
    )
    if not at_the_desk and request.user.has_perms(["enforcement.view_figures", "enforcement.view_signed_report"]):
        return redirect("dashboard")
    if request.user.has_perm("venues.view_board") and not at_the_desk:
        in_force = list(ClosureOrder.objects.active(timezone.now())[:2])
        if len(in_force) == 1:  # of several orders the list lets one choose
            return redirect(in_force[0])
    if request.user.has_perm("enforcement.set_roles"):
        return redirect("admin:index")
    for place in places_of(request.user):
        if place["url"] != reverse("dashboard"):  # it stands first for all who see figures, but is not everybody's work
            return redirect(place["url"])
    return render(request, "enforcement/no_role.html")
