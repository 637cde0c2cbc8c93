"""Cleaning of what people type or paste: one way for forms, admin and imports, so that equal things look equal.

Nothing here judges: unknown telephones and odd credit codes come back cleaned, and the questions about them
(`phone_kind`, `uscc_problem`) answer with a word that the caller turns into a warning.
"""

import re
import unicodedata

_MARKS = str.maketrans({
    "“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'",
    "○": "〇", "◯": "〇", "⭘": "〇",  # circles that stand for the Chinese zero
})  # fmt: skip
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
_FORMULA = ("=", "+", "-", "@")

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-8]\d{6,7}(-\d{1,6})?")
SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|1\d{2,4}|9[56]\d{3,6}")


def clean_text(text):
    """NFKC, curly quotes and look-alike zeros mapped, what cannot be seen taken out, blanks trimmed and runs of them
    made one; None becomes "".

    An apostrophe that an export put before = + - @ is taken away again."""
    if text is None:
        return ""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", str(text)).translate(_MARKS))
    text = " ".join(text.split())
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def clean_code(text):
    """A licence no. or credit code: cleaned text without any blank, upper case, one kind of dash and of zero."""
    return "".join(clean_text(text).translate(_DASHES).replace("〇", "0").split()).upper()


def clean_phone(text):
    """One telephone number: digits with at most the dashes of area code and extension; `+86` and the `.0` of a float
    are dropped. What is no number (two numbers, words) comes back as cleaned text: see `split_phones`."""
    plain = clean_text(text).translate(_DASHES)
    number = re.sub(r"\s+", "", plain)
    number = re.sub(r"^(\d{7,})\.0$", r"\1", number)  # Excel hands numbers over as floats
    number = re.sub(r"^(\+86|0086|86(?=1[3-9]\d{9}$))-?", "", number)
    number = re.sub(r"^\((0\d{2,3})\)", r"\1-", number)
    number = re.sub(r"(转|分机|ext\.?|x)(?=\d{1,6}$)", "-", number, flags=re.IGNORECASE)
    if MOBILE.fullmatch(number.replace("-", "")):
        return number.replace("-", "")
    return number if re.fullmatch(r"[\d-]+", number) else plain


def split_phones(text):
    """The telephone numbers of a cell that may hold several, cleaned, in their order and each once."""
    parts = re.split(r"[,;/、|\n]|\s{1,}(?=(?:0\d{2,3}-?)?[1-9]\d{6,})|或", clean_text(text))
    return list(dict.fromkeys(number for number in map(clean_phone, parts) if number))


def phone_kind(number):
    """What a cleaned number is: mobile, landline, service (400…, 12318, 95…), or "" for anything else."""
    for kind, pattern in (("mobile", MOBILE), ("landline", LANDLINE), ("service", SERVICE)):
        if pattern.fullmatch(number):
            return kind
    return ""


def dialled(number):
    """What stands in a `tel:` link: digits only; the extension is left to the person who dials."""
    match = re.match(r"[\d-]+", clean_phone(number))
    if not match:
        return ""
    groups = match.group().strip("-").split("-")
    if len(groups) > 1 and (len(groups[-1]) <= 6 and len("".join(groups[:-1])) >= 7):
        groups.pop()
    return "".join(groups)


def uscc_problem(code):
    """What is wrong with a cleaned credit code (GB 32100): "" nothing, else "length", "format" or "check_digit".

    Never more than a warning: codes that were genuinely issued fail the check digit."""
    from stdnum.cn import uscc
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

    if not code:
        return ""
    try:
        uscc.validate(code)
    except InvalidLength:
        return "length"
    except InvalidChecksum:
        return "check_digit"
    except ValidationError:
        return "format"
    return ""


def comparable(text):
    """A key under which two spellings of one name are the same: no blanks, no punctuation, lower case, one zero."""
    plain = clean_text(text).replace("〇", "零").lower()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN")
