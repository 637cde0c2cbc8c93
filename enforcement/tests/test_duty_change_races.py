"""Two at once on one change of duty: one wins, the other is told who. Each race has a control without the guard."""

import datetime
import threading
import uuid

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from enforcement.models.duty import Assignment, DutyChange
from enforcement.tests.duties import HOUR, published, serve
from venues.tests.forms import sent
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
State = DutyChange.State


@pytest.fixture
def tomorrow():
    return timezone.now().replace(minute=0, second=0, microsecond=0) + 24 * HOUR


@pytest.fixture
def version(leader, tomorrow):
    return published(leader, tomorrow)


@pytest.fixture
def duty(version, duty_officer, tomorrow):
    return serve(version, duty_officer, "phone", tomorrow)


@pytest.fixture
def second_leader(django_user_model):
    officer = django_user_model.objects.create_user("leader2", name="薛建平", badge_no="T002", can_lead=True)
    officer.groups.add(Group.objects.get(name="shift_leader"))
    return officer


def swap(duty, **more):
    return DutyChange.objects.ask(by=duty.officer, kind="swap", assignment=duty, reason="x", **more)


def agreed(duty, taker):
    change = DutyChange.objects.ask(by=duty.officer, kind="cover", assignment=duty, reason="x")
    change.take(by=taker)
    return change


def no_hole(duty):
    """The pieces in force fill the duty exactly."""
    rows = list(Assignment.objects.in_force().filter(shift=duty.shift, role=duty.role).order_by("start"))
    edges = [duty.start, *[row.end for row in rows]]
    return [row.start for row in rows] == edges[:-1] and edges[-1] == duty.end


def test_of_two_takers_of_an_open_swap_one_wins_and_the_other_is_told_who(
    duty, version, signed_in, second_duty_officer, inspector, tomorrow
):
    change = swap(duty)
    offers = {
        officer: serve(version, officer, "officer", tomorrow + n * 24 * HOUR)
        for n, officer in enumerate([second_duty_officer, inspector], start=2)
    }
    clients = {officer: signed_in(officer) for officer in offers}
    address = f"/duty/changes/{change.pk}/take/"
    answers = at_once(*[lambda o=officer: sent(clients[o], address, {"counter": offers[o].pk}) for officer in offers])
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    change.refresh_from_db()
    assert change.state == State.OFFERED and change.counter == offers[change.taker]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert change.taker.name in loser.content.decode()


def test_control_read_then_save_lets_both_takers_win(duty, second_duty_officer, inspector):
    change, both_read = swap(duty), threading.Barrier(2)

    def careless(by):
        mine = DutyChange.objects.get(pk=change.pk)
        if mine.state != State.OPEN:
            raise TooLate("x")
        both_read.wait(timeout=20)
        mine.taker = by
        mine.save(update_fields=["taker"])

    won, _refusals = sort_out(at_once(lambda: careless(second_duty_officer), lambda: careless(inspector)), Refused)
    assert len(won) == 2


