"""Two entries of one venue become one: the old entry leads to the survivor, and nothing that happened is lost."""

import pytest

from conftest import T
from venues.models import Alert, Target, Venue, Violation
from venues.standing import Standing
from venues.states import State
from venues.tests.looking import MINUTE, look
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(make_venue):
    return make_venue("兰天网吧", licence_no="")


def test_the_entry_leads_to_its_survivor(double, netbar, editor):
    double.merge_into(netbar, by=editor, at=T)
    double.refresh_from_db()
    assert double.survivor == netbar
    assert netbar.survivor == netbar
    assert netbar.family == [netbar.pk, double.pk]
    assert double not in Venue.objects.standing()


def test_the_merge_is_written_into_the_trail_and_the_history(double, netbar, editor):
    double.merge_into(netbar, by=editor, at=T)
    entry = editor.trail.get(act="merge")
    assert (entry.about_type, entry.about_id, entry.detail, entry.at) == (
        "venues.venue", str(double.pk), {"into": netbar.pk}, T,
    )  # fmt: skip
    last = double.history.latest("history_id")
    assert (last.merged_into, last.history_user, last.history_date) == (netbar, editor, T)


def test_entries_merged_before_follow_so_that_one_step_suffices(double, netbar, make_venue, editor):
    survivor = make_venue("蓝天网吧(新)")
    double.merge_into(netbar, by=editor)
    netbar.merge_into(survivor, by=editor)
    double.refresh_from_db()
    assert double.merged_into == survivor
    assert double.history.latest("history_id").merged_into == survivor
    assert survivor.family == [survivor.pk, *sorted([netbar.pk, double.pk])]


def test_a_venue_is_not_merged_into_itself(netbar, editor):
    with pytest.raises(Refused):
        netbar.merge_into(netbar, by=editor)


def test_a_venue_is_not_merged_into_a_merged_one_so_no_circle_arises(double, netbar, editor):
    double.merge_into(netbar, by=editor)
    with pytest.raises(Refused):
        netbar.merge_into(double, by=editor)
    netbar.refresh_from_db()
    assert netbar.merged_into is None


def test_a_second_merge_is_told_who_was_first(double, netbar, make_venue, editor, leader):
    seen_before = Venue.objects.get(pk=double.pk)
    double.merge_into(netbar, by=editor, at=T)
    with pytest.raises(TooLate) as refusal:
        seen_before.merge_into(make_venue("红星网吧"), by=leader)
    assert editor.name in refusal.value.sentence()
    assert "2020-01-24 16:30" in refusal.value.sentence()
    assert not leader.trail.filter(act="merge").exists()


def test_an_open_violation_forbids_it_until_it_is_stopped(double, netbar, editor, inspector, second_inspector):
    officers = [inspector, second_inspector]
    look(double, 60, "operating", officers)
    with pytest.raises(Refused) as refusal:
        double.merge_into(netbar, by=editor)
    assert double.name in refusal.value.sentence()
    look(double, 80, "closed", officers)
    double.merge_into(netbar, by=editor)
    assert netbar.violations.get().state == Violation.State.STOPPED


def test_two_places_on_the_list_of_one_order_are_not_merged_away(order, netbar, make_venue, editor, leader):
    late = make_venue("兰天网吧", licence_no="")
    order.add_target(late, by=leader, reason="漏报", at=T + MINUTE)
    with pytest.raises(Refused) as refusal:
        late.merge_into(netbar, by=editor)
    assert order.title in refusal.value.sentence()
    Target.objects.get(venue=late).exclude(by=leader, reason="重复登记", at=T + 2 * MINUTE)
    late.merge_into(netbar, by=editor)
    assert late.survivor == netbar


def test_merged_entries_count_as_places_on_the_list_too(order, netbar, ktv, make_venue, editor, leader):
    fresh = make_venue("蓝天网吧(新)", operating_status="ceased")
    netbar.merge_into(fresh, by=editor)  # the place of netbar on the list is now that of the survivor
    with pytest.raises(Refused):
        ktv.merge_into(fresh, by=editor)


def test_the_order_goes_on_with_the_survivor(order, netbar, make_venue, editor, inspector, second_inspector):
    fresh = make_venue("蓝天网吧(新)")
    netbar.merge_into(fresh, by=editor)
    look(fresh, 90, "closed", [inspector, second_inspector])
    states = {target.venue_id: target.state for target in Standing(order, T + 100 * MINUTE).targets}
    assert states[netbar.pk] == State.VERIFIED


def test_looks_at_both_entries_are_read_together(netbar, double, editor, inspector, second_inspector):
    officers = [inspector, second_inspector]
    look(netbar, 60, "operating", officers)
    look(double, 80, "closed", officers)
    assert netbar.violations.get().state == Violation.State.OPEN
    double.merge_into(netbar, by=editor)
    violation = netbar.violations.get()
    assert (violation.state, violation.stopped_at) == (Violation.State.STOPPED, T + 80 * MINUTE)


def test_unanswered_alerts_move_to_the_survivor(double, netbar, editor, duty_officer):
    raised = {"by": duty_officer, "source": "complaint", "words": "有人上网", "venue": double, "at": T}
    waiting, answered = Alert.objects.raise_alert(**raised), Alert.objects.raise_alert(**raised)
    answered.answer(by=duty_officer, at=T + MINUTE)
    double.merge_into(netbar, by=editor)
    waiting.refresh_from_db()
    answered.refresh_from_db()
    assert (waiting.venue, answered.venue) == (netbar, double)


def test_the_history_of_an_imported_row_begins_before_the_merge(netbar, double, editor):
    double.history.all().delete()
    double.merge_into(netbar, by=editor, at=T)
    assert [row.merged_into_id for row in double.history.order_by("history_id")] == [None, netbar.pk]


class TestAtOnce:
    pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

    def test_of_two_merges_of_one_entry_one_wins(self, double, netbar, make_venue, editor, leader):
        other = make_venue("红星网吧")

        def merge(survivor, by):
            seen = Venue.objects.get(pk=double.pk)
            return lambda: seen.merge_into(survivor, by=by)

        won, refusals = sort_out(at_once(merge(netbar, editor), merge(other, leader)), TooLate)
        assert (len(won), len(refusals)) == (1, 1)
        assert double.history.exclude(merged_into=None).count() == 1

    def test_of_two_merges_crosswise_one_is_refused(self, double, netbar, editor, leader):
        def merge(pk, survivor, by):
            seen = Venue.objects.get(pk=pk)
            return lambda: seen.merge_into(survivor, by=by)

        acts = [merge(double.pk, netbar, editor), merge(netbar.pk, double, leader)]
        won, refusals = sort_out(at_once(*acts), Refused)
        assert (len(won), len(refusals)) == (1, 1)
        assert Venue.objects.standing().count() == 1

    def test_control_without_the_condition_both_merges_win(self, double, netbar, make_venue, editor, leader):
        other = make_venue("红星网吧")

        def merge(survivor):
            seen = Venue.objects.get(pk=double.pk)
            if seen.merged_into_id is None:  # read, then write: what the act does not do
                return lambda: Venue.objects.filter(pk=seen.pk).update(merged_into=survivor)

        won, _refusals = sort_out(at_once(merge(netbar), merge(other)), TooLate)
        assert len(won) == 2
