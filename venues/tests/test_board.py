"""The order board: what it says, whom it shows what, that every number is the length of the list behind its link."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from venues.board import Board
from venues.models import ClosureOrder
from venues.standing import refresh, refresh_venues
from venues.tests.following import links, numbered, rows_behind
from venues.tests.forms import filled, queries
from venues.tests.histories import T, added, hours, issued, looked, many_venues, moved, told
from venues.tests.looking import look
from venues.views import board as views

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def at_desk(signed_in):
    """A client whose pages are English."""

    def sign_in(officer):
        client = signed_in(officer)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


@pytest.fixture
def eventful(leader):
    """Twelve venues and a bit of everything: told, tried, reported, seen, running, excluded, lifted, added late."""
    venues = many_venues(12, districts=3, slugs=("internet_cafe", "song_dance"))
    order = issued(venues[:11])
    targets = [order.targets.get(venue=venue) for venue in venues[:11]]
    for target in targets[:7]:
        told(target, T + hours(0.5), says_closed=target is targets[6])
    told(targets[7], T + hours(0.5), "no_answer")
    told(targets[7], T + hours(1), "bad_number")
    told(targets[8], T + hours(1), "posted_to_group", channel="wechat")
    for number, venue in enumerate(venues[:5]):
        looked(venue, T + hours(1 + number / 2), certified=1 if number == 4 else 2)
    looked(venues[5], T + hours(2), "limited")
    looked(venues[0], T + hours(5), "operating")
    looked(venues[1], T + hours(28))
    moved(targets[9], T + hours(2), "excluded")
    moved(targets[10], T + hours(30), "lifted")
    added(order, venues[11], at=T + hours(3), late="漏报")
    refresh(order.targets.all())
    return order


def _at(order, when):
    return f"{order.get_absolute_url()}?as_of={(T + hours(when)).isoformat().replace('+', '%2B')}"


# --- every number is a link to the rows that it counts ----------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("when", [None, 1, 5.5, 31])
def test_every_number_is_the_length_of_the_list_behind_it(at_desk, leader, eventful, when):
    client = at_desk(leader)
    page = filled(client.get(eventful.get_absolute_url() if when is None else _at(eventful, when)))
    followed = [(href, n) for href, n in numbered(page) if "/patrols/" not in href and "effort" not in href]
    assert len(followed) > 30
    wrong = {href: (n, behind) for href, n in followed if (behind := rows_behind(client, href)) != n}
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("when", [2, 29])
def test_every_part_of_a_chart_leads_to_as_many_rows_as_it_shows(at_desk, leader, eventful, when):
    client, board = at_desk(leader), _board(eventful, when)
    parts = [(series["href"], series["points"][-1][1]) for series in board.curve["series"]]
    for bar in board.freshness["bars"]:
        parts += [(part["href"], part["value"]) for part in bar["parts"] if part["value"]]
        parts.append((bar["href"], sum(part["value"] for part in bar["parts"])))
    parts += [(tile["href"], tile["value"]) for tile in board.tiles["tiles"]]
    wrong = {href: (n, behind) for href, n in parts if (behind := rows_behind(client, href)) != n}
    assert not wrong


@pytest.mark.slow
def test_every_figure_of_the_table_under_the_curve_leads_to_as_many_rows_of_its_moment(at_desk, leader, eventful):
    client, board = at_desk(leader), _board(eventful, 31)
    wrong, plain, followed = [], [], 0
    for series in board.curve["series"]:
        for at, n in series["points"]:
            href = series["href_at"](at, n)
            if href == "":
                plain.append((series["key"], (at - T) / hours(1), n))
            elif (behind := rows_behind(client, href)) != n:
                wrong.append((series["key"], at, n, behind))
            followed += bool(href)
    assert not wrong
    assert followed > 10
    assert all(key != "net_closed" for key, _hour, _n in plain)
    moment = (T + hours(1)).isoformat().replace(":", "%3A").replace("+", "%2B")
    page = filled(client.get(_at(eventful, 31)))
    assert any(f"as_of={moment}" in href for href, _n in numbered(page))


def test_a_figure_of_the_curve_that_the_list_of_its_moment_does_not_have_leads_nowhere(netbar, ktv, leader):
    order = issued([netbar, ktv])
    for target in order.targets.all():
        told(target, T + hours(1))
    moved(order.targets.get(venue=ktv), T + hours(2), "excluded")
    refresh(order.targets.all())
    series = _board(order, 3).curve["series"][0]
    assert series["points"] == [(T, 0), (T + hours(1), 1)]
    assert series["href_at"](T + hours(1), 1) == ""  # the list of that moment has two
    assert series["href_at"](T + hours(2), 1) != ""


def test_a_live_number_keeps_its_list_when_something_happens_after_the_page_was_made(at_desk, leader, eventful):
    client = at_desk(leader)
    page = filled(client.get(eventful.get_absolute_url()))
    verified = dict(numbered(page))
    venue = eventful.targets.order_by("pk")[3].venue
    looked(venue, timezone.now(), "operating")
    refresh_venues([venue])
    assert all(rows_behind(client, href) == n for href, n in verified.items() if "/targets/" in href)


def _board(order, when, **options):
    return Board(order, T + hours(when), live=False, may=lambda permission: True, **options)


# --- what it says -----------------------------------------------------------------------------------------------------
def test_at_the_fourth_hour_it_says_in_words_that_all_are_closed(at_desk, leader, netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    looked(ktv, T + hours(4))
    refresh_venues([netbar, ktv])
    page = filled(at_desk(leader).get(_at(order, 4)))
    assert "All 2 venues were seen closed after 4 h, in time." in page
    assert "T + 4 h" in page


def test_before_that_it_says_how_many_are_open_and_how_long_there_is(at_desk, leader, netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    refresh_venues([netbar])
    page = filled(at_desk(leader).get(_at(order, 1.5)))
    assert "1 venue is not seen closed yet. 2 h 30 min to the deadline." in page
    assert 'id="alarm"' not in page
    late = filled(at_desk(leader).get(_at(order, 5)))
    assert "1 venue is not seen closed yet. The deadline passed 1 h ago." in late
    assert "1 venue is overdue" in late


def test_after_a_reopening_it_says_both(at_desk, leader, netbar, ktv):
    order = issued([netbar, ktv])
    for venue in (netbar, ktv):
        looked(venue, T + hours(4.5))
    looked(netbar, T + hours(6), "operating")
    refresh_venues([netbar, ktv])
    page = filled(at_desk(leader).get(_at(order, 6.2)))
    assert "All 2 venues were seen closed after 4 h 30 min, too late. Now 1 is not closed." in page
    assert "1 venue is running" in page
    assert "for 12 min" in page


def test_exclusions_and_additions_stand_beside_the_number(eventful):
    scope = _board(eventful, 31).scope
    assert [scope[name] for name in ("first", "excluded", "lifted", "late")] == [11, 1, 1, 1]
    board = _board(eventful, 31)
    assert board.total == scope["first"] - scope["excluded"] - scope["lifted"] + scope["late"]


def test_unreached_owners_come_with_the_most_attempts_first(eventful):
    unreached = _board(eventful, 31).unreached
    assert [target.attempts for target in unreached["rows"]] == [2, 1]
    assert unreached["untried"] == 1  # the late addition


def test_a_running_violation_lasts_until_the_moment_of_the_board(inspector, second_inspector, netbar):
    order = issued([netbar])
    look(netbar, 60, "operating", [inspector, second_inspector])
    look(netbar, 78, "closed", [inspector, second_inspector])
    during, after = _board(order, 1.2).violations, _board(order, 9).violations
    assert [(bool(stopped), lasted) for _v, _t, stopped, lasted in during["rows"]] == [
        (False, datetime.timedelta(minutes=12))
    ]
    assert [(bool(stopped), lasted) for _v, _t, stopped, lasted in after["rows"]] == [
        (True, datetime.timedelta(minutes=18))
    ]
    assert (during["running"], after["running"]) == (1, 0)


def test_an_order_that_ended_shows_how_it_stood_just_before_its_end(at_desk, leader, netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1))
    refresh_venues([netbar])
    order.lift(by=leader, reason="疫情结束", at=T + hours(50))
    page = filled(at_desk(leader).get(order.get_absolute_url()))
    assert "The board shows how it stood just before its end." in page
    assert "data-refresh" not in page.partition("<main")[2]
    assert "1 / " in page
    assert _board(order, 49).total == 1
    assert _board(order, 50).total == 0
    assert "No venue was on the list" not in page


def test_an_order_that_was_lifted_in_steps_is_shown_before_the_first_of_them(at_desk, leader, category, netbar, ktv):
    order = issued([netbar, ktv])
    for venue in (netbar, ktv):
        looked(venue, T + hours(1))
    refresh_venues([netbar, ktv])
    order.lift(by=leader, reason="网吧复工", categories=[category("internet_cafe")], at=T + hours(50))
    order.lift(by=leader, reason="疫情结束", at=T + hours(60))
    client = at_desk(leader)
    response = client.get(order.get_absolute_url())
    assert response.context["board"].total == 2
    assert "It was lifted in steps: the board shows how it stood just before the first, at" in filled(response)
    assert "just before its end" not in filled(response)
    (last,) = [href for href, text in links(filled(response)) if text == "Show its last moment"]
    assert client.get(f"{order.get_absolute_url()}{last}").context["board"].total == 1
    wall = filled(client.get(f"{order.get_absolute_url()}wall/"))
    assert "It was lifted in steps" in wall
    assert "Show its last moment" not in wall


def test_a_cancelled_order_is_shown_just_before_its_end_whatever_was_lifted_before(
    at_desk, leader, category, netbar, ktv
):
    order = issued([netbar, ktv])
    order.lift(by=leader, reason="网吧复工", categories=[category("internet_cafe")], at=T + hours(50))
    order.cancel(by=leader, reason="发文有误", at=T + hours(60))
    response = at_desk(leader).get(order.get_absolute_url())
    assert response.context["board"].total == 1
    assert "The board shows how it stood just before its end." in filled(response)
    assert "lifted in steps" not in filled(response)


def test_a_moment_before_the_issue_is_said_in_words(at_desk, leader, eventful):
    page = filled(at_desk(leader).get(_at(eventful, -2.5)))
    assert "2 h 30 min before T" in page
    assert "T + −" not in page


def test_the_owners_not_yet_told_stand_under_that_heading(at_desk, leader, eventful):
    page = filled(at_desk(leader).get(_at(eventful, 31)))
    assert "Owners not yet told" in page
    assert "Owners not reached" not in page


def test_a_board_without_any_target_in_scope_still_stands(at_desk, leader, eventful):
    page = filled(at_desk(leader).get(_at(eventful, -1)))
    assert "No venue was on the list at this moment." in page


# --- page and part ----------------------------------------------------------------------------------------------------
def test_the_part_stands_in_the_page_and_the_answer_varies_by_htmx(at_desk, leader, eventful):
    client, address = at_desk(leader), _at(eventful, 4)
    page, part = client.get(address), client.get(address, headers=HTMX)
    assert part.content.decode().strip() in page.content.decode()
    assert part.content.decode().lstrip().startswith('<div id="board"')
    for response in (page, part):
        assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize("more", [{"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}])
def test_a_boosted_or_restored_request_gets_the_whole_page(at_desk, leader, eventful, more):
    response = at_desk(leader).get(eventful.get_absolute_url(), headers={**HTMX, **more})
    assert "<html" in response.content.decode()


def test_the_live_board_asks_again_by_itself_without_counting_as_activity(at_desk, leader, eventful):
    page = filled(at_desk(leader).get(eventful.get_absolute_url()))
    assert 'hx-trigger="every 15s, wake"' in page
    assert "data-refresh" in page
    assert '{"X-Refresh": "1"}' in page


# --- who sees what ----------------------------------------------------------------------------------------------------
def test_the_bureau_sees_numbers_without_links_names_or_telephones(at_desk, viewer, eventful):
    page = filled(at_desk(viewer).get(_at(eventful, 5.5)))
    assert "1 venue is running" in page
    assert "场所" not in page.replace("娱乐场所", "")
    assert "13000000001" not in page
    inside = page.split('<div id="board"')[1].split("<footer")[0]
    assert links(inside) == []


def test_without_the_permission_there_is_no_board(at_desk, clerk, eventful):
    assert at_desk(clerk).get(eventful.get_absolute_url()).status_code == 403
    assert at_desk(clerk).get(f"{eventful.get_absolute_url()}wall/").status_code == 403
    assert at_desk(clerk).get(f"{eventful.get_absolute_url()}targets/").status_code == 403


def test_the_board_itself_asks_for_the_permission_whichever_view_hands_over(rf, clerk, netbar):
    request = rf.get("/")
    request.user = clerk
    with pytest.raises(PermissionDenied):
        views.board(request, issued([netbar]))


def test_the_bureau_sees_no_list_of_targets(at_desk, viewer, eventful):
    assert at_desk(viewer).get(f"{eventful.get_absolute_url()}targets/").status_code == 403


# --- how much it costs ------------------------------------------------------------------------------------------------
def _big(count, districts):
    order = issued(many_venues(count, districts=districts, slugs=("internet_cafe", "song_dance", "arcade")))
    for target in order.targets.select_related("venue__category"):
        told(target, T + hours(1))
        looked(target.venue, T + hours(2))
    refresh(order.targets.all())
    return order


@pytest.mark.slow
@pytest.mark.parametrize("when", [None, 1.5])
def test_the_board_costs_as_many_queries_for_200_targets_as_for_10(at_desk, leader, when):
    client = at_desk(leader)
    small = _big(10, 2)
    address = small.get_absolute_url() if when is None else _at(small, when)
    few = queries(client, address)
    ClosureOrder.objects.filter(pk=small.pk).update(number="旧")
    for venue in (target.venue for target in small.targets.select_related("venue")):
        type(venue).objects.filter(pk=venue.pk).update(licence_no="")
    large = _big(200, 20)
    many = queries(client, large.get_absolute_url() if when is None else _at(large, when))
    assert many == few <= 18  # three of them for the head of the page
