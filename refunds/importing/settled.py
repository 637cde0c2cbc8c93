"""Of what the reading of a sheet found, what is still worth asking once it is known which groups the agency has.

A question that the registry can answer is not asked, and a total is not held against rows while one of the figures that it sums
up has yet to be typed: the answer there may well settle it.
"""

from refunds.importing.sheets import ERROR, FIGURES, QUESTION

_TOTALS = {f"total_{figure}": figure for figure in FIGURES}
_DATES = ("depart_on", "return_on", "promised_on")


def worth_asking(sheet, known=None):
    """The problems of the sheet without those that ask for nothing; `known`: {group no.: the group as it is known}."""
    left = [found for found in sheet.problems if not _is_known_anyway(found, sheet, known or {})]
    waiting = waiting_cells(left)
    unsure = {figure for line in sheet.lines for figure, cell in line.cells.items() if cell in waiting}
    return [found for found in left if _TOTALS.get(found.code) not in unsure]


def waiting_cells(problems):
    """The cells about which something must be said first; one question for one cell is enough."""
    return {found.cell for found in problems if found.severity in (ERROR, QUESTION) and found.cell}


def _is_known_anyway(found, sheet, known):
    """What the sheet does not say of a group that is known needs no asking."""
    if found.code == "date_far":
        return _is_date_known(found, sheet, known)
    if found.code not in ("no_kind", "no_heads"):
        return False
    line = next((one for one in sheet.lines if found.cell in (one.cell("kind"), one.cell("heads"))), None)
    return line is not None and line.group_no in known and not (found.code == "no_heads" and "heads" in line.said)


def _is_date_known(found, sheet, known):
    """However far away: the very date that is known of the group."""
    for line in sheet.lines:
        field = next((name for name in _DATES if line.cell(name) == found.cell), "")
        if field and (group := known.get(line.group_no)):
            return str(getattr(group, field)) == found.params["now"]
    return False
