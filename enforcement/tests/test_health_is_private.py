"""Health is seen by the person and by who may see it: every address read by every other role, every file, the trail, the log."""

import json
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from complaints.tests.secret_callers import everything_of
from enforcement.models import AuditEntry, HealthCheck, Isolation
from enforcement.tests.addresses import ADDRESSES, path_of
from enforcement.tests.test_every_address import FIXTURES, world  # noqa: F401  (a fixture)
from enforcement.tests.watches import HOURS
from venues.models import Submission
from venues.tests.forms import sent

SYMPTOM, REASON, PLACE, TEMPERATURE = "咽痛独此一例", "密接某某航班", "某宾馆403房", "41.9"
SECRETS = re.compile(rf"{SYMPTOM}|{REASON}|{PLACE}|(?<![\d.]){re.escape(TEMPERATURE)}(?!\d)")
MAY_SEE = "L"
FILES = {  # what a page gives besides itself
    "venues:venues_export": "?format=csv", "complaints:complaints_export": "?format=xlsx", "duty:log": "?export=xlsx",
    "refunds:groups_export": "?format=xlsx",
}  # fmt: skip


@pytest.fixture
def ill(trainee, leader):
    """Somebody who is ill and isolated, written down by the forms; none of those who look is he. Returns his isolation."""
    by_leader, himself = Client(), Client()
    by_leader.force_login(leader)
    himself.force_login(trainee)
    assert (
        sent(himself, "/health/", {"slot": "start", "temperature": TEMPERATURE, "symptoms": SYMPTOM}).status_code == 302
    )
    now = timezone.localtime()
    check = {"officer": trainee.pk, "slot": "start", "temperature": TEMPERATURE, "symptoms": SYMPTOM, "off_duty": "on"}
    moment = {"on": f"{now:%Y-%m-%d}", "time": f"{now:%H:%M}"}
    assert sent(by_leader, "/health/day/record/", check | moment).status_code == 302
    said = {
        "officer": trainee.pk,
        "start": f"{now - HOURS:%Y-%m-%dT%H:%M}",
        "end": "",
        "reason": REASON,
        "place": PLACE,
    }
    assert sent(by_leader, "/health/day/isolations/new/", said).status_code == 302
    return Isolation.objects.get(officer=trainee)


def leaks(response):
    return sorted(set(SECRETS.findall(everything_of(response))))


def addresses(world):  # noqa: F811
    for name, address in ADDRESSES.items():
        path = path_of(name, world[address.of])
        yield path
        if name in FILES:
            yield path + FILES[name]


@pytest.mark.slow
@pytest.mark.parametrize("letter", sorted(set(FIXTURES) - set(MAY_SEE)))
def test_no_page_and_no_file_of_another_shows_it(letter, ill, world, request):  # noqa: F811
    client = Client(raise_request_exception=False)
    client.force_login(request.getfixturevalue(FIXTURES[letter]))
    found, opened = {}, 0
    for path in addresses(world):
        response = client.get(path)
        opened += response.status_code == 200
        if hits := leaks(response):
            found[path] = hits
    assert found == {} and opened > 4
    assert client.get(f"/health/day/isolations/{ill.pk}/end/").status_code == 403


def test_the_walk_would_find_it(ill, leader, trainee, signed_in):
    """The control: who may see it does, on the pages that are meant to show it."""
    assert {SYMPTOM, TEMPERATURE} <= set(leaks(signed_in(leader).get("/health/day/")))
    assert {REASON, PLACE} <= set(leaks(signed_in(leader).get("/health/day/isolations/")))
    assert {SYMPTOM, TEMPERATURE} <= set(leaks(signed_in(trainee).get("/health/")))


def test_the_person_sees_no_other(ill, inspector, signed_in):
    assert leaks(signed_in(inspector).get("/health/")) == []


def test_the_trail_the_keys_of_the_forms_and_the_log_name_no_health(ill, trainee, leader, caplog):
    trail = [(entry.act, entry.detail, entry.about_words, str(entry)) for entry in AuditEntry.objects.all()]
    assert any(act == "isolation" for act, *_rest in trail)
    kept = [vars(row) for row in Submission.objects.all()]
    assert not SECRETS.findall(repr([trail, kept, caplog.text]))
    about = AuditEntry.objects.filter(about_type__in=["enforcement.healthcheck", "enforcement.officer"])
    assert not about.filter(about_id=trainee.pk).exclude(act__startswith="sign").exists()


def test_the_figures_count_and_name_nobody(ill, trainee, capsys):
    call_command("figures", "--as-of", timezone.now().isoformat(), "--json")
    printed = capsys.readouterr().out
    staff = json.loads(printed)["staff"]
    assert staff == {"on_duty": None, "checked": None, "abnormal": 1, "isolated": 1}
    assert trainee.name not in printed and not SECRETS.findall(printed)


def test_no_check_and_no_isolation_says_whose_it_is_in_a_word(ill):
    """What stands for a row in lists of the administration, in messages and in error reports."""
    words = [str(row) for row in (*HealthCheck.objects.all(), ill)]
    assert not [word for word in words if ill.officer.name in word or SECRETS.search(word)]
