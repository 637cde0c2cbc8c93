"""After the sign-in each role stands where its work begins, and the navigation shows only what one may enter."""

import pytest
from django.urls import reverse

from enforcement.places import MOST_USED, PLACES, WORKS, places_of


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("leader", "dashboard"), ("duty_officer", "complaints:desk"), ("inspector", "venues:orders"),
        ("editor", "venues:venues"), ("auditor", "audit"), ("viewer", "dashboard"),
        ("clerk", "refunds:board"), ("administrator", "admin:index"),
    ],
)  # fmt: skip
def test_each_role_begins_at_its_work(request, signed_in, who, place):
    answer = signed_in(request.getfixturevalue(who)).get(reverse("home"), follow=True)
    assert answer.redirect_chain[0][0] == reverse(place)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "who", ["leader", "duty_officer", "inspector", "editor", "clerk", "auditor", "viewer", "administrator"]
)
def test_the_navigation_leads_nowhere_where_one_is_refused(request, signed_in, who):
    officer = request.getfixturevalue(who)
    client = signed_in(officer)
    assert places_of(officer)
    assert {client.get(place.url).status_code for place in places_of(officer)} == {200}


def test_every_place_is_there():
    assert all(reverse(place.name) for place in PLACES)


def test_the_first_places_of_each_work_are_places():
    names = [place.name for place in PLACES]
    assert len(set(names)) == len(names)
    assert all(len(work.first) <= MOST_USED and set(work.first) <= set(names) for work in WORKS)


@pytest.mark.parametrize("who", ["leader", "duty_officer", "inspector", "editor", "clerk", "auditor", "viewer"])
def test_the_menu_shows_five_places_and_the_others_under_more(request, signed_in, who):
    officer = request.getfixturevalue(who)
    answer = signed_in(officer).get(reverse("help"))  # no place of the menu
    first = [item for item in answer.context["nav"] if item["first"]]
    assert len(first) == min(MOST_USED, len(places_of(officer)))
    assert [item["url"] for item in first] == [place.url for place in places_of(officer)[:MOST_USED]]
    assert len(answer.context["nav_more"]) == len(places_of(officer)) - len(first)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/duty/mine/", "duty:mine"), ("/duty/load/", "duty:rosters"), ("/duty/leave/", "duty:mine"), ("/duty/log/", "duty:now"),
        ("/duty/certificate/", "duty:certificate"), ("/health/day/isolations/", "health_day"), ("/refunds/queue/", "refunds:work"),
    ],
)  # fmt: skip
def test_a_page_belongs_to_the_nearest_place_even_when_that_is_not_a_first_one(signed_in, leader, path, place):
    nav = signed_in(leader).get(path).context["nav"]
    assert [item["url"] for item in nav if item["current"]] == [reverse(place)]
    assert all(item["first"] for item in nav if item["current"])


def test_the_place_where_one_is_is_marked(signed_in, leader):
    text = signed_in(leader).get(reverse("venues:venues")).content.decode()
    assert f'<a href="{reverse("venues:venues")}" aria-current="page">' in text


def test_an_account_without_a_role_is_told_so(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_user("nobody", "x", name="x"))
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()
