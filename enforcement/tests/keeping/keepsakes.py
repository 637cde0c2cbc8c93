"""For the tests of backup and restore: making one by its command, looking into it, and hands that forge."""

import io
import threading
import zipfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from enforcement.keeping.engines import PREFIX
from enforcement.keeping.files import folder


def backup(shelf, **options):
    """Make one by the command; returns its path."""
    before = set(shelf.glob("*.zip"))
    call_command("backup", to=str(shelf), stdout=io.StringIO(), stderr=io.StringIO(), **options)
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
