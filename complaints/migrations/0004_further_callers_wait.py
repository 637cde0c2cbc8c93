"""Calls that were added before further callers were told one by one: who wanted an answer is in the event of the call, and its
limit is as long as that of the complaint."""

from django.db import migrations


def fill(apps, schema_editor):
    events = apps.get_model("complaints", "ComplaintEvent").objects.filter(act="add_call", data__wants_reply=True)
    calls = apps.get_model("complaints", "Call").objects.exclude(caller=None).exclude(complaint=None)
    for data, received_at, due in events.values_list("data", "complaint__received_at", "complaint__answer_due_at"):
        for call in calls.filter(pk=data["call"]):
            call.wants_reply = True
            call.answer_due_at = due and call.started_at + (due - received_at)
            call.save(update_fields=["wants_reply", "answer_due_at"])


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_callers_owed")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
