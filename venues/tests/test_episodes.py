"""When a venue was running and when it was seen shut: the pure function, against a plain twin on random looks."""

import datetime
import uuid
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import T
from venues.episodes import episodes

MINUTE = datetime.timedelta(minutes=1)


def look(minutes, result, certified=2, key=None):
    key = key or uuid.uuid4()
    return SimpleNamespace(observed_at=T + minutes * MINUTE, result=result, certified=certified, client_uuid=key)


def spans(looks, discounted=()):
    return [(e.found_at, e.stopped_at) for e in episodes(looks, discounted)]


def span(found, stopped=None):
    return (T + found * MINUTE, None if stopped is None else T + stopped * MINUTE)


def test_nothing_was_running_without_a_look_that_found_it():
    assert spans([look(0, "closed"), look(5, "limited"), look(9, "not_found")]) == []


@pytest.mark.parametrize("found", ["operating", "concealed"])
def test_from_the_first_look_that_found_it_to_the_first_later_closed(found):
    looks = [look(0, "closed"), look(10, found), look(20, "operating"), look(28, "closed"), look(40, "closed")]
    assert spans(looks) == [span(10, 28)]


@pytest.mark.parametrize("unclear", ["limited", "not_found", "unverifiable"])
def test_an_unclear_look_ends_nothing(unclear):
    assert spans([look(10, "operating"), look(20, unclear)]) == [span(10)]


def test_at_equal_times_the_worse_result_wins():
    assert spans([look(10, "closed"), look(10, "operating")]) == [span(10)]
    assert spans([look(5, "operating"), look(10, "closed"), look(10, "operating")]) == [span(5)]


def test_found_again_is_another_episode():
    looks = [look(10, "operating"), look(20, "closed"), look(30, "operating")]
    assert spans(looks) == [span(10, 20), span(30)]


def test_what_an_officer_discounted_does_not_count():
    looks = [look(10, "operating"), look(15, "operating"), look(30, "operating")]
    assert spans(looks, [span(10, 20)]) == [span(30)]


RESULTS = st.sampled_from(["closed", "operating", "concealed", "limited", "not_found", "unverifiable"])
LOOKS = st.lists(st.builds(look, st.integers(0, 12), RESULTS, st.integers(0, 2), st.uuids()), max_size=14)


def plain_twin(looks):
    """Minute by minute: running when something open was seen in that minute, shut when only a closed was."""
    found, since = [], None
    for minute in range(13):
        seen = {one.result for one in looks if one.observed_at == T + minute * MINUTE}
        if seen & {"operating", "concealed"}:
            since = minute if since is None else since
        elif "closed" in seen and since is not None:
            found.append(span(since, minute))
            since = None
    return found + ([span(since)] if since is not None else [])


@given(LOOKS, st.randoms())
def test_any_arrival_order_of_the_same_looks_gives_the_same_episodes(looks, chance):
    expected = plain_twin(looks)
    assert spans(looks) == expected
    chance.shuffle(looks)
    found = episodes(looks)
    assert [(e.found_at, e.stopped_at) for e in found] == expected
    assert [e.opened_by for e in found] == [e.opened_by for e in episodes(looks[::-1])]
