"""Finding the header of an office table: which of its first 15 rows it is, and which column holds what.

The header is the row in which most cells carry a known name. It may be two rows high: then a name over several columns
("business address") stands above the names of the single ones ("district", "street"). Aliases are given by the caller:
{"licence_no": ["许可证号", "许可证编号"], …}.
"""

import re
from dataclasses import dataclass

from venues.cleaning import clean_text
from venues.importing.reading import HEAD

SEARCHED = HEAD - 1


@dataclass
class Header:
    """`columns`: {field: column}; `labels`: {column: the name as it stands in the file}; `title`: the text above the header."""

    first_row: int
    last_row: int
    columns: dict
    labels: dict
    title: str = ""

    @property
    def width(self):
        return 1 + max(self.labels, default=0)

    def label(self, field):
        """The name of the column of `field` in this file, "" when it has none."""
        return self.labels.get(self.columns.get(field), "")


def plain(text):
    """A column's name without blanks, marks and what stands in brackets: "终端数 (台)" → "终端数"."""
    text = clean_text(text).lower()
    text = re.sub(r"[(\[{<【〈《].*?[)\]}>】〉》]", "", text) or text
    return re.sub(r"[\W_]+", "", text)


def find(table, aliases, *, required=(), second=None):
    """The Header of `table`, or None when no row names at least two known columns and all of `required`.

    `second`: {field: field for the second column of that name}, e.g. {"phone": "phone_2"}."""
    known = {plain(alias): field for field, names in aliases.items() for alias in names}
    rows = [row for row in table.head() if row.number <= HEAD]
    best = None
    for row, below in zip(rows[:SEARCHED], [*rows[1:], None], strict=False):
        for second_row in [None, below] if below and _are_two_rows(row, below, known) else [None]:
            found = _header(row, second_row, table.merges, known, second or {})
            enough = len(found.columns) >= 2 and set(required) <= set(found.columns)
            if enough and (best is None or len(found.columns) > len(best.columns)):
                best = found
    if best is not None:
        above = [str(v) for row in rows if row.number < best.first_row for v in row.values if isinstance(v, str) and v]
        best.title = " ".join(dict.fromkeys(above))
    return best


def _are_two_rows(top, below, known):
    """Whether both rows name columns, and the lower one nothing else: a title above a header is no part of it."""
    if not any(isinstance(value, str) and plain(value) in known for value in top.values):
        return False
    own = [value for column, value in enumerate(below.values) if value != "" and column not in below.filled]
    if not all(isinstance(value, str) and len(value) <= 20 for value in own):
        return False
    return any(plain(value) in known for value in own)


def _header(top, below, merges, known, second):
    spans = {(r1, c): (c1, c2) for r1, c1, r2, c2 in merges for c in range(c1, c2 + 1) if r1 == r2 and c2 > c1}
    labels, columns = {}, {}
    over, width = "", max(len(top.values), len(below.values) if below else 0)
    for column in range(width):
        upper = _text(top, column)
        first, _last = spans.get((top.number, column), (column, column))
        if first != column:
            upper = _text(top, first)
        lower = _text(below, column) if below and column not in below.filled else ""
        if below and not upper and lower:
            upper = over  # a .csv has lost the merge: the name to the left stands over this column too
        over = upper or over
        if first != column and not lower:
            continue  # the rest of a name that spans several columns
        labels[column] = lower or upper
        field = next((known[n] for n in (plain(upper + lower), plain(lower), plain(upper)) if n in known), None)
        if lower and upper and field == known.get(plain(upper)) and plain(lower) not in known and field in columns:
            field = None  # the second of two columns under one known name
        if field in columns:
            field = second.get(field)
        if field and field not in columns:
            columns[field] = column
    labels = {column: label for column, label in labels.items() if label}
    return Header(top.number, below.number if below else top.number, columns, labels)


def _text(row, column):
    if row is None or column >= len(row.values):
        return ""
    value = row.values[column]
    return value.strip() if isinstance(value, str) else ""
