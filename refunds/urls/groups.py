"""Addresses of views/groups.py, ledger.py and travellers.py: the groups, one group with its ledger, the acts on it, the export."""

from django.urls import path

from refunds.views import groups, ledger, renaming, travellers

urlpatterns = [
    path("refunds/groups/", groups.groups, name="groups"),
    path("refunds/groups/export/", groups.groups_export, name="groups_export"),
    path("refunds/groups/<int:pk>/", groups.group, name="group"),
    path("refunds/groups/<int:pk>/line/", groups.group_line, name="group_line"),
    path("refunds/groups/<int:pk>/refund/", ledger.refund_new, name="refund_new"),
    path("refunds/groups/<int:pk>/deduction/", ledger.deduction_new, name="deduction_new"),
    path("refunds/groups/<int:pk>/link/", groups.group_link, name="group_link"),
    path("refunds/groups/<int:pk>/unlink/", groups.group_unlink, name="group_unlink"),
    path("refunds/groups/<int:pk>/unrename/", renaming.group_unrename, name="group_unrename"),
    path("refunds/groups/<int:pk>/traveller/", travellers.traveller_new, name="traveller_new"),
    path("refunds/ledger/<int:pk>/reverse/", ledger.refund_reverse, name="refund_reverse"),
    path("refunds/ledger/<int:pk>/evidence/", ledger.evidence_new, name="evidence_new"),
    path("refunds/ledger/<int:pk>/confirm/", ledger.refund_confirm, name="refund_confirm"),
    path("refunds/evidence/<int:pk>/file/", ledger.evidence_file, name="evidence_file"),
    path("refunds/deductions/<int:pk>/proof/", ledger.deduction_proof, name="deduction_proof"),
    path("refunds/deductions/<int:pk>/decide/", ledger.deduction_decide, name="deduction_decide"),
    path("refunds/proofs/<int:pk>/file/", ledger.proof_file, name="proof_file"),
    path("refunds/travellers/<int:pk>/reveal/", travellers.traveller_reveal, name="traveller_reveal"),
]
