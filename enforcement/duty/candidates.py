"""Who could take a seat on a shift: everybody, the fit and rested first, with what speaks against each in words."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from enforcement.duty.clashes import clashes, sentence
from enforcement.models.duty import MAX_SHIFT, Assignment, GroupMembership, Leave, Role
from enforcement.models.safety import Isolation


@dataclass
class Candidate:
    """An officer for a seat. `against` are sentences; with `barred` the seat cannot be his."""

    officer: object
    groups: list
    shifts: int
    against: list = field(default_factory=list)
    barred: bool = False


def candidates(version, shift, role, *, leaving=None):
    """The Candidates for `role` on `shift` of a draft; `leaving` is the assignment whose place is taken. Constant queries."""
    rows = [row for row in version.rows() if leaving is None or row.pk != leaving.pk]
    officers = get_user_model().objects.active().filter(is_wall_screen=False).order_by("badge_no", "username")
    counts = Counter(row.officer_id for row in rows)
    of_officer = defaultdict(list)
    for row in [*rows, *_around(version, shift)]:
        of_officer[row.officer_id].append(row)
    leaves = {
        leave.officer_id for leave in Leave.objects.approved().touching(shift.start, shift.end)
    }  # a leave that only touches the edge of a long shift still stops him
    excused = set(Isolation.objects.touching(shift.start, shift.end).values_list("officer", flat=True))
    groups = _groups(shift.date)
    found = []
    for officer in officers:
        seen = Candidate(officer, groups[officer.pk], counts[officer.pk])
        _judge(seen, shift, role, of_officer[officer.pk], officer.pk in leaves)
        if officer.pk in excused:
            seen.against.append(_("excused from duty"))
        found.append(seen)
    found.sort(
        key=lambda one: (one.barred, bool(one.against), not one.groups, shift.group not in one.groups, one.shifts)
    )
    return found


def _judge(seen, shift, role, rows, on_leave):
    officer = seen.officer
    if role == Role.LEADER and not officer.can_lead:
        seen.barred = True
        seen.against.append(_("may not lead"))
    if role == Role.PHONE and not officer.can_hold_phone:
        seen.barred = True
        seen.against.append(_("may not hold the telephone"))
    if any(row.start < shift.end and row.end > shift.start for row in rows):
        seen.barred = True
        seen.against.append(_("on duty at this time already"))
    elif not seen.barred:
        new = Assignment(shift=shift, officer=officer, role=role, start=shift.start, end=shift.end)
        seen.against += [sentence(clash) for clash in clashes([*rows, new]) if new in (clash.first, clash.second)]
    if on_leave:
        seen.against.append(_("on leave"))
    if officer.exemptions:
        seen.against.append(_("exempt: %(text)s") % {"text": officer.exemptions})


def _around(version, shift):
    """What other rosters say near the shift."""
    rows = Assignment.objects.in_force().touching(shift.start - MAX_SHIFT, shift.end + MAX_SHIFT)
    return rows.exclude(shift__version__roster=version.roster).select_related("officer", "shift")


def _groups(date):
    found = defaultdict(list)
    for row in GroupMembership.objects.on(date).filter(group__is_active=True).select_related("group"):
        found[row.officer_id].append(row.group)
    return found
