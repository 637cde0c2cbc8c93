"""Handing over: filled from what is open, accepted item by item, relieved when taken over and not before, locked when signed."""

import uuid

import pytest
from django.utils import translation

from complaints.models import Call, Channel, Complaint, Topic
from enforcement.duty import handing
from enforcement.models.duty import Custody, DutyLogEntry, Handover
from enforcement.tests.watches import HOURS, H, named
from venues.models import Alert, Patrol
from venues.transitions import Refused, TooLate

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(duty_officer):
    return Custody.objects.take_first(by=duty_officer, post="phone", officer=duty_officer, at=H)


def alert(by, place):
    return Alert.objects.raise_alert(by=by, source="other", words="", place=place, at=H)


@pytest.fixture
def handover(held, duty_officer, second_duty_officer, leader):
    """With two items, for two places on the visit list."""
    alert(leader, "民主路网吧"), alert(leader, "解放路茶园")
    return Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer, at=H + HOURS)


def accept_all(handover, by, at=None):
    for item in handover.items.all():
        handover.accept(item, by=by, at=at)


def test_it_is_filled_from_what_is_open_in_all_apps(
    held, duty_officer, second_duty_officer, leader, order, netbar, agency
):
    topic, line = Topic.objects.get(slug="internet_cafe"), Channel.objects.get(slug="12318")
    Complaint.objects.register(
        by=duty_officer,
        client_id=uuid.uuid4(),
        channel=line,
        topic=topic,
        content="还开着门",
        venue=netbar,
        received_at=H,
    )
    Call.objects.log(by=duty_officer, client_id=uuid.uuid4(), channel=line, result="missed", number="13000000077", at=H)
    alert(leader, "民主路网吧")
    Patrol.objects.depart(by=leader, led_by=leader, members=[], left_at=H, number="XC202001-001")
    DutyLogEntry.objects.write(by=duty_officer, kind="order", text="省厅：全部关停", at=H)
    DutyLogEntry.objects.write(by=duty_officer, kind="entry", text="交班前检查", at=H)
    handover = Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer, at=H + 24 * HOURS)
    found = {item.kind for item in handover.items.all()}
    assert found == {
        "complaint_undispatched", "call_missed", "overdue", "alert", "patrol", "agencies_silent", "log_order", "log",
    }  # fmt: skip
    text = " ".join(handing.sentence(item) for item in handover.items.all())
    assert "蓝天网吧" in text and "省厅：全部关停" in text and "13000000077" not in text


def test_an_item_speaks_the_language_of_its_reader(held, duty_officer, second_duty_officer):
    line = Channel.objects.get(slug="12318")
    Call.objects.log(by=duty_officer, client_id=uuid.uuid4(), channel=line, result="missed", number="13000000077", at=H)
    with translation.override("zh-hans"):
        item = Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer).items.get()
        assert line.name_zh in handing.sentence(item)
    with translation.override("en"):
        assert "still to be returned" in handing.sentence(item) and line.name_en in handing.sentence(item)


def test_many_of_a_kind_are_named_up_to_a_bound_and_counted_beyond_it(held, duty_officer, second_duty_officer, leader):
    for n in range(handing.MOST + 7):
        alert(leader, f"地点{n}")
    items = list(Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer).items.all())
    assert len(items) == handing.MOST + 1 and items[-1].kind == "more" and items[-1].params == {"count": 7}


def test_only_who_has_the_post_hands_it_over(held, inspector, second_duty_officer):
    with pytest.raises(Refused, match="钟子磊"):
        Handover.objects.prepare(by=inspector, incoming=second_duty_officer)


def test_without_a_chain_there_is_nothing_to_hand_over(duty_officer, second_duty_officer):
    with pytest.raises(Refused):
        Handover.objects.prepare(by=duty_officer, incoming=second_duty_officer)


def test_one_is_prepared_at_a_time_and_never_for_oneself(handover, duty_officer, inspector):
    for incoming in (inspector, duty_officer):
        with pytest.raises(Refused):
            Handover.objects.prepare(by=duty_officer, incoming=incoming)


