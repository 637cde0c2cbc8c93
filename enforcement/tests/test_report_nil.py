"""零报告 is written when nothing happened, not when what happened left no difference at the end of the day."""

import datetime
import uuid
from decimal import Decimal

import pytest

from complaints.models import Call, Channel, Complaint, Topic
from conftest import T
from enforcement.daily_report.numbers import material
from enforcement.daily_report.writing import write
from enforcement.models import CoverageRule, HealthCheck, Isolation
from enforcement.tests.supplying import an_item
from refunds.models import AgencyReport
from venues.models import ClosureOrder, Inspection, Notice, Target

HOUR = datetime.timedelta(hours=1)
START, AT, END = T + HOUR, T + 3 * HOUR, T + 8 * HOUR


def material_of_the_day():
    return material(END, day_from=START)


def chinese_and_english(section):
    figures, basis = material_of_the_day()
    written = write(figures, basis)
    return written["zh-hans"][section], written["en"][section]


@pytest.fixture
def quiet(order):
    """An order that came before the span, and nothing in it."""
    assert material_of_the_day()[1]["nil"] is True
    return order


def a_look(quiet, netbar, inspector, second_inspector, **more):
    return Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector], observed_at=AT,
        result="closed", **more,
    )  # fmt: skip


def a_telephone_look(quiet, netbar, inspector, second_inspector, **_others):
    """It is no visit, and yet somebody was asked."""
    a_look(quiet, netbar, inspector, second_inspector, method="phone")


def a_notice(quiet, leader, **_others):
    Notice.objects.create(
        target=Target.objects.filter(order=quiet).first(), channel="phone", outcome="no_answer", at=AT, by=leader
    )


def a_venue_taken_out_and_put_back(quiet, leader, **_others):
    target = Target.objects.filter(order=quiet).first()
    target.exclude(by=leader, reason="x", at=AT)
    target.reinstate(by=leader, reason="y", at=AT + HOUR)


def a_missed_call(duty_officer, **_others):
    channel = Channel.objects.get(slug="unit_phone")
    Call.objects.log(by=duty_officer, client_id=uuid.uuid4(), channel=channel, result="missed", at=AT)


def a_complaint_that_was_declared_void(duty_officer, leader, **_others):
    Complaint.objects.register(
        by=duty_officer, client_id=uuid.uuid4(), channel=Channel.objects.get(slug="unit_phone"),
        topic=Topic.objects.get(slug="internet_cafe"), content="x", place="x", received_at=AT,
    ).void(by=leader, reason="x", at=AT + HOUR)  # fmt: skip


def supplies_that_came_and_were_reversed(leader, **_others):
    item = an_item(at=START - HOUR)
    item.receive(by=leader, quantity=5, kind="purchase", at=AT)
    item.movements.get().reverse(by=leader, cause="x", at=AT + HOUR)


def a_fever(inspector, **_others):
    HealthCheck.objects.record(by=inspector, temperature=Decimal("38.0"), slot="start", measured_at=AT, at=AT)


def an_isolation(leader, inspector, **_others):
    Isolation.objects.begin(by=leader, officer=inspector, reason="x", start=AT, at=AT)


def an_unmanned_telephone(leader, **_others):
    CoverageRule.objects.create(post="phone", minimum=1, valid_from=START - HOUR)


def a_return_with_groups(clerk, agency, **_others):
    AgencyReport.objects.create(
        kind="detail", agency=agency, as_of=AT.date(), occurred_at=AT, received_by=clerk, received_at=AT, file_name="x"
    )


HAPPENINGS = [
    a_telephone_look, a_notice, a_venue_taken_out_and_put_back, a_missed_call, a_complaint_that_was_declared_void,
    supplies_that_came_and_were_reversed, a_fever, an_isolation, an_unmanned_telephone, a_return_with_groups,
]  # fmt: skip


@pytest.mark.parametrize("happening", HAPPENINGS, ids=lambda act: act.__name__)
def test_what_left_no_difference_happened_all_the_same(
    happening, quiet, netbar, agency, leader, duty_officer, clerk, inspector, second_inspector
):
    happening(
        quiet=quiet, netbar=netbar, agency=agency, leader=leader, duty_officer=duty_officer, clerk=clerk, inspector=inspector,
        second_inspector=second_inspector,
    )  # fmt: skip
    basis = material_of_the_day()[1]
    assert basis["nil"] is False and any(basis["happened"].values())
    assert "零报告" not in chinese_and_english("force")[0]


def test_a_healthy_temperature_is_no_event(quiet, inspector):
    HealthCheck.objects.record(by=inspector, temperature=Decimal("36.4"), slot="start", measured_at=AT, at=AT)
    assert material_of_the_day()[1]["nil"] is True


@pytest.fixture
def brief_order(quiet, leader, category, make_venue):
    """A second order, issued and withdrawn within the span."""
    make_venue("游艺厅", category_slug="arcade")
    draft = ClosureOrder.objects.create(
        number="2号", title="误发通知", issued_at=AT, effective_at=AT, deadline_at=END, created_by=leader
    )
    draft.categories.set([category("arcade")])
    draft.activate(by=leader, typed_total=1, at=AT)
    draft.cancel(by=leader, reason="误发", at=AT + HOUR)
    return draft


def test_an_order_issued_and_withdrawn_the_same_day_is_seen_and_told(brief_order):
    assert material_of_the_day()[1]["nil"] is False
    zh, en = chinese_and_english("closures")
    assert zh.startswith("《误发通知》（2号）于1月24日19时30分下发，1月24日20时30分撤销。")
    assert en.startswith("Order 2号 (误发通知), issued at 19:30 on 24 January, was cancelled at 20:30 on 24 January.")


def test_a_lifting_is_seen_and_told(quiet, leader):
    quiet.lift(by=leader, reason="疫情形势好转", at=AT)
    assert material_of_the_day()[1]["nil"] is False
    zh, en = chinese_and_english("closures")
    assert zh.endswith("19时30分解除。目前没有生效的停业通知。") and "was lifted at 19:30" in en


def test_a_draft_of_an_order_and_its_discarding_are_no_event(quiet, leader):
    draft = ClosureOrder.objects.draft(
        by=leader,
        categories=[],
        districts=[],
        number="3号",
        title="x",
        issued_at=AT,
        effective_at=AT,
        deadline_at=END,
        at=AT,
    )
    draft.cancel(by=leader, reason="x", at=AT + HOUR)
    assert material_of_the_day()[1]["nil"] is True
