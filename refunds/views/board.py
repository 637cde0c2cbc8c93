"""The board: market × status, each figure a link to its rows for who may follow it."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from refunds.asking import Asked
from refunds.board import Board


@require_safe
@permission_required("refunds.view_board", raise_exception=True)
def board(request):
    asked = Asked(request)
    context = {"asked": asked}
    if not asked.problem:
        context["board"] = Board(asked, linked=request.user.has_perm("refunds.view_tourgroup"))
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    name = "refunds/_board.html" if partial and not asked.problem else "refunds/board.html"
    response = render(request, name, context, status=asked.status)
    patch_vary_headers(response, ["HX-Request"])
    return response
