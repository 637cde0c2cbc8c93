"""Where the targets stand: the cached facts equal the derivation on random histories, and the figures add up."""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from venues.episodes import episodes
from venues.models import Target, Violation
from venues.standing import Standing, refresh, refresh_venues
from venues.states import BAD_FIRST, CLOSED, FACT_FIELDS, Look, Move, Said, State
from venues.tests.histories import T, added, hours, issued, looked, many_venues, moved, told
from venues.tests.test_states import twin

pytestmark = pytest.mark.django_db
END = T + hours(60)


# --- examples ---------------------------------------------------------------------------------------------------------
def test_a_fresh_list_is_untouched_and_nothing_is_closed(netbar, ktv):
    standing = Standing(issued([netbar, ktv]), T)
    assert standing.counts[State.UNTOUCHED] == 2
    assert (standing.closed, standing.told, standing.never_seen, standing.overdue) == (0, 0, 2, 0)


def test_refresh_brings_the_given_instances_up_to_date(netbar):
    target = issued([netbar]).targets.get()
    told(target, T + hours(1))
    refresh([target])
    assert target.told_at == T + hours(1)
    assert Target.objects.get().told_at == T + hours(1)


def test_looks_before_the_issue_count_for_nothing(netbar):
    order = issued([netbar])
    looked(netbar, T - hours(1), "operating")
    refresh_venues([netbar])
    assert Standing(order, END).targets[0].state == State.UNTOUCHED
    assert Standing(order, END).never_seen == 1


def at_night(order, netbar, *looks):
    """The states of the target after each of these looks (result, certified, method), from 01:30 on, hour by hour."""
    for hour, (result, certified, method) in enumerate(looks, start=9):
        assert looked(netbar, T + hours(hour), result, certified=certified, method=method).shut_by_law
    refresh_venues([netbar])
    return [str(Standing(order, T + hours(hour)).targets[0].state) for hour in range(9, 9 + len(looks))]


@pytest.mark.parametrize("result", ["closed", "limited", "not_found", "unverifiable"])
@pytest.mark.parametrize("method", ["on_site", "photo"])
def test_in_hours_shut_by_law_a_look_that_found_nothing_open_proves_nothing(netbar, result, method):
    order = issued([netbar])
    assert at_night(order, netbar, (result, 2, method)) == ["untouched"]
    assert Standing(order, END).net_closed == [(T, 0, 1)]


def test_in_hours_shut_by_law_running_seen_from_afar_says_nothing(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1), method="photo")
    assert at_night(order, netbar, ("operating", 2, "photo")) == ["reported"]


@pytest.mark.parametrize("method", ["on_site", "covert"])
@pytest.mark.parametrize("result", ["operating", "concealed"])
def test_in_hours_shut_by_law_what_runs_is_violating_and_its_closing_look_counts(netbar, result, method):
    order = issued([netbar])
    looks = [(result, 1, method), ("limited", 2, "on_site"), ("closed", 2, "photo"), ("closed", 2, "on_site")]
    assert at_night(order, netbar, *looks) == ["violating", "violating", "violating", "verified"]
    assert [closed for _at, closed, _total in Standing(order, END).net_closed] == [0, 0, 1]


def test_the_closing_look_by_one_clears_a_violation_and_a_second_look_in_those_hours_proves_nothing_more(netbar):
    order = issued([netbar])
    looks = [("operating", 2, "on_site"), ("closed", 1, "on_site"), ("closed", 2, "on_site")]
    assert at_night(order, netbar, *looks) == ["violating", "reported", "reported"]


def test_the_closing_look_of_what_was_found_before_the_issue_or_before_a_merge_counts(netbar, make_venue):
    order, old = issued([netbar]), make_venue("蓝天网吧（旧）")
    looked(old, T - hours(1), "operating")
    assert at_night(order, netbar, ("closed", 2, "on_site")) == ["untouched"]
    type(old).objects.filter(pk=old.pk).update(merged_into=netbar)
    assert at_night(order, netbar) == []
    assert Standing(order, T + hours(9)).targets[0].state == State.VERIFIED


