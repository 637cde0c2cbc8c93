"""Which venue of the registry a row speaks of, what it would change there, and where a person decides."""

import datetime

import pytest
from django.utils import translation

from venues.importing.applying import import_file, read, receive
from venues.importing.matching import Registry
from venues.models import Venue, VenueImport
from venues.tests.lists import one, row, saved, workbook
from venues.transitions import Refused, TooLate

AT = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def imported(path):
    return import_file(path, at=AT).rows.get(row=2)


def previewed(path, by):
    with path.open("rb") as file:
        run = receive(file, path.name, by=by, at=AT)
    read(run, at=AT)
    return run


# --- by licence no. -------------------------------------------------------------------------------------------------------


def test_the_same_category_and_licence_is_the_same_venue_whatever_its_name(netbar, tmp_path):
    told = imported(one(tmp_path, name="水岸网吧", licence_no=netbar.licence_no))
    assert (told.action, told.venue) == ("changed", netbar)
    assert told.changes["name"] == ["蓝天网吧", "水岸网吧"]
    assert [f["code"] for f in told.findings] == ["other_name"]
    assert Venue.objects.get().name == "水岸网吧"


def test_another_licence_is_another_venue_and_at_most_a_warning(netbar, tmp_path):
    told = imported(one(tmp_path, name=netbar.name, phone=netbar.phone, licence_no="62050229999"))
    assert told.action == "created"
    assert [f["code"] for f in told.findings] == ["same_name"]
    assert Venue.objects.count() == 2


def test_empty_cells_never_erase_anything(make_venue, tmp_path):
    venue = make_venue(manager="李四", uscc="91620502GTP21EA5NQ", size=60, remark="老店", operating_status="dormant")
    imported(
        one(tmp_path, name=venue.name, licence_no=venue.licence_no, manager="", uscc="", status="", licence_until="")
    )
    venue.refresh_from_db()
    assert (venue.manager, venue.uscc, venue.size, venue.remark) == ("李四", "91620502GTP21EA5NQ", 60, "老店")
    assert venue.operating_status == "dormant"


def test_a_row_that_says_what_is_known_is_the_same(make_venue, tmp_path):
    venue = make_venue(manager="张三", licence_until=datetime.date(2031, 5, 1))
    told = imported(one(tmp_path, name=venue.name, licence_no=venue.licence_no))
    assert (told.action, told.changes, told.venue) == ("same", {}, venue)


def test_the_spelling_of_brackets_alone_changes_nothing(make_venue, tmp_path):
    venue = make_venue("蓝天网吧(普通合伙)", manager="张三", licence_until=datetime.date(2031, 5, 1))
    assert imported(one(tmp_path, name="蓝天网吧（普通合伙）", licence_no=venue.licence_no)).action == "same"


def test_a_ceased_venue_of_which_the_list_says_nothing_stays_ceased_with_a_warning(make_venue, tmp_path):
    venue = make_venue(operating_status="ceased")
    told = imported(one(tmp_path, name=venue.name, licence_no=venue.licence_no, status=""))
    assert [f["code"] for f in told.findings] == ["status_unsaid"]
    venue.refresh_from_db()
    assert venue.operating_status == "ceased"


def test_a_row_of_a_merged_venue_changes_nothing(make_venue, editor, tmp_path):
    old, survivor = make_venue("蓝天网吧"), make_venue("水岸网吧")
    old.merge_into(survivor, by=editor)
    told = imported(one(tmp_path, name="蓝天网城", licence_no=old.licence_no))
    assert told.action == "same" and [f["code"] for f in told.findings] == ["merged"]
    survivor.refresh_from_db()
    assert survivor.name == "水岸网吧"


def test_the_end_of_a_licence_may_turn_into_no_end_and_back(make_venue, tmp_path):
    venue = make_venue(licence_until=datetime.date(2021, 1, 1))
    imported(one(tmp_path, licence_no=venue.licence_no, licence_until="长期"))
    venue.refresh_from_db()
    assert (venue.licence_until, venue.licence_long_term) == (None, True)
    imported(one(tmp_path, licence_no=venue.licence_no, licence_until="2031.5.1"))
    venue.refresh_from_db()
    assert (venue.licence_until, venue.licence_long_term) == (datetime.date(2031, 5, 1), False)


