"""Rows as lines of text that are the same on every database, and the hash of what a table holds.

A line is the JSON array of one row, in the order of the model's columns; rows come in the order of their keys. The hash is taken
over the lines with the keys of inner objects sorted, because PostgreSQL does not keep their order.
"""

import base64
import datetime
import decimal
import hashlib
import itertools
import json
import uuid

from django.core.management.color import no_style
from django.db import connection
from django.utils.duration import duration_iso_string

LEFT_OUT = {"django_session"}  # whoever holds an old cookie must not be signed in by a restore
BATCH = 500


def models_by_table(apps):
    """{table: model} of everything that is kept, in the order of the tables' names; `apps` may be those of an earlier version."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    }
    return {table: found[table] for table in sorted(found) if table not in LEFT_OUT}


def fields_of(model):
    return [field for field in model._meta.concrete_fields if not field.generated]


def columns_of(model):
    return [field.column for field in fields_of(model)]


class Content:
    """Counts and hashes rows as they pass."""

    def __init__(self):
        self.rows, self._digest = 0, hashlib.sha256()

    def add(self, row):
        self.rows += 1
        self._digest.update(_json(row, sort_keys=True))

    @property
    def sha256(self):
        return self._digest.hexdigest()


def rows_of(model):
    """The rows of a table as lists of plain values, by key; nothing is gathered in memory."""
    names = [field.attname for field in fields_of(model)]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=2000):
        yield [_plain(value) for value in row]


def line_of(row):
    return _json(row, sort_keys=False)


def content_of(model, *, first=None):
    """The Content of a table in the database, or of its first rows only."""
    content = Content()
    for row in itertools.islice(rows_of(model), first):
        content.add(row)
    return content


def insert(model, lines):
    """Write lines back as rows, with their keys; no signals, no defaults, nothing is reckoned anew."""
    fields = fields_of(model)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
    values = ([_stored(*pair) for pair in zip(fields, json.loads(line), strict=True)] for line in lines)
    with connection.cursor() as cursor:
        while batch := list(itertools.islice(values, BATCH)):
            cursor.executemany(statement, batch)


def empty(models):
    """Take all rows out (those that migrations brought along); inside one transaction, whose end checks the references."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


# --- the next number ------------------------------------------------------------------------------------------------------


def last_number(model):
    """The highest number that the database ever gave to a row of this table, deleted ones included; None where it gives none."""
    key = model._meta.pk
    if not getattr(key, "db_returning", False) or not key.get_internal_type().endswith("AutoField"):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            found = cursor.fetchone()
            return found[0] if found else 0
        quote = connection.ops.quote_name
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(model._meta.db_table), key.column])
        cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {cursor.fetchone()[0]}")
        return cursor.fetchone()[0]


def go_on_after(numbers):
    """`numbers` {model: last number given}: no number is given a second time, not even that of a row that was deleted."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for model, number in numbers.items():
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
                cursor.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [model._meta.db_table, number]
                )
            return
        for statement in connection.ops.sequence_reset_sql(no_style(), list(numbers)):
            cursor.execute(statement)
        quote = connection.ops.quote_name
        for model, number in numbers.items():
            if number:
                place = [quote(model._meta.db_table), model._meta.pk.column, number]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", place)


# --- values ---------------------------------------------------------------------------------------------------------------


def _json(row, *, sort_keys):
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=False)
    return text.encode() + b"\n"


def _plain(value):
    """A value as JSON can hold it and `field.to_python` reads it."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration_iso_string(value)
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _stored(field, value):
    return field.get_db_prep_save(field.to_python(value), connection)
