"""Two at once on a roster: two signers, a planner and a signer, two who plan the same month, a cover and a signer. On both
databases; each guard has a control without it."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from enforcement.duty import changing
from enforcement.models import Assignment, Roster, RosterVersion
from enforcement.models.duty.rosters import RosterQuerySet
from enforcement.tests.rostering import BEFORE, DAY, FIRST, LAST, Team
from venues.moments import parse_as_of
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MIDDLE = parse_as_of("2020-01-27T10:00")


@pytest.fixture
def team():
    return Team()


def forbid_overlaps():
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE enforcement_roster ADD CONSTRAINT rosters_do_not_overlap "
            "EXCLUDE USING gist (daterange(starts_on, ends_on, '[]') WITH &&)"
        )


def _seen(version):
    return RosterVersion.objects.get(pk=version.pk)


def test_of_two_signers_one_publishes(team, leader, duty_officer):
    draft = team.planned(leader)

    def publish(by):
        seen = _seen(draft)
        return lambda: seen.publish(by=by, at=BEFORE)

    won, refusals = sort_out(at_once(*[publish(by) for by in (leader, duty_officer)] * 3), TooLate)
    assert (len(won), len(refusals)) == (1, 5)
    winner = _seen(draft).published_by
    assert all(winner.name in refusal.sentence() for refusal in refusals)
    assert draft.roster.in_force().count() == 14 * 3 and RosterVersion.objects.get().number == 1


def test_control_read_then_write_publishes_twice(team, leader, duty_officer):
    draft, both_read, signed = team.planned(leader), threading.Barrier(2), []

    def publish(by):
        version = _seen(draft)
        if version.is_draft:
            both_read.wait(timeout=20)
            version.state, version.number, version.published_by, version.published_at = "published", 1, by, BEFORE
            version.save()
            signed.append(by)

    at_once(lambda: publish(leader), lambda: publish(duty_officer))
    assert len(signed) == 2


def test_an_edit_and_a_publication_at_once_leave_nothing_half_in_force(team, leader, duty_officer):
    draft = team.planned(leader)
    signing, editing = _seen(draft), _seen(draft)
    row = draft.plan().filter(role="officer").first()
    outcomes = at_once(
        lambda: signing.publish(by=leader, at=BEFORE, edits_seen=draft.edits + 1),
        lambda: editing.unassign(row, by=duty_officer, at=BEFORE, edits_seen=draft.edits + 1),
    )
    won, refusals = sort_out(outcomes, TooLate)
    assert (len(won), len(refusals)) == (1, 1)
    assert draft.roster.in_force().count() in (0, 14 * 3)


def test_of_two_drafts_begun_at_once_one_is_made(team, leader, duty_officer):
    roster = team.published(leader).roster

    def begin(by):
        mine = Roster.objects.get(pk=roster.pk)
        return lambda: mine.new_draft(by=by, at=BEFORE)

    won, refusals = sort_out(at_once(*[begin(by) for by in (leader, duty_officer)] * 2), TooLate)
    assert (len(won), len(refusals)) == (1, 3)
    assert won[0].plan().count() == 14 * 3


def test_of_two_who_plan_the_same_days_one_does(team, leader, duty_officer):
    def plan(by, shift):
        return lambda: team.draft(by, first=FIRST + DAY * shift, last=LAST + DAY * shift)

    won, refusals = sort_out(at_once(plan(leader, 0), plan(duty_officer, 3), plan(leader, 5)), Refused)
    assert (len(won), len(refusals)) == (1, 2)
    assert Roster.objects.count() == 1


@pytest.mark.postgresql  # SQLite lets one transaction write at a time
def test_control_without_the_lock_and_the_constraint_both_plan_them(team, leader, duty_officer, monkeypatch):
    both_asked, slots = threading.Barrier(2, timeout=20), team.pattern.slots(FIRST, LAST)
    monkeypatch.setattr(RosterQuerySet, "one_after_another", lambda self: None)
    monkeypatch.setattr(team.pattern, "slots", lambda first, last: both_asked.wait() is None or slots)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enforcement_roster DROP CONSTRAINT rosters_do_not_overlap")
    won = []
    try:
        later = FIRST + DAY  # the first days of two rosters differ in any case
        won, _none = sort_out(at_once(lambda: team.draft(leader), lambda: team.draft(leader, first=later)), Refused)
        assert len(won) == 2
    finally:
        for version in won:
            version.discard(by=leader)
        forbid_overlaps()


@pytest.mark.postgresql
def test_the_constraint_knows_both_ends_of_a_period(team, leader):
    team.draft(leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Roster.objects.create(title="重叠", starts_on=LAST, ends_on=LAST + DAY, pattern=team.pattern)
    Roster.objects.create(title="相接", starts_on=LAST + DAY, ends_on=LAST + DAY, pattern=team.pattern)


def _cover(roster, officer, hold=True):
    """The telephone of 30 January passes to the officer, as an approved change does it."""

    @transaction.atomic
    def act():
        if hold:
            roster.hold()
        row = roster.in_force().select_related("shift", "officer").get(
            role="phone", start=parse_as_of("2020-01-30T08:00")
        )  # fmt: skip
        changing.hand([changing.Handing(row, officer, row.start, row.end)], at=MIDDLE, change=None)

    return act


def _phones():
    rows = Assignment.objects.in_force().filter(role="phone", start=parse_as_of("2020-01-30T08:00"))
    return [row.officer.name for row in rows.select_related("officer")]


def test_a_cover_and_a_publication_at_once_leave_one_at_the_telephone(team, leader):
    roster = team.published(leader).roster
    second = roster.new_draft(by=leader, at=MIDDLE)
    second.unassign(second.plan().filter(role="officer").last(), by=leader, at=MIDDLE)
    at_once(lambda: second.publish(by=leader, at=MIDDLE, gap_reason="缺员"), _cover(roster, team.people[0][2]))
    assert len(_phones()) == 1


@pytest.mark.postgresql
def test_control_without_holding_the_roster_two_have_the_telephone(team, leader, monkeypatch):
    roster = team.published(leader).roster
    second = roster.new_draft(by=leader, at=MIDDLE)
    handed, seen = threading.Event(), threading.Event()
    monkeypatch.setattr(Roster, "hold", lambda self: None)

    @transaction.atomic
    def cover():
        _cover(roster, team.people[0][2], hold=False)()
        handed.set()
        assert seen.wait(timeout=20)  # it commits after the publication has looked

    @transaction.atomic
    def publish():
        assert handed.wait(timeout=20)
        rows = list(roster.in_force().filter(shift__start__gte=MIDDLE).values_list("pk", flat=True))
        seen.set()
        Assignment.objects.filter(pk__in=rows, lapsed_at=None).update(lapsed_at=MIDDLE)
        second.plan().filter(shift__start__gte=MIDDLE).update(entered_at=MIDDLE)

    for outcome in at_once(publish, cover):
        if isinstance(outcome, BaseException):
            raise outcome
    assert len(_phones()) == 2
