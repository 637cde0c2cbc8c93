"""What may be kept and shown of words: without the telephone numbers that slip into them, without the name of the caller.

Words are stored like this, not only shown: events are appended and could never be anonymised. What a caller said in full is
kept encrypted beside the caller (`Caller.words_cipher`) and read with a reason.
"""

import re

from django.conf import settings

FEWEST_DIGITS = 7  # of what may be somebody's number; 110 and 12345 are nobody's
_BETWEEN = r"[ \t\u00a0\u3000.\-‐‑‒–—―－·()（）]"
_SPOKEN = (
    "〇零○洞",
    "一幺壹",
    "二两贰",
    "三叁",
    "四肆",
    "五伍",
    "六陆",
    "七柒拐",
    "八捌",
    "九玖勾",
)  # digits as they are said and heard
_CHINESE = "".join(_SPOKEN)
_DIGIT = rf"[\d{_CHINESE}]"
_RUN = rf"{_DIGIT}(?:{_BETWEEN}{{0,2}}{_DIGIT}){{{FEWEST_DIGITS - 1},}}"
_FIGURES = re.compile(rf"\d(?:{_BETWEEN}{{0,2}}\d){{{FEWEST_DIGITS - 1},}}")
_ONE_BESIDE = re.compile(
    rf"([{_CHINESE}]?)([^{_CHINESE}]*)([{_CHINESE}]?)"
)  # 周一 13…: the first is no digit of a number
_DATE = re.compile(r"(19|20)\d\d[-.][01]?\d[-.][0-3]?\d( [0-2]?\d)?")
_TITLE = re.compile(r".{1,2}(先生|女士|小姐|同志|师傅|老师)")
_ONLY_NUMBER = re.compile(r"[\d-]{5,20}")


def masked(number):
    """The number as everybody sees it: 130****0257; short ones keep only their last two digits. Words beside it are left out."""
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "*" * max(len(digits) - 2, 0) + digits[-2:]


def without_numbers(text):
    """The text with every run of seven or more digits masked, in figures or in Chinese numerals. Dates and the numbers of
    complaints stay."""
    own = re.escape(settings.NUMBER_PREFIX or "TS") + rf"\d{{8}}-\d{{3,5}}(?!{_BETWEEN}*\d)"
    return re.sub(f"{own}|(?P<run>{_RUN})", lambda found: _masked_run(found["run"]) or found.group(), text)


def _masked_run(run):
    """A run of digits with its numbers masked; "" for none."""
    beside = _ONE_BESIDE.fullmatch(run or "")
    if beside and _FIGURES.search(beside[2]):
        figures = _FIGURES.sub(
            lambda found: found.group() if _DATE.fullmatch(found.group()) else "*" * len(found.group()), beside[2]
        )
        return beside[1] + figures + beside[3]
    return "*" * len(run or "")


def without_caller(text, name="", number=""):
    """The text without this caller: every number of his masked, his name as 张某. `name` may hold further numbers after " / "."""
    for part in name.split(" / "):
        text = _without_number(text, part) if _ONLY_NUMBER.fullmatch(part) else _without_name(text, part)
    return _without_number(text, number)


def without_people(text, name="", number=""):
    """The text without this caller and without anybody's number: what may be stored. Never longer than the text."""
    return without_numbers(without_caller(text, name, number))


def _without_name(text, name):
    name = name.strip()
    if len(name) < 2:
        return text
    titled = _TITLE.fullmatch(name)
    return re.sub(re.escape(name), f"某{titled.group(1)}" if titled else f"{name[0]}某", text, flags=re.IGNORECASE)


def _without_number(text, number):
    digits = re.sub(r"\D", "", number)
    if len(digits) < FEWEST_DIGITS:
        return text
    said = (f"[{digit}{_SPOKEN[int(digit)]}]" for digit in digits)
    pattern = r"(?<!\d)(?:\+?86[ -]?)?" + rf"{_BETWEEN}{{0,2}}".join(said) + r"(?!\d)"
    return re.sub(pattern, masked(digits), text)
