"""Addresses and forms that nobody means: clear refusals, never a failure of ours; on both databases."""

import pytest
from django.urls import reverse

DAYS = ["9999-12-31", "0001-01-01", "1989-12-31", "2200-01-01"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    "address",
    ["/orders/{order}/?as_of=", "/orders/{order}/targets/?as_of=", "/orders/{order}/notices/?as_of=", "/venues/{venue}/?as_of=",
     "/venues/{venue}/?before=", "/inspections/?as_of=", "/inspections/?until=", "/inspections/?from=", "/patrols/?until=",
     "/alerts/?until=", "/violations/?from="],
)  # fmt: skip
def test_a_day_at_the_edge_of_the_calendar(signed_in, leader, order, netbar, address, day):
    answer = signed_in(leader).get(address.format(order=order.pk, venue=netbar.pk) + day, follow=True)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:00"])
def test_a_moment_at_the_edge_of_the_calendar_in_a_draft(signed_in, leader, category, moment):
    fields = {
        "number": "1", "title": "x", "issued_at": moment, "categories": [category("internet_cafe").pk],
        "form_key": "8c2a8b0e-7f59-4a2b-8e46-0d3f5d1f0b11",
    }  # fmt: skip
    answer = signed_in(leader).post(reverse("venues:order_new"), fields)
    assert answer.status_code == 422
    assert "id_issued_at_error" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/patrols/%00/",
        "/orders/{order}/scope/?district=%00",
        "/venues/?q=%00",
        "/inspections/?patrol=%00",
        "/orders/%00/",
    ],
)
def test_a_nul_in_the_address(signed_in, leader, order, address):
    assert signed_in(leader).get(address.format(order=order.pk)).status_code in (400, 404)


@pytest.mark.parametrize("query", ["role=%00", "act=%00", "at__year=99999999"])
def test_odd_filters_of_the_administration(signed_in, auditor, query):
    for name in ("enforcement_officer", "enforcement_auditentry"):
        answer = signed_in(auditor).get(reverse(f"admin:{name}_changelist") + "?" + query)
        assert answer.status_code in (200, 302, 400)


def test_a_number_of_thousands_of_digits(signed_in, leader, duty_officer, order):
    nines = "9" * 5000
    key = {"form_key": "8c2a8b0e-7f59-4a2b-8e46-0d3f5d1f0b12"}
    answer = signed_in(duty_officer).post(reverse("venues:calldown", args=[order.pk]), {"target": nines, **key})
    assert answer.status_code == 404
    client = signed_in(leader)
    for address in (f"/inspections/new/?venue={nines}", f"/inspections/?patrol={nines}", f"/orders/{nines}/"):
        assert client.get(address).status_code in (200, 404)


NUL = "a\0b"


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/calls/new/", {"add_to": NUL}),
        ("/calls/new/", {"content": NUL}),
        ("/calls/history/", {"number": NUL}),
        ("/calls/draft/", {"keys": NUL}),
        ("/callers/search/", {"number": NUL}),
        ("/complaints/TS20200127-001/reveal/", {"reason": NUL}),
    ],
)
def test_a_nul_in_a_form_is_refused_for_every_view_alike(signed_in, leader, address, fields):
    key = {"form_key": "8c2a8b0e-7f59-4a2b-8e46-0d3f5d1f0b13"}
    assert signed_in(leader).post(address, {**fields, **key}).status_code == 400


def test_a_nul_in_the_name_of_a_field_and_in_the_sign_in_is_refused_too(signed_in, leader, client):
    answer = signed_in(leader).post("/calls/new/", "a%00b=x", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert client.post("/login/", {"username": NUL, "password": "x"}).status_code == 400
