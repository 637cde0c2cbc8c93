"""Callers for the tests that look for them where they must not be; the call form in a real browser."""

import pytest

from complaints.tests import secret_callers
from complaints.tests.calling import CALL, enter


@pytest.fixture
def seeded(signed_in, duty_officer, inspector, order, netbar):
    """Every kind of caller, brought in by the forms: {what: object}; `order` is in force over `netbar`."""
    return secret_callers.bring_in(signed_in(duty_officer), signed_in(inspector), venue=netbar, inspector=inspector)


@pytest.fixture
def call_form(page, live_server, signed_in, duty_officer, qinzhou):
    """The call form, open in the browser of the duty officer."""
    enter(page, live_server, signed_in(duty_officer))
    page.goto(live_server.url + CALL)
    return page
