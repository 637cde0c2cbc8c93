"""The tables about ourselves, one module for each subject."""

from enforcement.models.audit import AuditEntry
from enforcement.models.duty import (
    Absence,
    Assignment,
    CalendarDay,
    CalendarFeed,
    CoverageRule,
    Custody,
    DutyChange,
    DutyGroup,
    DutyLogEntry,
    GroupMembership,
    Handover,
    HandoverAddendum,
    HandoverItem,
    Leave,
    Roster,
    RosterVersion,
    Rotation,
    RotationEntry,
    Shift,
    ShiftBorder,
    ShiftPattern,
)
from enforcement.models.officers import Officer
from enforcement.models.report_edits import ReportEdit
from enforcement.models.reports import DailyReport
from enforcement.models.safety import Disinfection, HealthCheck, Isolation
from enforcement.models.supplies import SupplyItem
from enforcement.models.supply_movements import SupplyMovement
from enforcement.models.supply_terms import FormerTerms

__all__ = [
    "Absence",
    "Assignment",
    "AuditEntry",
    "CalendarDay",
    "CalendarFeed",
    "CoverageRule",
    "Custody",
    "DailyReport",
    "Disinfection",
    "DutyChange",
    "DutyGroup",
    "DutyLogEntry",
    "FormerTerms",
    "GroupMembership",
    "Handover",
    "HandoverAddendum",
    "HandoverItem",
    "HealthCheck",
    "Isolation",
    "Leave",
    "Officer",
    "ReportEdit",
    "Roster",
    "RosterVersion",
    "Rotation",
    "RotationEntry",
    "Shift",
    "ShiftBorder",
    "ShiftPattern",
    "SupplyItem",
    "SupplyMovement",
]
