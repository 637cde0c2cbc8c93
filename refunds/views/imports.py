"""Imports of returns: upload, preview, questions, one application."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.views.decorators.http import require_POST


@permission_required("refunds.view_tourgroup", raise_exception=True)
def imports(request):
    raise Http404  # to be built


@permission_required("refunds.enter_return", raise_exception=True)
def import_new(request):
    raise Http404  # to be built


@permission_required("refunds.enter_return", raise_exception=True)
def import_preview(request, key):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
def import_answer(request, key):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
def import_apply(request, key):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
def import_discard(request, key):
    raise Http404  # to be built
