"""After the sign-in each role stands where its work begins, and the navigation shows only what one may enter."""

import pytest
from django.urls import reverse

from enforcement.places import PLACES, places_of


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("leader", "dashboard"), ("duty_officer", "complaints:desk"), ("inspector", "venues:orders"),
        ("editor", "venues:venues"), ("auditor", "dashboard"), ("viewer", "dashboard"),
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
    assert all(place.url for place in PLACES)


def test_the_place_where_one_is_is_marked(signed_in, leader):
    text = signed_in(leader).get(reverse("venues:venues")).content.decode()
    assert f'<a href="{reverse("venues:venues")}" aria-current="page">' in text


def test_an_account_without_a_role_is_told_so(client, django_user_model, db):
    client.force_login(django_user_model.objects.create_user("nobody", "x", name="x"))
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()
