"""The eighteen sheets of nine agencies, as they were sent."""

import datetime

import pytest

from refunds.importing.reading import read
from refunds.tests.workbooks import GROUPS, PAGE, REAL

PUBLISHED = {"groups": 25, "heads": 299}


@pytest.mark.parametrize("name", REAL)
def test_a_real_sheet_is_read_without_a_question(name):
    sheet = read(GROUPS / name)
    assert sheet.clear, sheet.problems
    assert sheet.as_of.isoformat() == name[3:13]
    assert sheet.licence_no.endswith(name[:2])
    assert sheet.agency and sheet.contact and sheet.phone.startswith("13000000")
    (total,) = sheet.totals
    assert total.groups == len(sheet.lines)
    for line in sheet.lines:
        assert line.group_no.startswith(name[:2])
        assert line.depart_on < line.return_on < line.depart_on + datetime.timedelta(days=10)
        assert (line.disposition, line.amount_due, line.refunded_amount) == ("cancelled", None, None)
        assert (line.role == "receiver") == ("-D" in line.group_no)
        assert (line.market == "outbound") == ("-G" in line.group_no)
        assert line.market in ("domestic", "outbound")


@pytest.mark.parametrize(("day", "refunded"), [("2020-01-28", 123), ("2020-01-31", 288)])
def test_the_sheets_of_a_day_add_up_to_what_was_published(day, refunded):
    lines = [line for name in REAL if day in name for line in read(GROUPS / name).lines]
    assert {"groups": len(lines), "heads": sum(line.heads for line in lines)} == PUBLISHED
    assert sum(line.refunded_heads for line in lines) == refunded


def test_every_value_names_its_cell():
    sheet = read(GROUPS / "02-2020-01-28.xlsx")
    line = sheet.lines[3]
    assert (line.group_no, line.cell("group_no")) == ("02-G04", f"{PAGE}!B7")
    assert (line.heads, line.cell("heads"), line.cell("refunded_heads")) == (9, f"{PAGE}!E7", f"{PAGE}!I7")
    assert (line.depart_on, line.said["return_on"]) == (datetime.date(2020, 1, 27), "1月31日")
    assert sheet.cells["licence_no"] == f"{PAGE}!A2"
    assert sheet.cells["as_of"] == f"{PAGE}!E2"
    assert sheet.totals[0].cells["heads"] == f"{PAGE}!E8"


def test_the_day_of_a_sheet_means_its_end():
    sheet = read(GROUPS / "09-2020-01-31.xlsx")
    assert sheet.as_of_moment.isoformat() == "2020-02-01T00:00:00+08:00"


def test_a_closed_office_is_known_by_its_words_and_others_keep_theirs():
    (line,) = read(GROUPS / "09-2020-01-31.xlsx").lines
    assert (line.reason, line.reason_text) == ("office_closed", "未上班,待正常上班后协调")
    line = read(GROUPS / "01-2020-01-28.xlsx").lines[1]
    assert (line.reason, line.reason_text) == ("in_progress", "正在办理")


def test_a_text_date_is_told_and_asks_nothing():
    sheet = read(GROUPS / "09-2020-01-31.xlsx")
    assert [(p.code, p.cell, p.params) for p in sheet.of("note")] == [
        ("text_date", f"{PAGE}!G4", {"was": "1月31日", "now": "2020-01-31"})
    ]
