"""The pages of staff safety: one's own check from the telephone, the day of the team, isolation, disinfection, the reminders."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone, translation

from enforcement.models import Disinfection, HealthCheck, Isolation
from enforcement.tests.watches import HOURS, roster, watch
from venues.tests.forms import filled, queries, sent

MISSING, WARNED = "Your health check for this duty is missing.", "You are not cleared for duty: measure again."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def on_duty(leader, duty_officer, inspector):
    """A watch that runs now: `leader` leads, `duty_officer` holds the telephone, `inspector` is with them."""
    begins = timezone.now() - HOURS
    first = timezone.localdate(begins)
    version = roster(leader, starts_on=first, ends_on=first + datetime.timedelta(days=9))
    return watch(version, begins, leader=leader, phone=duty_officer, officer=inspector)


@pytest.fixture
def desk(signed_in):
    def sign_in(officer):
        client = signed_in(officer)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def said(temperature="36.5", **more):
    return {"slot": "start", "temperature": temperature, "symptoms": "", **more}


def in_minutes(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def on(moment):
    local = timezone.localtime(moment)
    return {"on": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


# --- one's own check
def test_one_writes_down_ones_own_check_and_is_reminded_no_more(on_duty, desk, inspector):
    client = desk(inspector)
    assert MISSING in filled(client.get("/duty/mine/"))
    assert sent(client, "/health/", said()).status_code == 302
    check = HealthCheck.objects.get()
    assert (check.officer, check.by, check.result, check.date) == (
        inspector, inspector, "cleared", on_duty["officer"].shift.date,
    )  # fmt: skip
    assert MISSING not in filled(client.get("/duty/mine/"))
    assert "36.5" in filled(client.get("/health/"))


@pytest.mark.parametrize(
    "typed", ["36.5℃", "36,5", "３６．５", " 36.5 °C"], ids=["sign", "comma", "full width", "degrees"]
)
def test_a_temperature_is_read_as_people_type_it(typed, desk, inspector):
    assert sent(desk(inspector), "/health/", said(typed)).status_code == 302
    assert HealthCheck.objects.get().temperature == Decimal("36.5")


@pytest.mark.parametrize("typed", ["", "365", "36.55", "warm", "NaN", "33"])
def test_what_is_no_temperature_is_refused_and_the_rest_is_kept(typed, desk, inspector):
    answer = sent(desk(inspector), "/health/", said(typed, symptoms="咽痛"))
    assert answer.status_code == 422 and "咽痛" in answer.content.decode() and not HealthCheck.objects.exists()


@pytest.mark.parametrize("typed", ["无", "没有。", "None", "-"], ids=["zh", "zh long", "en", "dash"])
def test_no_symptom_in_words_is_no_symptom(typed, desk, inspector):
    sent(desk(inspector), "/health/", said(symptoms=typed))
    assert HealthCheck.objects.get().is_cleared


def test_the_part_of_the_shift_is_offered(on_duty, desk, inspector):
    client = desk(inspector)
    assert client.get("/health/").context["form"]["slot"].value() == "start"
    sent(client, "/health/", said())
    assert client.get("/health/").context["form"]["slot"].value() == "middle"


def test_one_does_not_write_down_another_by_naming_him(desk, inspector, leader):
    sent(desk(inspector), "/health/", said("39.9", officer=leader.pk, by=leader.pk, result="cleared", off_duty="on"))
    check = HealthCheck.objects.get()
    assert (check.officer, check.by, check.result) == (inspector, inspector, "recheck")


# --- warned at sign-in
def sign_in(officer):
    client = Client()
    client.cookies["django_language"] = "en"
    answer = client.post("/login/", {"username": officer.username, "password": "right-horse-battery"}, follow=True)
    return client, answer.content.decode()


def test_who_is_not_cleared_is_warned_at_sign_in_and_on_every_page(on_duty, duty_officer):
    HealthCheck.objects.record(by=duty_officer, temperature=Decimal("38.4"), slot="start")
    client, page = sign_in(duty_officer)
    assert "does not clear you for duty" in page and WARNED in page
    assert "38.4" not in page, "others look over the shoulder"
    page = filled(client.get("/venues/"))
    assert "does not clear you for duty" not in page and WARNED in page
    assert WARNED not in filled(client.get("/health/")), "it says so itself"


def test_who_is_cleared_hears_nothing(on_duty, duty_officer):
    HealthCheck.objects.record(by=duty_officer, temperature=Decimal("36.4"), slot="start")
    _client, page = sign_in(duty_officer)
    assert "does not clear" not in page and WARNED not in page and MISSING not in page


# --- the team
def test_a_leader_sees_who_is_checked_who_is_not_and_who_is_not_cleared(on_duty, desk, leader, duty_officer, inspector):
    HealthCheck.objects.record(by=duty_officer, temperature=Decimal("36.4"), slot="start")
    HealthCheck.objects.record(by=inspector, temperature=Decimal("37.9"), slot="start", symptoms="咳嗽")
    answer = desk(leader).get("/health/day/")
    page = filled(answer)
    assert "37.9" in page and "咳嗽" in page
    assert [one.state for one in answer.context["people"]] == ["unchecked", "cleared", "recheck"]
    for show, names in (("unchecked", [leader]), ("abnormal", [inspector]), ("checked", [duty_officer, inspector])):
        shown = desk(leader).get("/health/day/", {"show": show}).context["people"]
        assert [one.officer for one in shown] == names


@pytest.mark.parametrize(
    "query", ["show=x", "as_of=x", "as_of=9999-99-99", "as_of=2999-01-01T00:00", "show=all&page=x"]
)
@pytest.mark.parametrize("path", ["/health/day/", "/health/day/isolations/"], ids=["day", "isolations"])
def test_odd_questions_get_an_answer(path, query, desk, leader):
    assert desk(leader).get(f"{path}?{query}").status_code in (200, 400)


def test_a_leader_writes_down_the_check_of_another_and_sends_him_off_duty(on_duty, desk, leader, inspector):
    client = desk(leader)
    assert filled(client.get(f"/health/day/record/?officer={inspector.pk}"))
    assert filled(client.get("/health/day/record/?officer=x"))
    typed = said("38.2", officer=inspector.pk, off_duty="on", **on(timezone.now()))
    assert sent(client, "/health/day/record/", typed).status_code == 302
    check = HealthCheck.objects.get()
    assert (check.officer, check.by, check.result) == (inspector, leader, "off_duty")
    assert "You were sent off duty." in filled(desk(inspector).get("/duty/mine/"))
    typed = said("38.2", officer=inspector.pk, **on(timezone.now() - 40 * HOURS))
    answer = sent(client, "/health/day/record/", typed)
    assert answer.status_code == 422 and "within 24 hours" in answer.content.decode()


def test_the_queries_of_the_day_do_not_follow_the_people(on_duty, desk, leader, duty_officer, inspector, trainee):
    client = desk(leader)
    HealthCheck.objects.record(by=leader, temperature=Decimal("36.4"), slot="start")
    few = queries(client, "/health/day/")
    for officer in (duty_officer, inspector, trainee):
        HealthCheck.objects.record(by=officer, temperature=Decimal("37.9"), slot="start")
    assert queries(client, "/health/day/") == few


# --- isolation
def test_isolation_is_begun_and_ended_by_forms_and_says_what_it_uncovers(on_duty, desk, leader, inspector):
    client, now = desk(leader), timezone.now()
    typed = {"officer": inspector.pk, "start": in_minutes(now), "end": "", "reason": "密切接触者", "place": "家中"}
    answer = sent(client, "/health/day/isolations/new/", typed)
    assert answer.status_code == 302
    isolation = Isolation.objects.get()
    page = filled(client.get("/health/day/isolations/"))
    assert "Published duties in this time: 1." in page and f"?assignment={on_duty['officer'].pk}" in page
    assert sent(client, "/health/day/isolations/new/", typed).status_code == 409
    assert "You are in isolation" in filled(desk(inspector).get("/health/"))
    path, ahead = f"/health/day/isolations/{isolation.pk}/end/", in_minutes(now + 14 * 24 * HOURS)
    assert filled(client.get(path))
    assert sent(client, path, {"end": ahead}).status_code == 302
    assert sent(client, path, {"end": in_minutes(now - HOURS)}).status_code == 422
    assert Isolation.objects.running(now + HOURS).exists()


def test_what_is_typed_wrong_is_kept(desk, leader, inspector):
    typed = {"officer": inspector.pk, "start": "2020-13-99", "end": "", "reason": "密切接触者", "place": ""}
    answer = sent(desk(leader), "/health/day/isolations/new/", typed)
    assert answer.status_code == 422 and "密切接触者" in answer.content.decode() and not Isolation.objects.exists()


def test_the_queries_of_the_list_do_not_follow_the_isolations(desk, leader, inspector, trainee, duty_officer):
    client, now = desk(leader), timezone.now()
    Isolation.objects.begin(by=leader, officer=inspector, reason="x", at=now)
    few = queries(client, "/health/day/isolations/")
    for officer in (trainee, duty_officer):
        Isolation.objects.begin(by=leader, officer=officer, reason="x", at=now)
    assert queries(client, "/health/day/isolations/") == few


# --- disinfection
def test_a_disinfection_is_one_line_of_the_log(desk, inspector, auditor):
    client = desk(inspector)
    assert "No disinfection is recorded yet." in filled(client.get("/disinfections/"))
    typed = {"place": "执法车甘E1", "agent": "84消毒液 500 mg/L", "remark": "", **on(timezone.now())}
    assert sent(client, "/disinfections/new/", typed).status_code == 302
    assert "执法车甘E1" in filled(desk(auditor).get("/disinfections/"))
    for moment in (timezone.now() + HOURS, timezone.now() - 8 * 24 * HOURS):
        answer = sent(client, "/disinfections/new/", typed | on(moment))
        assert answer.status_code == 422 and "执法车甘E1" in answer.content.decode()
    assert Disinfection.objects.count() == 1
