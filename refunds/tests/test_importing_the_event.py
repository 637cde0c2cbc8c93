"""The nine agencies' sheets and the seventeen nil returns of the event, as they are, from the command line."""

import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.utils.dateparse import parse_datetime

from refunds.figures import refund_figures
from refunds.importing.nil_returns import import_nil_returns
from refunds.models import AgencyReport, GroupLine, Refund, ReturnUpload, TourGroup
from refunds.tests.sheets import EXPECTED, register_agencies
from refunds.tests.workbooks import FOLDER, GROUPS, PAGE, REAL, real, saved
from venues.models import Venue

END_OF_28, END_OF_31 = "2020-01-29T00:00:00+08:00", "2020-02-01T00:00:00+08:00"


@pytest.fixture
def agencies(make_venue):
    register_agencies(make_venue)
    Venue.objects.update(manager="值班员")


def run(capsys, *names, **options):
    """The one JSON object that the command prints; files by name or path."""
    capsys.readouterr()
    call_command("import_groups", *[GROUPS / name for name in names], json=True, **options)
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def differences(expected, got, path=""):
    if not isinstance(expected, dict):
        return [] if expected == got else [f"{path}: {got!r} instead of {expected!r}"]
    return [line for k, value in expected.items() for line in differences(value, (got or {}).get(k), f"{path}.{k}")]


def states(said):
    return {one["file"]: one["state"] for one in said["files"]}


def asked(said):
    """{(code, cell without the sheet's name)} of everything that waits for a person."""
    return {
        (p["code"], p["cell"].rpartition("!")[2])
        for one in said["files"]
        for p in one["problems"]
        if p["severity"] != "note"
    }


def tables():
    return [model.objects.count() for model in (AgencyReport, GroupLine, Refund, TourGroup, ReturnUpload)]


def test_the_event_gives_the_published_board_at_both_moments(agencies, capsys):
    said = run(capsys, *REAL, as_of=END_OF_28)
    assert set(states(said).values()) == {"entered"}
    assert asked(said) == set()
    assert differences(EXPECTED[END_OF_28]["refunds"], said["board"]) == []
    found = import_nil_returns(FOLDER / "nil_returns.csv")
    assert (found.created, found.same, found.errors) == (17, 0, [])
    assert differences(EXPECTED[END_OF_31]["refunds"], refund_figures(parse_datetime(END_OF_31))) == []
    assert differences(EXPECTED[END_OF_28]["refunds"], refund_figures(parse_datetime(END_OF_28))) == []


def test_nil_returns_are_imported_once_and_name_who_gave_them(agencies):
    import_nil_returns(FOLDER / "nil_returns.csv")
    found = import_nil_returns(FOLDER / "nil_returns.csv")
    assert (found.created, found.same, found.errors) == (0, 17, [])
    report = AgencyReport.objects.filter(kind="nil").first()
    assert report.informant_phone == "13000000001"


def test_a_nil_return_under_anothers_licence_is_an_error_of_its_row(agencies, tmp_path):
    path = tmp_path / "nil.csv"
    path.write_text("licence_no,agency,as_of\n62050240010,北斗国际旅行社,2020-01-31\n1,x,2020-01-31\n62052140011,,31\n")
    found = import_nil_returns(path)
    assert found.created == 0
    assert [number for number, _sentence in found.errors] == [2, 3, 4]


def test_any_order_of_the_agencies_gives_the_same_board(agencies, capsys):
    names = sorted(REAL, key=lambda name: (name[3:], random.Random(name).random()))
    assert names != sorted(REAL, key=lambda name: (name[3:], name))
    assert names[0].startswith("0") and "28" in names[0]
    assert differences(EXPECTED[END_OF_28]["refunds"], run(capsys, *names, as_of=END_OF_28)["board"]) == []


def test_the_same_sheet_twice_asks_and_changes_nothing(agencies, capsys):
    run(capsys, *REAL)
    before = tables()
    said = run(capsys, *REAL)
    assert set(states(said).values()) == {"known"}
    assert asked(said) == {("same_file", "")}
    assert tables() == before


def test_the_28th_after_the_31st_asks_and_changes_nothing(agencies, capsys):
    run(capsys, *[name for name in REAL if "31" in name[10:]])
    before, board = tables(), refund_figures(parse_datetime(END_OF_31))
    said = run(capsys, *[name for name in REAL if "28" in name[10:]], as_of=END_OF_31)
    assert set(states(said).values()) == {"waiting"}
    assert asked(said) == {("older_sheet", "E2")}
    assert said["board"] == board
    assert tables() == [*before[:4], 9]


def test_a_rehearsal_says_the_same_and_leaves_nothing_behind(agencies, capsys, settings):
    said = run(capsys, *REAL, as_of=END_OF_31, dry_run=True)
    assert set(states(said).values()) == {"entered"}
    assert not any(one["applied"] for one in said["files"])
    assert said["board"]["refunded"]["people"] == 288
    assert tables() == [0, 0, 0, 0, 0]
    left = [path for path in settings.DATA_DIR.rglob("*") if path.is_file()] if settings.DATA_DIR.exists() else []
    assert left == []


def test_the_json_names_every_change_with_its_cell(agencies, capsys):
    run(capsys, "02-2020-01-28.xlsx")
    (said,) = run(capsys, "02-2020-01-31.xlsx")["files"]
    assert said["counts"] == {"new": 0, "changed": 3, "same": 1, "vanished": 0, "errors": 0}
    row = said["rows"][1]
    assert (row["group"], row["cell"], row["refunded_heads"]) == ("02-C02", f"{PAGE}!B5", 5)
    assert row["changes"]["reason_text"] == ["正在办理", ""]
    assert (said["agency"], said["as_of"], said["applied"]) == ("红星国际旅行社", "2020-01-31", True)


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_entered(agencies, capsys, tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"")
    with pytest.raises(CommandError, match=r"bad\.xlsx"):
        run(capsys, bad, tmp_path / "missing.xlsx", "01-2020-01-28.xlsx")
    said = json.loads(capsys.readouterr().out)
    assert list(states(said).values()) == ["unreadable", "unreadable", "entered"]
    assert TourGroup.objects.count() == 5


def test_a_sheet_in_question_is_kept_once_for_its_answers(agencies, capsys, tmp_path):
    book = real()
    book.active["E9"] = 70
    path = tmp_path / "wrong-total.xlsx"
    path.write_bytes(saved(book))
    for _again in range(2):
        said = run(capsys, path)
        assert states(said) == {path.name: "waiting"}
        assert asked(said) == {("total_heads", "E9")}
    assert tables() == [0, 0, 0, 0, 1]
    with ReturnUpload.objects.get().file.open() as kept:
        assert kept.read() == path.read_bytes()


def test_without_json_people_read_what_became_of_it(agencies, capsys):
    call_command("import_groups", GROUPS / "09-2020-01-31.xlsx", as_of="2020-01-31")
    out, _err = capsys.readouterr()
    assert "09-2020-01-31.xlsx: entered 阳光旅行社 2020-01-31 new 1" in out
    assert "cancelled_unpaid: agencies 1, groups 1, people 4" in out


def test_an_odd_moment_and_an_unknown_officer_are_refused(agencies):
    with pytest.raises(CommandError):
        call_command("import_groups", GROUPS / REAL[0], as_of="yesterday")
    with pytest.raises(CommandError):
        call_command("import_groups", GROUPS / REAL[0], by="nobody")
