"""The start-up checks find what would lose data or leave a door open, and keep production from serving with it."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from enforcement import checks
from enforcement.daily_report import freezing
from enforcement.models import Officer
from venues.models import FactGuard

GOOD_SECRET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR"


@pytest.fixture
def production(settings):
    settings.PRODUCTION = True
    settings.SECRET_KEY = GOOD_SECRET
    settings.CALLER_KEYS, settings.CALLER_HASH_KEY = [Fernet.generate_key().decode()], GOOD_SECRET[::-1]
    settings.ALLOWED_HOSTS = ["duty.example.org"]
    return settings


def ids(found):
    return [fault.id for fault in found]


# --- settings
@pytest.mark.parametrize(
    ("secret", "faults"), [(GOOD_SECRET, []), ("short", ["enforcement.E001"]), ("a" * 60, ["enforcement.E001"])]
)
def test_a_secret_is_long_and_not_plain(production, secret, faults):
    production.SECRET_KEY = secret
    assert ids(checks.check_secret()) == faults


def test_an_old_secret_is_checked_as_well(production):
    production.SECRET_KEY_FALLBACKS = ["old"]
    assert ids(checks.check_secret()) == ["enforcement.E001"]


def test_production_has_a_secret_of_its_own(production, monkeypatch):
    monkeypatch.setattr(checks, "_development_secret", lambda: GOOD_SECRET)
    assert ids(checks.check_secret()) == ["enforcement.E002"]
    production.PRODUCTION = False
    assert checks.check_secret() == []


@pytest.mark.parametrize("hosts", [["*"], [".example.org"], [], ["duty.example.org", "*"]])
def test_hosts_are_named_one_by_one(production, hosts):
    production.ALLOWED_HOSTS = hosts
    assert ids(checks.check_hosts()) == ["enforcement.E003"]


def test_private_files_do_not_lie_where_everybody_can_fetch_them(production):
    assert checks.check_private_files() == []
    production.DATA_DIR = production.BASE_DIR / "static" / "private"
    assert ids(checks.check_private_files()) == ["enforcement.E004"]


# --- databases
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("pragma", "back"),
    [
        ("synchronous = NORMAL", "synchronous = FULL"),
        ("secure_delete = OFF", "secure_delete = ON"),
        ("recursive_triggers = OFF", "recursive_triggers = ON"),
        ("foreign_keys = OFF", "foreign_keys = ON"),
    ],
)
def test_a_careless_sqlite_is_found(pragma, back):
    assert checks.check_durability(databases=["default"]) == []
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {pragma}")
        found = checks.check_durability(databases=["default"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {back}")
    assert ids(found) == ["enforcement.E010"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/data/db.sqlite3", "nfs4"),
        ("/data 2/x/db.sqlite3", "cifs"),
        ("/database/db.sqlite3", "ext4"),
        ("/data/local/db.sqlite3", "xfs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(tmp_path, path, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /data nfs4 rw 0 0\n"
        "//nas/x /data\\0402 cifs rw 0 0\n/dev/sdb1 /data/local xfs rw 0 0\n"
    )
    assert checks.file_system(path, mounts=mounts) == kind


def test_where_the_kernel_tells_nothing_the_check_is_silent(tmp_path):
    assert checks.file_system("/data/db.sqlite3", mounts=tmp_path / "none") == ""


@pytest.mark.sqlite
def test_sqlite_on_a_network_file_system_is_found(db, monkeypatch):
    monkeypatch.setattr(checks, "file_system", lambda path: "nfs4")
    assert ids(checks.check_durability(databases=["default"])) == ["enforcement.E011"]


class Server:
    """A PostgreSQL as its settings tell it."""

    vendor = "postgresql"

    def __init__(self, **values):
        good = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "server_encoding": "UTF8"}
        self.values = {**good, **values}

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def execute(self, statement):
        self.asked = statement.removeprefix("SHOW ")

    def fetchone(self):
        return (self.values[self.asked],)


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({}, []),
        ({"synchronous_commit": "remote_apply"}, []),
        ({"fsync": "off"}, [20]),
        ({"full_page_writes": "off"}, [20]),
        ({"synchronous_commit": "off"}, [20]),
        ({"server_encoding": "SQL_ASCII"}, [21]),
    ],
)
def test_a_careless_postgresql_is_found(values, faults):
    assert [number for _message, number in checks._postgresql_faults(Server(**values))] == faults


@pytest.mark.postgresql
def test_the_settings_are_really_asked_of_the_server(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        careless = cursor.fetchone()[0] != "on"
    assert bool(ids(checks.check_durability(databases=["default"]))) is careless


def test_careless_databases_are_a_warning_in_development_and_an_error_in_production(settings):
    settings.PRODUCTION = False
    assert not checks._serious("x", 20).is_serious()
    settings.PRODUCTION = True
    assert checks._serious("x", 20).is_serious()


def test_facts_without_guard_or_trigger_are_found(db):
    assert checks.check_facts(databases=["default"]) == []
    FactGuard.objects.all().delete()
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON enforcement_auditentry"
        name = (
            "enforcement_auditentry_no_update"
            if connection.vendor == "sqlite"
            else "enforcement_auditentry_append_only"
        )
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert ids(checks.check_facts(databases=["default"])) == ["enforcement.E030", "enforcement.E031"]
    freezing.unprotect(connection.schema_editor())
    assert ids(checks.check_facts(databases=["default"]))[2:] == ["enforcement.E032"]


def test_an_empty_database_is_no_fault_before_its_first_migration(db, monkeypatch, production):
    monkeypatch.setattr(checks, "_has_table", lambda model: False)
    assert checks.check_facts(databases=["default"]) == []
    assert checks.check_demo_accounts(databases=["default"]) == []


# --- demonstration accounts
def test_a_demonstration_account_is_found_in_production(production, leader):
    Officer.objects.filter(pk=leader.pk).update(is_demo=True)
    assert ids(checks.check_demo_accounts(databases=["default"])) == ["enforcement.E040"]
    Officer.objects.filter(pk=leader.pk).update(is_active=False)
    assert checks.check_demo_accounts(databases=["default"]) == []


@pytest.mark.parametrize("password", ["zhishou-2020", "our-own-demo"])
def test_a_superuser_with_a_demonstration_password_is_found(production, db, password):
    production.DEMO_PASSWORD = "our-own-demo"
    root = Officer.objects.create_superuser("root", password)
    assert ids(checks.check_demo_accounts(databases=["default"])) == ["enforcement.E041"]
    root.set_password("another-horse-battery")
    root.save()
    assert checks.check_demo_accounts(databases=["default"]) == []


def test_development_may_have_them(leader):
    Officer.objects.filter(pk=leader.pk).update(is_demo=True)
    assert checks.check_demo_accounts(databases=["default"]) == []


def test_production_does_not_serve_with_them(production, leader, monkeypatch):
    monkeypatch.setattr(checks, "ALL", (checks.check_secret, checks.check_hosts, checks.check_demo_accounts))
    checks.refuse_to_serve()
    Officer.objects.filter(pk=leader.pk).update(is_demo=True)
    with pytest.raises(ImproperlyConfigured, match="E040"):
        checks.refuse_to_serve()


def test_a_database_that_is_away_does_not_keep_the_process_from_starting(production, db):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse):
        checks.refuse_to_serve()


# --- the whole, in a process of its own
def manage(*words, **environment):
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    return subprocess.run(
        [sys.executable, *words],
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        env={**clean, "ENV_FILE": os.devnull, "PYTHONPATH": str(django_settings.BASE_DIR), **environment},
    )


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """The environment of a production installation on SQLite, migrated."""
    folder = tmp_path_factory.mktemp("production")
    values = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": GOOD_SECRET,
        "ALLOWED_HOSTS": "duty.example.org",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DATA_DIR": str(folder / "files"),
        "CALLER_KEYS": Fernet.generate_key().decode(),
        "CALLER_HASH_KEY": GOOD_SECRET[::-1],
    }
    done = manage("manage.py", "migrate", "-v0", **values)
    assert done.returncode == 0, done.stderr
    return values


SERVE = "import enforcement.wsgi; print('serving')"
DEMO = (
    "import django; django.setup(); from enforcement.models import Officer; "
    "Officer.objects.update_or_create(username='duty', defaults={'name': 'x', 'is_demo': True, 'is_active': ACTIVE})"
)


@pytest.mark.slow
def test_the_production_profile_is_clean(profile):
    done = manage("manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default", **profile)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_server_refuses_to_start_with_a_demonstration_account_and_starts_without(profile):
    profile = {**profile, "DJANGO_SETTINGS_MODULE": "enforcement.settings"}
    manage("-c", DEMO.replace("ACTIVE", "True"), **profile)
    refused = manage("-c", SERVE, **profile)
    assert refused.returncode != 0
    assert "enforcement.E040" in refused.stderr
    manage("-c", DEMO.replace("ACTIVE", "False"), **profile)
    assert manage("-c", SERVE, **profile).stdout == "serving\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS"),
        ("ENVIRONMENT", "staging", "ENVIRONMENT"),
        ("ALLOWED_HOSTS", "*", "E003"),
        ("SECRET_KEY", "short", "E001"),
        ("CALLER_KEYS", "", "complaints.E001"),
        ("CALLER_HASH_KEY", "", "complaints.E003"),
    ],
)
def test_the_server_refuses_a_profile_that_lacks_something(profile, name, value, words):
    done = manage("-c", SERVE, **{**profile, "DJANGO_SETTINGS_MODULE": "enforcement.settings", name: value})
    assert done.returncode != 0
    assert words in done.stderr


@pytest.mark.slow
def test_an_empty_environment_is_enough_for_development(tmp_path):
    done = manage("manage.py", "check", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    assert done.returncode == 0, done.stderr
