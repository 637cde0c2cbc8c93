"""Sheets with one thing broken by hand: each gets its question or its error, with the cell named, and nothing is guessed."""

import io
import zipfile

import pytest
from django.utils import translation

from refunds.importing.problems import KNOWN, sentence
from refunds.importing.reading import read_bytes
from refunds.tests.workbooks import PAGE, group, read_book, real, saved, told, workbook
from venues.importing import guards
from venues.transitions import Refused

TOTAL = ["合计", "2个团", None, None, 20, None, None, None, 0]


def broken(changes, name="01-2020-01-28.xlsx"):
    book = real(name)
    for cell, value in changes.items():
        book.active[cell] = value
        book.active[cell].number_format = "General"
    return read_book(book, name)


def refusal(content, name="a.xlsx"):
    with translation.override("en"), pytest.raises(Refused) as caught:
        read_bytes(content, name)
    return caught.value.sentence()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"E9": 70}, {("total_heads", "E9")}),
        ({"I9": 61}, {("total_refunded_heads", "I9")}),
        ({"B9": "6个团"}, {("total_groups", "B9")}),
        ({"F5": "元月底"}, {("date_unreadable", "F5")}),
        ({"F5": 1.3}, {("date_ambiguous", "F5")}),
        ({"G5": "2月30日"}, {("date_unreadable", "G5")}),
        ({"G5": "2020-01-20"}, {("return_before_depart", "G5")}),
        ({"F5": "2018-01-31"}, {("date_far", "F5")}),
        ({"E4": "10+1"}, {("sum_of_people", "E4"), ("total_heads", "E9")}),
        ({"E4": None}, {("no_heads", "E4"), ("total_heads", "E9")}),
        ({"I4": 11}, {("more_than_heads", "I4"), ("total_refunded_heads", "I9")}),
        ({"I4": "若干"}, {("number_unreadable", "I4"), ("total_refunded_heads", "I9")}),
        ({"B5": "01-C01"}, {("group_twice", "B5")}),
        ({"C5": "豪华团"}, {("kind_unknown", "C5")}),
        ({"C5": None}, {("no_kind", "C5")}),
        ({"H5": "看情况"}, {("disposition_unknown", "H5")}),
        ({"E5": "=6+6"}, {("formula_without_value", "E5"), ("total_heads", "E9")}),
        ({"E9": "=SUM(E4:E8)"}, {("total_unreadable", "E9")}),
        ({"I9": "见附件"}, {("total_unreadable", "I9")}),
        ({"A2": "许可证号："}, {("no_licence", "licence")}),
        ({"E2": "截止时间：2020-01-28", "G2": "截止时间：2020-01-29"}, {("two_dates", "E2")}),
        ({"A2": "许可证号：62052340001", "G2": "许可证号：62050240002"}, {("two_licences", "A2")}),
        ({"E3": "备注二"}, {("no_heads_column", "A3")}),
        ({"F3": None}, {("nameless_column", "F3")}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_one_broken_cell_is_named(changes, expected):
    sheet = broken(changes)
    assert told(sheet) == expected
    assert {p.cell.partition("!")[0] for p in sheet.of("error", "question")} <= {PAGE, "licence"}


def test_a_readable_text_date_is_read_and_told():
    sheet = broken({"F5": "1月31日", "F6": "2020.1.25", "F7": 43860})
    assert sheet.clear
    assert {("text_date", "F5"), ("text_date", "F6"), ("text_date", "F7")} <= told(sheet, "note")
    assert [line.depart_on.isoformat() for line in sheet.lines[1:4]] == ["2020-01-31", "2020-01-25", "2020-01-30"]


def test_people_merged_over_two_groups_are_counted_for_neither():
    book = real()
    book.active.merge_cells("E4:E5")
    sheet = read_book(book)
    assert told(sheet) == {("cell_merged", "E4"), ("cell_merged", "E5"), ("total_heads", "E9")}
    assert [line.heads for line in sheet.lines[:2]] == [None, None]


def test_each_cell_of_a_merge_is_told_which_cells_were_merged():
    book = real()
    book.active.merge_cells("I4:I5")
    found = [p for p in read_book(book).of("question") if p.code == "cell_merged"]
    assert [p.cell.rpartition("!")[2] for p in found] == ["I4", "I5"]
    assert {p.params["cells"] for p in found} == {f"{PAGE}!I4:I5"}
    assert f"The cells {PAGE}!I4:I5 are merged into one" in sentence(found[0].code, found[0].params)


def test_a_market_merged_over_groups_is_that_of_each():
    book = real()
    book.active.merge_cells("C4:C7")
    sheet = read_book(book)
    assert sheet.clear
    assert [line.market for line in sheet.lines[:4]] == ["domestic"] * 4


def test_a_merge_along_the_row_asks_for_what_it_swallowed():
    book = real()
    book.active.merge_cells("E4:F4")
    assert told(read_book(book)) == {("cell_merged", "F4")}


def test_a_header_merged_over_the_people_is_an_error_at_the_header():
    book = real()
    book.active.merge_cells("D3:E3")
    assert told(read_book(book)) == {("no_heads_column", "A3")}
    book = real()
    book.active.merge_cells("E3:F3")
    assert told(read_book(book)) == {("nameless_column", "F3")}


def test_a_hidden_row_is_asked_about_and_may_be_left_out():
    book = real()
    book.active.row_dimensions[8].hidden = True
    assert told(read_book(book)) == {("hidden_row", "A8")}
    key = f"hidden_row@{PAGE}!A8"
    assert read_book(book, answers={key: "count"}).clear
    sheet = read_book(book, answers={key: "leave_out"})
    assert len(sheet.lines) == 4
    assert told(sheet) == {("total_groups", "B9"), ("total_heads", "E9")}


def test_a_hidden_sheet_is_asked_about():
    book = real()
    book.create_sheet("说明")
    book.active.sheet_state = "hidden"
    book.active = 1
    assert ("hidden_sheet", "A1") in told(read_book(book))


def test_a_row_below_the_total_is_asked_about():
    book = workbook(group(), group("X-02"), foot=[TOTAL, [3, *group("X-03")]])
    assert told(read_book(book)) == {("after_total", "A7")}


def test_a_sheet_without_a_header_names_its_first_cell():
    book = real()
    book.active.delete_rows(3)
    assert told(read_book(book)) == {("no_header", "A1")}


def test_the_wrong_workbook_is_named_as_such():
    with open("data/tianshui/venues.xlsx", "rb") as file:
        sheet = read_bytes(file.read(), "venues.xlsx")
    assert [p.code for p in sheet.problems] == ["no_header"]
    assert not sheet.lines


def test_a_sheet_with_a_header_and_nothing_else_is_no_nil_return():
    assert told(read_book(workbook())) == {("no_lines", "A1")}


def test_a_sheet_without_any_day_asks_unless_its_name_says_it():
    book = workbook(group(), day="")
    assert ("no_date", "") in told(read_book(book, "情况.xlsx"))
    sheet = read_book(book, "云端-2020-01-28.xlsx")
    assert sheet.clear
    assert sheet.as_of.isoformat() == "2020-01-28"
    assert ("date_of_file_name", "") in told(sheet, "note")


def test_far_too_many_rows_are_no_groups_of_one_agency():
    book = workbook(*(group(f"X-{n}") for n in range(1005)))
    assert "too_many_lines" in {p.code for p in read_book(book).problems}


def test_an_error_of_a_formula_is_asked():
    assert told(broken({"I4": "#REF!"})) == {("cell_error", "I4"), ("total_refunded_heads", "I9")}


# --- files that are never parsed ----------------------------------------------------------------------------------------------


def test_an_empty_file_is_refused():
    assert "empty" in refusal(b"")


def test_a_huge_file_is_refused(settings):
    settings.IMPORT_MAX_UPLOAD_BYTES = 1000
    assert "at most" in refusal(saved(real()))


def test_a_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(real()))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b" " * (30 << 20) if name == "xl/worksheets/sheet1.xml" else old.read(name))
    assert "memory" in refusal(out.getvalue())


