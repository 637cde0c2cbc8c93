"""Held by the database too: only the well are cleared."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0015_report_edits")]

    operations = [
        migrations.AddConstraint(
            model_name="healthcheck",
            constraint=models.CheckConstraint(
                condition=~Q(result="cleared") | Q(temperature__lt=Decimal("37.3"), symptoms="", contact=False),
                name="only_the_well_are_cleared",
                violation_error_message="With 37.3 °C or more, a symptom or a contact nobody is cleared.",
            ),
        ),
    ]
