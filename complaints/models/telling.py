"""Telling those who called: the caller of a complaint, and the callers whose calls were added to it. Each is owed an answer of
his own.

The caller of a complaint is told by its own columns (`answered_at`, `unreachable`) and the act "tell"; a further caller by the
columns of his call (`Call.told_at`, `Call.unreachable`) and the act "tell_further". Both append a Callback, which names the call
when it is for a further caller, and an event; the columns only say where it stands in this round. The caller of a merged complaint
is told on that complaint, which the first one's page leads to.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from complaints.due import answer_due
from complaints.models.words import keep_out
from complaints.workflow import AT_WORK, BESIDE, MOVES, Act
from venues.masking import without_people
from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate, move
from venues.words import when

ATTEMPTS_TO_BE_UNREACHABLE = 3
_TURNED_BY = (Act.STILL_GOING_ON, Act.REOPEN, Act.SEPARATE, Act.TRANSFER, Act.NOT_ACCEPT, Act.MERGE)


def different_times(moments):
    """How many of these moments are different times: each at least settings.CALLBACK_GAP_MINUTES after the one before it."""
    gap, last, count = datetime.timedelta(minutes=settings.CALLBACK_GAP_MINUTES), None, 0
    for moment in sorted(moments):
        if last is None or moment - last >= gap:
            last, count = moment, count + 1
    return count


def turned(complaints):
    """{complaint: when it was last ended without an answer, or taken up again} of these and of those they were merged into."""
    from complaints.models import ComplaintEvent

    keys = {key for one in complaints for key in (one.pk, one.parent_id) if key}
    events = ComplaintEvent.objects.filter(complaint__in=keys, act__in=_TURNED_BY).order_by().values("complaint")
    return dict(events.annotate(last=Max("occurred_at")).values_list("complaint", "last"))


def tellable_since(complaint, turned, call=None):
    """Since when there is something to tell the caller of a complaint (or of a `call` added to it): its handling, or that of the
    one into which it was merged, was over. `turned` of these complaints."""
    moments = [complaint.received_at, turned.get(complaint.pk), complaint.found_at, complaint.stopped_at]
    if complaint.parent_id:
        moments.append(tellable_since(complaint.parent, turned))
    return max(filter(None, [*moments, call and call.started_at]))


def not_in_future(at):
    if at > timezone.now() + CLOCK_TOLERANCE:
        raise Refused(gettext("This moment lies in the future."))


def refuse_before(earliest, at):
    if at < earliest:
        sentence = gettext("The step before it was at %(time)s: this lies after it.")
        raise Refused(sentence % {"time": when(earliest)})


class TellingActs:
    """Mixed into Complaint; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    @transaction.atomic
    def call_back(
        self, *, by, result, told="", way="phone", solved="", satisfied="not_asked", call=None, at=None, recorded_at=None
    ):  # fmt: skip
        """One attempt to tell the caller; when he is reached the answer is given. Returns the Callback.

        `call`: a call that was added to this complaint, whose caller is told (None: the complaint's own caller)."""
        at, untold = at or timezone.now(), self.answered_at is None
        self._hold()
        if call is not None:
            self._may_tell_further(call)
        elif self.status not in MOVES[Act.TELL].sources or (untold and self.answered_at is not None):
            raise TooLate(self._who_was_first(Act.TELL))
        elif self.caller_id is None:
            raise Refused(gettext("Nobody left a name or a number: there is nobody to tell."))
        self._refuse_while_the_first_is_handled()
        not_in_future(at)
        refuse_before(self.tellable_since(call), at)
        reached = result == "reached"
        if reached and not told.strip():
            raise Refused(gettext("Write down what the caller was told."))
        if reached and call is not None:
            self._tell_further(call, by=by, at=at, told=told, recorded_at=recorded_at)
        elif reached and untold:
            self._move(Act.TELL, by=by, at=at, recorded_at=recorded_at, text=told, answered_at=at, unreachable=False)
        return self._append_callback(
            by=by, result=result, told=told, way=way, solved=solved, satisfied=satisfied, call=call, at=at, recorded_at=recorded_at
        )  # fmt: skip

    @transaction.atomic
    def follow_up(
        self, *, by, result, told="", way="phone", solved="", satisfied="not_asked", at=None, recorded_at=None
    ):
        """Ask a caller who was told, later, whether it is solved and he is satisfied. The state stays. Returns the Callback."""
        at = at or timezone.now()
        self._hold()
        self.refuse_beside(Act.FOLLOW_UP)
        if self.answered_at is None:
            raise Refused(gettext("The caller has not been told: call back first."))
        not_in_future(at)
        refuse_before(self.answered_at, at)
        self._note(Act.FOLLOW_UP, by=by, at=at, text=told, recorded_at=recorded_at)
        return self._append_callback(
            by=by, result=result, told=told, way=way, solved=solved, satisfied=satisfied, call=None, at=at, recorded_at=recorded_at
        )  # fmt: skip

    def _append_callback(self, *, told, recorded_at, **said):
        return self.callbacks.create(
            attempt=self.callbacks.count() + 1, round=self.round, told=self._without_callers(told.strip())[:300],
            recorded_at=recorded_at or timezone.now(), **said,
        )  # fmt: skip

    def _refuse_while_the_first_is_handled(self):
        if self.parent_id is not None and self.parent.status in AT_WORK:
            sentence = gettext(
                "%(number)s, the first complaint of the matter, is still being handled: there is nothing to tell yet."
            )
            raise Refused(sentence % {"number": self.parent.number})

    def tellable_since(self, call=None):
        """Since when there is something to tell its own caller, or that of the added `call`. An attempt before that is none."""
        return tellable_since(self, turned([self]), call)

    def _may_tell_further(self, call):
        """Hold the complaint; refuse while it is being handled, and a call that was not added to it."""
        if call.complaint_id != self.pk or not call.wants_reply:
            raise Refused(gettext("This caller waits for no answer of this complaint."))
        self.refuse_beside(Act.TELL_FURTHER)

    def _tell_further(self, call, *, by, at, told, recorded_at):
        untold = type(call).objects.filter(pk=call.pk, told_at=None)
        move(untold, otherwise=lambda: self._told_already(call), told_at=at, unreachable=False)
        call.refresh_from_db()
        self._note(Act.TELL_FURTHER, by=by, at=at, text=told, data={"call": call.pk}, recorded_at=recorded_at)

    def _told_already(self, call):
        first = self.callbacks.filter(call=call, result="reached").select_related("by").last()
        return gettext("%(officer)s already told this caller at %(time)s.") % {
            "officer": first.by, "time": timezone.localtime(first.at).strftime("%H:%M"),
        }  # fmt: skip

    def _hold(self):
        """Lock the row until the transaction ends and read it again: what is decided next is decided by one at a time."""
        type(self).objects.filter(pk=self.pk).update(round=F("round"))
        self.refresh_from_db()

    def _hold_unchanged(self, act, *columns):
        """The same; who comes second, after somebody moved it or changed these columns, is told who was first."""
        names = ("status", "round", *columns)
        before = [getattr(self, name) for name in names]
        self._hold()
        if before != [getattr(self, name) for name in names]:
            raise TooLate(self._who_was_first(act))

    def refuse_beside(self, act):
        """Refuse an act that changes no state where the table does not allow it. Hold the complaint first."""
        if self.status not in BESIDE[act].sources:
            raise TooLate(self._who_was_first(act))

    def owes_answer(self):
        """Whether its own caller still waits to be told: one who wants an answer and can be reached."""
        return self.wants_reply and self.caller_id is not None and self.answered_at is None

    def failed_attempts(self, call=None):
        """How many attempts to tell its own caller, or that of the added `call`, failed since there is something to tell, at
        different times."""
        failed = self.callbacks.filter(round=self.round, call=call, at__gte=self.tellable_since(call))
        return different_times(failed.exclude(result="reached").values_list("at", flat=True))

    @transaction.atomic
    def give_up(self, *, by, at=None, recorded_at=None):
        """Nobody could tell the callers of what was merged, handed over or not accepted: unreachable, after three attempts at
        different times. They stay on the desk, behind those who are to be called."""
        from complaints.owed import callers_of

        self._hold()
        waiting = [
            one for one in callers_of(self) if one.complaint.pk == self.pk and one.state in ("waiting", "at_work")
        ]
        if self.status in MOVES[Act.GIVE_UP].sources:
            self._refuse_while_somebody_waits([one for one in waiting if one.keeps_open])
            if not waiting:
                raise Refused(gettext("No caller of this complaint waits to be told."))
        at = at or timezone.now()
        own = any(one.call is None for one in waiting)
        self._move(Act.GIVE_UP, by=by, at=at, recorded_at=recorded_at, unreachable=own or self.unreachable)
        self.calls.still_owed().update(unreachable=True)

    @transaction.atomic
    def close(self, *, by, at=None, recorded_at=None, text=""):
        """Close: its own caller was told, or is unreachable after three attempts at different times, or wants no answer, or is
        unknown; and the same holds of every caller whose call was added to it or to a complaint that was merged into it."""
        from complaints.owed import waiting_of

        self._hold()
        waiting = waiting_of(self)
        self._refuse_while_somebody_waits([one for one in waiting if one.keeps_open])
        at = at or timezone.now()
        unreachable = self.owes_answer()
        self._move(Act.CLOSE, by=by, at=at, recorded_at=recorded_at, text=text, closed_at=at, unreachable=unreachable)
        self.calls.still_owed().update(unreachable=True)

    def _refuse_while_somebody_waits(self, waiting):
        others = [one for one in waiting if one.call is not None or one.complaint.pk != self.pk]
        sentences = []
        if len(others) < len(waiting):
            sentences.append(
                gettext("The caller has not been told: call back, three times at different times before you give up.")
            )
        if others:
            sentence = ngettext(
                "%(n)s further caller has not been told: call back, three times at different times before you give up.",
                "%(n)s further callers have not been told: call each back, three times at different times before you give up.",
                len(others),
            )
            sentences.append(sentence % {"n": len(others)})
        if sentences:
            raise Refused(" ".join(sentences))

    def _forget_what_further_callers_were_told(self):
        """The matter is taken up again: every further caller is owed the new answer, as its own caller is."""
        self.calls.exclude(told_at=None, unreachable=False).update(told_at=None, unreachable=False)

    @transaction.atomic
    def add_call(
        self, *, by, client_id, channel, number="", name="", text="", wants_reply=True, data=None, at=None, recorded_at=None
    ):  # fmt: skip
        """Append another call about the same matter, with its own caller, who is owed an answer of his own when he wants one;
        nothing of the complaint is overwritten. Returns the Call; the same `client_id` again gives the stored one. Refused
        when the complaint is at an end or taken out."""
        from complaints.models import Call

        known = Call.objects.filter(client_id=client_id).first()
        if known is not None:
            return known
        at, recorded_at = at or timezone.now(), recorded_at or timezone.now()
        not_in_future(at)
        # holds the row until the call is stored, so that nobody closes the complaint in between
        if type(self).objects.open().filter(pk=self.pk).update(round=F("round")) != 1:
            raise TooLate(
                gettext("%(number)s is no longer open: save this call as a complaint of its own.")
                % {"number": self.number}
            )
        self.refresh_from_db()
        return self.append_call(
            by=by, client_id=client_id, channel=channel, number=number, name=name, text=text, wants_reply=wants_reply, data=data,
            at=at, recorded_at=recorded_at,
        )  # fmt: skip

    @transaction.atomic
    def append_call(
        self, *, by, client_id, channel, number="", name="", text="", wants_reply=True, data=None, at, recorded_at
    ):  # fmt: skip
        """The same, whatever the state: another hotline writes about complaints at an end, too."""
        from complaints.models import Call, Caller

        plain = without_people(text.strip(), name, number)
        caller = Caller.objects.note(
            number=number, name=name, words={"text": text.strip()} if plain != text.strip() else None
        )
        wants = bool(wants_reply and caller)
        call = Call.objects.create(
            client_id=client_id, channel=channel, caller=caller, started_at=at, answered_by=by, complaint=self,
            recorded_at=recorded_at, wants_reply=wants, answer_due_at=answer_due(self, at) if wants else None,
        )  # fmt: skip
        keep_out(self, [caller])
        data = {**(data or {}), "call": call.pk, "wants_reply": wants}
        self._note(Act.ADD_CALL, by=by, at=at, text=plain, data=data, recorded_at=recorded_at)
        return call
