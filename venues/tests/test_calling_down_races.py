"""Two officers at the call-down list: never the same venue, one outcome for one turn, one row for fifty presses."""

import re
import threading
import uuid

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from venues.models import Notice, Submission, Target
from venues.models.calling import CLAIM_LASTS
from venues.tests.racing import at_once, sort_out
from venues.transitions import TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def callers(duty_officer, second_duty_officer, leader, inspector):
    return [duty_officer, second_duty_officer, leader, inspector]


@pytest.fixture
def eight(order, make_venue, leader):
    """The order has eight targets."""
    for n in range(6):
        order.add_target(make_venue(f"网吧{n}"), by=leader, reason="漏登")
    return order


def _claim_next(order, by):
    return lambda: Target.objects.claim_next(order, by=by)


def test_four_officers_get_four_venues(eight, callers):
    claimed = at_once(*[_claim_next(eight, by) for by in callers])
    assert len({target.pk for target in claimed}) == 4
    assert {target.claimed_by for target in Target.objects.exclude(claimed_by=None)} == set(callers)


def test_two_officers_and_one_venue(order, ktv, callers):
    Target.objects.exclude(venue=ktv).update(told_at=timezone.now())
    claimed = at_once(*[_claim_next(order, by) for by in callers])
    assert sorted(target is None for target in claimed) == [False, True, True, True]


def test_control_read_then_save_gives_one_venue_to_two(order, callers):
    both_read = threading.Barrier(2)

    def claim(by):
        target = Target.objects.of(order).filter(claimed_by=None).order_by("pk").first()
        both_read.wait(timeout=20)
        target.claimed_by, target.claimed_until = by, timezone.now() + CLAIM_LASTS
        target.save()
        return target

    first, second = at_once(lambda: claim(callers[0]), lambda: claim(callers[1]))
    assert first == second


def test_of_two_picks_of_one_venue_one_wins(order, netbar, callers):
    def pick(by):
        seen = Target.objects.get(venue=netbar)
        return lambda: seen.claim(by=by)

    won, refusals = sort_out(at_once(*[pick(by) for by in callers]), TooLate)
    assert (len(won), len(refusals)) == (1, 3)
    winner = Target.objects.get(venue=netbar).claimed_by
    assert all(winner.name in refusal.sentence() for refusal in refusals)


def test_one_turn_has_one_outcome(order, netbar, callers):
    target = Target.objects.get(venue=netbar)
    target.claim(by=callers[0])

    def note(by, outcome):
        seen, turn = Target.objects.get(pk=target.pk), target.turn
        return lambda: seen.notify(by=by, channel="phone", outcome=outcome, turn=turn)

    acts = [note(callers[0], "reached"), note(callers[1], "no_answer")] * 4
    won, refusals = sort_out(at_once(*acts), TooLate)
    assert (len(won), len(refusals)) == (1, 7)
    assert Notice.objects.get() == won[0]
    assert all(won[0].by.name in refusal.sentence() for refusal in refusals)


def test_control_read_then_save_keeps_two_outcomes_of_one_turn(order, netbar, callers):
    turn = Target.objects.get(venue=netbar).turn
    both_read = threading.Barrier(2)

    def note(by, outcome):
        target = Target.objects.get(venue=netbar)
        if target.turn == turn:
            both_read.wait(timeout=20)
            Target.objects.filter(pk=target.pk).update(turn=F("turn") + 1)
            Notice.objects.create(target=target, channel="phone", at=timezone.now(), by=by, outcome=outcome)

    at_once(lambda: note(callers[0], "reached"), lambda: note(callers[1], "no_answer"))
    assert Notice.objects.count() == 2


def test_two_notices_at_once_are_both_counted(order, netbar, callers):
    def note(by):
        seen = Target.objects.get(venue=netbar)
        return lambda: seen.notify(by=by, channel="phone", outcome="no_answer")

    sort_out(at_once(*[note(by) for by in callers]), TooLate)
    assert Notice.objects.count() == 4
    assert Target.objects.get(venue=netbar).failed_attempts == 4


# --- through the pages ------------------------------------------------------------------------------------------------
def _signed_in(officer):
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_fifty_presses_of_one_outcome_make_one_row(order, netbar, callers):
    target = Target.objects.get(venue=netbar)
    target.claim(by=callers[0])
    client = _signed_in(callers[0])
    fields = {"form_key": str(uuid.uuid4()), "target": target.pk, "turn": target.turn, "outcome": "no_answer"}
    url = reverse("venues:calldown_notice", args=[order.pk])

    def press():
        own = Client()
        own.cookies = client.cookies
        return own.post(url, fields)

    answers = at_once(*[press] * 50)
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.url for answer in answers} == {reverse("venues:calldown", args=[order.pk])}
    assert Notice.objects.count() == 1
    assert Submission.objects.count() == 1
    assert Target.objects.get(pk=target.pk).failed_attempts == 1


def test_two_officers_press_for_the_next_venue_at_once(eight, callers):
    url = reverse("venues:calldown", args=[eight.pk])
    clients = [_signed_in(by) for by in callers]
    answers = at_once(*[lambda client=client: client.post(url, {"form_key": str(uuid.uuid4())}) for client in clients])
    assert {answer.status_code for answer in answers} == {302}
    held = Target.objects.exclude(claimed_by=None)
    assert {target.claimed_by for target in held} == set(callers)
    assert held.count() == 4


def test_a_whole_list_is_called_by_four_at_once_without_a_double(eight, callers):
    url, note = reverse("venues:calldown", args=[eight.pk]), reverse("venues:calldown_notice", args=[eight.pk])

    def work(by):
        client = _signed_in(by)
        client.post(url, {"form_key": str(uuid.uuid4())})
        for _turn in range(8):
            page = client.get(url).content.decode()  # not .context: it holds what all threads rendered
            held = re.search(r'name="target" value="(\d+)"><input type="hidden" name="turn" value="(\d+)"', page)
            if held is None:
                break
            fields = {"target": held[1], "turn": held[2], "outcome": "reached"}
            assert client.post(note, {"form_key": str(uuid.uuid4()), **fields}).status_code == 302

    sort_out(at_once(*[lambda by=by: work(by) for by in callers]), TooLate)
    assert Notice.objects.count() == 8
    assert not Target.objects.untold().exists()
