"""What one cell of an agency's sheet says: dates without a year, people, money in yuan or ten thousands.

Every reader takes the value of a cell and returns (value, found): the value or None, and what is to be said about it as (code,
what the sentence needs) pairs. Whatever can be read in two ways is asked, never guessed.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation

from refunds.money import CENT, MOST
from venues.cleaning import clean_text
from venues.importing.cells import NOTHING, as_text

MOST_PEOPLE = 100_000
FAR = datetime.timedelta(days=400)
_EPOCHS = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_SERIALS = (36_526, 73_051)  # 2000 to 2100; smaller figures are no dates of groups
_TIME = r"(?:\s*(?:[T ]\s*)?(?:[01]?\d|2[0-4])[::点时](?:[0-5]\d)?(?::[0-5]\d)?分?)?(?:\s*(?:上午|下午|早|晚|中午|起|止|前))?"
_FULL = re.compile(rf"(20\d\d)\s*[年./\-]\s*(\d{{1,2}})\s*[月./\-]\s*(\d{{1,2}})\s*[日号]?{_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})\s*[./\-]\s*(\d{{1,2}})\s*[./\-]\s*(20\d\d){_TIME}")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_SHORT = re.compile(rf"(\d{{1,2}})\s*[月./\-]\s*(\d{{1,2}})\s*[日号]?{_TIME}")
_WEEKDAY = re.compile(r"\s*[((]?(?:星期|周)[一二三四五六日天][))]?\s*")
_NOBODY = {"未退", "未退费", "没退", "尚未退", "尚未退费", "无人", "零", "0人"}
_ALL = {
    "全部",
    "全额",
    "全退",
    "全部退",
    "全部退费",
    "已全部退",
    "已全部退费",
    "全部已退",
    "已全退",
    "全部退完",
    "已退完",
}


def plain(value):
    """The cleaned text of a value, "" for what people type into a cell that has nothing to say."""
    text = clean_text(as_text(value)) if value != "" else ""
    return text if text.strip(NOTHING) else ""


# --- dates ----------------------------------------------------------------------------------------------------------------


def date(value, *, near=None, not_before=None, date1904=False):
    """(date or None, found). Where the year is not said, it is the one that brings the date closest to `near`, the day of the
    sheet; a return is the first such day not before the departure (`not_before`)."""
    if isinstance(value, datetime.datetime):
        return value.date(), ()
    if isinstance(value, datetime.date):
        return value, ()
    if isinstance(value, (bool, datetime.time, datetime.timedelta)):
        return None, (("date_unreadable", {"was": as_text(value)}),)
    if isinstance(value, (int, float)):
        return _of_figure(value, near, not_before, date1904)
    was = plain(value)
    return _of_text(was, near, not_before, date1904) if was else (None, ())


def _of_figure(value, near, not_before, date1904):
    """An Excel serial number, eight digits, or "1.27" that became a figure: 1.3 may have been typed as 1.30."""
    was = as_text(value)
    if _SERIALS[0] <= value < _SERIALS[1]:
        found = _EPOCHS[date1904] + datetime.timedelta(days=int(value))
        return found, (("text_date", {"was": was, "now": found.isoformat()}),)
    month, _point, day = was.partition(".")
    if not day or value < 1 or value >= 13 or len(day) > 2:
        return _of_text(was, near, not_before, date1904) if _COMPACT.fullmatch(was) else _unreadable(was)
    if len(day) == 2:
        return _without_year(was, int(month), int(day), near, not_before)
    candidates = [_guess(int(month), int(d), near, not_before) for d in (day, f"{day}0")]
    candidates = [found for found in candidates if found]
    if len(candidates) == 2 and near:
        first, second = (found.isoformat() for found in candidates)
        return None, (("date_ambiguous", {"was": was, "first": first, "second": second}),)
    return _without_year(was, int(month), int(day), near, not_before)


def _of_text(was, near, not_before, date1904):
    text = _WEEKDAY.sub(" ", was).strip()
    if match := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        found = _day(*map(int, match.groups()))
        if found is None:
            return _unreadable(was)
        return found, () if was == found.isoformat() else (("text_date", {"was": was, "now": found.isoformat()}),)
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(was, *map(int, match.groups()))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _of_figure(float(text), near, not_before, date1904)
    if match := _SHORT.fullmatch(text):
        return _without_year(was, int(match[1]), int(match[2]), near, not_before)
    return _unreadable(was)


def _year_last(was, first, second, year):
    """ "01-29-2020" can only be 29 January; "01-02-2020" is January or February, as the writer's country has it."""
    days = dict.fromkeys(day for day in (_day(year, first, second), _day(year, second, first)) if day)
    if not days:
        return _unreadable(was)
    found = [day.isoformat() for day in days]
    if len(found) == 2:
        return None, (("date_ambiguous", {"was": was, "first": found[0], "second": found[1]}),)
    return next(iter(days)), (("text_date", {"was": was, "now": found[0]}),)


