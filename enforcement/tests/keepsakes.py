"""For the tests of backup and restore: tables that are built quickly, something worth keeping, and hands that forge."""

import io
import json
import sqlite3
import threading
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from enforcement.keeping import versions
from enforcement.keeping.engines import PREFIX
from enforcement.keeping.files import folder
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


def backup(shelf):
    """Make one by the command; returns its path."""
    before = set(shelf.glob("*.zip"))
    call_command("backup", to=str(shelf), stdout=io.StringIO())
    (path,) = set(shelf.glob("*.zip")) - before
    return path


def in_a_thread(act):
    """Do something on a connection of its own and wait for it; what it raised is raised here."""
    raised = []

    def run():
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    if raised:
        raise raised[0]


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, change):
    """Another file, whole as a ZIP, whose members are what `change(members)` made of them."""
    found = members(path)
    change(found)
    forged = path.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in found.items():
            archive.writestr(name, body)
    return forged


def leftovers():
    """What an interrupted work might have left: files beside the database and among the uploads, schemas of its own."""
    found = [path.name for path in folder().glob(".restoring-*")]
    if connection.vendor == "sqlite":
        found += [path.name for path in Path(connection.settings_dict["NAME"]).parent.glob(f".{PREFIX}*")]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE %s", [f"{PREFIX}%"])
            found += [name for (name,) in cursor.fetchall()]
    return found
