"""Who wrote the text of a daily report: one row for each version, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from venues.append_only import Fact


class ReportEditQuerySet(models.QuerySet):
    def standing(self, report):
        """The edits whose words may stand in the text: those after it was last written wholly from the figures."""
        made = self.filter(report=report, version__lte=report.edits)
        afresh = made.filter(act=ReportEdit.Act.AFRESH).aggregate(last=Max("version"))["last"] or 0
        return made.filter(act=ReportEdit.Act.EDITED, version__gt=afresh)

    def is_by(self, officer, report):
        """Whether this officer wrote words of the text that stands there."""
        return self.standing(report).filter(by=officer).exists()


class ReportEdit(Fact):
    """One version of the text after the first. Who changes words is an author, and neither reviews nor signs them; who has the text
    written from the figures writes no words, and when no edited section is kept the authors before are authors no longer.

    `sections`: ["zh-hans force", …] that changed; `texts`: {language: {section: the new text}} of them. The database refuses a text
    without its row here, and the review and the signature of an author (daily_report/authorship.py)."""

    class Act(models.TextChoices):
        EDITED = "edited", _("edited")
        REWRITTEN = "rewritten", _("written anew from the figures, edited sections kept")
        AFRESH = "afresh", _("written anew from the figures, edits thrown away")

    report = models.ForeignKey(
        "enforcement.DailyReport", verbose_name=_("daily report"), on_delete=models.PROTECT, related_name="versions"
    )
    version = models.PositiveIntegerField(_("version of the text"))
    act = models.CharField(_("act"), max_length=9, choices=Act.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="report_edits"
    )
    sections = models.JSONField(_("sections"), default=list)
    texts = models.JSONField(_("text"), default=dict)

    objects = ReportEditQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a report's text")
        verbose_name_plural = _("versions of reports' texts")
        ordering = ["pk"]
        indexes = [models.Index(fields=["report", "version"], name="report_edit_by_version")]

    def __str__(self):
        return f"{self.report} {self.version}"
