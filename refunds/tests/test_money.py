"""Money is exact: Decimal of two places outside, whole cents inside, the same sums in the database as in Python."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refunds.models import Refund
from refunds.money import cents, money, total
from refunds.tests.making import T, group_of

AMOUNTS = st.decimals("0.01", "99999999.99", places=2)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("1280.5", "1280.50"), (3, "3.00"), (0.1, "0.10"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"),
        (Decimal("1e3"), "1000.00"), (" 12 ", "12.00"), ("-0.001", "0.00"),
    ],
)  # fmt: skip
def test_everything_becomes_two_places_by_one_helper(value, exact):
    assert str(money(value)) == exact


@pytest.mark.parametrize("value", ["", "many", "nan", "inf", "1e99", float("nan")])
def test_what_is_no_amount_is_refused_in_words(value):
    with pytest.raises(ValidationError):
        money(value)


def test_unknown_stays_unknown():
    assert money(None) is None and cents(None) is None and total([None, None]) == 0


@given(st.lists(AMOUNTS))
def test_the_sum_of_money_is_the_sum_of_its_cents(amounts):
    assert total(amounts) == Decimal(sum(cents(amount) for amount in amounts)).scaleb(-2)


@pytest.fixture
def group(agency):
    return group_of(agency)


def _entries(group, amounts):
    Refund.objects.bulk_create(
        Refund(group=group, agency_id=group.agency_id, heads=1, amount=a, paid_on=T.date(), occurred_at=T)
        for a in amounts
    )


def test_a_thousand_times_ten_cents_are_a_hundred_yuan(group):
    """The plain `Sum` of a decimal column says 99.9999999999986 on SQLite."""
    _entries(group, [Decimal("0.10")] * 1000)
    assert Refund.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal("100.00")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_the_database_adds_up_like_python(group, amounts):
    with transaction.atomic():
        _entries(group, amounts)
        found = Refund.objects.aggregate(sum=Sum("amount"), most=Max("amount"))
        assert (found["sum"], found["most"]) == (total(amounts), max(amounts))
        row = group.__class__.objects.as_of(T).get()
        assert row.paid_amount == total(amounts) == group.facts(T).paid_amount
        assert Refund.objects.filter(amount__lte=min(amounts)).exists()
        transaction.set_rollback(True)
