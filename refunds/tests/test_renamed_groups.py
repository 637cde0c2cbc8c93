"""A group that its agency calls by another number: a person says so, its travellers count once, and both numbers mean it."""

import pytest

from refunds.importing import desk
from refunds.models import Refund, Renaming, TourGroup
from refunds.tests.mailing import answer, apply_one, upload_of, words
from refunds.tests.making import group_of
from refunds.tests.seeing import sent
from refunds.tests.workbooks import AT_28, AT_31, asked, enter, group, looked_at, saved
from venues.transitions import Refused, TooLate

GONE = "vanished@Sheet1!B5#X-02"
OTHER = {"route": "昆明6日", "departs": "2020-02-05", "returns": "2020-02-10"}


@pytest.fixture
def known(sheet, clerk):
    """X-01 of 10 people, X-02 of 12, of whom 6 are refunded, as of the 28th."""
    rows = group("X-01", **OTHER), group("X-02", heads=12, refunded=6)
    return enter(sheet(*rows, day="2020-01-28"), by=clerk, at=AT_28)


@pytest.fixture
def renamed(known, sheet, clerk):
    """On the 31st X-02 is called X-22, and all 12 are refunded."""
    book = sheet(group("X-01", **OTHER), group("X-22", heads=12, refunded=12))
    return enter(book, by=clerk, answers={GONE: "now:X-22"})


def heads(at=AT_31):
    return {row.number: (row.heads, row.paid_heads) for row in TourGroup.objects.as_of(at)}


# --- the question and its answer --------------------------------------------------------------------------------------------


def test_a_missing_group_is_offered_the_new_ones_the_likest_first(known, sheet):
    book = sheet(group("X-30", **OTHER), group("X-22", heads=12, refunded=12))
    of = {one.params["group"]: one.params["candidates"] for one in looked_at(book).open}
    assert of == {"X-01": ("X-30", "X-22"), "X-02": ("X-22", "X-30")}


def test_answered_with_its_new_number_it_is_one_group_and_its_ledger_goes_on(known, sheet):
    book = sheet(group("X-01", **OTHER), group("X-22", heads=12, refunded=12))
    (row,) = [row for row in looked_at(book, answers={GONE: "now:X-22"}).rows if row.number == "X-22"]
    assert (row.action, row.former, row.more_heads) == ("changed", "X-02", 6)


def test_its_people_count_once_at_both_moments(renamed):
    assert heads(AT_31) == {"X-01": (10, 0), "X-22": (12, 12)}
    assert heads(AT_28) == {"X-01": (10, 0), "X-22": (12, 6)}
    assert list(Refund.objects.order_by("pk").values_list("heads", flat=True)) == [6, 6]


@pytest.mark.parametrize("now", ["X-01", "X-99", "", "X-02"])
def test_it_cannot_be_a_group_that_is_known_or_not_in_the_sheet(known, sheet, now):
    book = sheet(group("X-01", **OTHER), group("X-22", heads=12, refunded=12))
    assert asked(looked_at(book, answers={GONE: f"now:{now}"})) == {("vanished", "B5")}


def test_two_missing_groups_are_not_the_same_new_one(known, sheet):
    book = sheet(group("X-22", heads=12, refunded=12))
    keys = {one.params["group"]: one.key for one in looked_at(book).open}
    found = looked_at(book, answers=dict.fromkeys(keys.values(), "now:X-22"))
    (left,) = [one for one in found.open if one.code == "vanished"]
    assert (left.params["group"], left.params["candidates"]) == ("X-02", ())


def test_kept_as_known_it_stays_beside_the_new_one(known, sheet, clerk):
    enter(sheet(group("X-01", **OTHER), group("X-22", heads=12)), by=clerk, answers={GONE: "keep"})
    assert set(heads()) == {"X-01", "X-02", "X-22"}


def test_a_group_that_gets_its_first_number_is_the_one_that_had_none(sheet, clerk):
    enter(sheet(group("", heads=12, refunded=6), day="2020-01-28"), by=clerk, at=AT_28)
    book = sheet(group("X-22", heads=12, refunded=12))
    (question,) = looked_at(book).open
    enter(book, by=clerk, answers={question.key: "now:X-22"})
    one = TourGroup.objects.get()
    assert (one.number, one.number_generated, heads()["X-22"]) == ("X-22", False, (12, 12))


