"""Every work list fills by what goes wrong and is empty again when it is done; each of them answers for a past moment."""

import pytest
from django.utils import translation

from refunds import worklists, workrows
from refunds.models import AgencyReport, CallBackSample, Deposit, Refund, RefundEvent
from refunds.tests.making import date, group_of, on, reported
from refunds.worklists import Sight
from venues.transitions import Refused, TooLate

LISTS = {one.slug: one for one in worklists._lists}


@pytest.fixture
def event(db):
    event = RefundEvent.objects.get()
    RefundEvent.objects.filter(pk=event.pk).update(evidence_days=3, returns_due_at=on(28))
    return event


@pytest.fixture
def other(make_venue):
    return make_venue("地接旅行社", category_slug="travel_agency")


def rows(slug, day, user, *, agency=None):
    """The rows of a list at noon of this day of January 2020, worded."""
    one = LISTS[slug]
    sight = Sight(on(day), user, agency=agency, link=lambda name, *args, **asked: f"{name}{args}")
    return list(one.rows(one.find(sight), sight))


def sides(slug, day, user, **how):
    """{agency: what the sides of its rows say} of a list."""
    return sorted((str(row.agency), *(side.text for side in row.sides)) for row in rows(slug, day, user, **how))


def nil(agency, by, day=28):
    return AgencyReport.objects.report_nothing(
        by=by, agency=agency, as_of=date(day), informant="王", phone="13000000001", at=on(day)
    )


def test_silent_until_it_reports_nothing_or_something(event, agency, other, clerk):
    assert sides("silent", 27, clerk) == [("云端旅行社",), ("地接旅行社",)]
    assert [(row.tone, row.since) for row in rows("silent", 27, clerk)] == [("warn", on(28))] * 2
    nil(agency, clerk, day=29)
    assert sides("silent", 30, clerk) == [("地接旅行社",)]
    assert rows("silent", 30, clerk)[0].tone == "bad"
    reported(other, 30, ("B-01", 3, 0), by=clerk)
    assert sides("silent", 32, clerk) == []
    assert sides("silent", 28, clerk) == [("云端旅行社",), ("地接旅行社",)]


def test_no_evidence_until_some_is_attached(event, agency, clerk):
    refund = group_of(agency).enter_refund(by=clerk, heads=4, paid_on=date(27), at=on(27))
    assert [sides("evidence", day, clerk) for day in (30, 31)] == [[("云端旅行社", "A-01")]] * 2
    assert sides("evidence", 29, clerk) == []  # three days are not over
    refund.attach(by=clerk, kind="slip", text="P-1", at=on(31))
    assert [len(sides("evidence", day, clerk)) for day in (30, 31)] == [1, 0]


def test_no_evidence_is_asked_of_what_is_reversed_or_has_a_slip(event, agency, clerk):
    group = group_of(agency)
    group.enter_refund(by=clerk, heads=4, paid_on=date(27), at=on(27), slip_no="P-1")
    group.enter_refund(by=clerk, heads=1, paid_on=date(27), at=on(27)).reverse(by=clerk, reason="点错", at=on(28))
    assert sides("evidence", 31, clerk) == []


def declaring(agency, day, rows, by, **declared):
    report = AgencyReport.objects.receive(
        by=by, agency=agency, as_of=date(day), content=f"{agency.pk} {day}".encode(), file_name="表.xlsx", at=on(day + 1),
        declared=declared,
    )  # fmt: skip
    for number, heads, refunded in rows:
        report.state_group(
            number=number, heads=heads, refunded_heads=refunded, disposition="cancelled", amount_due="10.10"
        )
    return report


