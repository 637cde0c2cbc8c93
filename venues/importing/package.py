"""A look into the zip package of a workbook before anybody parses it: true sizes, and what calamine does not tell.

Every XML part is inflated once, in pieces, and counted, because the sizes in the directory of a zip can lie. The same
pass finds the rows that are hidden, the formulas that were saved without a value, and how far the cells reach: calamine
keeps a sheet as one rectangle, so two cells in opposite corners would take all memory.
"""

import bisect
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree import ElementTree

PIECE = 1 << 18  # bytes
MOST_ENTRIES = 2000
MOST_CELLS = 6_000_000  # of the rectangle of one sheet: about 200 MB in calamine
MOST_RATIO = 150  # unpacked : packed, of packages that are large when unpacked
RATIO_MATTERS_FROM = 20 << 20  # bytes
SMALL_PART = 4 << 20  # bytes; workbook.xml and its relations are read whole
LONGEST_ROW = 8 << 20  # bytes
MOST_NOTED = 10_000  # formulas without a value that are remembered one by one

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LOCAL = re.compile(r"^\{[^}]*\}")


class TooBig(Exception):
    """The package would take more memory than it may; the argument is its unpacked size in bytes."""


class Damaged(Exception):
    """This is no sound zip package of a workbook."""


class RowRanges:
    """A set of row numbers, added in ascending order and kept as ranges: a filtered sheet hides tens of thousands."""

    def __init__(self):
        self._first, self._last = [], []

    def add(self, number):
        if self._last and number == self._last[-1] + 1:
            self._last[-1] = number
        else:
            self._first.append(number)
            self._last.append(number)

    def __contains__(self, number):
        at = bisect.bisect_right(self._first, number) - 1
        return at >= 0 and number <= self._last[at]

    def __bool__(self):
        return bool(self._first)


@dataclass
class SheetLook:
    """What was seen in the XML of one sheet; rows and columns count from 1."""

    name: str = ""
    part: str = ""
    rows: int = 0
    hidden_rows: RowRanges = field(default_factory=RowRanges)
    empty_formulas: set = field(default_factory=set)  # {"B5", …}: formulas without a saved value
    errors: set = field(
        default_factory=set
    )  # {"B5", …}: cells that show #REF! and the like, which calamine reads as empty
    last_row: int = 0  # known only where the cells reach far
    last_column: int = 0


@dataclass
class PackageLook:
    sheets: list
    unpacked: int
    date1904: bool = False

    @property
    def rows(self):
        return sum(sheet.rows for sheet in self.sheets)


def look(path, *, most_unpacked):
    """Look through the package at `path`; returns a PackageLook or raises TooBig or Damaged."""
    try:
        with zipfile.ZipFile(path) as package, open(path, "rb") as file:
            entries = _entries(package, most_unpacked)
            sheets, date1904 = _sheets(package, entries)
            unpacked = _look_into_parts(file, entries, sheets, most_unpacked)
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, EOFError, OSError) as error:
        raise Damaged(str(error)) from error
    return PackageLook(sheets=list(sheets.values()), unpacked=unpacked, date1904=date1904)


def _entries(package, most_unpacked):
    """{lower-case name: ZipInfo} of a package whose directory promises nothing unreasonable."""
    infos = package.infolist()
    entries = {info.filename.lower().lstrip("/"): info for info in infos}
    promised = sum(info.file_size for info in infos)
    if len(infos) > MOST_ENTRIES or promised > most_unpacked:
        raise TooBig(promised)
    packed = sum(info.compress_size for info in infos)
    if promised > RATIO_MATTERS_FROM and promised > MOST_RATIO * max(packed, 1):
        raise TooBig(promised)
    if len(entries) != len(infos) or any(info.flag_bits & 1 or info.compress_type not in (0, 8) for info in infos):
        raise Damaged("names twice, encrypted or packed in another way")
    return entries


def _sheets(package, entries):
    """({part: SheetLook} in the order of the workbook, whether its dates count from 1904)."""
    workbook = _tree(package, entries["xl/workbook.xml"])
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _tree(package, entries["xl/_rels/workbook.xml.rels"])
    }
    sheets, date1904 = {}, False
    for element in workbook.iter():
        kind = _LOCAL.sub("", element.tag)
        if kind == "workbookPr":
            date1904 = element.get("date1904") in ("1", "true")
        elif kind == "sheet":
            part = _part(targets.get(element.get(_RELATION), ""))
            if part not in entries:
                raise Damaged("a sheet without its part")
            sheets[part] = SheetLook(name=element.get("name", ""), part=part)
    return sheets, date1904


def _part(target):
    """The name of a sheet's part, as calamine makes it of the target of a relation."""
    target = target.lower()
    return target.removeprefix("/") if target.startswith(("/xl/", "xl/")) else f"xl/{target}"


def _tree(package, info):
    if info.file_size > SMALL_PART:
        raise TooBig(info.file_size)
    with package.open(info) as part:
        text = part.read(SMALL_PART)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Damaged("a document type")
    return ElementTree.fromstring(text)


def _look_into_parts(file, entries, sheets, most_unpacked):
    """Inflate every XML part; returns the bytes in all and fills the SheetLooks."""
    unpacked = 0
    for name, info in entries.items():
        if not name.endswith((".xml", ".rels")) and name not in sheets:
            unpacked += info.file_size  # pictures and the like, which nobody reads
            continue
        scan = _Scan(sheets[name]) if name in sheets else None
        for number, piece in enumerate(inflate(file, info)):
            unpacked += len(piece)
            if unpacked > most_unpacked:
                raise TooBig(unpacked)
            if number == 0 and b"<!DOCTYPE" in piece:
                raise Damaged("a document type")
            if scan:
                scan.feed(piece)
        if scan:
            scan.finish()
            _measure(scan, lambda entry=info: inflate(file, entry))
    return unpacked


