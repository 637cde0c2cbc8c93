"""The same question asked for the same past moment gives the same answer a day later, whatever people did in between.

What is recorded later and *happened* earlier may change it; each act here happens a day after the moment.
"""

import datetime
import json
import uuid
from decimal import Decimal

import pytest
import time_machine

from complaints.models import Channel, ServiceLevel, Topic
from complaints.retention import forget
from complaints.tests.calling import registered
from enforcement.catalogue import described
from enforcement.figures import figures
from enforcement.figures_json import as_json
from enforcement.keeping.ticking import tick
from enforcement.models import (
    CalendarDay,
    CoverageRule,
    Custody,
    Disinfection,
    DutyChange,
    HealthCheck,
    Isolation,
    Leave,
    Roster,
    SupplyItem,
)
from enforcement.supplies import stock
from enforcement.tests.the_past import BEGIN, DAY, HOUR, LATER, MOMENT, build, looked
from refunds.models import AgencyReport
from refunds.tests.making import group_of
from venues.board import Board
from venues.models import ClosureOrder, Division, Patrol, Venue

ACTS = {}


def act(does):
    """One thing that somebody does at LATER, named by its function."""
    ACTS[does.__name__] = does
    return does


@pytest.fixture
def clock():
    with time_machine.travel(BEGIN, tick=False) as moving:
        yield moving


@pytest.fixture
def world(request, clock, db):
    return build(request.getfixturevalue, clock)


def answers():
    """Everything that is told about MOMENT, whatever it is called."""
    found = figures(MOMENT)
    assert found.broken == []
    board = Board(
        ClosureOrder.objects.get(number=found.closures["order"]), MOMENT, live=False, may=lambda permission: True
    )
    return {
        "figures": json.loads(as_json(found)),
        "texts": {key: one.text for key, one in described(found).items()},
        "stock": {row.item.name: (row.on_hand, row.low, row.days_of_cover, row.item.norm) for row in stock(MOMENT)},
        "board": {"violations": board.violations["n"], "running": board.violations["running"], "curve": board.standing.net_closed},
    }  # fmt: skip


