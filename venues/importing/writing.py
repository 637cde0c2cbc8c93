"""Writing many venues at once, with their search key and their history, on both databases.

Rows go to the database as plain tuples: making 50,000 model instances and preparing each of their fields takes several times
as long as all the rest of an import. The history is copied by the database itself, one statement for each piece.
"""

import json
from types import SimpleNamespace

from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, F, Max, OuterRef, Value

from venues.models import Venue, VenueImportRow
from venues.search import search_key

CREATED, CHANGED, REMOVED = "+", "~", "-"


def freeze_registry():
    """Let nobody else write venues until this transaction ends; reading, and facts that point to venues, go on.

    SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(Venue._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def create(values, *, by, at, why):
    """Insert a venue for each of these dicts of values; returns their pks in the same order."""
    fields = [field for field in Venue._meta.concrete_fields if not field.primary_key]
    blank = {field.name: field.get_default() for field in fields}
    blank["created_at"] = connection.ops.adapt_datetimefield_value(at)
    pks = _reserve(Venue, len(values))
    rows = []
    for pk, said in zip(pks, values, strict=True):
        whole = {**blank, **said}
        whole["search_key"] = search_key(SimpleNamespace(**whole))
        rows.append((pk, *whole.values()))
    _insert(Venue, [Venue._meta.pk, *fields], rows)
    write_history(pks, CREATED, by=by, at=at, why=why)
    return pks


def _reserve(model, n):
    """`n` new primary keys. Must run while nobody else inserts into the table, or on PostgreSQL."""
    if not n:
        return []
    if connection.vendor != "postgresql":
        last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
        return list(range(last + 1, last + n + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, n],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _insert(model, fields, rows):
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})", rows
        )


_KEPT = (
    "sheet", "row", "action", "level", "name", "values", "changes", "findings", "candidates", "venue_id", "decision",
    "decided_by_id", "scope_before", "scope_after",
)  # fmt: skip
_AS_JSON = {"values", "changes", "findings", "candidates"}


def keep(run, planned):
    """Insert the planned rows as rows of the import `run`."""
    attributes = {field.attname: field for field in VenueImportRow._meta.concrete_fields}
    fields = [attributes["run_id"], *(attributes[name] for name in _KEPT)]
    rows = [
        (run.pk, *(_json(getattr(row, name)) if name in _AS_JSON else getattr(row, name) for name in _KEPT))
        for row in planned
    ]
    _insert(VenueImportRow, fields, rows)


def _json(value):
    return json.dumps(value, ensure_ascii=False) if value else ("[]" if isinstance(value, list) else "{}")


def update(changes, *, by, at, why):
    """Apply {pk: {field: new value}} to venues."""
    venues = Venue.objects.in_bulk(list(changes))
    _begin_history(list(venues))
    fields = sorted({name for values in changes.values() for name in values})
    columns = [Venue._meta.get_field(name) for name in [*fields, "search_key"]]
    rows = []
    for pk, venue in venues.items():
        for name, value in changes[pk].items():
            field = Venue._meta.get_field(name)
            setattr(venue, field.attname, field.to_python(value) if not field.is_relation else value)
        venue.search_key = search_key(venue)
        rows.append([*(f.get_db_prep_save(getattr(venue, f.attname), connection) for f in columns), pk])
    _update_many(Venue, columns, rows)
    write_history(list(venues), CHANGED, by=by, at=at, why=why)


def _update_many(model, fields, rows):
    """One UPDATE for each row of [values of the fields…, pk]; bulk_update's CASE WHEN is many times slower."""
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {assigned} WHERE id = %s", rows)


def link(rows):
    """Write the venue of these saved import rows."""
    rows = list(rows)
    if rows:
        field = rows[0]._meta.get_field("venue")
        _update_many(type(rows[0]), [field], [[row.venue_id, row.pk] for row in rows])


def delete(pks, *, by, at, why):
    """Remove venues that nothing points to; their history stays."""
    write_history(pks, REMOVED, by=by, at=at, why=why)
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Venue._meta.db_table)
        cursor.executemany(f"DELETE FROM {table} WHERE id = %s", [[pk] for pk in pks])


def write_history(pks, kind, *, by, at, why):
    """Copy these venues as they are now into the history; `kind` is CREATED, CHANGED or REMOVED."""
    if pks:
        _copy(Venue.objects.filter(pk__in=pks), kind, at=at, by=by, why=why)


def _begin_history(pks):
    """Venues without any history get the row with which it begins: what they were before their first change."""
    older = Venue.history.filter(id=OuterRef("pk"))
    _copy(Venue.objects.filter(~Exists(older), pk__in=pks), CREATED, at=None, by=None, why=None)


def _copy(venues, kind, *, at, by, why):
    """INSERT … SELECT of `venues` into the history; `at` None is each venue's own moment of entry."""
    history, quote = Venue.history.model, connection.ops.quote_name
    tracked = [field.attname for field in history.tracked_fields]
    said = {
        "history_date": F("created_at") if at is None else Value(at, DateTimeField()),
        "history_change_reason": Value(why, CharField()),
        "history_type": Value(kind, CharField()),
        "history_user_id": Value(by and by.pk, BigIntegerField()),
    }
    target = [*(history._meta.get_field(field.name).column for field in history.tracked_fields), *said]
    chosen = venues.order_by("pk").annotate(**{f"said_{name}": value for name, value in said.items()})
    sql, params = chosen.values_list(*tracked, *(f"said_{name}" for name in said)).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(history._meta.db_table)} ({', '.join(map(quote, target))}) {sql}", params)
