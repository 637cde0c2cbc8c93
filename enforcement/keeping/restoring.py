"""Restoring a backup: rebuilt beside what is in use, proved there, and only then put in its place, at once or not at all."""

import contextlib
import itertools

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error as DatabaseProblem
from django.db import connection, transaction

from complaints.retention import forget
from enforcement.keeping import engines, files, rows, versions
from enforcement.keeping.backing_up import PROBE, SPARE, back_up
from enforcement.keeping.running import ending_cleanly, undisturbed
from venues.append_only import fact_models
from venues.models import Venue
from venues.secrets import decrypt
from venues.transitions import Refused

NOTHING_CHANGED = "Nothing was changed."


def restore(archive, *, force=False, other_keys=False, keep_in=None):
    """Make the database and the uploaded files what they were in `archive`; but what is to be forgotten by now is forgotten before
    it is in use. With `keep_in` (a folder) what is there now is backed up first. CommandError, and nothing changed, when the archive
    is not whole, its keys are others, rows are in the way, or the account of the database may not do it. Returns the path of that
    backup or None, and {what: how many} was forgotten."""
    with ending_cleanly():
        _refuse(archive, force, other_keys)
        kept = back_up(keep_in)[0] if keep_in and holds_rows() else None
        with files.Stage(archive) as stage, rebuilt(archive) as engine:
            call_command("migrate", interactive=False, verbosity=0)  # up to this version, its seeds and triggers
            forgotten = forget(days=settings.CALLER_KEPT_DAYS)
            trail = {"what": archive.path.name, "rows": archive.rows}
            get_user_model().objects.leave_trail("restore", detail=trail)
            stage.place()
            with undisturbed():
                engine.take_over()
                stage.replace()
    return kept, forgotten


@contextlib.contextmanager
def rebuilt(archive):
    """Within, `connection` speaks to a database of one's own that holds the rows of the archive, proved to be the same.

    Yields the engine, which can put it in the place of the one in use."""
    engine = engines.engine()
    engine.clear_leftovers()
    _ask_for_room(archive, engine)
    with engine.scratch():
        apps = versions.build(archive.manifest["migrations"], "The backup")
        fill(archive, apps)
        if wrong := [table for table, same in compared(archive, apps).items() if not same]:
            raise CommandError(f"The rebuilt rows are not those of the backup: {', '.join(wrong)}. {NOTHING_CHANGED}")
        yield engine


def fill(archive, apps):
    """Write the rows of the archive into the empty tables of its version."""
    models = rows.models_by_table(apps)
    if set(models) != set(archive.tables):
        odd = ", ".join(sorted(set(models) ^ set(archive.tables)))
        raise CommandError(f"The tables of the backup are not those of its version: {odd}. {NOTHING_CHANGED}")
    try:
        with transaction.atomic():
            rows.empty(models.values())
            for table, model in models.items():
                if rows.columns_of(model) != archive.tables[table]["columns"]:
                    raise CommandError(f"The columns of {table} are not those of its version. {NOTHING_CHANGED}")
                rows.insert(model, archive.lines(table))
            numbers = {models[table]: said["last_number"] for table, said in archive.tables.items()}
            rows.go_on_after({model: number for model, number in numbers.items() if number is not None})
            connection.check_constraints()
    except (DatabaseProblem, ValueError, TypeError) as error:
        raise CommandError(f"The rows of the backup do not fit together: {error} {NOTHING_CHANGED}") from error


def compared(archive, apps):
    """{table: whether the database that `connection` speaks to holds in it what the archive says}."""
    found = {}
    for table, model in rows.models_by_table(apps).items():
        content, said = rows.content_of(model), archive.tables[table]
        found[table] = (content.rows, content.sha256) == (said["rows"], said["content"])
    return found


def holds_rows():
    """Whether the database in use holds anything that people made: accounts, venues, or a fact of any kind."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    models = itertools.chain([get_user_model(), Venue], fact_models())
    return any(_has_row(model._meta.db_table) for model in models if model._meta.db_table in tables)


def _has_row(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
        return cursor.fetchone() is not None


def _refuse(archive, force, other_keys):
    if faults := archive.faults():
        raise CommandError(f"{archive.path} is damaged or was changed: {' '.join(faults[:3])} {NOTHING_CHANGED}")
    if not other_keys and (problem := keys_problem(archive)):
        raise CommandError(f"{problem} To restore it all the same: --other-keys. {NOTHING_CHANGED}")
    engines.engine().refuse_without_rights()
    if not force and holds_rows():
        raise CommandError(
            f"The database holds rows, which a restore replaces. If you want that: --force. {NOTHING_CHANGED}"
        )


def keys_problem(archive):
    """What does not fit between the archive and the keys of this installation, as a sentence; "" when they are the same."""
    if not archive.is_sealed():
        return (
            "The seal of the backup does not fit: either it was changed, or CALLER_HASH_KEY (in development the secret) is not "
            "the one under which it was made."
        )
    try:
        fits = decrypt(archive.manifest["probe"]) == PROBE
    except Refused:
        fits = False
    return "" if fits else "None of the CALLER_KEYS of this installation opens the callers of the backup."


def _ask_for_room(archive, engine):
    content = sum(table["bytes"] for table in archive.tables.values())
    uploads = sum(file["bytes"] for file in archive.files.values())
    short = max(engine.lacks_room(content + SPARE), engines.lacking(files.folder(), uploads + SPARE))
    if short:
        raise CommandError(f"There is no room to restore: {-(-short // 1_000_000)} MB are missing. {NOTHING_CHANGED}")
