"""值班日志: the duty log, written once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact
from venues.models.inspections import CLOCK_TOLERANCE
from venues.transitions import Refused


class DutyLogQuerySet(models.QuerySet):
    def write(self, *, by, text, kind, at=None, corrects=None):
        """Append a line; `at` is when it happened, now if it is not said. A correction names the line that it corrects."""
        now = timezone.now()
        if at is not None and at > now + CLOCK_TOLERANCE:
            raise Refused({"at": gettext("This moment lies in the future.")})
        if kind not in DutyLogEntry.Kind.values:
            raise Refused({"kind": gettext("Choose what kind of entry it is.")})
        if kind != DutyLogEntry.Kind.NIL and not text.strip():
            raise Refused({"text": gettext("Say what happened.")})
        if (kind == DutyLogEntry.Kind.CORRECTION) != (corrects is not None):
            raise Refused(gettext("A correction names the entry that it corrects, and nothing else does."))
        return self.create(by=by, text=text.strip(), kind=kind, at=at or now, corrects=corrects)


class DutyLogEntry(Fact):
    """One line of the log. A mistake is corrected by another line that names it."""

    class Kind(models.TextChoices):
        ENTRY = "entry", _("entry")
        ORDER = "order", _("order received")
        REPORT = "report", _("reported upward")
        NIL = "nil", _("nil report")
        CORRECTION = "correction", _("correction")

    at = models.DateTimeField(_("at"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ENTRY)
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="duty_log"
    )
    corrects = models.ForeignKey(
        "self", verbose_name=_("corrects"), null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )

    objects = DutyLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the duty log")
        verbose_name_plural = _("duty log")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="duty_log_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="nil") | ~models.Q(text=""), name="a_log_entry_says_something",
                violation_error_message=_("Say what happened."),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}"
