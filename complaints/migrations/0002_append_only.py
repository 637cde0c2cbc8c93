"""The triggers that keep the events, call-backs and views of callers as they were written."""

from django.db import migrations

from venues.append_only import protect_all

TABLES = ("complaints_complaintevent", "complaints_callback", "complaints_callerview")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial"), ("venues", "0002_append_only")]
    operations = [migrations.RunPython(*protect_all(*TABLES))]
