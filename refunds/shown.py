"""Words as they are read: rows are never changed, so whoever became known of a group after they were written is left out here."""

from refunds.models import TourGroup, Traveller
from venues.masking import without_caller

_WORDS = ("route", "counterpart", "reason_text", "remark", "cause_text", "text")


def unnamed(rows, group="group_id"):
    """The rows as a list, their words without the travellers of their groups; `group` is the attribute with the key of it. One query."""
    rows = list(rows)
    people = people_of({getattr(row, group) for row in rows})
    for row in rows:
        leave_out(row, people.get(getattr(row, group), ()))
    return rows


def people_of(groups):
    """{group pk: its (name, number)s} of the groups with these keys, for `leave_out`."""
    return Traveller.objects.people_of(TourGroup.objects.filter(pk__in=groups)) if groups else {}


def leave_out(row, people, words=_WORDS):
    """Take these `people` (name, number) out of the words of a row in memory; returns it. Nothing of it may be saved."""
    for name in words if people else ():
        if text := row.__dict__.get(name):
            for who in people:
                text = without_caller(text, *who)
            setattr(row, name, text)
    return row
