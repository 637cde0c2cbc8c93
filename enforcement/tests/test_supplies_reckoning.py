"""Figures by category, the stock at a moment, days of cover from the roster, the crews one issues to, what a handover is told."""

import datetime
import shutil
from fractions import Fraction

import pytest
from django.conf import settings
from django.utils import timezone, translation

from enforcement.duty import handing
from enforcement.event import load_event
from enforcement.figures import figures
from enforcement.models import Isolation, Leave, SupplyItem, SupplyMovement
from enforcement.supplies import crews, shifts_a_day, stock, supply_figures
from enforcement.tests.supplying import HOURS, H, a_store, an_item
from enforcement.tests.watches import put, roster, watch
from venues.moments import parse_as_of

pytestmark = pytest.mark.django_db
DAY = 24 * HOURS


def row_of(item, at):
    return next((row for row in stock(at) if row.item == item), None)


# --- figures --------------------------------------------------------------------------------------------------------------
def test_nothing_recorded_is_not_zero():
    an_item()
    assert supply_figures(timezone.now()) == {} == figures(timezone.now()).supplies


def test_each_category_has_what_came_in_was_given_and_went_out(leader, inspector):
    item = an_item()
    for quantity, kind in ((15, "purchase"), (20, "allocation"), (39, "donation")):
        item.receive(by=leader, quantity=quantity, kind=kind, donor="队员甲", at=H)
    item.issue_to([leader, inspector], by=leader, each=5, at=H + HOURS)
    item.receive(by=leader, quantity=3, kind="return", at=H + HOURS)
    item.use(by=leader, quantity=2, at=H + HOURS)
    item.lose(by=leader, quantity=1, cause="x", at=H + HOURS)
    item.count(by=leader, counted=60, cause="x", at=H + 2 * HOURS)
    a_store(leader, 4, "方便面", category="food", unit="箱")
    assert supply_figures(H + 2 * HOURS) == {
        "mask": {"received": 74, "donated": 39, "issued": 10, "on_hand": 60},
        "food": {"received": 4, "donated": 0, "issued": 0, "on_hand": 4},
    }
    assert list(supply_figures(H + 2 * HOURS)) == ["mask", "food"]
    assert supply_figures(H)["mask"] == {"received": 74, "donated": 39, "issued": 0, "on_hand": 74}


def test_what_was_reversed_counts_until_it_was_and_then_no_more(leader, inspector):
    item = an_item()
    gift = item.receive(by=leader, quantity=20, kind="donation", donor="队员甲", at=H)
    item.receive(by=leader, quantity=20, kind="purchase", at=H)
    issue = item.issue(by=leader, quantity=5, to=inspector, at=H)
    gift.reverse(by=leader, cause="x", at=H + HOURS)
    issue.reverse(by=leader, cause="x", at=H + 2 * HOURS)
    seen = [tuple(supply_figures(H + n * HOURS)["mask"].values()) for n in range(3)]
    assert seen == [(40, 20, 5, 35), (20, 0, 5, 15), (20, 0, 0, 20)]


def test_the_answer_about_the_past_stays_when_something_happens_later(leader):
    item = a_store(leader)
    before = supply_figures(H + HOURS), row_of(item, H + HOURS)
    item.use(by=leader, quantity=3, at=H + 2 * HOURS)
    an_item("手套", category="protection", at=H + 2 * HOURS)
    assert (supply_figures(H + HOURS), row_of(item, H + HOURS)) == before


# --- the stock ------------------------------------------------------------------------------------------------------------
def test_an_item_is_there_from_its_entry_or_its_first_movement_on(leader):
    late = an_item(at=H + DAY)
    assert row_of(late, H) is None and row_of(late, H + DAY).on_hand == 0
    late.receive(by=leader, quantity=5, kind="purchase", at=H)
    assert row_of(late, H).on_hand == 5


def test_what_is_no_longer_kept_is_shown_as_long_as_there_is_some(leader):
    item = a_store(leader, 5)
    item.change(by=leader, is_active=False)
    assert row_of(item, timezone.now()).on_hand == 5
    item.use(by=leader, quantity=5)
    assert row_of(item, timezone.now()) is None and row_of(item, H).on_hand == 5


@pytest.mark.parametrize(("level", "low"), [(None, False), (100, False), (101, True), (0, False)])
def test_low_is_below_its_level(level, low, leader):
    assert row_of(a_store(leader, 100, low_level=level), H).low is low


def test_the_stock_is_in_the_order_of_the_categories(leader):
    for name, category in (("面", "food"), ("口罩", "mask"), ("手套", "protection"), ("N95", "mask")):
        a_store(leader, name=name, category=category)
    assert [row.item.category for row in stock(H)] == ["mask", "mask", "protection", "food"]


# --- days of cover ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def version(leader):
    return roster(leader)


def test_days_of_cover_come_from_who_is_rostered_in_the_next_seven_days(version, leader, inspector, second_inspector):
    for day in range(2):  # three and two duties: two and a half a day; of the other five days there is no roster
        watch(version, H + day * DAY, leader=leader, phone=inspector, officer=None if day else second_inspector)
    masks = a_store(leader, 100, norm=2)
    assert shifts_a_day(H) == Fraction(5, 2)
    row = row_of(masks, H)
    assert row.days_of_cover == 20
    masks.use(by=leader, quantity=1, at=H + HOURS)
    assert row_of(masks, H + HOURS).days_of_cover == 19.8  # never more than there are


