"""What appears beside the call form: a number's history, a venue's standing, duplicates; in constant queries."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Call, Channel, Complaint, Topic
from complaints.tests.calling import registered

NUMBER = "13900001111"


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


def history(client, number=NUMBER):
    return client.post("/calls/history/", {"number": number}).content.decode()


def duplicates(client, **fields):
    fields.setdefault("topic", Topic.objects.get(slug="outdoor").pk)
    return client.post("/calls/duplicates/", fields).content.decode()


def test_a_number_shows_its_calls_and_open_complaints_without_name_or_number(desk, duty_officer):
    complaint = registered(duty_officer, number="+86 139-0000-1111", name="赵某")
    text = history(desk)
    assert complaint.number in text and "139****1111" in text
    assert "赵某" not in text and NUMBER not in text


def test_a_number_that_was_not_called_back_says_so(desk, duty_officer):
    call = Call.objects.log(
        by=duty_officer,
        client_id=uuid.uuid4(),
        channel=Channel.objects.get(slug="unit_phone"),
        result="missed",
        number=NUMBER,
    )
    assert "tone-warn" in history(desk)
    call.call_back(by=duty_officer)
    assert "tone-warn" not in history(desk)


@pytest.mark.parametrize("number", ["", "1", "13", "abc"])
def test_a_piece_of_a_number_finds_nothing(desk, duty_officer, number):
    registered(duty_officer, number=NUMBER)
    assert "TS" not in history(desk, number)


def test_another_number_finds_nothing_of_this_one(desk, duty_officer):
    registered(duty_officer, number=NUMBER)
    assert "TS" not in history(desk, "13900001112")


def test_the_history_costs_the_same_for_one_call_and_for_many(desk, duty_officer):
    registered(duty_officer, number=NUMBER)
    history(desk)
    with CaptureQueriesContext(connection) as few:
        history(desk)
    for _call in range(9):
        registered(duty_officer, number=NUMBER)
    with CaptureQueriesContext(connection) as many:
        history(desk)
    assert len(many) == len(few) <= 11


def test_beside_a_venue_stands_that_it_is_ordered_shut_and_what_is_open_there(desk, duty_officer, netbar, order):
    complaint = registered(duty_officer, venue=netbar, place="")
    text = desk.get("/calls/venue/", {"venue": netbar.pk}).content.decode()
    assert "2020-01-24 16:30" in text and complaint.number in text
    assert f'data-district="{netbar.district_id}"' in text


@pytest.mark.parametrize("venue", ["0", "x", "99999999", "1' or 1"])
def test_a_venue_that_is_none_is_not_found(desk, venue):
    assert desk.get("/calls/venue/", {"venue": venue}).status_code == 404


def test_a_venue_costs_the_same_with_many_complaints(desk, duty_officer, netbar, order):
    url = "/calls/venue/"
    registered(duty_officer, venue=netbar)
    desk.get(url, {"venue": netbar.pk})
    with CaptureQueriesContext(connection) as few:
        desk.get(url, {"venue": netbar.pk})
    for _complaint in range(4):
        registered(duty_officer, venue=netbar)
    with CaptureQueriesContext(connection) as many:
        desk.get(url, {"venue": netbar.pk})
    assert len(many) == len(few)


def test_the_same_venue_and_topic_within_twelve_hours_is_offered(desk, duty_officer, netbar, ktv):
    complaint = registered(duty_officer, venue=netbar, place="")
    assert complaint.number in duplicates(desk, venue=netbar.pk)
    assert complaint.number not in duplicates(desk, venue=ktv.pk)
    assert complaint.number not in duplicates(desk, venue=netbar.pk, topic=Topic.objects.get(slug="noise").pk)


def test_nearly_the_same_words_in_the_same_district_are_offered(desk, duty_officer, qinzhou, maiji):
    complaint = registered(duty_officer, place="体育场东门", district=qinzhou)
    assert complaint.number in duplicates(desk, place="秦州体育场 东门。", district=qinzhou.pk)
    assert complaint.number in duplicates(desk, place="体育场东门")
    assert complaint.number not in duplicates(desk, place="体育场东门", district=maiji.pk)
    assert complaint.number not in duplicates(desk, place="体育场西门", district=qinzhou.pk)
    assert complaint.number not in duplicates(desk, place="门", district=qinzhou.pk)


def test_what_is_going_on_is_offered_first(desk, duty_officer, netbar):
    going = registered(duty_officer, venue=netbar, received_at=timezone.now() - datetime.timedelta(hours=3))
    over = registered(duty_officer, venue=netbar, ongoing="no")
    unknown = registered(duty_officer, venue=netbar, ongoing="unknown")
    text = duplicates(desk, venue=netbar.pk)
    assert text.index(going.number) < text.index(unknown.number) < text.index(over.number)


def test_a_venue_and_its_name_in_words_are_the_same_place(desk, duty_officer, netbar, ktv):
    by_venue = registered(duty_officer, venue=netbar, place="")
    assert by_venue.number in duplicates(desk, place="蓝天网吧 二楼")
    in_words = registered(duty_officer, place="那个蓝天网吧", venue=None)
    text = duplicates(desk, venue=netbar.pk)
    assert by_venue.number in text and in_words.number in text
    assert in_words.number not in duplicates(desk, venue=ktv.pk)


def test_what_is_at_its_end_or_older_is_not_offered(desk, duty_officer, netbar):
    old = registered(duty_officer, venue=netbar, received_at=timezone.now() - datetime.timedelta(hours=12, minutes=1))
    void = registered(duty_officer, venue=netbar)
    void.void(by=duty_officer, reason="误登")
    text = duplicates(desk, venue=netbar.pk)
    assert old.number not in text and void.number not in text


def test_the_form_itself_costs_a_fixed_number_of_queries(desk, duty_officer, qinzhou):
    desk.get("/calls/new/")
    with CaptureQueriesContext(connection) as captured:
        desk.get("/calls/new/")
    assert len(captured) <= 16, len(captured)  # three of them for the head of the page


def test_saving_costs_a_fixed_number_of_queries(desk, duty_officer):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            registered(duty_officer)
        return len(captured)

    first = cost()
    assert {cost() for _call in range(3)} == {first} and first <= 16
    assert Complaint.objects.count() == 4
