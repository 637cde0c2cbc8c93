"""The trigger that keeps the audit trail as it was written."""

from django.db import migrations

from venues.append_only import protect_all


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0002_initial"), ("venues", "0002_append_only")]
    operations = [migrations.RunPython(*protect_all("enforcement_auditentry"))]
