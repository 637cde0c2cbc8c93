"""Seeing a caller: with the permission and a reason, once, with a row that is there before the number; and finding complaints by
a number without learning who it is."""

import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from complaints.models import Caller, CallerView, Complaint
from complaints.tests.calling import registered
from complaints.tests.secret_callers import FIRST, LANDLINE, SPOKEN, everything_of, leaks
from venues.tests.forms import filled
from venues.transitions import Refused

OTHERS = ["inspector", "editor", "clerk", "auditor", "viewer", "administrator"]


@pytest.fixture
def complaint(duty_officer):
    return registered(duty_officer, number=FIRST, name="欧阳霜菊", content=SPOKEN)


def reveal(client, complaint, **fields):
    return client.post(f"/complaints/{complaint.number}/reveal/", fields)


@pytest.mark.parametrize("role", ["duty_officer", "leader"])
def test_with_a_reason_the_caller_is_shown_once_and_kept_by_nobody(role, complaint, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    answer = reveal(client, complaint, reason="回访")
    text = filled(answer)
    assert FIRST in text and "欧阳霜菊" in text and SPOKEN in text
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    head = text.split("</head>")[0]
    assert not leaks(head) and not leaks("\n".join(f"{k}: {v}" for k, v in answer.items()) + answer.cookies.output())
    view = CallerView.objects.get()
    assert (view.by, view.caller, view.reason) == (request.getfixturevalue(role), complaint.caller, "回访")
    for path in (complaint.get_absolute_url(), "/desk/", "/complaints/", f"/complaints/{complaint.number}/tell/"):
        assert not leaks(everything_of(client.get(path)))


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_a_caller_and_no_row_is_written(role, complaint, request, signed_in):
    officer = request.getfixturevalue(role)
    answer = reveal(signed_in(officer), complaint, reason="回访")
    assert answer.status_code == 403 and not leaks(everything_of(answer))
    with pytest.raises(Refused):
        complaint.caller.reveal(by=officer, reason="回访")
    assert not CallerView.objects.exists()


def test_somebody_who_is_not_signed_in_sees_nothing(complaint, client):
    answer = reveal(client, complaint, reason="回访")
    assert answer.status_code in (302, 401) and not leaks(everything_of(answer))


@pytest.mark.parametrize("reason", ["", " ", "x", None])
def test_without_a_reason_nothing_is_shown(reason, complaint, signed_in, duty_officer):
    answer = reveal(signed_in(duty_officer), complaint, **({} if reason is None else {"reason": reason}))
    assert answer.status_code == 422 and not leaks(everything_of(answer)) and not CallerView.objects.exists()
    assert "no-store" in answer["Cache-Control"]


def test_a_reason_that_is_too_long_is_refused_and_nothing_of_it_cut(complaint, signed_in, duty_officer):
    answer = reveal(signed_in(duty_officer), complaint, reason="因" * 201)
    assert answer.status_code == 422 and "因" * 201 in answer.content.decode() and not CallerView.objects.exists()


def test_a_caller_is_never_asked_for_by_address(complaint, signed_in, duty_officer):
    client = signed_in(duty_officer)
    assert client.get(f"/complaints/{complaint.number}/reveal/", {"reason": "回访"}).status_code == 405
    assert client.get("/callers/search/", {"number": FIRST}).content.count(complaint.number.encode()) == 0


def test_no_row_no_number(complaint, signed_in, duty_officer, monkeypatch):
    """The row comes first: where it cannot be written, nothing is shown."""

    def fail(**fields):
        raise RuntimeError("the table is full")

    monkeypatch.setattr(CallerView.objects, "create", fail)
    client = signed_in(duty_officer)
    client.raise_request_exception = False
    answer = reveal(client, complaint, reason="回访")
    assert answer.status_code == 500 and not leaks(everything_of(answer))


def test_what_cannot_be_read_was_not_seen(complaint, duty_officer):
    Caller.objects.filter(pk=complaint.caller_id).update(number_cipher="gAAAAdamaged")
    with pytest.raises(Refused):
        complaint.caller.reveal(by=duty_officer, reason="回访")
    assert not CallerView.objects.exists()


def test_the_reason_holds_no_caller(complaint, signed_in, duty_officer):
    reveal(signed_in(duty_officer), complaint, reason=f"给欧阳霜菊 {FIRST} 回电")
    assert CallerView.objects.get().reason == "给欧某 139****5296 回电"


def test_what_is_printed_of_a_caller_is_masked(complaint):
    assert str(complaint.caller) == f"{complaint.caller}" == "139****5296"
    assert not leaks(
        repr(complaint.caller) + repr(complaint) + repr(list(Caller.objects.all())) + repr(complaint.calls.get())
    )
    assert str(Caller.objects.note(number=f"欧阳霜菊 {FIRST}")) == "139****5296"
    assert str(Caller.objects.note(number="8529637")) == "*****37" and str(Caller.objects.note(name="欧阳霜菊")) == "—"


# --- finding by a number --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["duty_officer", "leader"])
def test_a_number_finds_its_complaints_and_those_it_was_added_to_and_no_name(
    role, complaint, duty_officer, request, signed_in
):
    other = registered(duty_officer, number=LANDLINE, name="司徒寒梅")
    other.add_call(by=duty_officer, client_id=uuid.uuid4(), channel=other.channel, number=FIRST, name="欧阳霜菊")
    third = registered(duty_officer, number="13811112222")
    officer = request.getfixturevalue(role)
    answer = signed_in(officer).post("/callers/search/", {"number": "+86 139-7418-5296"})
    text = filled(answer)
    assert complaint.number in text and other.number in text and third.number not in text
    assert not leaks(everything_of(answer)) and "欧" not in text and "no-store" in answer["Cache-Control"]
    assert officer.trail.get(act="caller_search").detail == {"found": 2}
    assert not CallerView.objects.exists()


@pytest.mark.parametrize("role", OTHERS)
def test_who_hears_no_numbers_searches_for_none(role, complaint, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    known, unknown = (client.post("/callers/search/", {"number": number}) for number in (FIRST, "13811112222"))
    assert known.status_code == unknown.status_code == client.get("/callers/search/").status_code == 403
    assert known.content == unknown.content or complaint.number not in known.content.decode()


@pytest.mark.parametrize("number", ["", "139", "5296", "741852", "欧阳霜菊"])
def test_a_piece_of_a_number_is_not_searched_for(number, complaint, signed_in, duty_officer):
    answer = signed_in(duty_officer).post("/callers/search/", {"number": number})
    assert answer.status_code == 422 and complaint.number not in answer.content.decode()
    assert not duty_officer.trail.filter(act="caller_search").exists()


@pytest.mark.parametrize("piece", [FIRST[:7], FIRST[3:], "7418", "5296", "139 7418", "139****5296", "欧阳霜菊", "霜菊"])
def test_the_list_cannot_be_filtered_by_what_it_hides(piece, complaint, signed_in, inspector, auditor, duty_officer):
    for officer in (inspector, auditor, duty_officer):
        text = filled(signed_in(officer).get("/complaints/", {"q": piece}))
        assert complaint.number not in text


def test_unknown_filters_find_no_caller(complaint, signed_in, auditor):
    client = signed_in(auditor)
    for name in ("caller", "number", "caller__number_hash", "caller__has_name", "phone"):
        for url in ("/complaints/", "/calls/"):
            assert filled(client.get(url, {name: "1"})).count(complaint.number) == filled(client.get(url)).count(
                complaint.number
            )


# --- addresses ------------------------------------------------------------------------------------------------------------
def _files(*patterns):
    base = Path(settings.BASE_DIR)
    return [path for pattern in patterns for path in base.glob(pattern)]


def test_no_form_and_no_script_sends_a_number_in_an_address():
    """Fields for a number and a name stand in forms that post; no script puts a field into an address; htmx posts them."""
    wrong = []
    for path in _files("templates/complaints/*.html"):
        for form in re.findall(r"<form[^>]*>.*?</form>", path.read_text(), re.DOTALL):
            asks = re.search(r'name="(number|name|reason)"|form\.(number|name)\b', form)
            if asks and not re.match(r'<form[^>]*method="post"', form):
                wrong.append(f"{path.name}: {form[:80]}")
    assert wrong == []
    for path in _files("static/js/call_*.js", "static/js/desk*.js"):
        text = path.read_text()
        assert not re.search(r"fetch\([^)]*\?|hx-push-url|location\.(search|href)\s*=(?!=)|method:\s*\"GET\"", text), (
            path.name
        )
    told = "".join(path.read_text() for path in _files("complaints/forms/*.py", "templates/complaints/*.html"))
    assert "hx-push-url" not in told and "data-hx-get" not in re.findall(r'"number"[^}]*', told)


def test_no_view_reads_a_number_or_a_name_from_an_address():
    wrong = []
    for path in _files("complaints/views/*.py", "complaints/forms/*.py"):
        for line in path.read_text().splitlines():
            if re.search(r"""\.GET(\.get)?[(\[]["'](number|name|phone|caller)["']""", line):
                wrong.append(f"{path.name}: {line.strip()}")
    assert wrong == []


def test_a_number_in_the_address_is_looked_at_by_nobody(complaint, signed_in, duty_officer):
    client = signed_in(duty_officer)
    for url in ("/calls/new/", "/calls/missed/new/", "/callers/search/", "/complaints/", "/calls/"):
        assert FIRST not in client.get(url, {"number": FIRST}).content.decode().replace(f"number={FIRST}", "")
    assert Complaint.objects.count() == 1
