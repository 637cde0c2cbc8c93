"""The chain of custody begins once; a handover names its post and who withdrew it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enforcement", "0005_duty_append_only"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="handover",
            name="one_handover_in_preparation",
        ),
        migrations.AddField(
            model_name="handover",
            name="post",
            field=models.CharField(
                choices=[("phone", "telephone"), ("leader", "leadership")],
                default="phone",
                max_length=6,
                verbose_name="post",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at"),
        ),
        migrations.AddField(
            model_name="handover",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="withdrawn by",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="withdrawn_why",
            field=models.CharField(blank=True, max_length=200, verbose_name="why it was withdrawn"),
        ),
        migrations.AddConstraint(
            model_name="custody",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "first")),
                fields=("post",),
                name="one_first_custody_of_a_post",
                violation_error_message="Somebody else has just taken this post.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "prepared")),
                fields=("post",),
                name="one_handover_in_preparation",
                violation_error_message="A handover is being prepared already.",
            ),
        ),
    ]
