"""Venue lists for the tests of the imports: made here, or the office's own list with one thing broken."""

import io
from pathlib import Path

import openpyxl
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

REAL = Path(settings.BASE_DIR) / "data" / "tianshui" / "venues.xlsx"
DIVISIONS = Path(settings.BASE_DIR) / "data" / "tianshui" / "divisions.csv"
HEADER = [
    "序号",
    "单位名称",
    "所属区县",
    "乡镇街道",
    "经营地址",
    "负责人",
    "联系电话",
    "统一社会信用代码",
    "许可证编号",
]
HEADER += ["有效期至", "经营状态"]
COLUMNS = ["name", "district", "street", "address", "manager", "phone", "uscc", "licence_no", "licence_until", "status"]
_DEFAULTS = {
    "name": "蓝天网吧", "district": "秦州区", "street": "", "address": "民主路1号", "manager": "张三", "phone": "13000000001",
    "uscc": "", "licence_no": "62050220001", "licence_until": "2031-05-01", "status": "正常营业",
}  # fmt: skip


def row(**said):
    """The cells of one row under HEADER."""
    values = {**_DEFAULTS, **said}
    return ["1", *(values[name] for name in COLUMNS)]


def workbook(rows, *, sheet="网吧", header=HEADER, above=0):
    """A workbook with one sheet: `above` title rows, the header, these rows."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for number in range(above):
        page.append([f"标题 {number + 1}"])
    page.append(header)
    for cells in rows:
        page.append(cells)
    return book


def real():
    """The office's own list, to be broken."""
    return openpyxl.load_workbook(REAL)


def saved(book, path):
    book.save(path)
    return path


def upload(book, name="名录.xlsx"):
    """A workbook as a browser sends it."""
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def one(path, **said):
    """The path of a list with a single row that says this."""
    return saved(workbook([row(**said)]), path / "one.xlsx")
