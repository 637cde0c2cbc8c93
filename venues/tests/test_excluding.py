"""Exclusion and return of a target: with who, when and why, beside the percentage."""

import datetime

import pytest
from django.urls import reverse

from conftest import T
from venues.models import Target, TargetMove
from venues.tests.forms import filled, sent
from venues.tests.histories import hours, looked
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(order, netbar):
    return order.targets.get(venue=netbar)


@pytest.fixture
def running(target, inspector, second_inspector):
    """The target's venue was found operating and is not stopped."""
    look = looked(target.venue, T + hours(1), "operating")
    return target.venue.violations.create(opened_by=look, found_at=look.observed_at)


def test_an_exclusion_keeps_who_when_and_why(target, leader):
    target.exclude(by=leader, reason="已拆迁", at=T + hours(1))
    move = TargetMove.objects.get()
    assert (move.kind, move.by, move.reason, move.at) == ("excluded", leader, "已拆迁", T + hours(1))
    assert Target.objects.get(pk=target.pk).scope == "excluded"


def test_it_stands_beside_the_percentage_from_its_moment_on(order, target, leader):
    target.exclude(by=leader, reason="已拆迁", at=T + hours(1))
    assert not order.exclusions(T + datetime.timedelta(minutes=59))
    assert [move.reason for move in order.exclusions(T + hours(1))] == ["已拆迁"]


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_without_a_reason_nobody_is_excluded(target, leader, reason):
    with pytest.raises(Refused):
        target.exclude(by=leader, reason=reason)
    assert Target.objects.get(pk=target.pk).scope == "in_scope"


def test_an_open_violation_forbids_it(target, leader, running):
    with pytest.raises(Refused):
        target.exclude(by=leader, reason="已拆迁")
    assert not TargetMove.objects.exists()


def test_an_open_violation_of_the_venue_that_it_was_merged_into_forbids_it_too(target, leader, make_venue):
    survivor = make_venue("蓝天网咖")
    type(survivor).objects.filter(pk=target.venue_id).update(merged_into=survivor)
    look = looked(survivor, T + hours(1), "operating")
    survivor.violations.create(opened_by=look, found_at=look.observed_at)
    with pytest.raises(Refused):
        target.exclude(by=leader, reason="已拆迁")


def test_a_stopped_violation_does_not(target, leader, running):
    running.state, running.stopped_at = "stopped", T + hours(2)
    running.save()
    target.exclude(by=leader, reason="已拆迁")


def test_the_second_exclusion_is_told_who_was_first(target, leader, duty_officer):
    stale = Target.objects.get(pk=target.pk)
    target.exclude(by=duty_officer, reason="已拆迁", at=T + hours(1))
    with pytest.raises(TooLate) as refusal:
        stale.exclude(by=leader, reason="已拆迁")
    assert "钟子磊" in refusal.value.sentence()
    assert "2020-01-24 17:30" in refusal.value.sentence()
    assert TargetMove.objects.count() == 1


def test_an_excluded_venue_comes_back_with_a_reason(target, leader):
    target.exclude(by=leader, reason="已拆迁", at=T + hours(1))
    with pytest.raises(Refused):
        target.reinstate(by=leader, reason=" ")
    target.reinstate(by=leader, reason="查实仍在营业", at=T + hours(2))
    assert Target.objects.get(pk=target.pk).scope == "in_scope"
    assert [move.kind for move in target.moves.all()] == ["excluded", "reinstated"]


def test_what_was_never_excluded_does_not_come_back(target, leader):
    with pytest.raises(TooLate):
        target.reinstate(by=leader, reason="查实")


def test_a_lifted_target_is_neither_excluded_nor_reinstated(order, target, leader, category):
    order.lift(by=leader, reason="解除", categories=[category("internet_cafe")])
    for act in (target.exclude, target.reinstate):
        with pytest.raises(TooLate):
            act(by=leader, reason="误列")


def test_a_change_is_not_dated_before_an_earlier_one_or_the_activation(target, leader):
    target.exclude(by=leader, reason="已拆迁", at=T + hours(2))
    with pytest.raises(Refused, match="2020-01-24 18:30"):
        target.reinstate(by=leader, reason="查实", at=T + hours(1))
    with pytest.raises(Refused, match="2020-01-24 16:30"):
        target.reinstate(by=leader, reason="查实", at=T - hours(1))


def test_a_change_is_not_dated_in_the_future(target, leader):
    with pytest.raises(Refused):
        target.exclude(by=leader, reason="已拆迁", at=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))


def test_excluding_ends_a_claim_of_the_call_down_list(order, target, leader, duty_officer):
    target.claim(by=duty_officer)
    turn = target.turn
    target.exclude(by=leader, reason="已拆迁")
    target.refresh_from_db()
    assert target.claimed_by is None
    with pytest.raises(TooLate):
        target.notify(by=duty_officer, channel="phone", outcome="reached", turn=turn)


# --- the pages --------------------------------------------------------------------------------------------------------
def test_the_page_asks_for_the_reason_and_says_what_it_does(signed_in, leader, target):
    client, url = signed_in(leader), reverse("venues:target_exclude", args=[target.order_id, target.pk])
    response = client.get(url)
    assert (response.context["in_scope"], response.context["in_scope_then"]) == (2, 1)
    assert sent(client, url, {"reason": ""}).status_code == 422
    assert sent(client, url, {"reason": "已拆迁"}).url == target.get_absolute_url()
    assert TargetMove.objects.get().by == leader


def test_the_page_says_that_a_violation_is_open(signed_in, leader, target, running):
    client, url = signed_in(leader), reverse("venues:target_exclude", args=[target.order_id, target.pk])
    page = filled(client.get(url))
    assert "<form" in page  # the header's sign-out
    assert 'name="reason"' not in page
    response = sent(client, url, {"reason": "已拆迁"})
    assert response.status_code == 422
    assert "已拆迁" in response.content.decode()


def test_a_stale_page_is_told_who_was_first(signed_in, leader, duty_officer, target):
    target.exclude(by=duty_officer, reason="已拆迁")
    url = reverse("venues:target_exclude", args=[target.order_id, target.pk])
    response = sent(signed_in(leader), url, {"reason": "搬走"})
    assert response.status_code == 409
    assert "钟子磊" in response.content.decode()


def test_the_list_of_changes_shows_them_at_any_moment(signed_in, auditor, leader, target):
    target.exclude(by=leader, reason="已拆迁", at=T + hours(1))
    client, url = signed_in(auditor), reverse("venues:order_changes", args=[target.order_id])
    assert "已拆迁" in filled(client.get(url))
    assert "已拆迁" not in filled(client.get(url, {"as_of": "2020-01-24T17:00"}))
    assert "已拆迁" in filled(client.get(url, {"as_of": "2020-01-24T17:30"}))


@pytest.mark.parametrize("name", ["target_exclude", "target_reinstate"])
def test_only_the_leader_changes_the_list(signed_in, target, name, duty_officer, inspector, auditor, viewer):
    url = reverse(f"venues:{name}", args=[target.order_id, target.pk])
    for officer in (duty_officer, inspector, auditor, viewer):
        client = signed_in(officer)
        assert client.get(url).status_code == 403
        assert sent(client, url, {"reason": "x"}).status_code == 403


def test_a_target_of_another_order_is_not_found(signed_in, leader, target):
    assert signed_in(leader).get(reverse("venues:target", args=[target.order_id + 1, target.pk])).status_code == 404
