"""Recheck hours that held before they were changed, and the triggers that keep them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0003_recorded_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerRecheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at"),
                ),
                ("hours", models.PositiveSmallIntegerField(verbose_name="look again within (hours)")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_rechecks",
                        to="venues.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "former recheck hours",
                "verbose_name_plural": "former recheck hours",
                "ordering": ["until", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.RunPython(*protect_all("venues_formerrecheck")),
    ]
