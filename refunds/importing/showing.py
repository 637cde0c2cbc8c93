"""A preview as others take it: problems as sentences, rows and figures as plain values that JSON can carry."""

import datetime
from decimal import Decimal

from refunds.importing.problems import LEVEL_NAMES, TEXT, answers_of, choices_of, sentence
from refunds.importing.sheets import ERROR, NOTE, QUESTION

_ORDER = (ERROR, QUESTION, NOTE)


def sorted_by_severity(problems):
    """The gravest first, each severity in the order in which it was found."""
    return sorted(problems, key=lambda found: _ORDER.index(found.severity))


def told(found):
    """One problem as a dict: key, cell, code, severity and its word, the sentence, how it is answered."""
    answers = answers_of(found.code)
    return {
        "key": found.key,
        "cell": found.cell,
        "code": found.code,
        "severity": found.severity,
        "word": str(LEVEL_NAMES[found.severity]),
        "message": sentence(found.code, found.params),
        "typed": answers == TEXT,
        "choices": [{"value": value, "label": str(label)} for value, label in choices_of(found).items()],
    }


def row_as_dict(row):
    return {
        "group": row.number,
        "cell": row.cell,
        "action": row.action,
        "formerly": row.former,
        "changes": {name: [_plain(old), _plain(new)] for name, (old, new) in row.changes.items()},
        "refunded_heads": row.more_heads,
        "refunded_amount": _plain(row.more_amount),
    }


def preview_as_dict(preview):
    """Everything that a preview says, ready for JSON."""
    sheet = preview.sheet
    return {
        "agency": preview.agency.name if preview.agency else sheet.agency,
        "licence_no": sheet.licence_no,
        "as_of": _plain(sheet.as_of),
        "ready": preview.ready,
        "counts": preview.counts,
        "rows": [row_as_dict(row) for row in preview.rows],
        "problems": [told(found) for found in sorted_by_severity(preview.problems)],
    }


def _plain(value):
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
