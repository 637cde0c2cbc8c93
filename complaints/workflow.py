"""The states of a complaint and the one table of allowed moves; the buttons on its page are drawn from it.

Every step's moment is a column of the complaint (of the current round) and a row of its events; figures of the past read the
events. A move is one conditional UPDATE on the states of its row here.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    REGISTERED = "registered", _("to be dispatched")
    DISPATCHED = "dispatched", _("to be signed for")
    IN_PROGRESS = "in_progress", _("being handled")
    AWAITING_ANSWER = "awaiting_answer", _("caller to be told")
    CLOSED = "closed", pgettext_lazy("complaint", "closed")
    ANSWERED_AT_ONCE = "answered_at_once", _("answered at once")
    NOT_ACCEPTED = "not_accepted", _("not accepted")
    TRANSFERRED = "transferred", pgettext_lazy("complaint", "transferred")
    MERGED = "merged", pgettext_lazy("complaint", "merged")
    VOID = "void", _("void")


class Act(models.TextChoices):
    """What can happen to a complaint; the stored kind of an event."""

    REGISTER = "register", _("registered")
    DISPATCH = "dispatch", _("dispatched")
    SIGN = "sign", _("signed for")
    ARRIVE = "arrive", _("arrived")
    FIND = "find", pgettext_lazy("complaint", "finding")
    STOP = "stop", _("stopped")
    TELL = "tell", _("caller told")
    CLOSE = "close", pgettext_lazy("complaint", "closed")
    ANSWER_AT_ONCE = "answer_at_once", _("answered at once")
    NOT_ACCEPT = "not_accept", _("not accepted")
    TRANSFER = "transfer", pgettext_lazy("complaint", "transferred")
    MERGE = "merge", pgettext_lazy("complaint", "merged")
    VOID = "void", _("declared void")
    RETURN = "return", pgettext_lazy("complaint", "returned")
    STILL_GOING_ON = "still_going_on", _("still going on")
    REOPEN = "reopen", _("reopened")
    RESEND = "resend", _("sent to others")
    SEPARATE = "separate", _("taken out of the merged ones")
    GIVE_UP = "give_up", _("caller given up")
    # no change of state
    ADD_CALL = "add_call", _("another call added")
    TELL_FURTHER = "tell_further", _("further caller told")
    FOLLOW_UP = "follow_up", _("asked after the answer")
    SET_URGENCY = "set_urgency", _("urgency changed")
    RECATEGORISE = "recategorise", _("filed anew")
    EXTERNAL = "external", _("external no. and deadline")
    SUPERVISE = "supervise", _("supervised")
    EXTEND = "extend", _("extended")
    NOTE = "note", _("note")


OPEN = (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS, Status.AWAITING_ANSWER)
AT_WORK = (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS)  # there is nothing yet that callers could be told
ENDED = tuple(status for status in Status if status not in OPEN)
LEFT_UNTOLD = (
    Status.MERGED,
    Status.TRANSFERRED,
    Status.NOT_ACCEPTED,
)  # ends that do not wait for the caller to be told
NOT_COUNTED = (Status.NOT_ACCEPTED, Status.VOID)  # never in the denominator of a rate


@dataclass(frozen=True)
class Move:
    """One row of the table. `target` None: the state stays. `once`: columns that must still be empty. `also`: pairs of a further
    permission and the states from which it is enough."""

    sources: tuple
    target: str | None
    permission: str
    once: tuple = ()
    reason: bool = False
    also: tuple = ()

    def allows(self, user, status):
        """Whether the permissions of `user` allow it from this state."""
        others = (permission for permission, sources in self.also if status in sources)
        return any(user.has_perm(permission) for permission in (self.permission, *others))

    @property
    def permissions(self):
        """Those of which one is needed, in whatever state."""
        return (self.permission, *(permission for permission, _sources in self.also))


@dataclass(frozen=True)
class Beside:
    """One row of the acts that change no state: from which states, one of which permissions. `reads`: it is decided by what the page
    showed, and refused from a page that is out of date."""

    sources: tuple
    permissions: tuple
    reads: bool = False


_HANDLE = "complaints.handle_complaint"
_DISPATCH = "complaints.dispatch_complaint"
_FIELD = "complaints.work_complaint"
_ANSWER = "complaints.answer_complaint"

MOVES = {
    Act.DISPATCH: Move((Status.REGISTERED,), Status.DISPATCHED, _DISPATCH),
    Act.SIGN: Move((Status.DISPATCHED,), Status.IN_PROGRESS, _FIELD),
    Act.RESEND: Move((Status.DISPATCHED,), Status.DISPATCHED, _DISPATCH, reason=True),
    Act.ARRIVE: Move((Status.DISPATCHED, Status.IN_PROGRESS), Status.IN_PROGRESS, _FIELD, once=("arrived_at",)),
    Act.FIND: Move(
        (Status.IN_PROGRESS,), None, _FIELD, once=("found_at",)
    ),  # goes on to awaiting_answer unless it runs
    Act.STOP: Move((Status.IN_PROGRESS,), Status.AWAITING_ANSWER, _FIELD, once=("stopped_at",)),
    Act.TELL: Move((Status.AWAITING_ANSWER, *LEFT_UNTOLD, Status.CLOSED), None, _ANSWER, once=("answered_at",)),
    Act.GIVE_UP: Move(ENDED, None, _ANSWER),
    Act.CLOSE: Move((Status.AWAITING_ANSWER,), Status.CLOSED, _ANSWER),
    Act.ANSWER_AT_ONCE: Move((Status.REGISTERED,), Status.ANSWERED_AT_ONCE, _ANSWER),
    Act.NOT_ACCEPT: Move((Status.REGISTERED,), Status.NOT_ACCEPTED, _HANDLE, reason=True),
    Act.TRANSFER: Move(OPEN, Status.TRANSFERRED, _HANDLE, reason=True),
    Act.MERGE: Move((Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS), Status.MERGED, _HANDLE),
    Act.VOID: Move((Status.REGISTERED, Status.DISPATCHED), Status.VOID, _HANDLE, reason=True),
    Act.SEPARATE: Move((Status.MERGED,), Status.REGISTERED, _HANDLE, reason=True),
    Act.RETURN: Move(
        (Status.DISPATCHED, Status.IN_PROGRESS),
        Status.REGISTERED,
        _FIELD,
        reason=True,
        also=((_DISPATCH, (Status.DISPATCHED,)),),
    ),
    Act.STILL_GOING_ON: Move((Status.AWAITING_ANSWER,), Status.IN_PROGRESS, _ANSWER, reason=True),
    Act.REOPEN: Move((Status.CLOSED,), Status.IN_PROGRESS, _HANDLE, reason=True),
}


_FILED = tuple(status for status in Status if status not in (*NOT_COUNTED, Status.MERGED))
_OVER = tuple(status for status in Status if status not in AT_WORK)
_ASKED_AFTERWARDS = (Status.AWAITING_ANSWER, Status.CLOSED, Status.ANSWERED_AT_ONCE, *LEFT_UNTOLD)

BESIDE = {
    Act.TELL_FURTHER: Beside(_OVER, (_ANSWER,)),
    Act.FOLLOW_UP: Beside(_ASKED_AFTERWARDS, (_ANSWER,)),
    Act.SET_URGENCY: Beside(OPEN, (_DISPATCH,), reads=True),
    Act.NOTE: Beside(
        tuple(Status), (_HANDLE, _FIELD, _ANSWER, _DISPATCH)
    ),  # whoever may do something may say something
    Act.SUPERVISE: Beside(OPEN, (_HANDLE,), reads=True),
    Act.EXTEND: Beside(OPEN, (_HANDLE,), reads=True),
    Act.RECATEGORISE: Beside(_FILED, (_HANDLE,), reads=True),
    Act.EXTERNAL: Beside(_FILED, (_HANDLE,), reads=True),
}


def may(user, act):
    """Whether the permissions of `user` allow the act at all, in whatever state."""
    return any(user.has_perm(permission) for permission in (MOVES.get(act) or BESIDE[act]).permissions)


def next_acts(complaint, user):
    """The acts that the table and the permissions of `user` allow now, in the order of the work."""
    return [
        act
        for act, move in MOVES.items()
        if complaint.status in move.sources
        and move.allows(user, complaint.status)
        and all(getattr(complaint, column) is None for column in move.once)
    ]
