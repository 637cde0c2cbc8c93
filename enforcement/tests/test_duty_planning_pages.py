"""The pages of planning: the wizard in two presses, the month, a seat, signing; what is refused is said and the typed text kept."""

import datetime
import re

import pytest
from django.utils import timezone

from enforcement.models import Assignment, CoverageRule, Roster, RosterVersion, ShiftPattern
from enforcement.tests.rostering import DAY, Team
from venues.tests.forms import sent

pytestmark = pytest.mark.django_db
NEW = "/duty/rosters/new/"


@pytest.fixture
def team():
    team = Team()
    today = timezone.localdate()
    team.lead.anchor_on = team.post.anchor_on = today
    team.lead.save()
    team.post.save()
    return team


@pytest.fixture
def desk(signed_in, leader):
    return signed_in(leader)


@pytest.fixture
def first(team):
    """Days that lie ahead, so that a second version may change them."""
    return timezone.localdate() + DAY * 10


@pytest.fixture
def draft(team, leader, first):
    version = Roster.objects.open(
        by=leader, title="下一期", starts_on=first, ends_on=first + DAY * 13, pattern=team.pattern
    )
    version.fill(team.rotations, by=leader)
    version.refresh_from_db()
    return version


def page_of(version):
    return f"/duty/rosters/{version.roster_id}/draft/"


# --- the wizard
def test_a_month_is_made_in_two_presses(desk, team):
    page = desk.get(NEW).content.decode()
    preview = page[page.index('id="roster_plan"') :]
    assert "组1员1" in preview and "badge tone-good" in preview
    names = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview))
    names["rotations"] = re.findall(r'name="rotations" value="(\d+)"', preview)
    names.pop("csrfmiddlewaretoken", None)
    answer = sent(desk, NEW, names)
    version = RosterVersion.objects.get()
    assert answer.url == page_of(version)
    assert version.is_draft and version.plan().count() == version.shifts.count() * 3
    assert version.roster.starts_on == timezone.localdate() + DAY


def test_nothing_is_saved_by_looking(desk, team):
    desk.get(NEW)
    assert not Roster.objects.exists()


def test_the_preview_shows_gaps_and_clashes_before_saving(desk, team):
    team.leaders[0].can_lead = False
    team.leaders[0].save()
    page = desk.get(NEW)
    review = page.context["preview"]["review"]
    assert review.gaps and page.context["preview"]["skipped"]
    assert {gap.post for gap in review.gaps} == {"leader"}


def test_fewer_rotations_can_be_ticked(desk, team):
    page = desk.get(NEW, {"chosen": team.pattern.pk, "rotations": team.lead.pk})
    assert {row.role for block in page.context["preview"]["blocks"] for row in block.lanes if row.role} == {
        "leader", "phone", "officer",
    }  # fmt: skip
    assert {gap.post for gap in page.context["preview"]["review"].gaps} == {"phone", "post"}
    assert not desk.get(NEW, {"chosen": team.pattern.pk}).context["preview"]["people"]


def test_another_pattern_brings_its_own_rotations(desk, team):
    watches = ShiftPattern.objects.make(
        by=None, name="两班", borders=[(datetime.time(8), "白班"), (datetime.time(20), "夜班")]
    )
    team.rotation("两班带班", "leader", team.leaders, pattern=watches)
    asked = {"pattern": watches.pk, "chosen": team.pattern.pk, "rotations": team.lead.pk}
    form = desk.get(NEW, asked).context["form"]
    assert [rotation.name for rotation in form.cleaned_data["rotations"]] == ["两班带班"]


def test_the_next_proposal_begins_where_the_last_roster_ended(desk, team, leader):
    today = timezone.localdate()
    team.draft(leader, first=today, last=today + DAY * 40)
    form = desk.get(NEW).context["form"]
    assert form.cleaned_data["first"] == today + DAY * 41


