"""What can be wrong or unclear with an agency's sheet: the codes, how grave each is, how it is answered, and its sentence.

Kept as codes with what the sentence needs, so that the same sheet reads in Chinese and in English. An answer is either the text
that should stand in the cell (TEXT; empty: the sheet says nothing there) or one of the named choices.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from refunds.importing.sheets import ERROR, NOTE, QUESTION, Problem

TEXT = ("text",)
LEAVE_OUT, COUNT, ROWS_COUNT = "leave_out", "count", "rows_count"
ALL_CANCELLED, AS_KNOWN = "all_cancelled", "as_known"
KEEP, TAKE, LATE, BY_LICENCE, BY_NAME = "keep", "take", "late", "by_licence", "by_name"
FIELD_OF = {
    "no_kind": "kind",
    "no_heads": "heads",
    "group_twice": "group_no",
    "group_unnamed_twice": "group_no",
    "refunded_not_cancelled": "disposition",
}  # whose answer is meant even where the sheet has no such column
LEVEL_NAMES = {ERROR: _("error"), QUESTION: _("question"), NOTE: _("evened out")}
NOW = "now:"  # begins the answer that a group goes by another number of the same sheet
ANSWER_NAMES = {
    LEAVE_OUT: _("leave the row out"),
    COUNT: _("it counts like the others"),
    ROWS_COUNT: _("the rows count, the total is wrong"),
    ALL_CANCELLED: _("all of them are cancelled"),
    AS_KNOWN: _("as they are known; a new one is booked"),
    KEEP: _("what is known stays"),
    TAKE: _("the sheet is right"),
    LATE: _("the older day is meant: enter it for then"),
    BY_LICENCE: _("it is the agency of the licence no."),
    BY_NAME: _("it is the agency of the name"),
}

# code: (severity, how it is answered, sentence)
KNOWN = {
    # the whole file
    "no_header": (
        ERROR, (),
        _("No row of this sheet names the columns of a list of groups (group no., people, refunded …). Is it the right sheet?"),
    ),
    "no_heads_column": (ERROR, (), _("No column says how many people a group has. Mend the header and upload the file again.")),
    "no_lines": (
        ERROR, (), _("The sheet names no group. Whoever had none sends a nil return; a sheet without rows is not taken for one.")
    ),
    "too_many_lines": (ERROR, (), _("The sheet has more than %(most)s rows: no agency has that many groups. Is it the right file?")),
    "no_licence": (QUESTION, TEXT, _("The sheet does not say the agency's licence no.")),
    "no_date": (QUESTION, TEXT, _("The sheet does not say up to which day it counts. Type the day like 2020-01-31.")),
    "date_of_file_name": (NOTE, (), _("The day up to which the sheet counts was taken from the name of the file: %(now)s.")),
    "two_dates": (
        QUESTION, TEXT, _("The sheet names two days up to which it counts: %(first)s and %(second)s. Type the right one.")
    ),
    "two_licences": (
        QUESTION, TEXT, _("The sheet names two licence numbers: %(first)s and %(second)s. Type that of the agency that sent it.")
    ),
    "sheet_left_out": (NOTE, (), _("This sheet of the file is no list of groups and was left out.")),
    "hidden_sheet": (QUESTION, (COUNT, LEAVE_OUT), _("The sheet is hidden in the file. Does it count?")),
    "nameless_column": (
        ERROR, (), _("The column has values but no name of its own. Mend the header (merged cells?) and upload the file again.")
    ),
    "column_unknown": (NOTE, (), _("The column “%(was)s” is not read.")),
    "no_disposition_column": (QUESTION, (ALL_CANCELLED, AS_KNOWN), _("No column says whether the groups were cancelled. Were they?")),
    "cancelled_by_title": (NOTE, (), _("No column says whether the groups were cancelled; by the sheet's title all of them were.")),
    # rows
    "hidden_row": (QUESTION, (COUNT, LEAVE_OUT), _("The row is hidden in the file. Does it count?")),
    "row_unclear": (NOTE, (), _("This row names no group and was left out: %(was)s.")),
    "after_total": (QUESTION, (COUNT, LEAVE_OUT), _("The row stands below the total. Does it count?")),
    "no_group_no": (NOTE, (), _("The row has no group no.; one is made for it and marked.")),
    "group_twice": (
        ERROR, TEXT, _("Group %(was)s stands in the sheet twice, first in %(first)s. Type the right number.")
    ),
    "cell_merged": (
        QUESTION, TEXT, _("The cells %(cells)s are merged into one, so the figure cannot be told apart. Type what belongs here.")
    ),
    "formula_without_value": (
        QUESTION, TEXT, _("The cell holds a formula without a saved value. Type what it shows, or save the file anew in Excel.")
    ),
    "cell_error": (QUESTION, TEXT, _("The cell shows an error in place of a value. Type what belongs here.")),
    # values
    "no_heads": (ERROR, TEXT, _("The row does not say how many people the group has.")),
    "number_unreadable": (QUESTION, TEXT, _("This is no whole number of people: %(was)s. Type it.")),
    "sum_of_people": (QUESTION, TEXT, _("Are these %(sum)s people? The sheet says %(was)s. Type the number.")),
    "all_people": (NOTE, (), _("Read as all %(now)s people; the sheet says %(was)s.")),
    "none_refunded": (NOTE, (), _("Read as nobody; the sheet says %(was)s.")),
    "more_than_heads": (
        QUESTION, TEXT, _("%(was)s people refunded, but the group has only %(heads)s. Type the right number.")
    ),
    "left_differs": (
        QUESTION, (ROWS_COUNT,),
        _("The sheet says that %(was)s people are still unpaid; by its own figures they are %(now)s."),
    ),
    "amount_unreadable": (QUESTION, TEXT, _("This is no amount of money: %(was)s. Type it in yuan.")),
    "amount_not_exact": (QUESTION, TEXT, _("This is no whole number of fen: %(was)s. Type the amount in yuan.")),
    "amount_negative": (QUESTION, TEXT, _("The amount is negative: %(was)s. Type it in yuan.")),
    "unit_applied": (NOTE, (), _("Read as %(now)s yuan; the sheet says %(was)s.")),
    "text_date": (NOTE, (), _("Read as %(now)s; the sheet says %(was)s.")),
    "date_unreadable": (QUESTION, TEXT, _("This is no date: %(was)s. Type it like 2020-01-31, or leave it empty.")),
    "date_ambiguous": (
        QUESTION, TEXT, _("The sheet says %(was)s: is that %(first)s or %(second)s? Type the date like 2020-01-31.")
    ),
    "date_without_year": (QUESTION, TEXT, _("The sheet says %(was)s without a year, and no day to go by. Type it like 2020-01-31.")),
    "date_far": (QUESTION, TEXT, _("%(now)s is more than a year away from the sheet's own day. Type the date like 2020-01-31.")),
    "return_before_depart": (QUESTION, TEXT, _("The group returns on %(now)s, before it departs on %(depart)s. Type the date.")),
    "kind_unknown": (
        QUESTION, TEXT, _("Neither market nor role is known as “%(was)s”. Type 国内团, 出境团, 入境团 or 地接团.")
    ),
    "no_kind": (QUESTION, TEXT, _("The row does not say the market (国内, 出境, 入境) nor the role (组团, 地接) of the group.")),
    "role_unsaid": (NOTE, (), _("The row does not say whether the agency signed with the travellers; it is taken to have done so.")),
    "disposition_unknown": (QUESTION, TEXT, _("Was the group cancelled? The sheet says “%(was)s”. Type 已退团, 未退团 or 延期.")),
    "cut": (NOTE, (), _("Longer than %(most)s characters; the end was cut off: %(was)s.")),
    # totals: one code for each figure, so that the sentence can name it
    "total_groups": (
        QUESTION, (ROWS_COUNT,), _("The total line declares %(was)s groups; its rows are %(now)s.")
    ),
    "total_heads": (
        QUESTION, (ROWS_COUNT,), _("The total line declares %(was)s people; its rows add up to %(now)s.")
    ),
    "total_refunded_heads": (
        QUESTION, (ROWS_COUNT,), _("The total line declares %(was)s people refunded; its rows add up to %(now)s.")
    ),
    "total_amount_due": (
        QUESTION, (ROWS_COUNT,), _("The total line declares %(was)s yuan due; its rows add up to %(now)s.")
    ),
    "total_refunded_amount": (
        QUESTION, (ROWS_COUNT,), _("The total line declares %(was)s yuan refunded; its rows add up to %(now)s.")
    ),
    "total_unreadable": (QUESTION, (ROWS_COUNT,), _("This figure of the total line cannot be read: %(was)s.")),
    # against what is known: the agency and its returns
    "unknown_licence": (ERROR, TEXT, _("No travel agency of the registry has licence no. %(was)s. Type the right number.")),
    "other_agency": (
        QUESTION, (BY_LICENCE, BY_NAME),
        _("Licence no. %(licence)s is that of %(agency)s, but the sheet calls itself %(was)s. Whose is it?"),
    ),
    "date_ahead": (ERROR, TEXT, _("The day up to which the sheet counts has not come yet: %(was)s. Type the right one.")),
    "same_file": (
        QUESTION, (), _("This very file was imported on %(when)s by %(who)s, as the return of %(day)s. Nothing is done a second time.")
    ),
    "nothing_new": (
        QUESTION, (TAKE,), _("A return of %(day)s is there already, and this sheet says nothing else. Enter it all the same?")
    ),
    "older_sheet": (
        QUESTION, (LATE,), _("The sheet is of %(was)s, but a return of %(day)s is there already. Is the older one meant?")
    ),
    "was_nil": (QUESTION, (TAKE,), _("The agency reported for %(day)s that it has no group. Does this sheet count?")),
    # against what is known: the groups and the ledger
    "vanished": (
        QUESTION, (KEEP,),
        _("Group %(group)s (%(heads)s people, %(paid)s refunded) is known and not in the sheet. An absent row is not nought: it "
          "stays as it is known. Ask the agency what became of it, or say by which number it goes now."),
    ),
    "fell_refunded_heads": (
        QUESTION, (KEEP, TAKE), _("The figure fell: the ledger of %(group)s has %(was)s people refunded, the sheet says %(now)s.")
    ),
    "fell_refunded_amount": (
        QUESTION, (KEEP, TAKE), _("The figure fell: the ledger of %(group)s has %(was)s yuan refunded, the sheet says %(now)s.")
    ),
    "refunded_gone": (
        QUESTION, (KEEP,), _("The ledger of %(group)s has %(was)s people refunded, and the cell is empty now. An empty cell is not nought.")
    ),
    "fell_heads": (
        QUESTION, (KEEP, TAKE), _("The figure fell: group %(group)s is known with %(was)s people, the sheet says %(now)s.")
    ),
    "fell_amount_due": (
        QUESTION, (KEEP, TAKE), _("The figure fell: %(was)s yuan are known to be due for group %(group)s, the sheet says %(now)s.")
    ),
    "moved_kind": (
        QUESTION, (KEEP, TAKE), _("Group %(group)s is known as %(was)s, the sheet says %(now)s.")
    ),
    "moved_depart_on": (
        QUESTION, (KEEP, TAKE), _("Group %(group)s is known to depart on %(was)s, the sheet says %(now)s.")
    ),
    "called_off_no_more": (
        QUESTION, (KEEP, TAKE), _("Group %(group)s is known as called off, and the sheet says that it is not.")
    ),
    "later_entries": (
        QUESTION, (LATE,),
        _("The ledger of %(group)s has entries after the sheet's day. Is what the sheet says part of them, only earlier?"),
    ),
    "refunded_not_cancelled": (
        QUESTION, TEXT, _("People of %(group)s are refunded, but the group is not called off. Type 已退团 if it is.")
    ),
    "more_than_due": (
        QUESTION, TEXT, _("%(was)s yuan refunded, but only %(due)s are due for group %(group)s. Type the right amount.")
    ),
    "group_unnamed_twice": (
        ERROR, TEXT, _("Two rows have no group no. and the same route and dates (first in %(first)s). Type a number for this one.")
    ),
}  # fmt: skip


def problem(code, cell="", **params):
    """A Problem of a known code; an unknown one is a mistake of the programmer."""
    return Problem(code, cell, KNOWN[code][0], params)


def answers_of(code):
    """How a problem of this code is answered: TEXT, a tuple of named choices, or () when only another file helps."""
    return KNOWN[code][1]


def _is_now(number):
    return gettext("it is now group %(group)s") % {"group": number}


def choices_of(found):
    """{the answer to this problem: its words}; of a group that is missing also that it is one of those that are new in the sheet."""
    if answers_of(found.code) == TEXT:
        return {}
    known = {one: ANSWER_NAMES[one] for one in answers_of(found.code)}
    return known | {f"{NOW}{number}": _is_now(number) for number in found.params.get("candidates", ())}


def cells_typed(answers):
    """The cells in whose place a person typed something."""
    found = [key.partition("@") for key, given in answers.items() if given]
    return {cell for code, _at, cell in found if code in KNOWN and answers_of(code) == TEXT}


def sentence(code, params):
    """The problem as people read it, in the current language."""
    return str(KNOWN[code][2] % params)