def test_the_leadership_goes_to_who_may_lead(leader, inspector):
    Custody.objects.take_first(by=leader, post="leader", officer=leader, at=H)
    with pytest.raises(Refused):
        Handover.objects.prepare(by=leader, incoming=inspector, post="leader")


def test_each_item_is_accepted_by_itself_and_once(handover, second_duty_officer):
    first, second = handover.items.all()
    handover.accept(first, by=second_duty_officer, at=H + HOURS, remark="已知")
    with pytest.raises(Refused, match="1"):
        handover.take_over(by=second_duty_officer)
    with pytest.raises(TooLate):
        handover.accept(first, by=second_duty_officer)
    first.refresh_from_db()
    assert (first.accepted_by, first.accepted_at, first.remark) == (second_duty_officer, H + HOURS, "已知")
    handover.accept(second, by=second_duty_officer)
    handover.take_over(by=second_duty_officer)


def test_only_the_incoming_officer_accepts_and_takes_over(handover, duty_officer, leader, second_duty_officer):
    for other in (duty_officer, leader):
        with pytest.raises(Refused):
            handover.accept(handover.items.first(), by=other)
    accept_all(handover, second_duty_officer)
    for other in (duty_officer, leader):
        with pytest.raises(Refused):
            handover.take_over(by=other)
    assert Custody.objects.open("phone").officer == duty_officer


def test_an_item_of_another_handover_is_not_accepted_here(handover, duty_officer, second_duty_officer, leader):
    Custody.objects.take_first(by=leader, post="leader", officer=leader, at=H)
    second_duty_officer.can_lead = True
    other = Handover.objects.prepare(by=leader, incoming=second_duty_officer, post="leader")
    with pytest.raises(TooLate):
        handover.accept(other.items.first(), by=second_duty_officer)


def test_nobody_is_relieved_until_somebody_has_taken_over(handover, duty_officer, second_duty_officer):
    accept_all(handover, second_duty_officer, at=H + 2 * HOURS)
    assert named(H + 2 * HOURS) == {"phone": ["钟子磊"]}
    custody = handover.take_over(by=second_duty_officer, at=H + 3 * HOURS)
    assert custody.taken_at == handover.taken_at == H + 3 * HOURS
    assert named(H + 3 * HOURS) == {"phone": ["徐玉"]} and named(H + 2 * HOURS) == {"phone": ["钟子磊"]}


def test_nobody_takes_over_past_what_came_up_meanwhile(handover, leader, second_duty_officer, duty_officer):
    accept_all(handover, second_duty_officer)
    alert(leader, "滨河路酒吧")
    with pytest.raises(Refused, match="1"):
        handover.take_over(by=second_duty_officer)
    assert Custody.objects.open("phone").officer == duty_officer
    handover.bring_up_to_date(by=second_duty_officer)
    with pytest.raises(Refused):
        handover.take_over(by=second_duty_officer)
    handover.accept(handover.items.last(), by=second_duty_officer)
    assert handover.take_over(by=second_duty_officer).officer == second_duty_officer


def test_what_came_up_among_those_that_are_only_counted_is_not_passed_over(
    handover, leader, second_duty_officer, monkeypatch
):
    monkeypatch.setattr(handing, "MOST", 1)
    for name in ("滨河路酒吧", "民主路酒吧"):
        alert(leader, name)
    handover.bring_up_to_date(by=second_duty_officer)
    assert handover.came_up() == [] and handover.items.last().kind == "more"
    alert(leader, "新华路酒吧")
    assert [matter["kind"] for matter in handover.came_up()] == ["more"]
    accept_all(handover, second_duty_officer)
    with pytest.raises(Refused, match="1"):
        handover.take_over(by=second_duty_officer)
    handover.bring_up_to_date(by=second_duty_officer)
    assert handover.came_up() == []


