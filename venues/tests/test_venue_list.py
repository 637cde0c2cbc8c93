"""The list of venues: filters in the address, pages by the last row seen, the same few queries for any length."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from venues.models import Division, Venue
from venues.paging import stretch
from venues.tests.forms import filled, queries

pytestmark = pytest.mark.django_db
URL = "/venues/"
KEYS = ("category_id", "district_id", "pk")


def names(response):
    return [venue.name for venue in response.context["page"].rows]


@pytest.fixture
def duty(signed_in, duty_officer):
    return signed_in(duty_officer)


@pytest.fixture
def many(make_venue, maiji):
    """`many(n)`: n venues over two categories and two districts."""

    def make(count):
        for number in range(count):
            slug = "internet_cafe" if number % 3 else "song_dance"
            make_venue(f"{number}号店", category_slug=slug, district=maiji if number % 2 else None)

    return make


@pytest.fixture
def registry(make_venue, maiji, qinzhou):
    today = timezone.localdate()
    street = Division.objects.create(code="620502001", name="大城街道", level="street", parent=qinzhou)
    ended = today - datetime.timedelta(days=1)
    make_venue("蓝天网吧", street=street, licence_until=today)
    make_venue("红星网吧", district=maiji, licence_until=ended, phone="", phone_2="")
    make_venue("皇冠KTV", category_slug="song_dance", licence_until=ended, licence_long_term=True)
    make_venue("注销网吧", operating_status="ceased", phone="", phone_2="0938-8213456")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"蓝天网吧", "红星网吧", "皇冠KTV", "注销网吧"}),
        ("q=ltwb", {"蓝天网吧"}),
        ("category=song_dance", {"皇冠KTV"}),
        ("district=620503", {"红星网吧"}),
        ("district=620502&street=620502001", {"蓝天网吧"}),
        ("district=620503&street=620502001", {"红星网吧"}),
        ("status=ceased", {"注销网吧"}),
        ("licence=ended", {"红星网吧"}),
        ("licence=soon", {"蓝天网吧"}),
        ("licence=unknown", {"注销网吧"}),
        ("phone=without", {"红星网吧"}),
        ("phone=with&category=internet_cafe", {"蓝天网吧", "注销网吧"}),
    ],
)
def test_each_filter_stands_in_the_address(registry, duty, query, expected):
    response = duty.get(f"{URL}?{query}")
    assert set(names(response)) == expected
    assert response.context["total"] == len(expected)


@pytest.mark.parametrize("query", ["category=nightclub", "district=999999", "status=gone", "licence=x", "phone=1"])
def test_a_filter_that_does_not_exist_shows_nothing_and_says_so(registry, duty, query):
    response = duty.get(f"{URL}?{query}")
    assert names(response) == []
    assert 'class="notice tone-warn"' in filled(response)


def test_merged_entries_are_not_listed(registry, make_venue, duty, editor):
    make_venue("兰天网吧").merge_into(Venue.objects.get(name="蓝天网吧"), by=editor)
    assert "兰天网吧" not in names(duty.get(URL))


def test_a_venue_with_an_open_violation_says_so(netbar, duty, inspector):
    from venues.tests.looking import look

    look(netbar, 60, "operating", [inspector])
    assert "state-violating" in filled(duty.get(URL))


def test_names_are_escaped(make_venue, duty):
    make_venue("<b>蓝天</b>&网吧")
    page = filled(duty.get(URL))
    assert "<b>蓝天" not in page
    assert "&lt;b&gt;蓝天&lt;/b&gt;&amp;网吧" in page


# --- pages --------------------------------------------------------------------------------------------------------
def test_pages_forward_and_back_show_each_venue_once(many):
    many(23)
    everything = list(Venue.objects.listed())
    forward, after = [], ""
    while True:
        page = stretch(Venue.objects.listed(), KEYS, after=after, size=5)
        assert page.first == len(forward) + 1
        forward += page.rows
        if not page.next:
            break
        after = page.next
    assert forward == everything
    back, before = page.rows, page.previous
    while before:
        page = stretch(Venue.objects.listed(), KEYS, before=before, size=5)
        back, before = page.rows + back, page.previous
    assert back == everything


def test_the_links_lead_from_page_to_page_and_keep_the_filters(many, duty):
    many(130)
    first = duty.get(f"{URL}?phone=with")
    assert (len(names(first)), first.context["total"]) == (50, 130)
    second = duty.get(f"{URL}?phone=with&after={first.context['page'].next}")
    assert (second.context["page"].first, second.context["page"].last) == (51, 100)
    assert not set(names(first)) & set(names(second))
    assert f"?phone=with&amp;before={second.context['page'].previous}" in filled(second)


@pytest.mark.parametrize("cursor", ["x", "1-2", "1-2-3-4-5", "-1-2-3-4", "1-2-3-99999999999999999999", "１-2-3-4"])
def test_a_cursor_that_is_none_gives_the_first_page(registry, duty, cursor):
    assert len(names(duty.get(URL, {"after": cursor, "before": cursor}))) == 4


def test_a_page_behind_the_last_row_is_empty_but_stands(registry, duty):
    response = duty.get(f"{URL}?after=999-999-999-50")
    assert filled(response)
    assert names(response) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its planner reads a table of a few rows as it is")
def test_an_index_gives_the_order_of_the_list(many):
    many(60)
    after = stretch(Venue.objects.listed(), KEYS, size=20).next
    found = Venue.objects.listed()
    for filtered in (
        found,
        found.filter(operating_status="active"),
        found.filter(category=1),
        found.filter(district=1),
    ):
        with CaptureQueriesContext(connection) as captured:
            stretch(filtered, KEYS, after=after, size=20)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
            plan = " ".join(row[-1] for row in cursor.fetchall())
        assert "USING INDEX venue_by_" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


# --- queries ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?q=店", "?category=internet_cafe", "?district=620503", "?status=active"])
def test_500_venues_cost_the_queries_of_50(many, duty, query):
    many(160)  # so that each filter leaves more than a page
    few = queries(duty, URL + query)
    many(340)
    assert queries(duty, URL + query) == few <= 11  # three of them for the head of the page


# --- page and part ------------------------------------------------------------------------------------------------
def test_the_same_address_gives_the_page_or_the_part_that_changes(registry, duty):
    page, part = duty.get(URL), duty.get(URL, headers={"HX-Request": "true"})
    assert filled(part).strip().split("\n", 1)[1].strip() in filled(page)
    assert 'id="venue_list"' in filled(part)
    assert "<html" not in filled(part)
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_and_restored_pages_are_whole(registry, duty, header):
    assert "<html" in filled(duty.get(URL, headers={"HX-Request": "true", header: "true"}))


def test_the_live_search_keeps_the_address_short(registry, duty):
    sent = {"HX-Request": "true", "HX-Target": "venue_list", "HX-Current-URL": "http://testserver/venues/"}
    response = duty.get(f"{URL}?q=ltwb&category=&street=", headers=sent)
    assert response["HX-Replace-Url"] == "/venues/?q=ltwb"
    assert "venue_streets" not in filled(response)


def test_another_district_brings_its_streets_along(registry, duty):
    sent = {"HX-Request": "true", "HX-Target": "venue_list", "HX-Current-URL": "http://testserver/venues/?q=x"}
    part = filled(duty.get(f"{URL}?district=620502", headers=sent))
    assert 'hx-swap-oob="true"' in part
    assert "大城街道" in part


# --- empty, and who may -------------------------------------------------------------------------------------------
def test_an_empty_registry_tells_the_editor_to_import(signed_in, editor):
    assert "/imports/new/" in filled(signed_in(editor).get(URL))


def test_an_empty_registry_shows_others_no_way_they_may_not_go(duty):
    assert "/imports/new/" not in filled(duty.get(URL))


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_who_does_not_see_venues_is_refused(role, request, signed_in):
    assert signed_in(request.getfixturevalue(role)).get(URL).status_code == 403


def test_strangers_are_sent_to_sign_in(client):
    assert client.get(URL).status_code == 302


def test_nothing_is_posted_to_the_list(duty):
    assert duty.post(URL).status_code == 405


def test_who_may_not_export_sees_no_export(registry, duty, signed_in, inspector):
    assert "/venues/export/" in filled(duty.get(URL))
    assert "/venues/export/" not in filled(signed_in(inspector).get(URL))
