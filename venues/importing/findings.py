"""What can be said about a row of a file: the codes, their levels, and the sentence for each in the reader's language.

Findings are kept as plain dicts {"column", "code", …what the sentence needs} so that the same import reads in Chinese and in
English. Levels: error (the row is not imported), undecided (a person decides), warning (imported all the same), fixed (what
was evened out before).
"""

from django.utils.translation import gettext_lazy as _

from venues.models import Venue

ERROR, UNDECIDED, WARNING, FIXED = "error", "undecided", "warning", "fixed"
LEVELS = (ERROR, UNDECIDED, WARNING, FIXED)  # the gravest first
LEVEL_NAMES = {ERROR: _("error"), UNDECIDED: _("undecided"), WARNING: _("warning"), FIXED: _("fixed")}

_KNOWN = {
    # errors
    "empty_name": (ERROR, _("The row has no name.")),
    "name_too_long": (ERROR, _("The name is longer than %(most)s characters.")),
    "unknown_category": (ERROR, _("No category is known as “%(was)s”.")),
    "no_category": (ERROR, _("Neither a column, nor the name of the sheet, nor its title says the category.")),
    "unknown_district": (ERROR, _("No district or county is known as “%(was)s”.")),
    "no_district": (ERROR, _("The row does not say its district or county.")),
    "code_rounded": (
        ERROR,
        _("The number was stored as a figure of more than 15 digits, and its last digits are lost: %(was)s. Type it as text."),
    ),
    "licence_too_long": (ERROR, _("The licence no. is longer than %(most)s characters.")),
    "licence_repeated": (
        ERROR, _("Licence no. %(was)s already stands in row %(row)s of sheet “%(sheet)s” under another name: %(name)s.")
    ),
    "venue_twice": (ERROR, _("Row %(row)s of sheet “%(sheet)s” is this venue already.")),
    "empty_formula": (ERROR, _("The cell holds a formula without a value. Open the file, save it and upload it again.")),
    # a person decides
    "may_be_known": (UNDECIDED, _("This may be a venue of the registry: %(venues)s. Decide whether it is.")),
    # warnings
    "check_digit": (WARNING, _("The check digit of the credit code does not fit: %(was)s.")),
    "code_form": (WARNING, _("This is not the form of a credit code (18 digits and letters): %(was)s.")),
    "licence_ended": (WARNING, _("The licence ended on %(was)s.")),
    "no_phone": (WARNING, _("There is no telephone number: the venue cannot be called.")),
    "odd_phone": (WARNING, _("This does not look like a telephone number: %(was)s.")),
    "more_phones": (WARNING, _("Only two telephone numbers are kept; left out: %(was)s.")),
    "street_elsewhere": (WARNING, _("“%(was)s” is not a street or town of this district; it was left out.")),
    "date_unreadable": (WARNING, _("This date cannot be read: %(was)s.")),
    "date_without_day": (WARNING, _("The date has no day; the last of the month was taken: %(was)s.")),
    "number_unreadable": (WARNING, _("This is no whole number: %(was)s.")),
    "cut": (WARNING, _("Longer than %(most)s characters; the end was cut off: %(was)s.")),
    "no_coordinate_system": (
        WARNING, _("The position was left out: the file does not say in which coordinate system it was taken.")
    ),
    "position_unreadable": (WARNING, _("This position cannot be read: %(was)s.")),
    "hidden_row": (WARNING, _("The row is hidden in the file; it is imported like the others.")),
    "hidden_sheet": (WARNING, _("The sheet is hidden in the file; its rows are imported like the others.")),
    "row_repeated": (WARNING, _("The same venue stands in row %(row)s of sheet “%(sheet)s”; that row counts.")),
    "same_name": (
        WARNING, _("The registry has a venue of this name here under another licence no.: %(licence)s. Perhaps it is the same.")
    ),
    "other_name": (WARNING, _("In the registry the venue with this licence no. has another name: %(name)s.")),
    "merged": (WARNING, _("This venue was merged into %(name)s; the row changes nothing.")),
    "status_unsaid": (WARNING, _("In the registry the venue is marked “%(status)s”; the file says nothing of that.")),
    "status_in_remark": (WARNING, _("The remark says something else than the operating status: %(was)s.")),
    "status_unknown": (WARNING, _("This operating status is not known, the venue counts as trading: %(was)s.")),
    "formula_text": (WARNING, _("The text looks like a formula; it is kept as text.")),
    "formula_without_value": (WARNING, _("The cell holds a formula without a value; it was read as empty.")),
    "no_header": (WARNING, _("No row of this sheet names at least a venue name and one more column; the sheet was left out.")),
    "same_file": (WARNING, _("This file was imported before, on %(was)s. Nothing was done.")),
    # evened out
    "normalised": (FIXED, _("Read as %(now)s; the file says %(was)s.")),
    "number_as_text": (FIXED, _("A figure was read as text: %(now)s.")),
    "serial_date": (FIXED, _("The figure %(was)s was read as the date %(now)s.")),
    "district_of_street": (FIXED, _("The district was taken from the street or town: %(now)s.")),
    "district_of_address": (FIXED, _("The district was taken from the address: %(now)s.")),
    "district_of_title": (FIXED, _("The district was taken from the title or the name of the sheet: %(now)s.")),
    # divisions
    "empty_code": (ERROR, _("The row has no code.")),
    "code_repeated": (ERROR, _("Code %(was)s stands in the file twice.")),
    "code_too_long": (ERROR, _("The code is longer than %(most)s characters.")),
    "unknown_parent": (ERROR, _("No division is known by the code or name “%(was)s”.")),
    "level_unknown": (ERROR, _("Neither the code nor what it is part of says whether this is a city, a district or a street.")),
    "nonstandard_code": (WARNING, _("The code is not one of the national standard; the division is marked so.")),
    "above_city": (WARNING, _("Provinces are not kept; the row was left out.")),
    # the file as a whole
    "unreadable": (ERROR, "%(was)s"),
}  # fmt: skip


def finding(code, column="", **said):
    """A finding to be kept; unknown codes are a mistake of the programmer."""
    if code not in _KNOWN:
        raise KeyError(code)
    return {"column": column, "code": code, **said}


def level(found):
    """ "error", "undecided", "warning" or "fixed" for a kept finding."""
    return _KNOWN[found["code"]][0]


def worst(findings):
    """The gravest level among these findings, "" when there are none."""
    levels = {level(found) for found in findings}
    return next((name for name in LEVELS if name in levels), "")


def sentence(found):
    """The finding as people read it, in the current language."""
    if "status" in found:
        found = {**found, "status": dict(Venue.OperatingStatus.choices).get(found["status"], found["status"])}
    return _KNOWN[found["code"]][1] % found


def sorted_by_level(findings):
    """The gravest first, each level in the order of the columns."""
    return sorted(findings, key=lambda found: LEVELS.index(level(found)))


def as_report(sheet, row, found):
    """One entry of the list that `--json` prints."""
    return {
        "sheet": sheet, "row": row, "column": found["column"], "level": level(found), "code": found["code"],
        "message": str(sentence(found)),
    }  # fmt: skip
