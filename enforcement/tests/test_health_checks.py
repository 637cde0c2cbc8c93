"""Health checks: what clears, which check of a day counts, who may write one down, and to which duty date it belongs."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from enforcement.models import HealthCheck
from enforcement.safety import counting, duty_date, notice_of
from enforcement.tests.watches import HOURS, H, roster, watch
from venues.transitions import Refused

MINUTE = datetime.timedelta(minutes=1)
NOW = H + HOURS


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def check(officer, temperature="36.5", *, by=None, at=NOW, slot="start", **said):
    return HealthCheck.objects.record(
        by=by or officer, officer=officer, temperature=Decimal(temperature), slot=slot, at=at, **said
    )


def counted(officer):
    return counting(HealthCheck.objects.filter(officer=officer).in_order())


@pytest.mark.parametrize(
    ("temperature", "said", "result"),
    [
        ("36.5", {}, "cleared"),
        ("37.2", {}, "cleared"),
        ("37.3", {}, "recheck"),
        ("36.5", {"symptoms": "咳嗽"}, "recheck"),
        ("36.5", {"contact": True}, "recheck"),
    ],
    ids=["well", "just below", "fever begins", "a symptom", "a contact"],
)
def test_what_was_measured_and_said_decides(temperature, said, result, inspector):
    assert check(inspector, temperature, **said).result == result


@pytest.mark.parametrize(
    "said",
    [{"temperature": Decimal("37.3")}, {"symptoms": "咳嗽"}, {"contact": True}],
    ids=["fever", "symptom", "contact"],
)
def test_the_database_clears_nobody_who_is_not_well(said, inspector):
    row = {
        "officer": inspector, "by": inspector, "date": H.date(), "at": NOW, "temperature": Decimal("37.2"), "result": "cleared",
    }  # fmt: skip
    HealthCheck.objects.create(**row)
    HealthCheck.objects.create(**{**row, **said, "result": "recheck"})
    with pytest.raises(IntegrityError, match="only_the_well_are_cleared"), transaction.atomic():
        HealthCheck.objects.create(**{**row, **said})


def test_a_leader_sends_off_duty_whatever_was_measured(inspector, leader):
    sent_off = check(inspector, by=leader, off_duty=True)
    assert (sent_off.result, sent_off.by) == ("off_duty", leader)


def test_nobody_else_writes_down_another_or_sends_off_duty(inspector, duty_officer):
    for said in ({"officer": inspector}, {"off_duty": True}):
        with pytest.raises(Refused, match="record health"):
            HealthCheck.objects.record(by=duty_officer, temperature=Decimal("36.5"), slot="start", **said)
    assert not HealthCheck.objects.exists()


@pytest.mark.parametrize("temperature", ["33.9", "43.1"])
def test_no_living_person_has_this_temperature(temperature, inspector):
    with pytest.raises(Refused, match=r"34.0 and 43.0"):
        check(inspector, temperature)
    with pytest.raises(IntegrityError), transaction.atomic():
        HealthCheck.objects.create(
            officer=inspector, by=inspector, date=NOW.date(), temperature=temperature, slot="start", result="cleared"
        )


@pytest.mark.parametrize("measured", [-25 * HOURS, HOURS], ids=["too long ago", "in the future"])
def test_a_check_is_written_down_within_a_day(measured, inspector):
    with pytest.raises(Refused):
        check(inspector, measured_at=NOW + measured)


def test_a_check_is_never_changed(inspector):
    written = check(inspector, "38.0")
    written.result = "cleared"
    with pytest.raises(Refused):
        written.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE enforcement_healthcheck SET result = 'cleared'")


# --- which check counts
def test_the_latest_check_of_the_day_counts(inspector):
    check(inspector, "37.6")
    assert counted(inspector).result == "recheck"
    check(inspector, "36.6", at=NOW + 15 * MINUTE)
    assert counted(inspector).is_cleared
    check(inspector, "37.6", at=NOW + HOURS, slot="middle")
    assert not counted(inspector).is_cleared


@pytest.mark.parametrize("said", [{"off_duty": True}, {"contact": True}], ids=["sent off duty", "contact"])
def test_who_was_sent_off_or_had_contact_does_not_clear_himself(said, inspector, leader):
    first = check(inspector, by=leader, **said)
    check(inspector, at=NOW + 15 * MINUTE)
    assert counted(inspector) == first
    check(inspector, by=leader, at=NOW + HOURS)
    assert counted(inspector).is_cleared


# --- the duty date
def test_a_check_at_night_belongs_to_the_date_on_which_the_shift_began(leader, inspector):
    watch(roster(leader), H + 12 * HOURS, officer=inspector)
    for at in (H + 11 * HOURS, H + 13 * HOURS, H + 20 * HOURS, H + 25 * HOURS):
        assert duty_date(inspector, at) == datetime.date(2020, 1, 24)
    assert duty_date(inspector, H + 30 * HOURS) == datetime.date(2020, 1, 25)


def test_without_a_duty_the_local_date_is_taken(inspector):
    assert check(inspector, at=H - 8 * HOURS).date == datetime.date(2020, 1, 24)


# --- what the person is reminded of
def test_who_is_on_duty_and_not_checked_is_reminded_until_he_is(leader, inspector, second_inspector):
    watch(roster(leader), H, officer=inspector)
    assert notice_of(inspector, H - 3 * HOURS) is None
    assert notice_of(inspector, H - HOURS).kind == "missing"
    assert notice_of(inspector, NOW).kind == "missing"
    assert notice_of(second_inspector, NOW) is None
    check(inspector)
    assert notice_of(inspector, NOW) is None


def test_who_is_not_cleared_is_warned(leader, inspector):
    watch(roster(leader), H, officer=inspector)
    check(inspector, "38.1")
    assert notice_of(inspector, NOW).kind == "recheck"
    check(inspector, "36.6", by=leader, off_duty=True)
    assert notice_of(inspector, NOW).kind == "off_duty"


def test_who_does_not_serve_is_not_asked(clerk, viewer, django_assert_num_queries):
    assert clerk.has_perms([]) and viewer.has_perms([])
    assert notice_of(clerk, NOW) is None and notice_of(viewer, NOW) is None
