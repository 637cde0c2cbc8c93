"""The measure of refunds: a clerk takes a morning's mail of sheets to an up-to-date board without typing a number."""

import re

import pytest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from refunds.figures import refund_figures
from refunds.models import AgencyReport, GroupLine, Refund, ReturnUpload
from refunds.tests.mailing import apply_all, apply_one, drop, press, real_file, words
from refunds.tests.sheets import EXPECTED, register_agencies
from refunds.tests.test_importing_the_event import END_OF_28, END_OF_31, differences
from refunds.tests.workbooks import FOLDER, REAL
from venues.models import Venue


@pytest.fixture
def agencies(make_venue):
    register_agencies(make_venue)
    Venue.objects.update(manager="值班员")


@pytest.fixture
def desk(signed_in, clerk, agencies):
    """The clerk's browser."""
    return signed_in(clerk)


@pytest.mark.parametrize("backwards", [False, True], ids=["as it came", "the latest first"])
def test_from_a_morning_of_mail_to_the_published_board_without_typing_a_number(desk, backwards):
    """Nine agencies' sheets of both days and the list of nil returns: one drop, one press, no field that anybody fills in."""
    nil_list = ("nil_returns.csv", (FOLDER / "nil_returns.csv").read_bytes())
    files = [real_file(name) for name in REAL]
    page = drop(desk, *(files[::-1] if backwards else files), nil_list)
    assert ReturnUpload.objects.filter(answers={}).count() == 19
    assert "19 files are here, to be checked." in words(page)
    assert "19 ask nothing" in words(page)
    page = apply_all(desk)
    assert "35 returns are entered." in words(page)
    assert not ReturnUpload.objects.waiting().exists()
    board = desk.get(reverse("refunds:board"), {"as_of": END_OF_31})
    assert board.status_code == 200
    for moment in (END_OF_28, END_OF_31):
        found = refund_figures(parse_datetime(moment))
        assert differences(EXPECTED[moment]["refunds"], found) == []
    said = words(board)
    for published in ("26", "17", "299", "288"):
        assert re.search(rf"\b{published}\b", said), f"{published} is not on the board"


def test_the_28th_and_three_days_later_the_31st_give_the_same_board(desk):
    for day in ("28", "31"):
        drop(desk, *[real_file(name) for name in REAL if name.endswith(f"{day}.xlsx")])
        apply_all(desk)
    assert AgencyReport.objects.count() == 18
    assert differences(EXPECTED[END_OF_28]["refunds"], refund_figures(parse_datetime(END_OF_28))) == []
    assert refund_figures(parse_datetime(END_OF_31))["refunded"]["people"] == 288


def test_an_agency_that_reported_nothing_is_one_form_filled_in_by_the_list(desk):
    drop(desk, ("nil_returns.csv", (FOLDER / "nil_returns.csv").read_bytes()))
    upload = ReturnUpload.objects.get()
    page = desk.get(upload.get_absolute_url())
    assert "17 nil returns will be entered." in words(page)
    page = apply_one(desk, upload)
    assert "17 returns are entered." in words(page)
    assert AgencyReport.objects.filter(kind="nil", channel="mail").count() == 17
    again = drop(desk, ("nil_again.csv", (FOLDER / "nil_returns.csv").read_bytes()))
    assert "All of these nil returns are there already." in words(again)


def test_a_nil_list_with_a_wrong_row_enters_none_of_them(desk):
    rows = (FOLDER / "nil_returns.csv").read_text(encoding="utf-8-sig") + "1,云上旅行社,2020-01-31\n"
    page = drop(desk, ("nil.csv", rows.encode()))
    assert "No travel agency of the registry has licence no. 1." in words(page)
    upload = ReturnUpload.objects.get()
    assert "Enter the nil returns" not in words(page)
    forced = desk.post(
        reverse("refunds:import_apply", args=[upload.pk]),
        {"form_key": "0" * 32, "seen": "", "answered": press_mark(upload)},
    )
    assert forced.status_code == 422
    assert "row 19" in words(forced)
    assert not AgencyReport.objects.exists()


def press_mark(upload):
    from refunds.importing.desk import mark_of_answers

    return mark_of_answers(upload.answers)


def test_the_sheet_that_asks_stays_behind_and_the_others_are_entered(desk):
    drop(desk, *[real_file(name) for name in REAL if name.endswith("31.xlsx")])
    apply_all(desk)
    drop(desk, real_file("01-2020-01-28.xlsx"), ("nil_returns.csv", (FOLDER / "nil_returns.csv").read_bytes()))
    page = apply_all(desk)
    assert "17 returns are entered." in words(page)
    assert "1 question" in words(page)
    assert [upload.file_name for upload in ReturnUpload.objects.waiting()] == ["01-2020-01-28.xlsx"]


def test_a_sheet_that_came_to_ask_since_the_page_was_shown_is_left_with_its_reason(desk):
    """Both days of one agency with a figure that falls between them: at the press the second one asks."""
    drop(desk, real_file("02-2020-01-31.xlsx"))
    apply_all(desk)
    page = reverse("refunds:imports")
    drop(desk, real_file("01-2020-01-31.xlsx"), real_file("02-2020-01-28.xlsx"))
    both = [str(upload.pk) for upload in ReturnUpload.objects.waiting()]
    answer = press(desk, page, "imports_apply", upload=both)
    assert "1 return is entered." in words(answer)
    assert "02-2020-01-28.xlsx: " in words(answer)
    assert AgencyReport.objects.count() == 2


def test_loaded_lines_and_ledger_were_recorded_when_the_return_was_received(agencies, clerk):
    from refunds.importing import mail
    from venues.moments import local_day

    for name in REAL:
        taken = mail.take((real_file(name)).read(), name, by=clerk, at=local_day(_day(name))[1])
        assert taken.report is not None
    for row in (*GroupLine.objects.select_related("report"), *Refund.objects.select_related("report")):
        assert row.recorded_at == row.occurred_at == row.report.received_at


def _day(name):
    import datetime

    return datetime.date.fromisoformat(name[3:13])
