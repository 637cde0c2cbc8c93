"""The status of a group: every rule by name, and the derivation equal to its SQL twin on random ledgers at random moments."""

import datetime
import itertools
from collections import Counter
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refunds.models import Deduction, DeductionDecision, GroupLine, Refund, TourGroup
from refunds.status import RANK, Disposition, Facts, Status, derive, moment_of, today, worst
from refunds.tests.making import T, date, group_of, on

YUAN = Decimal


def facts(**given):
    return Facts(**{"disposition": "cancelled", "heads": 10} | given)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "cancelled_unpaid"),
        ({"paid_heads": 4}, "part_refunded"),
        ({"paid_heads": 10}, "refunded"),
        ({"paid_heads": 11}, "over_refunded"),
        ({"disposition": "cut_short", "paid_heads": 10}, "refunded"),
        ({"disposition": "postponed"}, "settled_otherwise"),
        ({"disposition": "postponed", "paid_heads": 3}, "settled_otherwise"),
        ({"amount_due": YUAN(0)}, "nothing_due"),
        ({"amount_due": YUAN(500), "accepted": YUAN(500)}, "nothing_due"),
        ({"amount_due": YUAN(500), "accepted": YUAN(500), "paid_heads": 1}, "over_refunded"),
        ({"amount_due": YUAN(500)}, "cancelled_unpaid"),
        ({"amount_due": YUAN(500), "paid_heads": 10, "heads_without_amount": 10}, "refunded"),
        ({"amount_due": YUAN(500), "paid_heads": 10, "paid_amount": YUAN(500)}, "refunded"),
        ({"amount_due": YUAN(500), "paid_heads": 10, "paid_amount": YUAN("499.99")}, "part_refunded"),
        ({"amount_due": YUAN(500), "paid_heads": 10, "paid_amount": YUAN("500.01")}, "over_refunded"),
        ({"amount_due": YUAN(500), "paid_heads": 9, "paid_amount": YUAN(500)}, "part_refunded"),
        ({"amount_due": YUAN(500), "accepted": YUAN(100), "paid_heads": 10, "paid_amount": YUAN(400)}, "refunded"),
        ({"amount_due": YUAN(500), "paid_heads": 10, "paid_amount": YUAN(300), "heads_without_amount": 4}, "refunded"),
        ({"paid_amount": YUAN(1)}, "part_refunded"),
        ({"disposition": "booked"}, "booked"),
        ({"disposition": "booked", "depart_on": date(31)}, "booked"),
        ({"disposition": "booked", "depart_on": date(30)}, "travelling"),
        ({"disposition": "booked", "depart_on": date(28), "return_on": date(30)}, "travelling"),
        ({"disposition": "booked", "depart_on": date(28), "return_on": date(29)}, "completed"),
        ({"disposition": "travelling"}, "travelling"),
        ({"disposition": "travelling", "return_on": date(29)}, "completed"),
        ({"disposition": "completed", "depart_on": date(31)}, "completed"),
    ],
    ids=lambda v: v if isinstance(v, str) else "-".join(f"{k}={x}" for k, x in v.items()) or "nothing",
)
def test_each_rule_gives_its_status(given, status):
    assert derive(facts(**given), on(30)) == status


def test_at_midnight_sharp_the_day_that_ended_still_counts():
    booked = facts(disposition="booked", depart_on=date(31))
    assert derive(booked, on(31, 0)) == "booked"
    assert derive(booked, on(31, 1)) == "travelling"
    assert (today(on(31, 0)), today(on(31, 1))) == (date(30), date(31))


def test_a_date_counts_at_its_end_or_when_it_was_told():
    assert moment_of(date(28), on(30)) == on(29, 0)
    assert moment_of(date(30), on(30, 9)) == on(30, 9)


def test_an_agency_is_called_by_the_worst_of_its_groups():
    assert worst(["refunded", "part_refunded", "cancelled_unpaid"]) == "cancelled_unpaid"
    assert worst(["refunded", "part_refunded"]) == "part_refunded"
    assert worst(["refunded"]) == "refunded"
    assert worst([]) is None
    assert set(RANK) == set(Status.values)


