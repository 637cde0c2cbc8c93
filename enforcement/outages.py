"""What counts as "the database is away", and how to say something to a database that may be."""

import contextlib
import logging

from django.db import Error as DatabaseProblem
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

logger = logging.getLogger(__name__)

# PostgreSQL reports these as internal errors: a server that only reads (a standby), and a session that it has ended.
_AWAY_STATES = {"25006", "25P03"}
_PATIENCE_MS = (
    300  # for what must not keep a page waiting; otherwise SQLite waits for its lock as long as for real work
)


def is_outage(error):
    """Whether this exception, or one that it was raised from, says that the database is away, locked, full or only reads."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, (OperationalError, InterfaceError)):
            return True
        if isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", None) in _AWAY_STATES:
            return True
        error = error.__cause__ or error.__context__
    return False


def if_possible(what, write):
    """Call `write()`, which must never make a request fail: in a transaction of its own, impatient, only logged when refused."""
    try:
        with _impatient(), transaction.atomic():
            write()
    except DatabaseProblem as error:
        logger.warning("%s could not be written: %s", what, type(error).__name__)


@contextlib.contextmanager
def _impatient():
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
    try:
        yield
    finally:
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {before}")