# --- where a person decides -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"name": "天水市秦州区蓝天网吧有限公司"}, ["name"]),
        ({"name": "蓝天网咖"}, ["name"]),
        ({"name": "兰天网吧"}, ["pinyin"]),
        ({"name": "水岸网吧", "phone": "13000000001"}, ["phone"]),
        ({"name": "水岸网吧", "address": "民主路１号"}, ["address"]),
        ({"name": "蓝天网吧", "phone": "13000000001", "address": "民主路1号"}, ["name", "phone", "address"]),
    ],
)
def test_without_a_licence_on_the_row_what_is_alike_is_undecided(netbar, tmp_path, said, because):
    told = imported(one(tmp_path, **{"licence_no": "", "phone": "13999999999", "address": "解放路9号", **said}))
    assert told.action == "undecided"
    assert told.candidates == [
        {"venue": netbar.pk, "name": "蓝天网吧", "licence_no": netbar.licence_no, "because": because}
    ]
    assert Venue.objects.count() == 1


def test_without_a_licence_in_the_registry_likewise(make_venue, tmp_path):
    make_venue(licence_no="")
    assert imported(one(tmp_path, phone="13999999999", address="")).action == "undecided"
    assert Venue.objects.get().licence_no == ""


def test_what_lies_in_another_district_or_is_of_another_category_is_no_candidate(make_venue, maiji, tmp_path):
    make_venue(licence_no="", district=maiji)
    make_venue(licence_no="", category_slug="arcade")
    assert imported(one(tmp_path)).action == "created"


def test_the_same_entry_without_any_licence_is_the_same_venue(qinzhou, tmp_path):
    imported(one(tmp_path, licence_no=""))
    told = imported(one(tmp_path, licence_no="", phone="13000000009"))
    assert (told.action, told.changes) == ("changed", {"phone": ["13000000001", "13000000009"]})
    assert Venue.objects.count() == 1


def test_rows_of_one_file_are_not_compared_by_name(qinzhou, tmp_path):
    path = saved(workbook([row(licence_no=""), row(licence_no="")]), tmp_path / "a.xlsx")
    assert import_file(path, at=AT).counts["created"] == 2


@pytest.mark.parametrize(
    ("name", "core"),
    [("天水市秦州区蓝天网吧(普通合伙)", "蓝天"), ("蓝天网络会所有限责任公司", "蓝天"), ("皇冠量贩KTV", "皇冠"),
     ("网吧", "网吧"), ("秦风国际旅行社有限公司", "秦风")],
)  # fmt: skip
def test_the_core_of_a_name_leaves_out_place_form_and_trade(qinzhou, name, core):
    assert Registry().core(name) == core


# --- decisions ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def undecided(netbar, editor, tmp_path):
    run = previewed(one(tmp_path, licence_no="", phone="13999999999"), editor)
    return run.rows.get()


def test_it_is_this_venue(undecided, netbar, editor):
    undecided.decide(by=editor, decision="venue", venue=netbar.pk)
    assert (undecided.action, undecided.venue, undecided.decided_by) == ("changed", netbar, editor)
    assert undecided.changes["phone"] == ["13000000001", "13999999999"]
    run = VenueImport.objects.get()
    assert (run.counts["changed"], run.counts["undecided"]) == (1, 0)


def test_it_is_a_new_one(undecided, editor):
    undecided.decide(by=editor, decision="new")
    assert undecided.action == "created"


def test_it_is_left_out(undecided, editor):
    undecided.decide(by=editor, decision="skip")
    assert undecided.action == "skipped"


def test_a_decision_may_be_changed_and_taken_back(undecided, netbar, editor):
    undecided.decide(by=editor, decision="venue", venue=netbar.pk)
    undecided.decide(by=editor, decision="new")
    assert (undecided.action, undecided.venue, undecided.changes) == ("created", None, {})
    undecided.decide(by=editor, decision="")
    assert undecided.action == "undecided"
    assert [f["code"] for f in undecided.findings] == ["may_be_known"]


