"""The settings that were measured to prevent losses are those that are shipped, and those that are in force."""

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines


def test_connections_are_kept_and_looked_at():
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] > 0
    if connection.vendor == "postgresql":
        assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True


def test_requests_are_no_transactions():
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


@pytest.mark.sqlite
def test_sqlite_takes_the_lock_at_the_beginning_and_waits_for_it():
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 20


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("recursive_triggers", 1)],
)
def test_sqlite_is_in_its_careful_mode(db, pragma, value):
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone()[0] == value


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
def test_postgresql_does_not_wait_for_ever(db, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone()[0] != "0"


@pytest.mark.postgresql
def test_postgresql_is_asked_for_a_server_that_writes_and_a_cut_line_is_noticed():
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["target_session_attrs"] == "read-write"
    assert options["keepalives"] == 1
    assert options["connect_timeout"] <= 10


def test_templates_are_compiled_once():
    loaders = engines["django"].engine.loaders
    assert loaders[0][0] == "django.template.loaders.cached.Loader"


def test_debug_is_off_unless_asked_for():
    assert settings.DEBUG is False


def test_passwords_are_kept_with_argon2():
    from enforcement import settings as shipped

    assert shipped.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_uploads_are_private_and_readable_by_the_server_only():
    assert settings.STORAGES["default"]["OPTIONS"]["base_url"] is None
    assert settings.FILE_UPLOAD_PERMISSIONS == 0o600
    assert not hasattr(settings, "MEDIA_URL") or settings.MEDIA_URL in ("", "/")


def test_one_address_cannot_lock_the_desk_out():
    assert settings.AXES_LOCKOUT_PARAMETERS == [["username", "ip_address"]]


def test_the_session_ends_as_the_desk_works():
    assert settings.SESSION_IDLE_SECONDS == 12 * 3600
    assert settings.SESSION_ABSOLUTE_SECONDS == 26 * 3600
    assert settings.SESSION_COOKIE_AGE > settings.SESSION_ABSOLUTE_SECONDS


def test_time_is_utc_in_the_database_and_shanghai_on_the_screen():
    assert (settings.USE_TZ, settings.TIME_ZONE, settings.LANGUAGE_CODE) == (True, "Asia/Shanghai", "zh-hans")
