"""Two at once: never more than is due, a slip once, a reversal once, a file once. Each race has its control without the guard."""

import threading

import pytest

from refunds.models import AgencyReport, Refund, TourGroup
from refunds.models.returns import mark_of
from refunds.tests.making import date, group_of, on, paid, reported
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(agency):
    return group_of(agency)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_two_clerks_cannot_refund_more_than_is_due(group, clerk, leader):
    acts = [lambda by=by: fresh(group).enter_refund(by=by, heads=6, at=on(28)) for by in (clerk, leader)]
    won, refusals = sort_out(at_once(*acts), Refused)
    assert (len(won), len(refusals), paid(group)) == (1, 1, 6)


def test_two_clerks_with_the_same_page_enter_one_refund(group, clerk, leader):
    seen = group.mark
    acts = [lambda by=by: fresh(group).enter_refund(by=by, heads=3, seen=seen, at=on(28)) for by in (clerk, leader) * 2]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals), paid(group)) == (1, 3, 3)


def test_control_without_the_lock_both_win(group, clerk, leader):
    both_read = threading.Barrier(2)

    def careless(by):
        mine = fresh(group)
        mine._refuse_too_much(6, None)
        both_read.wait(timeout=20)
        mine._append(heads=6, amount=None, paid_on=date(28), occurred_at=on(28), recorded_by=by)

    at_once(lambda: careless(clerk), lambda: careless(leader))
    assert paid(group) == 12


def test_one_slip_in_two_groups_is_kept_once(agency, group, clerk, leader):
    other = group_of(agency, "A-02")
    acts = [
        lambda g=g, by=by: fresh(g).enter_refund(by=by, heads=1, slip_no="P-1", at=on(28))
        for g, by in ((group, clerk), (other, leader))
    ]
    won, refusals = sort_out(at_once(*acts), Refused)
    assert (len(won), len(refusals)) == (1, 1)
    assert Refund.objects.filter(slip_no="P-1").count() == 1


def test_an_entry_is_reversed_once(group, clerk, leader):
    refund = group.enter_refund(by=clerk, heads=6, at=on(28))
    acts = [lambda by=by: fresh(refund).reverse(by=by, reason="填错") for by in (clerk, leader)]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals), paid(group)) == (1, 1, 0)


def test_one_file_sent_twice_at_once_becomes_one_return(agency, clerk, leader):
    acts = [lambda by=by: reported(agency, 28, ("A-01", 10, 4), by=by) for by in (clerk, leader)]
    won, refusals = sort_out(at_once(*acts), Refused)
    assert (len(won), len(refusals)) == (1, 1)
    assert (AgencyReport.objects.count(), paid(TourGroup.objects.get())) == (1, 4)


def test_two_returns_decided_on_the_same_preview_are_applied_one_after_the_other(agency, clerk, leader):
    """Both bring a group that is new: there is no row of a group yet that could be locked."""
    seen = mark_of(agency)
    acts = [
        lambda day=day, n=n, by=by: reported(agency, day, ("A-01", 10, n), ("A-02", 5, 0), by=by, seen=seen)
        for day, n, by in ((28, 4, clerk), (31, 10, leader))
    ]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals), AgencyReport.objects.count()) == (1, 1, 1)


def test_a_refund_by_hand_beside_a_return_leaves_the_declared_total(agency, group, clerk, leader):
    """Whichever is first: the return says six in all."""
    acts = [
        lambda: fresh(group).enter_refund(by=clerk, heads=2, paid_on=date(27), at=on(29)),
        lambda: reported(agency, 28, ("A-01", 10, 6), by=leader),
    ]
    sort_out(at_once(*acts), ())
    assert paid(group) in (6, 8)  # eight when the hand was second: it adds to what was declared
    assert sum(r.heads for r in group.refunds.filter(report__isnull=False)) in (4, 6)


def test_a_nil_return_pressed_twice_is_one(agency, clerk, leader):
    how = {"agency": agency, "as_of": date(31), "informant": "值班员", "phone": "13000000193"}
    acts = [lambda by=by: AgencyReport.objects.report_nothing(by=by, **how) for by in (clerk, leader)]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals), AgencyReport.objects.count()) == (1, 1, 1)


def test_a_refund_is_confirmed_once(group, clerk, leader, second_inspector):
    refund = group.enter_refund(by=clerk, heads=6, slip_no="P-1", at=on(28))
    acts = [lambda by=by: fresh(refund).confirm(by=by) for by in (leader, second_inspector)]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 1)


def test_a_deduction_is_decided_once(group, clerk, leader, second_inspector):
    claim = group.claim_deduction(by=clerk, amount=5, kind="visa", proof="收据")
    acts = [lambda by=by: fresh(claim).decide(by=by, accepted=True) for by in (leader, second_inspector)]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 1)
