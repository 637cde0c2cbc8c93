"""The coverage certificate: every second that was wanting, and who answered for it; who sees it; on paper."""

import datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import translation

from enforcement.duty.certificate import certificate
from enforcement.duty.figures import duty_figures
from enforcement.models import Absence, Assignment, CoverageRule, Custody, Leave
from enforcement.tests.watches import HOURS, H, roster, watch
from venues.models import Patrol

DAY = 24 * HOURS
SECOND = datetime.timedelta(seconds=1)
ZONE = datetime.timezone(8 * HOURS)


@pytest.fixture(autouse=True)
def _rules(db):
    CoverageRule.objects.update(valid_from=H)


@pytest.fixture
def version(leader):
    return roster(leader)


@pytest.fixture
def day(version, leader, duty_officer, second_duty_officer):
    return watch(version, lasts=DAY, leader=leader, phone=duty_officer, officer=second_duty_officer)


def away(officer, seconds, told_to=None, start=H + 3 * HOURS):
    return Absence.objects.create(
        officer=officer, left_at=start, back_at=start + seconds * SECOND, reason="买药", told_to=told_to, recorded_by=officer
    )  # fmt: skip


def parts(found):
    return [(part.officer.name, (part.start - H) // SECOND, (part.end - H) // SECOND) for part in found]


def test_one_officer_away_for_59_seconds_is_on_the_certificate_with_these_59_seconds(
    day, leader, second_duty_officer, signed_in
):
    away(second_duty_officer, 59, told_to=leader)
    found = certificate(H, H + DAY)
    assert found.coverage.required_seconds == 86400
    assert found.coverage.staffed_seconds == 86400 - 59
    assert found.coverage.led_seconds == 86400
    (row,) = found.rows
    assert (row.gap.post, row.gap.seconds) == ("post", 59)
    assert parts(row.answer.left) == [("徐玉", 10800, 10859)]
    with translation.override("en"):
        assert "told to 武桂平" in certificate(H, H + DAY).rows[0].answer.left[0].words
    page = signed_in(leader).get(address(H, H + DAY)).content.decode()
    assert "59" in page and "徐玉" in page and "买药" in page
    assert "1,439" in page  # minutes, and one second


@pytest.mark.parametrize(("late", "said"), [(300, False), (301, True)])
def test_a_return_that_was_recorded_late_says_when_and_by_whom(day, leader, second_duty_officer, signed_in, late, said):
    absence = away(second_duty_officer, 59, told_to=leader)
    recorded = absence.back_at + late * SECOND
    Absence.objects.filter(pk=absence.pk).update(back_recorded_by=second_duty_officer, back_recorded_at=recorded)
    client = signed_in(leader)
    client.cookies["django_language"] = "en"
    page = client.get(address(H, H + DAY)).content.decode()
    assert ("return recorded at 2020-01-24 11:06 by 徐玉" in page) == said


def test_a_gap_says_who_had_the_post_whom_the_roster_named_and_who_was_out(
    day, duty_officer, second_duty_officer, leader
):
    Custody.objects.create(post="phone", officer=duty_officer, taken_at=H, kind="first")
    Patrol.objects.depart(
        by=leader, led_by=duty_officer, members=[duty_officer, leader], left_at=H + HOURS, returned_at=H + 2 * HOURS
    )
    phone, post = certificate(H, H + DAY).rows
    assert parts(phone.answer.custody) == parts(phone.answer.rostered) == [("钟子磊", 3600, 7200)]
    assert parts(phone.answer.left) == [("钟子磊", 3600, 7200)]  # not the leader, whom this post does not concern
    assert parts(post.answer.rostered) == [("钟子磊", 3600, 7200), ("徐玉", 3600, 7200)]
    assert not post.answer.nobody


def test_a_hole_of_the_plan_is_nobodys(version, leader, duty_officer, second_duty_officer):
    watch(version, leader=leader, phone=duty_officer, officer=second_duty_officer)
    assert [row.answer.nobody for row in certificate(H, H + DAY).rows] == [True] * 3


def test_the_outgoing_officer_is_named_while_nobody_has_taken_over(day, duty_officer):
    Custody.objects.create(post="phone", officer=duty_officer, taken_at=H, kind="first")
    found = certificate(H + DAY, H + DAY + HOURS, at=H + 2 * DAY)
    named = {row.gap.post: parts(row.answer.custody) for row in found.rows}
    assert named == {"leader": [], "phone": [("钟子磊", 86400, 90000)], "post": [("钟子磊", 86400, 90000)]}


def test_the_kind_of_a_leave_stays_with_its_owner(day, duty_officer, leader, signed_in):
    Leave.objects.create(
        officer=duty_officer,
        kind="sick",
        state="approved",
        reason="肺炎",
        asked_by=duty_officer,
        start=H,
        end=H + HOURS,
    )
    page = signed_in(leader).get(address(H, H + DAY)).content.decode()
    assert "钟子磊" in page and "肺炎" not in page and "病假" not in page and "sick" not in page


def test_the_signed_reason_for_gaps_stands_on_the_certificate(version, leader, signed_in):
    version.gap_reason = "两人支援机场"
    version.save()
    page = signed_in(leader).get(address(H, H + DAY)).content.decode()
    assert "两人支援机场" in page and "武桂平" in page


def test_what_has_not_happened_yet_is_called_a_plan(day, signed_in, leader):
    found = certificate(H, H + DAY, at=H + HOURS)
    assert found.planned_from == H + HOURS and not found.is_planned
    assert certificate(H, H + DAY, at=H + DAY).planned_from is None
    assert certificate(H, H + DAY, at=H - HOURS).is_planned


def test_the_number_of_queries_does_not_follow_the_number_of_gaps(day, leader, django_assert_num_queries):
    away(leader, 59)
    with django_assert_num_queries(15):
        certificate(H, H + DAY)
    for n in range(9):
        away(leader, 59, start=H + (4 + n) * HOURS)
    with django_assert_num_queries(15):
        assert len(certificate(H, H + DAY).rows) == 10


def test_very_many_gaps_are_counted_and_the_first_are_explained(day, leader, monkeypatch):
    monkeypatch.setattr("enforcement.duty.certificate.MOST", 2)
    for n in range(3):
        away(leader, 59, start=H + n * HOURS)
    found = certificate(H, H + DAY)
    assert (len(found.rows), found.left_out, found.unled_seconds) == (2, 1, 3 * 59)


# --- figures ----------------------------------------------------------------------------------------------------------
def test_the_figures_count_from_the_first_rule_until_the_moment_asked(day, leader, second_duty_officer):
    whole = {"required_seconds": 86400, "staffed_seconds": 86400, "led_seconds": 86400, "gaps": []}
    assert duty_figures(H + DAY) == {**whole, "leader": None, "phone_officer": None}  # half-open: their duty is over
    assert duty_figures(H + HOURS)["leader"] == "武桂平" and duty_figures(H + HOURS)["phone_officer"] == "钟子磊"
    away(second_duty_officer, 59)
    found = duty_figures(H + DAY)
    assert found["staffed_seconds"] == 86400 - 59
    start = H + 3 * HOURS
    assert found["gaps"] == [{"role": "post", "start": start, "end": start + 59 * SECOND}]


def test_before_the_first_rule_the_figures_are_not_recorded_rather_than_zero(day):
    assert duty_figures(H - HOURS)["required_seconds"] is None
    assert duty_figures(H - HOURS)["gaps"] is None
    CoverageRule.objects.all().delete()
    assert duty_figures(H + DAY)["staffed_seconds"] is None


def test_what_no_rule_asks_for_is_not_proved(day):
    CoverageRule.objects.filter(post="leader").delete()
    found = duty_figures(H + DAY)
    assert (found["led_seconds"], found["staffed_seconds"]) == (None, 86400)
    CoverageRule.objects.exclude(pk=CoverageRule.objects.create(post="leader", minimum=1, valid_from=H).pk).delete()
    found = duty_figures(H + DAY)
    assert (found["led_seconds"], found["staffed_seconds"]) == (86400, None)


def test_the_chain_of_custody_says_who_leads_before_the_roster_does(day, trainee, leader):
    Custody.objects.create(post="leader", officer=trainee, taken_at=H + HOURS, kind="first")
    assert duty_figures(H)["leader"] == "武桂平"
    assert duty_figures(H + HOURS)["leader"] == "张刚丽"


# --- the page ---------------------------------------------------------------------------------------------------------
def address(start, end):
    query = {"from": start.astimezone(ZONE).isoformat(), "until": end.astimezone(ZONE).isoformat()}
    return f"{reverse('duty:certificate')}?{urlencode(query)}"


@pytest.mark.parametrize("role", ["duty_officer", "inspector", "viewer", "clerk", "editor"])
def test_the_certificate_is_for_leaders_and_auditors(role, request, signed_in):
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("duty:certificate")).status_code == 403


def test_an_auditor_sees_it(auditor, signed_in):
    assert signed_in(auditor).get(reverse("duty:certificate")).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["from=99999", "from=x&until=y", "until=2020-13-01", "from=2020-02-01&until=2020-01-01", "from=1000-01-01",
     "from=2000-01-01&until=2100-01-01", "from=2020-01-24T08:00&from=9", "page=x"],
)  # fmt: skip
def test_odd_periods_are_answered_with_a_sentence(leader, signed_in, query):
    assert signed_in(leader).get(f"{reverse('duty:certificate')}?{query}").status_code in (200, 422)


