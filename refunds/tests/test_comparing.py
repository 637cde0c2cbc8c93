"""A sheet against what is known: what rises is taken, what falls, vanishes or contradicts is asked, and nothing changes unasked."""

import datetime

import pytest

from refunds.importing import applying
from refunds.models import AgencyReport, GroupLine, Refund, TourGroup
from refunds.status import Status
from refunds.tests.workbooks import (
    AT_28,
    AT_31,
    HEADER,
    PAGE,
    asked,
    enter,
    group,
    looked_at,
    real,
    saved,
    workbook,
)  # fmt: skip
from venues.moments import local_day
from venues.transitions import Refused, TooLate

MONEY = [*HEADER[:-1], "应退金额", "已退费金额", "未退原因"]


@pytest.fixture
def known(sheet, clerk):
    """Two groups as of the 28th: 4 of 10 and 0 of 9 people refunded."""
    return enter(sheet(group("X-01", refunded=4), group("X-02", heads=9), day="2020-01-28"), by=clerk, at=AT_28)


def with_money(*amounts):
    """A group with its amounts due and refunded."""
    values = group("X-01", refunded=4)
    return [*values[:-1], *amounts, values[-1]]


def ledger(number="X-01", at=AT_31):
    return TourGroup.objects.get(number=number).facts(at).paid_heads


def tables():
    return [model.objects.count() for model in (AgencyReport, GroupLine, Refund, TourGroup)]


# --- what needs no asking -------------------------------------------------------------------------------------------------------


def test_a_first_sheet_is_all_new_and_enters_what_was_refunded(sheet, clerk):
    found = looked_at(sheet(group("X-01", refunded=4), group("X-02")))
    assert found.ready
    assert found.counts == {"new": 2, "changed": 0, "same": 0, "vanished": 0, "errors": 0}
    report = enter(sheet(group("X-01", refunded=4), group("X-02")), by=clerk)
    assert (report.as_of, report.occurred_at) == (datetime.date(2020, 1, 31), AT_31)
    (entry,) = Refund.objects.all()
    assert (entry.heads, entry.paid_on, entry.occurred_at, entry.cell) == (4, report.as_of, AT_31, "Sheet1!B4")
    assert list(GroupLine.objects.order_by("pk").values_list("cell", flat=True)) == ["Sheet1!B4", "Sheet1!B5"]


def test_a_figure_that_rose_enters_the_difference_on_the_sheets_day(known, sheet, clerk):
    found = looked_at(sheet(group("X-01", refunded=10), group("X-02", heads=9)))
    assert found.ready
    assert [(row.number, row.action, row.more_heads) for row in found.rows] == [
        ("X-01", "changed", 6),
        ("X-02", "same", 0),
    ]
    enter(sheet(group("X-01", refunded=10), group("X-02", heads=9)), by=clerk)
    assert (ledger(at=AT_28), ledger(at=AT_31)) == (4, 10)
    assert TourGroup.objects.as_of(AT_31).get(number="X-01").status == Status.REFUNDED


def test_changed_words_are_a_change_and_no_question(known, sheet):
    found = looked_at(sheet(group("X-01", refunded=4, route="北京6日", why="未上班"), group("X-02", heads=12)))
    assert found.ready
    assert found.rows[0].changes == {
        "route": ("北京5日", "北京6日"), "reason": ("", "office_closed"), "reason_text": ("", "未上班"),
    }  # fmt: skip
    assert found.rows[1].changes == {"heads": (9, 12)}


def test_what_an_empty_cell_does_not_say_stays_as_it_is_known(known, sheet, clerk):
    book = sheet(
        group("X-01", route=None, departs=None, kind=None, state=None, heads=None, refunded=4), group("X-02", heads=9)
    )
    found = looked_at(book)
    assert found.ready, found.open
    assert found.rows[0].action == "same"
    enter(book, by=clerk)
    row = TourGroup.objects.as_of(AT_31).get(number="X-01")
    assert (row.route, row.market, row.heads, row.disposition) == ("北京5日", "domestic", 10, "cancelled")


def test_a_reason_ends_with_the_sheet_that_no_longer_gives_it(sheet, clerk):
    enter(sheet(group("X-01", why="未上班"), day="2020-01-28"), by=clerk, at=AT_28)
    enter(sheet(group("X-01")), by=clerk)
    assert [TourGroup.objects.as_of(at).get().reason for at in (AT_28, AT_31)] == ["office_closed", ""]


