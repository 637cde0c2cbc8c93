"""Lifting by category × district: all at once, but never a venue with an open violation."""

import pytest
from django.urls import reverse

from conftest import T
from venues.models import ClosureOrder, OrderMove, Target, TargetMove
from venues.tests.forms import filled, sent
from venues.tests.histories import hours, looked
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(order, netbar):
    """`netbar` was found operating and is not stopped."""
    look = looked(netbar, T + hours(1), "operating")
    return netbar.violations.create(opened_by=look, found_at=look.observed_at)


def test_one_category_is_lifted_and_the_order_stays_in_force(order, leader, category, netbar, ktv):
    lifted, blocked = order.lift(by=leader, reason="网吧复工", categories=[category("internet_cafe")], at=T + hours(3))
    assert [target.venue for target in lifted] == [netbar]
    assert blocked == []
    move = TargetMove.objects.get()
    assert (move.kind, move.by, move.reason, move.at) == ("lifted", leader, "网吧复工", T + hours(3))
    assert ClosureOrder.objects.get(pk=order.pk).is_active
    assert order.targets.get(venue=ktv).scope == "in_scope"


def test_one_district_is_lifted(order, leader, make_venue, maiji):
    far = order.add_target(make_venue("麦积网吧", district=maiji), by=leader, reason="漏登")
    lifted, _blocked = order.lift(by=leader, reason="麦积区复工", districts=[maiji])
    assert lifted == [far]


def test_with_the_last_target_the_order_is_lifted(order, leader):
    order.lift(by=leader, reason="疫情结束", at=T + hours(9))
    assert order.status == "lifted"
    assert order.lifted_at == T + hours(9)
    assert OrderMove.objects.filter(to_status="lifted").get().reason == "疫情结束"
    assert TargetMove.objects.filter(kind="lifted").count() == 2


def test_excluded_venues_do_not_keep_an_order_in_force(order, leader, netbar, category):
    order.targets.get(venue=netbar).exclude(by=leader, reason="已拆迁")
    order.lift(by=leader, reason="解除")
    assert order.status == "lifted"
    assert Target.objects.get(venue=netbar).scope == "excluded"


def test_an_open_violation_keeps_its_venue_shut(order, leader, running, netbar, ktv):
    lifted, blocked = order.lift(by=leader, reason="解除")
    assert ([t.venue for t in lifted], [t.venue for t in blocked]) == ([ktv], [netbar])
    assert order.is_active
    assert Target.objects.get(venue=netbar).scope == "in_scope"


def test_when_every_venue_is_blocked_nothing_happens(order, leader, running, category):
    with pytest.raises(Refused):
        order.lift(by=leader, reason="解除", categories=[category("internet_cafe")])
    assert not TargetMove.objects.exists()


def test_an_empty_choice_is_refused(order, leader, category):
    with pytest.raises(Refused):
        order.lift(by=leader, reason="解除", categories=[category("cinema")])


def test_a_reason_is_needed(order, leader):
    with pytest.raises(Refused):
        order.lift(by=leader, reason="")
    assert order.targets.filter(scope="in_scope").count() == 2


def test_a_second_lifting_is_told_who_was_first(order, leader, duty_officer):
    stale = ClosureOrder.objects.get(pk=order.pk)
    order.lift(by=duty_officer, reason="解除", at=T + hours(3))
    with pytest.raises(TooLate, match="钟子磊"):
        stale.lift(by=leader, reason="解除")


def test_the_confirmed_number_must_be_right(order, leader):
    with pytest.raises(TooLate, match="2"):
        order.lift(by=leader, reason="解除", expected=1)
    assert order.is_active
    assert not TargetMove.objects.exists()


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_would_be_lifted_and_what_is_blocked(signed_in, leader, order, running):
    response = signed_in(leader).get(reverse("venues:order_lift", args=[order.pk]))
    context = response.context
    assert (context["lifted"], context["stays"], context["others"], context["ends"]) == (1, 1, 0, False)
    assert "蓝天网吧" in response.content.decode()


def test_the_choice_stands_in_the_address_and_goes_with_the_confirmation(signed_in, leader, order, netbar):
    client, url = signed_in(leader), reverse("venues:order_lift", args=[order.pk])
    page = filled(client.get(url, {"category": "internet_cafe"}))
    assert '<input type="hidden" name="category" value="internet_cafe">' in page
    response = sent(client, url, {"category": ["internet_cafe"], "expected": 1, "reason": "网吧复工"})
    assert response.url == order.get_absolute_url()
    assert TargetMove.objects.get().target.venue == netbar


def test_a_choice_that_is_not_understood_lifts_nothing(signed_in, leader, order):
    client, url = signed_in(leader), reverse("venues:order_lift", args=[order.pk])
    assert client.get(url, {"category": "cinema"}).context["lifted"] == 0
    response = sent(client, url, {"category": ["cinema"], "expected": 2, "reason": "解除"})
    assert response.status_code == 422
    assert not TargetMove.objects.exists()


def test_a_changed_number_asks_again_and_keeps_the_reason(signed_in, leader, order, make_venue):
    client, url = signed_in(leader), reverse("venues:order_lift", args=[order.pk])
    order.add_target(make_venue("漏登网吧"), by=leader, reason="漏登")
    response = sent(client, url, {"expected": 2, "reason": "疫情结束"})
    assert response.status_code == 409
    assert "疫情结束" in response.content.decode()
    assert response.context["lifted"] == 3


def test_the_order_that_ended_has_nothing_to_lift(signed_in, leader, order):
    order.lift(by=leader, reason="解除")
    response = signed_in(leader).get(reverse("venues:order_lift", args=[order.pk]))
    assert response.url == order.get_absolute_url()


def test_only_the_leader_lifts(signed_in, order, duty_officer, inspector, editor, auditor, viewer):
    url = reverse("venues:order_lift", args=[order.pk])
    for officer in (duty_officer, inspector, editor, auditor, viewer):
        assert sent(signed_in(officer), url, {"expected": 2, "reason": "x"}).status_code == 403
