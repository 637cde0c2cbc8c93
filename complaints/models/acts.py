"""The acts on a complaint: each one conditional UPDATE by the table of workflow.py, one appended event, one transaction."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from complaints.due import due_moments
from complaints.history import STEP_OF
from complaints.models.changing import ChangingActs
from complaints.models.telling import TellingActs
from complaints.models.words import keep_out
from complaints.workflow import MOVES, Act, Status
from venues.masking import without_numbers
from venues.models import Alert
from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate

SEEN = {"seen": True}  # in the data of a step that nobody typed: it follows from what was recorded at the venue
_WORDS = ("outcome", "transferred_to", "team_label")


class ComplaintActs(TellingActs, ChangingActs):
    """Mixed into Complaint: the moves; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

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
    def arrive(self, *, by, at=None, recorded_at=None, data=None):
        """At the place; handling begins here when nobody signed."""
        at = at or timezone.now()
        self._move(Act.ARRIVE, by=by, at=at, recorded_at=recorded_at, data=data, arrived_at=at)

    @transaction.atomic
    def find(self, *, by, finding, text="", at=None, recorded_at=None, data=None):
        """What was found. Where something is running the handling goes on until it is stopped; otherwise it ends here."""
        at = at or timezone.now()
        running = finding == self.Finding.RUNNING
        self._move(
            Act.FIND, by=by, at=at, recorded_at=recorded_at, text=text, data={"finding": finding, **(data or {})},
            target=Status.IN_PROGRESS if running else Status.AWAITING_ANSWER,
            found_at=at, finding=finding, outcome=text.strip()[:300],
        )  # fmt: skip

    @transaction.atomic
    def stop(self, *, by, text="", at=None, recorded_at=None, data=None):
        """What was running is stopped. Needs the finding that it was running."""
        at = at or timezone.now()
        if self.finding != self.Finding.RUNNING:
            raise Refused(gettext("Only what was found running can be stopped: record the finding first."))
        self._move(Act.STOP, by=by, at=at, recorded_at=recorded_at, text=text, data=data, stopped_at=at)

    @transaction.atomic
    def seen_earlier(self, act, *, by, at):
        """A record that came in late says that the step of `act` was reached earlier: another row of the same act, and its column."""
        column = STEP_OF[act]
        known = getattr(self, column)
        unmoved = type(self).objects.filter(pk=self.pk, status=self.status, round=self.round, **{column: known})
        if unmoved.update(**{column: at}) != 1:
            raise TooLate(self._who_was_first(act))
        self.refresh_from_db()
        self._note(act, by=by, at=at, data={**SEEN, "was": known.isoformat()})

    @transaction.atomic
    def return_(self, *, by, reason, at=None, recorded_at=None):
        """Back to the desk: not ours, not there, nobody free. The clocks from the call run on."""
        self._move(
            Act.RETURN, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason,
            dispatched_at=None, signed_at=None, arrived_at=None, found_at=None, finding="", sign_due_at=None, team_label="", patrol=None,
        )  # fmt: skip
        self.assignees.clear()

    # --- back to work -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def still_going_on(self, *, by, reason, at=None, recorded_at=None):
        """The caller, or a second look, says that it goes on: back to handling, in the same round."""
        self._move(
            Act.STILL_GOING_ON, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason,
            found_at=None, stopped_at=None, arrived_at=None, finding="", answered_at=None,
        )  # fmt: skip
        self._forget_what_further_callers_were_told()

    @transaction.atomic
    def reopen(self, *, by, reason, at=None, recorded_at=None):
        """A closed complaint is taken up again: the next round, with its own steps."""
        self._move(
            Act.REOPEN, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason, round=self.round + 1,
            signed_at=None, arrived_at=None, found_at=None, stopped_at=None, answered_at=None, closed_at=None, finding="",
            unreachable=False,
        )  # fmt: skip
        self._forget_what_further_callers_were_told()

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
