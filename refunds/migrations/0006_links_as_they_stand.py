"""The links that there are, from the moment at which they were made."""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce


def forwards(apps, schema_editor):
    links, groups = apps.get_model("refunds", "GroupLink"), apps.get_model("refunds", "TourGroup")
    linked = groups.objects.exclude(linked=None).annotate(since=Coalesce(F("linked_at"), F("created_at")))
    links.objects.bulk_create(
        links(group_id=group, organiser_id=organiser, occurred_at=since, recorded_at=since, recorded_by_id=by)
        for group, organiser, since, by in linked.values_list("pk", "linked", "since", "linked_by")
    )


class Migration(migrations.Migration):
    dependencies = [("refunds", "0005_links_from_when_on")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
