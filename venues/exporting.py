"""Venue lists as files: .xlsx and .csv with the columns and Chinese headers that the import understands.

Codes and telephones are text, no cell is a formula, and both forms are written row by row.
"""

import csv
import datetime

from venues.models import Category, Division

COLUMNS = (
    # header, field, width in the workbook
    ("场所名称", "name", 28), ("招牌名称", "sign_name", 16), ("场所类别", "category", 14), ("等级", "grade", 8),
    ("统一社会信用代码", "uscc", 22), ("许可证号", "licence_no", 18), ("有效期至", "licence_until", 12),
    ("法定代表人", "legal_rep", 12), ("负责人", "manager", 12), ("联系电话", "phone", 16), ("备用电话", "phone_2", 16),
    ("县区", "district", 10), ("街道(乡镇)", "street", 16), ("经营地址", "address", 34), ("终端数(包间数)", "size", 14),
    ("经营状态", "operating_status", 10), ("纬度", "latitude", 11), ("经度", "longitude", 11),
    ("坐标系", "coordinate_system", 9), ("备注", "remark", 24),
)  # fmt: skip
STATUS_WORDS = {
    "active": "正常营业", "dormant": "长期停业", "ceased": "注销", "revoked": "吊销", "moved": "迁出",
    "unlocatable": "查无下落", "unlicensed": "无证",
}  # fmt: skip
LONG_TERM = "长期"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SYSTEMS = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}


def rows(venues):
    """The cells of these venues in the order of COLUMNS: str, date, int or None; read in pieces."""
    categories = dict(Category.objects.values_list("pk", "name_zh"))
    divisions = dict(Division.objects.values_list("pk", "name"))
    words = {
        "category": categories.get, "district": divisions.get, "street": divisions.get,
        "operating_status": STATUS_WORDS.get, "coordinate_system": _SYSTEMS.get,
        "latitude": _plain, "longitude": _plain,
    }  # fmt: skip
    fields = [field for _header, field, _width in COLUMNS]
    until = fields.index("licence_until")
    for *values, long_term in venues.values_list(*fields, "licence_long_term").iterator(chunk_size=2000):
        cells = [words[name](value) if name in words else value for name, value in zip(fields, values, strict=True)]
        if long_term:
            cells[until] = LONG_TERM
        yield cells


def _plain(number):
    return None if number is None else f"{number.normalize():f}"


def write_workbook(venues, file):
    """Write an .xlsx of these venues into the open binary `file`; memory does not grow with the rows."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("场所名录")
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3"})
        formats = {
            "text": book.add_format({"num_format": "@"}),
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),  # text even after somebody edits it
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        }
        for column, (header, _field, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, head)
        sheet.freeze_panes(1, 1)
        for number, cells in enumerate(rows(venues), start=1):
            for column, value in enumerate(cells):
                _write_cell(sheet, number, column, value, formats)


def _write_cell(sheet, row, column, value, formats):
    if isinstance(value, datetime.date):
        sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), formats["date"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value, formats["quoted" if value.startswith(_FORMULA) else "text"])


def csv_lines(venues):
    """The lines of a .csv of these venues, one after the other."""
    return as_csv([header for header, _field, _width in COLUMNS], rows(venues))


# --- any list as a .csv -------------------------------------------------------------------------------------------
class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line):
        return line


def as_csv(head, rows):
    """The lines of a .csv (UTF-8 with its mark, which a spreadsheet needs) with this head and these rows of cells, one after the
    other; no cell is a formula."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(head)
    for cells in rows:
        yield writer.writerow([harmless(value) for value in cells])


def harmless(value):
    """A cell that no spreadsheet takes for a formula: an apostrophe before = + - @ (the import takes it away again)."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
