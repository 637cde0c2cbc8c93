"""Nothing that was said is cut: events and remarks are texts. Sheets of one number are counted, so that a list may go back to what
it said before; news about ended complaints wait to be read."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def count_sheets(apps, schema_editor):
    """Number the sheets of each external no. in the order in which they came."""
    sheets = apps.get_model("complaints", "Sheet").objects.using(schema_editor.connection.alias)
    last = {}
    for sheet in sheets.order_by("pk").only("channel_id", "external_no", "nth").iterator():
        key = (sheet.channel_id, sheet.external_no)
        last[key] = sheet.nth = last.get(key, 0) + 1
        sheet.save(update_fields=["nth"])


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0004_further_callers_wait"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            model_name="call", name="remark", field=models.TextField(blank=True, verbose_name="remark")
        ),
        migrations.AlterField(
            model_name="complaintevent", name="text", field=models.TextField(blank=True, verbose_name="text")
        ),
        migrations.AddField(
            model_name="sheet",
            name="nth",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="how many came with this no."),
        ),
        migrations.AddField(
            model_name="sheet",
            name="news",
            field=models.BooleanField(default=False, verbose_name="new words about an ended complaint"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="read at"),
        ),
        migrations.AddField(
            model_name="sheet",
            name="seen_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="read by",
            ),
        ),
        migrations.RemoveConstraint(model_name="sheet", name="sheet_is_imported_once"),
        migrations.RunPython(count_sheets, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=("channel", "external_no", "nth"),
                name="sheet_is_imported_once",
                violation_error_message="This sheet was imported before.",
            ),
        ),
        migrations.AddIndex(
            model_name="sheet",
            index=models.Index(
                condition=models.Q(("news", True), ("seen_at", None)), fields=["imported_at"], name="sheet_news"
            ),
        ),
    ]
