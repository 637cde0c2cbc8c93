"""One row of an agency's sheet as a Line, with whatever must be asked about its cells."""

import datetime

from refunds.importing import cells, columns
from refunds.importing.problems import problem
from refunds.importing.sheets import Line, address, span
from venues.cleaning import clean_code, clean_text
from venues.importing.cells import as_text

_LONGEST = {"group_no": 60, "route": 120, "counterpart": 120, "reason_text": 200, "remark": 200}


class Rows:
    """Reads the rows of one table. `corrections`: {address: the text that a person put in place of what stands there}."""

    def __init__(
        self, table, header, *, as_of=None, kind=("", ""), ten_thousands=False, corrections=(), disposition=""
    ):
        self.table, self.header, self.as_of = table, header, as_of
        self.kind = kind  # what the sheet's name, its title or a section line says of the rows below it
        self.corrections = dict(corrections)
        self.disposition = disposition  # of all groups, where no column says it
        labels = header.labels
        self.ten_thousands = {
            column: ten_thousands or "万" in labels.get(column, "") for column in header.columns.values()
        }
        self.merged = _merged(table)
        self.problems = []

    def line(self, row, *, hidden=False):
        """The Line of this row; its problems are added to `problems`."""
        reader = _Reader(self, row)
        heads = reader.people("heads")
        role, market = reader.kind()
        depart_on = reader.date("depart_on")
        return_on = reader.date("return_on", not_before=depart_on)
        if depart_on and return_on and return_on < depart_on:
            reader.ask("return_before_depart", "return_on", now=return_on.isoformat(), depart=depart_on.isoformat())
            return_on = None
        refunded = reader.people("refunded_heads", all_of=heads)
        if heads is not None and refunded is not None and refunded > heads:
            reader.ask("more_than_heads", "refunded_heads", was=refunded, heads=heads)
        reader.check_left(heads, refunded)
        if not heads and not reader.asked("heads"):
            reader.ask("no_heads", "heads")
        reason_text = reader.text("reason", "reason_text")
        return Line(
            sheet=self.table.name, row=row.number, cells=reader.addresses, said=reader.said, hidden=hidden,
            group_no=reader.group_no(), route=reader.text("route"), role=role, market=market, depart_on=depart_on,
            return_on=return_on, heads=heads or None, amount_due=reader.money("amount_due"),
            counterpart=reader.text("counterpart"), disposition=reader.disposition(), refunded_heads=refunded,
            refunded_amount=reader.money("refunded_amount"), reason=columns.reason_of(reason_text),
            reason_text=reason_text, promised_on=reader.date("promised_on"), remark=reader.text("remark"),
        )  # fmt: skip


def _merged(table):
    """{(row, column): the merge (first row, first column, last row, last column) that the cell belongs to}."""
    found = {}
    for merge in table.merges:
        row1, column1, row2, column2 = merge
        if (row2 - row1 + 1) * (column2 - column1 + 1) <= 10_000:
            for row in range(row1, row2 + 1):
                found |= dict.fromkeys(((row, column) for column in range(column1, column2 + 1)), merge)
    return found


