"""Groups that go by another number: which number was whose, with the triggers that keep it as it was written."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0003_r5a_refused_call_backs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Renaming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at"),
                ),
                ("was", models.CharField(db_index=True, max_length=60, verbose_name="former group no.")),
                ("now", models.CharField(max_length=60, verbose_name="group no.")),
                ("kept", models.BooleanField(default=False, verbose_name="the group kept its number")),
                ("occurred_at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renamings",
                        to="refunds.tourgroup",
                        verbose_name="tour group",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.agencyreport",
                        verbose_name="return",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone",
                        to="refunds.renaming",
                        verbose_name="takes back",
                    ),
                ),
            ],
            options={
                "verbose_name": "former number of a group",
                "verbose_name_plural": "former numbers of groups",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("was", ""), _negated=True),
                            models.Q(("now", ""), _negated=True),
                            models.Q(("was", models.F("now")), _negated=True),
                        ),
                        name="renaming_names_two_numbers",
                        violation_error_message="Give the other number by which the group goes.",
                    )
                ],
            },
        ),
        migrations.RunPython(*protect_all("refunds_renaming")),
    ]
