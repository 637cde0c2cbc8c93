"""The triggers that keep movements of supplies, health checks and the disinfection log as they were written."""

from django.db import migrations

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0010_supplies_safety_reports")]
    operations = [
        migrations.RunPython(
            *protect_all("enforcement_supplymovement", "enforcement_healthcheck", "enforcement_disinfection")
        )
    ]
