"""Covers, and what holds for every change: both agree, a leader approves, and only then the roster says something else."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import translation

from enforcement.models.duty import Assignment, DutyChange, Leave, RosterVersion, Shift
from enforcement.tests.duties import BEFORE, HOUR, T, ask, in_force, published, serve
from venues.transitions import Refused, TooLate

State = DutyChange.State


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def second_leader(django_user_model, leader):
    officer = django_user_model.objects.create_user("leader2", name="薛建平", badge_no="T002", can_lead=True)
    officer.groups.add(Group.objects.get(name="shift_leader"))
    return officer


@pytest.fixture
def version(leader):
    return published(leader)


@pytest.fixture
def duty(version, duty_officer):
    """The telephone officer's duty of twelve hours from T."""
    return serve(version, duty_officer, "phone")


# --- a cover
def test_a_cover_holds_only_when_it_is_approved(duty, second_duty_officer, leader):
    change = ask(duty)
    assert change.state == State.OPEN
    assert change.take(by=second_duty_officer, at=BEFORE + HOUR) == []
    assert change.state == State.AGREED
    assert in_force() == [("钟子磊", "phone", 0, 12)]
    change.approve(by=leader, at=BEFORE + 2 * HOUR)
    assert change.state == State.APPROVED
    assert in_force() == [("徐玉", "phone", 0, 12)]


