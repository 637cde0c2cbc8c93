"""Agencies' sheets for the tests: the real ones, copies with one thing broken, and sheets of one's own."""

import io
from pathlib import Path

import openpyxl
from django.conf import settings

from refunds.importing.reading import read_bytes

GROUPS = Path(settings.BASE_DIR) / "data" / "tianshui" / "groups"
REAL = sorted(path.name for path in GROUPS.glob("*.xlsx"))
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