def test_a_workbook_with_a_password_and_an_old_one_are_refused():
    start = guards.OLE + b"\0" * 600
    assert "password" in refusal(start + "EncryptedPackage".encode("utf-16-le"))
    assert ".xls" in refusal(start + "Workbook".encode("utf-16-le"), "a.xls")


def test_half_a_workbook_is_refused():
    assert "damaged" in refusal(saved(real())[:3000])


# --- answers --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "answer"),
    [
        ("F5", 1.3, "2020-01-30"),
        ("F5", "元月底", ""),
        ("G5", "2月30日", "2月29日"),
        ("E4", "9+1", "10"),
        ("I5", "若干", "6"),
        ("B5", "01-C01", "01-C02"),
        ("C5", "豪华团", "国内团"),
        ("H5", "看情况", "未退团"),
        ("E5", "=6+6", "12"),
    ],
)
def test_typing_what_belongs_into_the_cell_settles_its_question(cell, value, answer):
    book = real()
    book.active[cell] = value
    sheet = read_book(book)
    (asked,) = [p for p in sheet.of("error", "question") if p.cell == f"{PAGE}!{cell}"]
    assert read_book(book, answers={asked.key: answer}).clear


def test_an_answer_that_is_no_answer_is_asked_again():
    book = real()
    book.active["F5"] = "元月底"
    answered = read_book(book, answers={f"date_unreadable@{PAGE}!F5": "月底"})
    assert told(answered) == {("date_unreadable", "F5")}


