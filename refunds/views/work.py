"""The work queue, and call-backs by lot."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.views.decorators.http import require_POST


@permission_required("refunds.view_tourgroup", raise_exception=True)
def work(request):
    raise Http404  # to be built


@permission_required("refunds.call_travellers", raise_exception=True)
def callbacks(request):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.call_travellers", raise_exception=True)
def callback_draw(request):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.call_travellers", raise_exception=True)
def callback_answer(request, pk):
    raise Http404  # to be built
