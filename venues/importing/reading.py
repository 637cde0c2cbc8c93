"""Reading tabular files: the sheets of a workbook, or a .csv, as rows of plain values. Knows nothing of venues.

    look = guards.look(path, name)              # refuses what must not be parsed
    with reading.tables(path, look) as found:
        for table in found:                     # one sheet at a time is in memory
            header = columns.find(table, ALIASES, required={"name"})
            for row in table.rows(after=header.last_row):
                row.number, row.values, row.hidden

Rows count from 1 as people see them; columns count from 0, as indexes into `values`. A value is "" (empty), str, float, bool,
date, datetime, time or timedelta. Cells of a vertical merge carry the value of its first cell (and are named in `filled`):
one district merged over forty rows is the district of all forty.
"""

import contextlib
import csv
from typing import NamedTuple

from venues.importing.guards import damaged
from venues.transitions import Refused

HEAD = 16  # rows: the header is looked for in the first 15, its second row may follow


class Row(NamedTuple):
    number: int
    values: list
    hidden: bool = False
    filled: tuple = ()  # columns whose value comes from the cell above that they are merged with


class Table:
    """One sheet, or the only table of a .csv. `rows()` may be called again and again."""

    name = ""
    hidden = False
    merges = ()  # of (first row, first column, last row, last column)
    empty_formulas = frozenset()  # {"B5", …}: cells whose formula has no saved value
    errors = frozenset()  # {"B5", …}: cells that show #REF! and the like; their value is ""
    date1904 = False

    def rows(self, after=0):
        """The rows from number `after` + 1 on, blank ones included."""
        raise NotImplementedError

    def head(self):
        """The first rows, as a list."""
        found = []
        for row in self.rows():
            found.append(row)
            if len(found) == HEAD:
                break
        return found


class SheetTable(Table):
    """A sheet of a workbook, read by calamine."""

    def __init__(self, sheet, look, *, hidden, date1904):
        self.name, self.hidden, self.date1904 = sheet.name, hidden, date1904
        self.empty_formulas, self.errors = look.empty_formulas, look.errors
        self.merges = [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]
        self._sheet, self._look = sheet, look
        self._starts = {}
        for first_row, column, last_row, _last_column in self.merges:
            if last_row > first_row:
                self._starts.setdefault(first_row, []).append((column, last_row))

    def rows(self, after=0):
        margin = [""] * self._sheet.start[1] if self._sheet.start else []
        hidden, starts = self._look.hidden_rows, self._starts
        running = {}  # column: (value, last row) of the merges that reach down to here
        with understood():
            for number, values in enumerate(self._sheet.iter_rows(), 1):
                if margin:
                    values = margin + values
                filled = ()
                if running:
                    values, filled = _fill(values, running, number)
                for column, last_row in starts.get(number, ()):
                    if column < len(values):
                        running[column] = (values[column], last_row)
                if number > after:
                    yield Row(number, values, bool(hidden) and number in hidden, filled)


def _fill(values, running, number):
    """The values with those of the running merges put in, and the columns where that was done."""
    filled = []
    for column, (value, last_row) in list(running.items()):
        if number > last_row:
            del running[column]
        elif values[column] == "":
            values[column] = value
            filled.append(column)
    return values, tuple(filled)


class TextTable(Table):
    """The table of a .csv file; the separator is the one that the first lines hold most of."""

    def __init__(self, path, encoding):
        self._path, self._encoding = path, encoding
        with open(path, encoding=encoding, newline="") as file:
            start = "".join(line for line, _ in zip(file, range(HEAD), strict=False))
        self._separator = max(",\t;", key=start.count)

    def rows(self, after=0):
        with open(self._path, encoding=self._encoding, newline="") as file:
            try:
                for number, values in enumerate(csv.reader(file, delimiter=self._separator), 1):
                    if number > after:
                        yield Row(number, values)
            except csv.Error as error:
                raise Refused(damaged()) from error


@contextlib.contextmanager
def tables(path, look):
    """The tables of a file that `guards.look` found sound, lazily and one after another."""
    if look.kind == "csv":
        yield iter([TextTable(path, look.encoding)])
        return
    from python_calamine import CalamineWorkbook

    with understood():
        workbook = CalamineWorkbook.from_path(str(path))
    try:
        yield _sheets(workbook, look.package)
    finally:
        workbook.close()


def _sheets(workbook, package):
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    looks = {sheet.name: sheet for sheet in package.sheets}
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet or meta.name not in looks:
            continue
        with understood():
            sheet = workbook.get_sheet_by_name(meta.name)
        hidden = meta.visible != SheetVisibleEnum.Visible
        yield SheetTable(sheet, looks[meta.name], hidden=hidden, date1904=package.date1904)


@contextlib.contextmanager
def understood():
    """Turn every failure inside calamine, its panics included, into the sentence for people."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, OSError) as error:
        raise Refused(damaged()) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of pyo3: no subclass of Exception
            raise Refused(damaged()) from None
        raise
