"""Two at once on an order and its list: one wins, the other is told who and when. Each race has a control that shows
what happens without the guard."""

import datetime
import threading

import pytest

from conftest import T
from venues.models import ClosureOrder, OrderMove, Target, TargetMove
from venues.tests.racing import at_once, sort_out
from venues.transitions import TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(leader, category, netbar, ktv):
    return ClosureOrder.objects.draft(
        by=leader, categories=[category("internet_cafe"), category("song_dance")], number="天文旅令〔2020〕1号",
        title="关于暂停营业的紧急通知", issued_at=T, effective_at=T, deadline_at=T + datetime.timedelta(hours=4),
    )  # fmt: skip


def _draft_seen_by(pk):
    return ClosureOrder.objects.get(pk=pk)


def test_of_two_activations_one_wins(draft, leader, duty_officer):
    def activate(by):
        seen = _draft_seen_by(draft.pk)
        return lambda: seen.activate(by=by, typed_total=2, at=T)

    won, refusals = sort_out(at_once(*[activate(by) for by in (leader, duty_officer)] * 4), TooLate)
    assert (len(won), len(refusals)) == (1, 7)
    assert OrderMove.objects.filter(to_status="active").count() == 1
    assert Target.objects.count() == 2
    winner = OrderMove.objects.get(to_status="active").by.name
    assert all(winner in refusal.sentence() for refusal in refusals)


def test_control_read_then_save_activates_twice(draft, leader, duty_officer):
    both_read = threading.Barrier(2)

    def activate(by):
        order = ClosureOrder.objects.get(pk=draft.pk)
        if order.is_draft:
            both_read.wait(timeout=20)
            order.status, order.activated_at = "active", T
            order.save()
            OrderMove.objects.create(order=order, at=T, by=by, from_status="draft", to_status="active")

    at_once(lambda: activate(leader), lambda: activate(duty_officer))
    assert OrderMove.objects.filter(to_status="active").count() == 2


def test_of_an_activation_and_a_change_of_the_draft_one_wins(draft, leader, duty_officer, category):
    activating, changing = _draft_seen_by(draft.pk), _draft_seen_by(draft.pk)
    won, refusals = sort_out(
        at_once(
            lambda: activating.activate(by=leader, typed_total=2, at=T, revision=0),
            lambda: changing.revise(by=duty_officer, revision=0, categories=[category("cinema")], title="改"),
        ),
        TooLate,
    )
    assert (len(won), len(refusals)) == (1, 1)
    order = ClosureOrder.objects.get()
    assert Target.objects.count() == (2 if order.is_active else 0)
    assert order.categories.count() == (2 if order.is_active else 1)


def test_of_two_changes_of_one_draft_one_wins(draft, leader, duty_officer):
    def change(by):
        seen = _draft_seen_by(draft.pk)
        return lambda: seen.revise(by=by, revision=0, categories=seen.categories.all(), title=f"{by.name}改的")

    won, refusals = sort_out(at_once(*[change(by) for by in (leader, duty_officer)] * 2), TooLate)
    assert (len(won), len(refusals)) == (1, 3)
    draft.refresh_from_db()
    winner = OrderMove.objects.get(from_status="draft").by
    assert draft.title == f"{winner.name}改的"
    assert all(winner.name in refusal.sentence() for refusal in refusals)


def test_of_two_exclusions_one_wins(order, netbar, leader, duty_officer):
    def exclude(by):
        seen = Target.objects.get(venue=netbar)
        return lambda: seen.exclude(by=by, reason=f"{by.name}说已拆迁")

    won, refusals = sort_out(at_once(*[exclude(by) for by in (leader, duty_officer)] * 4), TooLate)
    assert (len(won), len(refusals)) == (1, 7)
    move = TargetMove.objects.get()
    assert all(move.by.name in refusal.sentence() for refusal in refusals)


def test_control_read_then_save_excludes_twice(order, netbar, leader, duty_officer):
    both_read = threading.Barrier(2)

    def exclude(by):
        target = Target.objects.get(venue=netbar)
        if target.in_scope:
            both_read.wait(timeout=20)
            target.scope = "excluded"
            target.save()
            TargetMove.objects.create(target=target, kind="excluded", at=T, by=by, reason="已拆迁")

    at_once(lambda: exclude(leader), lambda: exclude(duty_officer))
    assert TargetMove.objects.count() == 2


def test_of_an_exclusion_and_a_lifting_one_wins_for_each_target(order, netbar, leader, duty_officer):
    excluding, lifting = Target.objects.get(venue=netbar), _draft_seen_by(order.pk)
    at_once(
        lambda: excluding.exclude(by=leader, reason="已拆迁"),
        lambda: lifting.lift(by=duty_officer, reason="疫情结束"),
    )
    target = Target.objects.get(venue=netbar)
    assert [move.kind for move in target.moves.all()] == [target.scope]
    assert ClosureOrder.objects.get().status == "lifted"


def test_a_reinstatement_never_leaves_a_lifted_order_with_a_target_in_scope(order, netbar, leader, duty_officer):
    Target.objects.get(venue=netbar).exclude(by=leader, reason="误列")
    returning, lifting = Target.objects.get(venue=netbar), _draft_seen_by(order.pk)
    at_once(
        lambda: returning.reinstate(by=leader, reason="查实仍营业"),
        lambda: lifting.lift(by=duty_officer, reason="疫情结束"),
    )
    if ClosureOrder.objects.get().status == "lifted":
        assert not Target.objects.in_scope().exists()
    else:  # pragma: no cover - never: the lifting waits and takes what is there
        raise AssertionError


def test_of_two_liftings_one_wins(order, leader, duty_officer):
    def lift(by):
        seen = _draft_seen_by(order.pk)
        return lambda: seen.lift(by=by, reason="疫情结束")

    won, refusals = sort_out(at_once(lift(leader), lift(duty_officer), lift(leader)), TooLate)
    assert (len(won), len(refusals)) == (1, 2)
    assert TargetMove.objects.filter(kind="lifted").count() == 2
    assert OrderMove.objects.filter(to_status="lifted").count() == 1


def test_of_two_late_additions_of_one_venue_one_wins(order, make_venue, leader, duty_officer):
    missing = make_venue("漏登网吧")

    def add(by):
        seen = _draft_seen_by(order.pk)
        return lambda: seen.add_target(missing, by=by, reason="漏登")

    won, refusals = sort_out(at_once(add(leader), add(duty_officer), add(leader)), TooLate)
    assert (len(won), len(refusals)) == (1, 2)
    assert Target.objects.filter(venue=missing).count() == 1