def test_a_group_without_a_number_is_known_again(sheet, clerk):
    enter(sheet(group("", refunded=1), day="2020-01-28"), by=clerk, at=AT_28)
    found = looked_at(sheet(group("", refunded=2)))
    assert found.ready
    assert [(row.action, row.more_heads) for row in found.rows] == [("changed", 1)]
    enter(sheet(group("", refunded=2)), by=clerk)
    assert TourGroup.objects.get().number_generated


def test_amounts_are_exact_and_optional(sheet, clerk):
    enter(sheet(with_money(1000, 400), header=MONEY, day="2020-01-28"), by=clerk, at=AT_28)
    found = looked_at(sheet(with_money("0.1万元", "¥400.10"), header=MONEY))
    assert found.ready
    assert (found.rows[0].more_heads, str(found.rows[0].more_amount)) == (0, "0.10")
    assert found.rows[0].changes == {}


# --- what is asked ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "question"),
    [
        ({"refunded": 3}, ("fell_refunded_heads", "I4")),
        ({"heads": 8}, ("fell_heads", "E4")),
        ({"state": "否"}, ("called_off_no_more", "H4")),
        ({"refunded": None}, ("refunded_gone", "I4")),
    ],
    ids=["refunded", "heads", "state", "empty"],
)
def test_a_figure_that_falls_is_asked_with_its_cell_and_changes_nothing(known, sheet, clerk, changed, question):
    book = sheet(group("X-01", **{"refunded": 4, **changed}), group("X-02", heads=9))
    before = tables()
    assert asked(looked_at(book)) == {question}
    with pytest.raises(Refused, match=question[1]):
        enter(book, by=clerk)
    assert tables() == before


@pytest.mark.parametrize(("amounts", "question"), [((900, 400), "J4"), ((1000, 300), "K4"), ((1000, 1200), "K4")])
def test_an_amount_that_falls_or_is_too_high_is_asked(sheet, clerk, amounts, question):
    enter(sheet(with_money(1000, 400), header=MONEY, day="2020-01-28"), by=clerk, at=AT_28)
    (found,) = looked_at(sheet(with_money(*amounts), header=MONEY)).open
    assert found.cell == f"Sheet1!{question}"


def test_of_a_fallen_figure_a_person_keeps_the_ledger_or_takes_the_sheet(known, sheet, clerk):
    book = sheet(group("X-01", refunded=3), group("X-02", heads=9))
    key = "fell_refunded_heads@Sheet1!I4"
    kept, taken = (looked_at(book, answers={key: answer}) for answer in ("keep", "take"))
    assert (kept.ready, kept.rows[0].more_heads) == (True, 0)
    assert (taken.ready, taken.rows[0].more_heads) == (True, -1)
    enter(book, by=clerk, answers={key: "take"})
    assert (ledger(at=AT_28), ledger(at=AT_31)) == (4, 3)


def test_a_kept_ledger_still_remembers_what_the_sheet_said(known, sheet, clerk):
    book = sheet(group("X-01", refunded=3), group("X-02", heads=9))
    enter(book, by=clerk, answers={"fell_refunded_heads@Sheet1!I4": "keep"})
    assert ledger() == 4
    assert TourGroup.objects.get(number="X-01").line_at(AT_31).refunded_heads == 3


def test_a_group_that_vanishes_is_asked_and_stays(known, sheet, clerk):
    book = sheet(group("X-01", refunded=4), foot=[["合计", "1个团", None, None, 10, None, None, None, 4]])
    found = looked_at(book)
    assert asked(found) == {("vanished", "B5")}
    assert found.counts["vanished"] == 1
    (question,) = found.open
    enter(book, by=clerk, answers={question.key: "keep"})
    row = TourGroup.objects.as_of(AT_31).get(number="X-02")
    assert (row.heads, row.status) == (9, Status.CANCELLED_UNPAID)


def test_each_vanished_group_is_a_question_of_its_own(known, sheet):
    found = looked_at(sheet(group("X-03")))
    assert len({one.key for one in found.open}) == 2
    assert {one.params["group"] for one in found.open} == {"X-01", "X-02"}


