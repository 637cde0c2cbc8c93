"""Moments in addresses."""

import datetime

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from conftest import SHANGHAI, T
from venues.moments import as_of, day_so_far, in_address, in_words, local_day, parse_as_of
from venues.transitions import Refused


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-24T16:30:00+08:00",
        "2020-01-24T16:30:00 08:00",  # the plus that an address loses
        "2020-01-24T16:30",
        "2020-01-24 16:30",
        " 2020-01-24T16:30:00 ",
        "2020-01-24T08:30:00Z",
        "2020-01-24 16:30:00 08:00",
    ],
)
def test_a_moment_is_read_in_every_way_it_is_written(text):
    assert parse_as_of(text) == T


def test_a_bare_date_is_the_end_of_its_day():
    assert parse_as_of("2020-01-24") == datetime.datetime(2020, 1, 25, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text", ["", "now", "2020-13-01T00:00", "24.01.2020", "2020-01-24T25:00", "0001-01-01T00:00", "😀"]
)
def test_what_is_no_moment_is_refused_with_an_example(text):
    with pytest.raises(Refused, match="2020-01-24T18:30"):
        parse_as_of(text)


@given(
    st.integers(946684800, 4102444800).map(
        lambda seconds: datetime.datetime.fromtimestamp(seconds + 0.123456, datetime.UTC)
    )
)
def test_a_moment_comes_back_from_its_address_exactly(moment):
    assert parse_as_of(in_address(moment)) == moment
    assert parse_as_of(in_address(moment).replace("+", " ")) == moment


def test_without_as_of_it_is_now_and_the_future_is_refused(rf):
    moment, asked = as_of(rf.get("/"))
    assert (asked, abs(timezone.now() - moment) < datetime.timedelta(minutes=1)) == (False, True)
    assert as_of(rf.get("/", {"as_of": "2020-01-24T16:30"})) == (T, True)
    with translation.override("en"), pytest.raises(Refused, match="not come yet"):
        as_of(rf.get("/", {"as_of": "2199-01-01T00:00"}))


def test_a_local_day_is_half_open_and_midnight_closes_the_day_before():
    start, end = local_day(datetime.date(2020, 1, 24))
    assert (start, end) == (
        datetime.datetime(2020, 1, 24, tzinfo=SHANGHAI), datetime.datetime(2020, 1, 25, tzinfo=SHANGHAI),
    )  # fmt: skip
    assert day_so_far(start + datetime.timedelta(seconds=1)) == start
    assert day_so_far(end) == start


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 h"), (1.9, "1 min"), (60, "1 h"), (238, "3 h 58 min")])
def test_durations_in_words(minutes, words):
    with translation.override("en"):
        assert in_words(datetime.timedelta(minutes=minutes)) == words
