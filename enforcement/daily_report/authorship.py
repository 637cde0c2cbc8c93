"""Who wrote a report, and the triggers of the database that keep its writers from reviewing and signing it.

Three of them, armed like those of the facts: the text and its version change only with the row of who changed it; such a row comes
with the next version of an open report; and who wrote words that stand in the text is neither its reviewer nor its signatory.
"""

from django.db import connection

from venues.append_only import triggers_in_use

REPORT, EDIT = "enforcement_dailyreport", "enforcement_reportedit"
_GUARD = "venues_factguard"
_ARMED = f"EXISTS (SELECT 1 FROM {_GUARD})"
_AUTHOR = (
    f"EXISTS (SELECT 1 FROM {EDIT} e WHERE e.report_id = NEW.id AND e.act = 'edited' "
    "AND (e.by_id = NEW.reviewed_by_id OR e.by_id = NEW.signed_by_id) AND e.version > "
    f"COALESCE((SELECT MAX(f.version) FROM {EDIT} f WHERE f.report_id = NEW.id AND f.act = 'afresh'), 0))"
)
# name: (table, verb, when it refuses ({differs}: the operator of the database), what it says)
_TRIGGERS = {
    f"{REPORT}_text_has_its_author": (
        REPORT, "UPDATE",
        "(NEW.sections {differs} OLD.sections OR NEW.edits <> OLD.edits) AND NOT (NEW.edits = OLD.edits + 1 AND EXISTS "
        f"(SELECT 1 FROM {EDIT} e WHERE e.report_id = NEW.id AND e.version = NEW.edits))",
        "a text changes with the row of who changed it",
    ),
    f"{REPORT}_author_does_not_sign": (
        REPORT, "UPDATE", f"NEW.state IN ('reviewed', 'signed') AND {_AUTHOR}", "who wrote a report neither reviews nor signs it",
    ),
    f"{EDIT}_is_the_next_version": (
        EDIT, "INSERT",
        f"NOT EXISTS (SELECT 1 FROM {REPORT} r WHERE r.id = NEW.report_id AND r.state IN ('draft', 'reviewed') "
        "AND r.edits + 1 = NEW.version)",
        "a version follows the one before it, and none the signature",
    ),
}  # fmt: skip


def protect(schema_editor):
    """Create the triggers; idempotent."""
    for name, (table, verb, when, words) in _TRIGGERS.items():
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} WHEN {_ARMED} AND "
                f"{when.replace('{differs}', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{words}'); END",
                params=None,
            )
            continue
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_ARMED} AND {when.replace('{differs}', 'IS DISTINCT FROM')} THEN "
            f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{name}()",
            params=None,
        )


def unprotect(schema_editor):
    """Drop them (the way back)."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name, (table, *_rest) in _TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if sqlite else f" ON {table}"))


def is_protected():
    """Whether the database has the triggers."""
    return triggers_in_use().issuperset(_TRIGGERS)


def seed():
    """After every migration: SQLite loses its triggers when it rebuilds a table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if {REPORT, EDIT, _GUARD} <= set(tables) and not is_protected():
        protect(connection.schema_editor())


# --- for the page
def who_wrote(report, language):
    """{section: [(officer, at)]} of the edits that stand in this language's text, first the latest; and, under "", of who had it
    written from the figures: the drafter or who wrote it anew, the latest alone."""
    found = {"": [(report.drafted_by, report.drafted_at)]}
    for version in report.versions.filter(version__lte=report.edits).select_related("by"):
        if version.act == version.Act.EDITED:
            for name in version.sections:
                said, _blank, key = name.partition(" ")
                if said == language:
                    found.setdefault(key, []).insert(0, (version.by, version.at))
            continue
        if version.act == version.Act.AFRESH:
            found.clear()
        found[""] = [(version.by, version.at)]
    return found
