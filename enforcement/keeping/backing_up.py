"""Making a backup while the server runs and writes: the rows of one moment, then the files that they name, in one sealed file."""

import contextlib
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from enforcement.keeping import archive, engines, files, rows, versions
from enforcement.keeping.running import ending_cleanly
from venues.secrets import encrypt

SPARE = 16 * 1024 * 1024
PROBE = "值守"  # encrypted in the manifest, to be tried where the backup is restored


def back_up(folder, *, at=None):
    """Write a backup into the folder; returns (its path, its manifest). Whatever goes wrong, nothing is left behind."""
    at = at or timezone.now()
    folder = Path(folder)
    with ending_cleanly():
        _prepare(folder)
        engine = engines.engine()
        with archive.new_file(folder) as (file, keep_as), archive.Writer(file) as writer:
            with engine.snapshot(folder):
                manifest, named = _write_rows(writer, at)
            manifest["files"], manifest["missing_files"] = _write_files(writer, named)
            seal = writer.finish(manifest)
            path = keep_as(f"zhishou-{timezone.localtime(at):%Y%m%d-%H%M%S}-{seal[:6]}.zip")
        get_user_model().objects.leave_trail("backup", detail={"what": path.name, "rows": total(manifest)}, at=at)
    return path, manifest


def total(manifest):
    return sum(table["rows"] for table in manifest["tables"].values())


def _prepare(folder):
    """Refuse a folder that is no place for a backup, or has no room for one."""
    place = folder.resolve()
    shown = [Path(settings.STATIC_ROOT).resolve(), *(Path(name).resolve() for name in settings.STATICFILES_DIRS)]
    if any(place.is_relative_to(other) for other in shown):
        raise CommandError(f"{folder} is a folder that the web server shows. Choose another one with --to.")
    if place.is_relative_to(files.folder().resolve()):
        raise CommandError(f"{folder} lies among the uploaded files. Choose another one with --to.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
    archive.clear_leftovers(folder)
    needed = 2 * engines.engine().size() + files.size() + SPARE
    if short := engines.lacking(folder, needed):
        raise CommandError(
            f"There is no room for a backup in {folder}: {_mega(needed)} MB are needed, {_mega(short)} MB are missing."
        )


def _mega(count):
    return -(-count // 1_000_000)


def _write_rows(writer, at):
    """Write every table; returns (the manifest without the files, the names of the files that rows point to)."""
    migrations = versions.applied()
    if not migrations:
        raise CommandError("The database is empty: there is nothing to back up. (manage.py migrate makes its tables.)")
    models = rows.models_by_table(versions.apps_at(migrations, "The database"))
    tables = {table: _write_table(writer, table, model) for table, model in models.items()}
    with connection.cursor() as cursor:
        known = {*models, *rows.LEFT_OUT, "django_migrations"}
        foreign = sorted(set(connection.introspection.table_names(cursor)) - known)
    manifest = {
        "format": archive.FORMAT,
        "made_at": timezone.localtime(at).isoformat(),
        "unit": settings.UNIT_NAME,
        "database": connection.vendor,
        "migrations": migrations,
        "tables": tables,
        "left_out": sorted(rows.LEFT_OUT) + foreign,
        "foreign_tables": foreign,
        "probe": encrypt(PROBE),
    }
    return manifest, files.named_by_rows(models.values())


def _write_table(writer, table, model):
    content = rows.Content()

    def lines():
        for row in rows.rows_of(model):
            content.add(row)
            yield rows.line_of(row)

    size, digest = writer.add(f"tables/{table}.jsonl", lines())
    return {
        "rows": content.rows,
        "content": content.sha256,
        "columns": rows.columns_of(model),
        "last_number": rows.last_number(model),
        "bytes": size,
        "sha256": digest,
    }


def _write_files(writer, named):
    """Write the uploaded files; one that came after the rows does no harm. Returns ({name: what}, names that are not there)."""
    written = {}
    for name in files.present():
        with contextlib.suppress(FileNotFoundError), open(files.folder() / name, "rb") as file:
            size, digest = writer.add(f"files/{name}", files.pieces(file), pack=False)
            written[name] = {"bytes": size, "sha256": digest}
    return written, sorted(named - written.keys())
