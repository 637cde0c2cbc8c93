"""The tables of the duty roster, one module for each subject."""

from enforcement.models.duty.absences import Absence, Leave
from enforcement.models.duty.calendar import CalendarDay, DayType, DayTypes
from enforcement.models.duty.changes import DutyChange
from enforcement.models.duty.custody import Custody
from enforcement.models.duty.feeds import CalendarFeed
from enforcement.models.duty.groups import DutyGroup, GroupMembership
from enforcement.models.duty.handovers import Handover, HandoverAddendum, HandoverItem
from enforcement.models.duty.logbook import DutyLogEntry
from enforcement.models.duty.patterns import Rotation, RotationEntry, ShiftBorder, ShiftPattern, Slot
from enforcement.models.duty.rosters import MAX_SHIFT, Assignment, Role, Roster, RosterVersion, Shift
from enforcement.models.duty.rules import CoverageRule

__all__ = [
    "MAX_SHIFT",
    "Absence",
    "Assignment",
    "CalendarDay",
    "CalendarFeed",
    "CoverageRule",
    "Custody",
    "DayType",
    "DayTypes",
    "DutyChange",
    "DutyGroup",
    "DutyLogEntry",
    "GroupMembership",
    "Handover",
    "HandoverAddendum",
    "HandoverItem",
    "Leave",
    "Role",
    "Roster",
    "RosterVersion",
    "Rotation",
    "RotationEntry",
    "Shift",
    "ShiftBorder",
    "ShiftPattern",
    "Slot",
]
