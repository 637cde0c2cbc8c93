"""Who wrote which version of a report's text. Of what is there already the audit trail knows it; its triggers come with `seed`."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from enforcement.daily_report import authorship

ACTS = {"report_edited": "edited", "report_rewritten": "rewritten"}


def from_the_trail(apps, schema_editor):
    """One row for each edit that the trail tells of: the n-th of a report made its version n."""
    edits, entries = apps.get_model("enforcement", "ReportEdit"), apps.get_model("enforcement", "AuditEntry")
    known = set(apps.get_model("enforcement", "DailyReport").objects.values_list("pk", flat=True))
    told = entries.objects.filter(act__in=ACTS, about_type="enforcement.dailyreport").exclude(by=None).order_by("pk")
    versions = {}
    for entry in told.iterator():
        report = int(entry.about_id)
        if report in known:
            versions[report] = versions.get(report, 0) + 1
            edits.objects.create(
                report_id=report, version=versions[report], act=ACTS[entry.act], by_id=entry.by_id, at=entry.at,
                sections=entry.detail.get("fields", []),
            )  # fmt: skip
    _ask_for_other_reviewers(apps)


def _ask_for_other_reviewers(apps):
    """Who edited a text could review it until now, and nobody could sign it any more: such a report is a draft again."""
    reports, edits = apps.get_model("enforcement", "DailyReport"), apps.get_model("enforcement", "ReportEdit")
    own = edits.objects.filter(act="edited", report=models.OuterRef("pk"), by=models.OuterRef("reviewed_by"))
    by_authors = reports.objects.filter(models.Exists(own), state="reviewed")
    by_authors.update(state="draft", reviewed_by=None, reviewed_at=None)


def without_the_triggers(apps, schema_editor):
    """The way back: those of the daily report ask this table."""
    authorship.unprotect(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0014_the_past_keeps_its_terms")]

    operations = [
        migrations.CreateModel(
            name="ReportEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at"),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version of the text")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("edited", "edited"),
                            ("rewritten", "written anew from the figures, edited sections kept"),
                            ("afresh", "written anew from the figures, edits thrown away"),
                        ],
                        max_length=9,
                        verbose_name="act",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("sections", models.JSONField(default=list, verbose_name="sections")),
                ("texts", models.JSONField(default=dict, verbose_name="text")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_edits",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="enforcement.dailyreport",
                        verbose_name="daily report",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a report's text",
                "verbose_name_plural": "versions of reports' texts",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["report", "version"], name="report_edit_by_version")],
            },
        ),
        migrations.RunPython(from_the_trail, without_the_triggers),
    ]
