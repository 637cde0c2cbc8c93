"""The 2020 case: two weeks published, the holiday extended in the middle of them, the rest planned anew; the past untouched."""

import datetime

import pytest

from enforcement.duty.planning import changes_of, difference, undone_changes
from enforcement.models import Assignment, CalendarDay
from enforcement.tests.rostering import BEFORE, DAY, FIRST, Team, told
from venues.moments import parse_as_of
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db
EXTENDED = parse_as_of("2020-01-27T10:00")  # the notice that made 31 January to 2 February free
TOMORROW = datetime.date(2020, 1, 28)


@pytest.fixture
def team():
    return Team()


@pytest.fixture
def feast(team):
    """On free days the first two leaders lead in turn; on workdays the other three. The holiday is known to end on the 30th."""
    team.lead.delete()
    free = team.rotation("节日带班", "leader", team.leaders[:2], day_types="free", anchor_on=FIRST)
    work = team.rotation("工作日带班", "leader", team.leaders[2:], day_types="workdays", anchor_on=FIRST)
    team.rotations = [free, work, team.post]
    for n in range(7):
        CalendarDay.objects.create(date=datetime.date(2020, 1, 24) + DAY * n, kind="statutory", name="春节")
    CalendarDay.objects.create(date=datetime.date(2020, 2, 1), kind="workday", name="调休上班")
    return team


@pytest.fixture
def first(feast, leader):
    return feast.published(leader)


def extend():
    for day in (datetime.date(2020, 1, 31), datetime.date(2020, 2, 1), datetime.date(2020, 2, 2)):
        CalendarDay.objects.update_or_create(date=day, defaults={"kind": "statutory", "name": "春节(延长)"})


def leaders(rows):
    return {day.isoformat()[5:]: names[0] for day, names in told(rows).items()}


def test_the_holiday_is_extended_in_the_middle(feast, first, leader):
    planned = leaders(first.rows())
    assert (planned["01-31"], planned["02-01"], planned["02-02"]) == ("领导4", "领导5", "领导2")
    before = {row.pk: (row.entered_at, row.lapsed_at) for row in Assignment.objects.filter(start__lt=EXTENDED)}
    extend()
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    second.fill(feast.rotations, by=leader, first=TOMORROW, at=EXTENDED)
    found = difference(first, second)
    assert [(change.shift_start.astimezone().day, change.role) for change in found] == [(31, "leader"), (1, "leader")]
    assert [[part.officer.name for part in change.into] for change in found] == [["领导2"], ["领导1"]]
    second.publish(by=leader, at=EXTENDED)
    assert second.number == 2 and second.roster.versions.get(number=1).state == "superseded"
    now = leaders(first.roster.in_force().select_related("shift", "officer"))
    assert now == {**planned, "01-31": "领导2", "02-01": "领导1"}
    after = {row.pk: (row.entered_at, row.lapsed_at) for row in Assignment.objects.filter(pk__in=before)}
    assert after == before and not any(lapsed for _entered, lapsed in before.values())


def test_the_record_still_says_what_was_planned_at_any_moment(feast, first, leader):
    extend()
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    second.fill(feast.rotations, by=leader, first=TOMORROW, at=EXTENDED)
    second.publish(by=leader, at=EXTENDED)
    rows = Assignment.objects.filter(role="leader", start=parse_as_of("2020-02-01T08:00")).order_by("entered_at")
    assert [(row.officer.name, row.entered_at, row.lapsed_at) for row in rows] == [
        ("领导5", BEFORE, EXTENDED), ("领导1", EXTENDED, None),
    ]  # fmt: skip


def test_the_shift_that_runs_stays_as_it_is(feast, first, leader):
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    running = second.plan().get(role="phone", start=parse_as_of("2020-01-27T08:00"))
    with pytest.raises(Refused, match="2020-01-27 08:00"):
        second.unassign(running, by=leader, at=EXTENDED)
    with pytest.raises(Refused, match="2020-01-27 08:00"):
        second.assign(running.shift, officer=feast.people[2][2], role="officer", by=leader, at=EXTENDED)
    extend()
    second.fill(feast.rotations, by=leader, at=EXTENDED)
    second.publish(by=leader, at=EXTENDED)
    assert Assignment.objects.in_force().get(role="phone", start=running.start).entered_at == BEFORE