def test_a_wrong_total_is_settled_by_counting_the_rows():
    book = real()
    book.active["E9"] = 70
    assert read_book(book, answers={f"total_heads@{PAGE}!E9": "rows_count"}).clear


def test_licence_and_day_can_be_typed_where_the_sheet_has_none():
    book = workbook(group(), licence="", day="")
    sheet = read_book(book, answers={"no_licence@licence": "6205 0240 010", "no_date@": "2020-01-31"})
    assert sheet.clear
    assert (sheet.licence_no, sheet.as_of.isoformat()) == ("62050240010", "2020-01-31")


def test_one_of_two_days_is_chosen():
    book = real()
    book.active["G2"] = "截止时间：2020-01-29"
    sheet = read_book(book, answers={f"two_dates@{PAGE}!E2": "2020-01-29"})
    assert sheet.clear
    assert sheet.as_of.isoformat() == "2020-01-29"


@pytest.mark.parametrize("code", KNOWN)
def test_every_sentence_takes_what_it_is_given(code):
    params = dict.fromkeys(
        (
            "was",
            "now",
            "first",
            "second",
            "heads",
            "sum",
            "most",
            "depart",
            "group",
            "day",
            "paid",
            "due",
            "when",
            "who",
            "licence",
            "agency",
            "cells",
        ),
        "1",
    )
    assert "%(" not in sentence(code, params)


def test_whether_the_groups_were_cancelled_is_asked_where_neither_column_nor_title_says_it():
    book = workbook(group(), title="云端旅行社团队统计表")
    book.active["H3"] = "其他"
    key = "no_disposition_column@Sheet1!A3"
    assert told(read_book(book)) == {("no_disposition_column", "A3")}
    assert [line.disposition for line in read_book(book, answers={key: "all_cancelled"}).lines] == ["cancelled"]
    assert [line.disposition for line in read_book(book, answers={key: "as_known"}).lines] == [""]
    book.active["A1"] = "云端旅行社团队退团统计表"
    sheet = read_book(book)
    assert sheet.clear
    assert [line.disposition for line in sheet.lines] == ["cancelled"]


def test_a_market_can_be_typed_where_the_sheet_has_no_such_column():
    book = workbook(group())
    book.active["C3"] = "导游"
    assert told(read_book(book)) == {("no_kind", "A4")}
    assert [line.market for line in read_book(book, answers={"no_kind@Sheet1!A4": "出境团"}).lines] == ["outbound"]
