"""Every page of every role, fetched by the addresses that there are: no caller on any of them, in no header, file or cookie."""

import io
import re
import uuid

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from complaints.models import Caller, Complaint, StagedSheets
from complaints.tests import secret_callers
from complaints.tests.secret_callers import FIRST, NAMES, everything_of, leaks
from complaints.workflow import Act
from enforcement.tests import duty_addresses, reporting, supplying
from enforcement.tests.addresses import ADDRESSES, addresses, path_of
from enforcement.tests.one_of_each import refunding, safety
from venues.importing import applying
from venues.models import Inspection, Patrol, Violation

ROLES = ["duty_officer", "inspector", "leader", "editor", "clerk", "auditor", "viewer", "administrator"]
CATCH_ALL = "/admin/(?P<url>.*)"
_PLACE = re.compile(r"\(\?P<(\w+)>[^)]*\)|\(\[\^/\]\+\)|<(?:\w+:)?(\w+)>")
# what a page is asked for beside its path
QUESTIONS = {
    "/complaints/": [
        "?status=open",
        "?status=closed",
        "?not_told=on",
        "?overdue=on",
        "?q=蓝天",
        "?q=欧",
        "?channel=12345",
    ],
    "/complaints/export/": ["?format=xlsx", "?format=csv"],
    "/complaints/figures/": ["?as_of=2099-01-01T00:00:00%2B08:00"],
    "/complaints/figures/rows/": ["?what=accepted", "?what=handled_not_told", "?status=merged", "?what=answered"],
    "/sheets/export/": ["?channel=12345&format=xlsx", "?channel=12345&format=csv"],
    "/calls/": ["?to_return=1", "?result=missed", "?result=silent"],
    "/venues/export/": ["?format=xlsx", "?format=csv"],
}
LANGUAGES = ["zh-hans", "en"]


