"""Facts: rows that are written once. The model refuses a second save, and a database trigger refuses everybody else.

The triggers are armed by one row of `FactGuard`, made after every migration. Only tests (whose flush empties all tables) and
the retention command take it away, inside their own transaction; a start-up check reports a guard or a trigger that is missing.
After every migration the triggers of all facts are completed: SQLite loses them when it rebuilds a table, and a new kind of
fact has none yet.
"""

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from venues.transitions import Refused


class Fact(models.Model):
    """A row that is never changed nor deleted. Subclasses carry their own moment of occurrence beside `recorded_at`."""

    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Refused(_("A recorded fact is never changed: record a correction."))
        kwargs["force_insert"] = True  # or Django would try an UPDATE first when the key is given
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Refused(_("A recorded fact is never deleted: record a correction."))


class FactGuard(models.Model):
    """The one row that arms the triggers."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        verbose_name = _("guard of the facts")
        verbose_name_plural = _("guard of the facts")

    def __str__(self):
        return "armed"


def seed():
    """Complete the triggers and arm them; idempotent."""
    for table in missing_triggers():
        protect(connection.schema_editor(), table)
    FactGuard.objects.get_or_create(pk=1)


_GUARD = "venues_factguard"


def fact_models():
    """All kinds of facts, of every app that is installed."""
    return [model for model in apps.get_models() if issubclass(model, Fact)]


def fact_tables():
    """The tables of all facts with those of their many-to-many relations (who took part is part of what happened)."""
    tables = []
    for model in fact_models():
        tables.append(model._meta.db_table)
        tables += [
            field.m2m_db_table()
            for field in model._meta.local_many_to_many
            if field.remote_field.through._meta.auto_created
        ]
    return tables


def triggers_in_use():
    """The names of the triggers of the database; on PostgreSQL of the schema in use alone, for a restore builds another beside it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND n.nspname = current_schema()"
            )
        return {name for (name,) in cursor.fetchall()}


def missing_triggers():
    """The tables of facts that stand in the database without all their triggers."""
    triggers = triggers_in_use()
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
    return [
        table
        for table in fact_tables()
        if table in present and not triggers.issuperset(_names(connection.vendor, table))
    ]


def _names(vendor, table):
    if vendor == "sqlite":
        return [f"{table}_no_update", f"{table}_no_delete"]
    return [f"{table}_append_only", f"{table}_no_truncate"]


def protect(schema_editor, table):
    """Create the triggers that forbid UPDATE and DELETE on `table` (for a RunPython of a migration); idempotent."""
    quoted = schema_editor.quote_name(table)
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {quoted} "
                f"WHEN EXISTS (SELECT 1 FROM {_GUARD}) "
                f"BEGIN SELECT RAISE(ABORT, 'a recorded fact is never changed'); END",
                params=None,
            )
        return
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION refuse_change_of_fact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT 1 FROM {_GUARD}) THEN "
        f"RAISE EXCEPTION 'a recorded fact is never changed' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        params=None,
    )
    row, whole = _names("postgresql", table)
    for name, when, each in ((row, "UPDATE OR DELETE", "ROW"), (whole, "TRUNCATE", "STATEMENT")):
        schema_editor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {quoted} FOR EACH {each} "
            "EXECUTE FUNCTION refuse_change_of_fact()",
            params=None,
        )


def unprotect(schema_editor, table):
    """Drop the triggers of `table` (the way back of `protect`)."""
    of_table = "" if schema_editor.connection.vendor == "sqlite" else f" ON {schema_editor.quote_name(table)}"
    for name in _names(schema_editor.connection.vendor, table):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}", params=None)


def protect_all(*tables):
    """The pair of functions for `RunPython`: protect these tables, and the way back."""

    def forwards(apps, schema_editor):
        for table in tables:
            protect(schema_editor, table)

    def backwards(apps, schema_editor):
        for table in tables:
            unprotect(schema_editor, table)

    return forwards, backwards
