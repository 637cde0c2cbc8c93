"""The acts on a complaint: each one conditional UPDATE by the table of workflow.py, one appended event, one transaction."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from complaints.due import due_moments
from complaints.masking import without_numbers, without_people
from complaints.models.words import keep_out
from complaints.workflow import MOVES, Act, Status
from venues.models import Alert
from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate

ATTEMPTS_TO_BE_UNREACHABLE = 3
_WORDS = ("outcome", "transferred_to", "team_label")


class ComplaintActs:
    """Mixed into Complaint; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    # --- the one way to move ------------------------------------------------------------------------------------------------

    def _move(self, act, *, by, at, text="", recorded_at=None, target=None, data=None, **columns):
        """Carry out `act`; `target` overrides the table's where the act itself decides (a finding)."""
        row = MOVES[act]
        if row.reason and not text.strip():
            raise Refused(gettext("Give the reason."))
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("This moment lies in the future."))
        before = self.status
        status = target or row.target or before
        free = dict.fromkeys(row.once)
        columns |= {column: self._without_callers(columns[column]) for column in _WORDS if columns.get(column)}
        unmoved = type(self).objects.filter(pk=self.pk, status=before, round=self.round, **free)
        if before not in row.sources or unmoved.update(status=status, **columns) != 1:
            raise TooLate(self._who_was_first(act))
        self.refresh_from_db()
        self._note(act, by=by, at=at, before=before, text=text, data=data, recorded_at=recorded_at)

    def _note(self, act, *, by, at, before="", text="", data=None, recorded_at=None):
        """Append the event; its words without those who called, for it can never be changed."""
        text = self._without_callers(text.strip())
        self.events.create(
            act=act, occurred_at=at, recorded_at=recorded_at or timezone.now(), by=by, from_status=before or self.status,
            to_status=self.status, round=self.round, text=text, data=data or {},
        )  # fmt: skip

    def _without_callers(self, text):
        """The text without anybody's number and without the names of those who called about this complaint."""
        from complaints.models import Caller

        for caller in Caller.objects.of(self).filter(has_name=True) if text else ():
            text = caller.taken_out_of(text)
        return without_numbers(text)

    def _who_was_first(self, act):
        """The sentence for the one who came second, or pressed what the table forbids."""
        now = type(self).objects.get(pk=self.pk)
        last = self.events.order_by("-pk").select_related("by").first()
        if last is None:
            return gettext("%(act)s is not possible now.") % {"act": Act(act).label}
        return gettext("%(officer)s was first: %(act)s at %(time)s. The complaint is now: %(status)s.") % {
            "officer": last.by, "act": last.get_act_display(), "status": now.get_status_display(),
            "time": timezone.localtime(last.occurred_at).strftime("%H:%M"),
        }  # fmt: skip

    # --- on the way to the place --------------------------------------------------------------------------------------------

    @transaction.atomic
    def dispatch(self, *, by, to, team="", patrol=None, at=None, recorded_at=None):
        """Send the complaint to the officers `to` (a list, at least one) and hand its place down to the visit list."""
        at = at or timezone.now()
        if not to:
            raise Refused(gettext("Say who is sent."))
        self._move(
            Act.DISPATCH, by=by, at=at, recorded_at=recorded_at, data={"to": [officer.pk for officer in to]}, text=team,
            dispatched_at=at, team_label=team, patrol=patrol, sign_due_at=due_moments(self, dispatched_at=at)["sign"],
        )  # fmt: skip
        self.assignees.set(to)
        if self.alert_id is None and self.topic.about_a_place:
            self._raise_alert(by=by, at=at)

    def _raise_alert(self, *, by, at):
        self.alert = Alert.objects.raise_alert(
            by=by, source=Alert.Source.COMPLAINT, words=self.dispatch_text(), venue=self.venue, place=self.place or self.where,
            district=self.district, category=self.venue.category if self.venue else None, at=at,
        )  # fmt: skip
        self.save(update_fields=["alert"])

    @transaction.atomic
    def sign(self, *, by, at=None, recorded_at=None):
        """One of those who were sent signs for it."""
        at = at or timezone.now()
        self._move(Act.SIGN, by=by, at=at, recorded_at=recorded_at, signed_at=at)

    @transaction.atomic
    def arrive(self, *, by, at=None, recorded_at=None):
        """At the place; handling begins here when nobody signed."""
        at = at or timezone.now()
        self._move(Act.ARRIVE, by=by, at=at, recorded_at=recorded_at, arrived_at=at)

    @transaction.atomic
    def find(self, *, by, finding, text="", at=None, recorded_at=None):
        """What was found. Where something is running the handling goes on until it is stopped; otherwise it ends here."""
        at = at or timezone.now()
        running = finding == self.Finding.RUNNING
        self._move(
            Act.FIND, by=by, at=at, recorded_at=recorded_at, text=text, data={"finding": finding},
            target=Status.IN_PROGRESS if running else Status.AWAITING_ANSWER,
            found_at=at, finding=finding, outcome=text.strip()[:300],
        )  # fmt: skip

    @transaction.atomic
    def stop(self, *, by, text="", at=None, recorded_at=None):
        """What was running is stopped. Needs the finding that it was running."""
        at = at or timezone.now()
        if self.finding != self.Finding.RUNNING:
            raise Refused(gettext("Only what was found running can be stopped: record the finding first."))
        self._move(Act.STOP, by=by, at=at, recorded_at=recorded_at, text=text, stopped_at=at)

    @transaction.atomic
    def return_(self, *, by, reason, at=None, recorded_at=None):
        """Back to the desk: not ours, not there, nobody free. The clocks from the call run on."""
        self._move(
            Act.RETURN, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason,
            dispatched_at=None, signed_at=None, arrived_at=None, found_at=None, finding="", sign_due_at=None, team_label="", patrol=None,
        )  # fmt: skip
        self.assignees.clear()

    # --- telling the caller -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def call_back(
        self, *, by, result, told="", way="phone", solved="", satisfied="not_asked", at=None, recorded_at=None
    ):
        """One attempt to tell the caller; when he is reached the answer is given. Returns the Callback."""
        at = at or timezone.now()
        if self.status not in MOVES[Act.TELL].sources:
            raise TooLate(self._who_was_first(Act.TELL))
        reached = result == "reached"
        if reached and not told.strip():
            raise Refused(gettext("Write down what the caller was told."))
        if reached and self.answered_at is None:
            self._move(Act.TELL, by=by, at=at, recorded_at=recorded_at, text=told, answered_at=at, unreachable=False)
        return self.callbacks.create(
            attempt=self.callbacks.count() + 1, round=self.round, at=at, by=by, way=way, result=result,
            told=self._without_callers(told.strip())[:300],
            solved=solved, satisfied=satisfied, recorded_at=recorded_at or timezone.now(),
        )  # fmt: skip

    def owes_answer(self):
        """Whether somebody still waits to be told: a caller who wants an answer and can be reached."""
        return self.wants_reply and self.caller_id is not None and self.answered_at is None

    def failed_attempts(self):
        """How many attempts of this round failed, at different minutes."""
        moments = self.callbacks.filter(round=self.round).exclude(result="reached").values_list("at", flat=True)
        return len({moment.replace(second=0, microsecond=0) for moment in moments})

    @transaction.atomic
    def close(self, *, by, at=None, recorded_at=None, text=""):
        """Close: the caller was told, or is unreachable after three attempts at different times, or wants no answer, or is unknown."""
        unreachable = False
        if self.owes_answer():
            if self.failed_attempts() < ATTEMPTS_TO_BE_UNREACHABLE:
                raise Refused(
                    gettext(
                        "The caller has not been told: call back, three times at different times before you give up."
                    )
                )
            unreachable = True
        at = at or timezone.now()
        self._move(Act.CLOSE, by=by, at=at, recorded_at=recorded_at, text=text, closed_at=at, unreachable=unreachable)

    @transaction.atomic
    def still_going_on(self, *, by, reason, at=None, recorded_at=None):
        """The caller, or a second look, says that it goes on: back to handling, in the same round."""
        self._move(
            Act.STILL_GOING_ON, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason,
            found_at=None, stopped_at=None, arrived_at=None, finding="", answered_at=None,
        )  # fmt: skip

    @transaction.atomic
    def reopen(self, *, by, reason, at=None, recorded_at=None):
        """A closed complaint is taken up again: the next round, with its own steps."""
        self._move(
            Act.REOPEN, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason, round=self.round + 1,
            signed_at=None, arrived_at=None, found_at=None, stopped_at=None, answered_at=None, closed_at=None, finding="",
            unreachable=False,
        )  # fmt: skip

    # --- the exits ----------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def answer_at_once(self, *, by, text, at=None, recorded_at=None):
        """The question was answered on the telephone: handled, told and closed in one."""
        at = at or timezone.now()
        if not text.strip():
            raise Refused(gettext("Write down what the caller was told."))
        self._move(
            Act.ANSWER_AT_ONCE,
            by=by,
            at=at,
            recorded_at=recorded_at,
            text=text,
            answered_at=at,
            closed_at=at,
            outcome=text.strip()[:300],
        )

    @transaction.atomic
    def not_accept(self, *, by, reason, at=None, recorded_at=None):
        self._move(
            Act.NOT_ACCEPT,
            by=by,
            at=at or timezone.now(),
            recorded_at=recorded_at,
            text=reason,
            outcome=reason.strip()[:300],
        )

    @transaction.atomic
    def transfer(self, *, by, to, reason, at=None, recorded_at=None):
        """Hand it to another authority; its caller is still told to whom."""
        if not to.strip():
            raise Refused(gettext("Say to whom it is transferred."))
        self._move(
            Act.TRANSFER, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=f"{to}: {reason}",
            transferred_to=to.strip()[:60],
        )  # fmt: skip

    @transaction.atomic
    def merge(self, *, by, parent, at=None, recorded_at=None):
        """The same matter as `parent`; this one's caller is still owed an answer. No chains, and no parent that is itself at an end."""
        if parent.pk == self.pk or parent.parent_id is not None:
            raise Refused(gettext("Merge into the first complaint of the matter, not into itself or a merged one."))
        if parent.status in (Status.VOID, Status.NOT_ACCEPTED):
            raise Refused(
                gettext("%(number)s is not being handled: nothing can be merged into it.") % {"number": parent.number}
            )
        if self.children.exists():
            raise Refused(gettext("Others were merged into this one: merge them into the other complaint first."))
        from complaints.models import Caller

        self._move(
            Act.MERGE, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=parent.number, parent=parent
        )
        keep_out(parent, Caller.objects.of(self))

    @transaction.atomic
    def void(self, *, by, reason, at=None, recorded_at=None):
        """Entered by mistake: counted as void, never deleted."""
        self._move(Act.VOID, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason)

    # --- further calls ------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def add_call(
        self, *, by, client_id, channel, number="", name="", text="", wants_reply=True, data=None, at=None, recorded_at=None
    ):  # fmt: skip
        """Append another call about the same matter, with its own caller; nothing of the complaint is overwritten. Returns the
        Call; the same `client_id` again gives the stored one. Refused when the complaint is at an end or taken out."""
        from complaints.models import Call

        known = Call.objects.filter(client_id=client_id).first()
        if known is not None:
            return known
        at, recorded_at = at or timezone.now(), recorded_at or timezone.now()
        if at > timezone.now() + CLOCK_TOLERANCE:
            raise Refused(gettext("This moment lies in the future."))
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
        call = Call.objects.create(
            client_id=client_id, channel=channel, caller=caller, started_at=at, answered_by=by, complaint=self,
            recorded_at=recorded_at,
        )  # fmt: skip
        keep_out(self, [caller])
        data = {**(data or {}), "call": call.pk, "wants_reply": bool(wants_reply and call.caller_id)}
        self._note(Act.ADD_CALL, by=by, at=at, text=plain, data=data, recorded_at=recorded_at)
        return call

    # --- beside the states --------------------------------------------------------------------------------------------------

    @transaction.atomic
    def set_urgency(self, *, by, urgency, reason, at=None):
        """Another urgency than the proposed one, with its reason; what is due is counted anew from the call, never from now."""
        if not reason.strip():
            raise Refused(gettext("Give the reason."))
        at = at or timezone.now()
        before, self.urgency = self.urgency, urgency
        data = {"from": before, "to": urgency, **self.answer_was_due()}
        for step, due in due_moments(self, dispatched_at=self.dispatched_at).items():
            setattr(self, f"{step}_due_at", due)
        self.save(
            update_fields=["urgency", *(f"{step}_due_at" for step in ("dispatch", "sign", "arrive", "stop", "answer"))]
        )
        self._note(Act.SET_URGENCY, by=by, at=at, text=reason, data=data)

    def answer_was_due(self):
        """What an event that changes when the answer is due keeps of the moment before it, for the figures of the past."""
        return {"answer_was_due": self.answer_due_at and self.answer_due_at.isoformat()}

    @transaction.atomic
    def external_deadline_set(self, *, by, deadline, data=None, text="", at=None):
        """The hotline that sent a sheet set another deadline: the answer is due at the earlier of both, counted from the call."""
        data = {**(data or {}), **self.answer_was_due()}
        self.external_deadline = deadline
        self.answer_due_at = due_moments(self, dispatched_at=self.dispatched_at)["answer"]
        self.save(update_fields=["external_deadline", "answer_due_at"])
        self._note(Act.NOTE, by=by, at=at or timezone.now(), text=text, data=data)

    @transaction.atomic
    def note(self, *, by, text, act=Act.NOTE, at=None):
        """A note, a supervision or an extension on the timeline; the state stays."""
        if not text.strip():
            raise Refused(gettext("Write something."))
        self._note(act, by=by, at=at or timezone.now(), text=text)
