"""Activation: one transaction that freezes the list, when the typed total is right at this moment."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from conftest import T
from venues.models import ClosureOrder, OrderMove, Target
from venues.tests.forms import filled, sent
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(leader, category, netbar, ktv):
    """A draft over internet cafes and song and dance venues; two venues are in its scope."""
    return ClosureOrder.objects.draft(
        by=leader, categories=[category("internet_cafe"), category("song_dance")], number="天文旅令〔2020〕1号",
        title="关于暂停营业的紧急通知", issued_at=T, effective_at=T, deadline_at=T + datetime.timedelta(hours=4),
    )  # fmt: skip


def test_the_typed_total_puts_the_order_in_force_and_freezes_its_list(signed_in, leader, draft, netbar, ktv):
    url = reverse("venues:order_activate", args=[draft.pk])
    response = sent(signed_in(leader), url, {"total": "2", "revision": draft.revision})
    assert response.url == draft.get_absolute_url()
    draft.refresh_from_db()
    assert draft.is_active
    assert draft.activated_at is not None
    assert {target.venue for target in draft.targets.all()} == {netbar, ktv}
    move = OrderMove.objects.get(to_status="active")
    assert (move.by, move.at) == (leader, draft.activated_at)


def test_the_card_of_a_target_is_frozen(draft, leader, netbar):
    netbar.manager, netbar.address = "魏小燕", "民主路9号"
    netbar.save()
    draft.activate(by=leader, typed_total=2, at=T)
    netbar.name, netbar.phone, netbar.address, netbar.manager = "改名网吧", "13999999999", "别处", "别人"
    netbar.operating_status = "ceased"
    netbar.save()
    target = draft.targets.get(venue=netbar)
    frozen = (target.name, target.phone, target.address, target.manager)
    assert frozen == ("蓝天网吧", "13000000001", "民主路9号", "魏小燕")
    assert (target.category, target.district) == (netbar.category, netbar.district)
    assert (target.added_at, target.added_by, target.late, target.scope) == (T, leader, False, "in_scope")
    assert draft.targets.count() == 2


def test_a_venue_without_a_first_number_keeps_its_second(draft, leader, netbar):
    netbar.phone, netbar.phone_2 = "", "0938-8212345"
    netbar.save()
    draft.activate(by=leader, typed_total=2, at=T)
    assert draft.targets.get(venue=netbar).phone == "0938-8212345"


@pytest.mark.parametrize("typed", [0, 1, 3, 20])
def test_a_wrong_total_changes_nothing_and_names_the_new_one(draft, leader, typed):
    with pytest.raises(Refused, match="2"):
        draft.activate(by=leader, typed_total=typed, at=T)
    assert ClosureOrder.objects.get(pk=draft.pk).status == "draft"
    assert not Target.objects.exists()
    assert not OrderMove.objects.filter(to_status="active").exists()


def test_a_venue_that_came_between_preview_and_activation_is_noticed(signed_in, leader, draft, make_venue):
    client = signed_in(leader)
    filled(client.get(draft.get_absolute_url()))
    make_venue("新网吧")
    url = reverse("venues:order_activate", args=[draft.pk])
    response = sent(client, url, {"total": "2", "revision": draft.revision})
    assert response.status_code == 422
    assert "3" in response.context["form"].non_field_errors()[0]
    assert response.context["form"]["total"].value() == "2"
    assert not Target.objects.exists()


def test_a_draft_that_was_changed_since_the_preview_is_not_activated(draft, leader, duty_officer):
    seen = draft.revision
    stale = ClosureOrder.objects.get(pk=draft.pk)
    draft.revise(by=duty_officer, revision=seen, categories=draft.categories.all(), title="别的")
    with pytest.raises(TooLate, match="钟子磊"):
        stale.activate(by=leader, typed_total=2, at=T, revision=seen)


def test_an_empty_list_is_not_activated(draft, leader, category):
    draft.categories.set([category("cinema")])
    with pytest.raises(Refused):
        draft.activate(by=leader, typed_total=0, at=T)


def test_an_order_is_not_activated_before_its_moment_of_issue(draft, leader):
    with pytest.raises(Refused, match="2020-01-24 16:30"):
        draft.activate(by=leader, typed_total=2, at=T - datetime.timedelta(minutes=6))
    draft.refresh_from_db()
    draft.activate(by=leader, typed_total=2, at=T - datetime.timedelta(minutes=4))


def test_an_activation_is_not_dated_in_the_future(draft, leader):
    with pytest.raises(Refused):
        draft.activate(by=leader, typed_total=2, at=timezone.now() + datetime.timedelta(minutes=6))
    assert ClosureOrder.objects.get().is_draft


def test_it_is_in_force_from_now_by_default(draft, leader):
    before = timezone.now()
    draft.activate(by=leader, typed_total=2)
    assert before <= draft.activated_at <= timezone.now()
    assert list(ClosureOrder.objects.active(draft.activated_at)) == [draft]
    assert not ClosureOrder.objects.active(T).exists()


def test_times_and_scope_stay_after_the_activation(draft, leader, category, make_venue):
    draft.activate(by=leader, typed_total=2, at=T)
    with pytest.raises(TooLate):
        draft.revise(by=leader, revision=draft.revision, categories=[category("cinema")], issued_at=T)
    make_venue("新网吧")
    assert draft.targets.count() == 2
    assert {category.slug for category in draft.categories.all()} == {"internet_cafe", "song_dance"}


@pytest.mark.parametrize("total", ["", "two", "-1"])
def test_a_total_that_is_no_number_is_said_to_be_none(signed_in, leader, draft, total):
    url = reverse("venues:order_activate", args=[draft.pk])
    response = sent(signed_in(leader), url, {"total": total, "revision": draft.revision})
    assert response.status_code == 422
    assert "total" in response.context["form"].errors


def test_only_the_leader_activates(signed_in, draft, duty_officer, inspector, editor, auditor, viewer, administrator):
    url = reverse("venues:order_activate", args=[draft.pk])
    for officer in (duty_officer, inspector, editor, auditor, viewer, administrator):
        assert sent(signed_in(officer), url, {"total": "2", "revision": 0}).status_code == 403
    assert ClosureOrder.objects.get().is_draft


def test_a_get_activates_nothing(signed_in, leader, draft):
    assert signed_in(leader).get(reverse("venues:order_activate", args=[draft.pk])).status_code == 405


def test_the_page_says_when_the_drafter_activates_himself(signed_in, leader, draft):
    assert signed_in(leader).get(draft.get_absolute_url()).context["drafted_by_me"]
