"""The ends of a complaint beside its close: answered at once, not accepted, handed over, merged, void. Each takes its place off the
visit list; what was merged wrongly is taken out again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from complaints.models.words import keep_out
from complaints.workflow import AT_WORK, MOVES, OPEN, Act, Status
from venues.models import Alert
from venues.transitions import Refused

_SHOWN = 300


class EndingActs:
    """Mixed into Complaint; every act is keyword-only, takes `by=` the officer and `at=` the moment (None: now)."""

    @transaction.atomic
    def answer_at_once(self, *, by, text, at=None, recorded_at=None):
        """The question was answered on the telephone: handled, told and closed in one."""
        if not text.strip():
            raise Refused(gettext("Write down what the caller was told."))
        at = at or timezone.now()
        self._end(
            Act.ANSWER_AT_ONCE, by=by, at=at, recorded_at=recorded_at, text=text, answered_at=at, closed_at=at,
            outcome=text.strip()[:_SHOWN],
        )  # fmt: skip

    @transaction.atomic
    def not_accept(self, *, by, reason, at=None, recorded_at=None):
        """Not ours to handle; its caller is still told so."""
        self._refuse_with_children(Act.NOT_ACCEPT)
        self._end(Act.NOT_ACCEPT, by=by, at=at, recorded_at=recorded_at, text=reason, outcome=reason.strip()[:_SHOWN])

    @transaction.atomic
    def transfer(self, *, by, to, reason, finding="", found="", at=None, recorded_at=None):
        """Hand it to another authority; its caller is still told to whom. `finding`, `found`: what was found, where handling is left."""
        if not to.strip():
            raise Refused(gettext("Say to whom it is transferred."))
        at = at or timezone.now()
        self._hold_alert()
        self._found_before_it_leaves(by=by, at=at, recorded_at=recorded_at, finding=finding, text=found)
        self._end(
            Act.TRANSFER, by=by, at=at, recorded_at=recorded_at, text=f"{to}: {reason}" if reason.strip() else "",
            transferred_to=to.strip()[:60],
        )  # fmt: skip

    @transaction.atomic
    def void(self, *, by, reason, at=None, recorded_at=None):
        """Entered by mistake: counted as void, never deleted."""
        self._refuse_with_children(Act.VOID)
        self._end(Act.VOID, by=by, at=at, recorded_at=recorded_at, text=reason)

    def _end(self, act, *, by, at, **said):
        at = at or timezone.now()
        self._hold_alert()
        self._move(act, by=by, at=at, **said)
        self._answer_alert(by=by, at=at, text=self.events.last().text)

    def _found_before_it_leaves(self, *, finding, text, at, **said):
        """Handling is not left without a finding: what is said now is written down as that step."""
        if self.status != Status.IN_PROGRESS or self.found_at is not None:
            return
        if finding not in self.Finding.values:
            raise Refused(gettext("Nothing was found yet: say what was found, then it can leave the handling."))
        self._move(
            Act.FIND, at=at, text=text, data={"finding": finding}, target=Status.IN_PROGRESS,
            found_at=at, finding=finding, outcome=text.strip()[:_SHOWN], **said,
        )  # fmt: skip

    def _refuse_with_children(self, act):
        """Hold the row; what is taken out of the work takes no merged complaints with it."""
        self._hold_alert()
        self._hold_unchanged(act)
        count = self.children.count()
        if count and self.status in MOVES[act].sources:
            sentence = ngettext(
                "%(n)s complaint was merged into this one: take it out first, or merge it into another.",
                "%(n)s complaints were merged into this one: take them out first, or merge them into another.",
                count,
            )
            raise Refused(sentence % {"n": count})

    # --- the same matter ----------------------------------------------------------------------------------------------------

    @transaction.atomic
    def merge(self, *, by, parent, finding="", found="", at=None, recorded_at=None):
        """The same matter as `parent`, which is open; this one's caller is still owed an answer. No chains and no circles: both rows
        are held, in the order of their keys, before anything is looked at. Who is on the way goes on for the parent. `finding`, `found`: as of a transfer."""
        from complaints.models import Caller

        self._hold_alert()
        for one in sorted((self, parent), key=lambda one: one.pk):
            if one is self:
                self._hold_unchanged(Act.MERGE)
            else:
                one._hold()
        if self.status in MOVES[Act.MERGE].sources:
            self._refuse_to_merge_into(parent)
        at = at or timezone.now()
        self._found_before_it_leaves(by=by, at=at, recorded_at=recorded_at, finding=finding, text=found)
        self._move(
            Act.MERGE,
            by=by,
            at=at,
            recorded_at=recorded_at,
            text=parent.number,
            data={"parent": parent.pk},
            parent=parent,
        )
        self._hand_alert_over(parent, by=by, at=at)
        keep_out(parent, Caller.objects.of(self))

    def _refuse_to_merge_into(self, parent):
        if parent.pk == self.pk or parent.parent_id is not None:
            raise Refused(gettext("Merge into the first complaint of the matter, not into itself or a merged one."))
        if parent.status not in OPEN:
            sentence = gettext("%(number)s is at its end (%(status)s): reopen it first, or handle this one by itself.")
            raise Refused(sentence % {"number": parent.number, "status": parent.get_status_display()})
        if self.children.exists():
            raise Refused(gettext("Others were merged into this one: merge them into the other complaint first."))

    def _hand_alert_over(self, parent, *, by, at):
        """Its place stays on the visit list when nobody is on the way to the parent's; one of two comes off."""
        alert = Alert.objects.open().filter(pk=self.alert_id).first()
        if alert is None:
            return
        if parent.status in AT_WORK and not Alert.objects.open().filter(pk=parent.alert_id).exists():
            self.alert = None
            self.save(update_fields=["alert"])
            parent._take_alert(alert)
        else:
            self._answer_alert(by=by, at=at, text=parent.number)

    @transaction.atomic
    def separate(self, *, by, reason, at=None, recorded_at=None):
        """It was merged by mistake: it waits to be dispatched again, and its caller is owed its own answer."""
        self._move(
            Act.SEPARATE, by=by, at=at or timezone.now(), recorded_at=recorded_at, text=reason, parent=None,
            dispatched_at=None, signed_at=None, arrived_at=None, found_at=None, stopped_at=None, answered_at=None, finding="",
            sign_due_at=None, team_label="", patrol=None, unreachable=False,
        )  # fmt: skip
        self.assignees.clear()
        self._forget_what_further_callers_were_told()
