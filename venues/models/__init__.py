"""The tables of the registry, the orders and the looks, one module for each subject."""

from venues.append_only import FactGuard
from venues.models.alerts import Alert
from venues.models.closures import ClosureOrder, OrderMove
from venues.models.imports import VenueImport, VenueImportRow
from venues.models.inspections import Inspection, RejectedInspection
from venues.models.notices import Notice
from venues.models.patrols import Patrol
from venues.models.rechecks import FormerRecheck
from venues.models.registry import Category, Division, Venue
from venues.models.submissions import Submission
from venues.models.targets import Target, TargetMove
from venues.models.violations import Violation, ViolationMove

__all__ = [
    "Alert", "Category", "ClosureOrder", "Division", "FactGuard", "FormerRecheck", "Inspection", "Notice", "OrderMove", "Patrol",
    "RejectedInspection", "Submission", "Target", "TargetMove", "Venue", "VenueImport", "VenueImportRow", "Violation",
    "ViolationMove",
]  # fmt: skip
