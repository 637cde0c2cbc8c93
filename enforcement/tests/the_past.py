"""A world in the middle of its event, every part of the figures with something in it: for tests of what later acts leave alone."""

import datetime
import types
import uuid
from decimal import Decimal

from complaints.tests.calling import registered
from conftest import T
from enforcement.models import (
    Absence,
    CoverageRule,
    Custody,
    HealthCheck,
    Isolation,
    Leave,
    Roster,
    ShiftPattern,
)
from enforcement.tests.supplying import an_item
from refunds.models import AgencyReport, TourGroup
from refunds.tests.making import group_of
from venues.models import ClosureOrder, Inspection, Patrol
from venues.moments import parse_as_of

HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
BEGIN = T - DAY  # when the house was set up
MOMENT = parse_as_of("2020-01-26T12:00")  # the moment that is asked about
LATER = MOMENT + DAY  # when it is asked again


def looked(by, venue, at, result, officers, **more):
    said = {"venue": venue, "officers": officers, "observed_at": at, "result": result, "recorded_at": at}
    return Inspection.objects.record(by=by, client_uuid=uuid.uuid4(), **said, **more)


def build(get, clock):
    """The world as it stands at MOMENT. `get(name)` gives a fixture of people and places; `clock` is moved along."""
    clock.move_to(BEGIN)
    w = types.SimpleNamespace(**{name: get(name) for name in PEOPLE})
    make, w.category, w.signed_in = get("make_venue"), get("category"), get("signed_in")
    w.shut, w.stopped, w.quiet, w.gone = (make(name) for name in ("蓝天网吧", "白云网吧", "青山网吧", "老街网吧"))
    w.running = make("皇冠KTV", category_slug="song_dance")
    w.agencies = [make(f"{name}旅行社", category_slug="travel_agency") for name in ("云端", "北斗", "长风", "晨曦")]
    w.arcade = make("星际电玩", category_slug="arcade")
    _duty(w, clock)
    _closures(w, clock)
    _hotline(w, clock)
    _refunds(w, clock)
    _store(w, clock)
    clock.move_to(MOMENT)
    return w


PEOPLE = (
    "leader", "duty_officer", "second_duty_officer", "inspector", "second_inspector", "trainee", "editor", "clerk",
    "administrator", "qinzhou", "maiji",
)  # fmt: skip


def _duty(w, clock):
    """A roster of a fortnight with a shift a day from 08:00, custody, one who is away, one in isolation, one on leave."""
    CoverageRule.objects.hold_from(BEGIN)
    pattern = ShiftPattern.objects.create(name="全天")
    pattern.borders.create(at=datetime.time(8), name="全天")
    dates = {"starts_on": T.date(), "ends_on": (T + 14 * DAY).date()}
    w.version = Roster.objects.open(by=w.leader, title="值班表", pattern=pattern, at=BEGIN, **dates)
    roles = ((w.leader, "leader"), (w.duty_officer, "phone"), (w.second_duty_officer, "officer"))
    rows = [(s, officer, role, s.start, s.end) for s in w.version.shifts.all() for officer, role in roles]
    w.version.assign_all(rows, by=w.leader, at=BEGIN)
    w.version.publish(by=w.leader, gap_reason="休息时间", at=BEGIN)
    clock.move_to(MOMENT - 4 * HOUR)
    w.phone = Custody.objects.take_first(by=w.duty_officer, post="phone", officer=w.duty_officer)
    Custody.objects.take_first(by=w.leader, post="leader", officer=w.leader)
    w.check = HealthCheck.objects.record(by=w.leader, temperature=Decimal("36.5"), slot="start")
    HealthCheck.objects.record(by=w.duty_officer, temperature=Decimal("37.9"), slot="start")
    w.isolation = Isolation.objects.begin(by=w.leader, officer=w.second_inspector, reason="密切接触者")
    clock.move_to(MOMENT - HOUR)
    away = {"officer": w.second_duty_officer, "reason": "就医", "told_to": w.duty_officer}
    w.absence = Absence.objects.leave_post(by=w.second_duty_officer, **away)
    span = {"start": MOMENT + 2 * DAY, "end": MOMENT + 3 * DAY}
    w.leave = Leave.objects.ask(by=w.duty_officer, officer=w.duty_officer, kind="annual", reason="探亲", **span)
    clock.move_to(BEGIN)


