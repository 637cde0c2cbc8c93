"""The figures: of a past moment they do not move; who is in a rate; the nearest rank; the replay says what the columns say."""

import datetime
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.figures import caller_views, complaint_figures, nearest_rank, numbering_gaps, select
from complaints.history import replay
from complaints.models import Channel, Complaint, ServiceLevel, Topic
from complaints.models.acts import SEEN
from complaints.workflow import MOVES, Act, Status

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def start():
    return timezone.now().replace(microsecond=0) - datetime.timedelta(days=3)


@pytest.fixture
def take(duty_officer, qinzhou, start):
    """`take(minutes, **fields)`: a complaint received so many minutes after `start`."""

    def take_call(minutes=0, *, channel="unit_phone", topic="outdoor", **fields):
        fields = {"number": "13900001111", "place": "体育场", "district": qinzhou, "ongoing": "yes"} | fields
        return Complaint.objects.register(
            by=duty_officer, client_id=uuid.uuid4(), channel=Channel.objects.get(slug=channel), content="有人摆摊",
            topic=Topic.objects.get(slug=topic), received_at=start + minutes * MINUTE,
            recorded_at=start + minutes * MINUTE, **fields,
        )  # fmt: skip

    return take_call


@pytest.fixture
def handle(duty_officer, inspector, start):
    """`handle(complaint, stop=40)`: dispatched after 5 minutes, stopped, told and closed."""

    def work(complaint, stop=40, **told):
        def at(minutes):
            return complaint.received_at + minutes * MINUTE

        complaint.dispatch(by=duty_officer, to=[inspector], at=at(5))
        complaint.sign(by=inspector, at=at(8))
        complaint.arrive(by=inspector, at=at(20))
        complaint.find(by=inspector, finding="running", at=at(22))
        complaint.stop(by=inspector, at=at(stop))
        complaint.call_back(by=duty_officer, result="reached", told="已关停", at=at(stop + 5), **told)
        complaint.close(by=duty_officer, at=at(stop + 6))
        return complaint

    return work


def test_the_figures_of_a_past_moment_do_not_move_whatever_happens_later(take, handle, duty_officer, inspector, start):
    done, going, wrong = handle(take()), take(10), take(20)
    going.dispatch(by=duty_officer, to=[inspector], at=start + 15 * MINUTE)
    moment = start + 60 * MINUTE
    before = complaint_figures(moment)
    assert (before["accepted"], before["closed"], before["open"], before["answered"]) == (3, 1, 2, 1)
    done.reopen(by=duty_officer, reason="又开门", at=start + 70 * MINUTE)
    going.return_(by=inspector, reason="地址不符", at=start + 71 * MINUTE)
    going.set_urgency(by=duty_officer, urgency="normal", reason="已停", at=start + 72 * MINUTE)
    wrong.void(by=duty_officer, reason="误登", at=start + 73 * MINUTE)
    take(80)
    assert complaint_figures(moment) == before
    after = complaint_figures(start + 90 * MINUTE)
    assert (after["accepted"], after["closed"], after["by_status"]["void"], after["answered"]) == (3, 0, 1, 1)


def test_what_was_overdue_stays_overdue_when_the_urgency_is_changed_later(take, duty_officer, start):
    complaint = take()
    moment = complaint.answer_due_at + MINUTE
    assert complaint_figures(moment)["overdue"] == 1
    complaint.set_urgency(by=duty_officer, urgency="normal", reason="已停", at=moment + MINUTE)
    assert complaint.answer_due_at > moment
    assert complaint_figures(moment)["overdue"] == 1 and complaint_figures(moment + 2 * MINUTE)["overdue"] == 0


def test_void_not_accepted_and_merged_ones_are_in_no_rate_and_counted_beside_it(take, handle, duty_officer, start):
    handle(take(), solved="yes", satisfied="very")
    handle(take(1), solved="partly", satisfied="no")
    handle(take(2))
    take(3).void(by=duty_officer, reason="误登", at=start + 4 * MINUTE)
    take(4).not_accept(by=duty_officer, reason="不属职责", at=start + 5 * MINUTE)
    child, parent = take(5), take(6)
    child.merge(by=duty_officer, parent=parent, at=start + 7 * MINUTE)
    Complaint.objects.filter(pk=parent.pk).update(status="awaiting_answer")
    child.call_back(by=duty_officer, result="reached", told="已并", solved="no", satisfied="no", at=start + 8 * MINUTE)
    take(7, wants_reply=False)
    found = complaint_figures(start + 200 * MINUTE)
    assert found["rates"] == {
        "response": {"n": 3, "N": 4, "no_answer_owed": 1},
        "solution": {"n": 1, "N": 2, "partly": 1, "not_asked": 1},
        "satisfaction": {"n": 1, "N": 2, "not_asked": 1},
        "excluded": {"void": 1, "not_accepted": 1, "merged": 1},
    }
    assert found["accepted"] == 6 and found["received"] == 8
    assert sum(found["by_status"].values()) == found["received"]
    assert sum(found["by_channel"].values()) == sum(found["by_topic"].values()) == found["accepted"]
    assert sum(map(sum, found["heat"])) == found["accepted"]


