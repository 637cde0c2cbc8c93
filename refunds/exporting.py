"""Groups as an .xlsx: what the list shows under its filters, with the moment that it shows on top. No traveller is in it, no cell is a
formula, telephone numbers in words are masked; written row by row."""

import datetime
from decimal import Decimal

from django.utils import timezone

from refunds.importing.template import DISPOSITIONS, MARKETS, REASONS, ROLES
from refunds.models import TourGroup, Traveller
from refunds.shown import leave_out
from venues.exporting import harmless
from venues.masking import without_numbers
from venues.words import when

_BUCKETS = {**MARKETS, "local": "地接", "unknown": "未说明"}
_STATUSES = {
    "cancelled_unpaid": "退团未退费", "part_refunded": "部分退费", "over_refunded": "多退", "refunded": "已退费", "travelling": "在途",
    "booked": "未出团", "settled_otherwise": "另行解决", "nothing_due": "无应退款", "completed": "已结束",
}  # fmt: skip
COLUMNS = (
    # header, what stands in it, width
    ("旅行社", lambda g: g.agency.survivor.name, 28), ("许可证号", lambda g: g.agency.survivor.licence_no, 18),
    ("团号", lambda g: g.number, 18), ("类型", lambda g: ROLES.get(g.role, g.role), 7),
    ("市场", lambda g: MARKETS.get(g.market, ""), 7), ("统计口径", lambda g: _BUCKETS.get(g.bucket, g.bucket), 9),
    ("线路", lambda g: without_numbers(g.route), 26), ("出团日期", lambda g: g.depart_on, 11), ("返回日期", lambda g: g.return_on, 11),
    ("人数", lambda g: g.heads, 7), ("计入人数", lambda g: g.heads if g.counted else 0, 9),
    ("状态", lambda g: _STATUSES.get(g.status, g.status), 14),
    ("处置", lambda g: DISPOSITIONS.get(g.disposition, g.disposition), 10), ("处置日期", lambda g: g.disposed_on, 11),
    ("已退人数", lambda g: g.paid_heads, 9), ("应退金额", lambda g: g.amount_due, 13), ("扣减金额", lambda g: g.accepted, 12),
    ("已退金额", lambda g: None if g.heads_without_amount and not g.paid_amount else g.paid_amount, 13),
    ("未退原因", lambda g: REASONS.get(g.reason, ""), 14), ("原因说明", lambda g: without_numbers(g.reason_text), 26),
    ("承诺退费日期", lambda g: g.promised_on, 11), ("有争议", lambda g: "是" if g.disputed else "", 8),
    ("数据时间", lambda g: timezone.localtime(g.since).replace(tzinfo=None, microsecond=0), 17),
)  # fmt: skip
HEAD = 2  # rows above the header of the columns


def write_workbook(groups, at, file):
    """Write these groups, as of the moment `at`, into the open binary `file`; returns how many. Memory does not grow with them."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        sheet, formats = book.add_worksheet("旅游团退费"), _formats(book)
        sheet.write_string(0, 0, f"旅游团退费情况　截至 {when(at)}", formats["title"])
        for column, (header, _read, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(HEAD, column, header, formats["head"])
        sheet.freeze_panes(HEAD + 1, 3)
        people = Traveller.objects.people_of(TourGroup.objects.all())
        rows = groups.select_related("agency__merged_into").iterator(chunk_size=500)
        for count, group in enumerate(rows, start=1):
            leave_out(group, people.get(group.pk, ()))
            for column, (_header, read, _width) in enumerate(COLUMNS):
                _write(sheet, HEAD + count, column, read(group), formats)
    return count


def _formats(book):
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3"}),
        "text": book.add_format({"num_format": "@"}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),  # text even after somebody edits it
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
    }


def _write(sheet, row, column, value, formats):
    if isinstance(value, datetime.datetime):
        sheet.write_datetime(row, column, value, formats["time"])
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), formats["date"])
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, formats["money"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value, formats["text" if harmless(value) == value else "quoted"])
