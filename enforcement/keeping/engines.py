"""What the two databases do each in their own way: a still picture while others write, a room of one's own to rebuild in, and
putting what was rebuilt in the place of what is in use, at once or not at all.

SQLite: the online backup API, both ways. PostgreSQL: one REPEATABLE READ transaction to read, a schema of its own to rebuild in,
one transaction to exchange the tables. No program beside Python is needed (no pg_dump, which a web server often does not have).
"""

import contextlib
import glob
import os
import secrets
import sqlite3
import time
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connections, transaction

PREFIX = "restoring_"
_RIGHTS = """
    SELECT quote_ident(current_user), quote_ident(current_database()), quote_ident(current_schema()),
        has_database_privilege(current_database(), 'CREATE'), has_schema_privilege(current_schema(), 'CREATE'),
        (SELECT string_agg(DISTINCT quote_ident(tableowner), ', ') FROM pg_tables
            WHERE schemaname = current_schema() AND NOT pg_has_role(tableowner, 'USAGE'))
"""
PATIENCE = 60  # seconds to wait for the others to let go
ATTEMPTS = 5


def engine():
    """The engine of the database in use."""
    live = connections["default"]
    return SQLite(live) if live.vendor == "sqlite" else PostgreSQL(live)


@contextlib.contextmanager
def speaking_to(other):
    """Within, `connection` and all querysets of this thread speak to another database, closed afterwards."""
    live = connections["default"]
    ContentType.objects.clear_cache()  # it holds ids
    connections["default"] = other
    try:
        yield other
    finally:
        connections["default"] = live
        ContentType.objects.clear_cache()
        other.close()


class SQLite:
    def __init__(self, live):
        self.live = live
        self.path = Path(live.settings_dict["NAME"])
        self.prefix = f".{PREFIX}{self.path.name}-"  # several databases may lie in one folder

    def size(self):
        return sum(path.stat().st_size for path in (self.path, Path(f"{self.path}-wal")) if path.exists())

    def lacks_room(self, content):
        """What is missing, in bytes, where the database lies: to rebuild, and to take over through the journal; 0 if nothing."""
        return lacking(self.path.parent, 4 * content)

    @contextlib.contextmanager
    def snapshot(self, folder):
        """Within, the database as it is now, however much others write."""
        with _file_in(folder, self.prefix) as path:
            source = self.live.copy()
            source.ensure_connection()
            try:
                with contextlib.closing(sqlite3.connect(path)) as copy:
                    source.connection.backup(copy)
                    copy.execute("PRAGMA journal_mode=DELETE")
                    fault = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            finally:
                source.close()
            if fault != "ok":
                raise CommandError(
                    f"The database is damaged ({fault}). Nothing was written; earlier backups are as they were."
                )
            with speaking_to(self._at(path, "PRAGMA query_only=ON")):
                yield

    @contextlib.contextmanager
    def scratch(self):
        """Within, an empty database of one's own beside the one in use."""
        with _file_in(self.path.parent, self.prefix) as path:
            careless = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON"
            with speaking_to(self._at(path, careless)):
                yield

    def refuse_without_rights(self):
        """CommandError when the file may not be replaced; said before anything is begun."""
        if not os.access(self.path.parent, os.W_OK) or (self.path.exists() and not os.access(self.path, os.W_OK)):
            raise CommandError(f"{self.path} and its folder may not be written by this account. Nothing was changed.")

    def take_over(self):
        """Within `scratch`: its content becomes that of the database in use, in one transaction of SQLite's own journal."""
        rebuilt = connections["default"]
        rebuilt.ensure_connection()
        target = self.live.copy()
        deadline = time.monotonic() + PATIENCE

        def wait(status, remaining, total):
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
                raise CommandError("Others hold the database. Nothing was changed: stop the server, or try once more.")

        try:
            target.ensure_connection()
            rebuilt.connection.backup(target.connection, progress=wait, sleep=0.1)
        except sqlite3.Error as error:
            raise CommandError(f"The database could not be replaced, and was not changed: {error}") from error
        finally:
            target.close()

    def clear_leftovers(self):
        for path in self.path.parent.glob(f"{glob.escape(self.prefix)}*.sqlite3*"):
            path.unlink(missing_ok=True)

    def _at(self, path, pragmas):
        other = self.live.copy()
        other.settings_dict["NAME"] = str(path)
        other.settings_dict["OPTIONS"] = {**other.settings_dict["OPTIONS"], "init_command": pragmas}
        return other


