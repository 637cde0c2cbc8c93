"""`manage.py restore`: as a whole or not at all, never over rows unasked, and everything as it was afterwards."""

import datetime
import io
import json

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from complaints.models import Caller
from complaints.tests.calling import registered
from enforcement.daily_report import authorship, freezing
from enforcement.keeping import archive, backing_up, engines, restoring, versions
from enforcement.keeping.ticking import tick
from enforcement.models import AuditEntry
from enforcement.tests.keeping.keepsakes import backup, in_a_thread, leftovers, rewritten
from venues.append_only import missing_triggers
from venues.models import Division, FactGuard, Venue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quick_tables"), pytest.mark.slow]


def restore(path, **options):
    out = io.StringIO()
    call_command("restore", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def kept(shelf, upload, leader, netbar, make_venue):
    """A backup, before which a venue was made and deleted, and after which a venue came, another was renamed, and the uploaded file went."""
    leader.leave_trail("export", detail={"z": 1, "a": 2})
    make_venue("关掉的网吧").delete()
    return backup(shelf)


@pytest.fixture
def changed(kept, netbar, make_venue, upload):
    make_venue("晚到网吧")
    Venue.objects.filter(pk=netbar.pk).update(name="改名网吧")
    default_storage.delete(upload.file.name)


def content_of(upload):
    with default_storage.open(upload.file.name) as file:
        return file.read()


def as_it_is():
    return sorted(Venue.objects.values_list("name", flat=True)), AuditEntry.objects.count()


def test_rows_that_are_there_are_not_replaced_unasked(kept, changed):
    before = as_it_is()
    with pytest.raises(CommandError, match=r"--force.*Nothing was changed"):
        restore(kept)
    assert as_it_is() == before and leftovers() == []


@pytest.mark.race
def test_everything_is_as_it_was_also_for_who_is_connected(
    kept, changed, upload, signed_in, leader, make_venue, netbar
):
    client = signed_in(leader)
    words = restore(kept, force=True)
    assert as_it_is() == (["蓝天网吧"], 2)
    assert AuditEntry.objects.get(act="restore").detail["what"] == kept.name
    assert content_of(upload) == "名称\n蓝天网吧\n".encode()
    assert client.get("/password/").status_code == 302  # sessions are not kept
    assert list(AuditEntry.objects.get(act="export").detail) == (
        ["z", "a"] if connection.vendor == "sqlite" else ["a", "z"]
    )
    assert "Everybody signs in again" in words and leftovers() == []
    # the house goes on: no number is given a second time, facts are still facts
    assert make_venue("新网吧").pk > netbar.pk + 1
    assert FactGuard.objects.exists() and missing_triggers() == []
    assert freezing.is_protected() and authorship.is_protected()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(act="forged")


@pytest.mark.sqlite  # each rebuilding takes long on the other database
def test_what_was_there_is_backed_up_first(kept, changed, shelf):
    words = restore(kept, force=True)
    (other,) = set(shelf.glob("*.zip")) - {kept}
    assert str(other) in words
    restore(other, force=True, no_backup=True)
    assert as_it_is()[0] == ["改名网吧", "晚到网吧"]


@pytest.fixture
def two_callers(shelf, duty_officer):
    """(of a complaint that ended long ago, of one that goes on), and a backup of both; since then the first was forgotten."""
    long_ago = timezone.now() - datetime.timedelta(days=800)
    old = registered(duty_officer, number="13900007777", name="关世荣", received_at=long_ago)
    old.answer_at_once(by=duty_officer, text="已答复", at=long_ago)
    young = registered(duty_officer, number="13900008888")
    kept = backup(shelf)
    tick()
    return old.caller_id, young.caller_id, kept


@pytest.mark.race
def test_who_was_forgotten_since_the_backup_does_not_come_back(two_callers):
    *pks, kept = two_callers
    words = restore(kept, force=True, no_backup=True)
    assert "1 callers" in words and AuditEntry.objects.filter(act="anonymise").count() == 1
    old, young = (Caller.objects.get(pk=pk) for pk in pks)
    assert old.anonymised_at and not any(getattr(old, name) for name in Caller.FORGOTTEN)
    assert young.anonymised_at is None and young.number_masked == "139****8888"


@pytest.mark.sqlite  # each rebuilding takes long on the other database
def test_what_was_forgotten_is_no_difference_and_anything_else_is(two_callers):
    _old, young, kept = two_callers
    call_command("prove_restore", str(kept), in_use=True, stdout=io.StringIO())
    Caller.objects.filter(pk=young).update(number_masked="139****8889")
    with pytest.raises(CommandError, match="complaints_caller"):
        call_command("prove_restore", str(kept), in_use=True, stdout=io.StringIO())


@pytest.mark.postgresql
def test_an_account_without_the_rights_is_told_beforehand_which(kept, changed):
    before = as_it_is()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE may_little NOLOGIN")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO may_little")
        cursor.execute("SET ROLE may_little")
    try:
        with pytest.raises(CommandError) as told:
            engines.engine().refuse_without_rights()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY may_little")
            cursor.execute("DROP ROLE may_little")
    for right in ("GRANT CREATE ON DATABASE", "GRANT CREATE ON SCHEMA public TO may_little", "Nothing was changed"):
        assert right in str(told.value)
    engines.engine().refuse_without_rights()
    assert as_it_is() == before