def routes(resolver=None, route="/"):
    """The route of every pattern of the house."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here)
        else:
            yield here.rstrip("$")


@pytest.fixture
def seeded(signed_in, duty_officer, inspector, order, netbar):
    """Every kind of caller, brought in by the forms: {what: object}; `order` is in force over `netbar`."""
    return secret_callers.bring_in(signed_in(duty_officer), signed_in(inspector), venue=netbar, inspector=inspector)


@pytest.fixture
def world(seeded, order, netbar, inspector, second_inspector, leader, agency):
    """{beginning of a route: the words that may stand in its places}, one of everything that there is beside the callers."""
    complaint = seeded["first"]
    now = timezone.now()
    patrol = Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=now)
    look = Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector], patrol=patrol,
        observed_at=timezone.now(), result="operating", alert=complaint.alert,
    )  # fmt: skip
    run = applying.receive(
        io.BytesIO("名称,类别,许可证号,区县\n蓝天网吧,网吧,1,秦州区\n".encode()), "list.csv", by=leader
    )
    applying.read(run)
    numbers = list(Complaint.objects.values_list("number", flat=True))
    acts = [*Act.values, "reveal"]
    rows = duty_addresses.world(leader, inspector, second_inspector) | refunding(leader, agency)
    rows |= supplying.world(leader, inspector) | reporting.one_of_each(leader, now) | safety(leader, inspector)
    routes_to = addresses()
    above = {
        routes_to[name]: path_of(name, rows[address.of])
        for name, address in ADDRESSES.items()
        if address.of in rows and name.startswith(("duty:", "refunds:", "supply", "report", "isolation"))
    }
    return {
        "above": above, "/orders/": [(order.pk, order.targets.get(venue=netbar).pk)], "/venues/": [(netbar.pk,)], "/imports/": [(run.pk,)],
        "/inspections/": [(look.pk,)], "/patrols/": [(patrol.number,)], "/alerts/": [(complaint.alert_id,)],
        "/violations/": [(Violation.objects.get(opened_by=look).pk,)], "/calls/": [(seeded["call"].pk,)],
        "/complaints/": [(number,) for number in numbers] + [(complaint.number, act) for act in acts],
        "/sheets/": [(StagedSheets.objects.get().pk,)],
    }  # fmt: skip


def paths(route, world):
    """The paths of a route, with everything that may stand in it; None when nobody knows what to put there."""
    places = len(_PLACE.findall(route))
    if not places:
        return [route, *(route + question for question in QUESTIONS.get(route, ()))]
    if route in world.get("above", {}):
        return [world["above"][route]]
    if route.startswith("/admin/"):
        words = list(_administered(route))
    else:
        known = next((known for start, known in world.items() if route.startswith(start) and start != "above"), [])
        words = [one[:places] for one in known if len(one) >= places]
    if "<str:act>" in route:
        words = [one for one in words if len(one) == 2]
    return list(dict.fromkeys(_filled(route, one) for one in words)) or None


def _filled(route, words):
    given = iter(words)
    return _PLACE.sub(lambda _found: str(next(given)), route)


def _administered(route):
    """What may stand in an address of the administration: rows of its model, names of apps."""
    _, _, app, name = route.split("/")[:4]
    if app == "r":  # view_on_site: content type and row
        from django.contrib.contenttypes.models import ContentType

        complaint = Complaint.objects.first()
        return [(ContentType.objects.get_for_model(model).pk, complaint.pk) for model in (Complaint, Caller)]
    if "app_label" in route:
        return [("venues",), ("complaints",), ("enforcement",)]
    rows = apps.get_model(app, name).objects.order_by("-pk")[:3]
    if "history/" in route and len(_PLACE.findall(route)) == 2:
        return [(row.pk, row.history.first().pk) for row in rows if row.history.exists()]
    return [(row.pk,) for row in rows]


def walk(client, world, only=("/",)):
    """({path: status}, {path: leaks}) of every address that can be read."""
    seen, found = {}, {}
    for route in routes():
        if route.startswith(CATCH_ALL) or not route.startswith(only):
            continue
        for path in paths(route, world) or []:
            response = client.get(path)
            seen[path] = response.status_code
            if hits := leaks(everything_of(response)):
                found[path] = hits
    return seen, found


def test_every_address_that_takes_words_gets_some(world):
    unknown = [route for route in routes() if not route.startswith(CATCH_ALL) and paths(route, world) is None]
    assert unknown == [], "say in `world` what may stand there"


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_any_role_shows_a_caller(role, world, request):
    client = Client(raise_request_exception=False)
    client.force_login(request.getfixturevalue(role))
    client.cookies["django_language"] = LANGUAGES[ROLES.index(role) % 2]
    seen, found = walk(client, world)
    assert found == {}
    assert not {path: status for path, status in seen.items() if status >= 500}
    opened = [path for path, status in seen.items() if status == 200]
    assert len(opened) > (40 if role in {"duty_officer", "leader", "auditor", "inspector"} else 5)
    if role == "duty_officer":
        assert {
            "/desk/",
            "/complaints/export/?format=xlsx",
            "/sheets/export/?channel=12345&format=csv",
            "/calls/?to_return=1",
        } <= set(opened)
    if role == "administrator":
        assert not [path for path in opened if path.startswith(("/desk", "/call", "/complaints", "/sheets"))]


def test_parts_that_refresh_themselves_show_no_caller(world, signed_in, duty_officer):
    desk = signed_in(duty_officer)
    for path in ("/desk/", "/complaints/", "/complaints/?not_told=on"):
        assert not leaks(everything_of(desk.get(path, headers={"HX-Request": "true"})))
    asked = {
        "number": FIRST,
        "topic": world and Complaint.objects.first().topic_id,
        "venue": Complaint.objects.exclude(venue=None)[0].venue_id,
    }
    for path in ("/calls/history/", "/calls/duplicates/", "/callers/search/"):
        response = desk.post(path, asked, headers={"HX-Request": "true"})
        assert response.status_code == 200 and not leaks(everything_of(response))


@pytest.mark.parametrize("planted", ["str", "place", "message", "workbook"])
def test_the_walk_finds_a_planted_caller(planted, world, signed_in, duty_officer, monkeypatch):
    """The control: the walk must see a careless __str__, a place with a number, a message, a cell of an export."""
    from complaints import exporting
    from venues.secrets import decrypt

    client = signed_in(duty_officer)
    if planted == "str":
        monkeypatch.setattr(Caller, "__str__", lambda self: decrypt(self.number_cipher))
    elif planted == "place":
        Complaint.objects.update(place=f"找{NAMES[0]}")
    elif planted == "message":
        from complaints.forms.changes import NoteForm

        monkeypatch.setattr(NoteForm, "carry_out", lambda self, by: NAMES[0])
        number = Complaint.objects.first().number
        client.post(f"/complaints/{number}/note/", {"text": "x", "form_key": str(uuid.uuid4())})
    else:
        monkeypatch.setattr(
            exporting, "COMPLAINTS", (("x", lambda c: decrypt(c.caller.number_cipher) if c.caller else "", 9),)
        )
    few = {start: words[:2] for start, words in world.items() if start != "above"}
    _seen, found = walk(client, few, only=("/desk/", "/complaints/", "/calls/"))
    expected = {
        "str": "/calls/",
        "place": "/complaints/",
        "message": "/calls/",
        "workbook": "/complaints/export/?format=xlsx",
    }
    assert any(path.startswith(expected[planted]) for path in found), found
