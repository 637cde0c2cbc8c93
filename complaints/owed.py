"""Who is owed an answer: one line for each caller of a matter, and all who wait, for the desk.

Callers of a complaint are its own, those whose calls were added to it, and all of these of the complaints that were merged into
it; also of what was handed over or not accepted. Each is owed an answer of his own who wants one and can be known again.
He waits from the moment when the handling is over,
whatever became of the complaint, until he is told or until he is given up, which is when the complaint is closed after three
attempts at different times; also then he stays on the list of the desk, behind the others. Who left a name and no number is on
the list too, but keeps nothing open: nobody can call him.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from complaints.models import Call, Callback, Caller, Complaint
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE, different_times, tellable_since, turned
from complaints.workflow import AT_WORK, Act, Status


@dataclass
class Owed:
    """One caller of a complaint; `call` is the call that was added, None for the complaint's own caller. `failed`: attempts to
    tell him that failed, at different times, since there is something to tell."""

    complaint: Complaint
    call: Call | None
    caller: Caller | None
    failed: int = 0
    merged: bool = False  # of a complaint that was merged into the one whose callers are asked for

    @property
    def _where(self):
        return self.complaint if self.call is None else self.call

    @property
    def at(self):
        """When he called."""
        return self.complaint.received_at if self.call is None else self.call.started_at

    @property
    def is_own(self):
        """Whether he is the own caller of the complaint that was asked for."""
        return self.call is None and not self.merged

    @property
    def key(self):
        """What tells him apart on a page."""
        return f"caller_{self.complaint.pk}_{self.call.pk if self.call else ''}"

    @property
    def tell_url(self):
        """The page on which an attempt to tell him is written down."""
        number = self.complaint.number
        if self.call is None:
            return reverse("complaints:complaint_act", args=[number, str(Act.TELL)])
        address = reverse("complaints:complaint_act", args=[number, str(Act.TELL_FURTHER)])
        return f"{address}?call={self.call.pk}"

    @property
    def told_at(self):
        return self.complaint.answered_at if self.call is None else self.call.told_at

    @property
    def due(self):
        return self._where.answer_due_at

    @property
    def reply_when(self):
        return self.complaint.reply_when if self.call is None else ""

    @cached_property
    def state(self):
        """told, given_up, waiting (to be told now), at_work (nothing to be told yet), no_answer (he wants none), not_owed (of what was
        void), unknown."""
        if self.told_at is not None:
            return "told"
        if self.caller is None or self.caller.anonymised_at is not None:
            return "unknown"
        if not self._where.wants_reply:
            return "no_answer"
        if self.call is None and self.complaint.status == Status.VOID:
            return "not_owed"
        if self._where.unreachable:
            return "given_up"
        handled_by = self.complaint.parent or self.complaint
        return "at_work" if handled_by.status in AT_WORK else "waiting"

    @property
    def waits(self):
        return self.state in ("waiting", "given_up")

    @property
    def has_number(self):
        return bool(self.caller and self.caller.number_masked)

    @property
    def keeps_open(self):
        """Whether the complaint may not be closed for his sake."""
        return self.state in ("waiting", "at_work") and self.has_number and self.failed < ATTEMPTS_TO_BE_UNREACHABLE

    def is_late(self, now):
        return self.waits and self.due is not None and self.due < now


def callers_of(complaint):
    """[Owed] of the complaint's callers: its own, then the further calls as they came, then those of merged complaints. Four
    queries."""
    related = [complaint, *complaint.children.select_related("caller").order_by("pk")]
    for child in related[1:]:
        child.parent = complaint
    further = Call.objects.filter(complaint__in=related, wants_reply=True) | _without_answer(related)
    further = further.select_related("caller", "channel").order_by("started_at", "pk")
    by_complaint = {one.pk: [] for one in related}
    for call in further:
        by_complaint[call.complaint_id].append(call)
    lines = [
        Owed(one, call, one.caller if call is None else call.caller, merged=one.pk != complaint.pk)
        for one in related
        for call in (None, *by_complaint[one.pk])
    ]
    _count_attempts(lines)
    return lines


def _without_answer(related):
    """Further calls whose callers want none; the first call of a complaint has the complaint's own key."""
    keys = [one.client_id for one in related]
    return Call.objects.filter(complaint__in=related).exclude(client_id__in=keys)


def waiting_of(complaint):
    """Those of the callers who are not told and wait, or will."""
    return [one for one in callers_of(complaint) if one.state in ("waiting", "given_up", "at_work")]


def waiting_at(complaints, *, until, most):
    """Who waits to be told, of these complaints (a queryset): [(how many, [Owed] of the `most` pressing first)] of those due at
    `until` or tried before, and of the others with those given up. Eight queries."""
    own = complaints.handled_not_told().annotate(tried=_tried("pk", None))
    calls = Call.objects.to_be_told().filter(complaint__in=complaints.order_by())
    calls = calls.annotate(tried=_tried("complaint", "pk"))
    soon = Q(unreachable=False) & (Q(answer_due_at=None) | Q(answer_due_at__lte=until) | Q(tried=True))
    parts = (soon, ~soon)
    counts = [
        rows.aggregate(soon=Count("pk", filter=soon), later=Count("pk", filter=~soon)).values() for rows in (own, calls)
    ]
    own = own.select_related("parent", "caller", "topic", "venue", "district")
    calls = calls.select_related("caller", *(f"complaint__{name}" for name in ("topic", "venue", "district", "parent")))
    drawn = [_lines(own.filter(part), calls.filter(part), most) for part in parts]
    _count_attempts(list(itertools.chain(*drawn)))
    return list(zip(map(sum, zip(*counts, strict=True)), drawn, strict=True))


def _lines(own, calls, most):
    first = F("answer_due_at").asc(nulls_last=True)
    lines = [Owed(one, None, one.caller) for one in own.order_by(first, "pk")[:most]]
    lines += [Owed(call.complaint, call, call.caller) for call in calls.order_by(first, "pk")[:most]]
    return sorted(lines, key=lambda one: (one.due is None, one.due or one.at, one.complaint.pk))[:most]


def _tried(complaint, call):
    """Whether somebody tried to tell this caller in this round, in vain."""
    of = {"call": OuterRef(call)} if call else {"call": None}
    round_ = OuterRef("round" if call is None else "complaint__round")
    tries = Callback.objects.filter(complaint=OuterRef(complaint), round=round_, **of)
    return Exists(tries.exclude(result=Callback.Result.REACHED))


def _count_attempts(lines):
    """Fill in `failed` of these lines; two queries."""
    complaints = {one.complaint.pk: one.complaint for one in lines}
    since, moments = turned(complaints.values()), {}
    attempts = Callback.objects.filter(complaint__in=complaints).exclude(result=Callback.Result.REACHED)
    for pk, call, round_, at in attempts.values_list("complaint_id", "call_id", "round", "at"):
        if round_ == complaints[pk].round:
            moments.setdefault((pk, call), []).append(at)
    for one in lines:
        tries = moments.get((one.complaint.pk, one.call and one.call.pk))
        if tries:
            earliest = tellable_since(one.complaint, since, one.call)
            one.failed = different_times(at for at in tries if at >= earliest)
