"""Short hands for the tests about sheets: lists of another hotline as files."""

import csv
import io

import xlsxwriter

HEADER = [
    "工单编号",
    "受理时间",
    "来电人",
    "联系电话",
    "受理人",
    "诉求内容",
    "被投诉单位",
    "区县",
    "诉求类型",
    "办理时限",
    "回复内容",
]
ROW = [
    "GD2020012700001",
    "2020-01-27 12:20",
    "张三丰",
    "13900001111",
    "钟子磊",
    "网吧里面有人上网",
    "蓝天网吧",
    "秦州区",
    "举报",
    "2020-01-29",
    "",
]


def row(**changes):
    """ROW with other cells: `row(content="…", no="…")`."""
    places = {
        "no": 0, "at": 1, "name": 2, "number": 3, "staff": 4, "content": 5, "venue": 6, "district": 7, "kind": 8, "deadline": 9,
        "reply": 10,
    }  # fmt: skip
    cells = list(ROW)
    for name, value in changes.items():
        cells[places[name]] = value
    return cells


def as_csv(*rows, header=HEADER, encoding="utf-8-sig"):
    """The bytes of a .csv."""
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows, header=HEADER):
    """The bytes of a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([header, *rows]):
            sheet.write_row(number, 0, cells)
    return out.getvalue()
