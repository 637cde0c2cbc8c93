"""Missed calls: noted, listed, called back once, their number shown only with a row."""

import datetime
import functools
import uuid

import pytest
from django.utils import timezone

from complaints.models import Call, CallerView, Channel
from complaints.tests.calling import registered
from venues.tests.forms import filled, queries, sent

NUMBER = "13900007777"


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


@pytest.fixture
def missed(duty_officer):
    return ring(duty_officer)


def ring(by, result="missed", number=NUMBER, at=None):
    channel = Channel.objects.get(slug="unit_phone")
    return Call.objects.log(by=by, client_id=uuid.uuid4(), channel=channel, result=result, number=number, at=at)


def form(**fields):
    base = {"number": NUMBER, "on": "2020-01-27", "time": "03:10", "result": "missed",
            "channel": Channel.objects.get(slug="unit_phone").pk}  # fmt: skip
    return {name: value for name, value in (base | fields).items() if value is not None}


def test_a_missed_call_is_noted_with_its_own_time(desk):
    assert sent(desk, "/calls/missed/new/", form()).status_code == 302
    call = Call.objects.get()
    assert timezone.localtime(call.started_at).strftime("%m-%d %H:%M") == "01-27 03:10" and call.answered_by is None


@pytest.mark.parametrize(
    "fields", [{"number": None}, {"number": "1"}, {"on": "2999-01-01"}, {"result": "valid"}, {"time": None}]
)
def test_a_ring_that_says_too_little_is_refused(desk, fields):
    assert sent(desk, "/calls/missed/new/", form(**fields)).status_code == 422
    assert not Call.objects.exists()


def test_the_list_shows_what_is_to_be_called_back_and_no_number(desk, missed, duty_officer):
    registered(duty_officer)
    ring(duty_officer, "nuisance")
    assert filled(desk.get("/calls/")).count('<th scope="row"') == 3
    text = filled(desk.get("/calls/", {"to_return": 1}))
    assert text.count('<th scope="row"') == 1 and "139****7777" in text and NUMBER not in text


def test_the_filters_are_in_the_address_and_nonsense_in_them_breaks_nothing(desk, missed):
    assert "139****7777" in filled(desk.get("/calls/", {"result": "missed", "channel": "unit_phone"}))
    assert "139****7777" not in filled(desk.get("/calls/", {"result": "silent"}))
    assert "139****7777" not in filled(desk.get("/calls/", {"until": "2020-01-01"}))
    filled(desk.get("/calls/", {"result": "x", "since": "yesterday", "channel": "x", "page": "x"}))
    filled(desk.get("/calls/", {"since": "0001-01-01", "until": "9999-12-31"}))


def test_a_call_is_returned_once_and_the_second_is_told_who_was_first(
    desk, missed, signed_in, second_duty_officer, duty_officer
):
    url = f"/calls/{missed.pk}/returned/"
    sent(desk, url, {})
    answer = sent(signed_in(second_duty_officer), url, {}, follow=True)
    missed.refresh_from_db()
    assert missed.called_back_by == duty_officer and str(duty_officer) in answer.content.decode()


def test_the_number_is_shown_to_dial_it_and_the_view_is_a_row(desk, missed, duty_officer):
    page = desk.get(f"/calls/{missed.pk}/number/")
    assert 'name="reason"' in filled(page) and NUMBER not in page.content.decode() and not CallerView.objects.exists()
    answer = desk.post(f"/calls/{missed.pk}/number/", {"reason": "回拨未接来电"})
    assert NUMBER in filled(answer) and "no-store" in answer["Cache-Control"]
    view = CallerView.objects.get()
    assert (view.by, view.reason, view.caller) == (duty_officer, "回拨未接来电", missed.caller)


@pytest.mark.parametrize("reason", [None, "", " ", "x"])
def test_without_a_reason_no_number_is_shown(reason, desk, missed):
    answer = desk.post(f"/calls/{missed.pk}/number/", {} if reason is None else {"reason": reason})
    text = answer.content.decode()
    assert answer.status_code == 422 and 'id="reveal_reason_error"' in text and NUMBER not in text
    assert not CallerView.objects.exists()


def test_the_number_of_a_call_that_needs_no_call_back_is_not_shown_here(desk, missed, duty_officer):
    missed.call_back(by=duty_officer)
    assert desk.post(f"/calls/{missed.pk}/number/", {"reason": "回拨"}).status_code == 404
    assert not CallerView.objects.exists()


@pytest.mark.parametrize("role", ["inspector", "auditor"])
def test_who_may_see_calls_sees_no_numbers_and_returns_none(role, request, signed_in, missed):
    client = signed_in(request.getfixturevalue(role))
    text = filled(client.get("/calls/"))
    assert "139****7777" in text and "returned" not in text and "/number/" not in text
    assert sent(client, f"/calls/{missed.pk}/returned/", {}).status_code == 403
    assert client.post(f"/calls/{missed.pk}/number/", {"reason": "回拨"}).status_code == 403
    assert client.get(f"/calls/{missed.pk}/number/").status_code == 403


@pytest.mark.parametrize("role", ["editor", "clerk", "viewer", "administrator"])
def test_the_others_see_no_calls(role, request, signed_in):
    assert signed_in(request.getfixturevalue(role)).get("/calls/").status_code == 403


def test_the_list_costs_the_same_for_one_and_many(desk, duty_officer):
    ring(duty_officer)
    one = queries(desk, "/calls/")
    for _ring in range(5):
        ring(duty_officer)
    registered(duty_officer)
    assert queries(desk, "/calls/") == one


def test_pages_of_calls_follow_each_other_by_the_last_row_without_gap_or_double(desk, duty_officer, monkeypatch):
    from complaints.views import missed as views

    monkeypatch.setattr(views, "stretch", functools.partial(views.stretch, size=3))
    at = timezone.now() - datetime.timedelta(hours=1)
    for n in range(8):  # some in the same second
        ring(duty_officer, at=at + datetime.timedelta(minutes=n // 3))
    expected = list(Call.objects.order_by("-started_at", "-pk").values_list("pk", flat=True))
    seen, url = [], "/calls/?channel=unit_phone"
    while url:
        page = desk.get(url)
        seen += [call.pk for call in page.context["page"].rows]
        following = page.context["page"].next
        ring(duty_officer, at=timezone.now())  # a new call shifts nothing
        url = following and f"/calls/?channel=unit_phone&after={following}"
    assert seen == expected
    back = desk.get(f"/calls/?before={page.context['page'].previous}").context["page"]
    assert [call.pk for call in back.rows] == expected[3:6]


@pytest.mark.parametrize("query", ["page=x", "after=x", "before=1-2", "after=99999999999999999-1-1", "since=99999"])
def test_odd_words_in_the_address_of_the_list_break_nothing(query, desk, missed):
    filled(desk.get(f"/calls/?{query}"))
