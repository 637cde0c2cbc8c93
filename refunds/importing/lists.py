"""The rows of one list of groups: sections, groups, subtotals, the total and what stands below it."""

from refunds.importing import cells, columns, titles
from refunds.importing.problems import problem
from refunds.importing.sheets import FIGURES, Totals, address
from refunds.money import total
from venues.importing.cells import as_text
from venues.importing.fields import SIGNATURE, TOTAL

MOST_LINES = 1000


class List:
    """Reads the rows of one list: sections, groups, subtotals, the total, and what stands below it."""

    def __init__(self, file, rows, margin):
        self.file, self.rows, self.margin = file, rows, margin
        self.table, self.header = rows.table, rows.header
        self.lines, self.since_subtotal = [], []
        self.done = False  # the total line has been passed

    def read(self):
        self._check_names()
        for row in self.table.rows(after=self.header.last_row):
            self._take(row)
            if len(self.lines) > MOST_LINES:
                self.file.problems.append(
                    problem("too_many_lines", address(self.table.name, row.number, 0), most=MOST_LINES)
                )
                break
        self.file.problems += self.rows.problems
        self.file.lines += self.lines

    def _check_names(self):
        """Columns that hold something and have no name, or one that nobody knows."""
        known, labels = set(self.header.columns.values()), self.header.labels
        filled = {}
        for row in self.table.rows(after=self.header.last_row):
            if row.number > self.header.last_row + 50:
                break
            for column, value in enumerate(row.values):
                if value != "" and column not in row.filled:
                    filled.setdefault(column, []).append(row)
        for column, rows in sorted(filled.items()):
            here = address(self.table.name, self.header.last_row, column)
            if column in known:
                continue
            if column in labels:
                self.file.problems.append(problem("column_unknown", here, was=labels[column]))
            elif any(self._is_group(row) for row in rows):
                self.file.problems.append(problem("nameless_column", here))

    def _take(self, row):
        texts = [cells.plain(v) for c, v in enumerate(row.values) if v != "" and c not in row.filled]
        texts = [text for text in texts if text]
        if not texts:
            return
        first = texts[0].replace(" ", "")
        if TOTAL.fullmatch(first):
            self._total(row, first)
        elif SIGNATURE.fullmatch(first) or self._is_foot(texts):
            titles.read_foot(self.margin, row.values)
        elif len(texts) == 1 and columns.kind_of(first) != ("", "") and not self._is_group(row):
            self.rows.kind = columns.kind_of(first)
        elif self._is_group(row):
            self._line(row)
        elif self._says_more_than_its_number(row):
            here = address(self.table.name, row.number, 0)
            self.file.problems.append(problem("row_unclear", here, was=" ".join(texts)[:80]))

    def _line(self, row):
        here = address(self.table.name, row.number, 0)
        if self.done and not self.file.counts("after_total", here):
            return
        if row.hidden and not self.file.counts("hidden_row", here):
            return
        line = self.rows.line(row, hidden=row.hidden)
        self.lines.append(line)
        self.since_subtotal.append(line)

    def _is_foot(self, texts):
        """A note that runs over the whole width, below the list."""
        return len(texts) == 1 and (self.done or len(texts[0]) > 30)

    def _is_group(self, row):
        """Whether the row names a group: anything of what only a group has, but not its running number alone."""
        said = [f for f in columns.NAMING if self._own(row, f) != ""]
        return len(said) >= 2 or said in (["group_no"], ["route"])

    def _own(self, row, field):
        column = self.header.columns.get(field)
        if column is None or column >= len(row.values) or column in row.filled:
            return ""
        value = row.values[column]
        return value if not isinstance(value, str) or cells.plain(value) else ""

    def _says_more_than_its_number(self, row):
        return any(self._own(row, field) != "" for field in self.header.columns if field != "seq")

    # --- totals -------------------------------------------------------------------------------------------------------------

    def _total(self, row, first):
        """A total line, held against the rows that it sums up: a subtotal against those since the last one."""
        partial = first.startswith("小") and self.since_subtotal
        lines = self.since_subtotal if partial else self.lines
        declared = self._declared(row)
        if not partial:
            self.done = bool(lines)
            self.file.totals.append(declared)
        self.since_subtotal = []
        for figure in FIGURES:
            said = getattr(declared, figure)
            if said is None:
                continue
            counted = _sum(lines, figure)
            if counted != said:
                asked = problem(f"total_{figure}", declared.cells[figure], was=str(said), now=str(counted))
                self._ask(asked)

    def _ask(self, asked):
        if asked.key not in self.file.choices:
            self.file.problems.append(asked)

    def _declared(self, row):
        found, where = {}, {}
        for figure in FIGURES[1:]:
            column = self.header.columns.get(figure)
            if column is None or column >= len(row.values):
                continue
            where[figure] = address(self.table.name, row.number, column)
            value = row.values[column]
            if where[figure].rpartition("!")[2] in self.table.empty_formulas | self.table.errors:
                self._ask(problem("total_unreadable", where[figure], was="="))
                continue
            if figure in columns.MONEY:
                units = self.rows.ten_thousands.get(column, False)
                found[figure], said = cells.money(value, ten_thousands=units)
            else:
                found[figure], said = cells.people(value)
            if said and found[figure] is None:
                self._ask(problem("total_unreadable", where[figure], was=as_text(value)))
        found["groups"], where["groups"] = self._declared_groups(row)
        return Totals(row=row.number, cells=where, **found)

    def _declared_groups(self, row):
        """ "5个团" wherever it stands in the total line, else a bare figure under the group numbers."""
        for column, value in enumerate(row.values):
            text = cells.plain(value) if isinstance(value, str) else ""
            if "团" in text and (number := cells.groups(text)[0]) is not None:
                return number, address(self.table.name, row.number, column)
        column = self.header.columns.get("group_no")
        value = row.values[column] if column is not None and column < len(row.values) else ""
        if isinstance(value, (int, float)):
            return cells.groups(value)[0], address(self.table.name, row.number, column)
        return None, ""


def _sum(lines, figure):
    """What the rows add up to; a figure that no row says adds nothing."""
    if figure == "groups":
        return len(lines)
    values = [value for line in lines if (value := getattr(line, figure)) is not None]
    return total(values) if figure in columns.MONEY else sum(values)