def test_two_dates_mean_both_of_them_whole(day, leader, signed_in):
    response = signed_in(leader).get(f"{reverse('duty:certificate')}?from=2020-01-24&until=2020-01-24")
    found = response.context["certificate"].coverage
    assert found.end - found.start == DAY
    assert found.required_seconds == 16 * 3600  # the rules hold from 08:00


def test_without_a_rule_the_page_does_not_say_that_all_was_covered(leader, signed_in):
    CoverageRule.objects.all().delete()
    with translation.override("en"):
        client = signed_in(leader)
        client.cookies["django_language"] = "en"
        page = client.get(address(H, H + DAY)).content.decode()
    assert "nothing is proved" in page and "Every second" not in page
    assert not Assignment.objects.exists()


def test_a_roster_written_down_afterwards_does_not_pass_for_one_that_was_published(day, signed_in, leader):
    def page():
        client = signed_in(leader)
        client.cookies["django_language"] = "en"
        return client.get(address(H, H + DAY)).content.decode()

    assert "entered after" not in page() and "tone-good" in page()
    Assignment.objects.filter(pk=day["leader"].pk).update(entered_at=H + 5 * HOURS)
    assert "1 assignment of this period was entered after it had begun" in page()
    Assignment.objects.filter(pk=day["leader"].pk).update(source=Assignment.Source.CHANGE)
    assert "entered after" not in page(), "a change of duty has its own trail"
