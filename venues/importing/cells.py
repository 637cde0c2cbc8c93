"""What one cell says, whatever kind it was stored as: text, codes, dates, whole numbers.

Every reader takes the value of a cell ("" when empty) and returns (value, findings): the value cleaned, and what was evened
out or went wrong, as (code, what the sentence needs) pairs without the column.
"""

import calendar
import datetime
import functools
import re
from operator import mul

from venues.cleaning import clean_code, clean_text, phone_kind, split_phones, uscc_problem

NOTHING = "-–—―/\\无.、 "  # what people type into a cell that has nothing to say
MOST_EXACT = 15  # digits that a spreadsheet keeps of a figure
_EXPONENT = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2,}")
_LONG_TERM = re.compile(r"长期|永久|无固定期限|无期限|长久|不限")
_DATE = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*(?:[月./\-]\s*(?:(\d{1,2})\s*[日号]?)?)?(?!\d)")
_COMPACT_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_ALPHABET = {sign: value for value, sign in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)
_EPOCHS = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}


@functools.lru_cache(maxsize=50_000)
def _cleaned(text):
    """(cleaned text, whether more than blanks and punctuation changed)."""
    cleaned = clean_text("".join(c for c in text if c.isprintable() or c.isspace()))
    changed = cleaned != text and [c for c in text if c.isalnum()] != [c for c in cleaned if c.isalnum()]
    return cleaned, changed


def as_text(value):
    """A figure as somebody would type it, a date as 2020-01-24; text as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes") if value.time() != datetime.time() else value.date().isoformat()
    return str(value)


def text(value):
    """(cleaned text, findings)."""
    if value == "":
        return "", ()
    was = as_text(value)
    cleaned, changed = _cleaned(was)
    return cleaned, ((("normalised", {"was": was, "now": cleaned}),) if changed else ())


def code(value):
    """(a licence no. or credit code without blanks, findings); a figure whose last digits are lost is an error."""
    if value == "":
        return "", ()
    if isinstance(value, str):
        if value.isascii() and value.isalnum() and not value.islower() and value == value.upper():
            return value, ()
        cleaned = clean_code("".join(c for c in value if c.isprintable() or c.isspace()))
        if _EXPONENT.fullmatch(cleaned):
            return "", (("code_rounded", {"was": cleaned}),)
        changed = cleaned != value.strip()
        return cleaned, ((("normalised", {"was": value, "now": cleaned}),) if changed else ())
    was = as_text(value)
    if isinstance(value, (int, float)) and abs(value) >= 10**MOST_EXACT:
        return "", (("code_rounded", {"was": was}),)
    return clean_code(was), (("number_as_text", {"now": was}),)


def credit_code(value):
    """(a credit code, findings); its form and check digit only ever warn."""
    cleaned, found = code(value)
    if not cleaned or _fits(cleaned):
        return cleaned, found
    problem = uscc_problem(cleaned)
    if problem:
        found = (*found, ("check_digit" if problem == "check_digit" else "code_form", {"was": cleaned}))
    return (cleaned if len(cleaned) <= 18 else ""), found


def _fits(cleaned):
    """Whether this is a credit code whose check digit is right: the quick answer for nearly all of them (GB 32100)."""
    if len(cleaned) != 18 or not cleaned[:8].isdigit():
        return False
    try:
        return sum(map(mul, map(_ALPHABET.__getitem__, cleaned), _WEIGHTS)) % 31 == 0
    except KeyError:
        return False


def phones(value):
    """(a list of at most two telephone numbers, findings)."""
    if value == "":
        return [], ()
    was = as_text(value)
    if len(was) == 11 and was.isascii() and was.isdigit() and "13" <= was[:2] <= "19":
        return [was], ()
    found = []
    numbers = [number for number in split_phones(was) if number.strip(NOTHING)]
    if len(numbers) > 2:
        found.append(("more_phones", {"was": ", ".join(numbers[2:])}))
    kept = numbers[:2]
    found += [("odd_phone", {"was": number}) for number in kept if not phone_kind(number)]
    if _full_width(was):
        found.append(("normalised", {"was": was, "now": ", ".join(kept)}))
    return kept, tuple(found)


def end_date(value, *, date1904=False):
    """((date or None, whether it is without end), findings). Of a span the end counts; a month without day is its last."""
    if value == "":
        return (None, False), ()
    if isinstance(value, datetime.datetime):
        return (value.date(), False), ()
    if isinstance(value, datetime.date):
        return (value, False), ()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_figure(value, date1904)
    return _from_text(as_text(value), date1904)


def _from_figure(value, date1904):
    """An Excel serial number, or eight digits that are a date."""
    if 19_000_000 < value < 21_000_000:
        return _from_text(as_text(value), date1904)
    if 10_000 <= value <= 80_000:
        date = _EPOCHS[date1904] + datetime.timedelta(days=int(value))
        return (date, False), (("serial_date", {"was": as_text(value), "now": date.isoformat()}),)
    return (None, False), (("date_unreadable", {"was": as_text(value)}),)


@functools.lru_cache(maxsize=20_000)
def _from_text(was, date1904):
    plain = clean_text(was)
    if not plain.strip(NOTHING):
        return (None, False), ()
    spans = [(m[1], m[2], m[3]) for m in _DATE.finditer(plain)] or [m.groups() for m in _COMPACT_DATE.finditer(plain)]
    if _LONG_TERM.search(plain) and len(spans) < 2:
        return (None, True), ()
    if not spans and re.fullmatch(r"\d{5}(\.\d+)?", plain):
        return _from_figure(float(plain), date1904)
    try:
        year, month, day = (int(part) if part else None for part in spans[-1])
        last = day or calendar.monthrange(year, month)[1]
        date = datetime.date(year, month, last)
    except (IndexError, ValueError):
        return (None, False), (("date_unreadable", {"was": was}),)
    return (date, False), (() if day else (("date_without_day", {"was": was}),))


def _full_width(was):
    return any(c.isdigit() and not c.isascii() for c in was)


def whole_number(value):
    """(an int or None, findings); "166台" is 166."""
    if value == "" or isinstance(value, bool):
        return None, ()
    if isinstance(value, (int, float)):
        if 0 <= value < 10**9 and float(value).is_integer():
            return int(value), ()
        return None, (("number_unreadable", {"was": as_text(value)}),)
    was = as_text(value)
    plain = clean_text(was).replace(",", "")
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?\s*\D{0,4}", plain)
    if match:
        return int(match[1]), ((("normalised", {"was": was, "now": match[1]}),) if _full_width(was) else ())
    return None, ((("number_unreadable", {"was": was}),) if plain.strip(NOTHING) else ())


def degrees(value, most):
    """(text of a decimal number within ±most or None, whether it could not be read)."""
    if value == "":
        return None, False
    try:
        number = float(clean_text(as_text(value)).rstrip("°EN"))
    except ValueError:
        return None, True
    return (f"{number:.6f}", False) if abs(number) <= most else (None, True)