def test_a_group_as_of_a_moment_is_its_latest_line_by_then(agency):
    group = group_of(agency, at=on(27), disposition="booked", depart_on=date(40), return_on=None)
    group.call_off(by=None, at=on(29))
    assert group.status_at(on(26)) is None
    assert not TourGroup.objects.as_of(on(26)).exists()
    assert [group.status_at(on(day)) for day in (28, 30)] == ["booked", "cancelled_unpaid"]
    assert [TourGroup.objects.as_of(on(day)).get().status for day in (28, 30)] == ["booked", "cancelled_unpaid"]


MOMENTS = st.integers(0, 9).map(lambda step: T + step * datetime.timedelta(hours=12))
DATES = st.none() | st.integers(20, 40).map(date)
FEW = st.none() | st.integers(0, 6).map(lambda n: YUAN(n) * 50)
LINES = st.lists(
    st.tuples(MOMENTS, st.sampled_from(Disposition.values), st.integers(1, 4), FEW, DATES, DATES), max_size=3
)
ENTRIES = st.lists(
    st.tuples(MOMENTS, st.integers(0, 3), st.none() | st.integers(1, 4), st.none() | MOMENTS), max_size=5
)
CLAIMS = st.lists(st.tuples(MOMENTS, st.integers(1, 4), st.none() | MOMENTS, st.booleans()), max_size=2)


def _write(group, lines, entries, claims):
    GroupLine.objects.bulk_create(
        GroupLine(
            group=group, occurred_at=at, disposition=disposition, heads=heads, amount_due=due, depart_on=departs,
            return_on=None if returns and departs and returns < departs else returns,
        )
        for at, disposition, heads, due, departs, returns in lines
    )  # fmt: skip
    for at, heads, fifties, reversed_at in entries:
        if heads == 0 and fifties is None:
            continue
        amount = None if fifties is None else YUAN(fifties * 50)
        told = {"group": group, "agency_id": group.agency_id, "paid_on": at.date()}
        entry = Refund.objects.create(heads=heads, amount=amount, occurred_at=at, **told)
        if reversed_at:
            Refund.objects.create(
                heads=-heads, amount=None if amount is None else -amount, occurred_at=max(at, reversed_at),
                reverses=entry, cause="mistake", **told,
            )  # fmt: skip
    for at, fifties, decided_at, accepted in claims:
        claim = Deduction.objects.create(group=group, amount=YUAN(fifties * 50), kind="visa", occurred_at=at)
        if decided_at:
            DeductionDecision.objects.create(deduction=claim, accepted=accepted, occurred_at=max(at, decided_at))


def test_the_twin_agrees_on_every_mixture_of_heads_and_amounts(agency):
    """The grid that chance seldom meets: heads and amounts, each too few, enough, too many, known or not."""
    payments = [(1, None), (2, None), (3, None), (2, 1), (2, 2), (1, 2), (2, 3), (0, 1), (0, 2)]
    ledgers = [[], *([one] for one in payments), *([one, two] for one in payments for two in payments)]
    grid = itertools.product((None, 0, 2, 4), ([], [(T, 2, T, True)], [(T, 2, T, False)]), ledgers)
    found = Counter()
    for number, (due, claims, ledger) in enumerate(grid):
        group = TourGroup.objects.create(agency=agency, number=str(number))
        line = (T, "cancelled", 2, None if due is None else YUAN(due * 50), None, None)
        _write(group, [line], [(T, heads, fifties, None) for heads, fifties in ledger], claims)
    for row in TourGroup.objects.as_of(T):
        assert row.status == row.status_at(T), row.facts(T)
        found[row.status] += 1
    assert set(found) == {"cancelled_unpaid", "part_refunded", "refunded", "over_refunded", "nothing_due"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(LINES, ENTRIES, CLAIMS), min_size=1, max_size=3), st.lists(MOMENTS, min_size=1, max_size=4))
def test_the_derivation_equals_its_sql_twin_on_random_ledgers(agency, histories, moments):
    with transaction.atomic():
        groups = [TourGroup.objects.create(agency=agency, number=str(n)) for n in range(len(histories))]
        for group, history in zip(groups, histories, strict=True):
            _write(group, *history)
        for at in moments:
            rows = {row.pk: row for row in TourGroup.objects.as_of(at)}
            for group in groups:
                row, facts = rows.get(group.pk), group.facts(at)
                assert (row and row.status) == group.status_at(at)
                if row is not None:
                    names = ("heads", "paid_heads", "paid_amount", "heads_without_amount", "accepted", "amount_due")
                    assert [getattr(row, name) for name in names] == [getattr(facts, name) for name in names]
                    assert row.status in Status.values
        transaction.set_rollback(True)
