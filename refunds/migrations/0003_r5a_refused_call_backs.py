"""A traveller who will not say whether the money arrived is not called again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="callbackanswer",
            name="result",
            field=models.CharField(
                choices=[
                    ("received", "money received"),
                    ("partly", "received in part"),
                    ("not_received", "not received"),
                    ("refused", "will not say"),
                    ("no_answer", "no answer"),
                    ("wrong_number", "wrong number"),
                ],
                max_length=12,
                verbose_name="result",
            ),
        ),
    ]
