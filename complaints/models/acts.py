"""The acts on a complaint: each one conditional UPDATE by the table of workflow.py, one appended event, one transaction."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from complaints.history import STEP_OF
from complaints.models.changing import ChangingActs
from complaints.models.ending import EndingActs
from complaints.models.sending import SendingActs
from complaints.models.telling import TellingActs, not_in_future, refuse_before
from complaints.workflow import MOVES, Act, Status
from venues.masking import without_numbers
from venues.transitions import Refused, TooLate

SEEN = {"seen": True}  # in the data of a step that nobody typed: it follows from what was recorded at the venue
_STEPS = ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at")
_BACK = (Act.RETURN, Act.STILL_GOING_ON, Act.REOPEN, Act.SEPARATE)
_WORDS = ("outcome", "transferred_to", "team_label")


class ComplaintActs(SendingActs, EndingActs, TellingActs, ChangingActs):
    """Mixed into Complaint: the moves at the place; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    # --- the one way to move ------------------------------------------------------------------------------------------------

    def _move(self, act, *, by, at, text="", recorded_at=None, target=None, data=None, **columns):
        """Carry out `act`; `target` overrides the table's where the act itself decides (a finding)."""
        row = MOVES[act]
        if row.reason and not text.strip():
            raise Refused(gettext("Give the reason."))
        not_in_future(at)
        before = self.status
        if before in row.sources and not (data or {}).get("seen"):  # what was seen at the venue is kept whenever it was
            refuse_before(self.earliest(act), at)
        status = target or row.target or before
        free = dict.fromkeys(row.once)
        columns |= {column: self._without_callers(columns[column]) for column in _WORDS if columns.get(column)}
        unmoved = type(self).objects.filter(pk=self.pk, status=before, round=self.round, **free)
        if before not in row.sources or unmoved.update(status=status, **columns) != 1:
            raise TooLate(self._who_was_first(act))
        self.refresh_from_db()
        self._note(act, by=by, at=at, before=before, text=text, data=data, recorded_at=recorded_at)

    def earliest(self, act):
        """The moment before which `act` cannot have happened: the steps that precede it in this round, the last way back, the call."""
        back = self.events.filter(act__in=_BACK).aggregate(last=Max("occurred_at"))["last"]
        column = STEP_OF.get(act)
        before = _STEPS[: _STEPS.index(column)] if column and act != Act.RESEND else _STEPS
        return max(filter(None, [self.received_at, back, *(getattr(self, step) for step in before)]))

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

    # --- at the place -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def arrive(self, *, by, at=None, recorded_at=None, data=None):
        """At the place; handling begins here when nobody signed."""
        at = at or timezone.now()
        self._move(Act.ARRIVE, by=by, at=at, recorded_at=recorded_at, data=data, arrived_at=at)

    @transaction.atomic
    def find(self, *, by, finding, text="", at=None, recorded_at=None, data=None):
        """What was found. Where something is running the handling goes on until it is stopped; otherwise it ends here."""
        at = at or timezone.now()
        self._hold_alert()
        running = finding == self.Finding.RUNNING
        self._move(
            Act.FIND, by=by, at=at, recorded_at=recorded_at, text=text, data={"finding": finding, **(data or {})},
            target=Status.IN_PROGRESS if running else Status.AWAITING_ANSWER,
            found_at=at, finding=finding, outcome=text.strip()[:300],
        )  # fmt: skip
        self._answer_alert(by=by, at=at, text=self.outcome)

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

    # --- back to work -------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def still_going_on(self, *, by, reason, at=None, recorded_at=None, data=None):
        """The caller, or a second look (SEEN: somebody is there), says that it goes on: back to handling, in the same round."""
        at = at or timezone.now()
        self._move(
            Act.STILL_GOING_ON, by=by, at=at, recorded_at=recorded_at, text=reason, data=data,
            found_at=None, stopped_at=None, arrived_at=None, finding="", answered_at=None,
        )  # fmt: skip
        if not (data or {}).get("seen"):
            self._send_somebody(by=by, at=at)
        self._forget_what_further_callers_were_told()

    @transaction.atomic
    def reopen(self, *, by, reason, at=None, recorded_at=None):
        """A closed complaint is taken up again: the next round, with its own steps; somebody is to look again."""
        at = at or timezone.now()
        self._move(
            Act.REOPEN, by=by, at=at, recorded_at=recorded_at, text=reason, round=self.round + 1,
            signed_at=None, arrived_at=None, found_at=None, stopped_at=None, answered_at=None, closed_at=None, finding="",
            unreachable=False,
        )  # fmt: skip
        self._send_somebody(by=by, at=at)
        self._forget_what_further_callers_were_told()