def test_the_old_assignment_lapses_and_the_new_one_names_it(duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    change.approve(by=leader, at=BEFORE + HOUR)
    duty.refresh_from_db()
    new = Assignment.objects.in_force().get()
    assert duty.lapsed_at == new.entered_at == BEFORE + HOUR
    assert (new.replaces, new.change, new.source, new.shift) == (duty, change, "change", duty.shift)


def test_a_partial_cover_cuts_the_duty_into_pieces(duty, second_duty_officer, leader):
    change = ask(duty, start=T + 3 * HOUR, end=T + 5 * HOUR)
    change.take(by=second_duty_officer, at=BEFORE)
    change.approve(by=leader, at=BEFORE)
    assert in_force() == [("钟子磊", "phone", 0, 3), ("徐玉", "phone", 3, 5), ("钟子磊", "phone", 5, 12)]


def test_two_covers_of_one_duty_find_their_pieces(duty, second_duty_officer, inspector, leader):
    first = ask(duty, start=T, end=T + 3 * HOUR)
    second = ask(duty, start=T + 6 * HOUR, end=T + 7 * HOUR)
    first.take(by=second_duty_officer, at=BEFORE)
    second.take(by=inspector, at=BEFORE)
    first.approve(by=leader, at=BEFORE)
    second.approve(by=leader, at=BEFORE)
    names = [(name, start, end) for name, _role, start, end in in_force()]
    assert names == [("徐玉", 0, 3), ("钟子磊", 3, 6), ("毛敏梅", 6, 7), ("钟子磊", 7, 12)]


def test_a_volunteer_may_be_anybody(duty, inspector, leader):
    change = ask(duty)
    change.take(by=inspector, at=BEFORE)
    change.approve(by=leader, at=BEFORE)
    assert in_force() == [("毛敏梅", "phone", 0, 12)]


def test_what_was_approved_late_holds_from_then_on(duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    change.approve(by=leader, at=T + 2 * HOUR)
    assert in_force() == [("钟子磊", "phone", 0, 2), ("徐玉", "phone", 2, 12)]


def test_an_approval_after_the_end_is_refused_and_nothing_changes(duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    with pytest.raises(Refused, match="over"):
        change.approve(by=leader, at=T + 12 * HOUR)
    change.refresh_from_db()
    assert change.state == State.AGREED
    assert in_force() == [("钟子磊", "phone", 0, 12)]


def test_a_change_outlives_a_new_version_that_says_the_same(duty, version, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    _publish_again(version, duty)
    change.approve(by=leader, at=BEFORE + HOUR)
    assert in_force() == [("徐玉", "phone", 0, 12)]


def test_a_change_of_a_duty_that_the_roster_took_away_is_refused(duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    Assignment.objects.filter(pk=duty.pk).update(lapsed_at=BEFORE)
    with pytest.raises(Refused, match="roster has changed"):
        change.approve(by=leader, at=BEFORE + HOUR)


def _publish_again(version, duty):
    RosterVersion.objects.filter(pk=version.pk).update(state="superseded")
    new = RosterVersion.objects.create(roster=version.roster, number=2, state="published", published_at=BEFORE)
    shift = Shift.objects.create(version=new, start=duty.shift.start, end=duty.shift.end)
    Assignment.objects.filter(pk=duty.pk).update(lapsed_at=BEFORE)
    Assignment.objects.create(
        shift=shift, officer=duty.officer, role=duty.role, start=duty.start, end=duty.end, entered_at=BEFORE
    )


# --- who may
def test_nobody_else_gives_a_duty_away(duty, inspector):
    with pytest.raises(Refused, match="Only who has this duty"):
        ask(duty, by=inspector)


def test_a_leader_asks_for_somebody_who_cannot_and_then_another_decides(duty, inspector, leader, second_leader):
    change = ask(duty, by=leader)
    change.take(by=inspector, at=BEFORE)
    with pytest.raises(Refused, match="薛建平"):
        change.approve(by=leader, at=BEFORE)
    change.approve(by=second_leader, at=BEFORE)
    assert (change.asked_by, change.decided_alone) == (leader, False)


def test_who_was_asked_is_the_only_one_who_takes_it(duty, second_duty_officer, inspector):
    change = ask(duty, asked_of=second_duty_officer)
    with pytest.raises(Refused, match="徐玉"):
        change.take(by=inspector, at=BEFORE)


def test_who_was_asked_may_say_no_and_that_ends_it(duty, second_duty_officer, inspector):
    change = ask(duty, asked_of=second_duty_officer)
    with pytest.raises(Refused):
        change.decline(by=inspector, at=BEFORE)
    change.decline(by=second_duty_officer, note="已有安排", at=BEFORE)
    assert (change.state, change.decided_by, change.decision_note) == (State.REFUSED, second_duty_officer, "已有安排")


def test_nobody_takes_his_own_duty(duty):
    with pytest.raises(Refused, match="himself"):
        ask(duty).take(by=duty.officer, at=BEFORE)


def test_who_may_not_lead_does_not_take_a_leaders_duty(version, leader, inspector, second_leader):
    change = ask(serve(version, leader, "leader"))
    with pytest.raises(Refused, match="may not lead"):
        change.take(by=inspector, at=BEFORE)
    change.take(by=second_leader, at=BEFORE)


def test_who_may_not_hold_the_telephone_does_not_take_it(duty, inspector):
    inspector.can_hold_phone = False
    with pytest.raises(Refused, match="telephone"):
        ask(duty).take(by=inspector, at=BEFORE)


def test_the_two_do_not_approve_their_own_change_while_another_can(version, leader, second_leader, django_user_model):
    third = django_user_model.objects.create_user("leader3", name="齐国栋", can_lead=True)
    third.groups.add(Group.objects.get(name="shift_leader"))
    change = ask(serve(version, leader, "leader"))
    change.take(by=second_leader, at=BEFORE)
    for party in (leader, second_leader):
        with pytest.raises(Refused, match="齐国栋"):
            change.approve(by=party, at=BEFORE)
    change.approve(by=third, at=BEFORE)
    assert change.decided_alone is False


def test_one_of_the_two_approves_when_nobody_else_may_and_the_record_says_so(version, leader, second_leader):
    change = ask(serve(version, leader, "leader"))
    change.take(by=second_leader, at=BEFORE)
    change.approve(by=second_leader, at=BEFORE)
    assert (change.state, change.decided_by, change.decided_alone) == (State.APPROVED, second_leader, True)


def test_an_account_that_is_not_active_is_nobody_who_could_decide(version, leader, second_leader, django_user_model):
    gone = django_user_model.objects.create_user("leader3", name="齐国栋", can_lead=True, is_active=False)
    gone.groups.add(Group.objects.get(name="shift_leader"))
    change = ask(serve(version, leader, "leader"))
    change.take(by=second_leader, at=BEFORE)
    change.approve(by=second_leader, at=BEFORE)
    assert change.decided_alone


# --- clashes and leave
def test_nobody_is_needed_twice_at_once(duty, version, second_duty_officer):
    serve(version, second_duty_officer, "officer", T + 6 * HOUR)
    change = ask(duty)
    with pytest.raises(Refused, match="twice at once"):
        change.take(by=second_duty_officer, at=BEFORE)
    assert change.state == State.OPEN


def test_a_clash_that_came_in_between_forbids_the_approval(duty, version, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    serve(version, second_duty_officer, "officer", T + 6 * HOUR)
    with pytest.raises(Refused, match="twice at once"):
        change.approve(by=leader, at=BEFORE)
    assert len(in_force(officer=second_duty_officer)) == 1


def test_the_giver_is_not_needed_twice_by_what_he_gets(duty, version, duty_officer, second_duty_officer):
    serve(version, duty_officer, "officer", T + 48 * HOUR)
    other = serve(version, second_duty_officer, "phone", T + 48 * HOUR)
    with pytest.raises(Refused, match="twice at once"):
        ask(duty, "swap", counter=other)


def test_too_little_rest_is_a_warning(duty, version, second_duty_officer):
    serve(version, second_duty_officer, "officer", T + 15 * HOUR)
    warnings = ask(duty).take(by=second_duty_officer, at=BEFORE)
    assert ["rest" in warning for warning in warnings] == [True]


def test_too_little_rest_forbids_where_the_unit_wants_it(duty, version, second_duty_officer, settings):
    settings.DUTY_REST_BLOCKS = True
    serve(version, second_duty_officer, "officer", T + 15 * HOUR)
    with pytest.raises(Refused, match="rest"):
        ask(duty).take(by=second_duty_officer, at=BEFORE)


def test_who_is_on_leave_does_not_take_a_duty(duty, second_duty_officer):
    Leave.objects.create(
        officer=second_duty_officer,
        kind="annual",
        start=T + HOUR,
        end=T + 30 * HOUR,
        state="approved",
        asked_by=duty.officer,
    )
    with pytest.raises(Refused, match="on leave"):
        ask(duty).take(by=second_duty_officer, at=BEFORE)


# --- what is asked
@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(-1, 3, "within the duty"), (3, 13, "within the duty"), (5, 5, "within the duty"), (5, 4, "within the duty")],
)
def test_the_span_lies_within_the_duty(start, end, words, duty):
    with pytest.raises(Refused, match=words):
        ask(duty, start=T + start * HOUR, end=T + end * HOUR)


def test_what_was_served_is_not_given_away(duty):
    with pytest.raises(Refused, match="begin with now"):
        ask(duty, start=T + HOUR, at=T + 3 * HOUR)
    assert ask(duty, at=T + 3 * HOUR).start == T + 3 * HOUR
    with pytest.raises(Refused, match="over"):
        ask(duty, at=T + 12 * HOUR)


def test_one_time_is_asked_for_once(duty):
    ask(duty, start=T, end=T + 4 * HOUR)
    with pytest.raises(Refused, match="already"):
        ask(duty, start=T + 3 * HOUR, end=T + 6 * HOUR)
    ask(duty, start=T + 4 * HOUR, end=T + 6 * HOUR)


def test_a_reason_is_given(duty):
    with pytest.raises(Refused, match="Say why"):
        DutyChange.objects.ask(by=duty.officer, kind="cover", assignment=duty, reason="  ", at=BEFORE)


def test_a_take_over_is_not_asked_for(duty):
    with pytest.raises(Refused):
        ask(duty, "takeover")


# --- the end
@pytest.mark.parametrize("who", ["giver", "taker"])
def test_the_two_withdraw_until_it_is_decided(who, duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    change.withdraw(by=getattr(change, who), at=BEFORE + HOUR)
    assert (change.state, change.withdrawn_by) == (State.WITHDRAWN, getattr(change, who))
    with pytest.raises(TooLate, match="withdrew"):
        change.approve(by=leader, at=BEFORE)


def test_others_do_not_withdraw(duty, inspector):
    with pytest.raises(Refused):
        ask(duty).withdraw(by=inspector, at=BEFORE)


def test_a_refusal_leaves_the_roster_as_it_is(duty, second_duty_officer, leader):
    change = ask(duty)
    change.take(by=second_duty_officer, at=BEFORE)
    change.refuse(by=leader, note="人手不足", at=BEFORE)
    assert (change.state, change.decision_note) == (State.REFUSED, "人手不足")
    assert in_force() == [("钟子磊", "phone", 0, 12)]
    with pytest.raises(TooLate, match="武桂平"):
        change.withdraw(by=duty.officer, at=BEFORE)


def test_what_nobody_agreed_to_is_not_approved(duty, leader):
    with pytest.raises(TooLate):
        ask(duty).approve(by=leader, at=BEFORE)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "agreed"}, "an_agreed_change_has_a_taker"),
        ({"state": "offered"}, "an_agreed_change_has_a_taker"),
        ({"kind": "swap", "state": "agreed", "taker": "other"}, "an_agreed_swap_has_a_duty_in_return"),
        ({"taker": "giver"}, "change_is_between_two_people"),
        ({"end": T}, "change_ends_after_it_began"),
    ],
)
def test_the_database_refuses_what_cannot_be(values, name, duty, second_duty_officer):
    change = ask(duty)
    people = {"other": second_duty_officer, "giver": duty.officer}
    values = {key: people.get(value, value) for key, value in values.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DutyChange.objects.filter(pk=change.pk).update(**values)


def test_who_waits_for_whom(duty, version, second_duty_officer, inspector, leader):
    objects = DutyChange.objects
    change = ask(duty, asked_of=second_duty_officer)
    assert list(objects.waiting_for(second_duty_officer)) == [change]
    assert not objects.open_to_all(BEFORE) and not objects.for_the_leader()
    change.take(by=second_duty_officer, at=BEFORE)
    assert not objects.waiting_for(second_duty_officer)
    assert list(objects.for_the_leader()) == [change] == list(objects.of(duty.officer))
    other = ask(serve(version, inspector, "officer", T + 12 * HOUR))
    assert list(objects.open_to_all(BEFORE)) == [other]
    assert not objects.open_to_all(T + 24 * HOUR)
