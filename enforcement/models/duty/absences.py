"""Who is not there although the roster names him: leave, and leaving the post."""

import datetime

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from enforcement.models.duty.custody import Custody, of_officer
from enforcement.models.duty.shifts import Assignment
from venues.models.patrols import CLOCK_TOLERANCE
from venues.transitions import Refused, TooLate, move
from venues.words import when, who

LATE = datetime.timedelta(hours=24)  # how far back leave or an absence may be recorded
LONGEST = datetime.timedelta(days=366)  # of one leave


class LeaveQuerySet(models.QuerySet):
    def approved(self):
        return self.filter(state=Leave.State.APPROVED)

    def touching(self, start, end):
        """Leave that shares a moment with [start, end)."""
        return self.filter(start__lt=end, end__gt=start)

    def undecided(self):
        return self.filter(state=Leave.State.ASKED)

    def with_people(self):
        return self.select_related("officer", "asked_by", "decided_by", "withdrawn_by")

    @transaction.atomic
    def ask(self, *, by, kind, start, end, officer=None, reason="", at=None):
        """Ask for leave for oneself; a leader asks for `officer` as well. It may be recorded up to 24 h late. Returns the Leave."""
        from enforcement.duty import changing

        at, officer = at or timezone.now(), officer or by
        if officer.pk != by.pk and not by.has_perm("enforcement.approve_change"):
            raise Refused(gettext("Leave is asked for by oneself, or by a leader."))
        if start < at - LATE:
            raise Refused({"start": gettext("Leave is recorded within 24 hours.")})
        if not datetime.timedelta() < end - start <= LONGEST:
            raise Refused({"end": gettext("Leave ends after it began, within one year.")})
        changing.hold([officer.pk], [])
        standing = self.filter(officer=officer, state__in=[Leave.State.ASKED, Leave.State.APPROVED]).touching(
            start, end
        )
        if other := standing.first():
            named = {"start": when(other.start), "end": when(other.end), "state": other.get_state_display()}
            raise Refused(gettext("There is leave from %(start)s to %(end)s already (%(state)s).") % named)
        return self.create(
            officer=officer, kind=kind, start=start, end=end, reason=reason.strip()[:200], asked_by=by, asked_at=at
        )


class Leave(models.Model):
    """A span [start, end) in which an officer does not serve; it subtracts from coverage once it is approved."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("annual leave")
        SICK = "sick", _("sick leave")
        PERSONAL = "personal", _("personal leave")
        TRAINING = "training", _("training")
        OTHER = "other", _("other leave")

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    officer = of_officer(_("officer"), related_name="leaves")
    kind = models.CharField(_("kind of leave"), max_length=8, choices=Kind.choices)
    start = models.DateTimeField(pgettext_lazy("span of time", "from"))
    end = models.DateTimeField(pgettext_lazy("span of time", "until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ASKED)
    asked_by = of_officer(_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = of_officer(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note on the decision"), max_length=200, blank=True)
    decided_alone = models.BooleanField(_("decided by oneself, because nobody else may"), default=False)
    withdrawn_by = of_officer(_("withdrawn by"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-start", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="leave_ends_after_it_began",
                violation_error_message=_("Leave ends after it began."),
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["start", "end"], name="leave_by_span")]

    def __str__(self):
        return f"{self.officer} · {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("duty:leave", args=[self.pk])

    @property
    def badge(self):
        """The house's state whose shape and tone it has."""
        badges = {"asked": "waiting", "approved": "resolved", "refused": "not_accepted", "withdrawn": "withdrawn"}
        return badges[self.state]

    @property
    def parties(self):
        """The ids of those who do not decide about it."""
        return {self.officer_id, self.asked_by_id}

    def uncovers(self):
        """The published duties of the officer in this time: somebody has to be found for each."""
        rows = Assignment.objects.in_force().filter(officer=self.officer_id).touching(self.start, self.end)
        return rows.select_related("shift").order_by("start", "pk")

    # --- acts
    @transaction.atomic
    def approve(self, *, by, note="", at=None):
        """The leader says yes: from now on this time does not count as covered. Returns the duties that it uncovers, a list."""
        self._decide(self.State.APPROVED, by=by, note=note, at=at)
        return list(self.uncovers())

    @transaction.atomic
    def refuse(self, *, by, note="", at=None):
        """The leader says no."""
        self._decide(self.State.REFUSED, by=by, note=note, at=at)

    @transaction.atomic
    def withdraw(self, *, by, at=None):
        """Take the leave back. What is approved and has begun ends now instead; what is over stays."""
        at = at or timezone.now()
        if by.pk not in self.parties and not by.has_perm("enforcement.approve_change"):
            raise Refused(gettext("Leave is withdrawn by whose it is, or by a leader."))
        values = {"withdrawn_by": by, "withdrawn_at": at}
        mine, state = Leave.objects.filter(pk=self.pk, withdrawn_at=None), self.State
        if mine.filter(state=state.APPROVED, start__lt=at).exists():
            move(mine.filter(state=state.APPROVED, end__gt=at), otherwise=self._who_was_first, end=at, **values)
        else:
            waiting = mine.filter(state__in=[state.ASKED, state.APPROVED])
            move(waiting, otherwise=self._who_was_first, state=state.WITHDRAWN, **values)
        self.refresh_from_db()

    def _decide(self, state, *, by, note, at):
        from enforcement.duty import changing

        alone = changing.judges_alone(by, self.parties)
        asked = Leave.objects.undecided().filter(pk=self.pk)
        values = {"decided_by": by, "decided_at": at or timezone.now(), "decision_note": note.strip()[:200]}
        move(asked, otherwise=self._who_was_first, state=state, decided_alone=alone, **values)
        self.refresh_from_db()

    def _who_was_first(self):
        first = Leave.objects.with_people().get(pk=self.pk)
        if first.withdrawn_at:
            return gettext("%(name)s withdrew this at %(time)s.") % {
                "name": who(first.withdrawn_by), "time": when(first.withdrawn_at),
            }  # fmt: skip
        if first.decided_at is None:
            return gettext("Nobody has decided about this leave yet.")
        named = {"name": who(first.decided_by), "time": when(first.decided_at), "state": first.get_state_display()}
        return gettext("%(name)s has decided this already at %(time)s: %(state)s.") % named


