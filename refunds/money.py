"""Money: Decimal of two places in Python, whole cents in the database, so that every sum is exact on both databases.

A `DecimalField` is a float as soon as SQLite adds it up: `Sum` of 1,000 × 0.10 is 99.9999999999986, and `== 100` is false.
Here the column is an integer, `Sum`, `Max` and comparisons work on integers, and what comes out is a Decimal again.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext as _

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # what one figure can be at most, far from the end of the integers


def money(value):
    """The Decimal of two places that `value` (Decimal, int, str, or a float by its shortest text) is, halves away from
    nought; None stays None. What is no number raises ValidationError. The one place where money is rounded."""
    if value is None:
        return None
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value).strip())
        if not exact.is_finite() or abs(exact) > MOST:
            raise InvalidOperation
        return exact.quantize(CENT, rounding=ROUND_HALF_UP) + 0  # "+ 0": there is no minus nought
    except InvalidOperation:
        raise ValidationError(_("This is no amount in yuan: write it like 1280.50."), code="invalid") from None


def cents(value):
    """The amount as a whole number of cents, as the database holds it; None stays None."""
    return None if value is None else int(money(value).scaleb(2))


def total(amounts):
    """The exact sum of amounts; those that are unknown (None) are left out."""
    return sum((money(amount) for amount in amounts if amount is not None), Decimal("0.00"))


class MoneyField(models.Field):
    """An amount in yuan: Decimal outside, whole cents inside. Filters, `Sum` and `Max` take and give Decimals; a difference or
    a constant needs `output_field=MoneyField()`."""

    def get_internal_type(self):
        return "BigIntegerField"

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(int(value)).scaleb(-2).quantize(CENT)

    def to_python(self, value):
        return money(value) if value != "" else None

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value is None or hasattr(value, "resolve_expression") else cents(value)

    def value_to_string(self, obj):
        value = self.value_from_object(obj)
        return "" if value is None else str(money(value))

    @property
    def validators(self):
        return [*super().validators, MaxValueValidator(MOST)]

    def formfield(self, **kwargs):
        wanted = {"form_class": forms.DecimalField, "decimal_places": 2, "max_digits": 12, "min_value": Decimal(0)}
        return super().formfield(**wanted | kwargs)
