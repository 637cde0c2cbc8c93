"""Every page in a real browser: no fault of axe, no complaint in the console, nothing from another host, nothing too wide, no
word of the other language. `make look` visits each page as everybody who may; the suite itself only looks at the main ones."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext
from pytest_django.live_server_helper import LiveServer

from enforcement.tests import pages
from enforcement.tests.addresses import ADDRESSES
from enforcement.tests.eyes import Eyes, is_wrong
from venues.models import FactGuard
from venues.moments import in_words


class Site:
    """A live server that shows the scene, and one pair of eyes at a time."""

    def __init__(self, browser, server):
        self.browser, self.server, self.scene = browser, server, pages.Scene()
        self._eyes = self._how = None
        self._cookies = {letter: self._session(user) for letter, user in self.scene.users.items()}

    @staticmethod
    def _session(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        return [(name, client.cookies[name].value)]

    def eyes(self, letter, language, size):
        """The eyes of this officer in this language and size; made anew when they are others than the last."""
        if self._how != (letter, language, size):
            self.close()
            self._how = letter, language, size
            cookies = self._cookies.get(letter, ())
            how = {"language": language, "size": size}
            self._eyes = Eyes(self.browser, self.server.url, cookies=cookies, names=self.scene.names, **how)
        return self._eyes

    def faults(self, look):
        return self.eyes(*look.how).faults_of(*self.scene.path_of(look.page))

    def close(self):
        if self._eyes:
            self._eyes.close()
        self._eyes = self._how = None


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker, tmp_path_factory):
    """In the place of pytest-django's: the event takes seconds to load, so the tests here share one database and empty it after
    the last of them."""
    storages = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path_factory.mktemp("look"), "base_url": None},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(STORAGES=storages, PASSWORD_HASHERS=hashers):
        assert Path(connection.settings_dict["NAME"]).name.startswith("test"), "only a database of the tests is emptied"
        yield
        FactGuard.objects.all().delete()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def site(db, browser):
    server = LiveServer("127.0.0.1")
    site = Site(browser, server)
    yield site
    site.close()
    server.stop()


@pytest.mark.look
@pytest.mark.parametrize("look", pages.looks(), ids=str)
def test_a_page_is_as_it_should_be(look, site):
    assert site.faults(look) == []


# --- in every run ---------------------------------------------------------------------------------------------------------
MAIN = {
    "login": pages.STRANGER, "venues:orders": "L", "venues:order": "L", "order, of the past": "L", "venues:targets": "L",
    "venues:venue": "L", "venues:violations": "L", "calldown, calling": "D", "venues:imports": "E", "admin:index": "S",
}  # fmt: skip


def test_the_main_pages_are_as_they_should_be(site, subtests):
    """Also that every page has its object, and that the board of four hours after the order says what is published of then."""
    assert all(site.scene.path_of(page) for page in pages.pages())
    for language, size in pages.IN_SHORT:
        for page, letter in MAIN.items():
            look = pages.Look(page, letter, language, size)
            with subtests.test(str(look)):
                assert site.faults(look) == []
        with subtests.test(f"{language}: the board says when all were closed"):
            board = site.eyes("L", language, size).page
            board.goto(site.server.url + site.scene.path_of("order, of the past")[0])
            with translation.override(language):
                assert all_closed(184, hours=4) in " ".join(board.inner_text("main").split())
            board.goto("about:blank")


def all_closed(total, *, hours):
    one = "The one venue was seen closed after %(duration)s, in time."
    many = "All %(total)s venues were seen closed after %(duration)s, in time."
    return ngettext(one, many, total) % {"total": total, "duration": in_words(datetime.timedelta(hours=hours))}


PLANTED = '<!doctype html><html lang="en"><title>x</title><body><main><h1>Orders</h1>%s</main></body></html>'
SHEETS = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in ("tokens", "layout"))
FAULTS = {
    "an inline script": ("<script>document.title = 'y'</script>", "policy: script-src"),
    "a style attribute": ('<p style="color: red">x</p>', "policy: style-src"),
    "a field without a label": ("<input type='text' name='x'>", "axe label"),
    "too little contrast": ('<font color="#aaaaaa">Orders</font>', "axe color-contrast"),
    "too little contrast in the dark": (
        f'{SHEETS}<font color="#333333">Orders</font>',
        "in the dark: axe color-contrast",
    ),
    "a picture of another host": ("<img src='http://127.0.0.2:1/x.png' alt=''>", "asks another host"),
    "something that is not there": ("<img src='/static/no-such.png' alt=''>", "404: "),
    "something too wide": ("<svg width='3000' height='9' aria-hidden='true'></svg>", "wider than the screen: svg"),
    "a text in Chinese": ("<p>停业令</p>", "words: '停业令'"),
    "a hole in a text": ("<p>%(name)s</p>", "words: '%(name)s'"),
}


@pytest.fixture
def planted(site):
    """`planted(html)`: what the eyes find on the page of the sign-in when this stands in its place, under its own headers."""
    eyes = site.eyes(pages.STRANGER, "en", "phone")
    path = reverse("login")

    def look(html):
        def answer(route):
            route.fulfill(response=route.fetch(), body=PLANTED.replace("%s", html))

        eyes.page.route(site.server.url + path, answer)
        found = eyes.faults_of(path)
        eyes.page.unroute(site.server.url + path)
        return found

    return look


def test_the_eyes_see_what_is_wrong_and_nothing_else(planted, subtests):
    """The control: without it nothing found would say nothing."""
    assert planted("<p>x</p>") == []
    for what, (html, fault) in FAULTS.items():
        with subtests.test(what):
            assert any(found.startswith(fault) for found in planted(html)), planted(html)


def test_a_word_of_the_other_language_is_noticed():
    assert is_wrong("Closure orders", "zh-hans")
    assert is_wrong("this was never translated", "zh-hans")
    assert not is_wrong("TS-2020-01", "zh-hans")
    assert not is_wrong("蓝天网吧", "en")


def test_what_is_no_page_is_an_address_all_the_same():
    """An address that stands in neither table is found in test_every_address; one without an object, just above."""
    assert set(pages.NO_PAGE) <= {name for name, address in ADDRESSES.items() if address.read is not None}
    assert {more.name for more in pages.MORE.values()} <= set(pages.pages())


def test_everybody_looks_at_something():
    looks = pages.looks()
    assert {look.letter for look in looks} == {*pages.USERS, pages.STRANGER}
    visits = {(look.page, look.language, look.size) for look in looks}
    assert visits == {(page, *how) for page in pages.pages() for how in pages.IN_FULL}
