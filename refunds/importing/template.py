"""The workbook that an agency gets to fill in: its groups as they are known stand in it, so that only what changed is typed.

It comes back without questions when only figures rose. There is no total line: a formula that another program saved has no value.
"""

import datetime

from django.utils import timezone

from refunds.models import TourGroup
from refunds.shown import leave_out, people_of

SHEET = "退团退费"
COLUMNS = (
    # header, field, width
    ("序号", "", 6), ("团号", "number", 16), ("团队类型", "kind", 12), ("线路", "route", 24), ("人数", "heads", 8),
    ("出团日期", "depart_on", 12), ("返回日期", "return_on", 12), ("对方旅行社", "counterpart", 20), ("团队状态", "disposition", 10),
    ("应退金额(元)", "amount_due", 14), ("已退费人数", "refunded_heads", 12), ("已退费金额(元)", "refunded_amount", 14),
    ("未退原因", "reason_text", 28), ("承诺退费日期", "promised_on", 14), ("备注", "remark", 24),
)  # fmt: skip
MARKETS = {"domestic": "国内", "outbound": "出境", "inbound": "入境"}
ROLES = {"organiser": "组团", "receiver": "地接"}
KINDS = [f"{market}{role}" for role in ROLES.values() for market in MARKETS.values()]
DISPOSITIONS = {
    "booked": "按期出团", "cancelled": "已退团", "postponed": "延期", "travelling": "在途", "cut_short": "提前返回", "completed": "已结束",
}  # fmt: skip
REASONS = {
    "in_progress": "正在办理", "office_closed": "未上班", "upstream": "航空公司、酒店、地接社未退", "no_account": "未提供收款账户",
    "disagreement": "对扣费有异议", "unreachable": "联系不上游客", "other": "其他",
}  # fmt: skip
EMPTY_ROWS = 30
FIRST = 4  # the first row of the groups, as people count
NOTE = "说明:已退费人数、已退费金额填写截至当日的累计数。没有变化的行不要删除。金额以元为单位,不清楚可不填,人数必填。新增的团接着往下填。"
_FORMULA = ("=", "+", "-", "@")


def write(agency, file, *, at=None):
    """Write the template of an agency into the open binary `file`: its groups as of the moment `at`, whose date stands in it."""
    import xlsxwriter

    at = at or timezone.now()
    groups = list(TourGroup.objects.of(agency).as_of(at).order_by("number", "pk"))
    people = people_of({group.pk for group in groups})
    for group in groups:  # as the comparison reads them when the sheet comes back
        leave_out(group, people.get(group.pk, ()), group.worded_fields)
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "in_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        formats = _formats(book)
        _write_head(sheet, agency, at, formats)
        for number, group in enumerate(groups, start=1):
            _write_group(sheet, FIRST - 2 + number, number, group, formats)
        last = FIRST - 1 + len(groups) + EMPTY_ROWS
        _offer_choices(sheet, last)
        sheet.freeze_panes(FIRST - 1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(FIRST - 2)


def _formats(book):
    edge = {"border": 1, "border_color": "#B8C4CC", "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"}),
        "plain": book.add_format({"num_format": "@"}),
        "head": book.add_format({**edge, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E2EFF3"}),
        "text": book.add_format({**edge, "num_format": "@"}),
        "quoted": book.add_format({**edge, "num_format": "@", "quote_prefix": True}),
        "count": book.add_format({**edge, "num_format": "0"}),
        "money": book.add_format({**edge, "num_format": "0.00"}),
        "date": book.add_format({**edge, "num_format": "yyyy-mm-dd", "align": "left"}),
    }


def _write_head(sheet, agency, at, formats):
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, f"{agency.name}团队退团退费情况统计表", formats["title"])
    sheet.write_string(1, 0, f"许可证号:{agency.licence_no}", formats["plain"])
    sheet.write_string(1, 4, f"截止时间:{timezone.localdate(at).isoformat()}", formats["plain"])
    sheet.write_comment(1, 0, NOTE, {"x_scale": 3, "y_scale": 1.2})
    for column, (header, _field, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(FIRST - 2, column, header, formats["head"])
    sheet.set_row(0, 26)


def _write_group(sheet, row, number, group, formats):
    sheet.write_number(row, 0, number, formats["count"])
    for column, (_header, field, _width) in enumerate(COLUMNS):
        if field:
            _write_cell(sheet, row, column, _value(group, field), formats)


def _value(group, field):
    if field == "kind":
        market = MARKETS.get(group.market, "")
        return f"{market}{ROLES[group.role]}" if market else "地接团" if group.role == "receiver" else ""
    if field == "disposition":
        return DISPOSITIONS[group.disposition]
    if field == "refunded_heads":
        return group.paid_heads
    if field == "refunded_amount":
        return group.paid_amount or None
    if field == "reason_text":
        return group.reason_text or REASONS.get(group.reason, "")
    return getattr(group, field)


def _write_cell(sheet, row, column, value, formats):
    kind = COLUMNS[column][1]
    if isinstance(value, datetime.date):
        sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), formats["date"])
    elif value is None or value == "":
        sheet.write_blank(row, column, None, formats["date" if kind.endswith("_on") else "text"])
    elif isinstance(value, str):
        sheet.write_string(row, column, value, formats["quoted" if value.startswith(_FORMULA) else "text"])
    else:
        sheet.write_number(row, column, value, formats["count" if isinstance(value, int) else "money"])


def _offer_choices(sheet, last):
    """Lists to choose from, which let other words pass: the import reads many."""
    for field, words in (("kind", KINDS), ("disposition", DISPOSITIONS.values()), ("reason_text", REASONS.values())):
        column = next(c for c, (_header, name, _width) in enumerate(COLUMNS) if name == field)
        sheet.data_validation(
            FIRST - 1, column, last, column,
            {"validate": "list", "source": [word.replace(",", "，") for word in words], "show_error": False},
        )  # fmt: skip
