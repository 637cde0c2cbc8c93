"""The same travellers in two agencies count once, at the organiser, as soon as somebody links the groups."""

import pytest

from refunds.figures import refund_figures
from refunds.models import TourGroup
from refunds.tests.making import group_of, on
from venues.transitions import Refused, TooLate


@pytest.fixture
def organiser(agency):
    return group_of(agency, "O-1", heads=10)


@pytest.fixture
def other(make_venue):
    return make_venue("北斗旅行社", category_slug="travel_agency")


@pytest.fixture
def receiver(other):
    return group_of(other, "R-1", heads=10, role="receiver", market="")


def counted(day=30):
    found = refund_figures(on(day))
    return found["groups"], found["people"], found["with_groups"]


def test_two_groups_that_are_linked_count_once(organiser, receiver, clerk):
    assert counted() == (2, 20, 2)
    receiver.link_to(organiser, by=clerk, at=on(30))
    assert counted() == (1, 10, 2)
    assert refund_figures(on(30))["by_market"]["local"] == {"groups": 0, "people": 0}
    receiver.unlink(by=clerk, at=on(31))
    assert counted(31) == (2, 20, 2)


def test_before_the_link_and_while_it_lasted_the_answer_stays(organiser, receiver, clerk):
    receiver.link_to(organiser, by=clerk, at=on(30))
    receiver.unlink(by=clerk, at=on(31))
    assert [counted(day)[0] for day in (29, 30, 31)] == [2, 1, 2]
    receiver.link_to(organiser, by=clerk, at=on(29))  # a slip of the calendar: it follows what was said last
    assert [counted(day)[0] for day in (29, 30, 31)] == [2, 1, 1]


def test_while_the_organiser_is_not_known_the_receiver_counts(agency, receiver, clerk):
    late = group_of(agency, "O-1", heads=10, at=on(31))
    receiver.link_to(late, by=clerk, at=on(29))
    assert [counted(day)[:2] for day in (30, 31)] == [(1, 10), (1, 10)]
    assert TourGroup.objects.as_of(on(30)).get().counted


def test_an_agency_keeps_its_status_even_if_its_group_counts_elsewhere(organiser, receiver, clerk):
    receiver.link_to(organiser, by=clerk, at=on(29))
    found = refund_figures(on(30))["cancelled_unpaid"]
    assert (found["agencies"], found["groups"]) == (2, 1)


def test_a_group_is_linked_once_and_not_in_a_chain(organiser, receiver, other, make_venue, clerk):
    receiver.link_to(organiser, by=clerk)
    with pytest.raises(TooLate):
        receiver.link_to(organiser, by=clerk)
    third = group_of(make_venue("玫瑰旅行社", category_slug="travel_agency"), "T-1")
    for one, two in ((third, receiver), (organiser, third)):
        with pytest.raises(Refused):
            one.link_to(two, by=clerk)


def test_groups_of_one_agency_are_not_the_same_travellers(agency, organiser, clerk):
    with pytest.raises(Refused):
        group_of(agency, "O-2").link_to(organiser, by=clerk)


def test_what_is_not_linked_is_not_unlinked(receiver, clerk):
    with pytest.raises(TooLate):
        receiver.unlink(by=clerk)


def test_merged_agencies_are_one(agency, other, organiser, receiver, leader):
    other.merge_into(agency, by=leader)
    assert counted()[2] == 1
    assert refund_figures(on(30))["agencies"] == 1
    assert TourGroup.objects.of(agency).count() == 2
