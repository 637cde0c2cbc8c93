"""Cancelling an order that should not have been issued."""

import pytest
from django.urls import reverse

from conftest import T
from venues.models import ClosureOrder, OrderMove
from venues.tests.forms import filled, sent
from venues.tests.histories import hours
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


def test_an_order_in_force_ends_with_the_reason(order, leader):
    order.cancel(by=leader, reason="误发", at=T + hours(1))
    assert order.cancelled_at == T + hours(1)
    move = OrderMove.objects.get(to_status="cancelled")
    assert (move.by, move.reason, move.from_status) == (leader, "误发", "active")
    assert not ClosureOrder.objects.active(T + hours(1)).exists()
    assert ClosureOrder.objects.active(T).exists()


def test_it_needs_a_reason(order, leader):
    with pytest.raises(Refused):
        order.cancel(by=leader, reason=" ")
    assert ClosureOrder.objects.get().is_active


def test_it_is_not_dated_before_the_activation_or_in_the_future(order, leader):
    for at in (T - hours(1), T + hours(24 * 365 * 90)):
        with pytest.raises(Refused):
            order.cancel(by=leader, reason="误发", at=at)
    assert ClosureOrder.objects.get().is_active


def test_nobody_is_called_or_told_after_it(order, leader, duty_officer, netbar):
    target = order.targets.get(venue=netbar)
    order.cancel(by=leader, reason="误发", at=T + hours(1))
    target = type(target).objects.get(pk=target.pk)
    with pytest.raises(Refused):
        target.claim(by=duty_officer)
    with pytest.raises(Refused, match="2020-01-24 17:30"):
        target.notify(by=duty_officer, channel="phone", outcome="reached", at=T + hours(2))
    assert target.notify(by=duty_officer, channel="phone", outcome="reached", at=T + hours(1))


def test_the_page_asks_once(signed_in, leader, order):
    client, url = signed_in(leader), reverse("venues:order_cancel", args=[order.pk])
    assert order.title in filled(client.get(url))
    assert sent(client, url, {"reason": ""}).status_code == 422
    assert sent(client, url, {"reason": "误发"}).url == order.get_absolute_url()
    assert not ClosureOrder.objects.get().is_active


def test_a_cancelled_draft_stays_readable_and_cannot_be_activated(signed_in, leader, order, category):
    draft = ClosureOrder.objects.draft(
        by=leader, categories=[category("cinema")], number="2号", title="影院停业", issued_at=T, effective_at=T,
        deadline_at=T + hours(4),
    )  # fmt: skip
    draft.cancel(by=leader, reason="重复")
    client = signed_in(leader)
    page = filled(client.get(draft.get_absolute_url()))
    assert "重复" in page
    assert reverse("venues:order_activate", args=[draft.pk]) not in page
    url = reverse("venues:order_activate", args=[draft.pk])
    assert sent(client, url, {"total": 1, "revision": draft.revision}).status_code == 409


def test_a_second_cancelling_is_told_who_was_first(order, leader, duty_officer):
    stale = ClosureOrder.objects.get(pk=order.pk)
    order.cancel(by=duty_officer, reason="误发")
    with pytest.raises(TooLate, match="钟子磊"):
        stale.cancel(by=leader, reason="误发")


def test_only_the_leader_cancels(signed_in, order, duty_officer, inspector, editor, auditor, viewer):
    url = reverse("venues:order_cancel", args=[order.pk])
    for officer in (duty_officer, inspector, editor, auditor, viewer):
        assert sent(signed_in(officer), url, {"reason": "x"}).status_code == 403
