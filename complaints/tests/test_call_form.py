"""Saving a call: what is needed, what is refused, what happens by itself. The rules are the server's."""

import datetime
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from complaints.forms import calls as forms
from complaints.models import Call, Channel, Complaint, ComplaintEvent, Draft, Topic
from complaints.tests.calling import registered, typed
from venues.tests.forms import sent

URL = "/calls/new/"


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


def saved(client, **fields):
    answer = sent(client, URL, typed(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return Complaint.objects.latest("pk")


# --- what is needed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"number": None}, "id_number"),
        ({"number": "12"}, "id_number"),
        ({"withheld": "on"}, "id_number"),
        ({"topic": None}, "id_topic"),
        ({"content": "  "}, "id_content"),
        ({"place": None}, "id_place"),
        ({"received_on": "2020-01-24"}, "id_received_time"),
        ({"received_time": "12:20"}, "id_received_on"),
        ({"received_on": "2999-01-24", "received_time": "12:20"}, "id_received_on"),
        ({"urgency": "normal", "ongoing": "yes"}, "id_urgency_reason"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_stored(desk, fields, beside):
    answer = sent(desk, URL, typed(**fields))
    text = answer.content.decode()
    assert answer.status_code == 422 and f'id="{beside}_error"' in text
    assert "有人摆游戏机" in text or "content" in fields
    assert not Complaint.objects.exists() and not Call.objects.exists()


def test_the_key_of_a_refused_form_stays_and_is_good_for_the_next_try(desk):
    key = uuid.uuid4()
    assert f'name="form_key" value="{key}"' in sent(desk, URL, typed(topic=None), key=key).content.decode()
    assert sent(desk, URL, typed(), key=key).status_code == 302
    assert Complaint.objects.get().client_id == key


@pytest.mark.parametrize("where", ["venue", "place", "place_unclear"])
def test_a_venue_or_a_place_or_unclear_is_enough(desk, netbar, where):
    fields = {
        "venue": {"place": None, "venue": netbar.pk},
        "place": {},
        "place_unclear": {"place": None, "place_unclear": "on"},
    }
    saved(desk, **fields[where])


def test_words_in_the_search_that_match_nothing_keep_no_call_from_being_saved(desk):
    assert saved(desk, venue_q="没有这家").venue is None


def test_a_withheld_number_is_a_caller_nobody_knows(desk):
    assert saved(desk, number=None, withheld="on").caller is None


def test_district_and_street_come_from_the_venue(desk, netbar):
    assert saved(desk, place=None, venue=netbar.pk).district == netbar.district


# --- what happens by itself -----------------------------------------------------------------------------------------


def test_the_time_is_that_of_the_first_key_and_of_no_clock_but_the_servers(desk, monkeypatch):
    opened = timezone.now() - datetime.timedelta(minutes=9)
    monkeypatch.setattr(forms.timezone, "now", lambda: opened)
    note = forms.opened_now()
    monkeypatch.undo()
    complaint = saved(desk, opened=note, began="60")
    assert abs(complaint.received_at - opened - datetime.timedelta(seconds=60)) < datetime.timedelta(seconds=1)
    assert not complaint.backfilled and complaint.calls.get().started_at == complaint.received_at


@pytest.mark.parametrize("opened", ["", "2020-01-24", "1579854600:forged"])
def test_a_damaged_note_of_the_opening_means_now(desk, opened):
    assert timezone.now() - saved(desk, opened=opened, began="5").received_at < datetime.timedelta(minutes=1)


def test_began_can_move_a_call_neither_into_the_future_nor_out_of_the_range_of_time(desk):
    for began in ("999999", "99999999999999999999"):
        complaint = saved(desk, opened=forms.opened_now(), began=began)
        assert complaint.received_at <= timezone.now()


def test_the_officer_is_whoever_is_signed_in(desk, duty_officer):
    complaint = saved(desk)
    assert complaint.taken_by == complaint.calls.get().answered_by == duty_officer


def test_the_urgency_is_proposed_by_the_topic_and_raised_while_it_goes_on(desk):
    assert saved(desk).urgency == "urgent"
    assert saved(desk, ongoing="yes").urgency == "critical"


def test_another_urgency_with_its_reason_is_kept_with_it(desk):
    complaint = saved(desk, ongoing="yes", urgency="normal", urgency_reason="已有人在现场")
    assert complaint.urgency == "normal"
    assert complaint.events.get().data == {"urgency_reason": "已有人在现场"}


def test_a_box_that_is_not_ticked_means_no(desk):
    complaint = saved(desk, confidential=None, wants_reply=None)
    assert (complaint.confidential, complaint.wants_reply) == (False, False)


def test_entered_later_takes_the_next_number_of_its_own_day(desk):
    first = saved(desk, received_on="2020-01-27", received_time="12:20")
    second = saved(desk, received_on="2020-01-27", received_time="09:00")
    assert [first.number, second.number] == ["TS20200127-001", "TS20200127-002"]
    assert first.backfilled and first.recorded_at > first.received_at


def test_an_external_number_is_taken_once_in_its_channel(desk):
    channel = Channel.objects.get(slug="12345").pk
    saved(desk, channel=channel, external_no="A-1")
    answer = sent(desk, URL, typed(channel=channel, external_no="A-1"))
    assert answer.status_code == 422 and 'id="id_external_no_error"' in answer.content.decode()


# --- the keys and buttons -------------------------------------------------------------------------------------------


def test_fifty_presses_with_the_same_content_are_one_and_other_content_is_told_where_the_first_is(desk):
    key = uuid.uuid4()
    first = sent(desk, URL, typed(), key=key)
    again = sent(desk, URL, typed(), key=key)
    other = sent(desk, URL, typed(content="别的话"), key=key)
    assert first.url == again.url and other.status_code == 422
    text = other.content.decode()
    assert Complaint.objects.get().number in text and "别的话" in text


def test_save_and_dispatch_goes_on_to_the_form_while_nobody_is_on_duty(desk):
    answer = sent(desk, URL, typed(then="dispatch"))
    assert answer.url == reverse("complaints:complaint_act", args=[Complaint.objects.get().number, "dispatch"])


def test_save_and_dispatch_sends_to_those_on_duty(desk, inspector, monkeypatch):
    officers = get_user_model().objects
    monkeypatch.setattr(type(officers), "on_duty", lambda self, at: self.filter(pk=inspector.pk))
    complaint = saved(desk, then="dispatch")
    assert complaint.status == "dispatched" and list(complaint.assignees.all()) == [inspector]


def test_an_inquiry_answered_at_once_is_saved_told_and_closed_in_one(desk):
    topic = Topic.objects.get(slug="consult").pk
    complaint = saved(desk, topic=topic, place=None, place_unclear="on", answer="网吧已全部停业")
    assert complaint.status == "answered_at_once" and complaint.outcome == "网吧已全部停业"


def test_answered_and_dispatched_at_once_is_refused_and_leaves_nothing(desk):
    assert sent(desk, URL, typed(answer="好的", then="dispatch")).status_code == 422
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("result", ["silent", "nuisance", "wrong_number", "missed"])
def test_a_ring_without_a_complaint_is_one_key(desk, result, duty_officer):
    answer = sent(desk, URL, typed(topic=None, place=None, content=None, result=result))
    call = Call.objects.get()
    assert answer.url == URL and call.result == result and not Complaint.objects.exists()
    assert call.answered_by == (None if result == "missed" else duty_officer)


LONG = "他说了很多," * 320  # 1,920 characters


@pytest.mark.parametrize("result", ["silent", "nuisance"])
def test_what_was_said_on_a_ring_without_a_complaint_is_kept_whole(desk, result):
    sent(desk, URL, typed(topic=None, content=LONG, result=result))
    assert Call.objects.get().remark == LONG


def test_what_was_said_on_an_added_call_is_kept_whole(desk, duty_officer):
    complaint = registered(duty_officer)
    sent(desk, URL, typed(content=LONG, add_to=complaint.number))
    assert complaint.events.last().text == LONG


@pytest.mark.parametrize("light", ["add_to", "result"])
@pytest.mark.parametrize(("field", "text"), [("content", "长" * 4001), ("name", "长" * 61)])
def test_what_is_too_long_is_refused_and_stays_in_the_form(desk, duty_officer, light, field, text):
    complaint = registered(duty_officer)
    answer = sent(desk, URL, typed(**{field: text, light: complaint.number if light == "add_to" else "silent"}))
    assert answer.status_code == 422 and text in answer.content.decode()
    assert Call.objects.count() == 1 and complaint.events.count() == 1


@pytest.mark.parametrize("number", ["8613812345678", "+8613812345678", "0938-8212345", "138 1234 5678"])
def test_a_telephone_number_is_no_external_number(desk, number):
    answer = sent(desk, URL, typed(external_no=number))
    assert answer.status_code == 422 and 'id="id_external_no_error"' in answer.content.decode()
    assert not Complaint.objects.exists()


def test_a_warning_of_uncovered_posts_saves_nothing_until_it_was_read(desk, inspector, monkeypatch):
    officers = type(get_user_model().objects)
    monkeypatch.setattr(officers, "on_duty", lambda self, at: self.filter(pk=inspector.pk))
    monkeypatch.setattr(officers, "coverage_without", lambda self, team, at: ["夜班只剩一人"])
    answer = sent(desk, URL, typed(then="dispatch"))
    assert answer.status_code == 422 and "夜班只剩一人" in answer.content.decode() and not Complaint.objects.exists()
    assert saved(desk, then="dispatch_all_the_same").status == "dispatched"


def test_an_unknown_result_and_valid_are_refused(desk):
    for result in ("valid", "nonsense"):
        assert sent(desk, URL, typed(result=result)).status_code == 422
    assert not Call.objects.exists()


def test_without_javascript_the_search_button_shows_venues_and_saves_nothing(desk, netbar):
    answer = sent(desk, URL, typed(venue_q="ltwb", venue_find="1"))
    text = answer.content.decode()
    assert answer.status_code == 200 and "蓝天网吧" in text and "有人摆游戏机" in text
    assert not Complaint.objects.exists()


# --- one more call --------------------------------------------------------------------------------------------------


def test_a_call_is_added_with_its_own_caller_and_overwrites_nothing(desk, duty_officer, qinzhou):
    complaint = registered(duty_officer, number="13900002222")
    before = Complaint.objects.values().get()
    sent(desk, URL, typed(number="13900003333", content="还在营业", add_to=complaint.number))
    assert Complaint.objects.values().get() == before
    callers = list(complaint.calls.order_by("pk").values_list("caller__number_masked", flat=True))
    assert callers == ["139****2222", "139****3333"]
    event = complaint.events.last()
    assert (event.act, event.text, event.to_status) == ("add_call", "还在营业", "registered")
    assert "3333" not in str(event.data)


def test_adding_a_call_counts_once(desk, duty_officer):
    complaint, key = registered(duty_officer), uuid.uuid4()
    for _press in range(3):
        sent(desk, URL, typed(add_to=complaint.number), key=key)
    complaint.add_call(by=duty_officer, client_id=key, channel=complaint.channel)
    assert complaint.calls.count() == 2 and ComplaintEvent.objects.filter(act="add_call").count() == 1


def test_nothing_is_added_to_a_complaint_that_is_at_its_end(desk, duty_officer):
    complaint = registered(duty_officer)
    complaint.void(by=duty_officer, reason="误登")
    assert sent(desk, URL, typed(add_to=complaint.number)).status_code == 422
    assert complaint.calls.count() == 1


def test_nothing_is_added_to_a_complaint_that_does_not_exist(desk):
    assert sent(desk, URL, typed(add_to="TS19990101-001")).status_code == 404


# --- who may --------------------------------------------------------------------------------------------------------

ADDRESSES = ["/calls/new/", "/calls/missed/new/", "/calls/venue/"]
POSTS = [
    "/calls/new/",
    "/calls/history/",
    "/calls/duplicates/",
    "/calls/draft/",
    "/calls/draft/discard/",
    "/calls/missed/new/",
]


@pytest.mark.parametrize("role", ["inspector", "editor", "clerk", "auditor", "viewer", "administrator"])
def test_others_take_no_calls(role, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    assert {client.get(url).status_code for url in ADDRESSES} == {403}
    assert {sent(client, url, typed()).status_code for url in POSTS} == {403}
    assert not Complaint.objects.exists() and not Draft.objects.exists()


@pytest.mark.parametrize("url", ["/calls/history/", "/calls/duplicates/", "/calls/draft/", "/calls/draft/discard/"])
def test_what_carries_a_caller_is_never_asked_by_address(desk, url):
    assert desk.get(url, {"number": "13900001111"}).status_code == 405
