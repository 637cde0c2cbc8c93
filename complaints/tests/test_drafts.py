"""Drafts on the server: only their owner's, encrypted, gone with the saved call."""

import uuid

import pytest
from django.db import connection

from complaints.models import Complaint, Draft
from complaints.models.drafts import saved
from complaints.tests.calling import typed
from venues.tests.forms import filled, sent

URL = "/calls/draft/"


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


def kept(client, key, **fields):
    return sent(client, URL, typed(**fields), key=key)


def test_what_is_typed_is_kept_and_shown_again(desk):
    key = uuid.uuid4()
    assert kept(desk, key, content="第一句").status_code == 204
    assert kept(desk, key, content="第二句", confidential=None).status_code == 204
    text = filled(desk.get("/calls/new/", {"draft": key}))
    assert "第二句" in text and "13900001111" in text and f'value="{key}"' in text
    assert 'id="id_confidential" checked' not in text and "checked" in text


def test_the_strip_shows_my_other_unfinished_calls_and_no_number(desk):
    key = uuid.uuid4()
    kept(desk, key, place=None)
    text = filled(desk.get("/calls/new/"))
    assert f"?draft={key}" in text and "139****1111" in text and "13900001111" not in text


def test_nobody_sees_or_changes_or_discards_the_draft_of_another(desk, signed_in, second_duty_officer):
    other, key = signed_in(second_duty_officer), uuid.uuid4()
    kept(desk, key)
    assert "13900001111" not in filled(other.get("/calls/new/", {"draft": key}))
    assert f"?draft={key}" not in filled(other.get("/calls/new/"))
    assert kept(other, key, content="别人的话").status_code == 409
    other.post("/calls/draft/discard/", {"draft": key})
    assert Draft.objects.get().fields()["content"] == "有人摆游戏机"


def test_a_draft_is_unreadable_in_the_database(desk):
    kept(desk, uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM complaints_draft")
        row = str(cursor.fetchall())
    assert "13900001111" not in row and "有人" not in row


def test_the_draft_goes_with_the_saved_call_and_comes_no_more(desk):
    key = uuid.uuid4()
    kept(desk, key)
    sent(desk, "/calls/new/", typed(), key=key)
    assert not Draft.objects.exists()
    assert kept(desk, key).status_code == 409 and not Draft.objects.exists()
    assert Complaint.objects.get().number in filled(desk.get("/calls/new/", {"draft": key}))


def test_a_draft_that_came_in_while_its_call_was_saved_goes_when_the_form_is_opened(desk, duty_officer):
    key = uuid.uuid4()
    sent(desk, "/calls/new/", typed(result="silent"), key=key)
    Draft.objects.create(client_id=key, by=duty_officer, cipher="")
    filled(desk.get("/calls/new/"))
    assert not Draft.objects.exists()


def test_a_refused_save_keeps_its_draft(desk):
    key = uuid.uuid4()
    kept(desk, key)
    sent(desk, "/calls/new/", typed(topic=None), key=key)
    assert Draft.objects.exists()


def test_a_discarded_draft_is_gone(desk):
    key = uuid.uuid4()
    kept(desk, key)
    desk.post("/calls/draft/discard/", {"draft": key})
    assert not Draft.objects.exists()


@pytest.mark.parametrize("key", ["", "x"])
def test_a_draft_without_a_key_and_one_that_is_too_long_are_refused(desk, key):
    assert desk.post(URL, {"form_key": key, **typed()}).status_code == 400
    assert kept(desk, uuid.uuid4(), content="长" * 30_000).status_code == 400
    assert not Draft.objects.exists()


def test_the_browser_learns_which_of_its_drafts_were_saved(desk):
    done, open_ = uuid.uuid4(), uuid.uuid4()
    sent(desk, "/calls/new/", typed(), key=done)
    assert desk.post(URL, {"keys": f"{done},{open_},x"}).json() == {"saved": [str(done)]}
    assert saved([]) == set()


@pytest.mark.parametrize("key", ["x", "1", "00000000-0000-0000-0000-00000000000g"])
def test_a_damaged_key_opens_an_empty_form(desk, key):
    filled(desk.get("/calls/new/", {"draft": key}))
