"""Who edited a draft last; and on PostgreSQL no two rosters share a day, whatever happens at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forbid_overlaps(apps, schema_editor):
    """An exclusion constraint; on SQLite, where writes follow one another, the question before the INSERT is enough."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE enforcement_roster ADD CONSTRAINT rosters_do_not_overlap "
            "EXCLUDE USING gist (daterange(starts_on, ends_on, '[]') WITH &&)"
        )


def allow_overlaps(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE enforcement_roster DROP CONSTRAINT rosters_do_not_overlap")


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0006_now_custody_and_handover")]
    operations = [
        migrations.AddField(
            model_name="rosterversion",
            name="edited_by",
            field=models.ForeignKey(
                editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to=settings.AUTH_USER_MODEL, verbose_name="edited by",
            ),
        ),
        migrations.RunPython(forbid_overlaps, allow_overlaps),
    ]  # fmt: skip