def _without_year(was, month, day, near, not_before):
    if _day(2000, month, day) is None:  # a leap year, so that 29 February is a day
        return _unreadable(was)
    if near is None and not_before is None:
        return None, (("date_without_year", {"was": was}),)
    found = _guess(month, day, near, not_before)
    return (found, (("text_date", {"was": was, "now": found.isoformat()}),)) if found else _unreadable(was)


def _guess(month, day, near, not_before):
    middle = (not_before or near or datetime.date(2000, 1, 1)).year
    days = [found for year in (middle - 1, middle, middle + 1) if (found := _day(year, month, day))]
    if not_before:
        later = [found for found in days if not_before <= found <= not_before + datetime.timedelta(days=180)]
        return min(later) if later else min(days, key=lambda found: abs(found - not_before), default=None)
    return min(days, key=lambda found: abs(found - near), default=None) if near else next(iter(days), None)


def _day(year, month, day):
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _unreadable(was):
    return None, (("date_unreadable", {"was": was}),)


# --- people ---------------------------------------------------------------------------------------------------------------


def people(value, *, all_of=None):
    """(a number of people or None, found). `all_of`: what "all" means in this cell, the heads of the group."""
    if isinstance(value, bool):
        return None, (("number_unreadable", {"was": as_text(value)}),)
    if isinstance(value, (int, float)):
        if 0 <= value <= MOST_PEOPLE and float(value).is_integer():
            return int(value), ()
        return None, (("number_unreadable", {"was": as_text(value)}),)
    was = plain(value)
    if not was:
        return None, ()
    text = was.replace(",", "").replace(" ", "")
    if match := re.fullmatch(r"(?:共|计|共计)?(\d{1,6})(?:\.0+)?(?:人|位|名|个人)?", text):
        number = int(match[1])
        return (number, ()) if number <= MOST_PEOPLE else (None, (("number_unreadable", {"was": was}),))
    if text in _NOBODY and all_of is not None:
        return 0, (("none_refunded", {"was": was}),)
    if text in _ALL and all_of is not None:
        return all_of, (("all_people", {"was": was, "now": all_of}),)
    if re.fullmatch(r"\d{1,4}(?:\D{0,4}\+\D{0,4}\d{1,4})+\D{0,4}", text) or re.fullmatch(
        r"(?:\D{1,4}\d{1,4}){2,}\D{0,4}", text
    ):
        total = sum(int(number) for number in re.findall(r"\d+", text))
        return None, (("sum_of_people", {"was": was, "sum": total}),)
    return None, (("number_unreadable", {"was": was}),)


def groups(value):
    """(a number of groups or None, whether it could not be read): "5个团"."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (int(value), False) if float(value).is_integer() and 0 <= value <= MOST_PEOPLE else (None, True)
    match = re.fullmatch(
        r"(?:共|计|共计)?(\d{1,5})(?:\.0+)?(?:个|支|批)?(?:旅游)?(?:团队|团)?", plain(value).replace(" ", "")
    )
    return (int(match[1]), False) if match else (None, False)


# --- money ----------------------------------------------------------------------------------------------------------------


def money(value, *, ten_thousands=False):
    """(an exact Decimal of yuan or None, found). `ten_thousands`: the column is kept in 万元, unless the cell says 元."""
    if isinstance(value, (bool, datetime.date, datetime.time, datetime.timedelta)):
        return None, (("amount_unreadable", {"was": as_text(value)}),)
    was = as_text(value) if isinstance(value, (int, float)) else plain(value)
    if not was:
        return None, ()
    text = re.sub(r"\s|人民币|RMB|CNY|[¥¥]|整$", "", was)
    match = re.fullmatch(
        r"([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)(万元|万|千元|千|元|块|圆)?",
        text,
    )
    if not match:
        return None, (("amount_unreadable", {"was": was}),)
    sign, digits, unit = match.groups()
    if sign == "-" and Decimal(digits.replace(",", "")):
        return None, (("amount_negative", {"was": was}),)
    return _exact(
        digits.replace(",", ""), unit or ("万元" if ten_thousands else ""), was, rounded=isinstance(value, float)
    )


def _exact(digits, unit, was, *, rounded):
    factor = {"万": 10_000, "千": 1_000}.get(unit[:1], 1)
    try:
        amount = Decimal(digits) * factor
        kept = amount.quantize(CENT)
    except InvalidOperation:
        return None, (("amount_unreadable", {"was": was}),)
    if kept > MOST:
        return None, (("amount_unreadable", {"was": was}),)
    dust = Decimal("0.000001") if rounded else 0  # what a binary figure adds to 0.1 + 0.2
    if abs(amount - kept) > dust:
        return None, (("amount_not_exact", {"was": was}),)
    return kept, ((("unit_applied", {"was": was, "now": f"{kept:f}"}),) if factor != 1 else ())
