"""What one agency's sheet says, as plain values: nothing here knows the database or how a file is opened.

Every value can name the cell that it came from ("Sheet1!F7"), and so does everything that is wrong or unclear about it.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from venues.importing.package import column_letters
from venues.moments import local_day

ERROR, QUESTION, NOTE = "error", "question", "note"  # the gravest first


def address(sheet, row, column):
    """The name of a cell as spreadsheets write it: "Sheet1!F7"; columns count from 0. A .csv has no sheet."""
    cell = f"{column_letters(column + 1)}{row}"
    if not sheet:
        return cell
    plain = all(c.isalnum() or c in "_." for c in sheet)
    return f"{sheet}!{cell}" if plain else f"'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}"


def span(sheet, row1, column1, row2, column2):
    """The name of a block of cells: "Sheet1!I4:I5"."""
    return f"{address(sheet, row1, column1)}:{address('', row2, column2)}"


@dataclass(frozen=True)
class Problem:
    """Something that a person must know, decide or mend. `cell` is "" where it is about the whole file."""

    code: str
    cell: str
    severity: str
    params: dict = field(default_factory=dict)

    @property
    def key(self):
        """Under which an answer to it is kept. The same question about the same cell keeps its key when it is read again."""
        return (
            f"{self.code}@{self.cell}#{self.params['group']}" if self.code == "vanished" else f"{self.code}@{self.cell}"
        )


@dataclass(frozen=True)
class Line:
    """One group as one row of the sheet says it: None or "" is what the row does not say, which is never nought.

    `cells`: {field: address}; `said`: {field: the text as it stands there}. `role` is "organiser", "receiver" or "", `market`
    "domestic", "outbound", "inbound" or ""."""

    sheet: str
    row: int
    cells: dict
    said: dict
    group_no: str = ""
    route: str = ""
    role: str = ""
    market: str = ""
    depart_on: datetime.date | None = None
    return_on: datetime.date | None = None
    heads: int | None = None
    amount_due: Decimal | None = None
    counterpart: str = ""
    disposition: str = ""
    refunded_heads: int | None = None
    refunded_amount: Decimal | None = None
    reason: str = ""
    reason_text: str = ""
    promised_on: datetime.date | None = None
    remark: str = ""
    hidden: bool = False

    def cell(self, name):
        """The address of the field `name`; where the sheet has no such column, that of the row's first cell."""
        return self.cells.get(name) or address(self.sheet, self.row, 0)


@dataclass(frozen=True)
class Totals:
    """What one total line declares, with the address of each figure; None is what it does not say."""

    row: int
    cells: dict
    groups: int | None = None
    heads: int | None = None
    refunded_heads: int | None = None
    amount_due: Decimal | None = None
    refunded_amount: Decimal | None = None


FIGURES = ("groups", "heads", "refunded_heads", "amount_due", "refunded_amount")  # that a total line may declare


@dataclass(frozen=True)
class Sheet:
    """One file of one agency, read. `cells`: {"agency" | "licence_no" | "as_of" | "title": address}."""

    file_name: str = ""
    title: str = ""
    agency: str = ""
    licence_no: str = ""
    as_of: datetime.date | None = None
    contact: str = ""
    phone: str = ""
    cells: dict = field(default_factory=dict)
    lines: tuple = ()
    totals: tuple = ()
    problems: tuple = ()

    @property
    def as_of_moment(self):
        """The moment up to which the sheet counts: the end of its day; None when it names none."""
        return self.as_of and local_day(self.as_of)[1]

    def of(self, *severities):
        """Its problems of these severities."""
        return [problem for problem in self.problems if problem.severity in severities]

    @property
    def clear(self):
        """Whether nothing about the file itself waits for a person."""
        return not self.of(ERROR, QUESTION)
