"""Every pair of states of an order: allowed, or refused with a sentence and without a trace."""

import datetime

import pytest

from conftest import T
from venues.models import ClosureOrder, OrderMove, Target
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db
Status = ClosureOrder.Status

ALLOWED = {
    (Status.DRAFT, Status.DRAFT), (Status.DRAFT, Status.ACTIVE), (Status.DRAFT, Status.CANCELLED),
    (Status.ACTIVE, Status.LIFTED), (Status.ACTIVE, Status.CANCELLED),
}  # fmt: skip


@pytest.fixture
def order_in(order, category, leader, make_venue):
    """`order_in(status)`: an order that came to this status by its acts."""

    def make(status):
        draft = ClosureOrder.objects.draft(
            by=leader, categories=[category("cinema")], number="2号", title="影院", issued_at=T, effective_at=T,
            deadline_at=T + datetime.timedelta(hours=4),
        )  # fmt: skip
        make_venue("秦州影城", category_slug="cinema")
        if status in (Status.ACTIVE, Status.LIFTED):
            draft.activate(by=leader, typed_total=1, at=T)
        if status == Status.LIFTED:
            draft.lift(by=leader, reason="疫情结束")
        if status == Status.CANCELLED:
            draft.cancel(by=leader, reason="误发")
        return ClosureOrder.objects.get(pk=draft.pk)

    return make


ACTS = {
    Status.DRAFT: lambda order, by: order.revise(
        by=by, revision=order.revision, categories=order.categories.all(), title="改"
    ),
    Status.ACTIVE: lambda order, by: order.activate(by=by, typed_total=1, at=T),
    Status.LIFTED: lambda order, by: order.lift(by=by, reason="结束"),
    Status.CANCELLED: lambda order, by: order.cancel(by=by, reason="误发"),
}


@pytest.mark.parametrize("to", Status, ids=str)
@pytest.mark.parametrize("before", Status, ids=str)
def test_only_the_moves_of_the_table_are_made(before, to, order_in, leader):
    order = order_in(before)
    moves = OrderMove.objects.filter(order=order).count()
    if (before, to) in ALLOWED:
        ACTS[to](order, leader)
        assert ClosureOrder.objects.get(pk=order.pk).status == to
        last = OrderMove.objects.filter(order=order).last()
        assert (last.from_status, last.to_status, last.by) == (before, to, leader)
        assert OrderMove.objects.filter(order=order).count() == moves + 1
    else:
        with pytest.raises(TooLate):
            ACTS[to](order, leader)
        assert ClosureOrder.objects.get(pk=order.pk).status == before
        assert OrderMove.objects.filter(order=order).count() == moves


def test_the_table_of_the_model_is_the_one_tested_here():
    assert {(before, to) for before, after in ClosureOrder.MOVES.items() for to in after} == ALLOWED


@pytest.mark.parametrize("before", [Status.DRAFT, Status.LIFTED, Status.CANCELLED], ids=str)
def test_the_list_changes_only_while_the_order_is_in_force(before, order_in, leader, make_venue):
    order = order_in(before)
    late = make_venue("迟到影城", category_slug="cinema")
    with pytest.raises(TooLate):
        order.add_target(late, by=leader, reason="漏登")
    for target in Target.objects.filter(order=order):
        with pytest.raises(TooLate):
            target.exclude(by=leader, reason="误列")
        with pytest.raises(TooLate):
            target.reinstate(by=leader, reason="误列")


def test_a_stale_object_is_told_who_was_first_and_when(order_in, leader, duty_officer):
    order = order_in(Status.DRAFT)
    stale = ClosureOrder.objects.get(pk=order.pk)
    order.cancel(by=duty_officer, reason="误发", at=T)
    with pytest.raises(TooLate) as refusal:
        stale.activate(by=leader, typed_total=1, at=T)
    sentence = refusal.value.sentence()
    assert "钟子磊" in sentence
    assert "2020-01-24 16:30" in sentence


def test_a_lifted_order_has_its_end(order_in):
    order = order_in(Status.LIFTED)
    assert order.lifted_at is not None
    assert order.ended_at == order.lifted_at
    assert not ClosureOrder.objects.active(order.lifted_at).filter(pk=order.pk).exists()
    assert ClosureOrder.objects.active(T).filter(pk=order.pk).exists()


def test_moves_of_an_order_are_never_changed(order_in):
    move = order_in(Status.ACTIVE).moves.last()
    move.reason = "别的"
    with pytest.raises(Refused):
        move.save()
