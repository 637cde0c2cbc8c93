"""What people do a day after the moment that is asked about: one function for each act, none of which the past may notice."""

import datetime
import uuid

from django.urls import reverse

from enforcement.models import (
    CalendarDay,
    CoverageRule,
    Custody,
    DutyChange,
    Leave,
    Roster,
)
from enforcement.tests.the_past import DAY, HOUR, LATER, looked
from venues.models import ClosureOrder, Division, Patrol, Venue

ACTS = {}


def act(does):
    """One thing that somebody does at LATER, named by its function."""
    ACTS[does.__name__] = does
    return does


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


@act
def an_agency_is_entered(world):
    entered = {"name": "夜来旅行社", "category": world.agencies[3].category, "district": world.qinzhou}
    Venue(**entered, licence_no="L-GS00999").save_by(world.editor)


@act
def a_silent_agency_is_merged_into_an_entry_of_today(world):
    silent = world.agencies[3]
    survivor = Venue(name="晨曦国际旅行社", category=silent.category, district=world.qinzhou)
    survivor.save_by(world.editor)
    silent.merge_into(survivor, by=world.editor)


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
def the_administration_edits_a_rule(world):
    rule = CoverageRule.objects.filter(post="post").get()
    rows = {"post": "post", "minimum": 9, "day_types": "all", "out_counts_against": "on"}
    rows |= {"valid_from_0": "2020-01-01", "valid_from_1": "00:00", "valid_until_0": "", "valid_until_1": ""}
    office = world.signed_in(world.administrator)
    answer = office.post(reverse("admin:enforcement_coveragerule_change", args=[rule.pk]), rows)
    assert answer.status_code == 200 and answer.context["errors"]


@act
def the_administration_gives_a_district_another_code(world):
    rows = {"code": "620599", "name": "新区", "level": "district", "parent": world.qinzhou.parent_id}
    office = world.signed_in(world.editor)
    answer = office.post(reverse("admin:venues_division_change", args=[world.qinzhou.pk]), rows)
    assert answer.status_code == 200 and answer.context["errors"]


@act
def the_calendar_marks_days_to_come(world):
    CalendarDay.objects.mark(LATER.date() + DAY, LATER.date() + 5 * DAY, by=world.leader, kind="statutory")


@act
def officers_are_changed_and_leave(world):
    for officer in (world.duty_officer, world.second_duty_officer, world.inspector):
        officer.can_lead, officer.can_hold_phone, officer.is_active, officer.certificate_no = True, False, False, ""
        officer.save()
