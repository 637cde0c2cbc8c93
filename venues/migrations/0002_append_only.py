"""The triggers that keep facts as they were written; on SQLite and on PostgreSQL."""

from django.db import migrations

from venues.append_only import protect_all

TABLES = (
    "venues_ordermove", "venues_targetmove", "venues_notice", "venues_inspection", "venues_inspection_officers",
    "venues_rejectedinspection", "venues_violationmove",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("venues", "0001_initial")]
    operations = [migrations.RunPython(*protect_all(*TABLES))]
