"""日报: the daily report, written from figures, signed by another person than its drafter, frozen with a hash."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _officer(label, **more):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more
    )


class DailyReport(models.Model):
    """第N期. draft → reviewed → signed → sent. `sections` {language: {section key: text}} is what will be printed, editable
    until it is signed; signing writes `figures` (the JSON of figures(as_of)), `row_ids` (which rows each count counted) and
    `content_hash` (SHA-256 over number, moments, figures, row ids, sections) in the same act, and nothing changes afterwards:
    a mistake is corrected by a later issue that names it in `corrects`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEWED = "reviewed", _("reviewed")
        SIGNED = "signed", _("signed")
        SENT = "sent", _("sent")
        DISCARDED = "discarded", _("discarded")

    number = models.PositiveIntegerField(_("issue no."), null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    as_of = models.DateTimeField(_("as of"))
    since = models.DateTimeField(_("cumulative since"), null=True, blank=True)
    approximate = models.BooleanField(_("round figures (余)"), default=False)
    sections = models.JSONField(_("text"), default=dict)
    edits = models.PositiveIntegerField(_("number of edits"), default=0, editable=False)
    figures = models.JSONField(_("figures"), null=True, blank=True, editable=False)
    row_ids = models.JSONField(_("rows counted"), null=True, blank=True, editable=False)
    content_hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)
    corrects = models.ForeignKey(
        "self", verbose_name=_("corrects"), null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    drafted_by = _officer(_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    reviewed_by = _officer(_("reviewed by"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    signed_by = _officer(_("signed by"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    sent_by = _officer(_("sent by"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.CharField(_("sent to"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("daily report")
        verbose_name_plural = _("daily reports")
        ordering = ["-as_of", "-pk"]
        permissions = [
            ("draft_report", _("Can draft daily reports")),
            ("sign_report", _("Can review and sign daily reports")),
            ("view_signed_report", _("Can see signed daily reports")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "sent"])
                | (Q(signed_by__isnull=False, number__isnull=False, figures__isnull=False) & ~Q(content_hash="")),
                name="a_signed_report_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("drafted_by")), name="who_drafted_does_not_sign",
                violation_error_message=_("Who drafted a report does not sign it."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "as_of"], name="report_by_state")]

    def __str__(self):
        return f"{self.number}" if self.number else f"{timezone.localtime(self.as_of):%Y-%m-%d %H:%M}"
