"""Planning a roster: a period is opened, filled by rotations, edited by hand, published; each refusal says what to do."""

import datetime
import itertools

import pytest
from django.db import transaction
from django.utils import timezone

from enforcement.duty.planning import difference, review_of
from enforcement.models import Assignment, Leave, Roster, RosterVersion, Rotation, Shift
from enforcement.tests.rostering import BEFORE, DAY, FIRST, LAST, Team, told
from venues.moments import parse_as_of
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


@pytest.fixture
def draft(team, leader):
    return team.planned(leader)


# --- opening
def test_a_new_roster_has_the_shifts_of_its_pattern_and_nobody_on_them(team, leader):
    draft = team.draft(leader)
    shifts = list(draft.shifts.all())
    assert [shift.date for shift in shifts] == [FIRST + DAY * n for n in range(14)]
    assert all(shift.end == following.start for shift, following in itertools.pairwise(shifts))
    assert draft.is_draft and draft.number is None and not draft.rows()


@pytest.mark.parametrize(
    ("first", "last"), [(FIRST, LAST), (LAST, LAST + DAY * 27), (FIRST - DAY * 3, FIRST), (FIRST + DAY, FIRST + DAY)]
)
def test_two_rosters_never_share_a_day(team, leader, first, last):
    team.draft(leader)
    with pytest.raises(Refused, match="2020-01-20"):
        team.draft(leader, first=first, last=last)
    assert Roster.objects.count() == 1


def test_the_day_after_the_last_is_free(team, leader):
    team.draft(leader)
    assert Roster.objects.next_uncovered(FIRST + DAY) == LAST + DAY
    team.draft(leader, first=LAST + DAY, last=LAST + DAY)
    assert Roster.objects.next_uncovered(FIRST) == LAST + DAY * 2


@pytest.mark.parametrize(("first", "last"), [(LAST, FIRST), (FIRST, FIRST + DAY * 366)])
def test_a_period_that_cannot_be_meant_is_refused(team, leader, first, last):
    with pytest.raises(Refused):
        team.draft(leader, first=first, last=last)


def test_a_pattern_without_borders_makes_no_roster(team, leader):
    team.pattern.borders.all().delete()
    with pytest.raises(Refused):
        team.draft(leader)
    assert not Roster.objects.exists()


# --- by hand
def test_who_may_not_lead_is_not_made_leader(team, draft):
    with pytest.raises(Refused):
        draft.assign(draft.shifts.first(), officer=team.people[0][2], role="leader", by=None)


def test_who_may_not_hold_the_telephone_does_not(team, leader):
    draft, officer = team.draft(leader), team.people[0][0]
    officer.can_hold_phone = False
    officer.save()
    with pytest.raises(Refused):
        draft.assign(draft.shifts.first(), officer=officer, role="phone", by=leader)


def test_who_has_left_is_planned_no_more_but_stays_in_what_is_imported(team, leader):
    draft, officer = team.draft(leader), team.people[0][0]
    officer.is_active = False
    officer.save()
    with pytest.raises(Refused):
        draft.assign(draft.shifts.first(), officer=officer, role="phone", by=leader)
    draft.assign(draft.shifts.first(), officer=officer, role="phone", by=leader, source="import")


@pytest.mark.parametrize(("from_hour", "until_hour"), [(7, 12), (8, 33), (12, 12), (12, 10)])
def test_a_span_lies_within_its_shift(team, leader, from_hour, until_hour):
    draft = team.draft(leader)
    shift = draft.shifts.first()
    base = shift.start - datetime.timedelta(hours=8)
    span = {"start": base + datetime.timedelta(hours=from_hour), "end": base + datetime.timedelta(hours=until_hour)}
    with pytest.raises(Refused):
        draft.assign(shift, officer=team.people[0][0], role="phone", by=leader, **span)


def test_nobody_has_one_role_twice_from_the_same_time(team, leader):
    draft = team.draft(leader)
    draft.assign(draft.shifts.first(), officer=team.people[0][0], role="phone", by=leader)
    with pytest.raises(Refused):
        draft.assign(draft.shifts.first(), officer=team.people[0][0], role="phone", by=leader)
    assert len(draft.rows()) == 1


def test_a_shift_of_another_version_is_refused(team, leader, draft):
    other = team.draft(leader, first=LAST + DAY, last=LAST + DAY)
    with pytest.raises(Refused):
        draft.assign(other.shifts.first(), officer=team.people[0][0], role="phone", by=leader)


def test_many_are_put_in_with_few_queries(team, leader, django_assert_max_num_queries):
    draft = team.draft(leader)
    rows = [(shift, team.leaders[0], "leader", shift.start, shift.end) for shift in draft.shifts.all()]
    with django_assert_max_num_queries(6):
        draft.assign_all(rows, by=leader, source="import", at=BEFORE)
    assert draft.plan().count() == 14


