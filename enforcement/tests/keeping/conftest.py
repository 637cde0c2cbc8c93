"""Tables that are built quickly, and something worth keeping."""

import contextlib
import sqlite3

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from enforcement.keeping import versions
from venues.models import VenueImport


@pytest.fixture
def quick_tables(monkeypatch):
    """On SQLite the empty tables of this version are copied from the database of the tests, which its migrations made; those of
    another version, and all on PostgreSQL, are really built."""
    build, live = versions.build, connection.settings_dict["NAME"]
    if connection.vendor != "sqlite":
        return

    def copied(migrations, whose):
        if migrations != versions.of_code():
            return build(migrations, whose)
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(live)) as source:
            source.backup(connection.connection)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=MEMORY")
            for table in ("venues_factguard", "django_session"):  # without the first one the rest can be emptied
                cursor.execute(f"DELETE FROM {table}")
        return versions.apps_at(migrations, whose)

    monkeypatch.setattr(versions, "build", copied)


@pytest.fixture
def shelf(settings, tmp_path):
    """The folder of the backups."""
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def upload(editor):
    """An import with its uploaded file."""
    name = default_storage.save("imports/2020/01/0123456789abcdef.csv", ContentFile("名称\n蓝天网吧\n".encode()))
    return VenueImport.objects.create(file=name, file_name="名录.csv", sha256="0" * 64, uploaded_by=editor)
