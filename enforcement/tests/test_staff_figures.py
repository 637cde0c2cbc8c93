"""The part `staff` of the figures: counts of those on duty; what nobody wrote down is not recorded, and the pages show the rows."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from enforcement.figures import figures
from enforcement.models import Custody, HealthCheck, Isolation
from enforcement.safety import day_of, staff_figures
from enforcement.tests.watches import HOURS, H, roster, watch
from venues.moments import in_address

NOW = H + 2 * HOURS
SHOWN = ["on_duty", "checked", "abnormal"]


@pytest.fixture
def day(leader, duty_officer, second_duty_officer):
    return watch(roster(leader), lasts=24 * HOURS, leader=leader, phone=duty_officer, officer=second_duty_officer)


def check(officer, temperature="36.5", at=H + HOURS, by=None, **said):
    return HealthCheck.objects.record(
        by=by or officer, officer=officer, temperature=Decimal(temperature), slot="start", at=at, **said
    )


def test_what_nobody_wrote_down_is_not_recorded(db):
    assert staff_figures(NOW) == dict.fromkeys(["on_duty", "checked", "abnormal", "isolated"])


def test_who_is_on_duty_is_known_from_the_roster_alone(day):
    assert staff_figures(NOW) == {"on_duty": 3, "checked": None, "abnormal": None, "isolated": None}


def test_those_on_duty_are_counted_as_checked_and_not_cleared(day, leader, duty_officer, inspector):
    check(leader)
    check(duty_officer, "37.9")
    check(inspector, "38.5")  # who is not on duty is not one of the checked, but not cleared all the same
    assert staff_figures(NOW) == {"on_duty": 3, "checked": 2, "abnormal": 2, "isolated": 0}


def test_who_was_sent_home_is_still_one_of_the_abnormal(day, leader, duty_officer):
    check(duty_officer, "38.5")
    Isolation.objects.begin(by=leader, officer=duty_officer, reason="x", at=H + HOURS)
    assert staff_figures(NOW) == {"on_duty": 2, "checked": 0, "abnormal": 1, "isolated": 1}


def test_on_a_day_without_checks_zero_were_checked_and_nobody_knows_health(day, leader, inspector):
    check(inspector, at=H - 30 * HOURS)
    assert staff_figures(NOW) == {"on_duty": 3, "checked": 0, "abnormal": None, "isolated": 0}


def test_the_answer_for_a_past_moment_does_not_change(day, leader, duty_officer):
    check(leader)
    before = staff_figures(NOW)
    check(duty_officer, "38.5", at=NOW + HOURS)
    Isolation.objects.begin(by=leader, officer=duty_officer, reason="x", at=NOW + HOURS)
    assert staff_figures(NOW) == before


def test_at_midnight_the_day_that_closes_is_asked_about(leader, duty_officer, second_duty_officer):
    """With shifts that change at midnight the report of the day is about those who served in it."""
    version, midnight = roster(leader), H + 16 * HOURS
    watch(version, midnight - 12 * HOURS, leader=leader, officer=duty_officer)
    watch(version, midnight, leader=leader, officer=second_duty_officer)
    check(duty_officer)
    check(leader)
    assert staff_figures(midnight) == {"on_duty": 2, "checked": 2, "abnormal": 0, "isolated": 0}
    assert staff_figures(midnight + datetime.timedelta(seconds=1))["checked"] == 0


def test_a_night_shift_keeps_its_checks_past_midnight(leader, duty_officer):
    watch(roster(leader), H + 12 * HOURS, leader=leader, officer=duty_officer)
    check(duty_officer, at=H + 13 * HOURS)
    assert staff_figures(H + 20 * HOURS)["checked"] == 1


def test_who_holds_a_post_beyond_the_roster_is_on_duty_and_checked(day, leader, duty_officer, inspector):
    Custody.objects.take_first(by=leader, post="phone", officer=inspector, at=H)
    check(inspector)
    assert staff_figures(NOW)["on_duty"] == 4 and staff_figures(NOW)["checked"] == 1


def test_the_figures_carry_them(day):
    assert figures(NOW).staff == staff_figures(NOW)


def test_the_number_of_queries_does_not_follow_the_people(
    day, leader, duty_officer, inspector, django_assert_num_queries
):
    check(leader)
    with django_assert_num_queries(8):
        staff_figures(NOW)
    check(duty_officer)
    check(inspector, "38.5")
    with django_assert_num_queries(8):
        staff_figures(NOW)


@pytest.mark.parametrize("show", SHOWN)
def test_the_page_shows_as_many_as_the_figure_says(show, day, leader, duty_officer, inspector, signed_in):
    check(leader)
    check(duty_officer, "37.9")
    check(inspector, "38.5")
    check(leader, "39.9", at=NOW + HOURS)  # later: not of this moment
    with translation.override("en"):
        page = signed_in(leader).get("/health/day/", {"as_of": in_address(NOW), "show": show})
    assert len(page.context["people"]) == staff_figures(NOW)[show] == len(day_of(NOW).only(show))


def test_the_list_of_isolations_shows_as_many_as_the_figure_says(leader, inspector, trainee, signed_in):
    for officer in (inspector, trainee):
        Isolation.objects.begin(by=leader, officer=officer, reason="x", at=H)
    Isolation.objects.get(officer=trainee).finish(by=leader, at=H + HOURS)
    page = signed_in(leader).get("/health/day/isolations/", {"as_of": in_address(NOW)})
    assert len(page.context["page"]) == staff_figures(NOW)["isolated"] == 1
