"""Nothing of a caller is ever logged: not while calls are taken and pages read, and not when something fails."""

import io
import logging

import pytest
from django.db import OperationalError
from django.test import Client

from complaints.models import Caller, Channel, Complaint
from complaints.models.complaints import DayCounter
from complaints.tests import secret_callers
from complaints.tests.calling import typed
from complaints.tests.secret_callers import FIRST, LANDLINE, Ears, everything_of, leaks
from complaints.tests.sheeting import as_csv, row
from venues.tests.forms import sent

PERSON = {"number": FIRST, "name": "欧阳霜菊", "content": secret_callers.SPOKEN, "place": f"找欧阳霜菊 {LANDLINE}"}


@pytest.fixture
def desk(duty_officer):
    client = Client(raise_request_exception=False)
    client.force_login(duty_officer)
    return client


@pytest.fixture
def ears():
    with Ears() as listening:
        yield listening


def silent(ears):
    return leaks("\n".join(ears.lines)) == leaks("\n".join(ears.raw)) == []


def broken(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def test_taking_calls_working_on_them_and_reading_them_is_silent(
    ears, signed_in, duty_officer, inspector, order, netbar
):
    desk = signed_in(duty_officer)
    secret_callers.bring_in(desk, signed_in(inspector), venue=netbar, inspector=inspector)
    for path in ("/desk/", "/complaints/", "/calls/", "/sheets/", "/complaints/export/?format=csv"):
        everything_of(desk.get(path))
    assert silent(ears)


def test_the_ears_hear_what_is_logged(ears):
    """The control: a careless line, formatted or as an argument, is heard; the console masks the number but no name."""
    logging.getLogger("django.request").warning("refused: %s", {"name": "欧阳霜菊"})
    logging.getLogger("complaints").error("call from %s", FIRST)
    assert leaks("\n".join(ears.raw)) and "欧阳霜菊" in leaks("\n".join(ears.lines))


@pytest.mark.parametrize(
    "error", [RuntimeError("no number"), OperationalError("server closed the connection")], ids=["500", "503"]
)
@pytest.mark.parametrize("url", ["/calls/new/", "/calls/missed/new/"])
def test_a_failure_while_a_call_is_saved_logs_nobody(error, url, ears, desk, monkeypatch):
    monkeypatch.setattr(DayCounter, "next_number", broken(error))
    monkeypatch.setattr(Caller.objects, "create", broken(error))
    fields = typed(**PERSON) | {"result": "missed" if "missed" in url else "", "on": "2020-01-27", "time": "03:10"}
    answer = sent(desk, url, fields)
    assert answer.status_code == (503 if isinstance(error, OperationalError) else 500)
    assert "no-store" in answer.get("Cache-Control", "no-store") and ears.lines
    if answer.status_code == 503:
        assert FIRST in answer.content.decode(), "what was typed comes back to its officer"
        assert "no-store" in answer["Cache-Control"]
    else:
        assert not leaks(everything_of(answer))
    assert silent(ears) and not Complaint.objects.exists()


@pytest.mark.parametrize("url", ["/calls/history/", "/calls/draft/", "/callers/search/", "/calls/duplicates/"])
def test_a_failure_beside_the_form_logs_nobody(url, ears, desk, monkeypatch):
    for place in (
        "complaints.views.calls.number_hash",
        "complaints.models.callers.number_hash",
        "complaints.models.drafts.encrypt",
    ):
        monkeypatch.setattr(place, broken(RuntimeError("x")))
    monkeypatch.setattr("complaints.models.complaints.comparable", broken(RuntimeError("x")))
    answer = sent(desk, url, typed(**PERSON))
    assert answer.status_code == 500 and ears.lines and silent(ears) and not leaks(everything_of(answer))


def test_forms_with_errors_log_nobody_and_are_kept_by_no_cache(ears, desk):
    for url, fields in (
        ("/calls/new/", typed(**PERSON, topic=None)), ("/calls/missed/new/", PERSON), ("/callers/search/", {"number": "12"}),
        ("/calls/new/", typed(**PERSON, external_no=FIRST, channel=Channel.objects.get(slug="12345").pk)),
    ):  # fmt: skip
        answer = sent(desk, url, fields)
        assert answer.status_code == 422 and "no-store" in answer["Cache-Control"], url
    assert silent(ears)


def test_what_is_sent_without_a_key_or_twice_differently_logs_nobody(ears, desk):
    assert desk.post("/calls/new/", typed(**PERSON)).status_code == 422
    key = "6c9b8e0e-4b0e-4f4e-9a53-0a5c1f0f7a11"
    sent(desk, "/calls/new/", typed(**PERSON), key=key)
    assert sent(desk, "/calls/new/", typed(**PERSON | {"content": "别的话"}), key=key).status_code == 422
    assert silent(ears)


def test_refusals_and_what_is_not_there_log_nobody(ears, desk, signed_in, auditor, duty_officer):
    refused = signed_in(auditor)
    for client, path in (
        (refused, "/calls/new/"),
        (refused, "/calls/history/"),
        (desk, f"/complaints/{FIRST}/"),
        (desk, f"/calls/{FIRST}/number/"),
    ):
        client.post(path, {"number": FIRST, "name": "欧阳霜菊"})
        client.get(f"{path}?number={FIRST}")
    assert ears.lines and leaks("\n".join(ears.lines)) == []
    assert leaks(str(list(auditor.trail.values_list("detail", flat=True)))) == []


def test_a_list_that_cannot_be_read_or_brought_in_logs_nobody(ears, desk, monkeypatch):
    file = io.BytesIO(as_csv(row(name="欧阳霜菊", number=FIRST)))
    file.name = f"{FIRST}欧阳霜菊.csv"
    monkeypatch.setattr("complaints.models.sheets.encrypt", broken(RuntimeError("x")))
    answer = sent(desk, "/sheets/import/", {"channel": "12345", "file": file})
    assert answer.status_code == 500 and ears.lines and silent(ears)


def test_a_rule_of_the_database_that_breaks_quotes_nobody(ears, desk, monkeypatch):
    """The database quotes the row that it refuses: what it gets of a caller is encrypted."""
    monkeypatch.setattr(DayCounter, "next_number", lambda at: "TS20200101-001")
    for _time in range(2):
        answer = sent(desk, "/calls/new/", typed(**PERSON))
    assert answer.status_code == 422 and ears.lines and silent(ears)
