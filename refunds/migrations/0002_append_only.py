"""The triggers that keep lines, ledger, proofs, decisions and call-backs as they were written."""

from django.db import migrations

from venues.append_only import protect_all

TABLES = (
    "refunds_groupline", "refunds_refund", "refunds_evidence", "refunds_deduction", "refunds_deductionproof",
    "refunds_deductiondecision", "refunds_travellerview", "refunds_callbacksample", "refunds_callbackanswer",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("refunds", "0001_initial"), ("venues", "0002_append_only")]
    operations = [migrations.RunPython(*protect_all(*TABLES))]
