"""A complaint keeps all the alerts that it ever raised, not only the latest one."""

from django.db import migrations, models


def take_over(apps, schema_editor):
    """The alert of each complaint is the first of its alerts."""
    complaint = apps.get_model("complaints", "Complaint")
    through = complaint.alerts.through.objects.using(schema_editor.connection.alias)
    raised = complaint.objects.using(schema_editor.connection.alias).exclude(alert=None).order_by()
    rows = [through.model(complaint_id=pk, alert_id=alert) for pk, alert in raised.values_list("pk", "alert")]
    through.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0005_whole_words_and_sheets_in_order"),
        ("venues", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="alerts",
            field=models.ManyToManyField(
                blank=True, related_name="complaints", to="venues.alert", verbose_name="alerts so far"
            ),
        ),
        migrations.AlterField(
            model_name="complaintevent",
            name="act",
            field=models.CharField(
                choices=[
                    ("register", "registered"),
                    ("dispatch", "dispatched"),
                    ("sign", "signed for"),
                    ("arrive", "arrived"),
                    ("find", "finding"),
                    ("stop", "stopped"),
                    ("tell", "caller told"),
                    ("close", "closed"),
                    ("answer_at_once", "answered at once"),
                    ("not_accept", "not accepted"),
                    ("transfer", "transferred"),
                    ("merge", "merged"),
                    ("void", "declared void"),
                    ("return", "returned"),
                    ("still_going_on", "still going on"),
                    ("reopen", "reopened"),
                    ("resend", "sent to others"),
                    ("separate", "taken out of the merged ones"),
                    ("give_up", "caller given up"),
                    ("add_call", "another call added"),
                    ("tell_further", "further caller told"),
                    ("follow_up", "asked after the answer"),
                    ("set_urgency", "urgency changed"),
                    ("recategorise", "filed anew"),
                    ("external", "external no. and deadline"),
                    ("supervise", "supervised"),
                    ("extend", "extended"),
                    ("note", "note"),
                ],
                max_length=16,
                verbose_name="what",
            ),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
