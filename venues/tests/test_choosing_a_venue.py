"""A venue is chosen in other forms by typing; the choice also works without JavaScript."""

import pytest
from django import forms

from venues.forms.picker import MOST, VenueField
from venues.models import Venue
from venues.tests.forms import filled
from venues.tests.looking import look

pytestmark = pytest.mark.django_db
URL = "/venues/search/"


class Form(forms.Form):
    venue = VenueField()


class Optional(forms.Form):
    venue = VenueField(required=False)


@pytest.fixture
def duty(signed_in, duty_officer):
    return signed_in(duty_officer)


def test_the_chosen_venue_is_the_value(netbar):
    form = Form({"venue": str(netbar.pk), "venue_q": "ltwb"})
    assert form.is_valid()
    assert form.cleaned_data["venue"] == netbar


def test_words_alone_choose_nothing_but_the_form_comes_back_with_the_results(netbar, ktv):
    form = Form({"venue_q": "ltwb"})
    assert not form.is_valid()
    html = str(form["venue"])
    assert f'value="{netbar.pk}" checked' in html  # the only one: one more press takes it
    assert ktv.name not in html


def test_of_several_results_none_is_chosen_beforehand(netbar, make_venue):
    make_venue("蓝天网吧二店")
    form = Form({"venue_q": "ltwb"})
    assert not form.is_valid()
    assert "checked" not in str(form["venue"])


def test_words_that_find_nothing_say_so(netbar):
    form = Form({"venue_q": "xyz"})
    assert not form.is_valid()
    assert form.errors.as_data()["venue"][0].code == "none"
    assert "xyz" in form.errors["venue"][0]


@pytest.mark.parametrize("pk", ["0", "999999", "x", "-1", "１", "1" * 40])
def test_an_id_of_no_venue_is_refused(netbar, pk):
    assert not Form({"venue": pk}).is_valid()


def test_nothing_at_all_is_nothing():
    assert not Form({}).is_valid()
    form = Optional({})
    assert form.is_valid()
    assert form.cleaned_data["venue"] is None


def test_a_merged_venue_is_chosen_as_its_survivor(netbar, make_venue, editor):
    old = make_venue("兰天网吧")
    old.merge_into(netbar, by=editor)
    form = Form({"venue": str(old.pk)})
    assert form.is_valid()
    assert form.cleaned_data["venue"] == netbar


def test_a_field_may_offer_fewer_venues(netbar, ktv):
    form = Form({"venue": str(netbar.pk), "venue_q": "t"})
    form.fields["venue"].venues = Venue.objects.filter(pk=ktv.pk)
    assert not form.is_valid()
    assert netbar.name not in str(form["venue"])


def test_the_first_choice_is_shown(netbar):
    assert f'value="{netbar.pk}" checked' in str(Form(initial={"venue": netbar})["venue"])


def test_what_is_typed_is_escaped(netbar):
    assert "<script>" not in str(Form({"venue_q": '"><script>'})["venue"])


# --- the address behind it ----------------------------------------------------------------------------------------
def test_typing_brings_radio_buttons_of_the_field(netbar, duty):
    page = filled(duty.get(URL, {"name": "venue", "venue_q": "ltwb"}, headers={"HX-Request": "true"}))
    assert 'id="venue_search"' in page
    assert f'name="venue" value="{netbar.pk}" checked' in page
    assert "<html" not in page


def test_without_a_field_the_results_are_links(netbar, duty):
    page = filled(duty.get(URL, {"q": "ltwb"}))
    assert f'href="/venues/{netbar.pk}/"' in page
    assert 'type="radio"' not in page


def test_beside_each_result_stands_how_the_venue_stands(order, netbar, duty, inspector, second_inspector):
    look(netbar, 90, "closed", [inspector, second_inspector])
    page = filled(duty.get(URL, {"q": "ltwb"}))
    assert "badge tone-warn" in page
    assert "01-24 18:00" in page


def test_who_sees_no_orders_is_not_told_of_them(order, netbar, signed_in, clerk):
    assert "badge tone-warn" not in filled(signed_in(clerk).get(URL, {"q": "ltwb"}))


def test_a_long_list_is_cut_and_says_so(make_venue, duty):
    for number in range(MOST + 3):
        make_venue(f"{number}号网吧")
    response = duty.get(URL, {"q": "网吧"})
    assert len(response.context["matches"]) == MOST
    assert response.context["more"]


def test_the_queries_do_not_grow_with_the_results(order, make_venue, duty, django_assert_max_num_queries):
    for number in range(MOST):
        make_venue(f"{number}号网吧")
    duty.get(URL, {"q": "网吧"})
    with django_assert_max_num_queries(12):
        duty.get(URL, {"q": "网吧"})


@pytest.mark.parametrize("name", ["a b", "<x>", "1x", "venue'"])
def test_a_field_has_a_proper_name(duty, name):
    assert duty.get(URL, {"name": name}).status_code == 400


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_who_does_not_see_venues_is_refused(role, request, signed_in):
    assert signed_in(request.getfixturevalue(role)).get(URL).status_code == 403


def test_nothing_is_posted_here(duty):
    assert duty.post(URL).status_code == 405
