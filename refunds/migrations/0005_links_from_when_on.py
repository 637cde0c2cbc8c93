"""From when on the travellers of a group count at the organiser's, and the triggers that keep it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0004_renaming"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at"),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="counts from")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="refunds.tourgroup",
                        verbose_name="tour group",
                    ),
                ),
                (
                    "organiser",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="refunds.tourgroup",
                        verbose_name="the organiser's group of these travellers",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "link of groups",
                "verbose_name_plural": "links of groups",
                "ordering": ["occurred_at", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organiser", None),
                            models.Q(("organiser", models.F("group")), _negated=True),
                            _connector="OR",
                        ),
                        name="link_is_of_two_groups",
                    )
                ],
            },
        ),
        migrations.RunPython(*protect_all("refunds_grouplink")),
    ]
