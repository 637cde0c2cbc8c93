"""Agencies: who reported, nil returns, template workbooks."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.views.decorators.http import require_POST


@permission_required("refunds.view_tourgroup", raise_exception=True)
def agencies(request):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def agency(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
def nil_return(request, pk):
    raise Http404  # to be built


@permission_required("refunds.enter_return", raise_exception=True)
def template(request, pk):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def agency_return(request, pk):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def return_file(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_return", raise_exception=True)
def return_withdraw(request, pk):
    raise Http404  # to be built
