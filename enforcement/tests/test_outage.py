"""The database is away: 503, come again, and what was typed is there; reading goes on while only writing is impossible."""

import contextlib
import re

import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from enforcement import urls as house
from enforcement.outages import if_possible, is_outage

PAGE = "/password/"
RAISED = {}


@csrf_exempt
def failing(request):
    raise RAISED["error"]


def writing(request):
    request.session["x"] = 1
    return HttpResponse("written")


urlpatterns = [path("failing/", failing), path("writing/", writing), *house.urlpatterns]
handler400, handler403, handler404, handler500 = house.handler400, house.handler403, house.handler404, house.handler500


@contextlib.contextmanager
def database_away(*, only_writes=False, error=None):
    def refuse(execute, sql, params, many, context):
        if only_writes and sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            return execute(sql, params, many, context)
        raise error or OperationalError("database is locked")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def desk(leader):
    """The leader's browser; what fails is answered, not raised."""
    client = Client(raise_request_exception=False)
    client.force_login(leader)
    return client


@pytest.mark.parametrize("error", [OperationalError("locked"), InterfaceError("connection already closed")])
@pytest.mark.urls(__name__)
def test_a_view_that_finds_it_away_answers_503(signed_in, leader, error, caplog):
    """Caught by the middleware: nothing arrives at Django's handler of errors, which this client would raise."""
    RAISED["error"] = error
    answer = signed_in(leader).get("/failing/")
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.urls(__name__)
def test_another_error_is_no_outage(desk):
    RAISED["error"] = DataError("value too long")
    assert desk.get("/failing/").status_code == 500


@pytest.mark.parametrize(("state", "outage"), [("25006", True), ("25P03", True), ("25P02", False)])
def test_a_server_that_only_reads_counts_as_away(state, outage):
    class Cause(Exception):
        sqlstate = state

    error = InternalError("read-only")
    error.__cause__ = Cause()
    assert is_outage(error) is outage


def test_an_outage_is_found_behind_the_error_that_it_caused():
    try:
        try:
            raise OperationalError("gone")
        except OperationalError:
            raise RuntimeError("could not do it")  # noqa: B904  (the context is the point)
    except RuntimeError as error:
        assert is_outage(error)
    assert not is_outage(RuntimeError("alone"))


def test_it_is_away_when_the_session_is_read(desk):
    """Outside of every view, where only the handler of internal errors sees it."""
    with database_away():
        answer = desk.get(PAGE)
    assert answer.status_code == 503
    assert desk.get(PAGE).status_code == 200


@pytest.mark.urls(__name__)
def test_it_is_away_when_the_session_is_saved(desk):
    """Django takes this for a session that somebody deleted, and would answer 400."""
    desk.get(PAGE)
    with database_away(only_writes=True):
        assert desk.get("/writing/").status_code == 503


def test_the_form_comes_back_as_typed(desk):
    key = "5f0c8a3e-7f37-4b39-a9a8-3f1c57a4e5b3"
    typed = {
        "words": "三家 <网吧>\n第二行",
        "tick": ["1", "2"],
        "form_key": key,
        "csrfmiddlewaretoken": "old",
        "new_password1": "secret-1",
    }
    with database_away():
        text = desk.post("/admin/enforcement/officer/import/?x=1&y=2", typed).content.decode()
    assert "三家 &lt;网吧&gt;\n第二行" in text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    assert [pair for pair in hidden if pair[0] == "tick"] == [("tick", "1"), ("tick", "2")]
    assert ("form_key", key) in hidden, "the same key, so that it counts once"
    assert 'action="/admin/enforcement/officer/import/?x=1&amp;y=2"' in text
    assert "secret-1" not in text
    assert 'value="old"' not in text


def test_the_button_sends_it_again_with_a_token_that_fits(leader):
    """With the CSRF guard in force, as in a browser: the page of the outage itself must be able to send the form."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    page = client.get("/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    form = {"username": "leader", "password": "right-horse-battery", "next": "/password/", "csrfmiddlewaretoken": token}
    with database_away():
        answer = client.post("/login/", form)
    assert answer.status_code == 503
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode()))
    assert again.pop("csrfmiddlewaretoken")
    assert again == {"username": "leader", "next": "/password/"}
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.content.decode()).group(1)
    assert client.post("/login/", {**form, "csrfmiddlewaretoken": token})["Location"] == "/password/"


def test_a_part_gets_a_part_and_data_gets_data(desk):
    with database_away():
        part = desk.get(PAGE, headers={"HX-Request": "true"})
        data = desk.get(PAGE, headers={"Accept": "application/json"})
        boosted = desk.get(PAGE, headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert (part.status_code, data.status_code, boosted.status_code) == (503, 503, 503)
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]
    assert data.json()["error"]
    assert "<html" in boosted.content.decode()


@pytest.mark.parametrize(("cookie", "words"), [("zh-hans", '<html lang="zh-hans"'), ("en", '<html lang="en"')])
def test_the_page_speaks_the_language_of_the_browser(desk, cookie, words):
    desk.cookies["django_language"] = cookie
    with database_away():
        assert words in desk.get(PAGE).content.decode()


def test_a_body_that_cannot_be_read_does_not_make_it_worse(desk):
    with database_away():
        answer = desk.post(PAGE, b"broken", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 503


def test_reading_goes_on_when_writing_cannot(desk):
    with database_away(only_writes=True):
        assert desk.get(PAGE).status_code == 200
        assert desk.get("/nothing/").status_code == 404, "the refusal cannot be noted, and is answered all the same"
        assert desk.post("/i18n/setlang/", {"language": "en", "next": "/"}).status_code == 302


def test_what_is_written_if_possible_never_raises(db):
    def write():
        raise InterfaceError("gone")

    if_possible("Something", write)
    with database_away():
        if_possible("Something", lambda: None)


def test_an_error_of_ours_is_not_swallowed_by_it(db):
    with pytest.raises(ZeroDivisionError):
        if_possible("Something", lambda: 1 / 0)


def test_the_outage_is_logged_once_and_without_the_form(desk, caplog):
    with database_away():
        desk.post(PAGE, {"words": "蓝天网吧"})
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    assert "蓝天" not in caplog.text


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_real_lock_of_another_process_is_an_outage(leader):
    import sqlite3

    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    client = Client(raise_request_exception=False)
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 1")
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post("/login/", {"username": "leader", "password": "right-horse-battery"})
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert answer.status_code == 503
    assert client.post("/login/", {"username": "leader", "password": "right-horse-battery"}).status_code == 302


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_cut_by_the_server_is_an_outage_for_one_request_only(desk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    assert desk.get(PAGE).status_code in {200, 503}
    connection.close_if_unusable_or_obsolete()
    assert desk.get(PAGE).status_code == 200
