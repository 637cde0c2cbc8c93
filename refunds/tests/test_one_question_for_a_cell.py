"""A cell that must be typed anew is asked about once: what its answer may settle is not asked beside it."""

import pytest

from refunds.tests.workbooks import AT_28, asked, enter, group, looked_at

TOTAL = ["合计", "2个团", None, None, 19, None, None, None, 7]


@pytest.fixture
def known(sheet, clerk):
    """Two groups as of the 28th: 4 of 10 and 3 of 9 people refunded."""
    return enter(
        sheet(group("X-01", refunded=4), group("X-02", heads=9, refunded=3), day="2020-01-28"), by=clerk, at=AT_28
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [("-3", "number_unreadable"), ("五六个", "number_unreadable"), ("=2+2", "formula_without_value"), ("2+2", "sum_of_people")],
    ids=["negative", "words", "formula", "sum"],
)  # fmt: skip
def test_a_figure_that_cannot_be_read_is_neither_gone_nor_missing_in_the_total(known, sheet, value, code):
    book = sheet(group("X-01", refunded=value), group("X-02", heads=9, refunded=3), foot=[TOTAL])
    assert asked(looked_at(book)) == {(code, "I4")}


def test_merged_figures_are_one_question_each(known, sheet):
    book = sheet(group("X-01", refunded=4), group("X-02", heads=9, refunded=3), foot=[TOTAL])
    book["Sheet1"].merge_cells("I4:I5")
    assert asked(looked_at(book)) == {("cell_merged", "I4"), ("cell_merged", "I5")}


def test_once_the_figure_is_typed_the_total_is_held_against_it(known, sheet):
    book = sheet(group("X-01", refunded="-3"), group("X-02", heads=9, refunded=3), foot=[TOTAL])
    typed = {"number_unreadable@Sheet1!I4": "4"}
    assert looked_at(book, answers=typed).ready
    typed = {"number_unreadable@Sheet1!I4": "5"}
    assert asked(looked_at(book, answers=typed)) == {("total_refunded_heads", "I6")}


def test_a_figure_that_a_person_says_is_empty_is_gone(known, sheet):
    book = sheet(group("X-01", refunded="-3"), group("X-02", heads=9, refunded=3))
    found = looked_at(book, answers={"number_unreadable@Sheet1!I4": ""})
    assert asked(found) == {("refunded_gone", "I4")}


def test_the_totals_of_other_columns_are_asked_all_the_same(known, sheet):
    total = [*TOTAL[:4], 20, *TOTAL[5:]]
    book = sheet(group("X-01", refunded="-3"), group("X-02", heads=9, refunded=3), foot=[total])
    assert asked(looked_at(book)) == {("number_unreadable", "I4"), ("total_heads", "E6")}


def test_the_heads_of_a_known_group_that_the_sheet_leaves_out_do_not_silence_the_total(known, sheet):
    book = sheet(group("X-01", heads=None, refunded=4), group("X-02", heads=9, refunded=3), foot=[TOTAL])
    assert asked(looked_at(book)) == {("total_heads", "E6")}


def test_a_state_that_nobody_knows_is_not_also_asked_as_not_called_off(sheet):
    book = sheet(group("X-01", state="也许", refunded=4))
    assert asked(looked_at(book)) == {("disposition_unknown", "H4")}


def test_a_sheet_whose_agency_is_not_known_does_not_ask_about_its_totals_either(sheet):
    book = sheet(group("X-01", refunded="-3"), group("X-02", heads=9, refunded=7), foot=[[*TOTAL[:-1], 10]])
    book["Sheet1"]["A2"] = "许可证号：99999999999"
    assert asked(looked_at(book)) == {("unknown_licence", "A2"), ("number_unreadable", "I4")}


def test_a_group_that_vanished_is_asked_though_its_cell_waits(known, sheet):
    book = sheet(group("X-03"), group("X-03"))
    found = looked_at(book)
    assert ("group_twice", "B5") in asked(found)
    assert [one.params["group"] for one in found.open if one.code == "vanished"] == ["X-01", "X-02"]