def test_of_two_leaders_one_decides_and_the_roster_changes_once(
    duty, signed_in, inspector, leader, second_leader, tomorrow
):
    change = agreed(duty, inspector)
    clients = [signed_in(officer) for officer in (leader, second_leader) * 2]
    address = f"/duty/changes/{change.pk}/decide/"
    answers = at_once(*[lambda c=client: sent(c, address, {"decision": "approve"}) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    change.refresh_from_db()
    losers = [answer.content.decode() for answer in answers if answer.status_code == 409]
    assert all(change.decided_by.name in text for text in losers)
    assert Assignment.objects.in_force().get().officer == inspector and no_hole(duty)


def test_one_leader_approves_while_the_other_refuses(duty, inspector, leader, second_leader):
    change = agreed(duty, inspector)
    other = DutyChange.objects.get(pk=change.pk)
    won, refusals = sort_out(
        at_once(lambda: change.approve(by=leader), lambda: other.refuse(by=second_leader)), TooLate
    )
    assert (len(won), len(refusals)) == (1, 1)
    change.refresh_from_db()
    expected = inspector if change.state == State.APPROVED else duty.officer
    assert Assignment.objects.in_force().get().officer == expected


def test_the_giver_withdraws_while_the_leader_approves(duty, inspector, leader):
    change = agreed(duty, inspector)
    other = DutyChange.objects.get(pk=change.pk)
    won, _refusals = sort_out(
        at_once(lambda: change.approve(by=leader), lambda: other.withdraw(by=duty.officer)), TooLate
    )
    change.refresh_from_db()
    expected = inspector if change.state == State.APPROVED else duty.officer
    assert len(won) == 1 and Assignment.objects.in_force().get().officer == expected


def test_two_changes_that_need_one_person_twice_are_not_both_approved(
    duty, version, inspector, second_duty_officer, leader, second_leader, tomorrow
):
    """Each leader sees a clean roster; the rows of the people are held, so that the second sees what the first has done."""
    other_duty = serve(version, second_duty_officer, "officer", tomorrow + HOUR)
    one, two = agreed(duty, inspector), agreed(other_duty, inspector)
    won, refusals = sort_out(at_once(lambda: one.approve(by=leader), lambda: two.approve(by=second_leader)), Refused)
    assert (len(won), len(refusals)) == (1, 1)
    assert Assignment.objects.in_force().filter(officer=inspector).count() == 1


@pytest.mark.postgresql
def test_control_without_the_hold_both_are_approved(
    duty, version, inspector, second_duty_officer, leader, second_leader, tomorrow, monkeypatch
):
    from enforcement.duty import changing

    both_saw = threading.Barrier(2)
    looked = changing.refuse_clashes

    def wait(handings):
        found = looked(handings)
        both_saw.wait(timeout=20)
        return found

    other_duty = serve(version, second_duty_officer, "officer", tomorrow + HOUR)
    one, two = agreed(duty, inspector), agreed(other_duty, inspector)
    monkeypatch.setattr(changing, "hold", lambda people, assignments: None)
    monkeypatch.setattr(changing, "refuse_clashes", wait)
    won, _refusals = sort_out(at_once(lambda: one.approve(by=leader), lambda: two.approve(by=second_leader)), Refused)
    assert len(won) == 2 and Assignment.objects.in_force().filter(officer=inspector).count() == 2


def test_of_many_who_take_over_at_once_one_has_the_duty(version, duty_officer, django_user_model):
    now = timezone.now()
    duty = serve(version, duty_officer, "phone", now - 2 * HOUR)
    crowd = [django_user_model.objects.create_user(f"u{n}", name=f"队员{n}") for n in range(6)]
    acts = [lambda by=by: DutyChange.objects.take_over(by=by, assignment=duty, reason="x", start=now) for by in crowd]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 5)
    assert all(won[0].taker.name in refusal.sentence() for refusal in refusals)
    assert DutyChange.objects.count() == 1 and no_hole(duty)


def test_fifty_presses_ask_once(duty, signed_in, duty_officer):
    client, key = signed_in(duty_officer), uuid.uuid4()
    local = timezone.localtime
    fields = {"start": f"{local(duty.start):%Y-%m-%dT%H:%M}", "end": f"{local(duty.end):%Y-%m-%dT%H:%M}", "reason": "x"}
    address = f"/duty/changes/new/?assignment={duty.pk}"
    answers = at_once(*[lambda: sent(client, address, fields, key=key) for _press in range(50)])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert DutyChange.objects.count() == 1


def test_fifty_presses_of_fifty_pages_ask_once_too(duty, duty_officer):
    def press():
        return DutyChange.objects.ask(by=duty_officer, kind="cover", assignment=duty, reason="x")

    won, refusals = sort_out(at_once(*[press for _press in range(20)]), Refused)
    assert (len(won), len(refusals)) == (1, 19)


def test_fifty_presses_approve_once(duty, signed_in, inspector, leader):
    change, client, key = agreed(duty, inspector), signed_in(leader), uuid.uuid4()
    address = f"/duty/changes/{change.pk}/decide/"
    answers = at_once(*[lambda: sent(client, address, {"decision": "approve"}, key=key) for _press in range(50)])
    assert {answer.status_code for answer in answers} == {302}
    assert Assignment.objects.in_force().count() == 1 and Assignment.objects.count() == 2


def test_a_publication_and_an_approval_do_not_lose_each_other(duty, version, inspector, leader, second_leader):
    """Whoever is first: afterwards the duty is served once, without a hole."""
    change = agreed(duty, inspector)
    draft = version.roster.new_draft(by=leader)
    outcomes = at_once(
        lambda: change.approve(by=second_leader), lambda: draft.publish(by=leader, gap_reason="x", changes_seen=0)
    )
    sort_out(outcomes, Refused)
    rows = Assignment.objects.in_force().filter(role="phone")
    assert [(row.start, row.end) for row in rows] == [(duty.start, duty.end)]
    if isinstance(outcomes[1], BaseException):
        assert rows.get().officer == inspector


def test_of_two_who_record_one_absence_one_does(duty, version, duty_officer, inspector, leader):
    from enforcement.models.duty import Absence

    now = timezone.now()
    serve(version, duty_officer, "phone", now - 2 * HOUR)
    acts = [
        lambda by=by: Absence.objects.leave_post(by=by, officer=duty_officer, reason="x", told_to=leader, at=now)
        for by in (duty_officer, inspector)
    ]
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals), Absence.objects.count()) == (1, 1, 1)
    assert won[0].recorded_by.name in refusals[0].sentence()
    back = now + datetime.timedelta(minutes=3)
    acts = [lambda by=by: won[0].come_back(by=by, back_at=back, at=back) for by in (duty_officer, inspector)]
    _won, refusals = sort_out(at_once(*acts), TooLate)
    assert len(refusals) == 1
