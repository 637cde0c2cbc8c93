"""Tables that are built quickly, and something worth keeping."""

import json
import sqlite3

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from enforcement.keeping import versions
from venues.models import VenueImport

_BUILT = {}  # the tables of a version on SQLite, built once by the migrations and copied afterwards


@pytest.fixture
def quick_tables(monkeypatch):
    """On SQLite the empty tables of a version are made by its migrations once for all tests of the process."""
    build = versions.build

    def copied(migrations, whose):
        key = json.dumps(migrations, sort_keys=True)
        if connection.vendor != "sqlite":
            return build(migrations, whose)
        if key not in _BUILT:
            build(migrations, whose)
            _BUILT[key] = sqlite3.connect(":memory:", check_same_thread=False)
            connection.connection.backup(_BUILT[key])
        connection.ensure_connection()
        _BUILT[key].backup(connection.connection)
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
