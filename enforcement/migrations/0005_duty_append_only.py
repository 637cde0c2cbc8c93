"""The triggers that keep the duty log and the addenda of handovers as they were written."""

from django.db import migrations

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0004_duty_roster")]
    operations = [migrations.RunPython(*protect_all("enforcement_dutylogentry", "enforcement_handoveraddendum"))]
