"""The board: the published table comes straight out of it, every number leads to the rows that it counts, at its moment."""

import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from refunds.course import course
from refunds.tests.making import date, group_of, on, reported
from refunds.tests.seeing import links, text_of
from refunds.tests.sheets import nil_returns, register_agencies, sheets_of, take_in

THEN = "2020-02-01T00:00:00+08:00"
BEFORE = "2020-01-29T00:00:00+08:00"


@pytest.fixture
def event(make_venue, clerk):
    register_agencies(make_venue)
    for day in ("2020-01-28", "2020-01-31"):
        for path in sheets_of(day):
            take_in(path, by=clerk)
    nil_returns(clerk)


def board(client, as_of=THEN, **extra):
    return client.get("/refunds/", {"as_of": as_of} if as_of else {}, **extra)


def matrix(page):
    """{first cell: the other cells} of the lines of the matrix, as words."""
    table = re.search(r'<table class="matrix stack">.*?</table>', page, re.S)[0]
    lines = [re.findall(r"<t[hd].*?</t[hd]>", line, re.S) for line in re.findall(r"<tr>.*?</tr>", table, re.S)]
    return {text_of(cells[0]): [text_of(cell) for cell in cells[1:]] for cells in lines}


def test_the_published_table_comes_straight_out_of_it(event, signed_in, clerk):
    head, *lines = matrix(board(signed_in(clerk)).content.decode()).values()
    assert len(head) == 5
    assert lines == [
        ["2", "2 / 9", "1 / 2", "–", "3 / 11"],
        ["0", "–", "–", "–", "–"],
        ["7", "18 / 229", "2 / 21", "2 / 38", "22 / 288"],
        ["9", "20 / 238", "3 / 23", "2 / 38", "25 / 299"],
    ]


def test_of_the_28th_it_says_what_was_true_then(event, signed_in, clerk):
    page = board(signed_in(clerk), BEFORE).content.decode()
    found = list(matrix(page).values())
    assert [(line[0], line[-1]) for line in found[1:]] == [
        ("7", "11 / 130"), ("2", "7 / 89"), ("0", "7 / 80"), ("9", "25 / 299"),
    ]  # fmt: skip


def numbers(words):
    return [int(n) for n in re.findall(r"\d+", words)]


@pytest.mark.parametrize("as_of", [THEN, BEFORE], ids=["31 January", "28 January"])
def test_every_cell_leads_to_the_groups_that_it_counts(event, signed_in, clerk, as_of):
    client = signed_in(clerk)
    page = board(client, as_of).content.decode()
    cells = re.findall(r'<td[^>]*><a href="(/refunds/groups/[^"]*)">(\d+) / (\d+)</a>', page)
    assert len(cells) >= 8
    for href, groups, people in cells:
        href = href.replace("&amp;", "&")
        assert parse_qs(urlsplit(href).query)["as_of"] == [as_of]
        listed = client.get(href).content.decode()
        found = re.search(r'id="found">(.*?)</span></p>|id="found">(.*?)<span class="muted"', listed, re.S)
        assert numbers(text_of(next(filter(None, found.groups())))) == [int(groups), int(people)], href


@pytest.mark.parametrize("as_of", [THEN, BEFORE], ids=["31 January", "28 January"])
def test_every_number_of_agencies_leads_to_the_agencies(event, signed_in, clerk, as_of):
    client = signed_in(clerk)
    page = board(client, as_of).content.decode()
    cells = re.findall(
        r'<a href="(/refunds/agencies/\?[^"]*(?:worst|state)=[^"]*)">(?:(\d+)</a>|.*?figure-number">(\d+)<)', page, re.S
    )
    assert len(cells) >= 6
    for href, short, tile in cells:
        listed = client.get(href.replace("&amp;", "&")).content.decode()
        assert numbers(text_of(re.search(r'id="found">.*?</span>', listed)[0]))[-1] == int(short or tile), href


def test_all_other_numbers_lead_to_as_many_groups(event, signed_in, clerk):
    client = signed_in(clerk)
    page = board(client).content.decode()
    called_off = links(page, "/refunds/groups/?")
    assert {parse_qs(urlsplit(href).query).get("status", [""])[0] for href in called_off} >= {
        "outstanding", "called_off", "money_back", "refunded",
    }  # fmt: skip
    for href in called_off:
        assert client.get(href).status_code == 200