def test_what_a_withdrawn_violation_discounts_is_left_out_now_and_in_the_past(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1))
    found = looked(netbar, T + hours(2), "operating")
    looked(netbar, T + hours(4), "operating")
    withdrawn(netbar, found, T + hours(3))
    refresh_venues([netbar])
    states = [str(Standing(order, T + hours(hour)).targets[0].state) for hour in (1, 2, 3, 4, 60)]
    assert states == ["verified", "verified", "verified", "violating", "violating"]
    assert [closed for _at, closed, _total in Standing(order, END).net_closed] == [0, 1, 0]


def test_the_closing_look_of_a_violation_that_was_withdrawn_proves_nothing_in_hours_shut_by_law(netbar):
    order = issued([netbar])
    assert at_night(order, netbar, ("operating", 2, "on_site"), ("closed", 2, "on_site"))[-1] == "verified"
    withdrawn(netbar, netbar.inspections.earliest("observed_at"), T + hours(10))
    assert at_night(order, netbar) == []
    assert Standing(order, T + hours(10)).targets[0].state == State.UNTOUCHED


def test_a_corrected_look_counts_for_nothing_even_before_the_moment_of_its_correction(netbar):
    order = issued([netbar])
    wrong = looked(netbar, T + hours(1), "operating")
    looked(netbar, T + hours(2), supersedes=wrong)
    refresh_venues([netbar])
    assert Standing(order, T + hours(1)).targets[0].state == State.UNTOUCHED
    assert Standing(order, T + hours(2)).targets[0].state == State.VERIFIED


def test_looks_at_a_venue_that_this_one_was_merged_into_count_for_it(netbar, make_venue):
    order = issued([netbar])
    survivor = make_venue("蓝天网吧")
    netbar.merged_into = survivor
    netbar.save()
    looked(survivor, T + hours(1))
    refresh_venues([survivor])
    assert Standing(order, END).closed == 1
    assert Standing(order, T + hours(1)).all_closed_at == T + hours(1)


def test_a_target_added_later_is_not_known_before(netbar, ktv):
    order = issued([netbar])
    added(order, ktv, at=T + hours(2), late="漏报")
    assert len(Standing(order, T + hours(1)).targets) == 1
    assert len(Standing(order, T + hours(2)).select(late=True)) == 1


def test_a_venue_is_overdue_from_the_deadline_until_two_have_seen_it_closed(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(3), certified=1)
    looked(netbar, T + hours(5))
    refresh_venues([netbar])
    assert [Standing(order, T + hours(h)).overdue for h in (4, 4.01, 5)] == [0, 1, 0]


def test_a_venue_that_opened_again_is_not_overdue(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1))
    looked(netbar, T + hours(6), "operating")
    refresh_venues([netbar])
    standing = Standing(order, T + hours(7))
    assert (standing.overdue, standing.counts[State.VIOLATING], standing.closed) == (0, 1, 0)