def test_days_that_are_planned_already_are_refused_beside_the_field(desk, team, draft, first):
    page = desk.get(NEW, {"first": first, "last": first + DAY})
    assert page.status_code == 422 and "下一期" in page.content.decode()
    fields = {"first": first, "last": first + DAY, "pattern": team.pattern.pk, "title": "另一期"}
    answer = sent(desk, NEW, fields)
    assert answer.status_code == 422 and "另一期" in answer.content.decode() and Roster.objects.count() == 1


@pytest.mark.parametrize(
    "query",
    [
        "first=x", "first=99999-01-01", "first=2020-01-01", "last=2020-01-01", "pattern=x", "pattern=999999999999999999999",
        "pattern=-1", "rotations=x&chosen=x", "first=2020-01-01&last=2199-01-01", "title=%00", "first=2199-12-31&last=2199-12-31",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered(desk, team, query):
    assert desk.get(f"{NEW}?{query}").status_code in (200, 400, 422)


def test_the_preview_alone_is_a_part_of_the_page(desk, team):
    part = desk.get(NEW, headers={"HX-Request": "true"})
    text = part.content.decode().strip()
    assert text.startswith('<section id="roster_plan"') and "HX-Request" in part.headers["Vary"]
    assert 'id="roster_plan"' in desk.get(NEW).content.decode()


def test_without_a_pattern_it_leads_to_the_set_up(desk):
    assert "/duty/setup/" in desk.get(NEW).content.decode()


def test_the_preview_of_a_month_costs_no_more_queries_than_that_of_a_week(desk, team, django_assert_max_num_queries):
    today = timezone.localdate() + DAY
    with django_assert_max_num_queries(60) as of_week:
        desk.get(NEW, {"first": today, "last": today + DAY * 6})
    with django_assert_max_num_queries(len(of_week)):
        desk.get(NEW, {"first": today, "last": today + DAY * 30})


# --- the draft
def test_a_gap_is_clicked_and_filled(desk, team, draft, leader):
    shift = draft.shifts.all()[3]
    draft.unassign(draft.plan().get(shift=shift, role="leader"), by=leader)
    link = f"{page_of(draft)}?shift={shift.pk}&amp;role=leader#seat"
    assert link in desk.get(page_of(draft)).content.decode()
    seat = desk.get(f"{page_of(draft)}?shift={shift.pk}&role=leader").context["seat"]
    able = [one.officer.name for one in seat["candidates"] if not one.barred]
    assert set(able) == {"领导1", "领导2", "领导3", "领导4", "领导5", "武桂平"}
    draft.refresh_from_db()
    fields = {"shift": shift.pk, "role": "leader", "officer": leader.pk, "edits_seen": draft.edits}
    answer = sent(desk, page_of(draft) + "assign/", fields)
    assert answer.status_code == 302 and draft.plan().get(shift=shift, role="leader").officer == leader
    assert not desk.get(page_of(draft)).context["review"].gaps


def test_candidates_are_told_why_not(desk, team, draft):
    team.people[2][2].exemptions = "孕期免夜班"
    team.people[2][2].save()
    shift = draft.shifts.all()[3]
    seat = desk.get(f"{page_of(draft)}?shift={shift.pk}&role=officer").context["seat"]
    against = {one.officer.name: (one.barred, " ".join(one.against)) for one in seat["candidates"]}
    assert against["组2员1"][0] and against["领导4"][0]  # on this shift already
    assert "孕期免夜班" in against["组3员3"][1] and not against["组3员3"][0]
    assert not against["组1员1"][0] and "24" in against["组1员1"][1]  # was on duty until this shift begins
    assert against["组2员3"] == (False, "") and seat["candidates"][0].officer.name == "组2员3"


def test_somebody_is_replaced_in_one_press(desk, team, draft):
    row = draft.plan().filter(role="phone").first()
    other = team.people[0][2]
    fields = {"shift": row.shift_id, "role": "phone", "officer": other.pk, "leaving": row.pk, "edits_seen": draft.edits}
    assert sent(desk, page_of(draft) + "assign/", fields).status_code == 302
    assert draft.plan().get(shift=row.shift, role="phone").officer == other


def test_a_part_of_a_shift_can_be_filled(desk, team, draft, leader):
    shift = draft.shifts.first()
    fields = {
        "shift": shift.pk, "role": "officer", "officer": team.people[0][2].pk, "edits_seen": draft.edits,
        "end": timezone.localtime(shift.start).strftime("%Y-%m-%dT12:00"),
    }  # fmt: skip
    assert sent(desk, page_of(draft) + "assign/", fields).status_code == 302
    row = draft.plan().get(shift=shift, officer=team.people[0][2])
    assert row.start == shift.start and timezone.localtime(row.end).hour == 12


def test_who_may_not_lead_is_refused_on_the_page(desk, team, draft):
    fields = {"shift": draft.shifts.first().pk, "role": "leader", "officer": team.people[0][2].pk}
    answer = sent(desk, page_of(draft) + "assign/", fields)
    assert answer.status_code == 422 and "组1员3" in answer.context["error"]


def test_who_looked_at_an_older_draft_sees_the_new_one_and_who_changed_it(desk, team, draft, duty_officer):
    seen, shift = draft.edits, draft.shifts.first()
    draft.assign(shift, officer=team.people[0][2], role="officer", by=duty_officer)
    fields = {"shift": shift.pk, "role": "officer", "officer": team.people[1][2].pk, "edits_seen": seen}
    answer = sent(desk, page_of(draft) + "assign/", fields)
    assert answer.status_code == 409 and "钟子磊" in answer.context["error"]
    assert not draft.plan().filter(shift=shift, officer=team.people[1][2]).exists()
    row = draft.plan().first()
    assert sent(desk, page_of(draft) + "unassign/", {"assignment": row.pk, "edits_seen": seen}).status_code == 409
    assert sent(desk, page_of(draft) + "undo/", {"edits_seen": seen}).status_code == 409
    assert sent(desk, page_of(draft) + "discard/", {"edits_seen": seen}).status_code == 409
    assert draft.plan().filter(pk=row.pk).exists()


def test_somebody_is_taken_out(desk, draft):
    row = draft.plan().first()
    assert (
        sent(desk, page_of(draft) + "unassign/", {"assignment": row.pk, "edits_seen": draft.edits}).status_code == 302
    )
    assert sent(desk, page_of(draft) + "unassign/", {"assignment": row.pk}).status_code == 409
    assert not draft.plan().filter(pk=row.pk).exists()


def test_it_is_filled_again_and_undone(desk, team, draft, leader, first):
    draft.unassign(draft.plan().first(), by=leader)
    draft.refresh_from_db()
    fields = {
        "first": first, "last": first + DAY * 13, "rotations": [r.pk for r in team.rotations], "keep_hand": "on",
        "edits_seen": draft.edits,
    }  # fmt: skip
    assert sent(desk, page_of(draft) + "fill/", fields).status_code == 302
    assert draft.plan().count() == 42
    draft.refresh_from_db()
    assert sent(desk, page_of(draft) + "undo/", {"edits_seen": draft.edits}).status_code == 302
    assert draft.plan().count() == 41
    assert sent(desk, page_of(draft) + "undo/", {}).status_code == 422


def test_filling_without_a_rotation_is_refused_beside_the_field(desk, draft, first):
    answer = sent(desk, page_of(draft) + "fill/", {"first": first, "last": first, "edits_seen": draft.edits})
    assert answer.status_code == 422 and answer.context["fill"].errors["rotations"]


@pytest.mark.parametrize("act", ["assign", "unassign", "fill", "undo"])
def test_odd_forms_are_answered(desk, draft, act):
    for fields in (
        {},
        {"shift": "x", "assignment": "x", "edits_seen": "x"},
        {"shift": "9" * 30, "assignment": "9" * 30},
    ):
        assert sent(desk, f"{page_of(draft)}{act}/", fields).status_code in (302, 409, 422)


@pytest.mark.parametrize(
    "query", ["?shift=x", "?shift=999999999", "?shift=9999999999999999999999&role=x", "?role=king&leaving=x"]
)
def test_odd_seats_are_answered(desk, draft, query):
    assert desk.get(page_of(draft) + query).status_code == 200


def test_a_draft_is_discarded_after_one_question(desk, draft):
    assert "42" in desk.get(page_of(draft) + "discard/").content.decode()
    answer = sent(desk, page_of(draft) + "discard/", {"edits_seen": draft.edits})
    assert answer.url == "/duty/rosters/" and not Roster.objects.exists()


def test_the_draft_costs_the_same_queries_for_two_weeks_and_for_a_month(
    desk, team, leader, draft, first, django_assert_max_num_queries
):
    month = Roster.objects.open(
        by=leader, title="月", starts_on=first + DAY * 40, ends_on=first + DAY * 70, pattern=team.pattern
    )
    month.fill(team.rotations, by=leader)
    with django_assert_max_num_queries(60) as of_weeks:
        desk.get(page_of(draft))
    with django_assert_max_num_queries(len(of_weeks)):
        desk.get(page_of(month))


# --- publishing
def _sign(draft, **fields):
    draft.refresh_from_db()
    return {"edits_seen": draft.edits, "changes_seen": 0, **fields}


def test_it_is_published_with_one_signature(desk, draft, leader):
    place = f"/duty/rosters/{draft.roster_id}/publish/"
    assert desk.get(place).status_code == 200
    answer = sent(desk, place, _sign(draft))
    assert answer.url == f"/duty/rosters/{draft.roster_id}/"
    draft.refresh_from_db()
    assert (draft.number, draft.published_by) == (1, leader) and draft.roster.in_force().count() == 42
    page = desk.get(answer.url).content.decode()
    assert "组1员1" in page and "tone-good" in page


def test_a_gap_asks_for_its_reason(desk, draft, leader):
    place = f"/duty/rosters/{draft.roster_id}/publish/"
    draft.unassign(draft.plan().filter(role="leader").first(), by=leader)
    answer = sent(desk, place, _sign(draft, gap_reason=" "))
    assert answer.status_code == 422 and answer.context["review"].gaps
    assert not Assignment.objects.in_force().exists()
    assert sent(desk, place, _sign(draft, gap_reason="局长亲自带班")).status_code == 302
    assert "局长亲自带班" in desk.get(f"/duty/rosters/{draft.roster_id}/").content.decode()


def test_what_was_edited_since_the_page_was_opened_is_looked_at_first(desk, team, draft, duty_officer):
    seen = _sign(draft)
    draft.assign(draft.shifts.first(), officer=team.people[0][2], role="officer", by=duty_officer)
    place = f"/duty/rosters/{draft.roster_id}/publish/"
    answer = sent(desk, place, seen)
    assert answer.status_code == 409 and "钟子磊" in answer.content.decode()
    hidden = re.findall(r'name="edits_seen" value="(\d+)"', answer.content.decode())
    draft.refresh_from_db()
    assert hidden == [str(draft.edits)]
    assert sent(desk, place, {"edits_seen": hidden[0], "changes_seen": 0}).status_code == 302


def test_a_second_version_shows_its_difference(desk, team, draft, leader):
    draft.publish(by=leader)
    answer = sent(desk, f"/duty/rosters/{draft.roster_id}/again/", {})
    assert answer.url == page_of(draft)
    second = draft.roster.versions.get(state="draft")
    row = second.plan().filter(role="phone").last()
    second.unassign(row, by=leader)
    second.assign(row.shift, officer=team.people[0][2], role="phone", by=leader)
    page = desk.get(f"/duty/rosters/{draft.roster_id}/publish/")
    assert [change.role for change in page.context["differences"]] == ["phone"]
    assert f"<del>{row.officer}</del>" in page.content.decode()
    second.publish(by=leader)
    page = desk.get(f"/duty/rosters/{draft.roster_id}/versions/")
    assert [part.officer for change in page.context["differences"] for part in change.into] == [team.people[0][2]]


def test_a_draft_that_changes_nothing_is_not_offered_to_be_signed(desk, draft, leader):
    draft.publish(by=leader)
    second = draft.roster.new_draft(by=leader)
    place = f"/duty/rosters/{draft.roster_id}/publish/"
    page = desk.get(place).content.decode()
    assert 'name="edits_seen"' not in page and f"/duty/rosters/{draft.roster_id}/draft/discard/" in page
    answer = sent(desk, place, {"edits_seen": second.edits, "changes_seen": 0})
    assert answer.status_code == 422 and draft.roster.versions.get(state="published") == draft


@pytest.mark.parametrize("query", ["?old=x&new=y", "?old=2&new=1", "?old=99", "?new=1"])
def test_odd_versions_are_answered(desk, draft, leader, query):
    draft.publish(by=leader)
    assert desk.get(f"/duty/rosters/{draft.roster_id}/versions/{query}").status_code == 200


def test_a_second_draft_begun_by_somebody_else_is_shown(desk, draft, leader, duty_officer):
    draft.publish(by=leader)
    draft.roster.new_draft(by=duty_officer)
    answer = desk.post(f"/duty/rosters/{draft.roster_id}/again/", {})
    assert answer.status_code == 422  # without its key
    assert sent(desk, f"/duty/rosters/{draft.roster_id}/again/", {}).url == page_of(draft)


def test_a_draft_that_is_gone_leads_to_the_roster(desk, draft, leader):
    draft.publish(by=leader)
    for place in (page_of(draft), page_of(draft) + "discard/", f"/duty/rosters/{draft.roster_id}/publish/"):
        assert desk.get(place).url == f"/duty/rosters/{draft.roster_id}/"
    assert sent(desk, page_of(draft) + "undo/", {}).url == f"/duty/rosters/{draft.roster_id}/"


# --- who sees what
def test_a_draft_is_for_planners_only(signed_in, duty_officer, draft, leader):
    officer = signed_in(duty_officer)
    assert "下一期" not in officer.get("/duty/rosters/").content.decode()
    assert "组1员1" not in officer.get(f"/duty/rosters/{draft.roster_id}/").content.decode()
    draft.publish(by=leader)
    assert "下一期" in officer.get("/duty/rosters/").content.decode()
    assert "组1员1" in officer.get(f"/duty/rosters/{draft.roster_id}/").content.decode()


@pytest.mark.parametrize("who", ["duty_officer", "inspector", "auditor", "viewer", "administrator"])
@pytest.mark.parametrize("act", ["draft/", "draft/assign/", "draft/fill/", "draft/discard/", "publish/"])
def test_only_leaders_plan_and_sign(request, signed_in, draft, who, act):
    client = signed_in(request.getfixturevalue(who))
    place = f"/duty/rosters/{draft.roster_id}/{act}"
    if act in {"draft/assign/", "draft/fill/"}:
        assert sent(client, place, {}).status_code == 403
    else:
        assert client.get(place).status_code == 403
    assert draft.plan().count() == 42


def test_the_month_in_force_costs_the_same_queries_whatever_its_length(
    desk, team, leader, draft, first, django_assert_max_num_queries
):
    draft.publish(by=leader)
    month = Roster.objects.open(
        by=leader, title="月", starts_on=first + DAY * 40, ends_on=first + DAY * 70, pattern=team.pattern
    )
    month.fill(team.rotations, by=leader)
    month.publish(by=leader)
    CoverageRule.objects.update(day_types="all")
    with django_assert_max_num_queries(45) as of_weeks:
        desk.get(f"/duty/rosters/{draft.roster_id}/")
    with django_assert_max_num_queries(len(of_weeks)):
        desk.get(f"/duty/rosters/{month.roster_id}/")