def test_refunds_for_a_group_that_is_not_called_off_are_asked(sheet):
    found = looked_at(sheet(group("X-01", state="否", refunded=2)))
    assert asked(found) == {("refunded_not_cancelled", "H4")}
    assert looked_at(sheet(group("X-01", state="否", refunded=2)), answers={found.open[0].key: "已退团"}).ready


def test_two_rows_without_a_number_and_with_the_same_trip_are_asked(sheet, clerk):
    book = sheet(group(""), group("", heads=12))
    found = looked_at(book)
    assert asked(found) == {("group_unnamed_twice", "B5")}
    enter(book, by=clerk, answers={found.open[0].key: "X-09"})
    assert TourGroup.objects.filter(number="X-09").exists()


def test_entries_after_the_sheets_day_are_asked_about(known, sheet, clerk):
    one = TourGroup.objects.get(number="X-01")
    one.enter_refund(by=clerk, heads=2, at=AT_31 + datetime.timedelta(hours=9))
    book = sheet(group("X-01", refunded=6), group("X-02", heads=9))
    at = AT_31 + datetime.timedelta(hours=10)
    found = looked_at(book, at=at)
    assert asked(found) == {("later_entries", "I4")}
    enter(book, by=clerk, at=at, answers={found.open[0].key: "late"})
    assert (ledger(at=AT_31), ledger(at=at)) == (6, 6)


# --- the sheet as a whole -----------------------------------------------------------------------------------------------------------


def test_the_same_file_twice_is_said_so_and_cannot_be_entered(known, sheet, clerk):
    book = sheet(group("X-01", refunded=4), group("X-02", heads=9))
    content = saved(book)
    applying.apply(content, "a.xlsx", by=clerk, at=AT_31)
    found = applying.preview(content, "b.xlsx", at=AT_31)
    assert asked(found) == {("same_file", "")}
    assert found.open[0].params["day"] == "2020-01-31"
    with pytest.raises(Refused):
        applying.apply(content, "b.xlsx", by=clerk, at=AT_31)


def test_the_same_sheet_in_another_file_asks_too(known, sheet, clerk):
    enter(sheet(group("X-01", refunded=4), group("X-02", heads=9)), by=clerk)
    again = sheet(group("X-01", refunded=4), group("X-02", heads=9))
    again["Sheet1"]["N1"] = "再次报送"
    assert asked(looked_at(again)) == {("nothing_new", "E2")}
    assert looked_at(again, answers={"nothing_new@Sheet1!E2": "take"}).ready


def test_unchanged_figures_of_a_later_day_are_a_return_like_any(known, sheet, clerk):
    enter(sheet(group("X-01", refunded=4), group("X-02", heads=9)), by=clerk)
    assert AgencyReport.objects.count() == 2


def test_an_older_sheet_asks_and_is_entered_for_its_day_when_that_is_meant(sheet, clerk):
    enter(sheet(group("X-01", refunded=10)), by=clerk)
    book = sheet(group("X-01", refunded=4), day="2020-01-28")
    found = looked_at(book)
    assert asked(found) == {("older_sheet", "E2")}
    enter(book, by=clerk, answers={found.open[0].key: "late"})
    assert (ledger(at=AT_28), ledger(at=AT_31)) == (4, 10)


def test_a_sheet_of_a_day_that_has_not_come_is_an_error(sheet):
    assert asked(looked_at(sheet(group(), day="2020-03-01"))) == {("date_ahead", "E2")}


def test_a_sheet_of_today_counts_up_to_now(sheet, clerk):
    at = AT_31 - datetime.timedelta(hours=6)
    assert enter(sheet(group("X-01", refunded=1)), by=clerk, at=at).occurred_at == at


def test_an_agency_that_reported_nothing_is_asked_about(agency, sheet, clerk):
    AgencyReport.objects.report_nothing(
        by=clerk, agency=agency, as_of=datetime.date(2020, 1, 28), informant="张某", phone="13000000001", at=AT_28
    )
    assert asked(looked_at(sheet(group()))) == {("was_nil", "A2")}
    assert looked_at(sheet(group()), answers={"was_nil@Sheet1!A2": "take"}).ready


# --- whose sheet it is ----------------------------------------------------------------------------------------------------------------


