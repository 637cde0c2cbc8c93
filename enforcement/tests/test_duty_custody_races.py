"""Two at once on the chain of custody and on a handover: one wins, the chain stays whole. Each guard has a control without it."""

import contextlib
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from enforcement.models.duty import Custody, Handover, HandoverItem, custody
from enforcement.models.duty.custody import CustodyQuerySet
from enforcement.tests.test_duty_custody import assert_whole
from enforcement.tests.watches import HOURS, H
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def held(duty_officer):
    return Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=H)


@pytest.fixture
def handover(held, duty_officer, second_duty_officer):
    return Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer, at=H + HOURS)


def takers(*officers, at=None):
    """Acts that each take the open row of the telephone as it was read before any of them wrote."""

    @transaction.atomic
    def take(row, officer):
        return row.pass_on(officer, at=at or H + HOURS, kind="takeover", reason="急病")

    rows = [(Custody.objects.open("phone"), officer) for officer in officers]
    return [lambda row=row, officer=officer: take(row, officer) for row, officer in rows]


def test_of_two_who_take_the_same_post_one_wins(held, second_duty_officer, inspector):
    won, refused = sort_out(at_once(*takers(second_duty_officer, inspector)), TooLate)
    assert len(won) == len(refused) == 1
    assert won[0].officer.name in refused[0].sentence()
    assert_whole()


def test_without_the_condition_on_the_open_row_the_second_is_told_nothing(
    held, second_duty_officer, inspector, monkeypatch
):
    """The control: with a careless `move` the test above fails with an error of the database, its second guard."""
    monkeypatch.setattr(
        custody, "move", lambda rows, *, otherwise, **values: rows.model.objects.filter(pk=held.pk).update(**values)
    )
    outcomes = at_once(*takers(second_duty_officer, inspector))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert_whole()


def _begin(monkeypatch, *officers):
    """All looked before any of them wrote: nobody had the post."""
    looked = CustodyQuerySet.open
    seen = threading.local()

    def before_anybody(self, post):
        first, seen.once = not getattr(seen, "once", False), True
        return None if first else looked(self, post)

    monkeypatch.setattr(CustodyQuerySet, "open", before_anybody)
    return at_once(
        *(lambda o=officer: Custody.objects.take_first(by=o, post="phone", officer=o, at=H) for officer in officers)
    )


def test_of_two_who_begin_the_chain_one_wins(duty_officer, second_duty_officer, monkeypatch):
    won, refused = sort_out(_begin(monkeypatch, duty_officer, second_duty_officer), TooLate)
    assert len(won) == len(refused) == 1
    assert_whole()


@contextlib.contextmanager
def without(*names):
    """The table without these constraints; its rows are gone afterwards."""
    constraints = [constraint for constraint in Custody._meta.constraints if constraint.name in names]
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(Custody, constraint)
    try:
        yield
    finally:
        Custody.objects.all().delete()
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(Custody, constraint)


def test_without_its_constraints_the_chain_would_begin_twice(duty_officer, second_duty_officer, monkeypatch):
    """The control: without them the test above fails."""
    with without("one_open_custody_of_a_post", "one_first_custody_of_a_post"):
        _begin(monkeypatch, duty_officer, second_duty_officer)
        assert Custody.objects.filter(post="phone", ended_at=None).count() == 2


def test_many_take_overs_in_a_row_leave_no_hole(held, second_duty_officer, inspector, second_inspector, trainee):
    people = [second_duty_officer, inspector, second_inspector, trainee]
    acts = [
        lambda o=officer: Custody.objects.take_in_emergency(by=o, post="phone", reason="急病") for officer in people
    ]
    won, _refused = sort_out(at_once(*acts), Refused)
    assert Custody.objects.count() == 1 + len(won) >= 2
    assert_whole()


def test_a_handover_pressed_twice_passes_the_post_once(handover, second_duty_officer):
    mine, yours = Handover.objects.get(pk=handover.pk), Handover.objects.get(pk=handover.pk)
    outcomes = at_once(lambda: mine.take_over(by=second_duty_officer), lambda: yours.take_over(by=second_duty_officer))
    won, refused = sort_out(outcomes, TooLate)
    assert len(won) == len(refused) == 1 and Custody.objects.count() == 2
    assert_whole()


def test_a_handover_and_an_emergency_at_once_leave_one_holder(handover, second_duty_officer, inspector):
    mine = Handover.objects.get(pk=handover.pk)
    outcomes = at_once(
        lambda: mine.take_over(by=second_duty_officer),
        lambda: Custody.objects.take_in_emergency(by=inspector, post="phone", reason="急病"),
    )
    sort_out(outcomes, Refused)
    assert_whole()
    handover.refresh_from_db()
    taken_from_it = Custody.objects.filter(handover=handover).exists()
    assert handover.state == ("taken" if taken_from_it else "withdrawn")


def test_two_prepare_at_once_and_one_is_prepared(held, duty_officer, second_duty_officer, inspector):
    outcomes = at_once(
        lambda: Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer),
        lambda: Handover.objects.prepare(by=duty_officer, incoming=inspector),
    )
    won, refused = sort_out(outcomes, TooLate)
    assert len(won) == len(refused) == 1


def test_two_leaders_countersign_at_once_and_one_name_stands(handover, second_duty_officer, leader, inspector):
    handover.take_over(by=second_duty_officer)
    inspector.can_lead = True
    copies = [Handover.objects.get(pk=handover.pk) for _leader in range(2)]
    outcomes = at_once(
        *(lambda c=c, o=o: c.countersign(by=o) for c, o in zip(copies, (leader, inspector), strict=True))
    )
    _won, refused = sort_out(outcomes, TooLate)
    handover.refresh_from_db()
    assert len(refused) == 1 and handover.countersigned_by.name in refused[0].sentence()


def test_a_matter_added_while_it_is_taken_over_is_refused_or_has_to_be_accepted(
    handover, duty_officer, second_duty_officer
):
    mine, yours = Handover.objects.get(pk=handover.pk), Handover.objects.get(pk=handover.pk)
    outcomes = at_once(
        lambda: mine.note(by=duty_officer, text="又一件"), lambda: yours.take_over(by=second_duty_officer)
    )
    sort_out(outcomes, Refused)
    handover.refresh_from_db()
    assert handover.state == "prepared" or not handover.items.filter(accepted_at=None).exists()


@pytest.mark.postgresql  # SQLite lets one transaction write at a time, so it hides this
def test_without_the_lock_a_matter_would_be_taken_over_unseen(handover, duty_officer, second_duty_officer, monkeypatch):
    """The control: with `_hold` taken out a handover is taken over with an item that nobody accepted."""
    monkeypatch.setattr(Handover, "_hold", lambda self: None)
    counted, appended = threading.Event(), threading.Event()
    pass_on, append = Custody.pass_on, Handover._append

    def slow_pass_on(self, *args, **values):
        counted.set()
        appended.wait(timeout=20)
        return pass_on(self, *args, **values)

    def slow_append(self, matters):
        counted.wait(timeout=20)
        append(self, matters)
        appended.set()

    monkeypatch.setattr(Custody, "pass_on", slow_pass_on)
    monkeypatch.setattr(Handover, "_append", slow_append)
    mine, yours = Handover.objects.get(pk=handover.pk), Handover.objects.get(pk=handover.pk)
    at_once(lambda: mine.note(by=duty_officer, text="又一件"), lambda: yours.take_over(by=second_duty_officer))
    handover.refresh_from_db()
    assert handover.state == "taken" and HandoverItem.objects.filter(handover=handover, accepted_at=None).count() == 1
