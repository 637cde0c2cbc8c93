"""Start-up checks with ids `enforcement.E…`: what would lose data or leave a door open is reported before it serves.

`manage.py check --deploy --database default` shows all of them; in production the same list keeps `wsgi.py` from serving at all.
What is only about durability is a warning in development, where a throw-away database may be as careless as it likes.
"""

import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseProblem
from django.db import connections

from complaints.checks import check_caller_keys
from enforcement.daily_report import authorship, freezing
from enforcement.models import DailyReport, ReportEdit
from venues.append_only import FactGuard, missing_triggers

SECRET_LENGTH = 50
DEMO_PASSWORDS = {"zhishou-2020"}  # the published one, also when another is set
NETWORK_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "davfs", "ncpfs", "vboxsf",
    "fuse.sshfs", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs",
    "fuse.ceph", "fuse.smbnetfs", "fuse.juicefs", "drvfs",
}  # fmt: skip
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1}
SYNCHRONOUS_COMMIT = {"on", "remote_apply", "remote_write", "local"}  # all but off wait for the disk


# --- settings -------------------------------------------------------------------------------------------------------------
@register(Tags.security, deploy=True)
def check_secret(app_configs=None, **kwargs):
    found = []
    for name, secret in [
        ("SECRET_KEY", settings.SECRET_KEY),
        *(("SECRET_KEY_FALLBACKS", s) for s in settings.SECRET_KEY_FALLBACKS),
    ]:
        if len(secret) < SECRET_LENGTH or len(set(secret)) < 10:
            found.append(
                Error(f"{name} is too short or too plain: {SECRET_LENGTH} random characters.", id="enforcement.E001")
            )
    if settings.PRODUCTION and _development_secret() == settings.SECRET_KEY:
        found.append(Error("SECRET_KEY is that of the development installation beside it.", id="enforcement.E002"))
    return found


def _development_secret():
    try:
        return (settings.BASE_DIR / ".secret-key").read_text().strip()
    except OSError:
        return None


@register(Tags.security, deploy=True)
def check_hosts(app_configs=None, **kwargs):
    loose = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if loose or not settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS names every host, one by one: no *, no leading dot.", id="enforcement.E003")]
    return []


@register(Tags.security, deploy=True)
def check_private_files(app_configs=None, **kwargs):
    private = Path(settings.DATA_DIR).resolve()
    shown = [Path(settings.STATIC_ROOT).resolve(), *(Path(place).resolve() for place in settings.STATICFILES_DIRS)]
    if any(private.is_relative_to(place) or place.is_relative_to(private) for place in shown):
        return [Error("DATA_DIR lies in a folder that the web server shows.", id="enforcement.E004")]
    return []


# --- databases ------------------------------------------------------------------------------------------------------------
@register(Tags.database)
def check_durability(app_configs=None, databases=None, **kwargs):
    """The settings that keep an acknowledged write through a power cut, as they are really in force."""
    found = []
    for alias in databases or []:
        connection = connections[alias]
        look = _sqlite_faults if connection.vendor == "sqlite" else _postgresql_faults
        found += [_serious(message, number) for message, number in look(connection)]
    return found


def _serious(message, number):
    return (Error if settings.PRODUCTION else Warning)(message, id=f"enforcement.E{number:03d}")


def _sqlite_faults(connection):
    with connection.cursor() as cursor:
        for name, wanted in PRAGMAS.items():
            value = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if value != wanted:
                yield f"SQLite: PRAGMA {name} is {value!r}, not {wanted!r}.", 10
    kind = file_system(connection.settings_dict["NAME"])
    if kind in NETWORK_FILE_SYSTEMS:
        yield (
            f"SQLite lies on a network file system ({kind}), where its locks do not hold: use a local disk or PostgreSQL.",
            11,
        )


def file_system(path, mounts="/proc/mounts"):
    """The kind of the file system that holds `path` as the kernel names it; empty where it cannot be told."""
    place, best, kind = os.path.realpath(path), "", ""
    try:
        lines = Path(mounts).read_text().splitlines()
    except OSError:
        return ""
    for line in lines:
        point, this = line.split()[1:3]
        point = point.replace("\\040", " ")
        if len(point) >= len(best) and (place == point or place.startswith(point.rstrip("/") + "/")):
            best, kind = point, this
    return kind


def _postgresql_faults(connection):
    with connection.cursor() as cursor:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "server_encoding"):
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
            if name == "server_encoding":
                if value != "UTF8":
                    yield f"PostgreSQL: the encoding of the database is {value}, not UTF8.", 21
            elif value not in (SYNCHRONOUS_COMMIT if name == "synchronous_commit" else {"on"}):
                yield f"PostgreSQL: {name} is {value}: a power cut would lose what was acknowledged.", 20


@register(Tags.database)
def check_facts(app_configs=None, databases=None, **kwargs):
    """The guard of the facts is armed and none of their triggers is missing (once there are tables)."""
    if "default" not in (databases or []) or not _has_table(FactGuard):
        return []
    found = []
    if not FactGuard.objects.exists():
        found.append(_serious("The guard of the facts is not armed: run manage.py migrate --skip-checks.", 30))
    if tables := missing_triggers():
        found.append(
            _serious(f"Facts without their triggers: {', '.join(tables)}. Run manage.py migrate --skip-checks.", 31)
        )
    if (_has_table(DailyReport) and not freezing.is_protected()) or (
        _has_table(ReportEdit) and not authorship.is_protected()
    ):
        found.append(_serious("Daily reports without their triggers: run manage.py migrate --skip-checks.", 32))
    return found


@register(Tags.database)
def check_demo_accounts(app_configs=None, databases=None, **kwargs):
    """No demonstration account and no superuser with the demonstration password in production."""
    if not settings.PRODUCTION or "default" not in (databases or []) or not _has_table(get_user_model()):
        return []
    found = []
    if demo_account_is_open():
        found.append(
            Error("A demonstration account is active. Make it inactive in the administration.", id="enforcement.E040")
        )
    for officer in get_user_model().objects.filter(is_active=True, is_superuser=True):
        if any(officer.check_password(password) for password in DEMO_PASSWORDS | {settings.DEMO_PASSWORD}):
            found.append(
                Error(f"The superuser {officer.username} has the demonstration password.", id="enforcement.E041")
            )
    return found


def demo_account_is_open():
    return get_user_model().objects.filter(is_active=True, is_demo=True).exists()


def _has_table(model):
    connection = connections["default"]
    return model._meta.db_table in connection.introspection.table_names()


# --- the door -------------------------------------------------------------------------------------------------------------
ALL = (
    check_secret,
    check_hosts,
    check_private_files,
    check_durability,
    check_facts,
    check_demo_accounts,
    check_caller_keys,
)


def refuse_to_serve():
    """In production raise ImproperlyConfigured with everything that must be mended first. A database that is away does not keep
    the process from starting: it answers 503 until the database is back, and demonstration accounts cannot sign in anyway."""
    if not settings.PRODUCTION:
        return
    faults = []
    for check in ALL:
        try:
            faults += check(databases=["default"])
        except DatabaseProblem:
            continue
    if faults:
        raise ImproperlyConfigured("Not started: " + " ".join(f"[{fault.id}] {fault.msg}" for fault in faults))
