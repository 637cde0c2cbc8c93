"""The acts on a group's ledger and deductions, and the papers that prove them."""

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from refunds.forms.ledger import (
    ConfirmForm,
    DecideForm,
    DeductionForm,
    EvidenceForm,
    ProofForm,
    RefundForm,
    ReverseForm,
)
from refunds.models import Deduction, DeductionProof, Evidence, Refund
from refunds.views.group_page import act, group_or_404, row_or_404
from venues.models.submissions import once


def _of_row(request, form, rows, pk):
    row = row_or_404(rows, pk)
    return act(request, form(request.POST, request.FILES, group=row.group, row=row))


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def refund_new(request, pk):
    return act(request, RefundForm(request.POST, request.FILES, group=group_or_404(pk)))


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def refund_reverse(request, pk):
    return _of_row(request, ReverseForm, Refund.objects, pk)


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def evidence_new(request, pk):
    return _of_row(request, EvidenceForm, Refund.objects, pk)


@require_POST
@permission_required("refunds.confirm_refund", raise_exception=True)
@once
def refund_confirm(request, pk):
    return _of_row(request, ConfirmForm, Refund.objects, pk)


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def deduction_new(request, pk):
    return act(request, DeductionForm(request.POST, request.FILES, group=group_or_404(pk)))


@require_POST
@permission_required("refunds.enter_refund", raise_exception=True)
@once
def deduction_proof(request, pk):
    return _of_row(request, ProofForm, Deduction.objects, pk)


@require_POST
@permission_required("refunds.decide_deduction", raise_exception=True)
@once
def deduction_decide(request, pk):
    return _of_row(request, DecideForm, Deduction.objects, pk)


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def evidence_file(request, pk):
    return _paper(get_object_or_404(Evidence, pk=pk))


@require_safe
@permission_required("refunds.view_tourgroup", raise_exception=True)
def proof_file(request, pk):
    return _paper(get_object_or_404(DeductionProof, pk=pk))


def _paper(row):
    """The file as it came, under our own name: a sender's may hold a traveller's. Always to be saved, never shown in our page."""
    if not row.file:
        raise Http404
    try:
        file = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = f"{row._meta.model_name}-{row.pk}.{row.file.name.rpartition('.')[2]}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Cache-Control"] = "no-store"
    return response