@pytest.mark.parametrize(
    "declared",
    [{"groups": 3}, {"people": 16}, {"refunded_heads": 0}, {"amount_due": "20.21"}, {"refunded_amount": "1"}],
    ids=lambda declared: next(iter(declared)),
)
def test_a_total_that_is_not_the_sum_of_its_rows_until_a_return_agrees_with_itself(agency, clerk, declared):
    declaring(agency, 28, [("A-01", 10, 4), ("A-02", 5, 0)], clerk, **declared)
    assert sides("totals", 30, clerk) == [("云端旅行社", "表.xlsx")]
    right = {"groups": 2, "people": 15, "refunded_heads": 4, "amount_due": "20.20"}
    declaring(agency, 31, [("A-01", 10, 4), ("A-02", 5, 0)], clerk, **right)
    assert sides("totals", 33, clerk) == []
    assert len(sides("totals", 30, clerk)) == 1


def test_what_a_return_does_not_declare_is_not_compared(agency, clerk):
    declaring(agency, 28, [("A-01", 10, 4)], clerk)
    assert sides("totals", 30, clerk) == []


def test_a_group_that_is_missing_in_the_latest_return_until_it_is_named_again(agency, clerk):
    reported(agency, 27, ("A-01", 10, 0), ("A-02", 5, 0), by=clerk)
    assert sides("vanished", 28, clerk) == []
    reported(agency, 28, ("A-01", 10, 0), by=clerk)
    (row,) = rows("vanished", 29, clerk)
    assert row.sides[0].text == "A-02" and row.sides[1].url
    reported(agency, 29, ("A-01", 10, 0), ("A-02", 5, 0), by=clerk)
    assert [len(rows("vanished", day, clerk)) for day in (29, 30)] == [1, 0]


def test_or_until_somebody_says_what_became_of_it(agency, clerk):
    reported(agency, 27, ("A-01", 10, 0), ("A-02", 5, 0), by=clerk)
    reported(agency, 28, ("A-01", 10, 0), by=clerk)
    agency.tour_groups.get(number="A-02").note_line(by=clerk, at=on(30), remark="已并入 A-01")
    assert [len(rows("vanished", day, clerk)) for day in (29, 31)] == [1, 0]


def test_a_figure_that_fell_until_the_next_return(agency, clerk):
    reported(agency, 27, ("A-01", 10, 6), by=clerk)
    reported(agency, 28, {"number": "A-01", "heads": 10, "refunded_heads": 4, "falling": True}, by=clerk)
    assert sides("fell", 28, clerk) == []
    assert [row.sides[0].text for row in rows("fell", 29, clerk)] == ["A-01"]
    reported(agency, 29, ("A-01", 10, 5), by=clerk)
    assert sides("fell", 30, clerk) == []


def test_a_figure_that_fell_while_the_ledger_was_kept_until_it_is_corrected(agency, clerk):
    reported(agency, 27, ("A-01", 10, 6), by=clerk)
    report = reported(agency, 28, ("B-01", 1, 0), by=clerk)
    group = agency.tour_groups.get(number="A-01")
    group.note_line(by=clerk, report=report, heads=10, refunded_heads=4, disposition="cancelled")
    (row,) = rows("fell", 29, clerk)
    assert "4" in row.what and "6" in row.what
    group.note_line(by=clerk, at=on(30), remark="旅行社笔误")
    assert rows("fell", 31, clerk) == []


def test_more_refunded_than_due_until_it_is_reversed(agency, clerk):
    group = group_of(agency, heads=10)
    refund = group.enter_refund(by=clerk, heads=10, paid_on=date(28), at=on(28))
    group.note_line(by=clerk, at=on(29), heads=8)
    assert sides("over", 28, clerk) == []
    assert sides("over", 30, clerk) == [("云端旅行社", "A-01")]
    refund.reverse(by=clerk, reason="人数更正", at=on(31))
    assert sides("over", 32, clerk) == []


def test_booked_after_the_cut_off_until_it_is_called_off(event, agency, other, clerk):
    event.cutoffs.create(bucket="domestic", departs_from=date(28))
    group = group_of(agency, disposition="booked", depart_on=date(28))
    group_of(agency, "A-02", disposition="booked", depart_on=date(27))
    group_of(other, "B-01", disposition="booked", depart_on=date(30), role="receiver")
    assert sides("booked", 27, clerk) == [("云端旅行社", "A-01")]
    assert [row.tone for row in rows("booked", 29, clerk)] == ["bad"]  # it left all the same
    group.call_off(by=clerk, at=on(29))
    assert sides("booked", 30, clerk) == []


