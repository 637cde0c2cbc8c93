"""Refusals and failures: translated pages, never a bare 500, nothing typed is lost, and every refusal of an officer is noted."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.shortcuts import render
from django.test import Client
from django.urls import path

from enforcement import urls as house
from enforcement.models import AuditEntry
from enforcement.views import errors


def forbidden(request):
    raise PermissionDenied


def missing(request):
    raise Http404


def suspicious(request):
    raise SuspiciousOperation


def broken(request):
    raise RuntimeError("13800001111 was typed by 张三")


def form(request):
    return render(request, "enforcement/no_role.html")


urlpatterns = [
    *(path(f"{view.__name__}/", view) for view in (forbidden, missing, suspicious, broken, form)),
    *house.urlpatterns,
]
handler400, handler403, handler404, handler500 = house.handler400, house.handler403, house.handler404, house.handler500
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def desk(leader):
    client = Client(raise_request_exception=False)
    client.force_login(leader)
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("page", "status"), [("suspicious", 400), ("forbidden", 403), ("missing", 404), ("broken", 500)]
)
def test_every_failure_has_a_page(desk, page, status, language):
    desk.cookies["django_language"] = language
    answer = desk.get(f"/{page}/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert f'<html lang="{language}"' in text
    assert text.count("<h1>") == 1
    assert "/static/css/" in text


@pytest.mark.parametrize(("page", "status"), [("forbidden", 403), ("missing", 404), ("broken", 500)])
def test_parts_and_data_get_their_own_kind_of_answer(desk, page, status):
    part = desk.get(f"/{page}/", headers={"HX-Request": "true"})
    data = desk.get(f"/{page}/", headers={"Accept": "application/json"})
    assert (part.status_code, data.status_code) == (status, status)
    assert part.content.decode().startswith('<p class="notice')
    assert set(data.json()) == {"error"}


def test_an_internal_error_tells_nothing_of_itself(desk):
    text = desk.get("/broken/").content.decode()
    assert "RuntimeError" not in text
    assert "13800001111" not in text


def test_when_even_the_page_of_the_error_fails_a_sentence_remains(desk, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("no template")

    monkeypatch.setattr(errors, "render_to_string", fail)
    answer = desk.get("/broken/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()


def test_a_wrong_host_gets_a_page(db):
    answer = Client(raise_request_exception=False, headers={"Host": "evil.example"}).get("/login/")
    assert (answer.status_code, b"<h1>" in answer.content) == (400, True)


# --- the trail
def refusals():
    return list(AuditEntry.objects.filter(act="refused").order_by("pk").values_list("detail", flat=True))


@pytest.mark.parametrize(("page", "status"), [("forbidden", 403), ("missing", 404)])
def test_a_refusal_of_an_officer_is_noted_without_its_query(desk, leader, page, status):
    desk.get(f"/{page}/?q=13800001111")
    assert refusals() == [{"path": f"/{page}/", "method": "GET", "status": status}]
    assert AuditEntry.objects.get(act="refused").by == leader


def test_a_number_in_the_path_itself_is_not_kept(desk):
    desk.get("/call/13800001111/")
    assert refusals()[0]["path"] == "/call/[…]/"


def test_a_refused_stranger_leaves_no_row(db):
    Client().get("/nothing/")
    assert refusals() == []


@pytest.mark.parametrize(
    "path", ["/favicon.ico", "/apple-touch-icon-120x120.png", "/.well-known/x", "/static/lost.css"]
)
def test_what_browsers_ask_for_by_themselves_is_no_refusal_of_a_person(desk, path):
    assert desk.get(path).status_code == 404
    assert refusals() == []


def test_a_failure_is_no_refusal(desk):
    desk.get("/broken/")
    assert refusals() == []


# --- a page that is too old
@pytest.fixture
def guarded(leader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(leader)
    return client


def token_of(answer):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode()).group(1)


def test_a_form_without_a_token_comes_back_as_typed(guarded):
    answer = guarded.post("/form/?x=1", {"words": "三家 <网吧>", "old_password": "secret-1"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "三家 &lt;网吧&gt;" in text
    assert 'action="/form/?x=1"' in text
    assert "secret-1" not in text


def test_it_can_be_sent_again_from_there(guarded):
    answer = guarded.post("/form/", {"words": "三家"})
    again = guarded.post("/form/", {"words": "三家", "csrfmiddlewaretoken": token_of(answer)})
    assert again.status_code == 200


def test_the_sign_in_simply_begins_anew(db):
    answer = Client(enforce_csrf_checks=True).post(
        "/login/?next=/form/", {"username": "leader", "password": "secret-1"}, follow=True
    )
    assert answer.redirect_chain == [("/login/?next=/form/", 302)]
    assert b'class="messages"' in answer.content


def test_a_part_without_a_token_gets_a_part(guarded):
    answer = guarded.post("/form/", {"words": "三家"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content.decode()[:2]) == (403, "<p")
