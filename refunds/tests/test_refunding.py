"""Money back is entered once, never more than is due, and corrected only by a reversal."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from refunds.models import Refund
from refunds.tests.making import date, group_of, on, paid
from venues.transitions import Refused, TooLate


@pytest.fixture
def group(agency):
    return group_of(agency)


def test_a_refund_stands_in_the_ledger_with_who_and_when(group, clerk):
    refund = group.enter_refund(by=clerk, heads=4, amount="1200", paid_on=date(28), channel="bank", at=on(29))
    assert (refund.heads, refund.amount, refund.recorded_by) == (4, Decimal("1200.00"), clerk)
    assert refund.occurred_at == on(29, 0)
    assert [group.status_at(at) for at in (on(28, 23), on(29, 0))] == ["cancelled_unpaid", "part_refunded"]


def test_what_was_paid_today_counts_at_once(group, clerk):
    group.enter_refund(by=clerk, heads=10, at=on(29, 10))
    assert group.status_at(on(29, 10)) == "refunded"


def test_more_people_than_the_group_has_are_refused(group, clerk):
    group.enter_refund(by=clerk, heads=7, at=on(28))
    with pytest.raises(Refused, match=r"10.*7"):
        group.enter_refund(by=clerk, heads=4, at=on(28))
    assert paid(group) == 7


def test_more_money_than_is_due_is_refused_to_the_cent(group, clerk):
    group.note_line(by=clerk, at=on(28), amount_due="1000")
    group.enter_refund(by=clerk, heads=9, amount="999.99", at=on(28))
    with pytest.raises(Refused):
        group.enter_refund(by=clerk, heads=1, amount="0.02", at=on(28))
    group.enter_refund(by=clerk, heads=1, amount="0.01", at=on(28))
    assert group.status_at(on(28)) == "refunded"


@pytest.mark.parametrize("disposition", ["booked", "postponed", "travelling", "completed"])
def test_a_group_that_is_not_called_off_takes_no_refund(agency, clerk, disposition):
    group = group_of(agency, disposition=disposition)
    with pytest.raises(Refused):
        group.enter_refund(by=clerk, heads=1, at=on(28))


@pytest.mark.parametrize(
    "entry",
    [
        {"heads": 0},
        {"heads": -1},
        {"heads": 1, "amount": 0},
        {"heads": 1, "amount": -5},
        {"heads": 1, "paid_on": date(29)},
    ],
    ids=["nothing", "fewer than none", "no money", "less than no money", "a day to come"],
)
def test_nonsense_is_refused(group, clerk, entry):
    with pytest.raises(Refused):
        group.enter_refund(by=clerk, at=on(28), **entry)
    assert not group.refunds.exists()


# --- slips ----------------------------------------------------------------------------------------------------------------
def test_a_slip_counts_once_in_its_agency_however_it_is_typed(agency, group, clerk):
    group.enter_refund(by=clerk, heads=1, slip_no="pz-001", at=on(28))
    other = group_of(agency, "A-02")
    with pytest.raises(Refused, match="PZ-001"):
        other.enter_refund(by=clerk, heads=1, slip_no=" PZ–001 ", at=on(28))
    assert not other.refunds.exists()


def test_another_agency_may_have_a_slip_of_the_same_number(make_venue, group, clerk):
    group.enter_refund(by=clerk, heads=1, slip_no="PZ-001", at=on(28))
    elsewhere = group_of(make_venue("北斗旅行社", category_slug="travel_agency"))
    elsewhere.enter_refund(by=clerk, heads=1, slip_no="PZ-001", at=on(28))


def test_a_slip_entered_for_the_wrong_group_is_free_after_its_reversal(agency, group, clerk):
    for target in (group, group_of(agency, "A-02")):
        refund = target.enter_refund(by=clerk, heads=1, slip_no="PZ-001", at=on(28))
        if target == group:
            refund.reverse(by=clerk, reason="团号填错", at=on(28))
    with pytest.raises(Refused):
        group.enter_refund(by=clerk, heads=1, slip_no="PZ-001", at=on(28))


def test_the_database_itself_keeps_a_slip_once(group):
    row = {
        "group": group,
        "agency": group.agency,
        "heads": 1,
        "slip_no": "PZ-1",
        "paid_on": date(28),
        "occurred_at": on(28),
    }
    Refund.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(**row)


# --- reversals ------------------------------------------------------------------------------------------------------------
def test_a_reversal_takes_back_exactly_its_entry(group, clerk):
    refund = group.enter_refund(by=clerk, heads=4, amount="1200", at=on(28))
    reversal = refund.reverse(by=clerk, reason="金额填错", at=on(29))
    assert (reversal.heads, reversal.amount, reversal.reverses) == (-4, Decimal("-1200.00"), refund)
    assert [paid(group, at) for at in (on(28), on(29))] == [4, 0]
    assert not group.refunds.live().exists()
    assert list(group.refunds.live(on(28))) == [refund]


def test_an_entry_is_reversed_once(group, clerk, leader):
    refund = group.enter_refund(by=clerk, heads=4, at=on(28))
    refund.reverse(by=leader, reason="填错", at=on(28))
    with pytest.raises(TooLate, match="武桂平"):
        refund.reverse(by=clerk, reason="填错", at=on(28))
    assert paid(group) == 0


def test_a_reversal_is_not_reversed(group, clerk):
    reversal = group.enter_refund(by=clerk, heads=4, at=on(28)).reverse(by=clerk, reason="填错", at=on(28))
    with pytest.raises(Refused):
        reversal.reverse(by=clerk, reason="又填错", at=on(28))
    with pytest.raises(Refused):
        Refund.objects.create(
            group=group, agency=group.agency, heads=0, amount=None, paid_on=date(28), occurred_at=on(28), reverses=reversal,
            cause="mistake",
        )  # fmt: skip


def test_a_reversal_needs_its_reason(group, clerk):
    refund = group.enter_refund(by=clerk, heads=4, at=on(28))
    with pytest.raises(Refused):
        refund.reverse(by=clerk, reason=" ", at=on(28))
    assert paid(group) == 4


@pytest.mark.parametrize(
    "columns",
    [{"heads": -1}, {"heads": 1, "amount": -5}, {"heads": 0}, {"heads": 1, "cause": "mistake"}],
    ids=["people", "money", "nothing", "a cause without a reversal"],
)
def test_the_database_lets_figures_fall_only_by_a_reversal(group, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(group=group, agency=group.agency, paid_on=date(28), occurred_at=on(28), **columns)


# --- a stale page ---------------------------------------------------------------------------------------------------------
def test_a_form_that_saw_an_older_ledger_is_told_who_was_faster(group, clerk, leader):
    seen = group.mark
    group.enter_refund(by=leader, heads=2, at=on(28), seen=seen)
    with pytest.raises(TooLate, match="武桂平"):
        group.enter_refund(by=clerk, heads=2, at=on(28), seen=seen)
    assert paid(group) == 2


def test_a_correction_makes_forms_stale_too(group, clerk, leader):
    seen = group.mark
    group.note_line(by=leader, at=on(28), heads=8, seen=seen)
    with pytest.raises(TooLate, match="武桂平"):
        group.note_line(by=clerk, at=on(28), heads=9, seen=seen)
    with pytest.raises(TooLate):
        group.enter_refund(by=clerk, heads=1, at=on(28), seen=seen)
