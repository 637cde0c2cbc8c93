"""What stands above and below the list of an agency's sheet: whose it is, up to which day it counts, its unit, who filled it in."""

import datetime
import re
from dataclasses import dataclass, field

from refunds.importing import cells
from refunds.importing.sheets import address
from venues.cleaning import clean_code, clean_text, split_phones
from venues.importing.cells import as_text

_LICENCE = re.compile(r"(?:经营)?许可证?(?:编)?号码?\s*:?\s*([A-Za-z0-9][A-Za-z0-9\- ]{4,40})?")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9\-]{4,}")
_NAMED = re.compile(
    r"(?:旅行社(?:名称)?|填报单位|报送单位|单位名称|企业名称|单位)\s*(?:\((?:盖章|公章|签章|章)\))?\s*:\s*(.*)"
)
_DAY = re.compile(
    r"(?:截止|截至|统计|填报|填表|报送|上报|制表)(?:时间|日期|日|到|至)?\s*(?:为|:|到|至)?\s*"
    r"((?:20\d\d\s*[年./\-]\s*)?\d{1,2}\s*[月./\-]\s*\d{1,2}(?!\d)|20\d{6}|\d{5}(?!\d))?"
)
_UP_TO = re.compile(r"^(?:截止|截至)|统计(?:时间|日期)")
_NAME_OF_DAY = re.compile(
    r"(?<!\d)(20\d\d)\s*[年._\-]?\s*(\d{1,2})\s*[月._\-]?\s*(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})月(\d{1,2})[日号]?"
)
_TABLE_WORDS = re.compile(
    r"(?:旅游)?(?:团队|游客|退团|退费|退款|退订|取消|受疫情|因疫情|关于|新冠|疫情|应退|情况|统计|报表|明细|台账)"
)
_AGENCY = re.compile(r"旅行社|旅游|国旅|中旅|青旅|康辉|假日|公司|门市")
_BEFORE = re.compile(
    r"^(?:(?:附件\d*|附表\d*|\d+[、.]|[一二三四五六七八九十]+、|20\d\d年(?:\d+月)?(?:\d+日)?)\s*:?\s*)+"
)
_TEN_THOUSANDS = re.compile(r"(?:单位|金额)[^。;]{0,6}?万元?")
_CONTACT = re.compile(r"(?:填报|填表|制表|联系|经办|统计|报送)人(?:员)?(?:姓名)?\s*(?:\([^)]*\))?\s*:\s*(\S{2,20})?")
_PHONE = re.compile(r"(?:联系|手机)?(?:电话|手机号码?|号码|方式)\s*:\s*([\d\-+ ]{7,20})?")


@dataclass
class Margin:
    """What was found above and below one table. `cells` as in Sheet; `days`, `licences`: all that were named, with addresses."""

    title: str = ""
    agency: str = ""
    licences: list = field(default_factory=list)
    days: list = field(default_factory=list)  # [(whether the words say "up to", date, address)]
    ten_thousands: bool = False
    contact: str = ""
    phone: str = ""
    cells: dict = field(default_factory=dict)


def read_head(table, rows):
    """The Margin of the rows above the header (`rows`)."""
    margin = Margin()
    for row in rows:
        values = row.values
        for column, value in enumerate(values):
            text = cells.plain(value) if isinstance(value, str) else ""
            if text and column not in row.filled:
                beside = next((c for c in range(column + 1, len(values)) if values[c] != ""), column)
                value = values[beside] if beside > column else ""
                addresses = [address(table.name, row.number, c) for c in (column, beside)]
                _read_text(margin, text, value, *addresses)
    return margin


def read_foot(margin, values):
    """Add what a row below the list tells: who filled the sheet in, under which number, and the unit's own day of signing."""
    texts = [cells.plain(value) for value in values]
    line = "  ".join(text for text in texts if text)
    if not margin.contact and (match := _CONTACT.search(line)):
        name = (match[1] or line[match.end() :].strip().split("  ")[0]).strip()
        margin.contact = "" if re.search(r"[::]", name) else name[:40]
    if not margin.phone and (match := _PHONE.search(line)):
        found = split_phones(match[1] or line[match.end() :].strip().split("  ")[0])
        margin.phone = found[0][:20] if found else ""


def _read_text(margin, text, beside, here, next_to):
    """`beside`: the next value in the row, whose address is `next_to`, for labels that have a cell of their own."""
    if match := _LICENCE.search(text):
        licence = clean_code(match[1] or as_text(beside))
        if _CODE.fullmatch(licence):
            margin.licences.append((licence[:40], here if match[1] else next_to))
    if match := _DAY.search(text):
        value = match[1] or ("" if text[match.end() :].strip() else beside)
        found = _day(value)
        if found:
            margin.days.append((bool(_UP_TO.search(match[0])), found, here if match[1] else next_to))
    named = _NAMED.search(text)
    if named and not margin.cells.get("named"):
        name = named[1].strip() or (clean_text(beside) if isinstance(beside, str) else "")
        name = re.split(r"\s{2,}|许可证|截止|截至|统计", name)[0].strip()
        if _AGENCY.search(name):
            margin.agency = name[:120]
            margin.cells |= {"agency": here if named[1].strip() else next_to, "named": here}
    elif not margin.title and len(text) >= 6 and not _LICENCE.match(text) and not _DAY.match(text):
        margin.title = text[:200]
        margin.cells["title"] = here
        name = _TABLE_WORDS.split(_BEFORE.sub("", text))[0].strip(" ()《》\"'")
        if _AGENCY.search(name) and not margin.agency:
            margin.agency = name[:120]
            margin.cells["agency"] = here
    margin.ten_thousands = margin.ten_thousands or bool(_TEN_THOUSANDS.search(text))


def _day(value):
    """A date with or without its year (then month and day as a tuple), else None."""
    found, _said = cells.date(value)
    if found:
        return found
    text = cells.plain(value) if isinstance(value, str) else ""
    match = re.fullmatch(r"(\d{1,2})\s*[月./\-]\s*(\d{1,2})", text.rstrip("日号"))
    return (int(match[1]), int(match[2])) if match else None


def day_of_file_name(name):
    """The day that the name of a file tells, else None; one without a year is left to a person."""
    for match in _NAME_OF_DAY.finditer(clean_text(name.rpartition(".")[0] or name)):
        if match[1]:
            try:
                return datetime.date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                continue
    return None
