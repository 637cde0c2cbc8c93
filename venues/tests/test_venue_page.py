"""The page of a venue: its card, what is urgent on top, and one timeline."""

import datetime

import pytest
from django.utils import timezone

from conftest import T
from venues.models import Target, Venue
from venues.tests.forms import filled, queries
from venues.tests.looking import MINUTE, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def duty(signed_in, duty_officer):
    return signed_in(duty_officer)


def page(client, venue, **query):
    return filled(client.get(venue.get_absolute_url(), query))


def test_the_card_names_everything_known(make_venue, duty, qinzhou):
    venue = make_venue(
        "蓝天网吧", sign_name="蓝天电竞", uscc="91620502GTP21EA5NQ", licence_no="62050220003", manager="贾霞",
        phone="13000000105", phone_2="0938-8213456-801", address="建设路131号三楼", size=60, licence_long_term=True,
        latitude="34.58", longitude="105.72", coordinate_system="gcj02", remark="后门在巷内",
    )  # fmt: skip
    html = page(duty, venue)
    for piece in (
        "蓝天网吧", "蓝天电竞", "91620502GTP21EA5NQ", "62050220003", "贾霞", "建设路131号三楼", "60", "34.580000", "GCJ-02",
        "后门在巷内", "秦州区", 'href="tel:13000000105"', 'href="tel:09388213456"',
    ):  # fmt: skip
        assert piece in html
    assert "tone-warn" not in html


@pytest.mark.parametrize(
    "fields",
    [
        {"uscc": "91620502GTP21EA5NA"},
        {"uscc": "916205"},
        {"licence_until": timezone.localdate() - datetime.timedelta(days=1)},
    ],
)
def test_what_is_doubtful_is_marked(make_venue, duty, fields):
    assert page(duty, make_venue(**fields)).count("badge tone-warn") == 1


def test_a_licence_is_valid_on_its_last_day(make_venue, duty):
    assert "badge tone-warn" not in page(duty, make_venue(licence_until=timezone.localdate()))


def test_a_telephone_that_is_none_is_no_link(make_venue, duty):
    assert "tel:" not in page(duty, make_venue(phone="无"))


def test_an_open_violation_and_the_order_stand_on_top(order, netbar, duty, inspector):
    look(netbar, 60, "operating", [inspector])
    html = page(duty, netbar)
    violation, target = netbar.violations.get(), Target.objects.get(venue=netbar)
    assert html.index(violation.get_absolute_url()) < html.index(target.get_absolute_url()) < html.index("timeline-h")
    assert 'class="panel tone-bad"' in html
    assert order.title in html


def test_as_of_an_earlier_moment_it_stands_as_it_stood(order, netbar, duty, inspector, second_inspector):
    officers = [inspector, second_inspector]
    look(netbar, 60, "closed", officers)
    look(netbar, 357, "operating", officers)
    assert "state-verified" in page(duty, netbar, as_of=(T + 100 * MINUTE).isoformat())
    assert "panel tone-bad" not in page(duty, netbar, as_of="2020-01-24T18:00:00")
    assert "panel tone-bad" in page(duty, netbar, as_of="2020-01-24 22:30")
    assert "state-verified" not in page(duty, netbar, as_of=(T - MINUTE).isoformat())


@pytest.mark.parametrize("moment", ["yesterday", "2020-13-01", "2999-01-01T00:00:00"])
def test_a_moment_that_is_none_leads_to_the_present(netbar, duty, moment):
    response = duty.get(netbar.get_absolute_url(), {"as_of": moment}, follow=True)
    assert response.redirect_chain == [(netbar.get_absolute_url(), 302)]
    assert 'role="alert"' in filled(response) or "message" in filled(response)


def test_a_merged_venue_leads_to_its_survivor_and_keeps_the_moment(netbar, make_venue, editor, duty):
    old = make_venue("兰天网吧")
    old.merge_into(netbar, by=editor)
    response = duty.get(old.get_absolute_url(), {"as_of": "2020-01-24"})
    assert response.status_code == 302
    assert response["Location"] == f"{netbar.get_absolute_url()}?as_of=2020-01-24"
    assert "兰天网吧" in page(duty, netbar)


def test_older_entries_have_an_address_of_their_own(netbar, duty, inspector, monkeypatch):
    monkeypatch.setattr("venues.timeline.PAGE", 3)
    for minute in range(6):
        look(netbar, 60 + minute, "closed", [inspector])
    html = page(duty, netbar)
    assert "?before=" in html
    older = page(duty, netbar, before="2020-01-24T17:32:00+08:00")
    assert "2020-01-24 17:30" in older
    assert "2020-01-24 17:33" not in older


def test_inspectors_find_the_way_to_a_new_inspection(netbar, signed_in, inspector, duty):
    way = f"/inspections/new/?venue={netbar.pk}"
    assert way in page(signed_in(inspector), netbar)
    assert way not in page(duty, netbar)


def test_editors_find_the_way_to_the_entry_and_its_history(netbar, signed_in, editor, auditor, duty):
    change, history = f"/admin/venues/venue/{netbar.pk}/change/", f"/admin/venues/venue/{netbar.pk}/history/"
    assert change in page(signed_in(editor), netbar)
    assert change not in page(signed_in(auditor), netbar)
    assert history in page(signed_in(auditor), netbar)
    assert "/admin/" not in page(duty, netbar)


def test_the_page_costs_the_same_queries_however_much_happened(
    order, netbar, signed_in, leader, inspector, second_inspector
):
    officers, client = [inspector, second_inspector], signed_in(leader)
    look(netbar, 60, "closed", officers)
    look(netbar, 357, "operating", officers)
    few = queries(client, netbar.get_absolute_url())
    for minute in range(400, 440, 2):
        look(netbar, minute, "closed", officers)
        look(netbar, minute + 1, "operating", officers)
    assert queries(client, netbar.get_absolute_url()) == few <= 30


def test_a_venue_that_is_not_there_is_not_found(duty):
    assert duty.get("/venues/999999/").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_who_does_not_see_venues_is_refused(role, netbar, request, signed_in):
    assert signed_in(request.getfixturevalue(role)).get(netbar.get_absolute_url()).status_code == 403


def test_nothing_is_posted_to_it(netbar, duty):
    assert duty.post(netbar.get_absolute_url()).status_code == 405
    assert Venue.objects.count() == 1