def test_who_may_not_see_the_groups_gets_the_figures_without_links(event, signed_in, viewer):
    page = board(signed_in(viewer)).content.decode()
    assert matrix(page) and "22 / 288" in page
    assert not re.findall(r'href="/refunds/(groups|agencies|work|imports)', page)


def test_who_has_nothing_to_do_with_refunds_is_refused(db, signed_in, administrator):
    assert board(signed_in(administrator), None).status_code == 403


@pytest.mark.parametrize("text", ["yesterday", "99999", "2020-13-01", "2999-01-01", "9" * 400])
def test_a_moment_that_is_none_gets_a_sentence_and_keeps_what_was_typed(db, signed_in, clerk, text):
    answer = board(signed_in(clerk), text)
    assert answer.status_code == 400
    assert f'value="{text}"' in answer.content.decode()


def test_it_refreshes_itself_but_not_the_past(event, signed_in, clerk):
    client = signed_in(clerk)
    assert "data-refresh" in board(client, None).content.decode()
    assert "data-refresh" not in board(client).content.decode()


def test_the_part_that_refreshes_comes_alone(event, signed_in, clerk):
    answer = board(signed_in(clerk), None, HTTP_HX_REQUEST="true")
    assert answer.content.decode().lstrip().startswith('<div id="board"')
    assert "HX-Request" in answer["Vary"]


def test_an_empty_house_has_an_empty_board(db, signed_in, clerk):
    answer = board(signed_in(clerk), None)
    assert answer.status_code == 200
    assert len(matrix(answer.content.decode())) == 5


def test_other_markets_and_statuses_stand_there_only_when_there_are_any(agency, signed_in, clerk):
    group_of(agency, "A-01", market="inbound", disposition="booked", depart_on=date(30))
    found = matrix(board(signed_in(clerk)).content.decode())
    assert len(found) == 6 and len(next(iter(found.values()))) == 6  # a line and a column more


def test_it_costs_the_same_queries_however_much_there_is(
    event, agency, signed_in, clerk, django_assert_max_num_queries
):
    client = signed_in(clerk)
    board(client)
    with django_assert_max_num_queries(13):
        board(client)


def test_the_course_goes_up_with_each_return_and_down_with_a_group_that_goes_after_all(agency, clerk):
    reported(agency, 28, ("A-01", 10, 4), ("A-02", 6, 0), by=clerk)
    reported(agency, 29, ("A-01", 10, 10), {"number": "A-02", "heads": 6, "disposition": "booked"}, by=clerk)
    called_off, refunded = course(on(32))
    midnight = [on(day, 0) for day in (29, 30)]
    assert called_off == [(midnight[0], 16), (midnight[1], 10)]
    assert refunded == [(midnight[0], 4), (midnight[1], 10)]


def test_the_course_ends_where_the_figures_are(event):
    from refunds.figures import refund_figures

    at = datetime.datetime.fromisoformat(THEN)
    called_off, refunded = course(at)
    found = refund_figures(at)
    assert called_off[-1][1] == found["cancelled"]["people"] == 299
    assert refunded[-1][1] == found["refunded"]["people_refunded"] == 288


def test_travellers_of_linked_groups_are_in_the_course_once(agency, make_venue, clerk):
    other = make_venue("地接旅行社", category_slug="travel_agency")
    here = group_of(other, "D-01", heads=10, at=on(27), role="receiver")
    there = group_of(agency, "A-01", heads=10, at=on(28))
    here.link_to(there, by=clerk, at=on(28))
    assert [people for _at, people in course(on(32))[0]] == [10, 10]


def test_a_number_without_the_linked_travellers_leads_to_the_groups_without_them(agency, make_venue, signed_in, clerk):
    other = make_venue("地接旅行社", category_slug="travel_agency")
    here = group_of(other, "D-01", heads=10, role="receiver", by=clerk)
    here.link_to(group_of(agency, "A-01", heads=10, by=clerk), by=clerk)
    client = signed_in(clerk)
    cells = re.findall(r'<td[^>]*><a href="([^"]*)">1 / 10</a>', board(client, None).content.decode())
    assert len(cells) == 4  # its status and all groups, domestic and in total
    for href in cells:
        answer = client.get(href.replace("&amp;", "&"))
        assert [group.number for group in answer.context["page"].rows] == ["A-01"]