def test_minutes_to_all_closed_stay_after_a_reopening(netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    looked(ktv, T + hours(3.9) + datetime.timedelta(seconds=1))
    looked(netbar, T + hours(5), "operating")
    refresh_venues([netbar, ktv])
    assert Standing(order, T + hours(3.9)).minutes_to_all_closed is None
    assert Standing(order, T + hours(4)).minutes_to_all_closed == 235  # a begun minute counts: 234 min and one second
    assert Standing(order, T + hours(9)).minutes_to_all_closed == 235


def test_closed_one_after_the_other_is_not_all_closed_at_once(netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    looked(netbar, T + hours(2), "operating")
    looked(ktv, T + hours(3))
    refresh_venues([netbar, ktv])
    assert Standing(order, T + hours(4)).minutes_to_all_closed is None


def test_excluding_the_last_open_venue_completes_the_list_at_that_moment(netbar, ktv):
    order = issued([netbar, ktv])
    looked(netbar, T + hours(1))
    moved(order.targets.get(venue=ktv), T + hours(2), "excluded")
    refresh(order.targets.all())
    assert Standing(order, T + hours(3)).minutes_to_all_closed == 120


def test_an_order_without_targets_in_scope_was_never_all_closed(netbar):
    order = issued([netbar])
    moved(order.targets.get(), T + hours(2), "lifted")
    refresh(order.targets.all())
    assert Standing(order, T + hours(3)).minutes_to_all_closed is None


def test_a_future_fact_of_a_fast_clock_does_not_count_before_its_time(netbar):
    order = issued([netbar])
    looked(netbar, T + hours(1))
    refresh_venues([netbar])
    assert Standing(order, T + hours(0.99)).closed == 0


def test_freshness_buckets_end_with_their_last_instant(netbar):
    order = issued([netbar])
    looked(netbar, T)
    refresh_venues([netbar])
    ages = (0, 4, 4.01, 8, 12, 24, 24.01, 48, 48.01)
    keys = [Standing(order, T + hours(age)).freshness(Standing(order, T + hours(age)).targets[0]) for age in ages]
    assert keys == ["0-4", "0-4", "4-8", "4-8", "8-12", "12-24", "24-48", "24-48", "48-"]


def test_the_number_of_queries_does_not_grow_with_the_targets(django_assert_num_queries):
    order = issued(many_venues(12, districts=3))
    for target in order.targets.select_related("venue"):
        told(target, T + hours(1))
        looked(target.venue, T + hours(2))
    refresh(order.targets.all())
    with django_assert_num_queries(1):
        assert len(Standing(order, END).targets) == 12
    with django_assert_num_queries(4):  # the targets, and their moves, notices and looks
        assert len(Standing(order, T + hours(1)).targets) == 12
    with django_assert_num_queries(3):  # the targets, the moves, the turns of the curve
        assert Standing(order, T + hours(26)).figures()["closed"] == 12


# --- random histories -------------------------------------------------------------------------------------------------
WHEN = st.integers(-4, 60)  # hours after T: few, so that ties are many; the night hours of the cafes are among them
ROW = st.one_of(
    st.tuples(st.just("look"), WHEN, st.integers(0, 1), st.sampled_from(BAD_FIRST), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("correction"), WHEN, st.integers(0, 9), st.sampled_from(BAD_FIRST), st.integers(0, 3)),
    st.tuples(
        st.just("notice"), WHEN, st.integers(0, 1), st.sampled_from(["reached", "refused", "no_answer"]), st.booleans()
    ),
    st.tuples(st.just("move"), WHEN, st.integers(0, 1), st.sampled_from(["excluded", "reinstated", "lifted"])),
    st.tuples(st.just("withdrawal"), WHEN, st.integers(0, 1), st.integers(0, 6)),
)


def withdrawn(venue, opened_by, until):
    """A violation that an officer withdrew."""
    return Violation.objects.create(
        venue=venue, opened_by=opened_by, found_at=opened_by.observed_at, state="withdrawn", discounts_until=until
    )


def play(order, venues, rows):
    """Write the rows in this order, each followed by its refresh, as the acts do. Returns the looks that nothing
    corrects."""
    targets = {venue.pk: order.targets.get(venue=venue) for venue in venues}
    standing_looks = []
    for kind, when, which, what, *more in rows:
        at = T + hours(when)
        if kind == "look":
            standing_looks.append(
                looked(venues[which], at, what, certified=more[0], method="covert" if more[1] else "photo")
            )
        elif kind == "correction" and standing_looks:
            wrong = standing_looks.pop(which % len(standing_looks))
            standing_looks.append(looked(wrong.venue, at, what, certified=more[0], supersedes=wrong))
        elif kind == "notice":
            told(targets[venues[which].pk], at, what, says_closed=more[0] and what != "no_answer")
        elif kind == "move":
            moved(targets[venues[which].pk], at, what)
        elif kind == "withdrawal":
            anchor = looked(venues[which], at, "unverifiable", method="photo")  # some look: a violation needs one
            standing_looks.append(anchor)
            withdrawn(venues[which], anchor, at + hours(what))
        refresh_venues([venues[which % 2]])
        if kind == "correction":
            refresh_venues(venues)
    return standing_looks


def rows_of(target, looks):
    """The rows of a target as the twin wants them, read and filtered here once more; what closed a violation is asked
    of the violations themselves."""
    looks = [look for look in looks if look.venue_id == target.venue_id]
    taken_back = [(row.found_at, row.discounts_until) for row in target.venue.violations.all()]
    at_place = [look for look in looks if look.method in ("on_site", "covert")]
    stops = {episode.stopped_at for episode in episodes(at_place, taken_back)}

    def counts(look):
        if look in at_place and look.result in ("operating", "concealed"):
            return not any(start <= look.observed_at <= end for start, end in taken_back)
        if look.observed_at.astimezone(T.tzinfo).hour >= 8:  # internet cafes are shut by law from 00:00 to 08:00
            return True
        return look in at_place and look.result == "closed" and look.observed_at in stops

    counting = [
        Look(look.observed_at, look in at_place, look.result, look.certified)
        for look in looks
        if look.observed_at >= T and counts(look)
    ]
    notices = [Said(n.at, n.outcome in ("reached", "refused"), n.says_closed) for n in target.notices.all()]
    return [Move(m.at, m.kind) for m in target.moves.all()], notices, counting


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=14), st.lists(WHEN, min_size=1, max_size=4))
def test_cached_and_derived_states_equal_the_twin_at_every_moment(rows, moments):
    with transaction.atomic():
        venues = many_venues(2)
        order = issued(venues)
        looks = play(order, venues, rows)
        for at in [END, *(T + hours(max(when, 0)) for when in moments)]:
            standing = Standing(order, at)
            for target in standing.targets:
                assert target.state == twin(*rows_of(target, looks), at, target.category.recheck)
            assert_adds_up(standing)
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=12).filter(lambda rows: all(row[0] != "correction" for row in rows)), st.randoms())
def test_any_order_of_arrival_gives_the_same_facts(rows, rnd):
    seen = []
    for order_of_arrival in (rows, rnd.sample(rows, len(rows))):
        with transaction.atomic():
            venues = many_venues(2)
            order = issued(venues)
            play(order, venues, order_of_arrival)
            seen.append(list(order.targets.order_by("name").values_list(*FACT_FIELDS)))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=8))
