"""What a plan is judged by: its gaps and clashes, its difference from another, and what publishing it would refuse."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement.models.duty import MAX_SHIFT, Assignment, Role, Roster, RosterVersion
from venues.transitions import Refused


@dataclass(frozen=True)
class Part:
    """Somebody on a shift: `start` and `end` are None when it is the whole of it."""

    officer: object
    start: datetime.datetime | None
    end: datetime.datetime | None


@dataclass(frozen=True)
class Difference:
    """One role on one shift that two plans fill differently: those taken out and those put in, as Parts."""

    shift_start: datetime.datetime
    shift_end: datetime.datetime
    role: Role
    out: tuple
    into: tuple


def difference(old, new):
    """The Differences between two plans, by shift and role. Each is a RosterVersion, None, or rows with `.shift`, `.officer`,
    `.role`, `.start`, `.end`."""
    before, after, ends = defaultdict(list), defaultdict(list), {}
    for found, plan in ((before, old), (after, new)):
        for row in _rows(plan):
            whole = (row.start, row.end) == (row.shift.start, row.shift.end)
            part = Part(row.officer, *((None, None) if whole else (row.start, row.end)))
            found[row.shift.start, Role(row.role)].append(part)
            ends[row.shift.start] = row.shift.end
    order = list(Role)
    result = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[0], order.index(key[1]))):
        out = tuple(part for part in before[key] if part not in after[key])
        into = tuple(part for part in after[key] if part not in before[key])
        if out or into:
            result.append(Difference(key[0], ends[key[0]], key[1], out, into))
    return result


def _rows(plan):
    if plan is None:
        return []
    return plan.rows() if isinstance(plan, RosterVersion) else plan


@dataclass
class Review:
    """A plan seen as a whole: `coverage` with its gaps, `clashes` in which it has a part, in the window [start, end)."""

    start: datetime.datetime
    end: datetime.datetime
    coverage: object
    clashes: list

    @property
    def gaps(self):
        return self.coverage.gaps

    @property
    def blocking(self):
        """Clashes with which nothing is published."""
        return [clash for clash in self.clashes if clash.blocks]


def review(rows, shifts, *, roster=None):
    """The Review of `rows`, the whole plan of `shifts` (saved or not), together with what other rosters say just before and
    after. The window reaches back to the end of the roster of the day before and on to the beginning of the one after."""
    from enforcement.duty.clashes import clashes
    from enforcement.duty.coverage import plan_coverage

    start, end = window(shifts, roster)
    around = (
        Assignment.objects.in_force().touching(start - MAX_SHIFT, end + MAX_SHIFT).select_related("officer", "shift")
    )
    if roster is not None:
        around = around.exclude(shift__version__roster=roster)
    everything = [*rows, *around]
    own = {id(row) for row in rows}
    found = [clash for clash in clashes(everything) if id(clash.first) in own or id(clash.second) in own]
    return Review(start, end, plan_coverage(everything, start, end), found)


def window(shifts, roster=None):
    """[start, end) of a plan: its shifts, and what lies between them and those of the rosters just before and after."""
    first, last = min(shifts, key=lambda shift: shift.start), max(shifts, key=lambda shift: shift.end)
    start, end = first.start, last.end
    day = datetime.timedelta(days=1)
    own_days = first.date, max(shift.date for shift in shifts)
    others = Roster.objects.exclude(pk=roster.pk if roster else None).touching(own_days[0] - day, own_days[1] + day)
    for other in others:
        for version in other.versions.exclude(state=RosterVersion.State.SUPERSEDED)[:1]:
            edges = version.shifts.order_by("start")
            if other.ends_on < own_days[0]:
                start = min(start, max((shift.end for shift in edges), default=start))
            else:
                end = max(end, min((shift.start for shift in edges), default=end))
    return start, end


def review_of(version):
    """The Review of a saved version as it was planned."""
    return review(version.rows(), list(version.shifts.all()), roster=version.roster)


def plans_from(version, at=None):
    """From when on this draft can be planned: a moment, or None when all of it can (nothing was published before)."""
    return (at or timezone.now()) if version.follows() else None


def changes_of(roster):
    """A number that grows with every change of duty in this roster; a page keeps it to notice one that came in between."""
    return Assignment.objects.filter(shift__version__roster=roster, source=Assignment.Source.CHANGE).exclude(
        entered_at=None
    ).count()  # fmt: skip


def undone_changes(version, at=None):
    """Assignments of changes that were decided after this draft was begun, and that publishing it would undo."""
    kept = {_key(row) for row in version.plan()}
    late = version.roster.in_force().filter(
        source=Assignment.Source.CHANGE, entered_at__gt=version.created_at, shift__start__gte=at or timezone.now()
    )  # fmt: skip
    return [row for row in late.select_related("officer", "shift").order_by("start") if _key(row) not in kept]


def settle_the_past(version, at):
    """Give a draft the shifts that have begun by `at` as they really were. Raises Refused when its planner had planned them anew:
    when they differ from what was in force at the time he began. Part of publishing."""
    begun = {"shift__start__lt": at}
    planned = Counter(_key(row) for row in version.plan().filter(**begun))
    entered = Assignment.objects.filter(
        shift__version__roster=version.roster, entered_at__lte=version.created_at, **begun
    )
    copied = Counter(_key(row) for row in entered if row.lapsed_at is None or row.lapsed_at > version.created_at)
    if planned != copied:
        start = min(key[2] for key in (planned - copied) + (copied - planned))
        raise Refused(
            _("The shift of %(shift)s has begun since you planned it: take it back as it was, then publish.")
            % {"shift": f"{timezone.localtime(start):%Y-%m-%d %H:%M}"}
        )
    version.plan().filter(**begun).delete()
    version.copy_into(version.shifts.all(), version.roster.in_force().filter(**begun))


def changes_ahead(version, at):
    """What publishing this draft of a later version at `at` would change, as Differences from what is in force: what has begun stays
    as it is."""
    in_force = version.roster.in_force().select_related("shift", "officer")
    return [found for found in difference(in_force, version.rows()) if found.shift_start >= at]


def says_anew(version, published, at):
    """Whether this draft of a later version changes what is in force, or takes changes of duty into the printed plan."""
    return bool(changes_ahead(version, at) or difference(published, version))


def refuse_without_a_change(version, reason, at):
    """Raise Refused when a next version would say the same as the published one, its reason for gaps too. Part of publishing."""
    published = version.roster.versions.get(state=RosterVersion.State.PUBLISHED)
    if reason == published.gap_reason and not says_anew(version, published, at):
        raise Refused(_("This draft changes nothing that is in force: change something, or discard it."))


def reason_for_gaps(version, reason, since=None):
    """The reason to print beside the gaps that remain, empty when there are none. Raises Refused for gaps without a reason and
    for clashes that are never published; of these only what begins from `since` on can still be planned."""
    found = review_of(version)
    for clash in found.blocking:
        later = max(clash.first.start, clash.second.start)
        if since is None or later >= since:
            raise Refused(
                _("%(officer)s stands twice at the same time, on %(when)s: take one of the two out.")
                % {"officer": clash.officer, "when": f"{timezone.localtime(later):%Y-%m-%d %H:%M}"}
            )
    if not found.gaps:
        return ""
    if not reason.strip():
        raise Refused(
            _("Gaps remain (%(number)s): fill them, or say why they remain. The reason is printed and signed.")
            % {"number": len(found.gaps)}
        )
    return reason.strip()


def _key(row):
    return row.officer_id, row.role, row.start, row.end
