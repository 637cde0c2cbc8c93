"""The state of a target: each rule by an example, and all of them against a twin written straight from the text."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venues.states import BAD_FIRST, Facts, Look, Move, Said, State, effective, facts_of, scope_of, state_of

T = datetime.datetime(2020, 1, 24, 16, 30, tzinfo=datetime.UTC)
RECHECK = datetime.timedelta(hours=24)


def at(hours):
    return T + datetime.timedelta(hours=hours)


def look(hours, result="closed", certified=2, on_site=True):
    return Look(at(hours), on_site, result, certified)


def said(hours, told=True, says_closed=False):
    return Said(at(hours), told, says_closed)


def state(*rows, when=10):
    moves = [row for row in rows if isinstance(row, Move)]
    notices = [row for row in rows if isinstance(row, Said)]
    looks = [row for row in rows if isinstance(row, Look)]
    return state_of(facts_of(moves, notices, looks, at(when)), at(when), RECHECK)


# --- each rule --------------------------------------------------------------------------------------------------------
def test_a_target_without_rows_is_untouched():
    assert state() == State.UNTOUCHED


def test_failed_attempts_leave_it_unreached():
    assert state(said(1, told=False), said(2, told=False)) == State.UNREACHED


def test_one_notice_that_was_heard_makes_it_told_whatever_failed_after_it():
    assert state(said(1), said(2, told=False)) == State.TOLD


def test_an_owner_who_says_closed_makes_it_reported():
    assert state(said(1, says_closed=True)) == State.REPORTED


def test_a_closed_look_from_afar_makes_it_reported_until_a_later_one_says_otherwise():
    assert state(look(1, on_site=False)) == State.REPORTED
    assert state(look(1, on_site=False), look(2, "unverifiable", on_site=False)) == State.UNTOUCHED


def test_a_closed_look_by_one_makes_it_reported_only():
    assert state(look(1, certified=1)) == State.REPORTED


def test_a_closed_look_by_two_makes_it_verified():
    assert state(look(1)) == State.VERIFIED


def test_a_look_is_fresh_to_the_last_instant_of_its_recheck_hours():
    assert state(look(1), when=25) == State.VERIFIED
    assert state(look(1), when=25.001) == State.STALE


@pytest.mark.parametrize("result", ["limited", "not_found", "unverifiable"])
def test_a_look_that_saw_nothing_makes_it_uncertain_even_after_a_good_one(result):
    assert state(look(1), look(2, result), said(3, says_closed=True)) == State.UNCERTAIN


@pytest.mark.parametrize("result", ["operating", "concealed"])
@pytest.mark.parametrize("certified", [0, 1, 2])
def test_one_officer_is_enough_to_find_a_venue_running(result, certified):
    assert state(look(1), look(2, result, certified)) == State.VIOLATING


def test_a_running_violation_ends_with_a_closed_look_on_site_and_with_nothing_else():
    running = look(2, "operating")
    assert state(running, look(3, "limited")) == State.VIOLATING
    assert state(running, look(3, on_site=False)) == State.VIOLATING
    assert state(running, said(3, says_closed=True)) == State.VIOLATING
    assert state(running, look(3, certified=1)) == State.REPORTED
    assert state(running, look(3)) == State.VERIFIED


def test_a_closed_look_clears_a_violation_beside_an_unclear_one_but_not_beside_an_open_one():
    assert state(look(2, "operating"), look(3), look(3, "limited")) == State.UNCERTAIN
    assert state(look(2, "operating"), look(3), look(3, "concealed")) == State.VIOLATING


def test_running_seen_from_afar_is_no_violation():
    assert state(said(1), look(2, "operating", on_site=False)) == State.TOLD


def test_at_one_instant_the_worse_result_wins_and_more_officers_win_among_equals():
    assert state(look(2), look(2, "operating")) == State.VIOLATING
    assert state(look(2), look(2, "limited")) == State.UNCERTAIN
    assert state(look(2, certified=1), look(2, certified=2)) == State.VERIFIED
    order = [effective([look(1, worse), look(1, better)])[0].result for worse, better in itertools.pairwise(BAD_FIRST)]
    assert order == list(BAD_FIRST[:-1])


def test_violating_since_is_the_first_open_look_after_the_last_closed_one():
    rows = [look(1, "operating"), look(2), look(3, "operating"), look(4, "limited"), look(5, "concealed")]
    assert facts_of([], [], rows).violating_since == at(3)


def test_an_exclusion_wins_over_everything_and_a_reinstatement_undoes_it():
    running = look(1, "operating")
    assert state(running, Move(at(2), "excluded")) == State.EXCLUDED
    assert state(running, Move(at(2), "excluded"), Move(at(3), "reinstated")) == State.VIOLATING


def test_a_lifting_is_final_and_does_not_touch_what_is_excluded():
    assert state(look(1), Move(at(2), "lifted"), Move(at(3), "excluded"), Move(at(4), "reinstated")) == State.LIFTED
    assert state(look(1), Move(at(2), "excluded"), Move(at(3), "lifted")) == State.EXCLUDED


def test_a_row_counts_from_its_own_instant_on():
    assert state(look(2), when=2) == State.VERIFIED
    assert state(look(2), when=1.999) == State.UNTOUCHED


def test_first_moments_are_remembered():
    facts = facts_of(
        [], [said(1, told=False), said(2), said(3)], [look(4, certified=1), look(5), look(6, "operating"), look(7)]
    )
    assert (facts.told_at, facts.reported_at, facts.first_verified_at) == (at(2), at(4), at(5))
    assert (facts.attempts, facts.failed_attempts, facts.last_attempt_at, facts.facts_until) == (3, 1, at(3), at(7))


# --- against a plain twin ---------------------------------------------------------------------------------------------
def twin(moves, notices, looks, when, recheck):
    """closures.md, sentence by sentence, without a thought for speed."""
    moves = [m for m in moves if m.at <= when]
    notices = [n for n in notices if n.at <= when]
    looks = [row for row in looks if row.at <= when]
    scope = "in_scope"
    for moment in sorted({m.at for m in moves}):
        for kind in ("excluded", "reinstated", "lifted"):
            if any(m.at == moment and m.kind == kind for m in moves):
                if kind == "reinstated" and scope == "excluded":
                    scope = "in_scope"
                elif kind != "reinstated" and scope == "in_scope":
                    scope = kind
    if scope != "in_scope":
        return scope

    def at_once(rows):
        """At equal times the worse result wins."""
        kept = []
        for moment in sorted({row.at for row in rows}):
            together = [row for row in rows if row.at == moment]
            for result in ("concealed", "operating", "not_found", "unverifiable", "limited", "closed"):
                same = [row for row in together if row.result == result]
                if same:
                    kept.append(max(same, key=lambda row: row.certified))
                    break
        return kept

    on_site = at_once([row for row in looks if row.on_site])
    remote = at_once([row for row in looks if not row.on_site])
    found_open = [row for row in looks if row.on_site and row.result in ("operating", "concealed")]
    closing = [row for row in looks if row.on_site and row.result == "closed"]
    closing = [row for row in closing if all(other.at != row.at for other in found_open)]
    if any(all(later.at <= row.at for later in closing) for row in found_open):
        return "violating"
    if on_site:
        last = on_site[-1]
        if last.result == "closed" and last.certified >= 2:
            return "stale" if when - last.at > recheck else "verified"
        return "reported" if last.result == "closed" else "uncertain"
    if any(n.says_closed for n in notices) or (remote and remote[-1].result == "closed"):
        return "reported"
    if any(n.told for n in notices):
        return "told"
    return "unreached" if notices else "untouched"


MOMENTS = st.integers(0, 60).map(lambda n: T + datetime.timedelta(hours=n))  # few, so that ties are many
MOVES = st.lists(st.builds(Move, MOMENTS, st.sampled_from(["excluded", "reinstated", "lifted"])), max_size=3)
NOTICES = st.lists(
    st.builds(lambda at, told, says: Said(at, told, told and says), MOMENTS, st.booleans(), st.booleans()), max_size=4
)
LOOKS = st.lists(st.builds(Look, MOMENTS, st.booleans(), st.sampled_from(BAD_FIRST), st.integers(0, 3)), max_size=8)


@given(MOVES, NOTICES, LOOKS, MOMENTS, st.integers(1, 48))
def test_the_state_equals_its_twin(moves, notices, looks, when, hours):
    recheck = datetime.timedelta(hours=hours)
    assert state_of(facts_of(moves, notices, looks, when), when, recheck) == twin(moves, notices, looks, when, recheck)


@given(MOVES, NOTICES, LOOKS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(moves, notices, looks, rnd):
    shuffled = [rnd.sample(rows, len(rows)) for rows in (moves, notices, looks)]
    assert facts_of(*shuffled) == facts_of(moves, notices, looks)


@given(MOVES, NOTICES, LOOKS, MOMENTS)
def test_facts_of_a_moment_are_those_of_the_rows_up_to_it(moves, notices, looks, when):
    earlier = [[row for row in rows if row.at <= when] for rows in (moves, notices, looks)]
    assert facts_of(moves, notices, looks, when) == facts_of(*earlier)


@given(NOTICES, LOOKS, MOMENTS, MOMENTS)
def test_first_moments_never_move_once_they_are_past(notices, looks, one, other):
    earlier, later = sorted((one, other))
    before, after = facts_of([], notices, looks, earlier), facts_of([], notices, looks, later)
    for name in ("told_at", "reported_at", "first_verified_at"):
        assert getattr(before, name) in (None, getattr(after, name))


def test_no_rows_at_all_are_the_empty_facts():
    assert facts_of([], [], []) == Facts()
    assert scope_of([]) == "in_scope"
