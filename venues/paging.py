"""Paging by the last row seen instead of by counting rows: page 1,000 costs what page 1 costs.

The rows must be ordered by `keys`, whole numbers that together are unique and that an index holds in this order. The
address carries `after=3-12-4567-50` (the keys of the row, and how many rows stand before the page) or `before=…`.
"""

import re
from dataclasses import dataclass

from django.db.models import BooleanField, F, Func, Value

SIZE = 50
_CURSOR = re.compile(r"[0-9]{1,18}(-[0-9]{1,18})*")


class _Beyond(Func):
    """(a, b, c) > (1, 2, 3): the comparison of whole rows that both databases answer from an index."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions, sign, **extra):
        super().__init__(*expressions, **extra)
        self.sign = sign

    def as_sql(self, compiler, connection, **extra):
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params


@dataclass
class Stretch:
    """One page of rows. `first` is the number of its first row among all (from 1); `previous` and `next` are the
    values for the address (`before`, `after`), "" at the ends."""

    rows: list
    first: int
    previous: str = ""
    next: str = ""

    @property
    def last(self):
        return self.first + len(self.rows) - 1


def stretch(queryset, keys, *, after="", before="", size=SIZE):
    """The page of `queryset` (ordered by `keys`, ascending) that lies behind the cursor `after` or in front of the
    cursor `before`; a cursor that is no cursor gives the first page. One query."""
    cursor = _read(after, keys) or _read(before, keys)
    backwards = cursor is not None and not _read(after, keys)
    found = queryset
    if cursor is not None:
        place, skipped = cursor
        found = found.filter(_Beyond(*map(F, keys), *map(Value, place), sign="<" if backwards else ">"))
    rows = list((found.reverse() if backwards else found)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
        start = max(skipped - size, 0)
        return _stretch(rows, keys, start, previous=more, following=True)
    return _stretch(rows, keys, skipped if cursor else 0, previous=cursor is not None, following=more)


def _stretch(rows, keys, start, *, previous, following):
    if not rows:
        return Stretch(rows, start + 1)
    return Stretch(
        rows,
        first=start + 1,
        previous=_write(rows[0], keys, start) if previous else "",
        next=_write(rows[-1], keys, start + len(rows)) if following else "",
    )


def _write(row, keys, count):
    return "-".join(str(n) for n in (*(getattr(row, key) for key in keys), count))


def _read(text, keys):
    """(the keys of the row, how many rows stand before the page) or None."""
    numbers = [int(part) for part in text.split("-")] if _CURSOR.fullmatch(text) else []
    if len(numbers) != len(keys) + 1:
        return None
    return numbers[:-1], numbers[-1]