class PostgreSQL:
    def __init__(self, live):
        self.live = live

    def size(self):
        with self.live.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]

    def lacks_room(self, content):
        return 0  # its disk is not ours to measure; a full one rolls everything back

    @contextlib.contextmanager
    def snapshot(self, folder):
        """Within, the database as it is now, however much others write."""
        with speaking_to(self._patient()) as reader, transaction.atomic(), reader.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    @contextlib.contextmanager
    def scratch(self):
        """Within, an empty schema of one's own in the database in use; nobody else looks into it."""
        self.schema = PREFIX + secrets.token_hex(6)
        self._alone(f"CREATE SCHEMA {self.schema}")
        try:
            with speaking_to(self._patient(f"-c search_path={self.schema} -c synchronous_commit=off")):
                yield
        finally:
            self._alone(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")

    def refuse_without_rights(self):
        """CommandError when the account lacks what rebuilding and exchanging the tables needs; said before anything is begun."""
        with self.live.cursor() as cursor:
            cursor.execute(_RIGHTS)
            account, database, schema, may_rebuild, may_put, strangers = cursor.fetchone()
        lacks = []
        if not may_rebuild:
            lacks.append(f"GRANT CREATE ON DATABASE {database} TO {account};")
        if schema is None:
            lacks.append(f"GRANT USAGE, CREATE ON SCHEMA public TO {account};")
        elif not may_put:
            lacks.append(f"GRANT CREATE ON SCHEMA {schema} TO {account};")
        if strangers:
            lacks.append(f"REASSIGN OWNED BY {strangers} TO {account};")
        if lacks:
            raise CommandError(
                f"The account {account} may not restore: it lacks a right in the database. Its owner gives it, then restore again: "
                f"{' '.join(lacks)} Nothing was changed."
            )

    def take_over(self):
        """Within `scratch`: its tables take the place of those in use, in one transaction; whoever reads waits that long."""
        connections["default"].close()
        for attempt in range(ATTEMPTS):
            try:
                with speaking_to(self.live.copy()), transaction.atomic():
                    return self._exchange()
            except OperationalError as error:  # others hold a lock, or hold each other
                if attempt + 1 == ATTEMPTS:
                    raise CommandError(
                        "Others hold the database. Nothing was changed: stop the server, or try once more."
                    ) from error
            except DatabaseError as error:  # a view or a trigger of somebody else's stands on them
                raise CommandError(f"The database could not be replaced, and was not changed: {error}") from error

    def clear_leftovers(self):
        with self.live.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ %s", [f"^{PREFIX}[0-9a-f]{{12}}$"])
            found = [name for (name,) in cursor.fetchall()]
        for name in found:
            self._alone(f"DROP SCHEMA IF EXISTS {name} CASCADE")

    def _exchange(self):
        quote = connections["default"].ops.quote_name
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT current_schema()")
            place = quote(cursor.fetchone()[0])
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [self.schema])
            tables = [quote(name) for (name,) in cursor.fetchall()]
            cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'{place}.{table}' for table in tables)}")
            cursor.execute(
                "SELECT quote_ident(p.proname), pg_get_function_identity_arguments(p.oid) FROM pg_proc p "
                "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s",
                [self.schema],
            )
            for name, arguments in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION IF EXISTS {place}.{name}({arguments})")
                cursor.execute(f"ALTER FUNCTION {self.schema}.{name}({arguments}) SET SCHEMA {place}")
            for table in tables:
                cursor.execute(f"ALTER TABLE {self.schema}.{table} SET SCHEMA {place}")
            cursor.execute(f"DROP SCHEMA {self.schema}")  # RESTRICT: nothing may be left in it

    def _patient(self, more=""):
        """A connection of one's own without the limits that pages have."""
        other = self.live.copy()
        options = other.settings_dict["OPTIONS"]
        limits = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
        other.settings_dict["OPTIONS"] = {**options, "options": f"{options.get('options', '')} {limits} {more}".strip()}
        return other

    def _alone(self, statement):
        other = self._patient()
        try:
            with other.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:  # a view or a trigger of somebody else's stands on them
            raise CommandError(
                "The account of the database may not make a schema to rebuild the backup in. "
                "Its owner allows it: GRANT CREATE ON DATABASE … TO …"
            ) from error
        finally:
            other.close()


def lacking(folder, needed):
    """How many bytes of `needed` are not free in this folder, or in the nearest one above it that exists."""
    folder = Path(folder)
    while not folder.exists():
        folder = folder.parent
    room = os.statvfs(folder)
    return max(0, needed - room.f_bavail * room.f_frsize)


@contextlib.contextmanager
def _file_in(folder, prefix):
    """The path of a private file that goes afterwards, with the journals beside it."""
    path = Path(folder) / f"{prefix}{secrets.token_hex(6)}.sqlite3"
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
