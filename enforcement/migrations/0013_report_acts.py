"""What a daily report is written from, who discarded a draft, one report of a moment; and the triggers that freeze what is signed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from enforcement.daily_report import freezing


def forwards(apps, schema_editor):
    freezing.protect(schema_editor)


def backwards(apps, schema_editor):
    freezing.unprotect(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("enforcement", "0012_supplies_entered_and_listed"),
    ]

    operations = [
        migrations.AddField(
            model_name="dailyreport",
            name="basis",
            field=models.JSONField(default=dict, editable=False, verbose_name="flows"),
        ),
        migrations.AddField(
            model_name="dailyreport",
            name="discarded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="discarded at"),
        ),
        migrations.AddField(
            model_name="dailyreport",
            name="discarded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="discarded by",
            ),
        ),
        migrations.AddField(
            model_name="dailyreport",
            name="written",
            field=models.JSONField(default=dict, editable=False, verbose_name="text as written from the figures"),
        ),
        migrations.AddConstraint(
            model_name="dailyreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["signed", "sent"]), ("number", None), _connector="OR"),
                name="a_number_comes_with_the_signature",
            ),
        ),
        migrations.AddConstraint(
            model_name="dailyreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "reviewed"])),
                fields=("as_of",),
                name="one_open_report_of_a_moment",
                violation_error_message="A report of this moment is being drafted already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dailyreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects", None), ("state__in", ["signed", "sent"])),
                fields=("as_of",),
                name="one_first_issue_of_a_moment",
                violation_error_message="A report of this moment is signed already: correct it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dailyreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["signed", "sent"])),
                fields=("corrects",),
                name="an_issue_is_corrected_once",
                violation_error_message="Another issue corrects it already: correct that one.",
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
