"""Duty today, its view for the wall, and the head of every page."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.duty.now import now_of


def wants_part(request):
    return request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request


@never_cache
@require_safe
@permission_required("enforcement.view_roster", raise_exception=True)
def now(request):
    return _shown(request, "now")


@never_cache
@require_safe
def wall(request):
    """Also for the screen on the wall, whose account only looks at the board: names, no telephone numbers."""
    if not (request.user.has_perm("enforcement.view_roster") or request.user.has_perm("venues.view_board")):
        raise PermissionDenied
    return _shown(request, "wall")


@never_cache
@require_safe
def head(request):
    """The line in the head of every page, by itself: it keeps itself up to date."""
    return render(request, "enforcement/duty/_head.html")


def _shown(request, name):
    part = "_" if wants_part(request) else ""
    response = render(request, f"enforcement/duty/{part}{name}.html", {"duty_now": now_of(timezone.now())})
    patch_vary_headers(response, ["HX-Request"])
    return response