@pytest.mark.postgresql
def test_what_others_built_upon_our_tables_is_said_and_nothing_is_changed(kept, changed):
    before = as_it_is()
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW of_somebody AS SELECT name FROM venues_venue")
    try:
        with pytest.raises(CommandError, match="of_somebody"):
            restore(kept, force=True, no_backup=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW of_somebody")
    assert as_it_is() == before


def _other_row(found):
    found["tables/venues_venue.jsonl"] = found["tables/venues_venue.jsonl"].replace("蓝天".encode(), "黑天".encode())


def _resealed_by_nobody(found):
    manifest = json.loads(found["manifest.json"])
    manifest["unit"] = "别处"
    found["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize("change", [_other_row, _resealed_by_nobody], ids=["row", "manifest"])
def test_what_was_tampered_with_is_refused(change, kept, changed):
    before = as_it_is()
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore(rewritten(kept, change), force=True, no_backup=True)
    assert as_it_is() == before and leftovers() == []


def test_other_keys_are_told_before_callers_become_unreadable(kept, settings):
    settings.CALLER_HASH_KEY = "another-key-that-is-thirty-two-long"
    with pytest.raises(CommandError, match="--other-keys"):
        restore(kept, force=True, no_backup=True)


@pytest.mark.race
@pytest.mark.parametrize("step", [pytest.param("fill", marks=pytest.mark.sqlite), "take_over"])
def test_one_that_is_interrupted_changes_nothing(step, kept, changed, upload, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    if step == "fill":
        monkeypatch.setattr(restoring, "fill", interrupted)
    else:
        monkeypatch.setattr(type(engines.engine()), "take_over", interrupted)
    before = as_it_is()
    with pytest.raises(KeyboardInterrupt):
        restore(kept, force=True, no_backup=True)
    assert as_it_is() == before and leftovers() == [] and not default_storage.exists(upload.file.name)


@pytest.mark.sqlite
def test_a_file_of_the_same_name_and_other_content_is_replaced_last_and_kept_hidden(kept, upload):
    default_storage.delete(upload.file.name)
    default_storage.save(upload.file.name, ContentFile(b"another"))
    restore(kept, force=True, no_backup=True)
    assert content_of(upload) == "名称\n蓝天网吧\n".encode()
    folder, _, name = default_storage.path(upload.file.name).rpartition("/")
    with open(f"{folder}/.{name}.before-restore", "rb") as file:
        assert file.read() == b"another"


@pytest.mark.race
def test_who_writes_meanwhile_is_lost_as_a_whole_or_there_as_a_whole(kept, leader, monkeypatch):
    """The writer comes while the rebuilt one is about to take over: no page fails for good, no row lands in between."""
    take_over = type(engines.engine()).take_over
    outcomes = []

    def meanwhile(self):
        write()
        take_over(self)
        write()

    def write():
        try:
            in_a_thread(lambda: get_user_model().objects.get(username="leader").leave_trail("sign_in"))
            outcomes.append("written")
        except DatabaseError as error:
            outcomes.append(error)

    monkeypatch.setattr(type(engines.engine()), "take_over", meanwhile)
    restore(kept, force=True, no_backup=True)
    assert outcomes == ["written", "written"]
    assert AuditEntry.objects.filter(act="sign_in").count() == 1


@pytest.mark.sqlite
def test_a_backup_of_an_earlier_version_is_brought_up_to_this_one(shelf, kept):
    whole = versions.applied()
    earlier = {**whole, "enforcement": whole["enforcement"][:-1]}
    shelf.mkdir(exist_ok=True)
    with engines.engine().scratch():
        then = versions.build(earlier, "The backup")
        then.get_model("venues", "Division").objects.create(code="620500", name="天水市", level="city")
        path, manifest = backing_up.back_up(shelf)
    assert manifest["migrations"] == earlier
    restore(path, force=True, no_backup=True)
    assert versions.applied() == whole and FactGuard.objects.exists() and missing_triggers() == []
    assert Venue.objects.count() == 0 and Division.objects.get().name == "天水市"


def test_a_backup_of_a_later_version_is_refused(kept, shelf, monkeypatch):
    MigrationRecorder(connection).record_applied("enforcement", "9999_of_tomorrow")
    try:
        with pytest.raises(CommandError, match="later version"):
            backing_up.back_up(shelf)
    finally:
        MigrationRecorder(connection).record_unapplied("enforcement", "9999_of_tomorrow")
    monkeypatch.setattr(archive.Archive, "faults", lambda self: [])
    monkeypatch.setattr(restoring, "keys_problem", lambda found: "")

    def tomorrow(found):
        manifest = json.loads(found["manifest.json"])
        manifest["migrations"]["enforcement"].append("9999_of_tomorrow")
        found["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(CommandError, match="later version"):
        restore(rewritten(kept, tomorrow), force=True, no_backup=True)


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 half of one"], ids=["empty", "torn"])
def test_what_is_no_backup_is_told(body, tmp_path, db):
    path = tmp_path / "x.zip"
    path.write_bytes(body)
    with pytest.raises(CommandError, match="no backup"):
        restore(path)
    with pytest.raises(CommandError, match="cannot be read"):
        restore(tmp_path / "none.zip")
