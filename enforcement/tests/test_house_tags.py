"""How the house writes: durations, moments, counted numbers, states, masked numbers; keys of forms, query strings."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import models
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from enforcement.templatetags import house
from venues.states import State

AT = datetime(2020, 1, 24, 8, 30, tzinfo=UTC)


def rendered(source, **context):
    return Template("{% load house %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (238, "3 h 58 min"),
        (timedelta(hours=3, minutes=58, seconds=59), "3 h 58 min"),
        (240, "4 h"),
        (18, "18 min"),
        (0, "0 min"),
        (timedelta(hours=50), "50 h"),
        (-5, "−5 min"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_a_duration_in_words(value, words):
    assert house.minutes_words(value) == words


def test_a_moment_is_local_and_machine_readable():
    assert rendered("{% moment at %}", at=AT) == '<time datetime="2020-01-24T16:30:00+08:00">2020-01-24 16:30</time>'
    assert ">16:30<" in rendered("{% moment at 'time' %}", at=AT)
    assert ">01-24 16:30<" in rendered("{% moment at 'short' %}", at=AT)
    assert rendered("{% moment at %}", at=date(2020, 1, 24)) == '<time datetime="2020-01-24">2020-01-24</time>'
    assert rendered("{% moment at %}", at=None) == "—"


def test_a_moment_of_another_type_is_refused():
    with pytest.raises(TypeError):
        house.moment("2020-01-24")


def words_of(html):
    return re.sub(r"<[^>]+>", "", html)


def test_a_number_stands_with_its_counting_word():
    assert words_of(house.counted(184, "venues")) == words_of(house.counted(184, "家")) == "184 venues"
    assert words_of(house.counted(1, "家次")) == "1 inspection"
    assert words_of(house.counted(75000, "rows")) == "75,000 rows"
    assert words_of(house.counted(3, "boxes")) == "3 boxes"
    assert words_of(house.counted(None, "venues")) == "not recorded"


def test_unknown_is_not_zero():
    assert words_of(house.share(None, 184)) == "not recorded"
    assert words_of(house.share(0, 184)) == "0 / 184"


@pytest.mark.parametrize(("part", "percentage"), [(184, "100%"), (183, "99.4%"), (0, "0%"), (1, "0.5%")])
def test_a_share_prints_its_whole_and_never_rounds_up_to_all(part, percentage):
    assert words_of(house.share(part, 184, "percent")) == f"{part} / 184 ({percentage})"


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_only_all_is_a_hundred_per_cent(whole, part):
    part = min(part, whole)
    assert (house.share_percent(part, whole) == "100%") == (part == whole)
    assert (house.heat(part, whole) == "heat-5") == (part == whole)
    assert (house.heat(part, whole) == "heat-0") == (part == 0)


def test_without_a_whole_there_is_no_share():
    assert house.heat(0, 0) == "none"
    assert words_of(house.share(0, 0, "percent")) == "0 / 0"


@pytest.mark.parametrize("state", State)
def test_each_state_of_a_target_has_a_shape_and_a_tone_of_its_own(state):
    html = house.state_badge(state)
    assert f"state-{state.value} " in html and str(state.label) in html
    others = {house.STATES[other.value] for other in State if other is not state}
    assert house.STATES[state.value] not in others


def test_every_stored_state_of_the_closures_has_a_badge():
    from venues.models import ClosureOrder, Inspection, Notice, Venue, Violation

    choices = [ClosureOrder.Status, Notice.Outcome, Inspection.Result, Violation.State, Venue.OperatingStatus]
    assert [member.value for cls in choices for member in cls if member.value not in house.STATES] == []


def test_a_badge_takes_a_label_and_escapes_it():
    assert "&lt;b&gt;" in house.state_badge("open", "<b>")
    assert house.state_badge(None) == "—"
    assert "state-oddone" in house.state_badge('odd"one', "x")


def test_a_badge_of_an_unknown_choice_still_has_word_and_shape():
    class Mood(models.TextChoices):
        CALM = "calm", "Calm"

    assert "Calm" in house.state_badge(Mood.CALM) and "◇" in house.state_badge(Mood.CALM)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13093800257", "130****0257"),
        ("130 9380 0257", "130****0257"),
        ("１３０９３８００２５７", "130****0257"),
        ("+86 13093800257", "861****0257"),
        ("0938-8213456", "093****3456"),
        ("8213456", "****456"),
        ("12345", "****"),
        ("13093800257/13193800258", "130****0257/131****0258"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_a_telephone_number_is_masked(number, masked):
    assert house.masked_phone(number) == masked


@given(st.text("0123456789 -", min_size=1, max_size=25))
def test_at_least_four_digits_of_a_number_are_hidden(number):
    digits = re.sub(r"\D", "", number)
    shown = re.sub(r"\D", "", house.masked_phone(number.strip() or "0000"))
    assert len(digits) < 5 or len(shown) <= len(digits) - 4 or len(shown) <= 1


def with_request(source, request, **context):
    return rendered(source, request=request, **context)


def test_the_query_string_keeps_the_filters():
    request = RequestFactory().get("/venues/", {"q": "网吧", "page": "3", "district": ["1", "2"]})
    html = with_request("{% query_with page=4 q=None %}", request)
    assert html == "?page=4&amp;district=1&amp;district=2"
    assert with_request("{% query_with page='' q='' district=None %}", request) == "?"


def key_in(html):
    return uuid.UUID(re.search(r'name="form_key" value="([^"]+)"', html)[1])


def test_a_fresh_form_gets_a_fresh_key():
    request = RequestFactory().get("/")
    assert key_in(with_request("{% form_key %}", request)) != key_in(with_request("{% form_key %}", request))


def test_a_form_shown_again_keeps_its_key():
    sent = uuid.uuid4()
    request = RequestFactory().post("/", {"form_key": str(sent)})
    assert key_in(with_request("{% form_key %}", request)) == sent
    assert key_in(with_request("{% form_key new=True %}", request)) != sent


def test_only_the_form_that_was_sent_keeps_the_key():
    from django import forms

    sent = uuid.uuid4()
    request = RequestFactory().post("/", {"form_key": str(sent)})
    assert key_in(with_request("{% form_key form %}", request, form=forms.Form(request.POST))) == sent
    assert key_in(with_request("{% form_key form %}", request, form=forms.Form())) != sent


def test_a_key_that_is_none_is_replaced():
    request = RequestFactory().post("/", {"form_key": '"><script>'})
    assert key_in(with_request("{% form_key %}", request))
