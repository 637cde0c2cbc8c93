"""A sheet that moves a known group to another column of the published table, or across the day from which none departs, asks."""

import pytest

from refunds.importing.problems import sentence
from refunds.models import TourGroup
from refunds.tests.making import group_of
from refunds.tests.workbooks import AT_28, AT_31, asked, enter, group, looked_at


@pytest.fixture
def known(sheet, clerk):
    """Two domestic groups as of the 28th that would have departed on the 30th."""
    return enter(sheet(group("X-01", refunded=4), group("X-02", heads=9), day="2020-01-28"), by=clerk, at=AT_28)


@pytest.mark.parametrize(
    ("changed", "question", "field", "was", "now"),
    [
        ({"kind": "出境团"}, ("moved_kind", "C4"), "market", "domestic", "outbound"),
        ({"kind": "地接团"}, ("moved_kind", "C4"), "role", "organiser", "receiver"),
        ({"departs": "2020-01-20"}, ("moved_depart_on", "F4"), "depart_on", "2020-01-30", "2020-01-20"),
    ],
    ids=["market", "role", "departure"],
)
def test_what_moves_a_group_in_the_published_table_is_asked(known, sheet, clerk, changed, question, field, was, now):
    book = sheet(group("X-01", refunded=4, **changed), group("X-02", heads=9))
    found = looked_at(book)
    assert asked(found) == {question}
    assert "X-01" in sentence(found.open[0].code, found.open[0].params)
    kept, taken = (looked_at(book, answers={found.open[0].key: answer}) for answer in ("keep", "take"))
    assert (kept.ready, kept.rows[0].action, str(kept.rows[0].said[field])) == (True, "same", was)
    assert (taken.ready, taken.rows[0].action, str(taken.rows[0].said[field])) == (True, "changed", now)
    enter(book, by=clerk, answers={found.open[0].key: "take"})
    before, after = (TourGroup.objects.as_of(at).get(number="X-01") for at in (AT_28, AT_31))
    assert (str(getattr(before, field)), str(getattr(after, field))) == (was, now)


def test_a_departure_that_was_not_known_is_taken_unasked(sheet, clerk):
    enter(sheet(group("X-01", departs=None, returns=None), day="2020-01-28"), by=clerk, at=AT_28)
    found = looked_at(sheet(group("X-01")))
    assert (found.ready, set(found.rows[0].changes)) == (True, {"depart_on", "return_on"})


def test_a_received_group_whose_market_was_not_known_gets_it_unasked_but_is_asked_when_it_is_no_longer_received(
    agency, sheet, clerk
):
    group_of(agency, "X-01", role="receiver", market="", heads=10, at=AT_28)
    found = looked_at(sheet(group("X-01", kind="地接团")))
    assert "moved_kind" not in {one.code for one in found.open}
    assert found.rows[0].said["market"] == "domestic"
    found = looked_at(sheet(group("X-01", kind="国内团")))
    assert ("moved_kind", "C4") in asked(found)


def test_a_postponed_group_departs_on_another_day_unasked(known, sheet):
    book = sheet(
        group("X-01", refunded=4), group("X-02", heads=9, state="延期", departs="2020-03-01", returns="2020-03-04")
    )
    assert "moved_depart_on" not in {one.code for one in looked_at(book).open}


def test_a_departure_after_the_return_is_asked_as_such_and_not_twice(known, sheet):
    book = sheet(group("X-01", refunded=4, departs="2020-03-01", returns=""), group("X-02", heads=9))
    assert asked(looked_at(book)) == {("return_before_depart", "F4")}


def test_what_a_person_typed_is_not_asked_again(known, sheet):
    book = sheet(group("X-01", refunded=4, departs="下周"), group("X-02", heads=9))
    found = looked_at(book, answers={"date_unreadable@Sheet1!F4": "2020-01-29"})
    assert (found.ready, str(found.rows[0].said["depart_on"])) == (True, "2020-01-29")
