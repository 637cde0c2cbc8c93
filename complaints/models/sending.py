"""Sending somebody: the dispatch, the signature of those who were sent, the way back to the desk, and the alerts on the visit list.

A complaint has at most one alert that waits; `alert` is the latest, `alerts` are all that it ever raised. Who goes anew gets a new
one when the last was answered.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from complaints.due import due_moments
from complaints.workflow import MOVES, Act
from venues.models import Alert
from venues.transitions import Refused, TooLate

_LONGEST_ANSWER = 300


class SendingActs:
    """Mixed into Complaint; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    @transaction.atomic
    def dispatch(self, *, by, to, team="", patrol=None, at=None, recorded_at=None):
        """Send the complaint to the officers `to` (a list, at least one) and hand its place down to the visit list."""
        self._hold_unchanged(Act.DISPATCH)  # its urgency says when the signature is due
        self._send(Act.DISPATCH, by=by, to=to, team=team, patrol=patrol, at=at, recorded_at=recorded_at)

    @transaction.atomic
    def resend(self, *, by, to, reason, team="", patrol=None, at=None, recorded_at=None):
        """Nobody signed: send these officers instead. The clocks from the call run on; the signature counts from now."""
        self._hold_unchanged(Act.RESEND, "dispatched_at")
        self._send(Act.RESEND, by=by, to=to, team=team, patrol=patrol, at=at, recorded_at=recorded_at, text=reason)

    def _send(self, act, *, by, to, team, patrol, at, recorded_at, text=""):
        at = at or timezone.now()
        if not to:
            raise Refused(gettext("Say who is sent."))
        self._move(
            act, by=by, at=at, recorded_at=recorded_at, data={"to": [officer.pk for officer in to]}, text=text or team,
            dispatched_at=at, team_label=team, patrol=patrol, sign_due_at=due_moments(self, dispatched_at=at)["sign"],
        )  # fmt: skip
        self.assignees.set(to)
        self._send_somebody(by=by, at=at)

    @transaction.atomic
    def sign(self, *, by, instead_of=None, at=None, recorded_at=None):
        """One of those who were sent signs for it; whoever may handle complaints may sign for one of them, by name."""
        at, signs = at or timezone.now(), instead_of or by
        if instead_of is not None and not by.has_perm("complaints.handle_complaint"):
            raise Refused(gettext("Only those who were sent may sign for it."))
        data, text = ({"for": instead_of.pk}, str(instead_of)) if instead_of is not None else ({}, "")
        if self.status in MOVES[Act.SIGN].sources and not self.assignees.filter(pk=signs.pk).exists():
            raise Refused(gettext("Only those who were sent may sign for it."))
        self._move(Act.SIGN, by=by, at=at, recorded_at=recorded_at, data=data, text=text, signed_at=at)

    @transaction.atomic
    def return_(self, *, by, reason, at=None, recorded_at=None):
        """Back to the desk: not ours, not there, nobody free. The clocks from the call run on."""
        self._move(
            Act.RETURN, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason,
            dispatched_at=None, signed_at=None, arrived_at=None, found_at=None, finding="", sign_due_at=None, team_label="", patrol=None,
        )  # fmt: skip
        self.assignees.clear()

    # --- the visit list -----------------------------------------------------------------------------------------------------

    def _send_somebody(self, *, by, at):
        """Put its place on the visit list, unless it is there or the matter is at no place."""
        waits = self.alert_id is not None and Alert.objects.open().filter(pk=self.alert_id).exists()
        if self.topic.about_a_place and not waits:
            self._raise_alert(by=by, at=at)

    def _raise_alert(self, *, by, at):
        alert = Alert.objects.raise_alert(
            by=by, source=Alert.Source.COMPLAINT, words=self.dispatch_text(), venue=self.venue, place=self.place or self.where,
            district=self.district, category=self.venue.category if self.venue else None, at=at,
        )  # fmt: skip
        self._take_alert(alert)

    def _take_alert(self, alert):
        self.alert = alert
        self.save(update_fields=["alert"])
        self.alerts.add(alert)

    def _hold_alert(self):
        """Lock the alert before the complaint, as a look that answers it does: so neither waits for the other for ever."""
        Alert.objects.filter(pk=self.alert_id).update(answer_text=F("answer_text"))

    def _answer_alert(self, *, by, at, text):
        """Take its place off the visit list, where nobody looked yet: there is nothing to look at any more, or it was said here."""
        alert = Alert.objects.open().filter(pk=self.alert_id).first()
        if alert is None:
            return
        text = f"{self.number} {text}".strip()[:_LONGEST_ANSWER]
        try:
            with transaction.atomic():
                alert.answer(by=by, at=max(at, alert.raised_at), text=text)
        except TooLate:  # a look came in at the same moment
            alert.refresh_from_db()
        self.alert = alert
