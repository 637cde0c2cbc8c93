"""The tables of refunds, one module for each subject."""

from refunds.models.callbacks import CallBackAnswer, CallBackSample
from refunds.models.deductions import Deduction, DeductionDecision, DeductionProof
from refunds.models.events import Cutoff, Deposit, RefundEvent
from refunds.models.groups import GroupLine, TourGroup
from refunds.models.ledger import Evidence, Refund
from refunds.models.links import GroupLink
from refunds.models.renaming import Renaming
from refunds.models.returns import AgencyReport, ReturnUpload
from refunds.models.travellers import Traveller, TravellerView

__all__ = [
    "AgencyReport", "CallBackAnswer", "CallBackSample", "Cutoff", "Deduction", "DeductionDecision", "DeductionProof",
    "Deposit", "Evidence", "GroupLine", "GroupLink", "Refund", "RefundEvent", "Renaming", "ReturnUpload", "TourGroup", "Traveller", "TravellerView",
]  # fmt: skip
