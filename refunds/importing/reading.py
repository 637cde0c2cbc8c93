"""Reading one agency's sheet from a file: finds the lists in it, whose they are, and every group; changes nothing anywhere.

    sheet = read(path, "01-2020-01-31.xlsx")       # a Sheet; raises Refused where the file cannot be opened at all
    sheet = read(path, name, answers={"date_ambiguous@Sheet1!F7": "2020-01-30", "hidden_row@Sheet1!A9": "leave_out"})

Answers are those of persons to the problems of an earlier reading, by their keys.
"""

import tempfile
from pathlib import Path

from refunds.importing import cells, columns, titles
from refunds.importing.lines import Rows
from refunds.importing.lists import List
from refunds.importing.problems import (
    ALL_CANCELLED,
    AS_KNOWN,
    COUNT,
    FIELD_OF,
    KNOWN,
    LEAVE_OUT,
    TEXT,
    answers_of,
    problem,
)
from refunds.importing.sheets import Sheet, address
from venues.cleaning import clean_code
from venues.importing import columns as headers
from venues.importing import guards, reading


def read_bytes(content, name, *, answers=None):
    """`read` for a file that is in memory."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as copy:
        copy.write(content)
        copy.flush()
        return read(copy.name, name, answers=answers)


def read(path, name="", *, answers=None):
    """The Sheet of the file at `path`, which people know as `name`."""
    found = guards.look(path, name or Path(path).name)
    reader = _File(name or Path(path).name, answers or {})
    with reading.tables(path, found) as tables:
        for table in tables:
            reader.take(table)
    return reader.sheet()


class _File:
    """Gathers what the tables of one file say."""

    def __init__(self, name, answers):
        self.name = name
        self.corrections, self.choices = {}, {}
        for key, answer in answers.items():
            code, _at, cell = key.partition("@")
            if code in KNOWN and answers_of(code) == TEXT:
                self.corrections[cell] = self.corrections[f"{cell}:{FIELD_OF.get(code, '')}"] = answer
            else:
                self.choices[key] = answer
        self.problems, self.lines, self.totals = [], [], []
        self.margins, self.lists, self.others = [], 0, []
        self.first = ""

    def take(self, table):
        """Read a table, if it is a list of groups."""
        self.first = self.first or address(table.name, 1, 0)
        header = headers.find(table, columns.ALIASES)
        if header is None or not _is_list(header):
            self.others.append(address(table.name, 1, 0))
            return
        if table.hidden and not self.counts("hidden_sheet", address(table.name, 1, 0)):
            return
        self.lists += 1
        head = [row for row in table.head() if row.number < header.first_row]
        margin = titles.read_head(table, head)
        self.margins.append(margin)
        if "heads" not in header.columns:
            self.problems.append(problem("no_heads_column", address(table.name, header.first_row, 0)))
            return
        kind = columns.kind_of(f"{table.name} {margin.title}".replace("旅行社", ""))
        rows = Rows(
            table, header, as_of=self._as_of(), kind=kind, ten_thousands=margin.ten_thousands,
            corrections=self.corrections, disposition=self._disposition(header, table, margin),
        )  # fmt: skip
        List(self, rows, margin).read()

    def _disposition(self, header, table, margin):
        """What became of all groups, where no column says it: what the title or a person says."""
        if "disposition" in header.columns:
            return ""
        asked = problem("no_disposition_column", address(table.name, header.first_row, 0))
        answer = self.choices.get(asked.key)
        if answer not in (ALL_CANCELLED, AS_KNOWN):
            if not any(word in f"{table.name}{margin.title}" for word in ("退团", "退费", "退款", "取消")):
                self.problems.append(asked)
                return ""
            self.problems.append(problem("cancelled_by_title", asked.cell))
        return "" if answer == AS_KNOWN else "cancelled"

    def counts(self, code, cell, **params):
        """Whether what this question is about counts; asks, and counts it for now, while nobody has answered."""
        asked = problem(code, cell, **params)
        answer = self.choices.get(asked.key)
        if answer not in (COUNT, LEAVE_OUT):
            self.problems.append(asked)
        return answer != LEAVE_OUT

    # --- whose, and up to when ---------------------------------------------------------------------------------------------

    def _as_of(self):
        return self._date()[0]

    def _date(self):
        """(the day up to which the sheet counts, its address, the problem to tell or None)."""
        corrected = {cell: text for cell, text in self.corrections.items() if cell in ("", self._day_cell())}
        for cell in (self._day_cell(), ""):
            found = cells.date(corrected.get(cell, ""))[0]
            if found:
                return found, cell, None
        days = self._days()
        if days:
            first, cell = days[0]
            other = next((day for day, _cell in days if day != first), None)
            if other:
                said = {"first": first.isoformat(), "second": other.isoformat()}
                return first, cell, problem("two_dates", cell, **said)
            return first, cell, None
        if found := titles.day_of_file_name(self.name):
            return found, "", problem("date_of_file_name", "", now=found.isoformat())
        return None, "", problem("no_date", "")

    def _days(self):
        """[(day, address)] that the sheets name; if any says "up to", only those. A day without its year takes that of the
        file's name."""
        found = [day for margin in self.margins for day in margin.days]
        found = [day for day in found if day[0]] or found
        of_name = titles.day_of_file_name(self.name)
        whole = []
        for _up_to, day, cell in found:
            if isinstance(day, tuple):
                day = cells.date(f"{day[0]}月{day[1]}日", near=of_name)[0] if of_name else None
            if day:
                whole.append((day, cell))
        return whole

    def _day_cell(self):
        days = [day for margin in self.margins for day in margin.days]
        days = [day for day in days if day[0]] or days
        return days[0][2] if days else ""

    def _licence(self):
        licences = [found for margin in self.margins for found in margin.licences]
        cell = licences[0][1] if licences else ""
        if corrected := clean_code(self.corrections.get(cell or "licence", "")):
            return corrected, cell
        if not licences:
            self.problems.append(problem("no_licence", "licence"))
            return "", ""
        other = next((no for no, _cell in licences if no != licences[0][0]), None)
        if other:
            self.problems.append(problem("two_licences", cell, first=licences[0][0], second=other))
        return licences[0][0], cell

    def sheet(self):
        """The Sheet of everything that was taken."""
        if not self.lists:
            return Sheet(file_name=self.name, problems=(*self.problems, problem("no_header", self.first)))
        self.problems += [problem("sheet_left_out", cell) for cell in self.others]
        as_of, day_cell, about_day = self._date()
        if about_day:
            self.problems.append(about_day)
        licence_no, licence_cell = self._licence()
        if not self.lines and "no_heads_column" not in {p.code for p in self.problems}:
            self.problems.append(problem("no_lines", self.first))
        self._check_twice()
        margin = next((m for m in self.margins if m.agency), self.margins[0])
        given = {"licence_no": licence_cell, "as_of": day_cell}
        return Sheet(
            file_name=self.name, title=margin.title, agency=margin.agency, licence_no=licence_no, as_of=as_of,
            contact=next((m.contact for m in self.margins if m.contact), ""),
            phone=next((m.phone for m in self.margins if m.phone), ""),
            cells=margin.cells | {field: cell for field, cell in given.items() if cell},
            lines=tuple(self.lines), totals=tuple(self.totals), problems=tuple(_once(self.problems)),
        )  # fmt: skip

    def _check_twice(self):
        seen = {}
        for line in self.lines:
            first = seen.setdefault(line.group_no, line)
            if line.group_no and first is not line:
                said = {"was": line.group_no, "first": first.cell("group_no")}
                self.problems.append(problem("group_twice", line.cell("group_no"), **said))


def _is_list(header):
    """Whether the known columns are those of groups: a list of agencies has names and addresses, but none of these."""
    return (
        len({"group_no", "route", "refunded_heads", "refunded_amount", "depart_on", "kind"} & set(header.columns)) >= 2
    )


def _once(problems):
    return {(found.code, found.cell): found for found in problems}.values()
