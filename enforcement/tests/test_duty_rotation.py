"""Whose turn it is: P[(offset + n // hold) % len], n counting the shifts served since the anchor."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.duty.rotation import filling
from enforcement.models import CalendarDay, Leave, Shift, ShiftPattern
from enforcement.models.safety import Isolation
from enforcement.tests.rostering import DAY, FIRST, Team, told
from venues.moments import parse_as_of
from venues.transitions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


@pytest.fixture
def watches():
    """Two shifts a day, from 08:00 and from 20:00."""
    pattern = ShiftPattern.objects.create(name="两班")
    pattern.borders.create(at=datetime.time(8), name="白班")
    pattern.borders.create(at=datetime.time(20), name="夜班")
    return pattern


def shifts(pattern, first, days):
    slots = pattern.slots(first, first + DAY * (days - 1))
    return [Shift(start=slot.start, end=slot.end, name=slot.name) for slot in slots]


def served(rotation, first, days, **more):
    """The names of who serves, shift by shift."""
    found = filling([rotation], shifts(rotation.pattern, first, days), pattern=rotation.pattern, **more)
    return [row.officer.name for row in found.rows]


def test_leaders_have_a_cycle_of_their_own(team):
    assert served(team.lead, FIRST, 7) == ["领导1", "领导2", "领导3", "领导4", "领导5", "领导1", "领导2"]


def test_24_on_48_off_is_three_groups_and_one_border(team):
    found = filling([team.post], shifts(team.pattern, FIRST, 4), pattern=team.pattern)
    assert list(told(found.rows).values()) == [
        ("—", "组1员1", "组1员2"), ("—", "组2员1", "组2员2"), ("—", "组3员1", "组3员2"), ("—", "组1员1", "组1员2"),
    ]  # fmt: skip
    assert [group.name for group in found.groups.values()] == ["第1组", "第2组", "第3组", "第1组"]


def test_12_on_24_off_is_three_groups_and_two_borders(team, watches):
    rotation = team.rotation("两班倒", "post", team.groups, pattern=watches, seats=1)
    assert served(rotation, FIRST, 3) == ["组1员1", "组2员1", "组3员1", "组1员1", "组2员1", "组3员1"]


def test_weekly_groups_are_fourteen_shifts_in_a_row_with_two_borders(team, watches):
    rotation = team.rotation("按周", "post", team.groups, pattern=watches, seats=1, hold=14)
    assert served(rotation, FIRST + DAY * 6, 2) == ["组1员1", "组1员1", "组2员1", "组2员1"]


def test_a_period_begun_in_the_middle_goes_on_where_the_last_one_ended(team):
    whole = served(team.lead, FIRST, 30)
    assert served(team.lead, FIRST, 11) + served(team.lead, FIRST + DAY * 11, 19) == whole


def test_before_the_anchor_it_is_counted_backwards(team):
    assert served(team.lead, FIRST - DAY * 2, 4) == ["领导4", "领导5", "领导1", "领导2"]


def test_an_offset_begins_with_another(team):
    team.lead.offset = 3
    assert served(team.lead, FIRST, 3) == ["领导4", "领导5", "领导1"]


def test_a_rotation_for_workdays_counts_workdays_only(team):
    rotation = team.rotation("工作日带班", "leader", team.leaders, day_types="workdays")
    week = shifts(team.pattern, FIRST, 8)
    found = told(filling([rotation], week, pattern=team.pattern).rows)
    assert [(day.day, names[0]) for day, names in found.items()] == [
        (20, "领导1"), (21, "领导2"), (22, "领导3"), (23, "领导4"), (24, "领导5"), (27, "领导1"),
    ]  # fmt: skip


def test_the_rotation_for_some_days_goes_before_the_one_for_all(team):
    feast = team.rotation("春节带班", "leader", team.leaders[3:], day_types="statutory", anchor_on=FIRST + DAY)
    CalendarDay.objects.create(date=FIRST + DAY, kind="statutory", name="春节")
    found = filling([team.lead, feast], shifts(team.pattern, FIRST, 3), pattern=team.pattern)
    assert [names[0] for names in told(found.rows).values()] == ["领导1", "领导4", "领导3"]


def test_the_members_of_a_group_may_take_turns(team):
    team.post.turning = True
    found = filling([team.post], shifts(team.pattern, FIRST, 7), pattern=team.pattern)
    of_first_group = [names[1:] for names in list(told(found.rows).values())[::3]]
    assert of_first_group == [("组1员1", "组1员2"), ("组1员3", "组1员1"), ("组1员2", "组1员3")]


def test_membership_counts_on_the_date_of_the_shift(team):
    first = team.groups[0].memberships.first()
    first.until = FIRST + DAY * 3
    first.save()
    found = told(filling([team.post], shifts(team.pattern, FIRST, 4), pattern=team.pattern).rows)
    assert found[FIRST][1] == "组1员1" and found[FIRST + DAY * 3][1:] == ("组1员2", "组1员3")


def test_who_may_not_hold_the_telephone_is_second_officer(team):
    officer = team.people[0][0]
    officer.can_hold_phone = False
    officer.save()
    found = told(filling([team.post], shifts(team.pattern, FIRST, 1), pattern=team.pattern).rows)
    assert found[FIRST][1:] == ("组1员2", "组1员1")


def test_who_is_on_leave_is_passed_over_in_a_group_and_leaves_a_gap_alone(team):
    for officer in (team.people[0][0], team.leaders[0]):
        Leave.objects.create(
            officer=officer, kind="annual", start=parse_as_of("2020-01-21T07:00"), end=parse_as_of("2020-01-22T00:00"),
            asked_by=officer, state="approved",
        )  # fmt: skip
    found = filling([team.lead, team.post], shifts(team.pattern, FIRST, 1), pattern=team.pattern)
    assert told(found.rows)[FIRST] == ("—", "组1员2", "组1员3")
    assert [skipped.start for skipped in found.skipped] == [parse_as_of("2020-01-20T08:00")] * 2
    assert "领导1" in found.skipped[0].because


@pytest.mark.parametrize("end", [None, "2020-01-22T00:00"], ids=["open", "until"])
def test_who_is_in_isolation_is_passed_over_and_why_is_not_said(team, end):
    officer = team.people[0][0]
    begun = {"officer": officer, "by": officer, "reason": "发热", "start": parse_as_of("2020-01-20T07:00")}
    Isolation.objects.create(**begun, end=end and parse_as_of(end))
    found = filling([team.post], shifts(team.pattern, FIRST, 4), pattern=team.pattern)
    assert told(found.rows)[FIRST] == ("—", "组1员2", "组1员3")
    assert ("组1员1" in told(found.rows)[FIRST + DAY * 3]) == (end is not None)
    said = str(found.skipped[0].because)
    assert "组1员1" in said and "发热" not in said and "隔离" not in said


def test_a_leave_that_is_only_asked_for_changes_nothing(team):
    Leave.objects.create(
        officer=team.leaders[0], kind="annual", start=parse_as_of("2020-01-20T07:00"), end=parse_as_of("2020-01-22T00:00"),
        asked_by=team.leaders[0],
    )  # fmt: skip
    assert served(team.lead, FIRST, 1) == ["领导1"]


def test_a_group_that_is_too_small_says_so(team):
    team.groups[0].memberships.exclude(officer=team.people[0][0]).delete()
    found = filling([team.post], shifts(team.pattern, FIRST, 1), pattern=team.pattern)
    assert told(found.rows)[FIRST] == ("—", "组1员1", "—") and len(found.skipped) == 1


def test_a_leader_who_may_no_longer_lead_is_not_seated(team):
    team.leaders[0].can_lead = False
    team.leaders[0].save()
    found = filling([team.lead], shifts(team.pattern, FIRST, 2), pattern=team.pattern)
    assert list(told(found.rows)) == [FIRST + DAY] and "领导1" in found.skipped[0].because


def test_a_rotation_of_another_pattern_is_refused(team, watches):
    with pytest.raises(Refused):
        filling([team.lead], shifts(watches, FIRST, 1), pattern=watches)


def test_a_rotation_that_rests_or_is_empty_serves_nothing(team):
    team.lead.is_active = False
    empty = team.rotation("空", "leader", [])
    assert filling([team.lead, empty], shifts(team.pattern, FIRST, 2), pattern=team.pattern).rows == []


def _by_hand(rotation, types, pattern, dates):
    """The plain twin: walk from the anchor, shift by shift, and count those that are served."""
    borders, names = pattern.borders.count(), [entry.officer.name for entry in rotation.entries.all()]
    n, found, day = 0, {}, rotation.anchor_on
    while day <= max(dates):
        if rotation.day_types == "all" or types[day] == "workday":
            for place in range(borders):
                found[day, place] = names[(rotation.offset + n // rotation.hold) % len(names)]
                n += 1
        day += DAY
    return [found[day, place] for day in dates for place in range(borders) if (day, place) in found]


@given(
    hold=st.integers(1, 15), offset=st.integers(0, 9), people=st.integers(1, 5), skip=st.integers(0, 40),
    days=st.integers(1, 20), workdays=st.booleans(), two=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_formula_is_the_walk(team, watches, hold, offset, people, skip, days, workdays, two):
    rotation = team.rotation(
        f"试{hold}{offset}{people}{skip}{days}{workdays}{two}", "leader", team.leaders[:people],
        pattern=watches if two else team.pattern, hold=hold, offset=offset, day_types="workdays" if workdays else "all",
    )  # fmt: skip
    first = FIRST + DAY * skip
    types = CalendarDay.objects.types(FIRST, first + DAY * days)
    expected = _by_hand(rotation, types, rotation.pattern, [first + DAY * n for n in range(days)])
    assert served(rotation, first, days) == expected
    rotation.delete()
