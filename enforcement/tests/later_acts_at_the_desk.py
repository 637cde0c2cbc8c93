"""The same of the hotline, of refunds, of supplies and of the staff."""

from decimal import Decimal

from complaints.models import Channel, ServiceLevel, Topic
from complaints.retention import forget
from complaints.tests.calling import registered
from enforcement.keeping.ticking import tick
from enforcement.models import (
    Disinfection,
    HealthCheck,
    Isolation,
    SupplyItem,
)
from enforcement.tests.later_acts import ACTS, act
from enforcement.tests.the_past import DAY, HOUR, LATER, MOMENT
from refunds.models import AgencyReport
from refunds.tests.making import group_of

__all__ = ["ACTS"]


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
    world.signed.transfer(by=world.leader, to="公安", reason="不属于", finding="not_found")


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