def test_a_shift_that_began_between_planning_and_signing_is_refused_by_name(feast, first, leader):
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    planned = second.plan().get(role="officer", start=parse_as_of("2020-01-28T08:00"))
    second.unassign(planned, by=leader, at=EXTENDED)
    second.assign(planned.shift, officer=feast.people[2][2], role="officer", by=leader, at=EXTENDED)
    with pytest.raises(Refused, match="2020-01-28 08:00"):
        second.publish(by=leader, at=EXTENDED + DAY)
    second.publish(by=leader, at=EXTENDED)


def _taken_over(first, officer, by, at):
    """An emergency take-over of the telephone, entered at `at`, as the acts of the changes do it."""
    row = first.roster.in_force().get(role="phone", start__lte=at, end__gt=at)
    row.lapsed_at = at
    row.save()
    for who, start, end in ((row.officer, row.start, at), (officer, at, row.end)):
        Assignment.objects.create(
            shift=row.shift,
            officer=who,
            role="phone",
            start=start,
            end=end,
            source="change",
            replaces=row,
            entered_at=at,
        )


def test_a_take_over_after_the_draft_was_begun_is_the_past_and_no_obstacle(feast, first, leader):
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    _taken_over(first, feast.people[0][2], leader, EXTENDED + DAY / 24)
    second.publish(by=leader, at=EXTENDED + DAY / 12)
    names = [
        row.officer.name
        for row in first.roster.in_force().filter(role="phone", shift__start=parse_as_of("2020-01-27T08:00"))
    ]
    assert names == ["组2员1", "组1员3"]
    assert [row.officer.name for row in second.rows() if row.role == "phone" and row.shift.date.day == 27] == names


def _covered(first, officer, at):
    """A cover of the telephone on 30 January, approved at `at`."""
    row = first.roster.in_force().get(role="phone", start=parse_as_of("2020-01-30T08:00"))
    row.lapsed_at = at
    row.save()
    return Assignment.objects.create(
        shift=row.shift,
        officer=officer,
        role="phone",
        start=row.start,
        end=row.end,
        source="change",
        replaces=row,
        entered_at=at,
    )


def test_a_cover_agreed_before_the_draft_is_in_it_and_stays(feast, first, leader):
    cover = _covered(first, feast.people[0][2], EXTENDED - DAY)
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    second.fill(feast.rotations, by=leader, at=EXTENDED)
    second.publish(by=leader, at=EXTENDED)
    assert first.roster.in_force().get(role="phone", start=cover.start).officer == cover.officer


def test_a_cover_agreed_while_the_signer_looks_is_not_undone_unseen(feast, first, leader, monkeypatch):
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    seen = changes_of(first.roster)
    cover = _covered(first, feast.people[0][2], EXTENDED + DAY / 24)
    with pytest.raises(TooLate):
        second.publish(by=leader, at=EXTENDED + DAY / 12, changes_seen=seen)
    assert undone_changes(second, at=EXTENDED + DAY / 12) == [cover]
    second.publish(by=leader, at=EXTENDED + DAY / 12, changes_seen=changes_of(first.roster))
    assert undone_changes(second, at=EXTENDED + DAY / 12) == []


def test_versions_are_compared_as_they_were_published(feast, first, leader):
    _covered(first, feast.people[0][2], EXTENDED)
    second = first.roster.new_draft(by=leader, at=EXTENDED)
    second.publish(by=leader, at=EXTENDED)
    _covered(first, feast.people[1][2], EXTENDED + DAY)
    [found] = difference(first, second)
    assert [part.officer.name for part in found.into] == ["组1员3"]


def test_nothing_that_is_not_published_gets_a_second_draft(feast, leader):
    draft = feast.draft(leader)
    with pytest.raises(TooLate):
        draft.roster.new_draft(by=leader)
