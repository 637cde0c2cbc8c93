"""值班日志: the duty log, written once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


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