def test_the_callers_last_word_counts_once(take, handle, duty_officer, start):
    done = handle(take(), solved="yes", satisfied="very")
    done.call_back(by=duty_officer, result="reached", told="再访", solved="no", satisfied="no", at=start + 100 * MINUTE)
    rates = complaint_figures(start + 200 * MINUTE)["rates"]
    assert (rates["solution"]["n"], rates["solution"]["N"], rates["satisfaction"]["n"]) == (0, 1, 0)


def test_p90_is_the_nearest_rank():
    assert nearest_rank([1], 90) == 1
    assert nearest_rank(range(1, 11), 90) == 9
    assert nearest_rank(range(1, 12), 90) == 10
    assert nearest_rank([5, 1, 40], 90) == 40


def test_minutes_say_how_many_reached_the_step(take, handle, start):
    for minutes, stop in ((0, 30), (1, 40), (2, 90)):
        handle(take(minutes), stop=stop)
    take(3)
    minutes = complaint_figures(start + 300 * MINUTE)["minutes"]
    assert minutes["stop"] == {"median": 40, "p90": 90, "n": 3}
    assert minutes["sign"] == {"median": 3, "p90": 3, "n": 3}


def test_a_caller_who_could_not_be_reached_is_counted_as_that(take, duty_officer, inspector, start):
    complaint = take()
    complaint.dispatch(by=duty_officer, to=[inspector], at=start + 2 * MINUTE)
    complaint.arrive(by=inspector, at=start + 3 * MINUTE)
    complaint.find(by=inspector, finding="not_running", at=start + 4 * MINUTE)
    for hour in (1, 2, 3):
        complaint.call_back(by=duty_officer, result="no_answer", at=start + hour * 60 * MINUTE)
    complaint.close(by=duty_officer, at=start + 200 * MINUTE)
    found = complaint_figures(start + 201 * MINUTE)
    assert (found["unreachable"], found["handled_not_told"], found["answered"], found["closed"]) == (1, 1, 0, 1)


def test_only_calls_after_the_first_day_are_counted_when_it_is_given(take, start):
    take(0), take(30)
    assert complaint_figures(start + 60 * MINUTE, start + 10 * MINUTE)["accepted"] == 1
    assert complaint_figures(start + 60 * MINUTE, start)["accepted"] == 1  # exactly then belongs to the time before
    assert complaint_figures(start)["accepted"] == 1  # and as_of is inclusive


def test_every_figure_selects_as_many_rows_as_it_says(take, handle, duty_officer, start):
    handle(take())
    take(1).void(by=duty_officer, reason="误登", at=start + 2 * MINUTE)
    take(3, topic="noise", district=None)
    moment = start + 300 * MINUTE
    found = complaint_figures(moment)
    for what in ("received", "accepted", "answered", "closed", "open", "overdue", "handled_not_told", "unreachable"):
        assert len(select(moment, what=what)) == found[what], what
    assert len(select(moment, topic="noise")) == 1 == len(select(moment, district=""))
    assert len(select(moment, status="void")) == 1


def test_a_missing_number_a_late_entry_and_times_out_of_order_are_shown(take, duty_officer, inspector, start):
    first, second, third = take(0), take(1), take(2)
    third.dispatch(by=duty_officer, to=[inspector], at=start + 30 * MINUTE)
    third.arrive(by=inspector, at=start + 20 * MINUTE, data=SEEN)  # a patrol had looked before anybody was sent
    Complaint.objects.filter(pk=first.pk).update(recorded_at=start + 120 * MINUTE)
    day = first.number.split("-")[0]
    Complaint.objects.filter(pk=second.pk).update(number=f"{day}-007")
    found = complaint_figures(start + 60 * MINUTE)
    assert (found["entered_later"], found["out_of_order"]) == (1, 1)
    assert numbering_gaps(start + 60 * MINUTE) == [f"{day}-{n:03d}" for n in (2, 4, 5, 6)]


def test_a_number_is_missing_at_the_end_of_a_day_too(take, start):
    from complaints.models import DayCounter

    number = take(0).number
    day = number.split("-")[0]
    DayCounter.objects.update(last=3)
    DayCounter.objects.create(day=timezone.localdate(start) - datetime.timedelta(days=1), last=1)
    found = numbering_gaps(start + 60 * MINUTE)
    assert found[1:] == [f"{day}-002", f"{day}-003"] and found[0].endswith("-001")


def test_no_number_is_missing_when_an_earlier_call_is_entered_later(take, start):
    take(20), take(0)
    assert complaint_figures(start + 10 * MINUTE)["gaps"] == []


def test_views_of_callers_are_counted_per_person(take, duty_officer, leader):
    caller = take().caller
    caller.reveal(by=duty_officer, reason="回访")
    caller.reveal(by=duty_officer, reason="回访")
    caller.reveal(by=leader, reason="督办")
    assert caller_views(timezone.now()) == [(duty_officer, 2), (leader, 1)]