def test_without_a_cut_off_nobody_is_asked(event, agency, clerk):
    group_of(agency, disposition="booked")
    assert sides("booked", 29, clerk) == []


def test_a_promise_that_was_not_kept_until_the_money_went_back(agency, clerk):
    group = group_of(agency, promised_on=date(28))
    assert sides("promised", 28, clerk) == []  # the day still runs
    assert sides("promised", 29, clerk) == [("云端旅行社", "A-01")]
    group.enter_refund(by=clerk, heads=10, paid_on=date(30), at=on(30))
    assert sides("promised", 31, clerk) == []


def test_or_until_there_is_another_date(agency, clerk):
    group_of(agency, promised_on=date(28)).note_line(by=clerk, at=on(29), promised_on=date(33))
    assert sides("promised", 30, clerk) == []


@pytest.mark.parametrize("way", ["proved", "rejected"])
def test_a_deduction_without_proof(agency, clerk, leader, way):
    claim = group_of(agency, amount_due="900").claim_deduction(by=clerk, amount="50", kind="visa", at=on(28))
    assert sides("deductions", 29, clerk) == [("云端旅行社", "A-01")]
    if way == "proved":
        claim.prove(by=clerk, text="签证费收据", at=on(30))
    else:
        claim.decide(by=leader, accepted=False, text="无凭证", at=on(30))
    assert sides("deductions", 31, clerk) == []


def test_one_trip_in_two_agencies_until_it_is_linked(agency, other, clerk):
    organiser = group_of(agency, heads=18)
    receiver = group_of(other, "B-01", heads=18, role="receiver", market="", return_on=None)
    group_of(other, "B-02", heads=17, role="receiver")
    assert sides("trips", 28, clerk) == [("地接旅行社", "B-01", "A-01")]
    assert len(rows("trips", 28, clerk, agency=agency)) == len(rows("trips", 28, clerk, agency=other)) == 1
    receiver.link_to(organiser, by=clerk, at=on(29))
    assert [len(rows("trips", day, clerk)) for day in (28, 30)] == [1, 0]


def test_a_partner_who_is_named_makes_a_trip_the_same_whatever_the_heads(agency, other, clerk):
    group_of(agency, heads=18, counterpart="地接旅行社")
    group_of(other, "B-01", heads=20, role="receiver")
    assert sides("trips", 28, clerk) == [("地接旅行社", "B-01", "A-01")]


@pytest.mark.parametrize("said", [{"depart_on": date(29)}, {"return_on": date(34)}, {"heads": 9}], ids=str)
def test_another_day_or_another_number_is_another_trip(agency, other, clerk, said):
    group_of(agency, heads=18)
    group_of(other, "B-01", **({"heads": 18, "role": "receiver"} | said))
    assert sides("trips", 28, clerk) == []


def test_two_groups_of_one_agency_are_not_one_trip(agency, clerk):
    group_of(agency)
    group_of(agency, "A-02", role="receiver")
    assert sides("trips", 28, clerk) == []


def test_more_outstanding_than_the_deposit_until_it_is_paid(agency, other, clerk):
    group = group_of(agency, amount_due="900.10")
    group_of(agency, "A-02", amount_due="100")
    group_of(other, "B-01", amount_due="5000")  # of no known deposit
    Deposit.objects.create(agency=agency, amount="1000", valid_from=date(1))
    (row,) = rows("deposit", 28, clerk)
    assert row.agency == agency and "1,000.10" in row.what
    group.enter_refund(by=clerk, heads=1, amount="0.10", paid_on=date(29), at=on(29))
    assert rows("deposit", 30, clerk) == []


