"""The small shared piece under every move between states: the error people see, the conditional UPDATE, the appended row.

A move is one conditional UPDATE (`… WHERE id = ? AND state IN (…)`) plus one appended row in the same transaction. "Read the
owner, then save" lets both of two officers win; with the condition in the UPDATE the second one changes no row and is told
who was first.
"""

from django.core.exceptions import ValidationError


class Refused(ValidationError):
    """An act that the rules refuse; its message is a translated sentence that says what to do. Views catch this and nothing broader."""

    def sentence(self):
        """The messages as one string, for a notice on the page."""
        return " ".join(self.messages)


class TooLate(Refused):
    """Another officer was faster, or the page was stale: the message says who and when."""


def move(queryset, *, otherwise, **values):
    """Apply `values` to the single row of `queryset`, whose filters are the condition of the move.

    `otherwise` is called without arguments when no row matched any more; it returns the sentence for the `TooLate` error.
    Must run inside the transaction that also appends the row of the move. Returns None.
    """
    if queryset.update(**values) != 1:
        raise TooLate(otherwise())