def test_the_net_closed_curve_equals_the_headline_at_every_hour(rows):
    with transaction.atomic():
        venues = many_venues(2)
        order = issued(venues)
        play(order, venues, rows)
        curve = Standing(order, END).net_closed
        all_closed_at = None
        for at in sorted({T, END, *(T + hours(max(row[1], 0) + late) for row in rows for late in (0, 0.5))}):
            standing = Standing(order, at)
            points = [(closed, total) for moment, closed, total in curve if moment <= at]
            assert points[-1] == (standing.closed, len(standing.in_scope))
            if all_closed_at is None and standing.in_scope and points[-1][0] == points[-1][1]:
                all_closed_at = at
            assert standing.all_closed_at == all_closed_at
        transaction.set_rollback(True)


def assert_adds_up(standing):
    """The states are a partition of the list, and each figure is the length of the list that its filters select."""
    counts = standing.counts
    assert sum(counts.values()) == len(standing.targets)
    assert sum(counts.values()) == len(standing.in_scope) + counts[State.EXCLUDED] + counts[State.LIFTED]
    for state in State:
        assert counts[state] == len(standing.select(state=state))
    assert standing.closed == len(standing.select(state="closed")) == sum(counts[state] for state in CLOSED)
    for groups, name in (
        (standing.groups(lambda t: t.category.slug), "category"),
        (standing.groups(lambda t: t.district.code), "district"),
    ):
        for key, group in groups.items():
            chosen = {name: key, "scope": "in_scope"}
            assert group["targets"] == len(standing.select(**chosen))
            assert group["told"] == len(standing.select(**chosen, told=True))
            assert group["closed"] == len(standing.select(**chosen, state="closed"))
