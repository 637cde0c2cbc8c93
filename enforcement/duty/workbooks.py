"""A workbook of one sheet: a title, lines under it, a header, rows. Text stays text: no cell is a formula."""

import io

from django.http import FileResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_sheet(file, *, name, title, lines=(), header, widths, rows, notes=()):
    """Write an .xlsx into the open binary `file`. rows: of str, int or None; a tuple (str,) stands bold. notes stand below."""
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(name[:31])
        big = book.add_format({"bold": True, "font_size": 14})
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E2EFF3", "text_wrap": True, "valign": "top"})
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        quoted = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True})
        sheet.set_landscape() if len(header) > 8 else sheet.set_portrait()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, title, big)
        for number, line in enumerate(lines, start=1):
            sheet.write_string(number, 0, line)
        top = 1 + len(lines)
        for column, (word, width) in enumerate(zip(header, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(top, column, str(word), head)
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 1)
        row = top
        for row, cells in enumerate(rows, start=top + 1):
            for column, value in enumerate(cells):
                if isinstance(value, int):
                    sheet.write_number(row, column, value)
                elif value:
                    sheet.write_string(row, column, value, quoted if value.startswith(_FORMULA) else plain)
        for number, note in enumerate(notes, start=row + 2):
            sheet.write_string(number, 0, note)


def download(filename, **sheet):
    """The workbook as an answer to a request; the arguments are those of `write_sheet`."""
    file = io.BytesIO()
    write_sheet(file, **sheet)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename)
