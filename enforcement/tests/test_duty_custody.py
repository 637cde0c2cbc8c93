"""The chain of custody: begun once, passed on at one instant, never with a hole; taken in emergency, approved afterwards."""

import datetime
import itertools

import pytest
from django.db import IntegrityError, transaction

from enforcement.models.duty import Custody, Handover
from enforcement.tests.watches import HOURS, H
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(duty_officer):
    """钟子磊 has the telephone since H."""
    return Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=H)


def handed(outgoing, incoming, at, post="phone"):
    """A whole handover at the moment; returns the new Custody."""
    handover = Handover.objects.prepare(by=outgoing, incoming=incoming, post=post, at=at)
    for item in handover.items.all():
        handover.accept(item, by=incoming, at=at)
    return handover.take_over(by=incoming, at=at)


def chain(post="phone"):
    return list(Custody.objects.filter(post=post).order_by("taken_at", "pk"))


def assert_whole(post="phone"):
    """One open row, the last; each begins when the one before it ends."""
    rows = chain(post)
    assert [row.ended_at is None for row in rows] == [False] * (len(rows) - 1) + [True]
    for before, after in itertools.pairwise(rows):
        assert before.ended_at == after.taken_at and after.previous == before


def test_the_chain_begins_once(held, second_duty_officer):
    with pytest.raises(TooLate, match="钟子磊"):
        Custody.objects.take_first(by=second_duty_officer, post="phone", officer=second_duty_officer)
    assert_whole()


def test_the_posts_have_chains_of_their_own(held, leader):
    Custody.objects.take_first(by=leader, post="leader", officer=leader, at=H)
    assert_whole("phone"), assert_whole("leader")


def test_handing_over_closes_and_opens_at_one_instant_with_two_names(
    held, duty_officer, second_duty_officer, inspector
):
    handed(duty_officer, second_duty_officer, H + 12 * HOURS)
    last = handed(second_duty_officer, inspector, H + 24 * HOURS)
    assert_whole()
    assert (last.handed_by, last.officer, last.handover.incoming) == (second_duty_officer, inspector, inspector)
    for second in range(0, 25 * 3600, 1800):
        assert Custody.objects.filter(post="phone").at(H + datetime.timedelta(seconds=second)).count() == 1


def test_nothing_is_passed_on_before_it_was_taken(held, second_duty_officer):
    with pytest.raises(Refused):
        Custody.objects.take_in_emergency(by=second_duty_officer, post="phone", reason="急病", at=H - HOURS)
    assert_whole()


@pytest.mark.parametrize(
    ("post", "unfit"),
    [("leader", {}), ("phone", {"can_hold_phone": False}), ("phone", {"is_active": False}), ("phone", {"is_wall_screen": True})],
    ids=["no-leader", "no-telephone", "left", "wall"],
)  # fmt: skip
def test_who_cannot_have_the_post_does_not_get_it(post, unfit, duty_officer):
    for field, value in unfit.items():
        setattr(duty_officer, field, value)
    with pytest.raises(Refused):
        Custody.objects.take_first(by=duty_officer, post=post, officer=duty_officer)


def test_an_emergency_take_over_holds_at_once_and_ends_what_was_being_prepared(
    held, duty_officer, second_duty_officer, inspector
):
    prepared = Handover.objects.prepare(by=duty_officer, incoming=inspector, at=H + HOURS)
    taken = Custody.objects.take_in_emergency(by=second_duty_officer, post="phone", reason="突发急病", at=H + 2 * HOURS)
    assert_whole()
    assert (taken.kind, taken.handed_by, taken.reason) == ("takeover", None, "突发急病")
    with pytest.raises(TooLate):
        prepared.take_over(by=inspector)
    assert list(Custody.objects.unapproved()) == [taken]


def test_an_emergency_take_over_needs_its_reason_and_somebody_to_take_it_from(duty_officer, second_duty_officer):
    with pytest.raises(Refused):
        Custody.objects.take_in_emergency(by=second_duty_officer, post="phone", reason="急病")
    Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer)
    for by, reason in ((second_duty_officer, " "), (duty_officer, "急病")):
        with pytest.raises(Refused):
            Custody.objects.take_in_emergency(by=by, post="phone", reason=reason)
    assert_whole()


def test_another_leader_approves_it_once(held, leader, inspector, second_inspector):
    leader.can_hold_phone = True
    taken = Custody.objects.take_in_emergency(by=leader, post="phone", reason="急病", at=H + HOURS)
    for nobody in (leader, inspector):
        with pytest.raises(Refused):
            taken.approve(by=nobody)
    second_inspector.can_lead = True
    taken.approve(by=second_inspector, at=H + 2 * HOURS)
    assert (taken.approved_by, taken.approved_at) == (second_inspector, H + 2 * HOURS)
    with pytest.raises(TooLate, match="孟小涛"):
        taken.approve(by=second_inspector)
    with pytest.raises(Refused):
        held.approve(by=leader)


@pytest.mark.parametrize(
    "second", [{"kind": "first"}, {"kind": "handover", "ended": True}], ids=["two-open", "two-first"]
)
def test_the_database_refuses_a_second_open_row_and_a_second_beginning(held, second_duty_officer, second):
    if second.get("ended"):
        Custody.objects.filter(pk=held.pk).update(ended_at=H + HOURS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.create(post="phone", officer=second_duty_officer, taken_at=H + HOURS, kind="first")


def test_a_row_has_one_row_after_it(held, duty_officer, second_duty_officer):
    handed(duty_officer, second_duty_officer, H + HOURS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.create(
            post="phone",
            officer=duty_officer,
            taken_at=H + HOURS,
            ended_at=H + 2 * HOURS,
            kind="takeover",
            previous=held,
        )
