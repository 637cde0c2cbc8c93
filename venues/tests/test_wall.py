"""The wall: the board for a screen that nobody touches."""

import pytest

from venues.models import ClosureOrder
from venues.standing import refresh_venues
from venues.tests.following import links
from venues.tests.forms import filled
from venues.tests.histories import T, hours, issued, looked

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(netbar, ktv):
    order = issued([netbar, ktv])
    looked(ktv, T + hours(1))
    looked(netbar, T + hours(2), "operating")
    refresh_venues([netbar, ktv])
    return order


def _part(page):
    return page.split('<div id="wall"')[1].split("<footer")[0]


def test_there_is_nothing_to_press_and_it_asks_again_by_itself(signed_in, leader, running):
    page = filled(signed_in(leader).get(f"{running.get_absolute_url()}wall/"))
    assert '<html lang="zh-hans" class="wall">' in page
    assert links(_part(page)) == []
    assert "<button" not in _part(page)
    assert '{"X-Refresh": "1"}' in _part(page)


def test_it_names_the_running_venue_to_those_who_may_know_it(signed_in, leader, viewer, running):
    assert "蓝天网吧" in _part(filled(signed_in(leader).get(f"{running.get_absolute_url()}wall/")))
    assert "蓝天网吧" not in filled(signed_in(viewer).get(f"{running.get_absolute_url()}wall/"))


def test_the_part_stands_in_the_page(signed_in, leader, running):
    client, address = signed_in(leader), f"{running.get_absolute_url()}wall/?as_of=2020-01-24T19:00"
    page, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().strip() in page.content.decode()
    assert "HX-Request" in page.headers["Vary"]
    assert "data-refresh" not in page.content.decode()


def test_a_draft_has_no_wall(signed_in, leader, netbar):
    order = issued([netbar])
    ClosureOrder.objects.filter(pk=order.pk).update(status="draft", activated_at=None)
    assert signed_in(leader).get(f"{order.get_absolute_url()}wall/").status_code == 404
