"""Who is owed an answer: one line for each caller of a matter, and all who wait, for the desk.

Callers of a complaint are its own, those whose calls were added to it, and all of these of the complaints that were merged into
it. Each is owed an answer of his own who wants one and can be known again. He waits from the moment when the handling is over,
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
from complaints.models.telling import ATTEMPTS_TO_BE_UNREACHABLE
from complaints.workflow import AT_WORK, NOT_COUNTED, Act


@dataclass
class Owed:
    """One caller of a complaint; `call` is the call that was added, None for the complaint's own caller. `failed`: attempts to
    tell him in this round that failed, at different minutes."""

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
        """told, given_up, waiting (to be told now), at_work (nothing to be told yet), no_answer (he wants none), not_owed (of what was void or not
        accepted), unknown."""
        if self.told_at is not None:
            return "told"
        if self.caller is None or self.caller.anonymised_at is not None:
            return "unknown"
        if not self._where.wants_reply:
            return "no_answer"
        if self.call is None and self.complaint.status in NOT_COUNTED:
            return "not_owed"
        if self._where.unreachable:
            return "given_up"
        return "at_work" if self.complaint.status in AT_WORK else "waiting"

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
    """[Owed] of the complaint's callers: its own, then the further calls as they came, then those of merged complaints. Three
    queries."""
    related = [complaint, *complaint.children.select_related("caller").order_by("pk")]
    further = Call.objects.filter(complaint__in=related, wants_reply=True) | _without_answer(related)
    further = further.select_related("caller", "channel").order_by("started_at", "pk")
    by_complaint = {one.pk: [] for one in related}
    for call in further:
        by_complaint[call.complaint_id].append(call)
    failed = _failed(related)
    return [
        Owed(
            one, call, one.caller if call is None else call.caller, failed.get((one.pk, call and call.pk), 0),
            merged=one.pk != complaint.pk,
        )
        for one in related
        for call in (None, *by_complaint[one.pk])
    ]  # fmt: skip


def _without_answer(related):
    """Further calls whose callers want none; the first call of a complaint has the complaint's own key."""
    keys = [one.client_id for one in related]
    return Call.objects.filter(complaint__in=related).exclude(client_id__in=keys)


def waiting_of(complaint):
    """Those of the callers who are not told and wait, or will."""
    return [one for one in callers_of(complaint) if one.state in ("waiting", "given_up", "at_work")]


def waiting_at(complaints, *, until, most):
    """Who waits to be told, of these complaints (a queryset): [(how many, [Owed] of the `most` pressing first)] of those due at
    `until` or tried before, and of the others with those given up. Seven queries."""
    own = complaints.own_caller_owed().annotate(tried=_tried("pk", None))
    calls = Call.objects.still_owed().filter(complaint__in=complaints.exclude(status__in=AT_WORK).order_by())
    calls = calls.annotate(tried=_tried("complaint", "pk"))
    soon = Q(unreachable=False) & (Q(answer_due_at=None) | Q(answer_due_at__lte=until) | Q(tried=True))
    parts = (soon, ~soon)
    counts = [
        rows.aggregate(soon=Count("pk", filter=soon), later=Count("pk", filter=~soon)).values() for rows in (own, calls)
    ]
    own = own.select_related("parent", "caller", "topic", "venue", "district")
    calls = calls.select_related("caller", *(f"complaint__{name}" for name in ("topic", "venue", "district", "parent")))
    drawn = [_lines(own.filter(part), calls.filter(part), most) for part in parts]
    failed = _failed({one.complaint.pk: one.complaint for lines in drawn for one in lines}.values())
    for one in itertools.chain(*drawn):
        one.failed = failed.get((one.complaint.pk, one.call and one.call.pk), 0)
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


def _failed(complaints):
    """{(complaint, call or None): attempts of its round that failed, at different minutes}; one query."""
    rounds = {one.pk: one.round for one in complaints}
    minutes = {}
    attempts = Callback.objects.filter(complaint__in=rounds).exclude(result=Callback.Result.REACHED)
    for pk, call, round_, at in attempts.values_list("complaint_id", "call_id", "round", "at"):
        if round_ == rounds[pk]:
            minutes.setdefault((pk, call), set()).add(at.replace(second=0, microsecond=0))
    return {key: len(different) for key, different in minutes.items()}
