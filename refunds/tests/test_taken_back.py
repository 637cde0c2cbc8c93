"""What a leader confirmed and a clerk took back: it counts no more at once, and stands on a list until somebody who may confirm has
looked at it."""

import pytest

from refunds.figures import refund_figures
from refunds.models import Evidence, Refund
from refunds.tests.group_page import page_of, row_act
from refunds.tests.making import date, group_of, on, paid, reported
from refunds.tests.seeing import links
from venues.tests.forms import queries
from venues.transitions import Refused, TooLate

LIST = {"list": "taken_back"}


def confirmed(group, clerk, leader, *, heads=6):
    refund = group.enter_refund(
        by=clerk, heads=heads, paid_on=date(28), at=on(28), slip_no=f"P-{Refund.objects.count()}"
    )
    refund.confirm(by=leader, at=on(29))
    return refund


@pytest.fixture
def group(agency, clerk):
    return group_of(agency, "A-01", by=clerk)


@pytest.fixture
def reversal(group, clerk, leader):
    return confirmed(group, clerk, leader).reverse(by=clerk, reason="退票未到账", at=on(30))


def listed(day=32):
    return list(Refund.objects.taken_back(on(day)))


def test_the_clerk_reverses_at_once_and_it_counts_no_more(group, reversal):
    assert paid(group) == 0 and group.status_at(on(31)) == "cancelled_unpaid"
    assert [refund_figures(on(day))["refunded"]["people_refunded"] for day in (29, 31)] == [6, 0]


def test_it_is_listed_until_a_leader_confirms_the_reversal(reversal, leader):
    assert [listed(day) for day in (29, 31)] == [[], [reversal]]
    reversal.confirm(by=leader, text="已电话核实", at=on(31))
    assert [listed(day) for day in (30, 32)] == [[reversal], []]


def test_neither_a_return_nor_a_correction_empties_the_list(group, reversal, clerk):
    group.note_line(by=clerk, at=on(31), remark="核对过")
    group.enter_refund(by=clerk, heads=6, paid_on=date(31), at=on(31), slip_no="P-9")
    assert listed(33) == [reversal]


def test_a_figure_that_fell_below_what_was_confirmed_is_listed_beyond_the_next_return(agency, clerk, leader):
    reported(agency, 27, ("A-01", 12, 6), by=clerk)
    entry = Refund.objects.get()
    entry.attach(by=clerk, kind="statement", text="流水", at=on(28))
    entry.confirm(by=leader, at=on(28))
    reported(agency, 30, {"number": "A-01", "heads": 12, "refunded_heads": 0, "falling": True}, by=clerk)
    (row,) = listed(31)
    assert (row.reverses, row.heads, row.cause) == (entry, -6, "fell")
    reported(agency, 31, ("A-01", 12, 0), by=clerk)
    assert listed(33) == [row]
    row.confirm(by=leader, at=on(33, 13))
    assert listed(34) == []


def test_what_nobody_had_confirmed_is_not_listed_and_not_confirmed(group, clerk, leader):
    refund = group.enter_refund(by=clerk, heads=6, paid_on=date(28), at=on(28), slip_no="P-1")
    reversal = refund.reverse(by=clerk, reason="填错", at=on(30))
    assert listed() == []
    with pytest.raises(Refused, match="before anybody confirmed"):
        reversal.confirm(by=leader)


def test_who_reversed_it_does_not_confirm_that(group, clerk, leader, duty_officer):
    duty_officer.groups.set(leader.groups.all())
    reversal = confirmed(group, clerk, leader).reverse(by=duty_officer, reason="并未退款", at=on(30))
    with pytest.raises(Refused, match="Somebody else"):
        reversal.confirm(by=duty_officer)
    assert listed() == [reversal]


def test_a_reversal_is_confirmed_once(reversal, leader):
    reversal.confirm(by=leader)
    with pytest.raises(TooLate, match="武桂平 confirmed this reversal"):
        reversal.confirm(by=leader)
    assert Evidence.objects.filter(refund=reversal).count() == 1


# --- the pages --------------------------------------------------------------------------------------------------------------


def test_the_list_leads_to_the_reversal_and_the_leader_empties_it(group, reversal, signed_in, clerk, leader):
    desk, office = signed_in(clerk), signed_in(leader)
    for client in (desk, office):
        page = client.get("/refunds/queue/", LIST).content.decode()
        assert links(page, f"/refunds/groups/{group.pk}/#refund-{reversal.pk}") and "退票未到账" in page
    action = f'action="/refunds/ledger/{reversal.pk}/confirm/"'
    assert action in page_of(office, group) and action not in page_of(desk, group)
    assert row_act(desk, "ledger", reversal, "confirm").status_code == 403
    assert row_act(office, "ledger", reversal, "confirm", text="属实").status_code == 302
    page = page_of(office, group)
    assert "The reversal is confirmed." in page and action not in page and "属实" in page
    assert row_act(office, "ledger", reversal, "confirm").status_code == 409
    assert not office.get("/refunds/queue/", LIST).context["rows"]


def test_the_list_costs_the_same_queries_for_many_as_for_few(agency, reversal, signed_in, clerk, leader):
    client = signed_in(leader)
    few = queries(client, "/refunds/queue/?list=taken_back")
    for n in range(5):
        confirmed(group_of(agency, f"B-{n}", by=clerk), clerk, leader).reverse(by=clerk, reason="填错", at=on(30))
    assert queries(client, "/refunds/queue/?list=taken_back") == few
