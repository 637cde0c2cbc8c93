"""Import of divisions: a list with code, name and parent, as workbook or .csv. Adds and changes, never deletes.

The level follows from the code of GB/T 2260 (6 digits: ending in 00 a city, else a district; 9 digits: a street), for any
other code from what the division is part of. Such codes, and those that the statistics keep for zones, are allowed and marked.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from venues.importing import cells, columns, guards, reading
from venues.importing.findings import as_report, finding
from venues.models import Division
from venues.transitions import Refused

ALIASES = {
    "code": ["code", "代码", "编码", "区划代码", "行政区划代码", "统计用区划代码", "区划编码", "division code"],
    "name": ["name", "名称", "区划名称", "行政区划名称", "单位名称", "县区", "乡镇街道", "division"],
    "parent": ["parent", "上级", "上级代码", "上级编码", "上级区划", "上级区划代码", "上级名称", "所属", "隶属", "part of"],
}  # fmt: skip
Level = Division.Level
_BELOW = {None: Level.CITY, Level.CITY: Level.DISTRICT, Level.DISTRICT: Level.STREET}
COUNTED = ("created", "changed", "same", "errors", "undecided")


@dataclass
class Line:
    sheet: str
    row: int
    code: str
    name: str
    parent: str
    found: list


@transaction.atomic
def import_divisions(path, name="", *, by=None, at=None, dry_run=False):
    """Import the list at `path`; returns ({"created": n, …}, [findings as `--json` prints them]). Raises Refused when the
    file cannot be read. A second import of the same file changes nothing."""
    lines = _lines(path, name)
    known = {division.code: division for division in Division.objects.select_related("parent")}
    counts, reports = Counter(dict.fromkeys(COUNTED, 0)), []
    for line in _parents_first(lines):
        counts[_settle(line, known)] += 1
    for line in lines:
        reports += [as_report(line.sheet, line.row, found) for found in line.found]
    if dry_run:
        transaction.set_rollback(True)
    elif by is not None and (counts["created"] or counts["changed"]):
        by.leave_trail("import", detail={"what": "divisions", "counts": dict(counts)}, at=at)
    return dict(counts), reports


def _lines(path, name):
    found = []
    with reading.tables(path, guards.look(path, name)) as tables:
        for table in tables:
            header = columns.find(table, ALIASES, required={"code", "name"})
            if header is not None:
                found += _of_table(table, header)
    if not found:
        raise Refused(_("No sheet has a header that names a code and a name (代码, 名称), in the first 15 rows."))
    seen = set()
    for line in found:
        if line.code in seen:
            line.found.append(finding("code_repeated", "code", was=line.code))
        seen.add(line.code)
    return found


def _of_table(table, header):
    for row in table.rows(after=header.last_row):
        got = {
            field: row.values[column] if column < len(row.values) else "" for field, column in header.columns.items()
        }
        if all(value == "" for value in got.values()):
            continue
        code, found = cells.code(got["code"])
        name, more = cells.text(got["name"])
        parent = cells.code(got.get("parent", ""))[0]
        line = Line(table.name, row.number, code, name, parent, [])
        for field, said in (("code", found), ("name", more)):
            line.found += [finding(c, header.label(field), **s) for c, s in said if c != "number_as_text"]
        if not code and not any(f["code"] == "code_rounded" for f in line.found):
            line.found.append(finding("empty_code", header.label("code")))
        if len(code) > 12:
            line.found.append(finding("code_too_long", header.label("code"), most=12))
        if not name:
            line.found.append(finding("empty_name", header.label("name")))
        if len(name) > 60:
            line.found.append(finding("name_too_long", header.label("name"), most=60))
        yield line


def _parents_first(lines):
    """Cities, then districts, then streets; codes of another form after what they are part of."""
    by_name = {line.name: line for line in lines}
    by_code = {line.code: line for line in lines}

    def depth(line, seen=()):
        above = by_code.get(line.parent) or by_name.get(line.parent) if line.parent else None
        return 0 if above is None or line.code in seen else 1 + depth(above, (*seen, line.code))

    return sorted(lines, key=lambda line: (depth(line), len(line.code)))


def _settle(line, known):
    """Write one line; returns what it counts as."""
    if re.fullmatch(r"\d\d0000", line.code):
        line.found.append(finding("above_city", was=line.code))
        return "same"
    parent = _parent(line, known)
    level = _level(line.code, parent)
    if level is None and not line.found:
        line.found.append(finding("level_unknown", was=line.code))
    nonstandard = not _standard(line.code)
    if any(f["code"] not in {"normalised"} for f in line.found):
        return "errors"
    if nonstandard:
        line.found.append(finding("nonstandard_code", was=line.code))
    wanted = {"name": line.name, "level": level, "parent": parent, "nonstandard": nonstandard}
    division = known.get(line.code)
    if division is None:
        known[line.code] = Division.objects.create(code=line.code, **wanted)
        return "created"
    changed = [field for field, value in wanted.items() if getattr(division, field) != value]
    if not changed:
        return "same"
    for field in changed:
        setattr(division, field, wanted[field])
    division.save(update_fields=changed)
    return "changed"


def _parent(line, known):
    """The division that this one is part of: as the line says by code or name, else as its code says."""
    if line.parent:
        named = [d for d in known.values() if d.name == line.parent and d.level != Level.STREET]
        parent = known.get(line.parent) or (named[0] if len(named) == 1 else None)
        if parent is None and not re.fullmatch(r"\d\d0000", line.parent):
            line.found.append(finding("unknown_parent", was=line.parent))
        return parent
    if re.fullmatch(r"\d{9}", line.code):
        return known.get(line.code[:6])
    if re.fullmatch(r"\d{6}", line.code) and not line.code.endswith("00"):
        return known.get(line.code[:4] + "00")
    return None


def _level(code, parent):
    if re.fullmatch(r"\d{6}", code):
        return Level.CITY if code.endswith("00") else Level.DISTRICT
    if re.fullmatch(r"\d{9}", code):
        return Level.STREET
    return _BELOW.get(parent.level) if parent is not None else None


def _standard(code):
    """Whether GB/T 2260 or GB/T 10114 gives such codes: not the 71–79 and 400–599 that the statistics keep for zones."""
    return bool(re.fullmatch(r"\d{4}(?!7[1-9])\d\d|\d{4}(?!7[1-9])\d\d(?![45])\d{3}", code))
