"""What is refused before it is parsed, each in a sentence that says what to do."""

import struct
import zipfile

import openpyxl
import pytest
from django.utils import translation

from venues.importing import guards, package, reading
from venues.tests.lists import REAL, row, saved, workbook
from venues.transitions import Refused


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def refusal(path, name=""):
    with pytest.raises(Refused) as caught:
        guards.look(path, name)
    return caught.value.sentence()


def written(path, content):
    path.write_bytes(content)
    return path


def packed(path, parts, **said):
    """A zip package; `said`: {part: the unpacked size that its directory claims}."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    if said:
        raw = bytearray(path.read_bytes())
        for name, size in said.items():
            at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(name.encode()))
            raw[at + 24 : at + 28] = struct.pack("<I", size)
        path.write_bytes(bytes(raw))
    return path


def parts_of(path):
    with zipfile.ZipFile(path) as old:
        return {name: old.read(name) for name in old.namelist()}


def broken(tmp_path, part, content):
    """The real list with one part replaced."""
    return packed(tmp_path / "broken.xlsx", {**parts_of(REAL), part: content})


def sheet_of(rows):
    return b'<worksheet xmlns="x"><sheetData>' + rows + b"</sheetData></worksheet>"


def test_an_empty_file_is_refused(tmp_path):
    assert "empty" in refusal(written(tmp_path / "a.xlsx", b""))


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(tmp_path, settings):
    settings.IMPORT_MAX_UPLOAD_BYTES = 1000
    assert "at most 0.1 MB" in refusal(written(tmp_path / "a.csv", b"x" * 1001))


def test_an_old_workbook_is_told_to_be_saved_anew(tmp_path):
    old = guards.OLE + b"\0" * 600 + "Workbook".encode("utf-16-le")
    assert ".xls" in refusal(written(tmp_path / "a.xls", old))


def test_a_workbook_with_a_password_is_named_as_such(tmp_path):
    old = guards.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refusal(written(tmp_path / "a.xlsx", old))


def test_a_zip_with_a_password_is_named_as_such(tmp_path):
    path = packed(tmp_path / "a.xlsx", parts_of(REAL))
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.index(mark)
        raw[at + offset] |= 1
    assert "password" in refusal(written(path, bytes(raw)))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    assert "not a plain workbook" in refusal(packed(tmp_path / "a.xlsx", {"readme.txt": b"hello"}))


def test_a_workbook_with_macros_is_refused(tmp_path):
    path = packed(tmp_path / "a.xlsm", {**parts_of(REAL), "xl/vbaProject.bin": b"x"})
    assert "macros" in refusal(path)


def test_a_page_called_xls_is_refused(tmp_path):
    assert "web page" in refusal(written(tmp_path / "a.xls", b"<html><table></table></html>"))


def test_a_picture_is_refused_and_so_is_a_text_without_the_right_ending(tmp_path):
    assert "neither" in refusal(written(tmp_path / "a.png", b"\x89PNG\r\n"))
    assert "neither" in refusal(written(tmp_path / "a.xlsx", b"name,district\n"))


@pytest.mark.parametrize("cut", [100, 2000, 9000])
def test_half_a_workbook_is_damaged(tmp_path, cut):
    assert "damaged" in refusal(written(tmp_path / "a.xlsx", REAL.read_bytes()[:cut]))


def test_a_workbook_whose_bytes_were_changed_is_damaged(tmp_path):
    raw = bytearray(REAL.read_bytes())
    raw[200:260] = b"\xff" * 60
    path = written(tmp_path / "a.xlsx", bytes(raw))
    with pytest.raises(Refused), reading.tables(path, guards.look(path)) as tables:
        for table in tables:
            list(table.rows())


def test_a_bomb_that_says_its_size_is_refused_by_its_directory(tmp_path, settings):
    settings.IMPORT_MAX_UNPACKED_BYTES = 1 << 20
    path = broken(tmp_path, "xl/worksheets/sheet1.xml", b" " * (2 << 20))
    assert "memory" in refusal(path)


def test_a_bomb_is_refused_by_its_ratio(tmp_path):
    path = broken(tmp_path, "xl/worksheets/sheet1.xml", b" " * (30 << 20))
    assert path.stat().st_size < 200_000
    assert "memory" in refusal(path)


def test_a_bomb_that_lies_about_its_size_is_refused_by_what_comes_out(tmp_path, settings):
    settings.IMPORT_MAX_UNPACKED_BYTES = 1 << 20
    lying = {**parts_of(REAL), "xl/worksheets/sheet1.xml": b" " * (3 << 20)}
    path = packed(tmp_path / "a.xlsx", lying, **{"xl/worksheets/sheet1.xml": 1000})
    with zipfile.ZipFile(path) as found:
        assert found.getinfo("xl/worksheets/sheet1.xml").file_size == 1000
    assert "memory" in refusal(path)


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="99999"><c r="A99999"><v>1</v></c></row>',
        b"<row r='1'><c s='1' r='XFD1'><v>1</v></c></row><row r='99999'><c r='A99999'><v>1</v></c></row>",
        b'<row r="1"><c\tr="XFD1"><v>1</v></c></row><row r="99999"><c r="A99999"><v>1</v></c></row>',
        b'<row r="1"><y:c r="XFD1"><v>1</v></y:c></row><row r="99999"><c r="A99999"><v>1</v></c></row>',
        b'<row r="1"><c s=">" r="XFD1"><v>1</v></c></row><row r="99999"><c r="A99999"><v>1</v></c></row>',
        b"<row>" + b"<c><v>1</v></c>" * 200 + b'</row><row r="99999"><c r="A99999"><v>1</v></c></row>',
    ],
)
def test_two_cells_in_opposite_corners_are_refused_before_they_become_a_rectangle(tmp_path, cells):
    assert "memory" in refusal(broken(tmp_path, "xl/worksheets/sheet1.xml", sheet_of(cells)))


def test_a_format_in_the_last_row_is_harmless(tmp_path):
    book = workbook([row()])
    book.active.cell(1_048_576, 16_384).number_format = "@"
    path = saved(book, tmp_path / "a.xlsx")
    assert guards.look(path).kind == "xlsx"


def test_a_document_type_is_refused(tmp_path):
    evil = b'<!DOCTYPE w [<!ENTITY a "aaaa">]>' + parts_of(REAL)["xl/workbook.xml"]
    assert "damaged" in refusal(broken(tmp_path, "xl/workbook.xml", evil))


def test_a_part_named_twice_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts_of(REAL).items():
            new.writestr(name, content)
        new.writestr("xl/worksheets/Sheet1.xml", b"<worksheet/>")
    assert "damaged" in refusal(path)


def test_a_sheet_that_points_nowhere_is_refused(tmp_path):
    relations = parts_of(REAL)["xl/_rels/workbook.xml.rels"].replace(b"sheet1.xml", b"elsewhere.bin")
    assert "damaged" in refusal(broken(tmp_path, "xl/_rels/workbook.xml.rels", relations))


def test_a_package_with_thousands_of_parts_is_refused(tmp_path):
    many = {f"x/{n}": b"" for n in range(package.MOST_ENTRIES)}
    assert "memory" in refusal(packed(tmp_path / "a.xlsx", {**parts_of(REAL), **many}))


def test_the_office_list_is_sound():
    found = guards.look(REAL)
    assert found.kind == "xlsx"
    assert [sheet.name for sheet in found.package.sheets] == ["歌舞娱乐场所", "网吧", "游艺场所", "旅行社"]
    assert found.rows == 108 + 71 + 26 + 27


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_list_is_read_in_the_encodings_of_offices(tmp_path, encoding):
    path = written(tmp_path / "a.csv", "单位名称,县区\n㐀蓝天网吧,秦州区\n".encode(encoding))
    found = guards.look(path)
    with reading.tables(path, found) as tables:
        (table,) = tables
        assert [r.values for r in table.rows()] == [["单位名称", "县区"], ["㐀蓝天网吧", "秦州区"]]


def test_a_text_that_is_no_text_is_refused(tmp_path):
    assert "text" in refusal(written(tmp_path / "a.csv", b"a,b\0c\n"))
    assert "neither UTF-8 nor GB18030" in refusal(written(tmp_path / "b.csv", b"\xff\xff\xff,\xff\n"))


def test_a_line_without_end_is_refused(tmp_path):
    assert "far too long" in refusal(written(tmp_path / "a.csv", b"x," * (1 << 20)))


def test_hidden_rows_and_formulas_without_value_are_seen_in_the_package(tmp_path):
    book = workbook([row(), row(), row()])
    book.active.row_dimensions[3].hidden = True
    book.active["B4"] = '=HYPERLINK("http://example.org","x")'
    (sheet,) = guards.look(saved(book, tmp_path / "a.xlsx")).package.sheets
    assert [n for n in range(1, 6) if n in sheet.hidden_rows] == [3]
    assert sheet.empty_formulas == {"B4"}


def test_a_sheet_that_begins_further_down_and_right_keeps_its_row_numbers(tmp_path):
    book = openpyxl.Workbook()
    book.active["C5"] = "here"
    path = saved(book, tmp_path / "a.xlsx")
    with reading.tables(path, guards.look(path)) as tables:
        (table,) = tables
        assert [(r.number, r.values) for r in table.rows()][-1] == (5, ["", "", "here"])


def test_a_panic_inside_the_reader_becomes_a_sentence():
    class PanicException(BaseException):
        pass

    with pytest.raises(Refused, match="damaged"), reading.understood():
        raise PanicException
