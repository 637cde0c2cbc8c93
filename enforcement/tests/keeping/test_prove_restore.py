"""`manage.py prove_restore`: a backup that is whole is rebuilt and stands, one that was tampered with is recognised."""

import hashlib
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from enforcement.keeping import rows
from enforcement.models import AuditEntry
from enforcement.tests.keeping.keepsakes import backup, leftovers, rewritten
from venues.models import Venue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_tables")]

VENUES = "tables/venues_venue.jsonl"


def prove(path, **options):
    out = io.StringIO()
    call_command("prove_restore", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def kept(shelf, upload, leader, netbar):
    leader.leave_trail("export")
    return backup(shelf)


@pytest.mark.race
def test_a_whole_one_is_rebuilt_and_proved_and_nothing_in_use_changes(kept, leader):
    Venue.objects.update(name="改名网吧")
    leader.leave_trail("sign_out")
    before = AuditEntry.objects.count()
    words = prove(kept, verbosity=2)
    assert "every count and every content hash the same" in words and "venues_venue" in words
    assert "venues_venue: 1 rows in the backup, 1 here" in words and "enforcement_auditentry:" not in words
    assert Venue.objects.get().name == "改名网吧" and AuditEntry.objects.count() == before and leftovers() == []


@pytest.mark.sqlite
def test_what_is_in_use_holds_it_right_afterwards_and_is_told_when_it_does_not(kept, upload):
    assert "What is in use holds all of it" in prove(kept, in_use=True)
    default_storage.delete(upload.file.name)
    with pytest.raises(CommandError, match="is missing here"):
        prove(kept, in_use=True)


def test_files_that_were_missing_already_are_not_passed_over(shelf, upload):
    default_storage.delete(upload.file.name)
    path = backup(shelf, without_missing=True)
    with pytest.raises(CommandError, match=upload.file.name):
        prove(path)
    assert upload.file.name in prove(path, without_missing=True)


def _row(found):
    found[VENUES] = found[VENUES].replace("蓝天".encode(), "黑天".encode())


def _row_with_its_hash(found):
    _row(found)
    manifest = json.loads(found["manifest.json"])
    content = rows.Content()
    for line in found[VENUES].splitlines():
        content.add(json.loads(line))
    said = manifest["tables"]["venues_venue"]
    said |= {
        "content": content.sha256,
        "sha256": hashlib.sha256(found[VENUES]).hexdigest(),
        "bytes": len(found[VENUES]),
    }
    found["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _row_left_out(found):
    found[VENUES] = b""


def _table_left_out(found):
    del found[VENUES]


def _file(found):
    (name,) = [name for name in found if name.startswith("files/")]
    found[name] += b"x"


def _file_added(found):
    found["files/imports/2020/01/added.csv"] = b"x"


def _seal(found):
    found["seal.txt"] = b"0" * 64


@pytest.mark.parametrize(
    "change",
    [_row, _row_with_its_hash, _row_left_out, _table_left_out, _file, _file_added, _seal],
    ids=["row", "row_with_its_hash", "row_left_out", "table_left_out", "file", "file_added", "seal"],
)
def test_one_that_was_tampered_with_is_recognised(change, kept):
    with pytest.raises(CommandError, match="Not proved"):
        prove(rewritten(kept, change))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tables", "venues_venue", "bytes"), None), (("tables", "venues_venue", "columns"), "id"), (("tables", "venues_venue"), None),
        (("files",), []), (("made_at",), "yesterday"), (("migrations", "venues"), 3), (("missing_files",), [3]), (("probe",), None),
    ],
    ids=lambda said: ".".join(said) if isinstance(said, tuple) else "",
)  # fmt: skip
def test_a_manifest_that_is_not_whole_is_told_and_never_a_crash(path, value, kept):
    def change(found):
        manifest = json.loads(found["manifest.json"])
        place = manifest
        for name in path[:-1]:
            place = place[name]
        place.pop(path[-1])
        if value is not None:
            place[path[-1]] = value
        found["manifest.json"] = json.dumps(manifest).encode()

    changed = rewritten(kept, change)
    for command in ("prove_restore", "restore"):
        with pytest.raises(CommandError, match=r"Not proved|manifest is not whole|damaged or was changed"):
            call_command(command, str(changed), stdout=io.StringIO())


def test_a_flipped_byte_is_recognised(kept):
    body = bytearray(kept.read_bytes())
    place = body.index(VENUES.encode()) + len(VENUES) + 40
    body[place] ^= 0xFF
    kept.write_bytes(body)
    with pytest.raises(CommandError, match="Not proved"):
        prove(kept)


def test_the_end_that_is_missing_is_recognised(kept):
    kept.write_bytes(kept.read_bytes()[:-200])
    with pytest.raises(CommandError, match="no backup, or a part of one only"):
        prove(kept)


@pytest.mark.parametrize("name", ["CALLER_HASH_KEY", "CALLER_KEYS"])
def test_keys_that_do_not_fit_are_told(name, kept, settings):
    other = {"CALLER_HASH_KEY": "another-key-that-is-thirty-two-long", "CALLER_KEYS": ["e" * 43 + "="]}
    setattr(settings, name, other[name])
    with pytest.raises(CommandError, match=name):
        prove(kept)


def test_a_name_that_leads_out_of_the_folder_is_never_written(kept, settings):
    def lead_out(found):
        manifest = json.loads(found["manifest.json"])
        (name,) = manifest["files"]
        manifest["files"]["../../out.csv"] = manifest["files"].pop(name)
        found["files/../../out.csv"] = found.pop(f"files/{name}")
        found["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(CommandError, match="leads out"):
        prove(rewritten(kept, lead_out))
    assert not list(settings.DATA_DIR.parent.parent.glob("out.csv"))