class AbsenceQuerySet(models.QuerySet):
    def touching(self, start, end):
        """Absences that share a moment with [start, end); an open one has no end yet."""
        return self.filter(left_at__lt=end).filter(Q(back_at=None) | Q(back_at__gt=start))

    def open_at(self, at):
        return self.filter(left_at__lte=at).filter(Q(back_at=None) | Q(back_at__gt=at))

    def open(self):
        """Those who are not back yet."""
        return self.filter(back_at=None)

    @transaction.atomic
    def leave_post(self, *, by, officer, reason, told_to, left_at=None, at=None):
        """Somebody who is on duty leaves the post and has told whom; from then on he is not counted. It may be recorded up to
        24 h late. Returns the Absence."""
        at = at or timezone.now()
        left_at = left_at or at
        _refuse_absence(officer, told_to, left_at, at)
        if not reason.strip():
            raise Refused({"reason": gettext("Say why.")})
        values = {"reason": reason.strip()[:200], "told_to": told_to, "recorded_by": by, "recorded_at": at}
        try:
            with transaction.atomic():
                return self.create(officer=officer, left_at=left_at, **values)
        except IntegrityError:
            first = self.open().select_related("recorded_by").get(officer=officer)
            raise TooLate(first._recorded_already()) from None


class Absence(models.Model):
    """离岗报备: somebody on duty left the post, and told whom. It subtracts from coverage from the moment of leaving."""

    officer = of_officer(_("officer"), related_name="absences")
    left_at = models.DateTimeField(_("left at"))
    back_at = models.DateTimeField(_("back at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    told_to = of_officer(_("told to"), null=True, blank=True)
    recorded_by = of_officer(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    back_recorded_by = of_officer(_("return recorded by"), null=True, blank=True, editable=False)
    back_recorded_at = models.DateTimeField(_("return recorded at"), null=True, blank=True, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-left_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(back_at=None) | Q(back_at__gt=F("left_at")), name="absence_ends_after_it_began",
                violation_error_message=_("Somebody comes back after having left."),
            ),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(back_at=None), name="one_open_absence_of_an_officer",
                violation_error_message=_("This officer has left the post already and is not back."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["left_at"], name="absence_by_leaving")]

    def __str__(self):
        return f"{self.officer} · {timezone.localtime(self.left_at):%Y-%m-%d %H:%M}"

    @transaction.atomic
    def come_back(self, *, by, back_at=None, at=None):
        """The officer is at the post again and counts from `back_at` (now) on."""
        at = at or timezone.now()
        back_at = back_at or at
        if back_at > at + CLOCK_TOLERANCE:
            raise Refused({"at": gettext("This moment lies in the future.")})
        if back_at <= self.left_at:
            raise Refused({"at": gettext("Somebody comes back after having left.")})
        away = Absence.objects.open().filter(pk=self.pk)
        move(away, otherwise=self._who_was_first, back_at=back_at, back_recorded_by=by, back_recorded_at=at)
        self.refresh_from_db()

    def _recorded_already(self):
        named = {"name": who(self.recorded_by), "officer": who(self.officer), "time": when(self.left_at)}
        return gettext("%(name)s has recorded already that %(officer)s left at %(time)s.") % named

    def _who_was_first(self):
        first = Absence.objects.select_related("back_recorded_by").get(pk=self.pk)
        return gettext("%(name)s has recorded already that they are back since %(time)s.") % {
            "name": who(first.back_recorded_by), "time": when(first.back_at),
        }  # fmt: skip


def _refuse_absence(officer, told_to, left_at, at):
    """Raise Refused when there is nothing to record: not on duty, nobody told, a moment that cannot be."""
    if told_to is None or told_to.pk == officer.pk:
        raise Refused({"told_to": gettext("Say whom of the others you told.")})
    if left_at > at + CLOCK_TOLERANCE:
        raise Refused({"at": gettext("This moment lies in the future.")})
    if left_at < at - LATE:
        raise Refused({"at": gettext("An absence is recorded within 24 hours.")})
    serves = Assignment.objects.in_force().covering(left_at).filter(officer=officer).exists()
    if not serves and not Custody.objects.at(left_at).filter(officer=officer).exists():
        raise Refused(gettext("%(name)s is not on duty then: nothing is missing at the post.") % {"name": officer})