def test_a_changed_service_level_is_for_later_calls_only(take, duty_officer, start):
    complaint = take()
    before = complaint.dispatch_due_at
    ServiceLevel.objects.create(
        step="dispatch",
        urgency=complaint.urgency,
        minutes=90,
        valid_from=timezone.localdate() + datetime.timedelta(days=1),
    )
    complaint.refresh_from_db()
    assert complaint.dispatch_due_at == before
    complaint.set_urgency(by=duty_officer, urgency="normal", reason="已停")
    complaint.set_urgency(by=duty_officer, urgency="critical", reason="又开")
    assert complaint.dispatch_due_at == before


def test_another_topic_does_not_reset_what_is_due(take, netbar):
    complaint = take()
    before = {name: getattr(complaint, f"{name}_due_at") for name in ("dispatch", "arrive", "stop", "answer")}
    complaint.topic = Topic.objects.get(slug="noise")
    complaint.venue = netbar
    complaint.save()
    complaint.refresh_from_db()
    assert before == {name: getattr(complaint, f"{name}_due_at") for name in before}


def test_limits_in_working_days_follow_the_calendar_of_the_house(take, start, duty_officer, monkeypatch):
    asked = []
    monkeypatch.setattr(
        type(duty_officer)._default_manager.__class__, "add_working_days",
        lambda self, moment, days: asked.append((moment, days)) or moment + datetime.timedelta(days=days + 7),
    )  # fmt: skip
    complaint = take(topic="noise")
    level = ServiceLevel.objects.get(step="arrive", urgency="normal")
    assert complaint.arrive_due_at == complaint.received_at + datetime.timedelta(days=level.working_days + 7)
    assert (complaint.received_at, level.working_days) in asked


_STEPS = {
    Act.DISPATCH: lambda c, o, i, at, p: c.dispatch(by=o, to=[i], at=at),
    Act.SIGN: lambda c, o, i, at, p: c.sign(by=i, at=at),
    Act.ARRIVE: lambda c, o, i, at, p: c.arrive(by=i, at=at),
    Act.FIND: lambda c, o, i, at, p: c.find(by=i, finding="running" if at.minute % 2 else "not_running", at=at),
    Act.STOP: lambda c, o, i, at, p: c.stop(by=i, at=at),
    Act.TELL: lambda c, o, i, at, p: c.call_back(by=o, result="reached", told="已答复", at=at),
    Act.CLOSE: lambda c, o, i, at, p: c.close(by=o, at=at),
    Act.ANSWER_AT_ONCE: lambda c, o, i, at, p: c.answer_at_once(by=o, text="已答复", at=at),
    Act.NOT_ACCEPT: lambda c, o, i, at, p: c.not_accept(by=o, reason="不属职责", at=at),
    Act.TRANSFER: lambda c, o, i, at, p: c.transfer(by=o, to="公安局", reason="涉赌", finding="other", at=at),
    Act.MERGE: lambda c, o, i, at, p: c.merge(by=o, parent=p, finding="other", at=at),
    Act.GIVE_UP: lambda c, o, i, at, p: c.give_up(by=o, at=at),
    Act.SEPARATE: lambda c, o, i, at, p: c.separate(by=o, reason="不是一回事", at=at),
    Act.RESEND: lambda c, o, i, at, p: c.resend(by=o, to=[i], reason="无人签收", at=at),
    Act.VOID: lambda c, o, i, at, p: c.void(by=o, reason="误登", at=at),
    Act.RETURN: lambda c, o, i, at, p: c.return_(by=i, reason="地址不符", at=at),
    Act.STILL_GOING_ON: lambda c, o, i, at, p: c.still_going_on(by=o, reason="仍在", at=at),
    Act.REOPEN: lambda c, o, i, at, p: c.reopen(by=o, reason="又开", at=at),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.integers(0, 50), min_size=1, max_size=14))
def test_after_any_legal_acts_the_replayed_events_say_what_the_columns_say(
    choices, take, duty_officer, inspector, start
):
    from venues.transitions import Refused

    parent, complaint, tried = take(), take(1), []
    for minute, choice in enumerate(choices, start=2):
        open_ = [a for a, m in MOVES.items() if all(getattr(complaint, column) is None for column in m.once)]
        legal = [a for a in open_ if complaint.status in MOVES[a].sources]
        if not legal:
            break
        at = start + minute * MINUTE
        act = legal[choice % len(legal)]
        try:
            _STEPS[act](complaint, duty_officer, inspector, at, parent)
        except Refused:  # a guard on the way: nothing of it may remain
            complaint = Complaint.objects.get(pk=complaint.pk)
        tried.append(act)
    complaint.refresh_from_db()
    now = replay(complaint.events.order_by("pk").values_list("act", "occurred_at", "to_status", "round"))
    assert (now.status, now.round) == (complaint.status, complaint.round), tried
    for step in ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at"):
        assert now.steps.get(step) == getattr(complaint, step), (step, tried)
    assert complaint.status in Status.values
