"""Two clerks and one sheet: it is entered once, and what one of them did under the other's preview is never overwritten."""

import threading

import pytest

from refunds.importing import applying, mail
from refunds.models import AgencyReport, GroupLine, Refund, TourGroup
from refunds.tests.workbooks import AT_28, AT_31, enter, group, saved
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_one_sheet_applied_by_two_is_entered_once(sheet, clerk, leader):
    content = saved(sheet(group("X-01", refunded=6)))
    upload = mail.waiting(content, "a.xlsx", by=clerk)
    seen = applying.preview(content, "a.xlsx", at=AT_31).seen
    acts = [
        lambda by=by: applying.apply(content, "a.xlsx", by=by, at=AT_31, upload=upload, seen=seen)
        for by in (clerk, leader)
    ]
    won, refusals = sort_out(at_once(*acts), Refused)
    assert (len(won), len(refusals)) == (1, 1)
    assert [model.objects.count() for model in (AgencyReport, GroupLine, Refund)] == [1, 1, 1]


def test_two_sheets_seen_on_the_same_page_are_not_both_entered(sheet, clerk, leader):
    enter(sheet(group("X-01", refunded=2), day="2020-01-28"), by=clerk, at=AT_28)
    books = [saved(sheet(group("X-01", refunded=heads))) for heads in (6, 8)]
    seen = applying.preview(books[0], "a.xlsx", at=AT_31).seen
    acts = [
        lambda by=by, content=content: applying.apply(content, "a.xlsx", by=by, at=AT_31, seen=seen)
        for by, content in zip((clerk, leader), books, strict=True)
    ]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 1)
    assert Refund.objects.count() == 2


def test_a_refund_entered_while_the_sheet_is_applied_is_not_counted_twice(sheet, clerk, leader):
    enter(sheet(group("X-01", refunded=2), day="2020-01-28"), by=clerk, at=AT_28)
    content = saved(sheet(group("X-01", refunded=10)))
    one = TourGroup.objects.get()
    outcomes = at_once(
        lambda: applying.apply(content, "a.xlsx", by=clerk, at=AT_31),
        lambda: TourGroup.objects.get(pk=one.pk).enter_refund(by=leader, heads=3, at=AT_28),
    )
    sort_out(outcomes, Refused)
    assert one.facts().paid_heads == 10


def test_control_without_the_lock_both_previews_are_written(sheet, clerk, leader, monkeypatch):
    """What the guards keep away: both read the ledger before either writes."""
    enter(sheet(group("X-01", refunded=2), day="2020-01-28"), by=clerk, at=AT_28)
    books = [saved(sheet(group("X-01", refunded=heads))) for heads in (6, 8)]
    both_read = threading.Barrier(2)

    def careless(by, content):
        found = applying.preview(content, "a.xlsx", at=AT_31)
        both_read.wait(timeout=20)
        one = TourGroup.objects.get()
        row = found.rows[0]
        one._append(heads=row.more_heads, amount=None, paid_on=found.sheet.as_of, occurred_at=AT_31, recorded_by=by)

    at_once(*[lambda by=by, c=c: careless(by, c) for by, c in zip((clerk, leader), books, strict=True)])
    assert TourGroup.objects.get().facts().paid_heads == 12
