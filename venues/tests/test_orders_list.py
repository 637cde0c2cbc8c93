"""The list of orders: drafts, in force with n / N closed, ended; and the page of one target."""

import pytest
from django.urls import reverse

from conftest import T
from venues.models import ClosureOrder
from venues.overview import closed_of
from venues.standing import Standing, refresh_venues
from venues.tests.forms import filled, queries
from venues.tests.histories import hours, issued, looked, many_venues

pytestmark = pytest.mark.django_db


def test_an_order_in_force_shows_how_many_are_closed(signed_in, duty_officer, order, netbar):
    looked(netbar, T + hours(1), "closed")
    refresh_venues([netbar])
    response = signed_in(duty_officer).get(reverse("venues:orders"))
    (listed,) = response.context["active"]
    assert (listed.closed, listed.in_scope) == (1, 2)


def test_the_list_and_the_board_agree(order, netbar, ktv, make_venue, leader):
    other = issued(many_venues(5), number="别的")
    for venue, after, result in [(netbar, 1, "closed"), (ktv, 1, "closed"), (ktv, 2, "operating")]:
        looked(venue, T + hours(after), result)
    looked(other.targets.first().venue, T + hours(3), "closed")
    refresh_venues([netbar, ktv, other.targets.first().venue])
    for at in (T + hours(0.5), T + hours(1), T + hours(2), T + hours(40)):
        counted = closed_of([order, other], at)
        assert {pk: counted[pk] for pk in (order.pk, other.pk)} == {
            order.pk: Standing(order, at).closed,
            other.pk: Standing(other, at).closed,
        }


def test_drafts_and_ended_orders_stand_apart(signed_in, leader, order, category):
    times = {"issued_at": T, "effective_at": T, "deadline_at": T + hours(4)}
    draft = ClosureOrder.objects.draft(by=leader, categories=[category("cinema")], number="2", title="草稿令", **times)
    gone = ClosureOrder.objects.draft(by=leader, categories=[category("cinema")], number="3", title="作废令", **times)
    gone.cancel(by=leader, reason="重复")
    context = signed_in(leader).get(reverse("venues:orders")).context
    assert list(context["drafts"]) == [draft]
    assert context["active"] == [order]
    assert list(context["page"]) == [gone]


def test_the_queries_of_the_list_do_not_grow_with_the_orders(signed_in, leader, order):
    client, url = signed_in(leader), reverse("venues:orders")
    few = queries(client, url)
    for n in range(6):
        issued(many_venues(1) if not n else [], number=f"另{n}号")
    assert queries(client, url) == few


def test_the_page_of_a_target_shows_card_notices_looks_and_changes(signed_in, leader, inspector, order, netbar):
    target = order.targets.get(venue=netbar)
    target.notify(by=leader, channel="phone", outcome="reached", remark="已告知", at=T + hours(1))
    looked(netbar, T + hours(2), "closed")
    refresh_venues([netbar])
    target.exclude(by=leader, reason="误列", at=T + hours(3))
    page = filled(signed_in(inspector).get(target.get_absolute_url()))
    for words in ("蓝天网吧", "已告知", "误列", "民主路1号", netbar.get_absolute_url()):
        assert words in page


def test_a_look_at_a_merged_entry_shows_on_the_page_of_the_target(signed_in, inspector, order, netbar, make_venue):
    survivor = make_venue("蓝天网咖")
    netbar.merged_into = survivor
    netbar.save()
    looked(survivor, T + hours(2), "closed")
    response = signed_in(inspector).get(order.targets.get(venue=netbar).get_absolute_url())
    assert len(response.context["looks"]) == 1


def test_the_bureau_sees_the_list_but_no_target(signed_in, viewer, order, netbar):
    client = signed_in(viewer)
    assert order.title in filled(client.get(reverse("venues:orders")))
    assert client.get(order.targets.get(venue=netbar).get_absolute_url()).status_code == 403
