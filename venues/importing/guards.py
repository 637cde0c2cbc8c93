"""What an uploaded list must be before anybody parses it: small enough, sound, and of a kind that we read.

Whatever is wrong is said in a sentence that tells what to do (`Refused`). Nothing here looks at what the cells say.
"""

import codecs
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from venues.importing import package as packages
from venues.transitions import Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
TEXT_ENDINGS = {".csv", ".txt", ".tsv"}
LONGEST_LINE = 1 << 18  # bytes of one line of a .csv
BLOCK = 1 << 20


@dataclass
class Look:
    """What is known of a file before it is parsed: `kind` is "xlsx" or "csv"; `rows` includes titles and footers."""

    kind: str
    rows: int
    encoding: str = ""
    package: packages.PackageLook | None = None


def look(path, name=""):
    """Look at the file at `path`, which people know as `name`; returns a Look or raises Refused."""
    path = Path(path)
    size = path.stat().st_size
    check_size(size)
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(OLE):
        raise Refused(_ole_sentence(path))
    if start.startswith(b"PK"):
        return _look_at_package(path)
    if start.lstrip()[:1] == b"<":
        raise Refused(_("This is a web page or an XML file, whatever its ending. Open it and save it as .xlsx."))
    if (Path(name).suffix or path.suffix).lower() not in TEXT_ENDINGS:
        raise Refused(_("This is neither a workbook (.xlsx) nor a list (.csv). Open it and save it as .xlsx."))
    encoding, rows = _look_at_text(path)
    return Look(kind="csv", rows=rows, encoding=encoding)


def check_size(size):
    """Refuse an empty file and one that is too large to be a list; `size` in bytes."""
    if not size:
        raise Refused(_("The file is empty."))
    if size > settings.IMPORT_MAX_UPLOAD_BYTES:
        raise Refused(
            _("The file has %(size)s MB; at most %(most)s MB are read. Take pictures out of it, or split it.")
            % {"size": _megabytes(size), "most": _megabytes(settings.IMPORT_MAX_UPLOAD_BYTES)}
        )


def _ole_sentence(path):
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read(settings.IMPORT_MAX_UPLOAD_BYTES):
            return _("The workbook is protected by a password. Save it without one and upload it again.")
    return _("This is an old workbook (.xls). Open it, save it as .xlsx and upload that.")


def _look_at_package(path):
    try:
        with zipfile.ZipFile(path) as found:
            names = {name.lower() for name in found.namelist()}
            encrypted = any(info.flag_bits & 1 for info in found.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused(damaged()) from error
    if encrypted:
        raise Refused(_("The file is protected by a password. Save it without one and upload it again."))
    if "xl/workbook.xml" not in names or "xl/vbaproject.bin" in names:
        raise Refused(_("This is not a plain workbook. Open it, save it as .xlsx (without macros) and upload that."))
    try:
        found = packages.look(path, most_unpacked=settings.IMPORT_MAX_UNPACKED_BYTES)
    except packages.TooBig as error:
        raise Refused(
            _(
                "Opened, this workbook would take %(size)s MB of memory. Copy the rows that are filled in into a new "
                "workbook and upload that."
            )
            % {"size": _megabytes(error.args[0])}
        ) from error
    except packages.Damaged as error:
        raise Refused(damaged()) from error
    return Look(kind="xlsx", rows=found.rows, package=found)


def damaged():
    """The sentence about a workbook that cannot be read."""
    return _("The workbook is damaged and cannot be read. Open it, save it under a new name and upload that.")


def _look_at_text(path):
    """(encoding, number of lines) of a text file; UTF-8 and UTF-16 by their marks, UTF-8 and GB18030 by trial."""
    with path.open("rb") as file:
        mark = file.read(4)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        rows = _lines(path, encoding)
        if rows is not None:
            return encoding, rows
    raise Refused(
        _("The text of this list is neither UTF-8 nor GB18030. Open it in a spreadsheet and save it as .xlsx.")
    )


def _lines(path, encoding):
    """The number of lines if the whole file is text in this encoding, else None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, since_break = 0, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            try:
                text = decoder.decode(block, final=file.tell() == os.fstat(file.fileno()).st_size)
            except UnicodeDecodeError:
                return None
            if "\0" in text:
                raise Refused(_("This is no text file. Open it in a spreadsheet and save it as .xlsx."))
            lines += text.count("\n") or text.count("\r")
            longest = max(map(len, text.splitlines()), default=0)
            since_break = since_break + len(text) if "\n" not in text and "\r" not in text else 0
            if max(longest, since_break) > LONGEST_LINE:
                raise Refused(_("A line of this list is far too long. Open it in a spreadsheet and save it as .xlsx."))
    return lines + 1


def _megabytes(size):
    return f"{max(size / (1 << 20), 0.1):,.1f}"
