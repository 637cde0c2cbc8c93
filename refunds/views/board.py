"""The board: market × status, each figure a link to its rows."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404


@permission_required("refunds.view_board", raise_exception=True)
def board(request):
    raise Http404  # to be built
