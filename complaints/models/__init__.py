"""The tables of the hotline, one module for each subject."""

from complaints.models.callers import Caller, CallerView
from complaints.models.calls import Call
from complaints.models.catalogues import Channel, Kind, ServiceLevel, Topic, Urgency
from complaints.models.complaints import Complaint, DayCounter
from complaints.models.drafts import Draft
from complaints.models.events import Callback, ComplaintEvent
from complaints.models.sheets import Sheet, StagedSheets

__all__ = [
    "Call", "Callback", "Caller", "CallerView", "Channel", "Complaint", "ComplaintEvent", "DayCounter", "Draft", "Kind",
    "ServiceLevel", "Sheet", "StagedSheets", "Topic", "Urgency",
]  # fmt: skip
