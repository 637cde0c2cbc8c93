"""Two at once at the store: one gets the last, one count and one reversal hold, the stock stays the sum. With controls."""

import pytest
from django.db import IntegrityError
from django.db.models import F

from enforcement.models import SupplyItem, SupplyMovement
from enforcement.tests.supplying import HOURS, H, a_store
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def masks(leader):
    return a_store(leader, 10)


def copies(item, count=2):
    """The item as each of several pages read it before any of them wrote."""
    return [SupplyItem.objects.get(pk=item.pk) for _page in range(count)]


def assert_whole(item, left):
    item.refresh_from_db()
    assert item.on_hand == item.movements.total() == left


def test_of_two_who_take_the_last_one_gets_them(masks, leader):
    outcomes = at_once(*(lambda one=one: one.use(by=leader, quantity=7) for one in copies(masks)))
    won, refused = sort_out(outcomes, Refused)
    assert len(won) == len(refused) == 1 and "3" in refused[0].sentence()
    assert_whole(masks, 3)


def test_many_at_once_take_what_there_is_and_no_more(masks, leader, inspector):
    acts = [lambda one=one: one.issue_to([leader, inspector], by=leader, each=1) for one in copies(masks, 8)]
    won, refused = sort_out(at_once(*acts), Refused)
    assert (len(won), len(refused)) == (5, 3)
    assert_whole(masks, 0)


def careless(self, total):
    """What `_move_stock` must not be: it believes what the page read."""
    if self.on_hand + total < 0:
        raise Refused("not so much")
    SupplyItem.objects.filter(pk=self.pk).update(on_hand=self.on_hand + total)


def test_without_the_condition_both_get_them(masks, leader, monkeypatch):
    """The control: with the guards taken out the first test fails."""
    monkeypatch.setattr(SupplyItem, "_move_stock", careless)
    monkeypatch.setattr(SupplyItem, "_refuse_below_zero_since", lambda self, at: None)
    outcomes = at_once(*(lambda one=one: one.use(by=leader, quantity=7) for one in copies(masks)))
    won, _refused = sort_out(outcomes, Refused)
    masks.refresh_from_db()
    assert len(won) == 2 and masks.on_hand == 3 and masks.movements.total() == -4


def test_the_database_itself_refuses_a_stock_below_zero(masks, leader, monkeypatch):
    """The second guard: without the question how much there is, one of two breaks the constraint."""

    def blind(self, total):
        SupplyItem.objects.filter(pk=self.pk).update(on_hand=F("on_hand") + total)

    monkeypatch.setattr(SupplyItem, "_move_stock", blind)
    monkeypatch.setattr(SupplyItem, "_refuse_below_zero_since", lambda self, at: None)
    outcomes = at_once(*(lambda one=one: one.use(by=leader, quantity=7) for one in copies(masks)))
    won, broken = sort_out(outcomes, IntegrityError)
    assert len(won) == len(broken) == 1
    assert_whole(masks, 3)


def test_one_entered_late_and_one_of_now_never_leave_the_past_below_zero(masks, leader):
    masks.receive(by=leader, quantity=10, kind="purchase", at=H + 4 * HOURS)
    one, other = copies(masks)
    outcomes = at_once(
        lambda: one.use(by=leader, quantity=8, at=H + HOURS), lambda: other.use(by=leader, quantity=8, at=H + 2 * HOURS)
    )
    won, refused = sort_out(outcomes, Refused)
    assert len(won) == len(refused) == 1
    assert_whole(masks, 12)
    assert masks.in_store_at(H + 3 * HOURS) == 2


def test_two_who_count_at_once_find_one_difference(masks, leader):
    acts = [lambda one=one: one.count(by=leader, counted=8, cause="x", known=10) for one in copies(masks)]
    won, refused = sort_out(at_once(*acts), TooLate)
    assert len(won) == len(refused) == 1
    assert_whole(masks, 8)


def test_of_two_who_reverse_one_does(masks, leader, duty_officer):
    wrong = masks.use(by=leader, quantity=4)
    rows = [SupplyMovement.objects.get(pk=wrong.pk) for _page in range(2)]
    outcomes = at_once(
        *(
            lambda row=row, by=by: row.reverse(by=by, cause="x")
            for row, by in zip(rows, (leader, duty_officer), strict=True)
        )
    )
    won, refused = sort_out(outcomes, TooLate)
    assert len(won) == len(refused) == 1 and won[0].by.name in refused[0].sentence()
    assert_whole(masks, 10)


def test_the_database_itself_refuses_a_second_reversal(masks, leader, monkeypatch):
    wrong = masks.use(by=leader, quantity=4)
    wrong.reverse(by=leader, cause="x")
    with pytest.raises(IntegrityError):
        SupplyMovement.objects.create(item=masks, by=leader, kind="reversal", delta=4, cause="x", reverses=wrong)


def test_two_shifts_share_in_other_orders_and_nobody_waits_for_ever(masks, leader, inspector):
    gloves = a_store(leader, 10, "手套")
    (m1, m2), (g1, g2) = copies(masks), copies(gloves)
    people = [leader, inspector]
    outcomes = at_once(
        lambda: SupplyItem.objects.issue_to_all({m1: 1, g1: 1}, people, by=leader),
        lambda: SupplyItem.objects.issue_to_all({g2: 1, m2: 1}, people, by=leader),
    )
    won, _refused = sort_out(outcomes, Refused)
    assert len(won) == 2
    assert_whole(masks, 6), assert_whole(gloves, 6)