def _closures(w, clock):
    """Of five venues one is closed, one stopped, one running, one only told, one excluded; two patrols."""
    clock.move_to(T)
    kinds = [w.category("internet_cafe"), w.category("song_dance")]
    w.order = ClosureOrder.objects.create(
        number="天文旅令〔2020〕1号", title="关于暂停营业的紧急通知", issued_at=T, effective_at=T, deadline_at=T + 4 * HOUR,
        created_by=w.leader,
    )  # fmt: skip
    w.order.categories.set(kinds)
    w.order.activate(by=w.leader, typed_total=w.order.preview().total)
    w.order.refresh_from_db()
    target = {row.venue_id: row for row in w.order.targets.all()}
    w.target = {name: target[getattr(w, name).pk] for name in ("shut", "stopped", "quiet", "gone", "running")}
    clock.move_to(T + HOUR)
    for row in w.target.values():
        row.notify(by=w.duty_officer, channel="phone", outcome="reached")
    w.target["gone"].exclude(by=w.leader, reason="已拆除")
    clock.move_to(MOMENT - DAY)
    pair = [w.inspector, w.second_inspector]
    w.patrol = Patrol.objects.depart(
        by=w.leader, led_by=w.inspector, members=pair, left_at=MOMENT - DAY, vehicle="甘E00001"
    )
    for n, (venue, result) in enumerate(((w.stopped, "operating"), (w.stopped, "closed"), (w.shut, "closed")), start=1):
        at = MOMENT - DAY + n * 2 * HOUR
        clock.move_to(at)
        looked(w.inspector, venue, at, result, pair, patrol=w.patrol)
    w.patrol.come_back(by=w.inspector)
    clock.move_to(MOMENT - 3 * HOUR)
    w.out = Patrol.objects.depart(by=w.leader, led_by=w.inspector, members=[w.trainee], left_at=MOMENT - 3 * HOUR)
    clock.move_to(MOMENT - 2 * HOUR)
    looked(w.inspector, w.running, MOMENT - 2 * HOUR, "operating", pair)
    w.violation = w.running.violations.get()
    w.settled = w.stopped.violations.get()


def _hotline(w, clock):
    """A complaint at each step."""
    clock.move_to(MOMENT - 6 * HOUR)
    names = ("waiting", "sent", "signed", "found", "told", "closed", "merged", "parent")
    for n, name in enumerate(names):
        setattr(w, name, registered(w.duty_officer, number=f"1390000{n:04d}", content=f"有人摆游戏机{n}"))
    clock.move_to(MOMENT - 5 * HOUR)
    w.merged.merge(by=w.leader, parent=w.parent)
    for one in (w.sent, w.signed, w.found, w.told, w.closed):
        one.dispatch(by=w.leader, to=[w.inspector])
    clock.move_to(MOMENT - 4 * HOUR)
    for one in (w.signed, w.found, w.told, w.closed):
        one.sign(by=w.inspector)
        one.arrive(by=w.inspector)
    for one in (w.found, w.told, w.closed):
        one.find(by=w.inspector, finding="not_found", text="没有")
    clock.move_to(MOMENT - 3 * HOUR)
    for one in (w.told, w.closed):
        one.call_back(by=w.duty_officer, result="reached", told="没有发现", solved="yes", satisfied="very")
    w.closed.close(by=w.duty_officer)


def _refunds(w, clock):
    """One agency with two groups, money back for some; one whose group is the receiver's; one nil return; one silent."""
    clock.move_to(MOMENT - 8 * HOUR)
    sender, receiver, nil, _silent = w.agencies
    w.group = group_of(sender, "A-01", by=w.clerk, at=MOMENT - 8 * HOUR)
    w.booked = group_of(sender, "A-02", by=w.clerk, at=MOMENT - 8 * HOUR, disposition="booked")
    w.received = group_of(receiver, "R-01", by=w.clerk, at=MOMENT - 8 * HOUR, role="receiver")
    w.refund = w.group.enter_refund(by=w.clerk, heads=4, amount=Decimal(400), slip_no="S1")
    w.claim = w.group.claim_deduction(by=w.clerk, amount=Decimal(50), kind="visa", proof="签证页")
    said = {"agency": nil, "as_of": (MOMENT - DAY).date(), "informant": "张三", "phone": "13900005555"}
    w.nil = AgencyReport.objects.report_nothing(by=w.clerk, **said)
    assert TourGroup.objects.count() == 3


def _store(w, clock):
    clock.move_to(MOMENT - 7 * HOUR)
    w.masks = an_item(low_level=150, norm=Decimal(2), at=BEGIN)
    w.gift = w.masks.receive(by=w.leader, quantity=140, kind="donation", donor="某企业")
    w.given = w.masks.issue(by=w.leader, quantity=20, to=w.inspector)
    w.gloves = an_item("手套", category="protection", unit="双", at=BEGIN)
