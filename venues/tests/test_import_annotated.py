"""The office's own file back, with one more column that says what is wrong with each row."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from venues.importing import annotating, applying, guards, package, reading
from venues.importing.divisions import import_divisions
from venues.tests.lists import DIVISIONS, REAL, real, row, saved, workbook


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def tianshui(db):
    import_divisions(DIVISIONS)


def annotated(path):
    """The bytes that come back for the file at `path`."""
    run = applying.import_file(path)
    out = io.BytesIO()
    annotating.annotate(run, out)
    return out


def broken(tmp_path):
    book = real()
    book["网吧"]["C5"] = "麦积县区"
    book["歌舞娱乐场所"]["H5"] = "91620502GTP21EA5NR"
    return saved(book, tmp_path / "a.xlsx")


def test_each_row_says_what_is_wrong_with_it(tmp_path):
    book = openpyxl.load_workbook(annotated(broken(tmp_path)))
    sheet = book["网吧"]
    assert sheet["M1"].value == "Problems"
    assert sheet["M5"].value.startswith("error: 所属区县 – No district or county is known as “麦积县区”.")
    assert "check digit" in book["歌舞娱乐场所"]["L5"].value
    assert book["歌舞娱乐场所"]["L3"].value == "Problems"
    assert book["旅行社"].max_column == 13


def test_everything_else_is_as_it_was(tmp_path):
    path = broken(tmp_path)
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(annotated(path))
    assert before.sheetnames == after.sheetnames
    for sheet in before:
        twin = after[sheet.title]
        assert sorted(map(str, twin.merged_cells.ranges)) == sorted(map(str, sheet.merged_cells.ranges))
        for line in sheet.iter_rows():
            for cell in line:
                other = twin[cell.coordinate]
                assert (other.value, other.number_format) == (cell.value, cell.number_format)
                assert other.style_id == cell.style_id


def test_both_readers_understand_it(tmp_path):
    path = tmp_path / "back.xlsx"
    path.write_bytes(annotated(broken(tmp_path)).getvalue())
    found = guards.look(path)
    with reading.tables(path, found) as tables:
        first = next(tables)
        assert [r.values for r in first.rows()][4][:2] == [1.0, "四海KTV"]
    assert applying.import_file(path).counts["same"] == 217


def test_the_added_cells_are_text_and_never_formulas(tmp_path):
    book = workbook([row(name="=1+1", district="=cmd|' /C calc'!A0")])
    book.active["B2"].data_type = book.active["C2"].data_type = "s"
    back = openpyxl.load_workbook(annotated(saved(book, tmp_path / "a.xlsx")))
    assert back.active["L2"].data_type in ("s", "inlineStr")
    with zipfile.ZipFile(annotated(saved(book, tmp_path / "b.xlsx"))) as found:
        assert b"<f>" not in found.read("xl/worksheets/sheet1.xml")


def test_marks_that_xml_knows_are_escaped(tmp_path):
    path = saved(workbook([row(district="<b>&\"'秦洲")]), tmp_path / "a.xlsx")
    assert "<b>&" in openpyxl.load_workbook(annotated(path)).active["L2"].value


def test_the_column_stands_right_of_cells_that_are_only_formatted(tmp_path):
    book = workbook([row(district="秦洲")])
    book.active["P2"].number_format = "@"
    back = openpyxl.load_workbook(annotated(saved(book, tmp_path / "a.xlsx"))).active
    assert back["Q1"].value == "Problems" and back["Q2"].value.startswith("error")
    assert back.column_dimensions["Q"].width == 60


def test_blank_rows_without_cells_do_not_swallow_the_next(tmp_path):
    book = workbook([row(), [], row(district="秦洲", licence_no="2")])
    book.active.row_dimensions[3].height = 30
    back = openpyxl.load_workbook(annotated(saved(book, tmp_path / "a.xlsx"))).active
    assert back["L4"].value.startswith("error") and back["L3"].value is None


def test_tags_with_a_prefix_are_written_with_it(tmp_path):
    parts = {}
    with zipfile.ZipFile(saved(workbook([row(district="秦洲")]), tmp_path / "a.xlsx")) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    back = openpyxl.load_workbook(annotated(tmp_path / "b.xlsx")).active
    assert back["L2"].value.startswith("error")


def test_a_csv_comes_back_as_csv_without_formulas(tmp_path):
    path = tmp_path / "网吧.csv"
    path.write_bytes(
        "单位名称,类别,县区,电话\n=1+1,网吧,秦洲,13000000001\n好网吧,网吧,秦州区,13000000001\n".encode("gb18030")
    )
    lines = list(csv.reader(io.StringIO(annotated(path).getvalue().decode("utf-8-sig"))))
    assert lines[0] == ["单位名称", "类别", "县区", "电话", "Problems"]
    assert lines[1][0] == "'=1+1" and lines[1][4].startswith("error")
    assert lines[2] == ["好网吧", "网吧", "秦州区", "13000000001", ""]


def test_letters_and_numbers_of_columns_agree():
    assert [package.column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(package.column_number(package.column_letters(n)) == n for n in range(1, 2000))


def test_in_the_browser_it_is_an_attachment_and_leaves_a_trail(signed_in, editor, tmp_path):
    run = applying.import_file(broken(tmp_path), by=editor)
    answer = signed_in(editor).get(reverse("venues:import_workbook", args=[run.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert editor.trail.filter(act="export", about_id=str(run.pk)).exists()


def test_the_real_list_has_nothing_to_say_on_its_own_day(tmp_path):
    import datetime

    run = applying.import_file(REAL, at=datetime.datetime(2020, 1, 20, tzinfo=datetime.UTC))
    out = io.BytesIO()
    annotating.annotate(run, out)
    assert openpyxl.load_workbook(out)["网吧"]["M2"].value is None
