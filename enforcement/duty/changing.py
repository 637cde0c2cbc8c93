"""What a change of duty does to the roster: pieces without hole or overlap, the clashes it would bring, and who may decide on it."""

import dataclasses
import datetime

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enforcement.duty.clashes import clashes, sentence
from enforcement.models.duty import MAX_SHIFT, Assignment, Leave, Roster
from enforcement.models.duty.custody import check_able
from enforcement.models.safety import Isolation
from venues.models.patrols import CLOCK_TOLERANCE
from venues.moments import local_day
from venues.transitions import Refused, move
from venues.words import when

LATE = datetime.timedelta(hours=24)  # how far back a take-over may be recorded
AHEAD = datetime.timedelta(hours=12)  # how soon a duty begins that is taken over in an emergency
_FAR = MAX_SHIFT + datetime.timedelta(hours=24)  # duties further away than this cannot clash with a span


@dataclasses.dataclass(frozen=True)
class Handing:
    """The part [start, end) of the assignment `row` passes to the officer `to`; with None nobody has it any more."""

    row: Assignment
    to: object
    start: datetime.datetime
    end: datetime.datetime

    def pieces(self):
        """The unsaved assignments that stand in the place of `row`: they fill it without a hole and do not overlap."""
        spans = [
            (self.row.officer, self.row.start, self.start),
            (self.to, self.start, self.end),
            (self.row.officer, self.end, self.row.end),
        ]
        return [self._piece(*span) for span in spans if span[0] is not None and span[1] < span[2]]

    def _piece(self, officer, start, end):
        return Assignment(
            shift=self.row.shift, officer=officer, role=self.row.role, start=start, end=end,
            source=Assignment.Source.CHANGE, replaces=self.row,
        )  # fmt: skip


def held(officer, role, start, end):
    """The assignment in force by which this officer has this role in the whole of [start, end), or None. It is found by what it
    says, so that it is found again after the roster was published anew or another part of it was given away."""
    rows = Assignment.objects.in_force().filter(officer=officer, role=role, start__lte=start, end__gte=end)
    return rows.filter(start__gt=end - MAX_SHIFT).select_related("shift", "officer").first()


def own_duties(officer, start, end):
    """The assignments in force of this officer that share a moment with [start, end)."""
    rows = Assignment.objects.in_force().filter(officer=officer).touching(start, end)
    return rows.select_related("shift", "officer").order_by("start", "pk")


def hold(people, assignments):
    """Lock the rows of these officers (ids) and of the rosters of these assignments until the transaction ends: acts on one
    person, and acts on one roster, follow one another. On SQLite the transaction itself has locked everything."""
    officers = get_user_model().objects.select_for_update(no_key=True).filter(pk__in=people)
    list(officers.order_by("pk").values_list("pk", flat=True))
    for roster in Roster.objects.filter(versions__shifts__assignments__in=assignments).distinct().order_by("pk"):
        roster.hold()


def hand(handings, *, at, change):
    """Each row lapses at `at` and its pieces enter; call it in the transaction of the act, with the rows held."""
    for handing in handings:
        in_force = Assignment.objects.in_force().filter(pk=handing.row.pk)
        move(in_force, otherwise=roster_moved, lapsed_at=at)
    for handing in handings:
        for piece in handing.pieces():
            piece.change, piece.entered_at = change, at
            piece.save(force_insert=True)


def roster_moved():
    """The sentence for a duty that is no longer as it was when it was asked for."""
    return _("The roster has changed meanwhile: this duty is not what it was. Look at it again.")


def new_clashes(handings):
    """The Clashes that these Handings would bring and that are not there without them."""
    start, end = min(h.start for h in handings), max(h.end for h in handings)
    people = {h.row.officer_id for h in handings} | {h.to.pk for h in handings if h.to is not None}
    rows = Assignment.objects.in_force().filter(officer__in=people).touching(start - _FAR, end + _FAR)
    rows = list(rows.select_related("officer", "shift"))
    given = {h.row.pk for h in handings}
    after = [row for row in rows if row.pk not in given] + [piece for h in handings for piece in h.pieces()]
    known = {_said(clash) for clash in clashes(rows)}
    return [clash for clash in clashes(after) if _said(clash) not in known]


def _said(clash):
    return (clash.kind, clash.officer_id, clash.second.start, clash.hours, clash.needed)


def refuse_clashes(handings):
    """Raise Refused when the Handings need somebody twice at once, give too little rest where that forbids, or call somebody from
    his leave. Returns the sentences of what is only a warning."""
    found = new_clashes(handings)
    if blocking := [clash for clash in found if clash.blocks]:
        raise Refused([sentence(clash) for clash in blocking])
    for handing in handings:
        if handing.to is not None and on_leave(handing.to, handing.start, handing.end):
            raise Refused(_("%(name)s is on leave then.") % {"name": handing.to})
        if handing.to is not None and excused(handing.to, handing.start, handing.end):
            raise Refused(_("%(name)s is excused from duty then.") % {"name": handing.to})
    return [sentence(clash) for clash in found]


