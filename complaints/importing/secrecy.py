"""The caller in a row of a sheet: read out of its columns, and taken out of everything else that the row says."""

import re

from venues.cleaning import clean_phone, clean_text, split_phones
from venues.importing.cells import as_text

_NOBODY = re.compile(r"匿名.*|不详|不明|未知|无|保密|不愿(透露|留名).*|未留.*|[-/—]+")
_NUMBER = re.compile(r"[\d-]{5,20}")
_SAID = re.compile(
    r"(?:联系电话|联系方式|来电号码|回复电话|来电人电话|手机号码|手机号|手机)[为是:：\s]*(\d[\d -]{6,18}\d)"
)


def read_caller(name, number, staff):
    """(name, number, codes of findings) of the cells for the caller. `staff`: what the columns for those who took the call down
    say; none of them is ever taken for the caller."""
    codes = []
    name = clean_text(as_text(name))
    numbers = [found for found in split_phones(as_text(number)) if _NUMBER.fullmatch(found)]
    if as_text(number).strip() and not numbers and not _NOBODY.fullmatch(clean_text(as_text(number))):
        codes.append("odd_phone")
    inside = re.search(r"1[3-9]\d{9}", name)
    if inside:  # name and number in one cell
        name = clean_text(name.replace(inside.group(), " ")).strip(" ,/()")
        numbers = numbers or [inside.group()]
    if _NOBODY.fullmatch(name):
        name = ""
    if name and name in {clean_text(as_text(one)) for one in staff}:
        name = ""
        codes.append("staff_is_no_caller")
    if len(numbers) > 1:  # a caller has one number to be found by; the others stay beside the name, encrypted
        name = " / ".join(filter(None, [name, *numbers[1:]]))
        codes.append("more_phones")
    return name, numbers[0] if numbers else "", codes


def number_in_words(content):
    """The number that the words give as the caller's ("联系电话13…"), "" when they give none."""
    found = _SAID.search(content)
    return clean_phone(found.group(1)) if found else ""
