"""Agencies' sheets for the tests: the real ones, copies with one thing broken, and sheets of one's own."""

import datetime
import io
from pathlib import Path

import openpyxl
from django.conf import settings

from refunds.importing import applying
from refunds.importing.reading import read_bytes
from venues.moments import local_day

FOLDER = Path(settings.BASE_DIR) / "data" / "tianshui"
GROUPS = FOLDER / "groups"
REAL = sorted(path.name for path in GROUPS.glob("*.xlsx"))
AT_28 = local_day(datetime.date(2020, 1, 28))[1]  # when the sheets of these days come in
AT_31 = local_day(datetime.date(2020, 1, 31))[1]
PAGE = "团队退团退费情况"  # the name of the real files' sheet
HEADER = ["序号", "团号", "团队类型", "线路", "人数", "出团日期", "返回日期", "是否退团", "已退费人数", "未退原因"]


def real(name="01-2020-01-28.xlsx"):
    """The workbook of a real file, to be broken; its only sheet is `.active`."""
    return openpyxl.load_workbook(GROUPS / name)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_book(book, name="sheet.xlsx", *, answers=None):
    return read_bytes(saved(book), name, answers=answers)


def group(
    no="X-01",
    kind="国内团",
    route="北京5日",
    heads=10,
    departs="2020-01-30",
    returns="2020-02-02",
    state="是",
    refunded=0,
    why="",
):
    """The values of one row under HEADER, without its running number."""
    return [no, kind, route, heads, departs, returns, state, refunded, why]


def workbook(
    *groups, header=HEADER, title="云端旅行社团队退团退费情况统计表", licence="62050240010", day="2020-01-31", foot=()
):
    """A workbook with one sheet "Sheet1" as agencies send them; `foot`: rows below the groups."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append([title])
    sheet.append([f"许可证号：{licence}" if licence else None, None, None, None, f"截止时间：{day}" if day else None])
    sheet.append(list(header))
    for number, values in enumerate(groups, 1):
        sheet.append([number, *values])
    for row in foot:
        sheet.append(list(row))
    return book


def told(sheet, *severities):
    """{(code, cell without the sheet's name)} of the problems of these severities, of all but notes by default."""
    return {(p.code, p.cell.rpartition("!")[2]) for p in sheet.of(*(severities or ("error", "question")))}


def enter(book, *, by=None, at=AT_31, name="sheet.xlsx", **how):
    """Enter a workbook about which nothing is open; returns its return."""
    return applying.apply(saved(book), name, by=by, at=at, **how)


def looked_at(book, *, answers=None, at=AT_31, name="sheet.xlsx"):
    """The preview of a workbook."""
    return applying.preview(saved(book), name, answers=answers, at=at)


def asked(preview):
    """{(code, cell without the sheet's name)} of everything that waits for a person."""
    return {(found.code, found.cell.rpartition("!")[2]) for found in preview.open}
