"""A place that holds no licence is entered on the spot from three fields; no order names it by itself."""

import uuid

import pytest

from venues.models import ClosureOrder, Venue
from venues.tests.forms import filled, sent
from venues.transitions import Refused

pytestmark = pytest.mark.django_db
URL = "/venues/unlicensed/new/"


@pytest.fixture
def fields(category, qinzhou):
    return {"place": " 岷山路菜市场二楼　游戏厅 ", "district": qinzhou.pk, "category": category("arcade").pk}


@pytest.fixture
def street(signed_in, inspector):
    return signed_in(inspector)


def test_three_fields_make_it(street, inspector, fields):
    response = sent(street, URL, fields)
    venue = Venue.objects.get()
    assert response["Location"] == venue.get_absolute_url()
    assert (venue.name, venue.operating_status) == ("岷山路菜市场二楼 游戏厅", "unlicensed")
    assert venue.history.get().history_user == inspector


def test_no_order_names_it_by_itself(street, fields, category):
    sent(street, URL, fields)
    assert not Venue.objects.ordered_shut_candidates([category("arcade")], []).exists()


def test_it_is_found_like_any_venue(street, fields):
    sent(street, URL, fields)
    assert Venue.objects.matching("mslcsc").get().name.startswith("岷山路")


def test_the_same_place_again_is_refused_with_what_to_do(street, fields):
    sent(street, URL, fields)
    page = filled(sent(street, URL, fields))
    assert Venue.objects.count() == 1
    assert "岷山路" in page  # what was typed is kept


def test_a_form_counts_once_however_often_it_is_sent(street, fields):
    key = uuid.uuid4()
    first, second = sent(street, URL, fields, key=key), sent(street, URL, fields, key=key)
    assert first["Location"] == second["Location"]
    assert Venue.objects.count() == 1


def test_the_same_key_with_other_words_is_refused(street, fields):
    key = uuid.uuid4()
    sent(street, URL, fields, key=key)
    assert sent(street, URL, {**fields, "place": "别处"}, key=key).status_code == 422
    assert Venue.objects.count() == 1


def test_a_form_without_key_is_refused(street, fields):
    assert street.post(URL, fields).status_code == 422
    assert not Venue.objects.exists()


@pytest.mark.parametrize("missing", ["place", "district", "category"])
def test_each_field_is_needed(street, fields, missing):
    assert "form-errors" in filled(sent(street, URL, {**fields, missing: ""}))
    assert not Venue.objects.exists()


def test_a_street_is_no_district_and_a_retired_category_is_none(street, fields, qinzhou, city, category):
    arcade = category("arcade")
    arcade.retired = True
    arcade.save()
    assert "form-errors" in filled(sent(street, URL, fields))
    arcade.retired = False
    arcade.save()
    assert "form-errors" in filled(sent(street, URL, {**fields, "district": city.pk}))
    assert not Venue.objects.exists()


def test_only_looking_makes_nothing(street):
    assert "form_key" in filled(street.get(URL))
    assert not Venue.objects.exists()


def test_what_was_searched_stands_in_the_form(street):
    assert 'value="岷山路"' in filled(street.get(URL, {"place": "岷山路"}))


@pytest.mark.parametrize("role", ["editor", "auditor", "viewer", "administrator", "clerk"])
def test_who_is_not_on_the_spot_enters_none(role, request, signed_in, fields):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(URL).status_code == 403
    assert sent(client, URL, fields).status_code == 403
    assert not Venue.objects.exists()


def test_the_act_itself_refuses_a_place_without_words(inspector, qinzhou, category):
    with pytest.raises(Refused):
        Venue.objects.register_unlicensed(by=inspector, place="　", district=qinzhou, category=category("arcade"))
    assert not ClosureOrder.objects.exists()
