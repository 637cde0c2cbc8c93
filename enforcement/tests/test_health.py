"""Signs of life: alive without asking anybody; ready only when everything is there, and silent about what is secret."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from enforcement.models import Officer
from venues.models import FactGuard


@pytest.fixture
def no_database():
    def refuse(execute, sql, params, many, context):
        raise OperationalError(
            'connection to server at "10.1.2.3" failed: password authentication failed for user "zhishou"'
        )

    with connection.execute_wrapper(refuse):
        yield


def test_it_lives_without_a_database_even_for_a_signed_in_browser(client, leader, request):
    client.force_login(leader)
    request.getfixturevalue("no_database")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_everything_is_there(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_it_is_not_ready_without_its_database_and_does_not_say_where_that_is(client, db, no_database):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": ["database"]})


def test_it_is_not_ready_before_the_migrations(client, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(name) FROM django_migrations WHERE app = 'enforcement'")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'enforcement' AND name = %s", cursor.fetchone())
    assert client.get("/readyz").json()["reasons"] == ["migrations"]


def test_it_is_not_ready_without_the_guard_of_the_facts(client, db):
    FactGuard.objects.all().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["guard"])


def test_in_production_it_is_not_ready_with_a_demonstration_account(client, leader, settings):
    Officer.objects.filter(pk=leader.pk).update(is_demo=True)
    assert client.get("/readyz").status_code == 200
    settings.PRODUCTION = True
    assert client.get("/readyz").json()["reasons"] == ["demo"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_is_asked_by_machines_without_an_account_and_never_kept(db, path):
    answer = Client().get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_answers_plain_http_behind_the_proxy(db, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200
    assert Client().get("/login/").status_code == 301