def test_what_came_up_meanwhile_is_shown_and_added(handover, leader, second_duty_officer, duty_officer):
    alert(leader, "滨河路酒吧")
    assert [matter["params"]["where"] for matter in handover.came_up()] == ["滨河路酒吧"]
    assert handover.bring_up_to_date(by=second_duty_officer) == 1
    handover.note(by=duty_officer, text="钥匙在抽屉里")
    assert [handing.sentence(item)[:5] for item in handover.items.all()][2:] == ["滨河路酒吧", "钥匙在抽屉"]
    assert handover.came_up() == []
    with pytest.raises(Refused):
        handover.note(by=second_duty_officer, text="不是我的")


def test_a_withdrawn_handover_leaves_the_post_where_it_was(handover, duty_officer, second_duty_officer, inspector):
    with pytest.raises(Refused):
        handover.withdraw(by=inspector)
    handover.withdraw(by=second_duty_officer, reason="身体不适")
    with pytest.raises(TooLate):
        handover.accept(handover.items.first(), by=second_duty_officer)
    assert Custody.objects.open("phone").officer == duty_officer
    assert Handover.objects.prepare(by=duty_officer, incoming=inspector).is_prepared


@pytest.fixture
def signed(handover, second_duty_officer, leader):
    accept_all(handover, second_duty_officer)
    handover.take_over(by=second_duty_officer, at=H + 2 * HOURS)
    handover.countersign(by=leader, at=H + 3 * HOURS)
    return handover


def test_a_leader_who_is_neither_of_the_two_countersigns_once(handover, second_duty_officer, leader, inspector):
    with pytest.raises(TooLate):
        handover.countersign(by=leader)  # nobody has taken over
    accept_all(handover, second_duty_officer)
    handover.take_over(by=second_duty_officer)
    second_duty_officer.can_lead = True
    for nobody in (second_duty_officer, inspector):
        with pytest.raises(Refused):
            handover.countersign(by=nobody)
    handover.countersign(by=leader)
    with pytest.raises(TooLate, match="武桂平"):
        handover.countersign(by=leader)


@pytest.mark.parametrize(
    "act",
    [
        lambda h, d, s: h.accept(h.items.first(), by=s),
        lambda h, d, s: h.note(by=d, text="又一件"),
        lambda h, d, s: h.bring_up_to_date(by=s),
        lambda h, d, s: h.withdraw(by=d),
        lambda h, d, s: h.take_over(by=s),
        lambda h, d, s: h.save(),
        lambda h, d, s: h.delete(),
        lambda h, d, s: h.items.first().save(),
        lambda h, d, s: h.items.first().delete(),
    ],
    ids=["accept", "note", "refresh", "withdraw", "take over", "save", "delete", "save item", "delete item"],
)
def test_after_the_countersignature_nothing_changes(act, signed, duty_officer, second_duty_officer, leader):
    alert(leader, "滨河路酒吧")
    before = [Handover.objects.values().get(), list(signed.items.values())]
    with pytest.raises(Refused):
        act(signed, duty_officer, second_duty_officer)
    assert [Handover.objects.values().get(), list(signed.items.values())] == before and signed.is_locked


def test_corrections_are_addenda(signed, handover, inspector, leader):
    signed.add(by=inspector, text="补充：车钥匙已交")
    assert [(row.by, row.text) for row in signed.addenda.all()] == [(inspector, "补充：车钥匙已交")]
    with pytest.raises(Refused):
        signed.addenda.get().delete()
    with pytest.raises(Refused):
        signed.add(by=inspector, text=" ")


def test_that_of_the_leadership_is_locked_by_its_two_leaders(leader, inspector, second_inspector):
    Custody.objects.take_first(by=leader, post="leader", officer=leader, at=H)
    inspector.can_lead = second_inspector.can_lead = True
    handover = Handover.objects.prepare(by=leader, incoming=inspector, post="leader", at=H + HOURS)
    handover.take_over(by=inspector, at=H + HOURS)
    assert handover.is_locked
    with pytest.raises(Refused):
        handover.countersign(by=second_inspector)