class _Reader:
    """The fields of one row, each by its own kind."""

    def __init__(self, rows, row):
        self.rows, self.row = rows, row
        self.addresses = {field: address(rows.table.name, row.number, c) for field, c in rows.header.columns.items()}
        self.said = {}
        self._asked = set()
        self._checked = set()
        for field, column in rows.header.columns.items():
            value = row.values[column] if column < len(row.values) else ""
            value = rows.corrections.get(self.addresses[field], value)
            if value != "":
                self.said[field] = as_text(value)

    def ask(self, code, field, **params):
        self._asked.add(field)
        self.rows.problems.append(problem(code, self.addresses.get(field) or self._first(), **params))

    def asked(self, field):
        return field in self._asked

    def _first(self):
        return address(self.rows.table.name, self.row.number, 0)

    def value(self, field):
        """The value of the cell of `field`, "" where there is no such column or where it has to be asked for."""
        column = self.rows.header.columns.get(field)
        if column is None:
            return self.rows.corrections.get(f"{self._first()}:{field}", "")
        here = self.addresses[field]
        if here in self.rows.corrections:
            return self.rows.corrections[here]
        value = self.row.values[column] if column < len(self.row.values) else ""
        if field not in self._checked:
            self._checked.add(field)
            self._check(field, column, here)
        return "" if field in self._asked else value

    def _check(self, field, column, here):
        if here.rpartition("!")[2] in self.rows.table.empty_formulas:
            self.ask("formula_without_value", field)
        elif here.rpartition("!")[2] in self.rows.table.errors:
            self.ask("cell_error", field)
        elif merge := self.rows.merged.get((self.row.number, column)):
            self._check_merge(field, column, *merge)

    def _check_merge(self, field, column, row1, column1, row2, column2):
        """A figure over several rows is nobody's; the rest of a merge along the row has lost what it said."""
        lost = column != column1 and field in (*columns.OWN, *columns.DATES, "disposition")
        if lost or (row2 > row1 and field in columns.OWN):
            self.ask("cell_merged", field, cells=span(self.rows.table.name, row1, column1, row2, column2))

    def _tell(self, field, found):
        value, said = found
        for code, params in said:
            self.ask(code, field, **params)
        return value

    def people(self, field, *, all_of=None):
        return self._tell(field, cells.people(self.value(field), all_of=all_of))

    def money(self, field):
        column = self.rows.header.columns.get(field)
        return self._tell(
            field, cells.money(self.value(field), ten_thousands=self.rows.ten_thousands.get(column, False))
        )

    def date(self, field, *, not_before=None):
        near = self.rows.as_of
        found = cells.date(self.value(field), near=near, not_before=not_before, date1904=self.rows.table.date1904)
        day = self._tell(field, found)
        if day and near and abs(day - near) > cells.FAR:
            self.ask("date_far", field, now=day.isoformat())
            return None
        return day

    def text(self, field, name=""):
        text, most = clean_text(as_text(self.value(field))), _LONGEST[name or field]
        if len(text) > most:
            self.ask("cut", field, was=text[most:][:60], most=most)
        return text[:most].strip()

    def group_no(self):
        value = self.value("group_no")
        if isinstance(value, (datetime.date, datetime.time)):
            value = as_text(value)
        code = clean_code(as_text(value)).strip("-/")
        if not code and not self.asked("group_no"):
            self.ask("no_group_no", "group_no")
        return code[: _LONGEST["group_no"]]

    def kind(self):
        """(role, market) of the row: its own columns, else what its section or its sheet says."""
        role, market = "", ""
        for field in ("role", "market", "kind"):
            text = cells.plain(self.value(field)) if isinstance(self.value(field), str) else as_text(self.value(field))
            said = columns.kind_of(text)
            if text and said == ("", ""):
                self.ask("kind_unknown", field, was=text)
            role = role or said[0]
            market = said[1] if said[1] and (not market or field == "market") else market
        role, market = role or self.rows.kind[0], market or self.rows.kind[1]
        if not market:
            if not self._asked & {"role", "market", "kind"}:
                self.ask("no_kind", next((f for f in ("kind", "market", "role") if f in self.addresses), "kind"))
            return role, ""
        if not role and market == "inbound":
            self.ask("role_unsaid", "kind")
        return role or "organiser", market

    def disposition(self):
        text = cells.plain(self.value("disposition")) if isinstance(self.value("disposition"), str) else ""
        if not text:
            return "" if "disposition" in self.addresses else self.rows.disposition
        found = columns.disposition_of(text)
        if found is None:
            self.ask("disposition_unknown", "disposition", was=text)
        return found or ""

    def check_left(self, heads, refunded):
        left = self.people("left_heads", all_of=heads)
        if None not in (left, heads, refunded) and left != heads - refunded:
            self.ask("left_differs", "left_heads", was=left, now=heads - refunded)