def test_a_traveller_who_contradicts_until_the_entry_is_reversed(agency, clerk, leader):
    group = group_of(agency)
    refund = group.enter_refund(by=clerk, heads=10, paid_on=date(28), at=on(28))
    group.add_traveller(by=clerk, name="吴十九", number="13900004444")
    (sample,) = CallBackSample.objects.draw(by=leader, size=1, at=on(29))
    sample.answer(by=leader, result="not_received", text="没有收到", at=on(29))
    assert rows("contradicted", 28, clerk) == []
    (row,) = rows("contradicted", 30, clerk)
    assert "139****4444" in row.what and "没有收到" in row.what and "吴十九" not in row.what
    refund.reverse(by=clerk, reason="并未退款", at=on(31))
    assert rows("contradicted", 32, clerk) == []


def test_or_until_somebody_confirmed_it(agency, clerk, leader):
    group = group_of(agency)
    group.enter_refund(by=clerk, heads=10, paid_on=date(28), at=on(28), slip_no="P-1")
    group.add_traveller(by=clerk, number="13900004444")
    (sample,) = CallBackSample.objects.draw(by=leader, size=1, at=on(29))
    sample.answer(by=leader, result="partly", at=on(29))
    assert len(rows("contradicted", 30, clerk)) == 1
    Refund.objects.get().confirm(by=leader, at=on(31))
    assert rows("contradicted", 32, clerk) == []


@pytest.fixture
def confirmed_before(agency, clerk, leader):
    """An entry that was confirmed; on the day after, the traveller says that nothing came."""
    group = group_of(agency)
    refund = group.enter_refund(by=clerk, heads=10, paid_on=date(28), at=on(28), slip_no="P-1")
    refund.confirm(by=leader, at=on(28))
    group.add_traveller(by=clerk, number="13900004444")
    sample = CallBackSample.objects.create(
        traveller=group.travellers.get(), group=group, drawn_at=on(29), drawn_by=leader
    )
    sample.answer(by=leader, result="not_received", at=on(29))
    return refund


def test_a_traveller_who_contradicts_what_was_confirmed_before_is_listed_until_a_leader_looked_again(
    confirmed_before, clerk, leader
):
    assert rows("contradicted", 28, leader) == []
    (row,) = rows("contradicted", 30, leader)
    assert row.tone == "bad"
    with pytest.raises(Refused):
        confirmed_before.confirm(by=leader, at=on(31))  # without words
    with pytest.raises(Refused):
        confirmed_before.confirm(by=clerk, text="看过", at=on(31))
    again = confirmed_before.confirm(by=leader, text="银行流水与本人说法核对", at=on(31))
    assert again.level == "evidenced" and Refund.objects.with_level().get().level == "confirmed"
    assert [len(rows("contradicted", day, leader)) for day in (30, 32)] == [1, 0]
    with pytest.raises(TooLate):
        confirmed_before.confirm(by=leader, text="再看一次", at=on(32))


def test_what_was_confirmed_before_leaves_the_list_when_it_is_reversed(confirmed_before, clerk, leader):
    confirmed_before.reverse(by=clerk, reason="并未退款", at=on(31))
    assert rows("contradicted", 32, leader) == [] and len(rows("taken_back", 32, leader)) == 1


@pytest.mark.parametrize("slug", LISTS)
def test_a_list_of_one_agency_has_no_rows_of_another(agency, other, clerk, slug):
    one = LISTS[slug]
    if one.permissions:
        return
    reported(other, 27, ("B-01", 10, 6), by=clerk)
    assert all(row.agency != other for row in rows(slug, 29, clerk, agency=agency))


def test_a_list_is_registered_once():
    before = list(worklists._lists)
    worklists.register(LISTS["silent"])
    assert worklists._lists == before and workrows


def test_every_list_says_what_is_to_be_done():
    with translation.override("en"):
        assert all(str(one.label) and str(one.advice).endswith(".") for one in worklists._lists)