def excused(officer, start, end):
    """Whether he is in isolation in any part of [start, end): the word that people hear does not say why."""
    return Isolation.objects.filter(officer=officer).touching(start, end).exists()


def on_leave(officer, start, end):
    return Leave.objects.approved().touching(start, end).filter(officer=officer).exists()


def who_may(permission):
    """The active officers who have this permission of the app enforcement, by a role or by themselves."""
    codename = permission.partition(".")[2]
    mine = {"content_type__app_label": "enforcement", "codename": codename}
    given = Q(is_superuser=True)
    for way in ("groups__permissions", "user_permissions"):
        given |= Q(**{f"{way}__{field}": value for field, value in mine.items()})
    officers = get_user_model().objects.active()
    return officers.filter(pk__in=officers.filter(given).values("pk"))


def judges_alone(by, parties):
    """Whether `by` decides about something of his own: allowed only when nobody else may decide, and then the record says so.
    Raises Refused, naming those who may. `parties` are ids of officers."""
    if by.pk not in parties:
        return False
    others = [str(officer) for officer in who_may("enforcement.approve_change").exclude(pk__in=parties)[:6]]
    if others:
        raise Refused(
            _("Nobody decides about his own duty while somebody else can: ask %(names)s.")
            % {"names": pgettext("between names", ", ").join(others)}
        )
    return True


# --- the span of a change
def span_ahead(assignment, start, end, at):
    """{"start", "end"} within the assignment and from now on; a time typed in whole minutes may be a little ago."""
    start, end = start or max(assignment.start, at), end or assignment.end
    if at - CLOCK_TOLERANCE <= start < at:
        start = max(at, assignment.start)
    if end <= at:
        raise Refused(_("This time is over: nothing of it can be given away any more."))
    if not assignment.start <= start < end <= assignment.end:
        named = {"start": when(assignment.start), "end": when(assignment.end)}
        raise Refused(_("The time given away lies within the duty: from %(start)s to %(end)s.") % named)
    if start < at:
        raise Refused(_("What has been served is not given away: begin with now."))
    return {"start": start, "end": end}


def refuse_take_over(by, assignment, start, at):
    """Raise Refused when `by` cannot take this duty over from `start`."""
    if by.pk == assignment.officer_id:
        raise Refused(_("You have this duty already."))
    check_able(by, assignment.role)
    if start < at - LATE:
        raise Refused({"start": _("A take-over is recorded within 24 hours.")})
    if assignment.start > at + AHEAD:
        raise Refused(_("This duty begins in more than 12 hours: ask for a cover, there is time."))
    if start >= assignment.end:
        raise Refused({"start": _("This duty was over by then.")})


def give_back(change, at):
    """From `at` on, what a take-over took goes back to those who had it: the duty to its giver, and the taker to his own
    place, as far as neither has passed on since."""
    rows = Assignment.objects.in_force().filter(change=change, officer=change.taker, end__gt=at)
    rows = rows.filter(role=change.assignment.role).exclude(replaces__in=change.left.all())
    left = list(change.left.select_related("shift", "officer"))
    for row in list(rows.select_related("shift", "officer")):
        start = max(row.start, at)
        hand([Handing(row, change.giver, start, row.end)], at=at, change=change)
        for own in left:
            first, last = max(own.start, start), min(own.end, row.end)
            if first < last:
                Assignment.objects.create(
                    shift=own.shift, officer=own.officer, role=own.role, start=first, end=last, replaces=own, change=change,
                    source=Assignment.Source.CHANGE, entered_at=at,
                )  # fmt: skip


# --- what the pages ask
def broken_now(at=None):
    """The coverage rules that are broken at this moment, as sentences."""
    from enforcement.duty.coverage import broken_at
    from enforcement.duty.coverage import sentence as in_words

    return [in_words(broken) for broken in broken_at(at or timezone.now())]


def hours_of(officer, at):
    """Planned duty of this officer in the local month of `at` and in the one after: [(first day of the month, timedelta)]."""
    first = timezone.localdate(at).replace(day=1)
    months = []
    for _month in range(2):
        following = (first + datetime.timedelta(days=32)).replace(day=1)
        start, end = local_day(first)[0], local_day(following)[0]
        rows = own_duties(officer, start, end).values_list("start", "end")
        spans = (min(row_end, end) - max(row_start, start) for row_start, row_end in rows)
        months.append((first, sum(spans, datetime.timedelta())))
        first = following
    return months
