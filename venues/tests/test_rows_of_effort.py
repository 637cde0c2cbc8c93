"""The lists behind the effort: one row for each venue reached, those led by the bureau, the violations that were stopped."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from venues.effort import effort
from venues.models import Inspection, Patrol, Violation
from venues.moments import in_address

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def look(inspector, second_inspector):
    """`look(venue, minutes_ago, result, patrol)`: both inspectors on site."""
    import uuid

    def record(venue, minutes, result="closed", patrol=None):
        return Inspection.objects.record(
            by=inspector, client_uuid=uuid.uuid4(), venue=venue, officers=[inspector, second_inspector], patrol=patrol,
            observed_at=timezone.now() - minutes * MINUTE, result=result,
        )  # fmt: skip

    return record


@pytest.fixture
def looks(look, inspector, second_inspector, netbar, ktv):
    patrol = Patrol.objects.depart(
        by=inspector, led_by=inspector, members=[inspector, second_inspector], left_at=timezone.now() - 3000 * MINUTE,
        led_by_bureau=True,
    )  # fmt: skip
    look(netbar, 2990, patrol=patrol)
    look(ktv, 2980, "operating", patrol=patrol)
    look(ktv, 2970, patrol=patrol)  # the same visit
    look(netbar, 100)
    return patrol


def rows(client, name, **asked):
    return client.get(reverse(f"venues:{name}"), asked).context["page"].paginator.count


def test_one_row_for_each_venue_reached(signed_in, leader, looks):
    client, done = signed_in(leader), effort(timezone.now())
    assert rows(client, "inspections") == 4
    assert rows(client, "inspections", effort="on") == done["visits"]["all"] == 3
    assert rows(client, "inspections", reached="on") == done["venues_reached"]["all"] == 2
    assert rows(client, "inspections", bureau="on", effort="on") == 2


def test_a_venue_that_was_reached_before_counts_again_on_its_day(signed_in, leader, looks, look, netbar):
    seen = timezone.now() - 100 * MINUTE
    day = timezone.localdate(seen).isoformat()
    assert rows(signed_in(leader), "inspections", reached="on", **{"from": day}) == 1


def test_of_a_past_moment(signed_in, leader, looks):
    then = {"as_of": in_address(timezone.now() - 2985 * MINUTE)}
    assert rows(signed_in(leader), "inspections", reached="on", **then) == 1
    assert rows(signed_in(leader), "inspections", reached="on", as_of="nonsense") == 0


def test_violations_that_were_stopped_by_then(signed_in, leader, looks):
    found = Violation.objects.get()
    client = signed_in(leader)
    assert rows(client, "violations", stopped="on") == 1
    before = in_address(found.stopped_at - MINUTE)
    assert rows(client, "violations", stopped="on", as_of=before) == 0
    assert rows(client, "violations", as_of=before) == 1


def test_orders_in_force_at_a_past_moment(signed_in, leader, order):
    client, url = signed_in(leader), reverse("venues:orders")
    assert client.get(url, {"as_of": in_address(order.activated_at)}).context["active"] == [order]
    earlier = client.get(url, {"as_of": in_address(order.activated_at - MINUTE)})
    assert earlier.context["active"] == [] and not earlier.context["drafts"]
    assert client.get(url, {"as_of": "nonsense"}).status_code == 302
