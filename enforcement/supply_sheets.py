"""Supplies as a workbook: the stock at a moment on one sheet, movements on another; text is text, no cell is a formula."""

import io

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from venues.words import when

MOST = 50_000  # movements; older ones are asked for by their days


def write_workbook(stocks, movements, at):
    """The bytes of a workbook with these Stocks and the newest of these movements, as of the moment `at`."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        formats = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3"})
        title = _("Supplies as of %(when)s") % {"when": when(at)}
        columns = (
            (_("Category"), 14), (_("Supply"), 22), (_("Specification"), 18), (_("Unit"), 8), (_("On hand"), 10), (_("Low when below"), 14),
            (_("Days of cover"), 12), (pgettext("supplies", "Received"), 10), (_("Donated"), 10), (_("Issued"), 10),
        )  # fmt: skip
        _sheet(book, _("Stock"), title, columns, map(_stock_cells, stocks), formats)
        columns = (
            (_("When"), 17), (_("Supply"), 22), (_("Specification"), 18), (_("Kind"), 12), (pgettext("supplies", "Change"), 10), (_("Unit"), 8),
            (_("Donor"), 16), (_("Issued to"), 14), (_("Cause or remark"), 40), (_("By"), 14), (_("Recorded"), 17), (_("Reversed"), 17),
        )  # fmt: skip
        newest = movements.order_by("-at", "-pk")[:MOST].iterator(chunk_size=2000)
        _sheet(book, _("Movements"), title, columns, map(_movement_cells, newest), formats)
    return file.getvalue()


def _stock_cells(row):
    item = row.item
    return [
        item.get_category_display(), item.name, item.spec, item.unit, row.on_hand, item.low_level, row.days_of_cover, row.received, row.donated,
        row.issued,
    ]  # fmt: skip


def _movement_cells(row):
    item, back = row.item, row.reversed_by
    return [
        row.date_alone or when(row.at), item.name, item.spec, row.get_kind_display(), row.delta, item.unit, row.donor, row.issued_to,
        row.cause, row.by, when(row.recorded_at), when(back.at) if back else "",
    ]  # fmt: skip


def _sheet(book, name, title, columns, rows, formats):
    bold, head = formats
    sheet = book.add_worksheet(name[:31])
    sheet.write_string(0, 0, title, bold)
    for place, (word, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, str(word), head)
    sheet.freeze_panes(3, 0)
    for line, cells in enumerate(rows, start=3):
        for place, cell in enumerate(cells):
            if isinstance(cell, int | float):
                sheet.write_number(line, place, cell)
            elif cell not in (None, ""):
                sheet.write_string(line, place, str(cell))