# --- two planners
def test_who_looks_at_an_older_plan_is_told_who_changed_it(team, draft, leader, duty_officer):
    draft.refresh_from_db()
    seen, shift = draft.edits, draft.shifts.first()
    mine, yours = (RosterVersion.objects.get(pk=draft.pk) for _planner in range(2))
    mine.assign(shift, officer=team.people[0][2], role="officer", by=duty_officer, edits_seen=seen)
    with pytest.raises(TooLate, match="钟子磊"):
        yours.assign(shift, officer=team.people[1][2], role="officer", by=leader, edits_seen=seen)
    with pytest.raises(TooLate, match="钟子磊"):
        yours.fill(team.rotations, by=leader, edits_seen=seen)
    with pytest.raises(TooLate, match="钟子磊"):
        yours.publish(by=leader, edits_seen=seen)


def test_what_is_taken_out_twice_is_told(team, draft, leader):
    row = draft.rows()[0]
    draft.unassign(row, by=leader, at=BEFORE)
    with pytest.raises(TooLate):
        draft.unassign(row, by=leader, at=BEFORE)


# --- filling
def test_filling_again_changes_nothing(team, draft, leader):
    before = told(draft.rows())
    draft.fill(team.rotations, by=leader, at=BEFORE)
    assert told(draft.rows()) == before and len(draft.rows()) == 14 * 3


def test_what_was_put_by_hand_stays_and_has_its_seat(team, draft, leader):
    shift = draft.shifts.first()
    draft.unassign(draft.plan().get(shift=shift, role="phone"), by=leader, at=BEFORE)
    draft.assign(shift, officer=team.people[1][2], role="phone", by=leader, at=BEFORE)
    draft.fill(team.rotations, by=leader, at=BEFORE)
    assert told(draft.rows())[FIRST] == ("领导1", "组2员3", "组1员1")


def test_on_request_nothing_is_kept(team, draft, leader):
    shift = draft.shifts.first()
    draft.unassign(draft.plan().get(shift=shift, role="phone"), by=leader, at=BEFORE)
    draft.assign(shift, officer=team.people[1][2], role="phone", by=leader, at=BEFORE)
    draft.fill(team.rotations, by=leader, at=BEFORE, keep_hand=False)
    assert told(draft.rows())[FIRST] == ("领导1", "组1员1", "组1员2")


def test_only_the_days_asked_for_are_filled(team, leader):
    draft = team.draft(leader)
    draft.fill(team.rotations, by=leader, first=FIRST + DAY, last=FIRST + DAY * 2, at=BEFORE)
    assert list(told(draft.rows())) == [FIRST + DAY, FIRST + DAY * 2]
    assert list(draft.shifts.exclude(group=None).values_list("group__name", flat=True)) == ["第2组", "第3组"]
    with pytest.raises(Refused):
        draft.fill(team.rotations, by=leader, first=LAST + DAY, at=BEFORE)


def test_a_filling_is_undone_once(team, leader):
    draft = team.draft(leader)
    hand = draft.assign(draft.shifts.first(), officer=team.people[1][2], role="phone", by=leader, at=BEFORE)
    draft.fill(team.rotations, by=leader, at=BEFORE)
    draft.undo_fill(by=leader)
    assert [(row.officer, row.role, row.source) for row in draft.rows()] == [(hand.officer, "phone", "hand")]
    assert not draft.shifts.exclude(group=None).exists()
    with pytest.raises(Refused):
        draft.undo_fill(by=leader)


def test_an_edit_by_hand_ends_the_undo(team, draft, leader):
    draft.unassign(draft.rows()[0], by=leader, at=BEFORE)
    with pytest.raises(Refused):
        draft.undo_fill(by=leader)
    assert len(draft.rows()) == 14 * 3 - 1


def test_filling_a_month_costs_the_same_number_of_queries_as_a_week(
    team, leader, django_assert_max_num_queries, django_assert_num_queries
):
    week = team.draft(leader, last=FIRST + DAY * 6)
    month = team.draft(leader, first=FIRST + DAY * 7, last=FIRST + DAY * 37)
    with django_assert_max_num_queries(25) as of_week:
        week.fill(Rotation.objects.all(), by=leader, at=BEFORE)
    with django_assert_num_queries(len(of_week)):
        month.fill(Rotation.objects.all(), by=leader, at=BEFORE)


