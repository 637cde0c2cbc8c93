"""The order board, its wall, and the list of targets behind its numbers."""

import collections
import datetime

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from venues.board import Board
from venues.facts import last_looks
from venues.forms.targets import TargetFilter
from venues.models import ClosureOrder, TargetMove
from venues.moments import as_of, in_address
from venues.standing import Standing
from venues.transitions import Refused

PER_PAGE = 50


def board(request, order, template="board"):
    """The board of an order that was activated. The view `order` hands over to it; it is also what the wall shows.

    An order that has ended is shown as it stood just before its end (a lifted one: before the first lifting, for what
    is lifted is counted no more), unless another moment is asked for."""
    if not request.user.has_perm("venues.view_board"):
        raise PermissionDenied
    try:
        at, asked = as_of(request)
    except Refused as refused:
        context = {"order": order, "problem": refused.sentence(), "asked_text": request.GET.get("as_of", "")}
        return render(request, f"venues/{template}.html", context, status=400)
    ended = order.ended_at is not None and order.ended_at <= at and not asked
    context = {"order": order, "asked": asked, "ended": ended}
    if ended:
        context |= _before_its_end(order)
        at = context["at"]
    live = not asked and not ended
    shown = Board(order, at, live=live, may=request.user.has_perm, linked=template == "board")
    context |= {"board": shown, "at": at, "live": live}
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    response = render(request, f"venues/_{template}.html" if partial else f"venues/{template}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _before_its_end(order):
    """The moment at which an ended order is shown, and where it was lifted in steps `lifted_from` (the first lifting)
    and `last` (the last moment of the order, for an address)."""
    instant = datetime.timedelta(microseconds=1)
    first = TargetMove.objects.first_lifting(order) if order.status == order.Status.LIFTED else None
    if first is None or first >= order.ended_at:
        return {"at": order.ended_at - instant}
    return {"at": first - instant, "lifted_from": first, "last": in_address(order.ended_at - instant)}


@require_safe
@permission_required("venues.view_board", raise_exception=True)
def board_wall(request, pk):
    """The board for a screen on the wall: readable from four metres, refreshing itself, nothing to press."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    if order.activated_at is None:
        raise Http404
    return board(request, order, template="wall")


@require_safe
@permission_required("venues.view_target", raise_exception=True)
def targets(request, pk):
    """The targets of an order that fit the filters in the address, at the moment of `?as_of=` or now."""
    order = get_object_or_404(ClosureOrder, pk=pk)
    try:
        at, asked = as_of(request)
    except Refused as refused:
        context = {"order": order, "problem": refused.sentence(), "asked_text": request.GET.get("as_of", "")}
        return render(request, "venues/targets.html", context, status=400)
    standing = Standing(order, at)
    form = TargetFilter(request.GET, standing=standing)
    asked_for = form.filters()
    found = standing.select(**asked_for) if form.is_valid() else []
    any_state = found if "state" not in asked_for else standing.select(**{**asked_for, "state": None})
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    looks = last_looks(page.object_list)
    for target in page.object_list:
        target.last_look = looks.get(target.pk)
    context = {
        "order": order, "form": form, "page": page, "at": at, "asked": asked, "as_of": in_address(at),
        "any_state": len(any_state), "states": sorted(collections.Counter(t.state for t in any_state).items()),
    }  # fmt: skip
    return render(request, "venues/targets.html", context, status=200 if form.is_valid() else 400)
