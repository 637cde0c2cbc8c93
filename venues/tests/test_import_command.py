"""`manage.py import_venues`: one object on standard output, everything else beside it."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from venues.importing.divisions import import_divisions
from venues.models import Venue, VenueImport
from venues.tests.lists import DIVISIONS, REAL, one, row, saved, workbook


@pytest.fixture
def tianshui(db):
    import_divisions(DIVISIONS)


def told(*args):
    out = io.StringIO()
    call_command("import_venues", *map(str, args), "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_the_real_list_is_counted(tianshui):
    said = told(REAL)
    assert said["counts"] == {"created": 218, "changed": 0, "same": 0, "errors": 0, "undecided": 0}
    assert Venue.objects.count() == 218


def test_a_second_import_says_that_nothing_changed(tianshui):
    told(REAL)
    said = told(REAL)
    assert said["counts"] == {"created": 0, "changed": 0, "same": 218, "errors": 0, "undecided": 0}
    assert said["findings"][-1]["code"] == "same_file"
    assert VenueImport.objects.count() == 1
    again = told(REAL, "--again")
    assert again["counts"]["same"] == 218 and VenueImport.objects.count() == 2


def test_a_dry_run_counts_the_same_and_changes_nothing(tianshui):
    said = told(REAL, "--dry-run")
    assert said["counts"]["created"] == 218
    assert not Venue.objects.exists() and not VenueImport.objects.exists()


def test_findings_name_their_place_level_and_code(qinzhou, tmp_path):
    said = told(saved(workbook([row(district="兰州新区"), row(uscc="91620502GTP21EA5NR")]), tmp_path / "a.xlsx"))
    assert said["counts"] == {"created": 1, "changed": 0, "same": 0, "errors": 1, "undecided": 0}
    first, second = said["findings"]
    assert {**first, "message": ""} == {
        "sheet": "网吧", "row": 2, "column": "所属区县", "level": "error", "code": "unknown_district", "message": "",
    }  # fmt: skip
    assert (second["level"], second["code"], second["row"]) == ("warning", "check_digit", 3)
    assert first["message"] and second["message"]


def test_what_can_be_imported_is_and_the_rest_is_left_out(netbar, tmp_path):
    rows = [row(licence_no=""), row(name=""), row(name="水岸网吧", licence_no="2")]
    said = told(saved(workbook(rows), tmp_path / "a.xlsx"))
    assert said["counts"] == {"created": 1, "changed": 0, "same": 0, "errors": 1, "undecided": 1}
    assert [f["level"] for f in said["findings"]].count("undecided") == 1
    assert sorted(Venue.objects.values_list("name", flat=True)) == ["水岸网吧", "蓝天网吧"]


@pytest.mark.parametrize("name", ["a.xls", "missing.xlsx"])
def test_what_cannot_be_read_is_one_object_and_a_failure(db, tmp_path, name):
    if name == "a.xls":
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_venues", str(tmp_path / name), "--json", stdout=out)
    (found,) = json.loads(out.getvalue())["findings"]
    assert (found["level"], found["code"]) == ("error", "unreadable")


def test_it_is_done_in_the_name_of_an_officer(qinzhou, editor, tmp_path):
    told(one(tmp_path), "--by", "editor")
    assert VenueImport.objects.get().applied_by == editor
    assert editor.trail.filter(act="import").exists()
    with pytest.raises(CommandError, match="nobody"):
        call_command("import_venues", str(tmp_path / "one.xlsx"), "--by", "nobody")


def test_for_people_it_says_the_counts(qinzhou, tmp_path):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_venues", str(one(tmp_path, name="")), stdout=out, stderr=err)
    assert "errors 1" in out.getvalue()
    assert "[error]" in err.getvalue() and "网吧 2" in err.getvalue()


@pytest.mark.slow
def test_as_a_process_of_its_own_it_prints_one_object_and_nothing_else(tmp_path):
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/own.sqlite3", "DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": "for this test only", "ENVIRONMENT": "development",
    }  # fmt: skip

    def manage(*args):
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, args)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert manage("migrate", "--verbosity", "0").returncode == 0
    assert json.loads(manage("import_divisions", DIVISIONS, "--json").stdout)["counts"]["created"] == 138
    done = manage("import_venues", REAL, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["counts"]["created"] == 218
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99)
    failed = manage("import_venues", tmp_path / "a.xls", "--json")
    assert failed.returncode != 0 and ".xls" in failed.stderr
    assert json.loads(failed.stdout)["counts"]["created"] == 0