def test_a_group_whose_number_is_left_out_keeps_it(known, sheet, clerk):
    book = sheet(group("X-01", **OTHER), group("", heads=12, refunded=12))
    (question,) = looked_at(book).open
    (new,) = question.params["candidates"]
    enter(book, by=clerk, answers={question.key: f"now:{new}"})
    assert heads() == {"X-01": (10, 0), "X-02": (12, 12)}
    later = looked_at(book, at=AT_31)  # the same row means the same group from now on
    assert [row.number for row in later.rows] == ["X-01", "X-02"]


# --- afterwards -----------------------------------------------------------------------------------------------------------


def test_a_later_sheet_with_the_former_number_means_the_same_group(renamed, sheet):
    found = looked_at(sheet(group("X-01", **OTHER), group("X-02", heads=12, refunded=12)))
    assert asked(found) == {("nothing_new", "E2")}
    assert [row.number for row in found.rows] == ["X-01", "X-22"]


def test_a_sheet_with_both_numbers_is_asked_which_is_which(renamed, sheet):
    book = sheet(group("X-01", **OTHER), group("X-22", heads=12, refunded=12), group("X-02", heads=5))
    assert ("group_twice", "B6") in asked(looked_at(book))


def test_a_row_entered_by_its_former_number_is_of_the_same_group(renamed, agency):
    one = TourGroup.objects.of_sheet(agency, "X-02", {})
    assert one.number == "X-22"


def test_taken_back_the_numbers_are_two_groups_again(renamed, sheet, clerk):
    one = TourGroup.objects.get(number="X-22")
    one.renamings.get().take_back(by=clerk)
    one.refresh_from_db()
    assert one.number == "X-02"
    book = sheet(group("X-01", **OTHER), group("X-02", heads=12, refunded=12), group("X-22", heads=5))
    assert [(row.number, row.action) for row in looked_at(book).rows] == [
        ("X-01", "same"), ("X-02", "same"), ("X-22", "new"),
    ]  # fmt: skip


def test_a_renaming_is_taken_back_once_and_only_the_last(renamed, clerk):
    one = TourGroup.objects.get(number="X-22")
    first = one.renamings.get()
    second = Renaming.objects.rename(one, "X-33", by=clerk)
    with pytest.raises(TooLate):
        first.take_back(by=clerk)
    second.take_back(by=clerk)
    with pytest.raises(TooLate):
        second.take_back(by=clerk)
    first.take_back(by=clerk)
    assert TourGroup.objects.filter(number="X-02").exists()


@pytest.mark.parametrize("number", ["X-01", "X-02", "X-22", ""])
def test_a_number_that_means_another_group_is_refused(renamed, agency, clerk, number):
    group_of(agency, "X-40")
    with pytest.raises(Refused):
        Renaming.objects.rename(TourGroup.objects.get(number="X-40" if number != "X-22" else "X-22"), number, by=clerk)


# --- the pages --------------------------------------------------------------------------------------------------------------


def test_the_preview_offers_the_new_number_and_shows_both(known, sheet, signed_in, clerk):
    client = signed_in(clerk)
    upload = upload_of(client, saved(sheet(group("X-01", **OTHER), group("X-22", heads=12, refunded=12))))
    assert "it is now group X-22" in words(client.get(upload.get_absolute_url()))
    page = answer(client, upload, {("vanished", "B5"): "now:X-22"})
    assert "Nothing is open any more" in words(page) and "X-02 → X-22" in words(page)
    apply_one(client, upload)
    assert "X-22" in heads() and not desk.look(upload).preview.rows[0].former


def test_the_page_of_the_group_shows_and_finds_the_former_number_and_takes_it_back(renamed, signed_in, clerk, leader):
    one = TourGroup.objects.get(number="X-22")
    client = signed_in(clerk)
    assert "Former group no. X-02" in words(client.get(one.get_absolute_url()))
    assert "X-22" in words(client.get("/refunds/groups/", {"q": "X-02"}))
    place = f"/refunds/groups/{one.pk}/unrename/"
    assert "Give it its former number back" not in words(signed_in(leader).get(one.get_absolute_url()))
    assert sent(signed_in(leader), place).status_code == 403
    client = signed_in(clerk)
    assert [sent(client, place).status_code for _press in range(2)] == [302, 409]
    one.refresh_from_db()
    assert one.number == "X-02"
