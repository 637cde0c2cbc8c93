"""Two facts of one target at once: the cached facts know both afterwards."""

import threading

import pytest

from venues import standing
from venues.facts import PLACE, derive
from venues.models import Target
from venues.states import FACT_FIELDS
from venues.tests.histories import T, hours, issued, told
from venues.tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _is_cached(target):
    target = Target.objects.annotate(place=PLACE).select_related("order").get(pk=target.pk)
    facts = derive([target])[target.pk]
    return all(getattr(target, field) == getattr(facts, field) for field in FACT_FIELDS)


def _append(target, at, outcome):
    from django.db import transaction

    def act():
        with transaction.atomic():
            told(target, at, outcome)
            standing.refresh([target])

    return act


def test_facts_written_at_the_same_time_are_all_in_the_cache(netbar):
    target = issued([netbar]).targets.get()
    for start in range(4):
        acts = [_append(target, T + hours(start + n / 10), "no_answer") for n in range(4)]
        assert at_once(*acts) == [None] * 4
        assert _is_cached(target)
    assert Target.objects.get().attempts == 16


@pytest.mark.postgresql
def test_control_without_the_lock_the_cache_misses_one(netbar, monkeypatch):
    """The rows are read before the other transaction is through; SQLite has one writer, so it cannot happen there."""
    target = issued([netbar]).targets.get()
    both_wrote, original = threading.Barrier(2), standing.derive

    def derive_together(targets, *args):
        both_wrote.wait(timeout=20)
        facts = original(targets, *args)
        both_wrote.wait(timeout=20)
        return facts

    monkeypatch.setattr(standing, "derive", derive_together)
    unlocked = Target.objects.all()
    monkeypatch.setattr(type(unlocked), "select_for_update", lambda self, **options: self.all())
    assert at_once(*[_append(target, T + hours(n), "no_answer") for n in (1, 2)]) == [None, None]
    monkeypatch.undo()
    assert not _is_cached(target)