def told_apart(before, after, path=""):
    """The leaves that differ, as sentences."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [line for key in keys for line in told_apart(before.get(key), after.get(key), f"{path}.{key}")]
    return [] if before == after else [f"{path}: {before!r} is now {after!r}"]


@act
def nothing_happens(world):
    """The clock alone."""


# --- closures ---------------------------------------------------------------------------------------------------------
def _recheck(world, hours):
    category = world.category("internet_cafe")
    category.recheck_hours = hours
    category.save()


@act
def recheck_hours_are_shortened(world):
    _recheck(world, 2)


@act
def recheck_hours_are_changed_and_changed_back_and_again(world):
    for hours in (2, 24, 100):
        _recheck(world, hours)


@act
def a_category_is_renamed_moved_retired_and_shut_at_other_hours(world):
    category = world.category("internet_cafe")
    category.name_zh, category.name_en, category.position, category.retired = "上网场所", "web cafe", 999, True
    category.shut_from, category.shut_until = datetime.time(8), datetime.time(23)
    category.save()


@act
def a_district_is_renamed_and_ends(world):
    Division.objects.filter(pk=world.qinzhou.pk).update(name="新区", valid_until=LATER.date())


@act
def a_venue_is_changed(world):
    world.shut.name, world.shut.category, world.shut.district = "新名", world.category("cinema"), world.maiji
    world.shut.operating_status = Venue.OperatingStatus.CEASED
    world.shut.save_by(world.editor)


@act
def the_running_venue_is_seen_closed(world):
    looked(world.inspector, world.running, LATER, "closed", [world.inspector, world.second_inspector])


@act
def a_closed_venue_opens_again(world):
    looked(world.inspector, world.shut, LATER, "operating", [world.inspector])


@act
def a_violation_is_stopped_by_the_button(world):
    pair = [world.inspector, world.second_inspector]
    world.violation.stop(by=world.inspector, officers=pair, at=LATER, client_uuid=uuid.uuid4())


@act
def a_settled_violation_goes_on(world):
    world.settled.order_rectification(by=world.inspector, text="责令改正")
    world.settled.transfer(by=world.inspector, text="移送", to="公安")


@act
def a_running_violation_is_withdrawn(world):
    world.violation.withdraw(by=world.leader, text="系员工自用")


@act
def a_stopped_violation_is_withdrawn(world):
    world.settled.withdraw(by=world.leader, text="系员工自用")


@act
def an_owner_is_told_again_and_says_it_is_closed(world):
    world.target["quiet"].notify(by=world.leader, channel="phone", outcome="reached", says_closed=True)


@act
def a_post_goes_to_the_group(world):
    world.order.post_to_group(by=world.leader, channel="wechat")


@act
def a_target_is_excluded(world):
    world.target["shut"].exclude(by=world.leader, reason="已拆除")


@act
def an_excluded_target_is_reinstated(world):
    world.target["gone"].reinstate(by=world.leader, reason="没有拆除")


@act
def a_target_is_added(world):
    world.order.add_target(
        Venue.objects.create(name="漏网", category=world.category("internet_cafe"), district=world.qinzhou),
        by=world.leader, reason="漏登",
    )  # fmt: skip


@act
def targets_are_lifted(world):
    world.order.lift(by=world.leader, reason="复工", categories=[world.category("internet_cafe")])


@act
def the_order_is_cancelled(world):
    world.order.cancel(by=world.leader, reason="撤销")


@act
def a_new_order_is_put_in_force(world):
    when = {"issued_at": LATER, "effective_at": LATER, "deadline_at": LATER + 4 * HOUR}
    order = ClosureOrder.objects.create(number="天文旅令〔2020〕2号", title="二", created_by=world.leader, **when)
    order.categories.set([world.category("arcade")])
    order.activate(by=world.leader, typed_total=1)


@act
def a_patrol_comes_back_and_another_leaves(world):
    world.out.come_back(by=world.inspector)
    Patrol.objects.depart(
        by=world.leader, led_by=world.leader, members=[world.inspector], left_at=LATER, vehicle="甘E00002"
    )


# --- the registry of agencies -------------------------------------------------------------------------------------------
def _status(world, venue, status):
    venue.operating_status = status
    venue.save_by(world.editor)


@act
def a_silent_agency_gives_up_its_licence(world):
    _status(world, world.agencies[3], Venue.OperatingStatus.CEASED)


@act
def a_silent_agency_is_filed_under_another_category(world):
    world.agencies[3].category = world.category("agency_branch")
    world.agencies[3].save_by(world.editor)


# --- duty -----------------------------------------------------------------------------------------------------------------
@act
def the_roster_is_published_anew(world):
    draft = world.version.roster.new_draft(by=world.leader)
    row = draft.plan().filter(shift__start__gt=LATER, role="officer").first()
    draft.unassign(row, by=world.leader)
    draft.assign(row.shift, officer=world.trainee, role="officer", by=world.leader)
    draft.publish(by=world.leader, gap_reason="人手不足")


@act
def another_roster_is_published(world):
    dates = {"starts_on": datetime.date(2020, 2, 10), "ends_on": datetime.date(2020, 2, 20)}
    roster = Roster.objects.open(by=world.leader, title="二月", pattern=world.version.roster.pattern, **dates)
    roster.publish(by=world.leader, gap_reason="人手不足")


def _duty(world, role="officer", after=LATER):
    rows = world.version.roster.in_force().filter(role=role, start__gt=after)
    return rows.select_related("shift", "officer").order_by("start").first()


@act
def a_cover_is_agreed_and_approved(world):
    duty = _duty(world)
    change = DutyChange.objects.ask(by=duty.officer, kind="cover", assignment=duty, reason="家中有事")
    change.take(by=world.trainee)
    change.approve(by=world.leader)


@act
def somebody_takes_a_running_duty_over(world):
    duty = _duty(world, after=LATER - 5 * HOUR)
    DutyChange.objects.take_over(by=world.trainee, assignment=duty, reason="生病")


@act
def the_telephone_passes_on(world):
    Custody.objects.take_in_emergency(by=world.trainee, post="phone", reason="生病")


@act
def who_left_the_post_comes_back(world):
    world.absence.come_back(by=world.second_duty_officer)


@act
def leave_is_approved(world):
    world.leave.approve(by=world.leader)


@act
def leave_is_approved_and_withdrawn_while_it_runs(world):
    span = {"start": LATER, "end": LATER + DAY}
    leave = Leave.objects.ask(by=world.trainee, kind="annual", reason="探亲", **span)
    leave.approve(by=world.leader)
    leave.withdraw(by=world.trainee, at=LATER + HOUR)


@act
def a_rule_asks_for_more(world):
    for rule in CoverageRule.objects.filter(post="post"):
        rule.revise(
            by=world.leader, post="post", minimum=9, window_from=None, window_until=None, day_types="all",
            out_counts_against=True,
        )  # fmt: skip


@act
def a_rule_ends_and_another_begins(world):
    CoverageRule.objects.filter(post="leader").first().end(by=world.leader, until=LATER + HOUR)
    more = {"window_from": None, "window_until": None, "day_types": "workdays", "out_counts_against": True}
    CoverageRule.objects.make(by=world.leader, post="phone", minimum=3, **more)


@act
def the_calendar_marks_days_to_come(world):
    CalendarDay.objects.mark(LATER.date() + DAY, LATER.date() + 5 * DAY, by=world.leader, kind="statutory")


@act
def officers_are_changed_and_leave(world):
    for officer in (world.duty_officer, world.second_duty_officer, world.inspector):
        officer.can_lead, officer.can_hold_phone, officer.is_active, officer.certificate_no = True, False, False, ""
        officer.save()


# --- the hotline ------------------------------------------------------------------------------------------------------------
@act
def complaints_go_on(world):
    world.waiting.dispatch(by=world.leader, to=[world.inspector])
    world.sent.sign(by=world.inspector)
    world.signed.find(by=world.inspector, finding="running", text="在玩")
    world.signed.stop(by=world.inspector)
    world.found.call_back(by=world.duty_officer, result="reached", told="没有", solved="no", satisfied="no")
    world.told.close(by=world.duty_officer)


@act
def a_closed_complaint_is_reopened(world):
    world.closed.reopen(by=world.leader, reason="又开了")


@act
def complaints_are_declared_void_transferred_and_not_accepted(world):
    world.waiting.not_accept(by=world.leader, reason="不属于")
    world.sent.void(by=world.leader, reason="重复")
    world.signed.transfer(by=world.leader, to="公安", reason="不属于")


@act
def complaints_are_returned_and_sent_to_others(world):
    world.signed.return_(by=world.inspector, reason="没空")
    world.sent.resend(by=world.leader, to=[world.trainee], reason="没签收")


@act
def complaints_are_merged_and_taken_apart(world):
    world.sent.merge(by=world.leader, parent=world.parent)
    world.merged.separate(by=world.leader, reason="不是一回事")


@act
def complaints_are_filed_anew_made_urgent_and_extended(world):
    other = Topic.objects.exclude(pk=world.waiting.topic_id).filter(slug="internet_cafe").get()
    world.closed.recategorise(by=world.leader, reason="重新归类", topic=other, venue=world.shut)
    urgent = "urgent" if world.waiting.urgency != "urgent" else "normal"
    world.waiting.set_urgency(by=world.leader, urgency=urgent, reason="急")
    steps = world.parent.extendable(LATER)
    if steps:
        world.parent.extend(by=world.leader, steps=steps, until=LATER + 90 * DAY, reason="复杂")


@act
def the_catalogues_of_the_hotline_are_edited(world):
    Topic.objects.update(name_zh="改", name_en="changed")
    Channel.objects.update(name_zh="改", name_en="changed")
    for level in ServiceLevel.objects.all():
        if level.minutes:
            level.minutes = 1
            level.save()
    world.waiting.set_urgency(by=world.leader, urgency="urgent", reason="急")


@act
def a_new_call_comes(world):
    registered(world.duty_officer, number="13900009999")


@act
def callers_are_forgotten(world):
    forget(days=0, at=LATER + 400 * DAY)


@act
def the_clock_ticks(world):
    done, failed = tick(at=LATER + 4000 * DAY)
    assert failed == [] and done["callers"]


# --- refunds ------------------------------------------------------------------------------------------------------------
@act
def money_is_entered_and_taken_back(world):
    world.group.enter_refund(by=world.clerk, heads=2, amount=Decimal(200), slip_no="S2")
    world.refund.reverse(by=world.clerk, reason="记错了")


@act
def a_group_is_called_off_and_corrected(world):
    world.booked.call_off(by=world.clerk)
    world.group.note_line(by=world.clerk, heads=33, market="outbound", reason="disagreement")


@act
def a_deduction_is_accepted(world):
    world.claim.decide(by=world.leader, accepted=True, text="属实")


@act
def groups_are_linked(world):
    world.received.link_to(world.group, by=world.clerk)


@act
def groups_are_linked_and_unlinked(world):
    world.received.link_to(world.group, by=world.clerk)
    world.received.unlink(by=world.clerk)


@act
def a_nil_return_is_withdrawn(world):
    world.nil.withdraw(by=world.clerk, why="报错了")


@act
def agencies_report(world):
    said = {"as_of": LATER.date(), "informant": "李四", "phone": "13900006666"}
    AgencyReport.objects.report_nothing(by=world.clerk, agency=world.agencies[3], **said)
    group_of(world.agencies[2], "N-01", by=world.clerk, at=LATER)


# --- supplies -------------------------------------------------------------------------------------------------------------
@act
def the_low_level_and_the_norm_of_a_supply_are_changed(world):
    world.masks.change(by=world.leader, low_level=1, norm=Decimal(9))


@act
def they_are_changed_twice(world):
    world.masks.change(by=world.leader, low_level=None, norm=None)
    world.masks.change(by=world.leader, at=LATER + HOUR, low_level=5)


@act
def a_supply_is_no_longer_kept(world):
    world.gloves.change(by=world.leader, is_active=False)


@act
def supplies_move(world):
    world.masks.receive(by=world.leader, quantity=500, kind="purchase")
    world.masks.lose(by=world.leader, quantity=3, cause="破损")
    world.masks.issue_to([world.inspector, world.leader], by=world.leader, each=2)
    world.masks.count(by=world.leader, counted=600, cause="盘点")


@act
def movements_are_reversed(world):
    world.given.reverse(by=world.leader, cause="记错了")
    world.gift.reverse(by=world.leader, cause="记错了")


@act
def a_supply_is_entered(world):
    SupplyItem.objects.enter(by=world.leader, category="food", name="方便面", unit="箱", low_level=5)


# --- staff ----------------------------------------------------------------------------------------------------------------
@act
def health_is_checked_again(world):
    record = {"by": world.leader, "temperature": Decimal("38.5"), "slot": "end", "date": MOMENT.date()}
    HealthCheck.objects.record(**record)


@act
def isolation_ends_and_another_begins(world):
    world.isolation.finish(by=world.leader)
    Isolation.objects.begin(by=world.leader, officer=world.duty_officer, reason="密切接触者")
    Disinfection.objects.write(by=world.leader, place="值班室", agent="84消毒液")


# --- the proof ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_the_next_day_leaves_the_answer_as_it_was(name, world, clock):
    before = answers()
    clock.move_to(LATER)
    ACTS[name](world)
    clock.move_to(LATER + DAY)
    assert told_apart(before, answers()) == []


def test_the_world_has_something_in_every_part(world):
    found = figures(MOMENT)
    closures, hotline, refunds = found.closures, found.complaints, found.refunds
    assert (closures["verified"], closures["stale"], closures["violating"], closures["targets"]) == (2, 0, 1, 4)
    assert min(found.patrols.values()) >= 0 and found.patrols["visits"] == 3
    assert found.duty["leader"] and found.duty["gaps"] and found.duty["staffed_seconds"]
    assert hotline["answered"] == 2 and hotline["by_status"]["merged"] == 1
    assert (refunds["agencies"], refunds["silent"], refunds["nil_returns"]) == (4, 1, 1)
    assert found.supplies["mask"]["on_hand"] == 120 and stock(MOMENT)[0].low
    assert found.staff == {"on_duty": 2, "checked": 2, "abnormal": 1, "isolated": 1}


def test_the_comparison_names_what_differs():
    assert told_apart({"a": {"b": 1}}, {"a": {"b": 2}, "c": 3}) == [".a.b: 1 is now 2", ".c: None is now 3"]
