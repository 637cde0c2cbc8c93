"""Who is not there although the roster names him: leave, and leaving the post."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _officer(label, related_name="+", **more):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name=related_name, **more
    )


class LeaveQuerySet(models.QuerySet):
    def approved(self):
        return self.filter(state=Leave.State.APPROVED)

    def touching(self, start, end):
        """Leave that shares a moment with [start, end)."""
        return self.filter(start__lt=end, end__gt=start)


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

    officer = _officer(_("officer"), "leaves")
    kind = models.CharField(_("kind of leave"), max_length=8, choices=Kind.choices)
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ASKED)
    asked_by = _officer(_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = _officer(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note on the decision"), max_length=200, blank=True)

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


class AbsenceQuerySet(models.QuerySet):
    def touching(self, start, end):
        """Absences that share a moment with [start, end); an open one has no end yet."""
        return self.filter(left_at__lt=end).filter(Q(back_at=None) | Q(back_at__gt=start))

    def open_at(self, at):
        return self.filter(left_at__lte=at).filter(Q(back_at=None) | Q(back_at__gt=at))


class Absence(models.Model):
    """离岗报备: somebody on duty left the post, and told whom. It subtracts from coverage from the moment of leaving."""

    officer = _officer(_("officer"), "absences")
    left_at = models.DateTimeField(_("left at"))
    back_at = models.DateTimeField(_("back at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    told_to = _officer(_("told to"), null=True, blank=True)
    recorded_by = _officer(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    back_recorded_by = _officer(_("return recorded by"), null=True, blank=True, editable=False)
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