def test_unknown_cover_is_none_and_an_empty_store_covers_nothing(version, leader):
    without_norm = a_store(leader, name="手套")
    masks = a_store(leader, 4, norm=1)
    assert row_of(masks, H).days_of_cover is None  # nobody is rostered
    watch(version, H, leader=leader)
    assert row_of(without_norm, H).days_of_cover is None
    masks.use(by=leader, quantity=4, at=H)
    assert row_of(masks, H).days_of_cover == 0


def test_only_seven_local_days_count_today_included(version, leader, inspector):
    watch(version, H - 2 * DAY, leader=leader, phone=inspector)
    watch(version, H - HOURS, leader=leader)  # this morning: a duty of today
    watch(version, H + 6 * DAY, leader=leader)
    watch(version, H + 7 * DAY, leader=leader, phone=inspector)
    assert shifts_a_day(H) == 1


def test_an_officer_with_two_roles_on_a_shift_needs_one_share(version, leader):
    duty = watch(version, H, leader=leader)["leader"]
    put(duty.shift, leader, "phone")
    assert shifts_a_day(H) == 1


def test_the_roster_counts_as_it_was_in_force_at_that_moment(version, leader, inspector):
    duty = watch(version, H + DAY, leader=leader, phone=inspector)["phone"]
    type(duty).objects.filter(pk=duty.pk).update(lapsed_at=H + 3 * HOURS)
    assert (shifts_a_day(H), shifts_a_day(H + 3 * HOURS)) == (2, 1)
    assert shifts_a_day(H - 3 * DAY) is None  # before it was published


# --- crews ------------------------------------------------------------------------------------------------------------------
def test_crews_are_who_is_on_duty_now_and_the_shifts_around(version, leader, inspector, second_inspector):
    watch(version, H, leader=leader, phone=inspector)
    watch(version, H + 12 * HOURS, leader=leader, phone=second_inspector)
    watch(version, H + 60 * HOURS, leader=leader)
    Leave.objects.create(
        officer=second_inspector,
        kind="sick",
        start=H,
        end=H + DAY,
        state="approved",
        asked_by=leader,
        decided_at=H,
        decided_by=leader,
    )
    found = crews(H + HOURS)
    assert [(one.key == "now", [str(officer) for officer in one.officers]) for one in found] == [
        (True, ["武桂平", "毛敏梅"]), (False, ["武桂平", "毛敏梅"]), (False, ["武桂平"]),
    ]  # fmt: skip


def test_who_is_in_isolation_is_in_no_crew_of_that_time(version, leader, inspector, second_inspector):
    watch(version, H, leader=leader, phone=inspector)  # it runs when he is taken out
    watch(version, H + 12 * HOURS, leader=second_inspector, phone=inspector)
    watch(version, H + 24 * HOURS, leader=leader, phone=inspector)
    Isolation.objects.begin(
        by=leader, officer=inspector, reason="接触", start=H + HOURS, end=H + 24 * HOURS, at=H + HOURS
    )
    found = crews(H + 2 * HOURS)
    assert [[str(officer) for officer in one.officers] for one in found] == [
        ["武桂平"], ["武桂平"], ["孟小涛"], ["武桂平", "毛敏梅"],
    ]  # fmt: skip


# --- the handover -----------------------------------------------------------------------------------------------------------
def test_a_handover_is_told_what_is_low(leader):
    item = a_store(leader, 20, low_level=50)
    a_store(leader, 20, "手套", low_level=5)
    (matter,) = [one for one in handing.matters(H, since=H) if one["kind"] == "supply_low"]
    assert matter["url"] == f"/supplies/{item.pk}/"
    with translation.override("en"):
        sentence = handing.SENTENCES["supply_low"] % matter["params"]
    assert sentence == "医用口罩 is low in store: 20 只 left, low when below 50."


# --- the event --------------------------------------------------------------------------------------------------------------
def event_of(folder, *rows):
    head = "date,category,item,quantity,kind,donor"
    (folder / "supplies.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def test_the_event_brings_its_gifts_once(tmp_path):
    gift = "2020-01-29,mask,医用口罩,140,donation,队员乙"
    event_of(tmp_path, gift, gift, "2020-01-29,food,方便面(箱),4,donation,队员乙")
    assert load_event(tmp_path) == {"supplies.csv": 3}
    assert load_event(tmp_path) == {"supplies.csv": 0}
    noodles = SupplyItem.objects.get(category="food")
    assert (noodles.name, noodles.unit, noodles.on_hand) == ("方便面", "箱", 4)
    end = parse_as_of("2020-01-29")
    assert set(SupplyMovement.objects.values_list("at", "recorded_at")) == {(end, end)}
    assert supply_figures(end)["mask"]["received"] == 280
    assert supply_figures(end - datetime.timedelta(seconds=1)) == {}


def test_the_gifts_of_the_real_file_are_the_published_figures(tmp_path):
    shutil.copy(settings.BASE_DIR / "data" / "tianshui" / "supplies.csv", tmp_path)
    load_event(tmp_path)
    found = supply_figures(parse_as_of("2020-02-01T00:00"))
    assert {slug: (sums["received"], sums["donated"]) for slug, sums in found.items()} == {
        "mask": (314, 314), "sprayer": (1, 1), "food": (4, 4),
    }  # fmt: skip


def test_recent_leaves_out_gifts_that_are_still_to_come(tmp_path):
    event_of(tmp_path, "2020-02-01,mask,口罩,5,donation,甲", "2020-02-02,mask,口罩,7,donation,乙")
    load_event(tmp_path, recent=True, at=parse_as_of("2026-03-09T12:00"))
    assert SupplyMovement.objects.get().date_alone == datetime.date(2026, 3, 8)
    assert SupplyItem.objects.get().on_hand == 5
