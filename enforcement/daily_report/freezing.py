"""How a signed report is frozen: a SHA-256 over all that it says, and the trigger of the database that refuses a later change.

The one change that a signed row bears is that of the sending: signed → sent with who, when and to whom, once.
"""

import hashlib
import json

from django.db import connection
from django.utils import timezone

from venues.append_only import triggers_in_use

TABLE = "enforcement_dailyreport"
_GUARD = "venues_factguard"
SENDING = ("state", "sent_by_id", "sent_at", "sent_to")
FIELDS = (
    "number", "as_of", "since", "approximate", "sections", "edits", "written", "figures", "basis", "row_ids", "content_hash",
    "corrects_id", "drafted_by_id", "drafted_at", "reviewed_by_id", "reviewed_at", "signed_by_id", "signed_at",
    "discarded_by_id", "discarded_at",
)  # fmt: skip  # all others of the row; a test holds the list to the model


def content_hash(report):
    """SHA-256 over number, moments, people, text, figures and rows of the report; its state and its sending are not in it."""
    content = {name: _plain(getattr(report, name)) for name in FIELDS if name != "content_hash"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value):
    return value.astimezone(timezone.get_fixed_timezone(0)).isoformat() if hasattr(value, "astimezone") else value


def is_unchanged(report):
    """Whether the signed report is still what was signed."""
    return bool(report.content_hash) and content_hash(report) == report.content_hash


# --- the trigger ------------------------------------------------------------------------------------------------------------
def _names(vendor):
    if vendor == "sqlite":
        return [f"{TABLE}_frozen", f"{TABLE}_kept"]
    return [f"{TABLE}_frozen", f"{TABLE}_no_truncate"]


def _same(operator):
    return " AND ".join(f"NEW.{name} {operator} OLD.{name}" for name in ("id", *FIELDS))


def protect(schema_editor):
    """Create the triggers; idempotent."""
    if schema_editor.connection.vendor == "sqlite":
        frozen, kept = _names("sqlite")
        armed = f"EXISTS (SELECT 1 FROM {_GUARD})"
        signed = "OLD.state IN ('signed', 'sent')"
        sending = f"OLD.state = 'signed' AND NEW.state = 'sent' AND {_same('IS')}"
        refuse = "BEGIN SELECT RAISE(ABORT, 'a signed report is never changed'); END"
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {frozen} BEFORE UPDATE ON {TABLE} "
            f"WHEN {armed} AND {signed} AND NOT ({sending}) {refuse}",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {kept} BEFORE DELETE ON {TABLE} WHEN {armed} AND {signed} {refuse}",
            params=None,
        )
        return
    frozen, no_truncate = _names("postgresql")
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION refuse_change_of_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS (SELECT 1 FROM {_GUARD}) THEN "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
        "IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION 'a signed report is never changed' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF OLD.state NOT IN ('signed', 'sent') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
        "IF TG_OP = 'UPDATE' THEN IF OLD.state = 'signed' AND NEW.state = 'sent' AND "
        f"{_same('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'a signed report is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        params=None,
    )
    for name, when, each in ((frozen, "UPDATE OR DELETE", "ROW"), (no_truncate, "TRUNCATE", "STATEMENT")):
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {TABLE} FOR EACH {each} "
            "EXECUTE FUNCTION refuse_change_of_report()",
            params=None,
        )


def unprotect(schema_editor):
    """Drop them (the way back)."""
    vendor = schema_editor.connection.vendor
    for name in _names(vendor):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if vendor == "sqlite" else f" ON {TABLE}"))


def is_protected():
    """Whether the database has the triggers."""
    return triggers_in_use().issuperset(_names(connection.vendor))


def seed():
    """After every migration: SQLite loses its triggers when it rebuilds a table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        there = {TABLE, _GUARD} <= set(tables) and {"basis", "written"} <= {
            column.name for column in connection.introspection.get_table_description(cursor, TABLE)
        }
    if there and not is_protected():
        protect(connection.schema_editor())