def test_only_a_candidate_can_be_chosen(undecided, make_venue, editor):
    other = make_venue("水岸网吧")
    with pytest.raises(Refused, match="Choose one"):
        undecided.decide(by=editor, decision="venue", venue=other.pk)


def test_one_venue_is_not_two_rows(netbar, editor, tmp_path):
    path = saved(workbook([row(licence_no=""), row(licence_no="", name="蓝天网咖")]), tmp_path / "a.xlsx")
    first, second = previewed(path, editor).rows.all()
    first.decide(by=editor, decision="venue", venue=netbar.pk)
    with pytest.raises(Refused, match="Row 2"):
        second.decide(by=editor, decision="venue", venue=netbar.pk)


def test_a_row_that_is_clear_is_not_decided(netbar, editor, tmp_path):
    told = previewed(one(tmp_path, licence_no=netbar.licence_no), editor).rows.get()
    with pytest.raises(Refused, match="nothing to decide"):
        told.decide(by=editor, decision="new")


def test_nothing_is_decided_any_more_once_it_was_applied(undecided, editor):
    VenueImport.objects.update(state="applied", applied_by=editor, applied_at=AT)
    with pytest.raises(TooLate, match=editor.name):
        undecided.decide(by=editor, decision="new")


def test_a_row_that_was_read_again_meanwhile_is_not_brought_back(undecided, editor):
    seen = undecided.run.rows.get()
    read(undecided.run, at=AT)
    with pytest.raises(TooLate, match="read again"):
        seen.decide(by=editor, decision="new")
    assert undecided.run.rows.count() == 1


def test_the_answers_of_two_officers_are_both_kept(editor, leader, qinzhou, tmp_path):
    run = previewed(saved(workbook([row(district="秦洲")], sheet="Sheet1"), tmp_path / "a.xlsx"), editor)
    other = VenueImport.objects.get(pk=run.pk)
    run.answer(by=editor, district={"秦洲": qinzhou.pk})
    read(run, at=AT)
    other.answer(by=leader, category={"Sheet1": None})
    assert VenueImport.objects.get().answers == {"category": {"Sheet1": None}, "district": {"秦洲": qinzhou.pk}}


def test_an_unlicensed_place_that_got_its_licence_trades(make_venue, editor, tmp_path):
    place = make_venue("蓝天网吧", licence_no="", operating_status="unlicensed")
    told = previewed(one(tmp_path, status=""), editor).rows.get()
    told.decide(by=editor, decision="venue", venue=place.pk)
    assert told.changes["operating_status"] == ["unlicensed", "active"]


# --- what the list leaves out ---------------------------------------------------------------------------------------------


def test_venues_of_the_same_categories_and_districts_that_the_list_does_not_name_are_missing(
    make_venue, maiji, tmp_path
):
    gone, kept = make_venue("水岸网吧"), make_venue("黄河网吧")
    make_venue("麦积网吧", district=maiji)
    make_venue("皇冠KTV", category_slug="song_dance")
    make_venue("旧网吧", operating_status="ceased")
    run = import_file(one(tmp_path, name="黄河网吧", licence_no=kept.licence_no), at=AT)
    assert run.missing == [gone.pk]
    gone.refresh_from_db()
    assert gone.operating_status == "active"


def test_what_a_row_with_an_error_or_an_open_question_may_mean_is_not_missing(make_venue, tmp_path):
    named, alike = make_venue("水岸网吧"), make_venue("蓝天网吧")
    rows = [
        row(name="", licence_no=named.licence_no),
        row(name=alike.name, licence_no=""),
        row(name="新网吧", licence_no="9", address="解放路1号", phone="13999999999"),
    ]
    run = import_file(saved(workbook(rows), tmp_path / "a.xlsx"), at=AT)
    assert (run.counts["errors"], run.counts["undecided"], run.counts["created"]) == (1, 1, 1)
    assert run.missing == []
