"""The list of targets: its filters live in the address and stand for the moment asked for."""

import pytest
from django.utils import translation

from venues.standing import refresh, refresh_venues
from venues.tests.following import links
from venues.tests.forms import filled, queries
from venues.tests.histories import T, hours, issued, looked, many_venues, moved, told
from venues.tests.looking import look

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in, duty_officer):
    client = signed_in(duty_officer)
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield client


@pytest.fixture
def pair(netbar, ktv):
    """Two targets: the cafe told and seen closed after an hour, the song and dance venue tried in vain and excluded
    later."""
    order = issued([netbar, ktv])
    first, second = order.targets.get(venue=netbar), order.targets.get(venue=ktv)
    told(first, T + hours(0.5))
    told(second, T + hours(0.5), "no_answer")
    looked(netbar, T + hours(1))
    moved(second, T + hours(2), "excluded")
    refresh(order.targets.all())
    return order


def _names(client, order, **asked):
    asked.setdefault("as_of", (T + hours(1.5)).isoformat())
    response = client.get(f"{order.get_absolute_url()}targets/", asked)
    assert response.status_code == 200
    return [target.name for target in response.context["page"]]


CAFE, KTV = "蓝天网吧", "皇冠KTV"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, [CAFE, KTV]),
        ({"state": "verified"}, [CAFE]),
        ({"state": "closed"}, [CAFE]),
        ({"state": "unreached"}, [KTV]),
        ({"category": "song_dance"}, [KTV]),
        ({"district": "620502"}, [CAFE, KTV]),
        ({"seen": "0-4"}, [CAFE]),
        ({"seen": "never"}, [KTV]),
        ({"told": "1"}, [CAFE]),
        ({"told": "0", "tried": "1"}, [KTV]),
        ({"reported": "0"}, [KTV]),
        ({"overdue": "1"}, []),
        ({"overdue": "1", "as_of": "2020-01-25T00:00"}, [KTV]),
        ({"once": "1"}, [CAFE]),
        ({"late": "1"}, []),
        ({"q": "ltwb"}, [CAFE]),
        ({"q": "皇冠"}, [KTV]),
        ({"q": "皇冠", "told": "1"}, []),
        ({"scope": "excluded"}, []),
        ({"scope": "excluded", "as_of": "2020-01-24T18:30:00+08:00"}, [KTV]),
        ({"listed": "1", "as_of": "2020-01-24T18:30:00 08:00"}, [CAFE]),
    ],
)
def test_a_filter_shows_what_it_says_at_its_moment(client, pair, asked, names):
    assert _names(client, pair, **asked) == names


@pytest.mark.parametrize(
    "asked", [{"state": "open"}, {"category": "x"}, {"seen": "5-6"}, {"told": "perhaps"}, {"once": "?"}]
)
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_so(client, pair, asked):
    response = client.get(f"{pair.get_absolute_url()}targets/", asked)
    assert response.status_code == 400
    assert list(response.context["page"]) == []
    assert "error" in response.content.decode() or "notice" in response.content.decode()


@pytest.mark.parametrize("asked", ["yesterday", "2199-01-01T00:00"])
def test_a_moment_that_cannot_be_shown_is_refused_with_a_way_on(client, pair, asked):
    for address in ("", "targets/", "wall/"):
        response = client.get(pair.get_absolute_url() + address, {"as_of": asked})
        assert response.status_code == 400
        assert "notice tone-bad" in response.content.decode()


def test_it_says_when_and_by_whom_a_venue_was_last_seen(client, netbar, inspector, second_inspector):
    order = issued([netbar])
    look(netbar, 60, officers=[inspector])
    look(netbar, 60, officers=[inspector, second_inspector])
    page = filled(client.get(f"{order.get_absolute_url()}targets/"))
    assert "01-24 17:30" in page
    assert f"{inspector}、{second_inspector}" in page


def test_the_chips_count_what_they_would_show(client, pair):
    asked = {"as_of": (T + hours(1.5)).isoformat(), "category": "song_dance", "state": "unreached"}
    response = client.get(f"{pair.get_absolute_url()}targets/", asked)
    assert response.context["any_state"] == 1
    chips = [
        (href, text) for href, text in links(response.content.decode()) if href.startswith("?") and text[-1].isdigit()
    ]
    assert {text for _href, text in chips} == {"all 1", "not reached 1"}
    for href, text in chips:
        again = client.get(f"{pair.get_absolute_url()}targets/{href}")
        assert again.context["page"].paginator.count == int(text.split()[-1])


def test_filters_and_moment_survive_a_change_of_the_filter_and_of_the_page(client):
    order = issued(many_venues(60))
    page = filled(
        client.get(
            f"{order.get_absolute_url()}targets/", {"scope": "in_scope", "late": "0", "as_of": "2020-01-24T17:00"}
        )
    )
    assert '<input type="hidden" name="late" value="0">' in page
    assert 'name="as_of" value="2020-01-24T17:00:00+08:00"' in page
    following = next(href for href, _text in links(page) if "page=2" in href)
    second = client.get(f"{order.get_absolute_url()}targets/{following}")
    assert len(second.context["page"].object_list) == 10


def test_nothing_found_says_what_to_do_next(client, pair):
    page = filled(client.get(f"{pair.get_absolute_url()}targets/", {"q": "没有"}))
    assert "No target fits." in page
    assert "Show all" in page


def test_the_list_costs_the_same_for_500_targets_as_for_50(client):
    order = issued(many_venues(50))
    for target in order.targets.select_related("venue__category"):
        looked(target.venue, T + hours(1))
    refresh_venues(target.venue for target in order.targets.select_related("venue"))
    address = f"{order.get_absolute_url()}targets/?state=closed"
    few = queries(client, address)
    from venues.models import Target, Venue

    more = Venue.objects.bulk_create(
        Venue(name=f"场所{n}", category=v.category, district=v.district, licence_no=f"M{n}")
        for v in [order.targets.select_related("venue__category").first().venue]
        for n in range(450)
    )
    Target.objects.freeze(order, more, by=None, at=T)
    assert queries(client, address) == few <= 12  # three of them for the head of the page
