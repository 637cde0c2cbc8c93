"""Finding the header: which row, which column, one row high or two, with titles above and anything below."""

import openpyxl
import pytest

from venues.importing import columns, guards, reading
from venues.importing.fields import ALIASES, SECOND
from venues.tests.lists import HEADER, REAL, row, saved, workbook


def header_of(path):
    with reading.tables(path, guards.look(path)) as tables:
        return columns.find(next(tables), ALIASES, required={"name"}, second=SECOND)


@pytest.mark.parametrize("above", [0, 1, 5, 11, 14])
def test_the_header_is_found_in_the_first_fifteen_rows(tmp_path, above):
    found = header_of(saved(workbook([row()], above=above), tmp_path / "a.xlsx"))
    assert (found.first_row, found.last_row) == (above + 1, above + 1)
    assert found.columns["licence_no"] == 8


def test_in_the_sixteenth_row_it_is_not_looked_for(tmp_path):
    assert header_of(saved(workbook([row()], above=15), tmp_path / "a.xlsx")) is None


def test_a_two_row_header_with_merges_is_one_header():
    found = header_of(REAL)
    assert (found.first_row, found.last_row) == (3, 4)
    assert found.columns == {
        "seq": 0, "name": 1, "district": 2, "street": 3, "address": 4, "manager": 5, "phone": 6, "uscc": 7, "licence_no": 8,
        "licence_until": 9, "remark": 10,
    }  # fmt: skip
    assert found.label("district") == "县区" and found.label("manager") == "姓名"
    assert "天水市歌舞娱乐场所名录" in found.title


def test_the_same_two_rows_without_their_merges_are_one_header_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "天水市歌舞娱乐场所名录,,,,,,,\n序号,单位名称,经营地址,,,负责人,,许可证编号\n,,县区,街道(乡镇),详细地址,姓名,联系电话,\n"
        "1,四海KTV,秦州区,玉泉镇,新华路98号,顾龙嘉,13000000002,62050210002\n"
    )
    found = header_of(path)
    assert (found.first_row, found.last_row) == (2, 3)
    assert [found.columns[f] for f in ("district", "street", "address", "manager", "phone")] == [2, 3, 4, 5, 6]


def test_blanks_breaks_and_brackets_in_a_name_do_not_hide_it(tmp_path):
    strange = [
        "序 号",
        "单位\n名称",
        "县区(市)",
        "街 道",
        "经营 地址",
        "负责人",
        "联系电话",
        "信用代码(18位)",
        "许可证编号",
    ]
    strange += ["有效期至", "备 注"]
    found = header_of(saved(workbook([row()], header=strange), tmp_path / "a.xlsx"))
    assert len(found.columns) == 11


def test_the_second_telephone_column_is_the_second_telephone(tmp_path):
    header = ["单位名称", "县区", "联系电话", "手机", "地址"]
    found = header_of(saved(workbook([], header=header), tmp_path / "a.xlsx"))
    assert (found.columns["phone"], found.columns["phone_2"]) == (2, 3)


def test_a_sheet_with_only_titles_has_no_header(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "天水市网吧名录"
    book.active.merge_cells("A1:K4")
    assert header_of(saved(book, tmp_path / "a.xlsx")) is None


def test_a_row_of_data_is_not_taken_into_the_header(tmp_path):
    found = header_of(saved(workbook([row(name="名称", address="地址")]), tmp_path / "a.xlsx"))
    assert (found.first_row, found.last_row) == (1, 1)
    assert len(found.columns) == len(HEADER)
