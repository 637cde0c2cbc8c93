"""What offices make of a sheet: headers of two rows, other names, units, sections, .csv; all of it is read without a question."""

import datetime
from decimal import Decimal

import openpyxl
import pytest

from refunds.importing.columns import disposition_of, kind_of, reason_of
from refunds.importing.reading import read_bytes
from refunds.importing.sheets import address
from refunds.tests.workbooks import group, read_book, told, workbook


def two_rows():
    """A header of two rows, in ten thousands, with sections and subtotals and a signature."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "退团 统计"
    for row in [
        ["附件1：2020年1月天水市云端旅行社有限责任公司退团退费统计表"],
        ["经营许可证编号：L-GS 00010", None, None, None, "单位：万元", None, None, "截至1月31日18时"],
        ["序号", "旅游线路", "出行时间", None, "游客人数", "退费情况", None, None, "备注"],
        [None, None, "出发", "返程", None, "应退金额", "已退费人数", "已退金额", None],
        ["一、国内组团"],
        [1, "北京5日", "1.27", "2.1", "10人", 1.5, 4, "0.6", "经办：财务"],
        [2, "厦门4日", "1.28", "2月1日", "6", "¥9,000元", "全部", "9000元", None],
        ["小计", None, None, None, 16, 2.4, 10, 1.5],
        ["二、地接"],
        [3, "麦积山1日", 43857, 43858, 20, "2万", "未退", 0, None],
        ["小 计", None, None, None, 20, 2, 0, 0],
        ["合 计", "3个团", None, None, 36, 4.4, 10, 1.5],
        ["填表人（签字）：", "李俊", None, None, None, "联系电话：", 13000000202],
        ["注：数据截至当日下班，后续将按日更新报送，请以最后一次报送的表格为准。"],
    ]:
        sheet.append(row)
    for cells in ("A1:I1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:H3", "I3:I4", "A5:I5"):
        sheet.merge_cells(cells)
    return book


def test_a_sheet_with_all_of_it_is_read():
    sheet = read_book(two_rows(), "云端2020-01-31.xlsx")
    assert told(sheet) == set()
    assert sheet.agency == "天水市云端旅行社有限责任公司"
    assert sheet.licence_no.startswith("L-GS")
    assert sheet.as_of == datetime.date(2020, 1, 31)
    assert (sheet.contact, sheet.phone) == ("李俊", "13000000202")
    first, second, third = sheet.lines
    assert (first.route, first.role, first.market, first.heads) == ("北京5日", "organiser", "domestic", 10)
    assert (first.amount_due, first.refunded_heads, first.refunded_amount) == (
        Decimal("15000.00"),
        4,
        Decimal("6000.00"),
    )
    assert (first.depart_on.isoformat(), first.return_on.isoformat()) == ("2020-01-27", "2020-02-01")
    assert (second.amount_due, second.refunded_heads, second.refunded_amount) == (Decimal(9000), 6, Decimal(9000))
    assert (third.role, third.market, third.depart_on.isoformat()) == ("receiver", "domestic", "2020-01-27")
    assert (third.amount_due, third.refunded_heads) == (Decimal(20000), 0)
    assert third.cell("heads") == "'退团 统计'!E10"
    assert sheet.totals[-1].amount_due == Decimal(44000)


def test_a_wrong_subtotal_is_asked_at_its_own_cell():
    book = two_rows()
    book.active["E11"] = 21
    assert told(read_book(book, "2020-01-31.xlsx")) == {("total_heads", "E11")}


def test_rows_without_a_group_number_are_marked():
    sheet = read_book(two_rows(), "2020-01-31.xlsx")
    assert [line.group_no for line in sheet.lines] == ["", "", ""]
    assert "no_group_no" in {p.code for p in sheet.of("note")}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_in_text_is_read_and_its_cells_have_no_sheet(encoding):
    text = "云端旅行社退团情况\n许可证号：62050240010,,截止时间：2020-01-31\n团号,类型,人数,是否退团,已退费人数\nX-01,国内团,10,是,4\n"
    sheet = read_bytes(text.encode(encoding), "云端.csv")
    assert sheet.clear
    (line,) = sheet.lines
    assert (line.heads, line.refunded_heads, line.cell("heads")) == (10, 4, "C4")
    assert sheet.agency == "云端旅行社"


def test_two_lists_of_one_file_are_one_sheet():
    book = workbook(group("X-01"))
    other = book.copy_worksheet(book.active)
    other.title = "出境"
    other["B4"], other["C4"] = "X-02", "出境团"
    book.create_sheet("填表说明")["A1"] = "请按日填报"
    sheet = read_book(book)
    assert sheet.clear
    assert [(line.group_no, line.market, line.cell("group_no")) for line in sheet.lines] == [
        ("X-01", "domestic", "Sheet1!B4"), ("X-02", "outbound", "出境!B4"),
    ]  # fmt: skip
    assert told(sheet, "note") == {("sheet_left_out", "A1")}


def test_a_blank_is_not_nought():
    sheet = read_book(workbook(group(refunded=None), group("X-02", refunded=0)))
    assert [line.refunded_heads for line in sheet.lines] == [None, 0]


def test_numbered_but_empty_rows_are_no_groups():
    sheet = read_book(workbook(group(), foot=[[2], [3], [4]]))
    assert sheet.clear
    assert len(sheet.lines) == 1


def test_a_label_may_have_its_value_in_the_next_cell():
    book = workbook(group(), licence="", day="")
    for cell, value in {
        "A2": "许可证号",
        "B2": 62050240010,
        "E2": "截止日期：",
        "F2": datetime.date(2020, 1, 31),
    }.items():
        book.active[cell] = value
    sheet = read_book(book)
    assert sheet.clear
    assert (sheet.licence_no, sheet.cells["licence_no"]) == ("62050240010", "Sheet1!B2")
    assert (sheet.as_of.isoformat(), sheet.cells["as_of"]) == ("2020-01-31", "Sheet1!F2")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("国内团", ("", "domestic")),
        ("出境团", ("", "outbound")),
        ("港澳游", ("", "outbound")),
        ("入境团", ("", "inbound")),
        ("地接团", ("receiver", "domestic")),
        ("入境地接", ("receiver", "inbound")),
        ("国内组团", ("organiser", "domestic")),
        ("组团", ("organiser", "")),
        ("豪华团", ("", "")),
    ],
)
def test_market_and_role_are_two_facts_of_one_word(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "disposition"),
    [
        ("是", "cancelled"),
        ("√", "cancelled"),
        ("已退团", "cancelled"),
        ("取消行程", "cancelled"),
        ("否", "booked"),
        ("未退团", "booked"),
        ("没有取消", "booked"),
        ("延期", "postponed"),
        ("改期至5月", "postponed"),
        ("在途", "travelling"),
        ("提前返回", "cut_short"),
        ("行程已结束", "completed"),
        ("看情况", None),
        ("不延期", None),
    ],
)
def test_what_befell_a_group_is_known_by_many_words(text, disposition):
    assert disposition_of(text) == disposition


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("未上班,待正常上班后协调", "office_closed"),
        ("航空公司未退票款", "upstream"),
        ("未提供银行卡号", "no_account"),
        ("对扣费有异议", "disagreement"),
        ("联系不上游客", "unreachable"),
        ("正在办理", "in_progress"),
        ("情况特殊", "other"),
        ("", ""),
    ],
)
def test_why_a_group_is_unpaid_is_known_by_many_words(text, reason):
    assert reason_of(text) == reason


def test_addresses_are_written_as_spreadsheets_write_them():
    assert address("Sheet1", 7, 5) == "Sheet1!F7"
    assert address("1月 28日", 7, 27) == "'1月 28日'!AB7"
    assert address("it's", 1, 0) == "'it''s'!A1"
    assert address("", 7, 5) == "F7"
