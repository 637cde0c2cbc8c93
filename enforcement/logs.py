"""Logs as JSON lines on the console, with control characters escaped and nothing personal in them.

Never in a log: telephone and identity numbers, the secrets of calendar feeds, what stands after `?` in an address, bodies of
requests, the row that a database error quotes. Masking is the last net; who writes a log line leaves personal data out in the
first place.
"""

import datetime
import json
import logging
import re

_HIDDEN = "[…]"
_GAP = r"[ \-.·]?"
_NUMBERS = re.compile(
    r"(?<!\d)(?:"
    rf"(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"  # mobile
    rf"|(?:\+?86{_GAP})?\(?0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}"  # landline with its area code
    rf"|[48]00{_GAP}\d{{3}}{_GAP}\d{{4}}"  # service numbers
    r"|[1-9]\d{16}[\dXx]|[1-9]\d{14}"  # identity card
    r")(?!\d)"
)
_QUERY = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
_SECRET = re.compile(r"(/duty/feed/)[^\s\"'<>?]+")  # the address of a calendar feed opens it to everybody who has it
_QUOTED_ROW = re.compile(r"^(?:DETAIL|CONTEXT|详细|背景):.*$", re.MULTILINE)
_WIDE_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}


def without_numbers(text):
    """The text without anything that may be a telephone or identity number, also when written in full-width digits."""
    return _NUMBERS.sub(_HIDDEN, text.translate(_WIDE_DIGITS))


def without_people(text):
    """The text without numbers of people, query strings, secret addresses, and the rows that database errors quote."""
    text = _SECRET.sub(rf"\1{_HIDDEN}", _QUOTED_ROW.sub(_HIDDEN, text))
    return without_numbers(_QUERY.sub("?" + _HIDDEN, text))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC, ISO 8601), level, logger, message, and the trace of an error."""

    def format(self, record):
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        entry = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_people(_message(record)),
        }
        for name in ("status_code", "access"):
            if isinstance(value := getattr(record, name, None), int | dict):
                entry[name] = value
        if record.exc_info:
            entry["trace"] = without_people(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = without_people(self.formatStack(record.stack_info))
        return json.dumps(entry, ensure_ascii=True, default=str)


def _message(record):
    try:
        return record.getMessage()
    except Exception:  # a log line with wrong arguments must not hide what it was about
        return f"{record.msg} (its arguments do not fit)"
