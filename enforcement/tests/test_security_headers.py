"""What every answer says to the browser, and what no page contains, so that the strict policy breaks nothing."""

import re

import pytest
from django.conf import settings
from django.test import Client

from enforcement.tests.addresses import ADDRESSES, path_of
from enforcement.tests.test_every_address import ask, few_by_few, people, world  # noqa: F401  (two are fixtures)

STRANGE = ["/nothing/", "/login/", "/healthz", "/readyz"]


def directives(answer):
    return {words.split()[0]: words.split()[1:] for words in answer["Content-Security-Policy"].split(";")}


def check_headers(answer):
    policy = directives(answer)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "*" not in answer["Content-Security-Policy"]
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    for kind in ("script-src", "style-src", "connect-src", "form-action", "font-src"):
        assert policy[kind] == ["'self'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


INLINE = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>",
    "an inline style sheet": r"<style\b",
    "a style attribute": r"<[a-z][^>]*\sstyle=",
    "a handler attribute": r"<[a-z][^>]*\son[a-z]+=",
    "a javascript: address": r"(?:href|src|action)=\"\s*javascript:",
    "something of another host": r"(?:src|href|action)=\"(?:https?:)?//",
}


def inline_parts(answer):
    text = answer.content.decode()
    return [what for what, pattern in INLINE.items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("names", few_by_few(name for name, address in ADDRESSES.items() if address.read))
def test_every_page_has_the_headers_and_keeps_to_the_policy(names, world, people):  # noqa: F811
    for name in names:
        address = ADDRESSES[name]
        answer = ask(people[address.read[0]], "get", path_of(name, world[address.of]))
        check_headers(answer)
        if not answer.streaming and "html" in answer["Content-Type"]:
            assert inline_parts(answer) == [], name


@pytest.mark.parametrize("path", STRANGE)
def test_the_same_for_strangers_and_where_nothing_is(path, db):
    check_headers(Client().get(path))


def test_pages_of_failure_have_them_too(leader, monkeypatch):
    from django.db import OperationalError, connection

    def refuse(execute, sql, params, many, context):
        raise OperationalError("gone")

    client = Client(raise_request_exception=False)
    client.force_login(leader)
    with connection.execute_wrapper(refuse):
        away = client.get("/password/")
    wrong_host = client.get("/login/", headers={"Host": "evil.example"})
    too_old = Client(enforce_csrf_checks=True).post("/password/", {"x": "1"})
    assert [answer.status_code for answer in (away, wrong_host, too_old)] == [503, 400, 403]
    for answer in (away, wrong_host, too_old):
        check_headers(answer)
        assert inline_parts(answer) == []


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("<script>x</script>", "an inline script"),
        ('<p style="color:red">', "a style attribute"),
        ('<a onclick="x()">', "a handler attribute"),
        ('<script src="https://cdn.example/x.js"></script>', "something of another host"),
    ],
)
def test_the_control_sees_what_must_not_be_there(page, what):
    answer = type("Answer", (), {"content": page.encode()})
    assert what in inline_parts(answer)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(leader, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    leader.choose_language("en")
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "leader", "password": "right-horse-battery"})
    client.get("/password/")
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert set(client.cookies) >= {"sessionid", "csrftoken", "django_language", "seen"}
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["secure"], name
        assert cookie["samesite"] in {"Lax", "Strict"}, name


def test_production_is_served_by_https_alone():
    text = (settings.BASE_DIR / "enforcement" / "settings.py").read_text()
    assert 'HTTPS = env.bool("HTTPS", default=PRODUCTION)' in text
    assert "SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0" in text


def test_pages_of_officers_are_not_kept_by_caches_in_between(leader, signed_in):
    answer = signed_in(leader).get("/")
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
