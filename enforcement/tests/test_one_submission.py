"""A form counts once, however often its button is pressed; its key is bound to what it said; an error does not burn it."""

import functools
import re
import threading
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.test import Client
from django.urls import path

from enforcement import urls as house
from enforcement.models import AuditEntry
from venues.models import Submission
from venues.models.submissions import once, typed_fields

ACT = "pressed"
PRESSES = 50


def press(request):
    """Stands for every view of the house: one act, then a redirect; a form with errors is shown again."""
    request.user.leave_trail(ACT, detail={"words": request.POST.get("words", "")})
    if not request.POST.get("words"):
        return render(request, "enforcement/no_role.html")
    if request.POST["words"] == "twin":
        raise IntegrityError("UNIQUE constraint failed")
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": "/done/"})
    return redirect("/done/?of=press")


def check_then_act(view):
    """What one would write without thinking: look whether the key is known, then act. The control of the race."""

    @functools.wraps(view)
    def wrapper(request):
        key = uuid.UUID(request.POST["form_key"])
        if AuditEntry.objects.filter(act=ACT, detail__key=str(key)).exists():
            return redirect("/done/")
        together.wait()
        request.user.leave_trail(ACT, detail={"key": str(key)})
        return redirect("/done/")

    return wrapper


together = threading.Barrier(1)
urlpatterns = [
    path("press/", once(press), name="press"),
    path("other/", once(press), name="other"),
    path("loose/", press, name="loose"),
    path("thoughtless/", check_then_act(press), name="thoughtless"),
    *house.urlpatterns,
]
handler400, handler403, handler404, handler500 = house.handler400, house.handler403, house.handler404, house.handler500
pytestmark = pytest.mark.urls(__name__)


def rows():
    return AuditEntry.objects.filter(act=ACT).count()


@pytest.fixture
def desk(signed_in, leader):
    return signed_in(leader)


def send(client, words="three", key=None, place="/press/", **more):
    return client.post(place, {"words": words, "form_key": key or str(uuid.uuid4()), **more})


def test_a_form_is_saved_and_leads_on(desk):
    assert send(desk)["Location"] == "/done/?of=press"
    assert rows() == 1


def test_the_same_form_again_gets_the_same_answer_and_saves_nothing(desk):
    key = str(uuid.uuid4())
    answers = [send(desk, key=key) for _press in range(3)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/done/?of=press")}
    assert rows() == 1


def test_the_control_without_the_guard_each_press_counts(desk):
    key = str(uuid.uuid4())
    for _press in range(3):
        send(desk, key=key, place="/loose/")
    assert rows() == 3


def test_the_same_key_with_other_words_is_refused_and_the_words_are_kept(desk):
    key = str(uuid.uuid4())
    send(desk, key=key)
    answer = send(desk, words="四家 <网吧>", key=key, old_password="secret-1")
    text = answer.content.decode()
    assert (answer.status_code, rows()) == (422, 1)
    assert "四家 &lt;网吧&gt;" in text
    assert "secret-1" not in text
    assert key not in text, "as a new record it has a key of its own"


def test_it_can_be_saved_as_a_new_record_from_there(desk):
    key = str(uuid.uuid4())
    send(desk, key=key)
    text = send(desk, words="four", key=key).content.decode()
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    assert desk.post("/press/", again).status_code == 302
    assert rows() == 2


def test_the_same_key_of_somebody_else_is_refused(desk, signed_in, duty_officer):
    key = str(uuid.uuid4())
    send(desk, key=key)
    assert send(signed_in(duty_officer), key=key).status_code == 422
    assert rows() == 1


def test_the_same_key_at_another_place_is_refused(desk):
    key = str(uuid.uuid4())
    send(desk, key=key)
    assert send(desk, key=key, place="/other/").status_code == 422


def test_the_same_form_with_another_file_is_another_form(desk):
    key = str(uuid.uuid4())
    for content in (b"one", b"one", b"two"):
        answer = send(desk, key=key, file=SimpleUploadedFile("list.csv", content))
        assert answer.status_code == (422 if content == b"two" else 302)
    assert rows() == 1


def test_the_token_of_the_page_is_no_content(desk):
    key = str(uuid.uuid4())
    answers = [send(desk, key=key, csrfmiddlewaretoken=token) for token in ("a", "b")]
    assert [answer.status_code for answer in answers] == [302, 302]


def test_a_form_with_errors_saves_nothing_and_does_not_burn_its_key(desk):
    key = str(uuid.uuid4())
    assert send(desk, words="", key=key).status_code == 200
    assert (rows(), Submission.objects.count()) == (0, 0)
    assert send(desk, words="three", key=key).status_code == 302
    assert rows() == 1


@pytest.mark.parametrize("key", ["", "no-uuid"])
def test_a_form_without_its_key_is_refused_and_kept(desk, key):
    answer = desk.post("/press/", {"words": "三家", "form_key": key})
    assert (answer.status_code, rows()) == (422, 0)
    assert "三家" in answer.content.decode()


def test_a_page_is_read_as_often_as_one_likes(desk):
    assert [desk.get("/press/").status_code for _time in range(2)] == [200, 200]


def test_what_the_database_refuses_because_somebody_was_faster_keeps_the_words(desk):
    answer = send(desk, words="twin")
    assert (answer.status_code, rows()) == (422, 0)
    assert "twin" in answer.content.decode()


def test_htmx_gets_its_kind_of_redirect_again(desk):
    data = {"words": "three", "form_key": str(uuid.uuid4())}
    answers = [desk.post("/press/", data, headers={"HX-Request": "true"}) for _press in range(2)]
    assert [answer["HX-Redirect"] for answer in answers] == ["/done/", "/done/"]
    assert rows() == 1


def test_what_was_typed_is_kept_in_its_order_and_without_passwords(rf):
    form = {
        "b": ["1", "2"],
        "a": "三",
        "old_password": "x",
        "new_password1": "x",
        "csrfmiddlewaretoken": "x",
        "form_key": "k",
    }
    request = rf.post("/", form)
    assert typed_fields(request) == [("b", "1"), ("b", "2"), ("a", "三")]
    assert typed_fields(request, with_key=True)[-1] == ("form_key", "k")


# --- fifty at once
def presses(client, place, key):
    """The statuses of fifty presses of the same button at the same moment, each on a connection of its own."""
    start = threading.Barrier(PRESSES)
    statuses = []

    def go():
        own = Client(raise_request_exception=False)
        own.cookies = client.cookies
        start.wait()
        try:
            statuses.append(own.post(place, {"words": "three", "form_key": key}).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _press in range(PRESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_fifty_presses_at_once_make_one_row(desk):
    statuses = presses(desk, "/press/", str(uuid.uuid4()))
    assert statuses == [302] * PRESSES
    assert rows() == 1
    assert Submission.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_control_looking_first_and_acting_then_makes_many(desk, monkeypatch):
    monkeypatch.setitem(globals(), "together", threading.Barrier(PRESSES))
    presses(desk, "/thoughtless/", str(uuid.uuid4()))
    assert rows() == PRESSES
    assert connection.is_usable()
