"""The coverage rules on their page: added, changed from now on, ended; what was required before stays, nothing is deleted."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from enforcement.models import AuditEntry, CoverageRule
from enforcement.models.audit import act_name
from enforcement.tests.watches import HOURS, H
from venues.tests.forms import queries, sent
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db
RULES = "/duty/setup/rules/"
SECOND = datetime.timedelta(seconds=1)


def terms(**more):
    return {
        "post": "post", "minimum": 3, "window_from": None, "window_until": None, "day_types": "all", "out_counts_against": True,
        **more,
    }  # fmt: skip


def typed(**more):
    return {"post": "post", "minimum": 3, "day_types": "all", "out_counts_against": "on", **more}


@pytest.fixture
def rule(leader):
    return CoverageRule.objects.make(by=leader, valid_from=H, at=H, **terms(minimum=2))


@pytest.fixture
def desk(signed_in, leader):
    client = signed_in(leader)
    client.cookies["django_language"] = "en"
    return client


# --- the acts
def test_a_change_holds_from_now_on_and_the_past_stays(rule, leader):
    new = rule.revise(by=leader, at=H + HOURS, **terms())
    rule.refresh_from_db()
    assert (rule.minimum, rule.valid_until) == (2, H + HOURS)
    assert (new.minimum, new.valid_from, new.valid_until) == (3, H + HOURS, None)


def test_a_change_keeps_the_end_that_was_planned(rule, leader):
    rule.end(by=leader, until=H + 9 * HOURS, at=H + HOURS)
    assert rule.revise(by=leader, at=H + 2 * HOURS, **terms()).valid_until == H + 9 * HOURS


def test_a_rule_that_has_not_begun_is_changed_itself(rule, leader):
    assert rule.revise(by=leader, at=H - HOURS, **terms()) == rule
    assert (rule.minimum, rule.valid_from, rule.valid_until) == (3, H, None)


def test_an_end_is_now_or_later_and_never_before(rule, leader):
    for until in (H + HOURS - SECOND, H - HOURS):
        with pytest.raises(Refused) as refused:
            rule.end(by=leader, until=until, at=H + HOURS)
        assert "until" in refused.value.error_dict
    with pytest.raises(Refused):  # it has not begun
        rule.end(by=leader, at=H - HOURS)
    rule.end(by=leader, at=H + HOURS)
    assert rule.valid_until == H + HOURS


def test_a_rule_that_has_ended_neither_changes_nor_ends_again(rule, leader):
    rule.end(by=leader, at=H + HOURS)
    count = CoverageRule.objects.count()
    for act in (lambda: rule.end(by=leader, at=H + 2 * HOURS), lambda: rule.revise(by=leader, at=H + HOURS, **terms())):
        with pytest.raises(TooLate):
            act()
    assert CoverageRule.objects.count() == count


def test_the_second_of_two_changes_is_told(rule, leader):
    stale = CoverageRule.objects.get(pk=rule.pk)
    rule.revise(by=leader, at=H + HOURS, **terms())
    with pytest.raises(TooLate):
        stale.revise(by=leader, at=H + HOURS + SECOND, **terms(minimum=4))
    assert not CoverageRule.objects.filter(minimum=4).exists()


def test_every_act_leaves_its_trail_under_a_name(rule, leader):
    rule.revise(by=leader, at=H + HOURS, **terms()).end(by=leader, at=H + 2 * HOURS)
    trail = AuditEntry.objects.filter(act="coverage_rule").order_by("pk")
    assert [entry.detail["what"] for entry in trail] == ["entered", "changed", "ended"]
    assert {entry.by for entry in trail} == {leader} and act_name("coverage_rule") != "coverage_rule"
    words = trail[1].detail_words
    assert (
        "岗位 在岗（含接线队员）" in words
        and "最少人数 3" in words
        and "生效时间 2020-01-24 09:00" in words
        and "替代编号" in words
    )


# --- the page
def test_a_leader_adds_a_rule(desk):
    answer = sent(desk, RULES + "new/", typed(window_from="20:00", window_until="08:00", valid_from="2020-01-24T08:00"))
    assert answer.url == RULES
    rule = CoverageRule.objects.get(minimum=3)
    assert (rule.valid_from, rule.window_from, rule.out_counts_against) == (H, datetime.time(20), True)
    page = desk.get(RULES).content.decode()
    assert "20:00–08:00" in page and f"{RULES}{rule.pk}/" in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minimum": 0}, "minimum"), ({"minimum": "x"}, "minimum"), ({"post": "nobody"}, "post"),
        ({"window_from": "08:00"}, "window_until"), ({"window_until": "08:00"}, "window_from"),
        ({"day_types": ""}, "day_types"), ({"valid_from": "99999"}, "valid_from"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_beside_its_field(desk, fields, field):
    count = CoverageRule.objects.count()
    answer = sent(desk, RULES + "new/", typed(**fields))
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert f'id="id_{field}_error"' in answer.content.decode() and CoverageRule.objects.count() == count


def test_a_leader_changes_and_ends_a_rule(desk, rule):
    place = f"{RULES}{rule.pk}/"
    assert 'value="2"' in desk.get(place).content.decode()
    assert sent(desk, place, typed()).url == RULES
    new = CoverageRule.objects.get(minimum=3)
    place, answer = f"{RULES}{new.pk}/", sent(desk, place, typed(minimum=4))
    assert answer.status_code == 409 and not CoverageRule.objects.filter(minimum=4).exists()
    answer = sent(desk, place + "end/", {"until": "2020-01-25T08:00"})
    assert answer.status_code == 422 and 'id="id_until_error"' in answer.content.decode()
    assert sent(desk, place + "end/", {}).url == RULES
    new.refresh_from_db()
    assert new.has_ended(timezone.now())
    assert sent(desk, place + "end/", {}).status_code == 409
    assert "This rule ended" in desk.get(place).content.decode()


def test_empty_posts_are_answered(desk, rule):
    for place in ("new/", f"{rule.pk}/"):
        assert sent(desk, RULES + place, {}).status_code == 422


def test_no_rule_is_there_to_see(desk):
    CoverageRule.objects.all().delete()
    assert "nothing is required" in desk.get(RULES).content.decode()
    assert desk.get(RULES + "99999/").status_code == 404
    assert RULES in desk.get(reverse("duty:certificate")).content.decode()


def test_the_list_costs_the_same_however_many_there_are(desk, leader):
    few = queries(desk, RULES)
    for minimum in range(1, 9):
        CoverageRule.objects.make(by=leader, **terms(minimum=minimum))
    assert queries(desk, RULES) == few


def test_the_set_up_leads_there_and_the_administrator_comes_in_too(desk, signed_in, administrator):
    assert f'href="{RULES}"' in desk.get("/duty/setup/").content.decode()
    assert signed_in(administrator).get(RULES).status_code == 200


@pytest.mark.parametrize("who", ["duty_officer", "inspector", "auditor", "viewer"])
def test_others_do_not(request, rule, signed_in, who):
    client = signed_in(request.getfixturevalue(who))
    for place in ("", "new/", f"{rule.pk}/"):
        assert client.get(RULES + place).status_code == 403
    assert sent(client, f"{RULES}{rule.pk}/end/", {}).status_code == 403
