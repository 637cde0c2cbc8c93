"""Late additions: venues that were missing from the frozen list, with the reason."""

import pytest
from django.urls import reverse

from conftest import T
from venues.models import Target
from venues.standing import Standing
from venues.tests.forms import filled, sent
from venues.tests.histories import hours
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def missing(order, make_venue):
    """An internet cafe that came into the registry after the activation."""
    return make_venue("漏登网吧", manager="单小燕")


def test_a_late_addition_keeps_who_when_why_and_its_card(order, missing, leader):
    target = order.add_target(missing, by=leader, reason="名录漏登", at=T + hours(2))
    target.refresh_from_db()
    assert (target.late, target.added_reason, target.added_by) == (True, "名录漏登", leader)
    assert (target.added_at, target.name, target.manager) == (T + hours(2), "漏登网吧", "单小燕")


def test_it_counts_from_its_moment_on(order, missing, leader):
    order.add_target(missing, by=leader, reason="名录漏登", at=T + hours(2))
    assert len(Standing(order, T + hours(1)).targets) == 2
    assert len(Standing(order, T + hours(2)).targets) == 3
    assert not order.late_additions(T + hours(1))
    assert [target.name for target in order.late_additions(T + hours(2))] == ["漏登网吧"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(order, missing, leader, reason):
    with pytest.raises(Refused):
        order.add_target(missing, by=leader, reason=reason)
    assert not Target.objects.filter(venue=missing).exists()


def test_a_venue_is_on_the_list_once(order, netbar, leader):
    with pytest.raises(TooLate) as refusal:
        order.add_target(netbar, by=leader, reason="漏登")
    assert "武桂平" in refusal.value.sentence()
    assert order.targets.count() == 2


def test_the_survivor_of_a_listed_venue_is_already_on_the_list(order, netbar, make_venue, leader):
    survivor = make_venue("蓝天网咖")
    type(netbar).objects.filter(pk=netbar.pk).update(merged_into=survivor)
    with pytest.raises(TooLate, match="蓝天网吧"):
        order.add_target(survivor, by=leader, reason="漏登")


def test_an_excluded_venue_is_reinstated_not_added(order, netbar, leader):
    order.targets.get(venue=netbar).exclude(by=leader, reason="误列")
    with pytest.raises(TooLate):
        order.add_target(netbar, by=leader, reason="漏登")


@pytest.mark.parametrize("status", ["ceased", "revoked", "moved", "unlicensed"])
def test_what_cannot_be_a_target_says_why(order, make_venue, leader, status):
    venue = make_venue("某网吧", operating_status=status)
    with pytest.raises(Refused) as refusal:
        order.add_target(venue, by=leader, reason="漏登")
    assert str(venue.get_operating_status_display()) in refusal.value.sentence()


@pytest.mark.parametrize("status", ["active", "dormant", "unlocatable"])
def test_what_can_be_a_target_is_added(order, make_venue, leader, status):
    assert order.add_target(make_venue("某网吧", operating_status=status), by=leader, reason="漏登").late


def test_a_merged_entry_names_its_survivor(order, make_venue, netbar, leader):
    with pytest.raises(Refused, match="蓝天网吧"):
        order.add_target(make_venue("旧名网吧", merged_into=netbar), by=leader, reason="漏登")


def test_the_scope_of_the_order_does_not_grow(order, make_venue, maiji, qinzhou, leader):
    with pytest.raises(Refused):
        order.add_target(make_venue("秦州影城", category_slug="cinema"), by=leader, reason="漏登")
    order.districts.set([qinzhou])
    with pytest.raises(Refused):
        order.add_target(make_venue("麦积网吧", district=maiji), by=leader, reason="漏登")


def test_the_page_finds_chooses_and_adds(signed_in, leader, order, missing):
    client, url = signed_in(leader), reverse("venues:target_add", args=[order.pk])
    found = sent(client, url, {"venue_q": "ldwb", "reason": "名录漏登"})
    assert found.status_code == 422  # without JavaScript the first sending searches
    assert "漏登网吧" in found.content.decode()
    assert "名录漏登" in found.content.decode()
    response = sent(client, url, {"venue": missing.pk, "reason": "名录漏登"})
    assert response.url == Target.objects.get(venue=missing).get_absolute_url()


def test_the_page_says_why_a_venue_cannot_be_added(signed_in, leader, order, netbar):
    url = reverse("venues:target_add", args=[order.pk])
    response = sent(signed_in(leader), url, {"venue": netbar.pk, "reason": "漏登"})
    assert response.status_code == 409
    assert "武桂平" in response.content.decode()


def test_a_venue_may_be_named_in_the_address(signed_in, leader, order, missing):
    page = filled(signed_in(leader).get(reverse("venues:target_add", args=[order.pk]), {"venue": missing.pk}))
    assert "漏登网吧" in page


def test_only_the_leader_adds(signed_in, order, missing, duty_officer, inspector, editor, viewer):
    url = reverse("venues:target_add", args=[order.pk])
    for officer in (duty_officer, inspector, editor, viewer):
        assert sent(signed_in(officer), url, {"venue": missing.pk, "reason": "x"}).status_code == 403
