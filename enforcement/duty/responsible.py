"""Who answered for a post: who had it by the chain of custody, whom the roster named, and who of them was not there and why."""

import dataclasses
import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from enforcement.duty.intervals import clipped
from enforcement.models.duty.absences import Absence, Leave
from enforcement.models.duty.custody import Custody
from enforcement.models.duty.rosters import Assignment, Role
from enforcement.models.duty.rules import CoverageRule
from enforcement.models.safety import Isolation
from venues.models import Patrol
from venues.words import when, who

LATE_RETURN = datetime.timedelta(minutes=5)  # a return that was recorded later than this is said to be

_POST = CoverageRule.Post
ROLES = {_POST.LEADER: {Role.LEADER}, _POST.PHONE: {Role.PHONE}, _POST.POST: {Role.PHONE, Role.OFFICER}}
CHAIN = {_POST.LEADER: Custody.Post.LEADER, _POST.PHONE: Custody.Post.PHONE, _POST.POST: Custody.Post.PHONE}


@dataclasses.dataclass(frozen=True)
class Part:
    """Somebody's part in a gap: from when until when (within the gap), and what kept him, in words."""

    officer: object
    start: datetime.datetime
    end: datetime.datetime
    words: str = ""


@dataclasses.dataclass(frozen=True)
class Answer:
    """Who answered for a post during a gap, each a list of Parts."""

    custody: list
    rostered: list
    left: list

    @property
    def nobody(self):
        """Nobody had the post and the roster named nobody: the plan itself has a hole."""
        return not self.custody and not self.rostered


def holders(at):
    """{post of Custody: officers} at the moment `at`: who has it by the chain of custody, else whom the roster in force names
    and who is there (two where it names two). Two queries."""
    found = {post: [] for post in Custody.Post}
    for row in Custody.objects.at(at).select_related("officer"):
        found[row.post].append(row.officer)
    named = Assignment.objects.in_force().covering(at).filter(role__in=[Role.LEADER, Role.PHONE])
    on_leave = Leave.objects.approved().filter(start__lte=at, end__gt=at)
    named = named.exclude(officer__in=on_leave.values("officer"))
    named = named.exclude(officer__in=Absence.objects.open_at(at).values("officer"))
    named = named.exclude(officer__in=Isolation.objects.running(at).values("officer")).select_related("officer")
    chained = {post for post, officers in found.items() if officers}
    for row in named.order_by("start", "pk"):
        post = Custody.Post.LEADER if row.role == Role.LEADER else Custody.Post.PHONE
        if post not in chained and row.officer not in found[post]:
            found[post].append(row.officer)
    return found


class Responsible:
    """The answers for gaps within [start, end): everything is read once, so that the queries do not follow the gaps."""

    def __init__(self, start, end, *, at):
        """at: until then lasts what is not over."""
        lasting = Custody.objects.filter(taken_at__lt=end).filter(Q(ended_at=None) | Q(ended_at__gt=start))
        self.custody = list(lasting.select_related("officer").order_by("taken_at", "pk"))
        rows = Assignment.objects.in_force().touching(start, end)
        self.duties = list(rows.select_related("officer").order_by("start", "pk"))
        self.away = [*self._leaves(start, end), *self._absences(start, end), *self._isolations(start, end)]
        self.out = self._outings(start, end)
        self.at = at

    def answer(self, gap):
        """The Answer for one Gap."""
        chain = [row for row in self.custody if row.post == CHAIN[gap.post]]
        had = [part for row in chain for part in self._parts(gap, row.officer, row.taken_at, row.ended_at)]
        named = [row for row in self.duties if row.role in ROLES[gap.post]]
        rostered = [part for row in named for part in self._parts(gap, row.officer, row.start, row.end)]
        concerned = {part.officer.pk for part in [*had, *rostered]}
        gone = [*self.away, *(self.out if gap.rule.out_counts_against else [])]
        left = [
            part
            for officer, start, end, words in gone
            if officer.pk in concerned
            for part in self._parts(gap, officer, start, end, words)
        ]
        return Answer(custody=had, rostered=rostered, left=left)

    def _parts(self, gap, officer, start, end, words=""):
        spans = clipped([(start, end or self.at)], gap.start, gap.end)
        return [Part(officer, first, last, words) for first, last in spans]

    def _leaves(self, start, end):
        rows = Leave.objects.approved().touching(start, end).select_related("officer").order_by("start", "pk")
        return [(row.officer, row.start, row.end, _("on leave")) for row in rows]

    def _absences(self, start, end):
        rows = Absence.objects.touching(start, end).order_by("left_at", "pk")
        rows = rows.select_related("officer", "told_to", "back_recorded_by")
        return [(row.officer, row.left_at, row.back_at, _absence(row)) for row in rows]

    @staticmethod
    def _isolations(start, end):
        """In words that do not say why: the certificate is read by more people than may see health."""
        rows = Isolation.objects.touching(start, end).select_related("officer").order_by("start", "pk")
        return [(row.officer, row.start, row.end or end, _("excused from duty")) for row in rows]

    def _outings(self, start, end):
        rows = Patrol.objects.exclude(kind=Patrol.Kind.ONLINE).filter(left_at__lt=end)
        rows = rows.filter(Q(returned_at=None) | Q(returned_at__gt=start)).select_related("led_by")
        outings = []
        for row in rows.prefetch_related("members").order_by("left_at", "pk"):
            people = {officer.pk: officer for officer in [row.led_by, *row.members.all()]}
            words = _("out on patrol %(number)s") % {"number": row.number}
            outings += [(officer, row.left_at, row.returned_at, words) for officer in people.values()]
        return outings


def _absence(row):
    if row.told_to:
        words = _("left the post: %(reason)s (told to %(officer)s)") % {"reason": row.reason, "officer": row.told_to}
    else:
        words = _("left the post: %(reason)s (told to nobody)") % {"reason": row.reason}
    if row.back_at and row.back_recorded_at and row.back_recorded_at - row.back_at > LATE_RETURN:
        said = {"name": who(row.back_recorded_by), "time": when(row.back_recorded_at)}
        words += " · " + _("return recorded at %(time)s by %(name)s") % said
    return words
