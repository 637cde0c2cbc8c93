"""Groups: the list, one group with its ledger, the acts on it."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.views.decorators.http import require_POST


@permission_required("refunds.view_tourgroup", raise_exception=True)
def groups(request):
    raise Http404  # to be built


@permission_required("refunds.export_refunds", raise_exception=True)
def groups_export(request):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def group(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
def group_line(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def refund_new(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def deduction_new(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
def group_link(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_group", raise_exception=True)
def group_unlink(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def traveller_new(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def refund_reverse(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def evidence_new(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.confirm_refund", raise_exception=True)
def refund_confirm(request, pk):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def evidence_file(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
def deduction_proof(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.decide_deduction", raise_exception=True)
def deduction_decide(request, pk):
    raise Http404  # to be built


@permission_required("refunds.view_tourgroup", raise_exception=True)
def proof_file(request, pk):
    raise Http404  # to be built


@require_POST
@permission_required("refunds.reveal_traveller", raise_exception=True)
def traveller_reveal(request, pk):
    raise Http404  # to be built
