from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enforcement", "0015_report_edits"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="supplymovement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "issue"), _negated=True) | models.Q(("issued_to__isnull", False)),
                name="an_issue_names_its_officer",
                violation_error_message="Say to whom.",
            ),
        ),
    ]
