"""What comes in, goes out, is counted and taken back; never more than there is, at no moment of the past either."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from enforcement.models import AuditEntry, SupplyItem, SupplyMovement
from enforcement.tests.supplying import HOURS, H, a_store, an_item
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


def stock_of(item):
    """What the item says, after a look whether its movements say the same."""
    item.refresh_from_db()
    assert item.on_hand == item.movements.total()
    return item.on_hand


# --- in and out -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["purchase", "allocation", "return"])
def test_what_comes_in_is_in_store(kind, leader):
    item = an_item()
    movement = item.receive(by=leader, quantity=40, kind=kind, cause="第一批", at=H)
    assert (movement.delta, movement.at, movement.by, movement.cause) == (40, H, leader, "第一批")
    assert stock_of(item) == 40 and item.in_store_at(H) == 40 and item.in_store_at(H - HOURS) == 0


def test_a_donation_names_its_donor_and_nothing_else_does(leader):
    item = an_item()
    with pytest.raises(Refused):
        item.receive(by=leader, quantity=4, kind="donation", donor="  ")
    assert item.receive(by=leader, quantity=4, kind="donation", donor="队员甲").donor == "队员甲"
    assert item.receive(by=leader, quantity=4, kind="purchase", donor="队员甲").donor == ""


def test_what_goes_out_is_issued_used_or_lost(leader, inspector):
    item = a_store(leader)
    issue = item.issue(by=leader, quantity=10, to=inspector)
    item.use(by=leader, quantity=5)
    item.lose(by=leader, quantity=1, cause="受潮")
    assert issue.issued_to == inspector and issue.delta == -10
    assert stock_of(item) == 84


def test_a_loss_has_a_cause(leader):
    with pytest.raises(Refused):
        a_store(leader).lose(by=leader, quantity=1, cause=" ")


@pytest.mark.parametrize("quantity", [0, -3, 1_000_001, 1.5, None], ids=str)
def test_an_amount_is_a_whole_number_above_zero(quantity, leader):
    item = a_store(leader)
    for act in (
        lambda: item.use(by=leader, quantity=quantity),
        lambda: item.receive(by=leader, quantity=quantity, kind="purchase"),
        lambda: item.issue_to([leader], by=leader, each=quantity),
    ):
        with pytest.raises(Refused):
            act()
    assert stock_of(item) == 100


def test_an_issue_names_who_got_it(leader):
    item = a_store(leader)
    with pytest.raises(Refused):
        item.issue(by=leader, quantity=1, to=None)
    assert item.movements.count() == 1


@pytest.mark.parametrize("kind", ["issue", "count", "reversal", "nonsense"])
def test_it_comes_in_in_one_of_four_ways(kind, leader):
    with pytest.raises(Refused):
        an_item().receive(by=leader, quantity=1, kind=kind)


def test_more_than_there_is_is_refused_and_never_clamped(leader, inspector):
    item = a_store(leader, 10)
    for act in (
        lambda: item.use(by=leader, quantity=11),
        lambda: item.issue(by=leader, quantity=11, to=inspector),
        lambda: item.lose(by=leader, quantity=11, cause="x"),
        lambda: item.issue_to([leader, inspector], by=leader, each=6),
    ):
        with pytest.raises(Refused, match="10"):
            act()
    assert stock_of(item) == 10 and item.movements.count() == 1
    item.use(by=leader, quantity=10)
    assert stock_of(item) == 0


def test_nothing_moves_in_the_future(leader):
    item = a_store(leader)
    for act in (item.use, lambda **more: item.receive(kind="purchase", **more)):
        with pytest.raises(Refused):
            act(by=leader, quantity=1, at=timezone.now() + HOURS)


# --- entered late ---------------------------------------------------------------------------------------------------------
def test_a_movement_entered_late_that_any_later_moment_cannot_bear_is_refused(leader):
    item = a_store(leader, 10)
    item.use(by=leader, quantity=8, at=H + 2 * HOURS)
    item.receive(by=leader, quantity=90, kind="purchase", at=H + 4 * HOURS)
    with pytest.raises(Refused, match="2020-01-26 10:00"):
        item.use(by=leader, quantity=3, at=H + HOURS)  # 92 are there now, but at ten there would have been one too few
    item.use(by=leader, quantity=2, at=H + HOURS)
    with pytest.raises(Refused):
        item.use(by=leader, quantity=1, at=H - HOURS)  # before there was anything
    assert stock_of(item) == 90


def test_movements_of_one_moment_count_together(leader):
    item = a_store(leader, 10)
    item.use(by=leader, quantity=10, at=H)
    assert item.in_store_at(H) == 0


# --- to a whole shift -----------------------------------------------------------------------------------------------------
def test_a_whole_shift_gets_its_share_in_one_step(leader, inspector, second_inspector):
    item = a_store(leader)
    rows = item.issue_to([leader, inspector, second_inspector, inspector], by=leader, each=2)
    assert [row.issued_to for row in rows] == [leader, inspector, second_inspector]
    assert len({row.batch for row in rows}) == 1 and stock_of(item) == 94


def test_several_supplies_are_one_step_and_all_of_it_or_nothing(leader, inspector):
    masks, gloves = a_store(leader, 10), a_store(leader, 3, "手套", category="protection")
    with pytest.raises(Refused, match="手套"):
        SupplyItem.objects.issue_to_all({masks: 2, gloves: 2}, [leader, inspector], by=leader)
    assert stock_of(masks) == 10 and stock_of(gloves) == 3
    rows = SupplyItem.objects.issue_to_all({gloves: 1, masks: 2}, [leader, inspector], by=leader)
    assert len(rows) == 4 and len({row.batch for row in rows}) == 1
    assert stock_of(masks) == 6 and stock_of(gloves) == 1


def test_nobody_and_nothing_are_no_step(leader):
    item = a_store(leader)
    for act in (
        lambda: item.issue_to([], by=leader, each=1),
        lambda: SupplyItem.objects.issue_to_all({}, [leader], by=leader),
    ):
        with pytest.raises(Refused):
            act()


def test_a_whole_step_is_reversed_at_once_but_for_what_was_reversed_already(leader, inspector):
    item = a_store(leader)
    first, _second = item.issue_to([leader, inspector], by=leader, each=5)
    first.reverse(by=leader, cause="没领")
    assert SupplyMovement.objects.reverse_batch(first.batch, by=leader, cause="发错班") == 1
    assert stock_of(item) == 100


# --- counting -------------------------------------------------------------------------------------------------------------
def test_a_count_writes_the_difference_with_its_cause(leader):
    item = a_store(leader)
    movement = item.count(by=leader, counted=93, cause="少记一次领用")
    assert movement.delta == -7 and stock_of(item) == 93
    assert item.count(by=leader, counted=95, cause="找到两只").delta == 2


def test_a_count_that_differs_needs_a_cause_and_one_that_agrees_does_not(leader):
    item = a_store(leader)
    with pytest.raises(Refused):
        item.count(by=leader, counted=99, cause=" ")
    assert item.count(by=leader, counted=100).delta == 0


@pytest.mark.parametrize("counted", [-1, 1_000_001])
def test_a_count_is_a_number_that_can_be(counted, leader):
    with pytest.raises(Refused):
        a_store(leader).count(by=leader, counted=counted, cause="x")


def test_a_count_of_a_stock_that_moved_meanwhile_is_refused(leader):
    item = a_store(leader)
    item.use(by=leader, quantity=5)
    with pytest.raises(TooLate, match="95"):
        item.count(by=leader, counted=98, cause="x", known=100)
    assert item.count(by=leader, counted=94, cause="x", known=95).delta == -1


def test_a_count_of_an_earlier_moment_is_compared_with_the_books_of_that_moment(leader):
    item = a_store(leader)
    item.use(by=leader, quantity=40, at=H + 2 * HOURS)
    assert item.count(by=leader, counted=90, cause="x", at=H + HOURS).delta == -10
    assert stock_of(item) == 50
    with pytest.raises(Refused):
        item.count(by=leader, counted=30, cause="x", at=H + HOURS)  # forty went out afterwards


# --- reversal -------------------------------------------------------------------------------------------------------------
def test_a_reversal_takes_back_from_its_own_moment_on(leader):
    item = a_store(leader)
    wrong = item.use(by=leader, quantity=10, at=H + HOURS)
    reversal = wrong.reverse(by=leader, cause="记错", at=H + 3 * HOURS)
    assert reversal.reverses == wrong and reversal.delta == 10
    assert (item.in_store_at(H + 2 * HOURS), stock_of(item)) == (90, 100)


def test_a_movement_is_reversed_once_and_a_reversal_never(leader, duty_officer):
    wrong = a_store(leader).use(by=leader, quantity=10)
    reversal = wrong.reverse(by=leader, cause="记错")
    with pytest.raises(TooLate, match="武桂平"):
        wrong.reverse(by=duty_officer, cause="记错")
    with pytest.raises(Refused):
        reversal.reverse(by=leader, cause="又对了")


def test_a_reversal_has_a_cause_and_does_not_come_before_its_movement(leader):
    wrong = a_store(leader).use(by=leader, quantity=10, at=H + HOURS)
    for more in ({"cause": ""}, {"cause": "x", "at": H}, {"cause": "x", "at": timezone.now() + HOURS}):
        with pytest.raises(Refused):
            wrong.reverse(by=leader, **more)


def test_what_was_given_out_already_cannot_be_unbought(leader):
    item = an_item()
    bought = item.receive(by=leader, quantity=10, kind="purchase", at=H)
    item.use(by=leader, quantity=6, at=H + HOURS)
    with pytest.raises(Refused, match="4"):
        bought.reverse(by=leader, cause="记错")
    item.receive(by=leader, quantity=50, kind="purchase", at=H + 3 * HOURS)
    with pytest.raises(Refused):
        bought.reverse(by=leader, cause="记错", at=H + 2 * HOURS)  # enough now, but not then
    bought.reverse(by=leader, cause="记错")
    assert stock_of(item) == 44


# --- guards of the database and of the object -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "row",
    [
        {"kind": "purchase", "delta": -1}, {"kind": "issue", "delta": 1}, {"kind": "donation", "delta": 1}, {"kind": "loss", "delta": -1},
        {"kind": "count", "delta": 1}, {"kind": "reversal", "delta": 1}, {"kind": "use", "delta": 0},
    ],
    ids=lambda row: row["kind"],
)  # fmt: skip
def test_the_database_refuses_what_no_act_would_write(row, leader):
    item = a_store(leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplyMovement.objects.create(item=item, by=leader, **row)


def test_the_database_refuses_a_stock_below_zero(leader):
    item = a_store(leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplyItem.objects.filter(pk=item.pk).update(on_hand=-1)


def test_an_object_that_was_read_before_a_movement_does_not_write_over_the_stock(leader):
    item = a_store(leader)
    stale = SupplyItem.objects.get(pk=item.pk)
    item.use(by=leader, quantity=30)
    stale.spec = "挂耳"
    stale.save()
    assert stock_of(item) == 70 and item.spec == "挂耳"


# --- the item itself ------------------------------------------------------------------------------------------------------
def test_a_change_leaves_its_trail_and_what_has_moved_keeps_category_and_unit(leader):
    item = a_store(leader)
    item.change(by=leader, low_level=50, name="医用外科口罩")
    item.change(by=leader, low_level=50)
    assert AuditEntry.objects.get(act="supply_change").detail == {"fields": ["low_level", "name"]}
    for wrong in ({"unit": "盒"}, {"category": "other"}):
        with pytest.raises(Refused):
            SupplyItem.objects.get(pk=item.pk).change(by=leader, **wrong)
    fresh = an_item("护目镜", category="protection")
    fresh.change(by=leader, unit="副", category="other")
    assert (fresh.unit, fresh.category) == ("副", "other")


def test_two_supplies_of_one_name_and_specification_are_refused(leader):
    an_item()
    with pytest.raises(ValidationError):
        an_item()
    other = an_item(spec="KN95")
    with pytest.raises(ValidationError):
        other.change(by=leader, spec="")


def test_whatever_is_done_the_stock_is_the_sum_and_never_below_zero(leader, inspector):
    """Random acts at random moments; what is refused changes nothing."""
    dice, item = random.Random(2020), an_item()

    def act():
        at, some = H + dice.randrange(200) * HOURS, dice.randrange(1, 40)
        match dice.randrange(6):
            case 0 | 1:
                item.receive(by=leader, quantity=some, kind="purchase", at=at)
            case 2:
                item.use(by=leader, quantity=some, at=at)
            case 3:
                item.issue_to([leader, inspector], by=leader, each=some, at=at)
            case 4:
                item.count(by=leader, counted=some, cause="x", at=at)
            case 5 if rows := list(item.movements.exclude(kind="reversal")):
                row = dice.choice(rows)
                row.reverse(by=leader, cause="x", at=max(at, row.at))

    refused = 0
    for _act in range(150):
        try:
            act()
        except Refused:
            refused += 1
    assert 10 < refused < 140
    assert stock_of(item) >= 0
    moments = set(item.movements.values_list("at", flat=True))
    assert min(item.in_store_at(at) for at in moments) >= 0
