"""From a list of officers to a published roster: groups, pattern and rotations in one press, each changeable afterwards."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from enforcement.duty import setting_up
from enforcement.models import DutyGroup, Roster, Rotation, ShiftPattern
from enforcement.tests.rostering import BEFORE, DAY, FIRST, Team
from venues.tests.forms import sent
from venues.transitions import Refused

pytestmark = pytest.mark.django_db
SETUP = "/duty/setup/"


@pytest.fixture
def officers(leader):
    """Three teams of three, one of a single person, a second leader."""
    make = get_user_model().objects.create_user
    for team in ("1", "2", "3"):
        for n in range(3):
            make(f"o{team}{n}", name=f"队员{team}{n}", team=team, badge_no=f"B{team}{n}")
    make("clerk9", name="内勤", team="内勤", badge_no="C1")
    make("deputy", name="副队长", team="1", can_lead=True, badge_no="D1")


@pytest.fixture
def desk(signed_in, leader):
    return signed_in(leader)


# --- the first time
def test_from_officers_to_a_draft_in_two_presses(desk, officers):
    page = desk.get(SETUP)
    assert page.context["form"]["teams"].initial == ["1", "2", "3"]
    answer = sent(desk, SETUP + "quick/", {"teams": ["1", "2", "3"], "since": timezone.localdate()})
    assert answer.url == SETUP
    assert [group.members_on(timezone.localdate())[0].name for group in DutyGroup.objects.all()] == [
        "队员10", "队员20", "队员30",
    ]  # fmt: skip
    assert [str(entry) for entry in Rotation.objects.get(lane="leader").entries.all()] == ["副队长", "武桂平"]
    preview = desk.get("/duty/rosters/new/").context["preview"]
    assert preview["shifts"] >= 7 and not preview["review"].gaps


@pytest.mark.parametrize(("size", "turning"), [(2, False), (4, True)])
def test_everybody_of_a_proposed_group_serves(desk, leader, size, turning):
    make = get_user_model().objects.create_user
    for n in range(size * 2):
        make(f"o{n}", name=f"队员{n}", team=str(n % 2 + 1), badge_no=f"B{n}")
    desk.cookies["django_language"] = "en"
    assert "take turns, so that everybody serves" in desk.get(SETUP).content.decode()
    setting_up.set_up(by=leader, teams=["1", "2"], since=FIRST)
    rotation = Rotation.objects.get(lane="post")
    assert rotation.turning is turning
    roster = Roster.objects.open(
        by=leader, title="值班表", starts_on=FIRST, ends_on=FIRST + 13 * DAY, pattern=rotation.pattern, at=BEFORE
    )
    roster.fill([rotation], by=leader, at=BEFORE)
    serving = {row.officer.name for shift in roster.shifts.all() for row in shift.assignments.all()}
    assert serving == {f"队员{n}" for n in range(size * 2)}


def test_what_is_there_already_is_not_made_again(desk, officers, leader):
    setting_up.set_up(by=leader, teams=["1", "2"], since=FIRST)
    setting_up.set_up(by=leader, teams=["1", "2", "3"], since=FIRST)
    assert (DutyGroup.objects.count(), ShiftPattern.objects.count(), Rotation.objects.count()) == (2, 1, 2)
    assert "setup/quick" not in desk.get(SETUP).content.decode()


def test_without_a_team_the_page_says_what_to_do(desk, leader):
    answer = sent(desk, SETUP + "quick/", {"since": FIRST})
    assert answer.status_code == 422 and not DutyGroup.objects.exists() and not ShiftPattern.objects.exists()


def test_without_a_leader_nothing_is_made_by_half(officers, leader):
    get_user_model().objects.update(can_lead=False)
    with pytest.raises(Refused):
        setting_up.set_up(by=leader, teams=["1"], since=FIRST)
    assert not DutyGroup.objects.exists()


@pytest.mark.parametrize(
    "fields", [{}, {"since": "x"}, {"since": "99999-01-01"}, {"teams": "no such team", "since": "2020-01-20"}]
)
def test_odd_forms_are_answered(desk, officers, fields):
    assert sent(desk, SETUP + "quick/", fields).status_code == 422


# --- groups
def test_who_changes_group_stays_in_old_rosters(leader):
    team = Team()
    first, second = team.groups[:2]
    row = first.memberships.first()
    first.let_go(row, by=leader, until=FIRST + DAY)
    second.take_in(row.officer, by=leader, since=FIRST + DAY)
    assert row.officer in first.members_on(FIRST) and row.officer not in first.members_on(FIRST + DAY)
    assert row.officer in second.members_on(FIRST + DAY) and row.officer not in second.members_on(FIRST)


def test_a_membership_that_never_began_leaves_no_trace(leader):
    group = DutyGroup.objects.make(by=leader, name="甲组", members=[leader], since=FIRST)
    group.let_go(group.memberships.get(), by=leader, until=FIRST)
    assert not group.memberships.exists()


def test_nobody_is_a_member_twice(leader):
    group = DutyGroup.objects.make(by=leader, name="甲组", members=[leader], since=FIRST)
    with pytest.raises(Refused):
        group.take_in(leader, by=leader, since=FIRST)


def test_the_first_member_can_be_another(leader):
    group = Team().groups[0]
    names = [officer.name for officer in group.members_on(FIRST)]
    group.move_up(group.memberships.get(officer__name=names[1]))
    assert [officer.name for officer in group.members_on(FIRST)] == [names[1], names[0], names[2]]


def test_groups_are_kept_on_their_page(desk, leader, duty_officer):
    answer = sent(desk, SETUP + "groups/new/", {"name": "甲组", "since": FIRST, "members": [leader.pk]})
    place, group = answer.url, DutyGroup.objects.get()
    assert sent(desk, SETUP + "groups/new/", {"name": "甲组", "since": FIRST}).status_code == 422
    assert sent(desk, place + "members/", {"officer": duty_officer.pk, "since": FIRST}).url == place
    second = group.memberships.get(officer=duty_officer)
    assert sent(desk, place + "members/", {"act": "up", "membership": second.pk}).url == place
    assert group.members_on(FIRST) == [duty_officer, leader]
    let_go = {"act": "let_go", "membership": second.pk, "until": FIRST + DAY}
    assert sent(desk, place + "members/", let_go).url == place
    assert group.members_on(FIRST + DAY) == [leader]
    assert sent(desk, place, {"name": "乙组"}).url == place
    group.refresh_from_db()
    assert (group.name, group.is_active) == ("乙组", False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"officer": "x"},
        {"act": "up", "membership": "x"},
        {"act": "let_go", "membership": "9" * 30},
        {"act": "let_go"},
    ],
)
def test_odd_members_are_answered(desk, leader, fields):
    group = DutyGroup.objects.make(by=leader, name="甲组", members=[leader], since=FIRST)
    assert sent(desk, f"{SETUP}groups/{group.pk}/members/", fields).status_code == 422


# --- patterns
def test_a_pattern_is_made_of_the_times_at_which_shifts_begin(desk):
    fields = {"name": "两班", "at_1": "08:00", "name_1": "白班", "at_2": "20:00", "name_2": "夜班"}
    assert sent(desk, SETUP + "patterns/new/", fields).url == SETUP
    pattern = ShiftPattern.objects.get()
    slots = pattern.slots(FIRST, FIRST)
    assert [(slot.name, slot.end - slot.start) for slot in slots] == [
        ("白班", datetime.timedelta(hours=12)), ("夜班", datetime.timedelta(hours=12)),
    ]  # fmt: skip
    assert sent(desk, SETUP + "patterns/new/", fields).status_code == 422
    assert sent(desk, f"{SETUP}patterns/{pattern.pk}/switch/", {"is_active": "0"}).url == SETUP
    pattern.refresh_from_db()
    assert not pattern.is_active


@pytest.mark.parametrize("times", [{}, {"at_1": "x"}, {"at_1": "08:00", "at_2": "08:00"}])
def test_a_pattern_without_its_times_is_refused(desk, times):
    assert sent(desk, SETUP + "patterns/new/", {"name": "两班", **times}).status_code == 422
    assert not ShiftPattern.objects.exists()


# --- rotations
def _fields(pattern, **more):
    return {
        "name": "领导", "pattern": pattern.pk, "lane": "leader", "anchor_on": FIRST, "day_types": "all", "hold": 1, "offset": 0,
        "seats": 2, "is_active": "on", **more,
    }  # fmt: skip


def test_a_rotation_is_made_and_changed(desk, leader):
    team = Team()
    first, second = team.leaders[:2]
    fields = _fields(team.pattern, turn_1=f"o{second.pk}", turn_3=f"o{first.pk}")
    assert sent(desk, SETUP + "rotations/new/", fields).url == SETUP
    rotation = Rotation.objects.get(name="领导")
    assert [entry.officer for entry in rotation.entries.all()] == [second, first]
    place = f"{SETUP}rotations/{rotation.pk}/"
    assert desk.get(place).status_code == 200
    fields = _fields(team.pattern, turn_1=f"o{first.pk}", hold=7, is_active="")
    assert sent(desk, place, fields).url == SETUP
    rotation.refresh_from_db()
    assert (rotation.hold, rotation.is_active, rotation.entries.count()) == (7, False, 1)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"turn_1": "x"},
        {"turn_1": "", "hold": 0},
        {"name": "带班", "turn_1": "first"},
        {"lane": "post", "turn_1": "first"},
    ],
)
def test_a_rotation_that_cannot_be_meant_is_refused(desk, more):
    team = Team()
    more = {name: f"o{team.leaders[0].pk}" if value == "first" else value for name, value in more.items()}
    answer = sent(desk, SETUP + "rotations/new/", _fields(team.pattern, **more))
    assert answer.status_code == 422 and Rotation.objects.count() == 2


def test_a_refused_change_of_a_rotation_leaves_it_as_it_was(desk):
    team = Team()
    answer = sent(desk, f"{SETUP}rotations/{team.lead.pk}/", _fields(team.pattern, name="带班", lane="post"))
    assert answer.status_code == 422
    team.lead.refresh_from_db()
    assert team.lead.lane == "leader" and team.lead.entries.count() == 5


def test_a_published_roster_does_not_change_with_its_rotation(leader):
    team = Team()
    version = team.published(leader)
    before = list(version.roster.in_force().values_list("officer", "start", "role"))
    team.lead.revise(by=leader, entries=team.leaders[:1], hold=3)
    assert list(Roster.objects.get().in_force().values_list("officer", "start", "role")) == before


@pytest.mark.parametrize("who", ["duty_officer", "inspector", "viewer", "editor"])
@pytest.mark.parametrize("place", ["", "groups/new/", "patterns/new/", "rotations/new/"])
def test_only_leaders_and_the_administrator_set_up(request, signed_in, who, place):
    assert signed_in(request.getfixturevalue(who)).get(SETUP + place).status_code == 403


def test_the_administrator_sets_up_too(signed_in, administrator):
    for place in ("", "groups/new/", "patterns/new/", "rotations/new/"):
        assert signed_in(administrator).get(SETUP + place).status_code == 200
