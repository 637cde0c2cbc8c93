"""The first page after sign-in: the first place of the house that this officer may enter."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from enforcement.context import places_of


@require_safe
def home(request):
    for place in places_of(request.user):
        return redirect(place["url"])
    return render(request, "enforcement/no_role.html")