# --- publishing
def test_publishing_puts_everything_in_force_at_once(draft, leader, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        draft.publish(by=leader, at=BEFORE)
    rows = draft.roster.in_force()
    assert rows.count() == 14 * 3 and set(rows.values_list("entered_at", flat=True)) == {BEFORE}
    assert (draft.state, draft.number, draft.published_by, draft.undo) == ("published", 1, leader, None)
    assert not review_of(draft).gaps


def test_a_gap_without_a_reason_is_not_published(draft, leader):
    draft.unassign(draft.plan().filter(role="leader").first(), by=leader, at=BEFORE)
    with pytest.raises(Refused, match="1"):
        draft.publish(by=leader, at=BEFORE, gap_reason="   ")
    assert not draft.roster.in_force().exists()
    draft.publish(by=leader, at=BEFORE, gap_reason="局长亲自带班")
    assert draft.gap_reason == "局长亲自带班"


def test_a_reason_is_kept_only_where_a_gap_is(draft, leader):
    draft.publish(by=leader, at=BEFORE, gap_reason="没有缺口")
    assert draft.gap_reason == ""


def test_an_empty_roster_is_one_gap_and_not_none(team, leader):
    with pytest.raises(Refused):
        team.draft(leader).publish(by=leader, at=BEFORE)


def test_one_person_twice_at_once_is_not_published_with_any_reason(team, draft, leader):
    shift = draft.shifts.first()
    draft.assign(shift, officer=team.leaders[0], role="officer", by=leader, at=BEFORE)
    with pytest.raises(Refused, match="领导1"):
        draft.publish(by=leader, at=BEFORE, gap_reason="人手不够")


def test_leave_leaves_a_gap(team, draft, leader):
    Leave.objects.create(
        officer=team.leaders[1], kind="sick", start=parse_as_of("2020-01-21T08:00"), end=parse_as_of("2020-01-22T08:00"),
        asked_by=team.leaders[1], state="approved",
    )  # fmt: skip
    with pytest.raises(Refused):
        draft.publish(by=leader, at=BEFORE)


def test_what_is_published_is_no_longer_edited(team, draft, leader):
    draft.publish(by=leader, at=BEFORE)
    row, shift = draft.rows()[0], draft.shifts.first()
    stale = RosterVersion.objects.get(pk=draft.pk)
    for act in (
        lambda: stale.assign(shift, officer=team.people[1][2], role="officer", by=leader),
        lambda: stale.unassign(row, by=leader),
        lambda: stale.fill(team.rotations, by=leader),
        lambda: stale.undo_fill(by=leader),
        lambda: stale.publish(by=leader),
        lambda: stale.discard(by=leader),
    ):
        with pytest.raises(TooLate, match="武桂平"):
            act()
    assert draft.roster.in_force().count() == 14 * 3


def test_a_roster_of_the_past_is_entered_late(draft, leader):
    draft.publish(by=leader, at=timezone.now())
    assert draft.roster.in_force().count() == 14 * 3


# --- discarding
def test_a_first_draft_goes_with_its_roster(draft, leader):
    draft.discard(by=leader)
    assert not Roster.objects.exists() and not Shift.objects.exists() and not Assignment.objects.exists()


def test_a_later_draft_goes_alone(draft, leader):
    draft.publish(by=leader, at=BEFORE)
    again = draft.roster.new_draft(by=leader, at=BEFORE)
    again.discard(by=leader)
    assert draft.roster.in_force().count() == 14 * 3 and RosterVersion.objects.get() == draft


def test_a_draft_that_changes_nothing_is_not_published(draft, leader):
    draft.publish(by=leader, at=BEFORE)
    again = draft.roster.new_draft(by=leader, at=BEFORE)
    with pytest.raises(Refused), transaction.atomic():
        again.publish(by=leader, at=BEFORE)
    assert RosterVersion.objects.get(state="published") == draft
    again.unassign(again.plan().last(), by=leader, at=BEFORE)
    again.publish(by=leader, at=BEFORE, gap_reason="缺员")
    third = draft.roster.new_draft(by=leader, at=BEFORE)
    third.publish(by=leader, at=BEFORE, gap_reason="缺员，已报告")  # another reason is signed anew
    assert third.number == 3


def test_there_is_one_draft_at_a_time(draft, leader, duty_officer):
    with pytest.raises(TooLate, match="武桂平"):
        draft.roster.new_draft(by=duty_officer)
    draft.publish(by=leader, at=BEFORE)
    draft.roster.new_draft(by=duty_officer, at=BEFORE)
    with pytest.raises(TooLate, match="钟子磊"):
        draft.roster.new_draft(by=leader)


# --- differences
def test_a_new_draft_is_what_is_in_force(draft, leader):
    draft.publish(by=leader, at=BEFORE)
    again = draft.roster.new_draft(by=leader, at=BEFORE)
    assert difference(draft, again) == [] and difference(draft.roster.in_force(), again) == []


def test_a_difference_names_who_is_out_and_who_is_in(team, draft, leader):
    draft.publish(by=leader, at=BEFORE)
    again = draft.roster.new_draft(by=leader, at=BEFORE)
    shift = again.shifts.get(start=parse_as_of("2020-01-22T08:00"))
    again.unassign(again.plan().get(shift=shift, role="phone"), by=leader, at=BEFORE)
    noon = shift.start + datetime.timedelta(hours=4)
    again.assign(shift, officer=team.people[0][2], role="phone", by=leader, at=BEFORE, end=noon)
    [found] = difference(draft, again)
    assert (found.shift_start, found.role) == (shift.start, "phone")
    assert [part.officer.name for part in found.out] == ["组3员1"] and found.out[0].start is None
    assert [(part.officer.name, part.end) for part in found.into] == [("组1员3", noon)]