def _measure(scan, pieces):
    """Refuse a sheet whose rectangle is too large for calamine."""
    sheet = scan.sheet
    height, width = sheet.rows, 26  # no cell beyond Z99999 was seen, so the rectangle is harmless
    if scan.unsure:
        sheet.last_row, sheet.last_column = height, width = reach(pieces())
    if height * width > MOST_CELLS:
        raise TooBig(height * width * 32)


def inflate(file, info):
    """The bytes of one entry in pieces, as long as its data really is and whatever the directory says of it."""
    file.seek(info.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04":
        raise Damaged("no entry where the directory says")
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left, packer = info.compress_size, zlib.decompressobj(-15)
    position = file.tell()
    while left > 0 and not packer.eof:
        file.seek(position)  # the caller may read elsewhere between two pieces
        data = file.read(min(left, PIECE >> 2))
        if not data:
            raise Damaged("cut off")
        position, left = position + len(data), left - len(data)
        if info.compress_type == zipfile.ZIP_STORED:
            yield data
            continue
        while data and not packer.eof:
            yield packer.decompress(data, PIECE)
            data = packer.unconsumed_tail
    if info.compress_type == zipfile.ZIP_DEFLATED and info.compress_size and not packer.eof:
        raise Damaged("cut off")


class _Scan:
    """Reads the XML of one sheet by its tags, in pieces that end with a whole row. Each pattern begins with plain text,
    which keeps the pass at a fraction of calamine's own time."""

    def __init__(self, sheet):
        self.sheet, self.patterns, self._rest = sheet, None, b""
        self.unsure = False  # cells out of the ordinary: measure exactly

    def feed(self, piece):
        text = self._rest + piece
        if self.patterns is None:
            root = re.search(rb"<(\w+:)?worksheet\b", text)
            self.patterns = _Patterns((root.group(1) or b"") if root else b"")
        cut = text.rfind(self.patterns.row_end)
        if cut < 0:
            if len(text) > LONGEST_ROW:
                raise Damaged("a row without end")
            self._rest = text
            return
        cut += len(self.patterns.row_end)
        self._rest = text[cut:]
        self._read(text[:cut])

    def finish(self):
        if self.patterns:
            self._read(self._rest)

    def _read(self, text):
        sheet, patterns = self.sheet, self.patterns
        before = sheet.rows
        sheet.rows += text.count(patterns.row_start) + text.count(patterns.bare_row)
        if not self.unsure:
            self.unsure = bool(patterns.odd_cell.search(text) or _OTHER_PREFIX.search(text))
        if b' hidden="' in text:
            self._note_hidden_rows(text, before)
        if patterns.formula_start in text and len(sheet.empty_formulas) < MOST_NOTED:
            sheet.empty_formulas.update(match[1].decode() for match in patterns.empty_formula.finditer(text))
        if b' t="e"' in text and len(sheet.errors) < MOST_NOTED:
            sheet.errors.update(match[1].decode() for match in patterns.error.finditer(text))

    def _note_hidden_rows(self, text, number):
        for match in self.patterns.row_tag.finditer(text):
            said = _REFERENCE.search(match[0])
            number = int(said[2]) if said else number + 1
            if _HIDDEN.search(match[0]):
                self.sheet.hidden_rows.add(number)


_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})["']""")
_OTHER_PREFIX = re.compile(rb":c[\s>/]")
_ROW_OR_CELL = re.compile(rb"""<(?:\w+:)?(row|c)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')


class _Patterns:
    """The patterns for a sheet whose tags have this prefix (b"" or b"x:")."""

    def __init__(self, prefix):
        self.row_start, self.bare_row, self.row_end = b"<%brow " % prefix, b"<%brow>" % prefix, b"</%brow>" % prefix
        self.formula_start = b"<%bf" % prefix
        self.row_tag = re.compile(rb"<%brow\b[^>]*>" % prefix)
        # anything but a cell in columns A to Z above row 100000, written as everybody writes it
        self.odd_cell = re.compile(rb'<%bc(?:[>/\t\r\n]| (?!r="[A-Z]\d{1,5}"))' % prefix)
        self.error = re.compile(rb'<%bc r="([A-Z]{1,3}\d{1,7})"[^>]* t="e"' % prefix)
        self.empty_formula = re.compile(
            rb'<%(p)bc r="([A-Z]{1,3}\d{1,7})"[^>]*><%(p)bf(?:[^>]*/>|[^>]*>[^<]*</%(p)bf>)'
            rb"(?:</%(p)bc>|<%(p)bv\s*/>|<%(p)bv></%(p)bv>)" % {b"p": prefix}
        )


def reach(pieces, *, blank=False):
    """(last row, last column) of the cells that hold something, counted cell by cell as calamine counts them; with
    `blank` also of those that are only formatted."""
    rest, row, column, last_row, last_column = b"", 0, 0, 0, 0
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b">") + 1
        rest = text[cut:]
        for match in _ROW_OR_CELL.finditer(text, 0, cut):
            said = _REFERENCE.search(match[2])
            if match[1] == b"row":
                row, column = int(said[2]) if said else row + 1, 0
                continue
            column = column_number(said[1].upper()) if said else column + 1
            if blank or not match[2].endswith(b"/"):
                last_row, last_column = max(last_row, int(said[2]) if said else row), max(last_column, column)
    return last_row, last_column


def column_number(letters):
    """27 for b"AA"; letters as bytes or str."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number):
    """ "AA" for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
