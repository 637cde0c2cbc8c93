"""Returns of agencies: the difference to the ledger becomes an entry, and whatever fell, came late or came twice is asked."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from refunds.models import AgencyReport, ReturnUpload, TourGroup
from refunds.models.returns import mark_of
from refunds.status import Status
from refunds.tests.making import DAY, date, group_of, on, paid, reported
from venues.transitions import Refused, TooLate


def only(agency):
    return TourGroup.objects.get(agency=agency)


def entries(group):
    return [(r.heads, r.paid_on) for r in group.refunds.order_by("pk")]


# --- cumulative figures ---------------------------------------------------------------------------------------------------
def test_the_difference_to_the_ledger_becomes_a_dated_entry(agency, clerk):
    reported(agency, 28, ("A-01", 10, 4), by=clerk)
    report = reported(agency, 31, ("A-01", 10, 10), by=clerk)
    group = only(agency)
    assert entries(group) == [(4, date(28)), (6, date(31))]
    assert [group.status_at(on(day, 0)) for day in (28, 29, 32)] == [None, "part_refunded", "refunded"]
    assert group.refunds.last().report == report and group.refunds.last().recorded_by == clerk


def test_a_figure_that_stays_adds_nothing(agency, clerk):
    for day in (28, 31):
        reported(agency, day, ("A-01", 10, 4), by=clerk)
    assert entries(only(agency)) == [(4, date(28))]
    assert only(agency).lines.count() == 2


def test_what_the_clerk_entered_already_is_not_entered_again(agency, clerk):
    reported(agency, 28, ("A-01", 10, 0), by=clerk)
    only(agency).enter_refund(by=clerk, heads=4, paid_on=date(30), at=on(31))
    reported(agency, 31, ("A-01", 10, 6), by=clerk)
    assert entries(only(agency)) == [(4, date(30)), (2, date(31))]


def test_a_figure_that_fell_is_refused_and_after_an_answer_reversed_from_the_newest(agency, clerk):
    reported(agency, 26, ("A-01", 10, 3), by=clerk)
    reported(agency, 28, ("A-01", 10, 8), by=clerk)
    with pytest.raises(Refused), transaction.atomic():
        reported(agency, 31, ("A-01", 10, 6), by=clerk)
    assert entries(only(agency)) == [(3, date(26)), (5, date(28))]
    reported(agency, 31, ("A-01", 10, 6), by=clerk, falling=True)
    group = only(agency)
    assert entries(group)[2:] == [(-5, date(28)), (3, date(31))]
    assert [paid(group, on(day, 0)) for day in (29, 32)] == [8, 6]
    assert group.refunds.get(reverses__isnull=False).cause == "fell"


def test_amounts_go_along_where_they_are_known(agency, clerk):
    row = {"number": "A-01", "heads": 10, "amount_due": Decimal(1000)}
    reported(agency, 28, row | {"refunded_heads": 4, "refunded_amount": Decimal("400.10")}, by=clerk)
    reported(agency, 31, row | {"refunded_heads": 10, "refunded_amount": Decimal(1000)}, by=clerk)
    group = only(agency)
    assert [r.amount for r in group.refunds.all()] == [Decimal("400.10"), Decimal("599.90")]
    assert group.status_at(on(33)) == Status.REFUNDED


def test_more_than_the_group_has_is_refused(agency, clerk):
    with pytest.raises(Refused), transaction.atomic():
        reported(agency, 28, ("A-01", 10, 11), by=clerk)
    assert not TourGroup.objects.exists() and not AgencyReport.objects.exists()


def test_what_a_return_leaves_out_stays_as_it_was(agency, clerk):
    reported(
        agency,
        28,
        {"number": "A-01", "heads": 10, "route": "厦门4日", "amount_due": 900, "reason": "upstream"},
        by=clerk,
    )
    reported(agency, 31, {"number": "A-01", "heads": 10}, by=clerk)
    line = only(agency).line_at()
    assert (line.route, line.amount_due, line.market) == ("厦门4日", 900, "domestic")
    assert line.reason == ""  # of its day only


def test_a_correction_by_hand_keeps_what_it_does_not_name(agency, clerk):
    reported(agency, 28, {"number": "A-01", "heads": 10, "route": "厦门4日", "reason": "upstream"}, by=clerk)
    line = only(agency).note_line(by=clerk, heads=9, at=on(30))
    assert (line.route, line.reason, line.heads, line.report) == ("厦门4日", "upstream", 9, None)


# --- an older return after a later one ------------------------------------------------------------------------------------
def test_the_28th_after_the_31st_is_asked(agency, clerk):
    reported(agency, 31, ("A-01", 10, 10), by=clerk)
    with pytest.raises(Refused), transaction.atomic():
        reported(agency, 28, ("A-01", 10, 4), by=clerk)
    assert entries(only(agency)) == [(10, date(31))]


def test_an_older_return_that_is_meant_moves_its_part_back_and_the_later_total_stays(agency, clerk):
    reported(agency, 31, ("A-01", 10, 10), by=clerk)
    reported(agency, 28, ("A-01", 10, 4), by=clerk, late=True)
    group = only(agency)
    assert [paid(group, on(day, 0)) for day in (29, 32)] == [4, 10]
    assert [group.status_at(on(day, 0)) for day in (29, 32)] == ["part_refunded", "refunded"]
    assert group.line_at().report.as_of == date(31)


def test_three_returns_in_any_order_end_in_the_same_ledger(agency, make_venue, clerk):
    other = make_venue("北斗旅行社", category_slug="travel_agency")
    figures = {26: 2, 28: 5, 31: 9}
    for day in (26, 28, 31):
        reported(agency, day, ("A-01", 10, figures[day]), by=clerk)
    for day in (31, 26, 28):
        reported(other, day, ("A-01", 10, figures[day]), by=clerk, late=True)
    for day in range(26, 34):
        assert paid(only(agency), on(day, 0)) == paid(only(other), on(day, 0))


# --- files ----------------------------------------------------------------------------------------------------------------
def test_the_same_file_twice_is_refused_and_the_first_one_named(agency, clerk):
    for turn in (1, 2):
        how = {"by": clerk, "agency": agency, "as_of": date(28), "content": b"same", "file_name": "01.xlsx"}
        if turn == 1:
            report = AgencyReport.objects.receive(**how)
            continue
        with pytest.raises(Refused, match="尹秋军"):
            AgencyReport.objects.receive(**how)
    with report.file.open() as file:
        assert file.read() == b"same"
    assert AgencyReport.objects.same_file(agency, report.sha256) == report


def test_two_agencies_may_send_the_same_file(agency, make_venue, clerk):
    other = make_venue("北斗旅行社", category_slug="travel_agency")
    for sender in (agency, other):
        AgencyReport.objects.receive(by=clerk, agency=sender, as_of=date(28), content=b"same")


def test_the_name_of_the_sender_does_not_choose_the_place_on_the_disk(agency, clerk):
    report = AgencyReport.objects.receive(
        by=clerk, agency=agency, as_of=date(28), content=b"x", file_name="../../etc/passwd.php"
    )
    assert report.file.name.endswith(".bin") and "passwd" not in report.file.name


def test_only_a_travel_agency_reports(netbar, clerk):
    with pytest.raises(Refused, match="蓝天网吧"):
        AgencyReport.objects.receive(by=clerk, agency=netbar, as_of=date(28), content=b"x")


def test_a_return_of_a_day_to_come_is_refused(agency, clerk):
    with pytest.raises(Refused):
        AgencyReport.objects.receive(by=clerk, agency=agency, as_of=date(28), content=b"x", at=on(27))


def test_a_return_of_today_counts_from_when_it_came(agency, clerk):
    report = AgencyReport.objects.receive(by=clerk, agency=agency, as_of=date(28), content=b"x", at=on(28, 10))
    assert report.occurred_at == on(28, 10)


def test_a_preview_on_older_rows_is_refused_with_who_was_faster(agency, clerk, leader):
    seen = mark_of(agency)
    reported(agency, 28, ("A-01", 10, 4), by=leader, seen=seen)
    with pytest.raises(TooLate, match="武桂平"):
        reported(agency, 31, ("A-01", 10, 10), by=clerk, seen=seen)
    assert entries(only(agency)) == [(4, date(28))]


def test_an_uploaded_file_is_decided_once(agency, clerk, leader):
    upload = ReturnUpload.objects.keep(by=clerk, content=b"x", file_name="01.xlsx")
    upload.answer(by=clerk, answers={"fell@Sheet1!I4": "yes"})
    upload.answer(by=leader, answers={"other@Sheet1!A1": "no"})
    assert set(upload.answers) == {"fell@Sheet1!I4", "other@Sheet1!A1"}
    report = AgencyReport.objects.receive(by=clerk, agency=agency, as_of=date(28), content=b"x")
    upload.applied(report, by=clerk)
    for late in (upload.discard, lambda by: upload.applied(report, by=by), lambda by: upload.answer(by=by, answers={})):
        with pytest.raises(TooLate, match="尹秋军"):
            late(by=leader)
    assert not ReturnUpload.objects.waiting().exists()


# --- groups without a number ----------------------------------------------------------------------------------------------
def test_a_group_without_a_number_gets_one_and_is_known_again_by_route_and_dates(agency, clerk):
    row = {"number": "", "heads": 10, "route": "厦门4日", "depart_on": date(30), "refunded_heads": 0}
    reported(agency, 28, row, by=clerk)
    reported(agency, 31, row | {"heads": 9, "refunded_heads": 9}, by=clerk)
    group = only(agency)
    assert group.number_generated and group.number.startswith("~200130-")
    assert group.status_at(on(33)) == "refunded"


def test_one_group_is_named_once_in_a_return(agency, clerk):
    with pytest.raises(IntegrityError), transaction.atomic():
        reported(agency, 28, ("A-01", 10, 4), ("a-01", 10, 4), by=clerk)


@pytest.mark.parametrize(
    "said",
    [
        {"heads": 0},
        {"heads": None},
        {"return_on": date(29)},
        {"amount_due": -1},
        {"depart_on": date(30).replace(year=2120)},
    ],
    ids=["nobody", "unsaid", "back before it left", "below nought", "a year nobody means"],
)
def test_a_line_that_cannot_be_is_refused_in_words(agency, said):
    with pytest.raises(Refused):
        group_of(agency, **{"heads": 5} | said)


# --- nil returns ----------------------------------------------------------------------------------------------------------
def nil(agency, by, day=31, **how):
    how = {"informant": "值班员", "phone": "13000000193"} | how
    return AgencyReport.objects.report_nothing(by=by, agency=agency, as_of=date(day), **how)


def test_a_nil_return_counts_from_the_end_of_its_day(agency, clerk):
    report = nil(agency, clerk)
    assert report.occurred_at == on(32, 0)
    assert [AgencyReport.objects.known(at).exists() for at in (on(31, 23), on(32, 0))] == [False, True]


def test_a_nil_return_is_given_once_a_day(agency, clerk, leader):
    nil(agency, clerk)
    with pytest.raises(TooLate):
        nil(agency, leader)
    nil(agency, leader, day=33)
    assert AgencyReport.objects.count() == 2


@pytest.mark.parametrize("missing", ["informant", "phone"])
def test_a_nil_return_names_who_gave_it(agency, clerk, missing):
    with pytest.raises(Refused):
        nil(agency, clerk, **{missing: " "})


def test_an_agency_with_groups_cannot_report_none(agency, clerk):
    group_of(agency, "A-07")
    with pytest.raises(Refused, match="A-07"):
        nil(agency, clerk)


def test_a_nil_return_that_was_a_mistake_counted_until_it_was_withdrawn(agency, clerk, leader):
    report = nil(agency, clerk)
    report.withdraw(by=clerk, why="点错", at=on(33))
    assert [AgencyReport.objects.known(at).exists() for at in (on(33) - DAY, on(33))] == [True, False]
    with pytest.raises(TooLate, match="尹秋军"):
        report.withdraw(by=leader, why="点错")
    nil(agency, clerk)


def test_a_return_with_groups_is_not_withdrawn(agency, clerk):
    with pytest.raises(Refused):
        reported(agency, 28, ("A-01", 10, 4), by=clerk).withdraw(by=clerk, why="点错")