def test_another_agencys_licence_is_asked_at_its_cell(agency, make_venue):
    other = make_venue("北斗国际旅行社", category_slug="travel_agency")
    book = workbook(group(), licence=other.licence_no)  # whose title names 云端旅行社
    found = looked_at(book)
    assert asked(found) == {("other_agency", "A2")}
    by_licence, by_name = (looked_at(book, answers={found.open[0].key: answer}) for answer in ("by_licence", "by_name"))
    assert (by_licence.ready, by_licence.agency) == (True, other)
    assert (by_name.ready, by_name.agency) == (True, agency)


def test_a_real_sheet_under_anothers_licence_is_asked(make_venue):
    make_venue("玫瑰国际旅行社", category_slug="travel_agency", licence_no="62052340001")
    make_venue("玫瑰旅行社", category_slug="travel_agency", licence_no="62052140012")
    book = real()
    assert looked_at(book).ready
    book.active["A2"] = "许可证号：62052140012"
    (found,) = looked_at(book).open
    assert (found.code, found.cell) == ("other_agency", f"{PAGE}!A2")


def test_an_unknown_licence_is_an_error_until_the_right_one_is_typed(agency):
    book = workbook(group(), licence="99999999999")
    found = looked_at(book)
    assert asked(found) == {("unknown_licence", "A2")}
    assert found.rows == ()
    assert looked_at(book, answers={found.open[0].key: agency.licence_no}).ready


def test_a_licence_of_another_kind_of_venue_is_unknown(netbar):
    assert asked(looked_at(workbook(group(), licence=netbar.licence_no))) == {("unknown_licence", "A2")}


def test_a_city_and_a_legal_form_make_no_other_agency(sheet, settings):
    settings.CITY_NAME = "天水市"
    book = sheet(group())
    book["Sheet1"]["A1"] = "天水云端旅行社有限责任公司团队退团情况"
    assert looked_at(book).ready


def test_a_merged_agencys_licence_leads_to_the_one_that_goes_on(agency, sheet, make_venue, clerk, administrator):
    old = make_venue("云端旅行社", category_slug="travel_agency")
    old.merge_into(agency, by=administrator)
    assert looked_at(workbook(group(), licence=old.licence_no)).agency == agency


# --- two at once ------------------------------------------------------------------------------------------------------------------------


def test_whoever_was_faster_refuses_the_application(known, sheet, clerk):
    book = sheet(group("X-01", refunded=10), group("X-02", heads=9))
    found = looked_at(book)
    TourGroup.objects.get(number="X-01").enter_refund(by=clerk, heads=1, at=AT_28)
    before = tables()
    with pytest.raises(TooLate, match=clerk.name):
        enter(book, by=clerk, seen=found.seen)
    assert tables() == before


def test_a_refused_application_leaves_no_file_behind(known, sheet, clerk, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise Refused("no")

    monkeypatch.setattr(TourGroup, "declare_refunded", fail)
    files = sorted(settings.DATA_DIR.rglob("*.xlsx"))
    with pytest.raises(Refused, match="Sheet1!B4: no"):
        enter(sheet(group("X-01", refunded=10), group("X-02", heads=9)), by=clerk)
    assert sorted(settings.DATA_DIR.rglob("*.xlsx")) == files


def test_an_upload_becomes_one_return(known, sheet, clerk):
    from refunds.importing import mail

    content = saved(sheet(group("X-01", refunded=10), group("X-02", heads=9)))
    upload = mail.waiting(content, "a.xlsx", by=clerk)
    report = applying.apply(content, "a.xlsx", by=clerk, at=AT_31, upload=upload)
    upload.refresh_from_db()
    assert (upload.state, upload.report) == ("applied", report)


def test_looking_changes_nothing_and_asks_the_database_the_same_for_two_groups_and_for_forty(
    sheet, clerk, django_assert_max_num_queries
):
    many = [group(f"X-{n:02}", refunded=1) for n in range(40)]
    enter(sheet(*many, day="2020-01-28"), by=clerk, at=AT_28)
    before, content = tables(), saved(sheet(*many))
    with django_assert_max_num_queries(13):
        applying.preview(content, "a.xlsx", at=AT_31)
    assert tables() == before


def test_a_sheets_day_in_the_middle_is_the_end_of_that_day(sheet, clerk):
    report = enter(sheet(group(), day="2020-01-28"), by=clerk)
    assert report.occurred_at == local_day(datetime.date(2020, 1, 28))[1]
