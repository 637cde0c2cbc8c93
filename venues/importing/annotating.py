"""The office's own file back, with one more column that says what is wrong with each row.

The workbook is copied part by part; only the rows of its sheets get one more cell, an inline text, which is never a formula.
So its forms, colours and other sheets stay as they were, and a file of any length needs little memory.
"""

import csv
import re
import zipfile
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from venues.exporting import harmless
from venues.importing import columns, guards, package, reading
from venues.importing.fields import ALIASES, SECOND
from venues.importing.findings import LEVEL_NAMES, level, sentence, sorted_by_level

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def annotate(run, out):
    """Write the file of `run`, with its column of problems, into the open binary file `out`."""
    path, look = run.file.path, guards.look(run.file.path, run.file_name)
    notes = _notes(run)
    places = _places(path, look)
    if look.kind == "csv":
        _annotate_text(path, look.encoding, notes, places, out)
    else:
        _annotate_workbook(path, look.package, notes, places, out)


def _notes(run):
    """{sheet: {row: text}} for the rows about which there is something to say."""
    notes = {}
    for row in run.rows.exclude(level="").only("sheet", "row", "findings").iterator(chunk_size=2000):
        said = [f"{LEVEL_NAMES[level(f)]}: {_column(f)}{sentence(f)}" for f in sorted_by_level(row.findings)]
        notes.setdefault(row.sheet, {})[row.row] = "\n".join(said)
    return notes


def _column(found):
    return f"{found['column']} – " if found["column"] else ""


def _places(path, look):
    """{sheet: row of its header} of the sheets that are lists of venues."""
    places = {}
    with reading.tables(path, look) as tables:
        for table in tables:
            header = columns.find(table, ALIASES, required={"name"}, second=SECOND)
            if header is not None:
                places[table.name] = header.first_row
    return places


def _annotate_text(path, encoding, notes, places, out):
    ((name, header_row),) = places.items()
    said = notes.get(name, {})
    table = reading.TextTable(path, encoding)
    width = max((len(row.values) for row in table.rows()), default=0)
    out.write("\ufeff".encode())
    for row in table.rows():
        problem = _("Problems") if row.number == header_row else said.get(row.number, "")
        cells = [*row.values, *[""] * (width - len(row.values)), problem]
        line = _Line()
        csv.writer(line).writerow([harmless(cell) for cell in cells])
        out.write(line.text.encode())


class _Line:
    text = ""

    def write(self, text):
        self.text += text


def _annotate_workbook(path, look, notes, places, out):
    names = {sheet.part: sheet.name for sheet in look.sheets if sheet.name in places}
    with zipfile.ZipFile(path) as old, open(path, "rb") as file, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            pieces = package.inflate(file, info)
            if name := names.get(info.filename.lower().lstrip("/")):
                texts = {**notes.get(name[:60], {}), places[name]: _("Problems")}
                _row, last_column = package.reach(package.inflate(file, info), blank=True)
                pieces = _with_column(pieces, texts, last_column + 1)
            entry = zipfile.ZipInfo(info.filename, info.date_time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with new.open(entry, "w") as part:
                for piece in pieces:
                    part.write(piece)


def _with_column(pieces, texts, column):
    """The XML of a sheet in pieces, with one more cell at the end of each row that `texts` has a word for."""
    writer, rest, head = None, b"", True
    for piece in pieces:
        rest += piece
        if head:
            if b"sheetData" not in rest:
                continue
            root = re.search(rb"<((?:\w+:)?)worksheet\b", rest)
            writer, head = _Column(root[1] if root else b"", texts, column), False
            before, data, after = rest.partition(b"<%bsheetData" % writer.prefix)
            yield writer.in_head(before) + data
            rest = after
        done, end, rest_of_it = rest.rpartition(b"</%brow>" % writer.prefix)
        if end:
            yield writer.in_rows(done + end)
            rest = rest_of_it
    yield rest


class _Column:
    """The added column of one sheet, whose tags have this prefix."""

    def __init__(self, prefix, texts, column):
        self.prefix, self._texts, self._column, self._number = prefix, texts, column, 0
        self._letters = package.column_letters(column).encode()
        self._row = re.compile(
            rb"<%(p)brow\b([^>]*?)/>|<%(p)brow\b([^>]*)>(.*?)</%(p)brow>" % {b"p": prefix}, re.DOTALL
        )

    def in_head(self, head):
        """Make the column wide, where no width is set for it, and let the sheet be measured anew."""
        head = re.sub(rb"<%bdimension\b[^>]*/>" % self.prefix, b"", head)
        width = b'<%bcol min="%d" max="%d" width="60" customWidth="1"/>' % (self.prefix, self._column, self._column)
        end = b"</%bcols>" % self.prefix
        if end not in head:
            return head + b"<%bcols>%b%b" % (self.prefix, width, end)
        widest = max((int(n) for n in re.findall(rb'<%bcol\b[^>]*\smax="(\d+)"' % self.prefix, head)), default=0)
        return head if widest >= self._column else head.replace(end, width + end)

    def in_rows(self, rows):
        return self._row.sub(self._add, rows)

    def _add(self, match):
        attributes, cells = (match[2], match[3]) if match[1] is None else (match[1], b"")
        said = re.search(rb"""\sr\s*=\s*["'](\d+)["']""", attributes)
        self._number = int(said[1]) if said else self._number + 1
        if self._number not in self._texts:
            return match[0]
        p, text = self.prefix, escape(_UNSAFE.sub(" ", self._texts[self._number])).encode()
        cell = b'<%bc r="%b%d" t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (
            p, self._letters, self._number, p, p, text, p, p, p,
        )  # fmt: skip
        attributes = re.sub(rb'\sspans="[^"]*"', b"", attributes)
        return b"<%brow%b>%b%b</%brow>" % (p, attributes, cells, cell, p)
