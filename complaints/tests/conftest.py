"""Callers for the tests that look for them where they must not be."""

import pytest

from complaints.tests import secret_callers


@pytest.fixture
def seeded(signed_in, duty_officer, inspector, order, netbar):
    """Every kind of caller, brought in by the forms: {what: object}; `order` is in force over `netbar`."""
    return secret_callers.bring_in(signed_in(duty_officer), signed_in(inspector), venue=netbar, inspector=inspector)
