"""The terms on which supplies were kept before they were changed, and the triggers that keep them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [
        ("enforcement", "0013_report_acts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at"),
                ),
                ("low_level", models.PositiveIntegerField(null=True, verbose_name="low when below")),
                (
                    "norm",
                    models.DecimalField(
                        decimal_places=2, max_digits=6, null=True, verbose_name="need per officer and shift"
                    ),
                ),
                ("is_active", models.BooleanField(verbose_name="active")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_terms",
                        to="enforcement.supplyitem",
                        verbose_name="supply",
                    ),
                ),
            ],
            options={
                "verbose_name": "former terms of a supply",
                "verbose_name_plural": "former terms of supplies",
                "ordering": ["until", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.RunPython(*protect_all("enforcement_formerterms")),
    ]
