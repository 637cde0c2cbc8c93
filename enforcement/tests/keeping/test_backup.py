"""`manage.py backup`: everything of one moment in one file while others write, nothing secret in it, and no half of one."""

import contextlib
import io
import json
import os
import sqlite3
import stat
import time

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections
from django.utils import timezone

from enforcement.keeping import archive, backing_up, engines, versions
from enforcement.keeping.running import alone
from enforcement.models import AuditEntry
from enforcement.tests.keeping.keepsakes import backup, in_a_thread, leftovers, members
from venues.models import Venue

pytestmark = pytest.mark.django_db(transaction=True)


def manifest_of(path):
    return json.loads(members(path)["manifest.json"])


def rows_of(path, table):
    return [json.loads(line) for line in members(path)[f"tables/{table}.jsonl"].decode().splitlines()]


@pytest.mark.parametrize("place", ["staticfiles", "uploads"])
def test_a_folder_that_others_see_or_that_is_backed_up_itself_is_refused(place, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    folder = {"staticfiles": tmp_path / "static" / "x", "uploads": settings.DATA_DIR / "backups"}[place]
    with pytest.raises(CommandError, match="Choose another one with --to"):
        call_command("backup", to=str(folder))
    assert not folder.exists()


def test_a_full_disk_is_told_before_anything_is_written(shelf, monkeypatch):
    monkeypatch.setattr(engines, "lacking", lambda folder, needed: 5_000_000)
    with pytest.raises(CommandError, match="5 MB are missing"):
        call_command("backup", to=str(shelf))
    assert list(shelf.iterdir()) == []


def test_a_database_without_tables_is_no_backup(shelf, monkeypatch):
    monkeypatch.setattr(versions, "applied", dict)
    with pytest.raises(CommandError, match="nothing to back up"):
        call_command("backup", to=str(shelf))
    assert list(shelf.iterdir()) == []


def test_two_at_once_are_refused(shelf):
    def second():
        with pytest.raises(CommandError, match="at work"):
            call_command("backup", to=str(shelf))

    with alone("backup or restore"):
        in_a_thread(second)
    backup(shelf)  # and afterwards it goes


def test_every_row_and_every_file_is_in_it(shelf, upload, leader, netbar):
    path = backup(shelf)
    manifest = manifest_of(path)
    assert manifest["tables"]["venues_venue"]["rows"] == 1 and manifest["tables"]["enforcement_officer"]["rows"] == 2
    assert "蓝天网吧" in members(path)["tables/venues_venue.jsonl"].decode()
    assert members(path)[f"files/{upload.file.name}"] == "名称\n蓝天网吧\n".encode()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and stat.S_IMODE(os.stat(shelf).st_mode) == 0o700
    entry = AuditEntry.objects.get(act="backup")
    assert entry.detail["what"] == path.name and entry.detail["rows"] == sum(
        t["rows"] for t in manifest["tables"].values()
    )


def test_the_keys_and_the_sessions_are_not_in_it_and_it_says_so(shelf, settings, leader, signed_in):
    client = signed_in(leader)
    path, out = None, io.StringIO()
    call_command("backup", to=str(shelf), stdout=out)
    (path,) = shelf.glob("*.zip")
    assert "The keys are not in it" in out.getvalue() and "everybody signs in again" in out.getvalue()
    everything = b"\n".join(members(path).values())
    secrets = [project.SECRET_KEY, settings.CALLER_HASH_KEY, *settings.CALLER_KEYS, client.session.session_key]
    assert Session.objects.exists() and not [secret for secret in secrets if secret and secret.encode() in everything]
    assert "django_session" in manifest_of(path)["left_out"]


@pytest.mark.race
def test_it_holds_one_moment_while_others_write(shelf, leader, make_venue, monkeypatch):
    make_venue("蓝天网吧")
    write_table, wrote = backing_up._write_table, []

    def meanwhile(writer, table, model):
        if not wrote:  # the first table is being read: two rows that hang together come in
            wrote.append(1)
            in_a_thread(lambda: (make_venue("晚到网吧"), leader.leave_trail("export")))
        return write_table(writer, table, model)

    monkeypatch.setattr(backing_up, "_write_table", meanwhile)
    path = backup(shelf)
    assert len(rows_of(path, "venues_venue")) == 1 and rows_of(path, "enforcement_auditentry") == []
    assert Venue.objects.count() == 2 and AuditEntry.objects.filter(act="export").exists()


@pytest.mark.parametrize(
    "end", [KeyboardInterrupt, OSError(28, "No space left on device")], ids=["interrupted", "full"]
)
def test_one_that_is_cut_off_leaves_nothing(end, shelf, upload, monkeypatch):
    def cut_off(*args):
        raise end

    monkeypatch.setattr(backing_up, "_write_files", cut_off)
    with pytest.raises((KeyboardInterrupt, OSError)):
        call_command("backup", to=str(shelf))
    assert list(shelf.iterdir()) == [] and leftovers() == []
    assert not AuditEntry.objects.filter(act="backup").exists()


def test_what_a_killed_one_left_goes_after_a_day_and_what_is_being_written_stays(shelf):
    shelf.mkdir()
    old, young = shelf / f"{archive.PART}old.part", shelf / f"{archive.PART}young.part"
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (time.time() - 2 * archive.A_DAY,) * 2)
    backup(shelf)
    assert not old.exists() and young.exists()


def test_a_file_that_a_row_names_and_nobody_has_is_told_and_fails_unless_it_is_allowed(shelf, upload):
    default_storage.delete(upload.file.name)
    with pytest.raises(CommandError, match=upload.file.name):
        backup(shelf)
    (path,) = shelf.glob("*.zip")
    assert manifest_of(path)["missing_files"] == [upload.file.name]
    err = io.StringIO()
    call_command("backup", to=str(shelf), without_missing=True, stdout=io.StringIO(), stderr=err)
    assert upload.file.name in err.getvalue()


def test_notes_of_imports_under_way_and_hidden_files_are_none_of_it(shelf, settings):
    for name in ("imports/progress/1.json", ".tick.lock"):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert manifest_of(backup(shelf))["files"] == {}


@pytest.mark.sqlite
def test_a_damaged_database_makes_no_backup(shelf, leader, tmp_path):
    live, path = connections["default"], tmp_path / "damaged.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as copy:
        live.ensure_connection()
        live.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    body = bytearray(path.read_bytes())
    body[3 * 4096 : 12 * 4096] = b"\xff" * 9 * 4096
    path.write_bytes(body)
    damaged = live.copy()
    damaged.settings_dict["NAME"] = str(path)
    with (
        engines.speaking_to(damaged),
        pytest.raises((CommandError, DatabaseError, sqlite3.Error), match=r"damaged|malformed"),
    ):
        backing_up.back_up(shelf)
    assert list(shelf.iterdir()) == []


def test_moments_amounts_and_words_are_written_alike_on_both_databases(shelf, leader):
    at = timezone.now()
    entry = AuditEntry.objects.write("export", by=leader, detail={"b": "值", "a": [1, 2.5, None]}, at=at)
    path = backup(shelf)
    columns = manifest_of(path)["tables"]["enforcement_auditentry"]["columns"]
    (row,) = [dict(zip(columns, row, strict=True)) for row in rows_of(path, "enforcement_auditentry")]
    assert row["detail"] == {"a": [1, 2.5, None], "b": "值"} and row["id"] == entry.pk and row["by_id"] == leader.pk
    assert row["at"] == at.astimezone(timezone.get_fixed_timezone(0)).isoformat()
    assert get_user_model().objects.count() == 1
