"""The workbook that an agency gets: its groups stand in it, and it comes back without a question when only figures rose."""

import datetime
import io

import openpyxl
import pytest

from refunds.importing import applying
from refunds.importing.template import COLUMNS, FIRST, SHEET, write
from refunds.models import Refund
from refunds.tests.workbooks import AT_28, AT_31, enter, group, looked_at, saved, workbook

FIELDS = [field for _header, field, _width in COLUMNS]


def template(agency, at=AT_31):
    out = io.BytesIO()
    write(agency, out, at=at)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def cell(book, row, field):
    return book[SHEET].cell(FIRST + row, FIELDS.index(field) + 1)


@pytest.fixture
def with_groups(agency, clerk):
    """The agency with groups of every kind, one of them without a number."""
    enter(
        workbook(
            group("X-01", refunded=4, why="正在办理"),
            group("X-02", kind="出境团", heads=9),
            group("X-03", kind="地接团", state="延期"),
            group("", route="@厦门4日", state="否", departs="2020-02-20", returns="2020-02-23"),
            licence=agency.licence_no, title=f"{agency.name}团队退团退费情况统计表", day="2020-01-28",
        ),
        by=clerk, at=AT_28,
    )  # fmt: skip
    return agency


def test_it_holds_what_is_known_of_every_group(with_groups):
    book = template(with_groups)
    rows = [
        [value for value in row if value is not None] for row in book[SHEET].iter_rows(min_row=FIRST, values_only=True)
    ]
    assert len([row for row in rows if row]) == 4
    assert [cell(book, n, "number").value for n in range(3)] == ["X-01", "X-02", "X-03"]
    assert [cell(book, n, "kind").value for n in range(3)] == ["国内组团", "出境组团", "国内地接"]
    assert (cell(book, 0, "heads").value, cell(book, 0, "refunded_heads").value) == (10, 4)
    assert cell(book, 3, "route").value == "@厦门4日"
    assert cell(book, 3, "route").data_type == "s"


def test_years_later_its_known_dates_are_not_asked_about_but_a_new_one_is(with_groups):
    at = AT_31 + datetime.timedelta(days=2000)
    book = template(with_groups, at)
    found = applying.preview(saved(book), "表.xlsx", at=at)
    assert found.ready, found.open
    applying.apply(saved(book), "表.xlsx", by=None, at=at)
    cell(book, 0, "depart_on").value = datetime.date(2020, 1, 2)
    found = applying.preview(saved(book), "表.xlsx", at=at)
    assert "date_far" in {one.code for one in found.open}


def test_unchanged_it_comes_back_without_a_question_and_changes_nothing(with_groups):
    found = looked_at(template(with_groups))
    assert found.ready, found.open
    assert found.counts == {"new": 0, "changed": 0, "same": 4, "vanished": 0, "errors": 0}


def test_with_higher_figures_it_comes_back_without_a_question_and_goes_into_the_ledger(with_groups, clerk):
    book = template(with_groups)
    cell(book, 0, "refunded_heads").value = 10
    cell(book, 0, "reason_text").value = None
    cell(book, 1, "refunded_heads").value = 3
    cell(book, 1, "refunded_amount").value = 4500.5
    cell(book, 1, "amount_due").value = "1.35万"
    found = looked_at(book)
    assert found.ready, found.open
    assert found.counts == {"new": 0, "changed": 2, "same": 2, "vanished": 0, "errors": 0}
    applying.apply(saved(book), "back.xlsx", by=clerk, seen=found.seen, at=AT_31)
    assert list(Refund.objects.order_by("pk").values_list("group__number", "heads")) == [
        ("X-01", 4),
        ("X-01", 6),
        ("X-02", 3),
    ]
    assert str(Refund.objects.get(group__number="X-02").amount) == "4500.50"


def test_a_new_group_is_added_below(with_groups):
    book = template(with_groups)
    for field, value in {
        "number": "X-09",
        "kind": "国内组团",
        "heads": 5,
        "disposition": "已退团",
        "refunded_heads": 0,
    }.items():
        cell(book, 4, field).value = value
    found = looked_at(book)
    assert found.ready, found.open
    assert found.counts["new"] == 1


def test_an_agency_without_groups_gets_an_empty_one(agency):
    book = template(agency)
    assert cell(book, 0, "number").value is None
    assert looked_at(book).open
