"""What a daily report says: "all" only when it is all, unknown is not zero, 余 where asked, both languages alike."""

import datetime

import pytest
from django.utils import translation

from complaints.models import Channel
from conftest import T
from enforcement.daily_report import chinese, english
from enforcement.daily_report.differences import changes, labelled, parts, text_difference
from enforcement.daily_report.numbers import is_nil, material
from enforcement.daily_report.words import is_all, rounded
from enforcement.daily_report.writing import write, written_from
from venues.models import Patrol

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def quiet(order):
    """The material of the order's evening on which nothing was recorded: (figures, basis)."""
    return material(T + 8 * HOUR, day_from=T + HOUR)


def texts(quiet, *, approximate=False, **changed):
    """(Chinese, English) after these figures, given by their dotted path with __ for the dot, are put in."""
    figures, basis = quiet
    for path, value in changed.items():
        *way, last = path.split("__")
        tree = figures
        if way[:1] == ["basis"]:
            tree, way = basis, way[1:]
        for step in way:
            tree = tree[step]
        tree[last] = value
    written = write(figures, basis, approximate=approximate)
    return written["zh-hans"], written["en"]


# --- 余
@pytest.mark.parametrize(
    ("number", "written"),
    [(0, (0, False)), (7, (7, False)), (19, (19, False)), (20, (20, False)), (34, (30, True)), (184, (180, True)), (180, (180, False)),
     (999, (990, True)), (2345, (2300, True)), (12345, (12000, True)), (123456, (120000, True))],
)  # fmt: skip
def test_rounding_keeps_the_leading_digits(number, written):
    assert rounded(number) == written


def test_round_figures_are_written_with_yu_where_asked_and_only_there(quiet):
    figures = {"closures__targets": 184, "closures__closed": 182, "basis__cumulative__patrols__person_times": 59}
    zh, en = texts(quiet, approximate=True, basis__cumulative__patrols__patrols=16, **figures)
    assert "应关停场所180余家" in zh["closures"] and "执法人员50余人次" in zh["force"]
    assert "出动巡查16次" in zh["force"], "below 20 it stays exact"
    assert "确认关停182家，其余2家" in zh["closures"], "n of N stays exact"
    assert "Over 180 venues are to be shut" in en["closures"] and "182 of 184" in en["closures"]
    zh, en = texts(quiet)
    assert "余家" not in zh["closures"] and "over" not in en["closures"]


# --- all
@pytest.mark.parametrize(
    ("part", "total", "whole"),
    [(2, 2, True), (1, 2, False), (0, 0, False), (None, 2, False), (2, None, False), (0, None, False)],
)
def test_all_is_said_when_the_one_is_the_other_and_there_is_something(part, total, whole):
    assert is_all(part, total) is whole


def test_all_is_not_said_of_closures_before_it_is_so(quiet):
    zh, en = texts(quiet, closures__targets=184, closures__told=182, closures__closed=183, closures__violating=1)
    assert "已告知182家、未告知2家" in zh["closures"] and "确认关停183家，其余1家" in zh["closures"]
    assert "全部关停" not in zh["closures"].split("按类别")[0] and "182 have been told, 2 not" in en["closures"]


def test_all_is_said_of_closures_when_it_is_so(quiet):
    zh, en = texts(quiet, closures__targets=2, closures__told=2, closures__closed=2)
    assert "已全部告知" in zh["closures"] and "2家全部关停" in zh["closures"]
    assert "all have been told" in en["closures"] and "all 2 venues" in en["closures"]


def test_all_is_not_said_of_categories_while_one_lacks_a_venue(quiet):
    zh, en = texts(quiet, closures__by_category__internet_cafe__closed=1)
    assert "网吧应关停1家，已全部关停" in zh["closures"] and "各类均" not in zh["closures"]
    assert "1 of 1 closed" in en["closures"] and "in every category" not in en["closures"]


def test_of_violations_all_or_how_many(quiet):
    part = {"basis__cumulative__patrols__violations_found": 3}
    assert "已制止2起，尚有1起" in texts(quiet, basis__cumulative__patrols__violations_stopped=2, **part)[0]["force"]
    zh, en = texts(quiet, basis__cumulative__patrols__violations_stopped=3, **part)
    assert "发现违规经营3起，已全部制止" in zh["force"] and "3 violations found, all stopped" in en["force"]


def test_of_complaints_all_or_how_many(quiet, order):
    some = {
        "accepted": 9,
        "answered": 8,
        "closed": 9,
        "by_channel": {"unit_phone": 9},
        "minutes": quiet[1]["cumulative"]["complaints"]["minutes"],
    }
    quiet[1]["names"]["channel"] = [["unit_phone", Channel.objects.get(slug="unit_phone").name_zh, "unit telephone"]]
    zh, en = texts(quiet, basis__cumulative__complaints=some)
    assert (
        "受理9件（单位电话9件）" in zh["duty"]
        and "已答复8件、全部办结" in zh["duty"]
        and "8 answered, all closed" in en["duty"]
    )
    zh, en = texts(quiet, basis__cumulative__complaints={**some, "answered": 9})
    assert "已全部答复、全部办结" in zh["duty"] and "all answered and closed" in en["duty"]


# --- unknown is not zero
def test_what_is_not_recorded_is_said_to_be_so_and_never_zero(quiet):
    zh, en = texts(
        quiet,
        supplies={},
        staff=dict.fromkeys(("on_duty", "checked", "abnormal", "isolated")),
        basis__cumulative__patrols__vehicle_times=None,
        basis__cumulative__patrols__patrols=1,
    )
    assert (
        zh["supplies"] == "防护物资情况未统计。"
        and zh["staff"] == "队员健康情况未统计。"
        and "车辆未统计" in zh["force"]
    )
    assert (
        "not recorded" in en["supplies"]
        and "not recorded" in en["staff"]
        and "vehicle runs: not recorded" in en["force"]
    )
    assert "防护物资" in zh["problems"] and "supplies" in en["problems"], "and somebody is to complete it"


def test_of_a_store_that_nobody_ever_wrote_about_nothing_is_known(quiet):
    assert quiet[0]["supplies"] == {}
    zh, en = texts(quiet)
    assert zh["supplies"] == "防护物资情况未统计。" and en["supplies"] == "Protective supplies: not recorded."
    assert "防护物资" in zh["problems"] and "supplies" in en["problems"]


def test_supplies_and_staff_when_they_are_recorded(quiet):
    mask = {"received": 314, "donated": 314, "issued": 40, "on_hand": 274}
    staff = {"on_duty": 3, "checked": 3, "abnormal": 0, "isolated": None}
    zh, en = texts(quiet, supplies={"mask": mask}, staff=staff)
    assert "口罩接收314只（全部为捐赠），发放40只，库存274只" in zh["supplies"]
    assert "masks: 314 received (all donated), 40 issued, 274 on hand" in en["supplies"]
    assert zh["staff"] == "在岗3人，已全部测温，均无异常；隔离未统计。" and "all checked" in en["staff"]
    assert "nobody with fever" in en["staff"]
    zh, en = texts(quiet, staff={**staff, "checked": 2})
    assert (
        zh["staff"].startswith("在岗3人，已测温2人，均无异常") and "2 checked, none of them with fever" in en["staff"]
    )
    zh, en = texts(quiet, staff={**staff, "checked": 2, "abnormal": 1, "isolated": 1})
    assert zh["staff"] == "在岗3人，已测温2人，异常1人；隔离1人。" and "1 not cleared" in en["staff"]


def test_without_an_order_it_says_so(db):
    zh, en = texts(material(T, day_from=T - DAY))
    assert zh["closures"] == "目前没有生效的停业通知。" and en["closures"] == "No closure order is in force."


# --- 零报告
def test_a_day_without_anything_is_a_nil_report(quiet):
    zh, en = texts(quiet)
    assert quiet[1]["nil"] and "实行零报告" in zh["force"] and en["force"].startswith("Nil report")


def test_on_the_day_of_an_order_there_is_no_nil_report(order):
    assert material(T + HOUR, day_from=T - DAY)[1]["nil"] is False


@pytest.mark.parametrize(
    ("day", "nil"),
    [
        ({"patrols.patrols": 0}, True),
        ({"patrols.patrols": 0, "complaints.accepted": 1}, False),
        ({"patrols.patrols": 0, "patrols.vehicle_times": None}, False),
        ({"duty.required_seconds": 5}, False),
        ({}, False),
    ],
)
def test_nil_is_said_when_all_is_known_and_nothing_happened(day, nil):
    assert is_nil(day) is nil


# --- both languages
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_text_does_not_follow_the_language_of_who_drafts(order, language):
    plain = written_from(T + HOUR, day_from=T - DAY)
    with translation.override(language):
        assert written_from(T + HOUR, day_from=T - DAY) == plain


def test_both_languages_have_every_section_and_every_problem(quiet):
    assert set(chinese.PROBLEMS) == set(english.PROBLEMS)
    assert set(english.ONE) == set(english.PROBLEMS) - {"unpaid"}
    assert set(chinese.UNKNOWN) == set(english.UNKNOWN)
    zh, en = texts(quiet)
    assert list(zh) == list(en) == ["force", "closures", "duty", "tours", "supplies", "staff", "problems"]


@pytest.mark.parametrize(
    ("seconds", "zh", "en"), [(835200, "232小时", "232 h"), (14280, "3小时58分", "3 h 58 min"), (0, "0小时", "0 h")]
)
def test_durations(seconds, zh, en):
    assert (chinese.duration(seconds), english.duration(seconds)) == (zh, en)


def test_midnight_is_the_end_of_the_day_before():
    midnight = datetime.datetime(2020, 2, 2, tzinfo=T.tzinfo)
    assert (chinese.when(midnight), english.when(midnight)) == ("2月1日24时", "24:00 on 1 February")


# --- counted since
def test_what_is_cumulative_since_a_moment_counts_what_came_after_it(order, leader, inspector, second_inspector):
    for left in (T + HOUR, T + 3 * HOUR):
        patrol = Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=left)
        patrol.come_back(by=leader, at=left + HOUR / 2)
    after = written_from(T + 8 * HOUR, T + 2 * HOUR, day_from=T + 7 * HOUR)
    assert "1月24日18时30分以来累计出动巡查1次、执法人员2人次" in after["written"]["zh-hans"]["force"]
    assert "Since 18:30 on 24 January, 1 patrol went out" in after["written"]["en"]["force"]
    assert after["figures"]["patrols"]["patrols"] == 2, "the figures are those of figures(as_of)"


def test_vehicles_of_the_day_are_unknown_when_nobody_wrote_them_down_whatever_was_known_before(
    order, leader, inspector
):
    """The sum to date stays as it was: that is no reason to say that none went out."""
    known = {"by": leader, "led_by": inspector, "members": [inspector]}
    Patrol.objects.depart(left_at=T + HOUR, vehicle="甘E·00001", **known)
    Patrol.objects.depart(left_at=T + 3 * HOUR, **known)
    for since in (None, T + 2 * HOUR):
        found = written_from(T + 8 * HOUR, since, day_from=T + 2 * HOUR)
        assert found["figures"]["patrols"]["vehicle_times"] == 1
        assert (
            "其中，1月24日18时30分至1月25日0时30分出动巡查1次、执法人员1人次、车辆未统计"
            in found["written"]["zh-hans"]["force"]
        )
        assert "0车次" not in found["written"]["zh-hans"]["force"]


def test_a_day_without_patrols_is_nil_though_vehicles_were_not_written_down_before_it(order, leader, inspector):
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector], left_at=T + HOUR)
    figures, basis = material(T + 8 * HOUR, day_from=T + 2 * HOUR)
    assert figures["patrols"]["vehicle_times"] is None and basis["day"]["patrols.vehicle_times"] == 0
    assert basis["nil"]


# --- differences
def test_a_difference_is_told_by_sentences():
    old, new = "一起。二起。三起。", "一起。二件。三起。"
    assert parts(old) == ["一起。", "二起。", "三起。"]
    assert text_difference(old, new) == [("same", "一起。"), ("del", "二起。"), ("ins", "二件。"), ("same", "三起。")]
    assert parts("3.5 h. Then more") == ["3.5 h. ", "Then more"]


def test_changed_figures_are_told_with_their_labels():
    found = changes({"patrols": {"patrols": 1}, "x": {"y": 1}}, {"patrols": {"patrols": None}, "x": {"y": 2}})
    assert found == [["patrols.patrols", 1, None], ["x.y", 1, 2]]
    with translation.override("zh-hans"):
        assert labelled(found) == "出动巡查1次→未统计"
    with translation.override("en"):
        assert labelled(found) == "patrols 1 → not recorded"
        assert labelled(found[1:]) == "parts of the figures"


# --- English sentences
def test_a_month_keeps_its_capital_within_a_sentence(order):
    figures, basis = material(T + 8 * HOUR, since=T - 2 * DAY, day_from=T + HOUR)
    _zh, en = texts((figures, basis), basis__cumulative__complaints__accepted=0)
    assert "Complaints: since " in en["duty"] and "January" in en["duty"] and "january" not in en["duty"]


def test_a_rounded_number_begins_its_sentence_with_a_capital(quiet):
    rest = {"closures__told": 184, "closures__closed": 184, "closures__targets": 184}
    _zh, en = texts(quiet, approximate=True, **rest, refunds__agencies=3, refunds__silent=0, refunds__groups=25)
    shut, tours = en["closures"], en["tours"]
    assert "Over 180 venues are to be shut." in shut and "all of the over 180 venues were last seen closed" in shut
    assert ". Over 20 groups with" in tours and ". over" not in tours


# --- agencies that nobody asked
def test_before_agencies_are_asked_the_report_calls_nobody_silent(quiet):
    zh, en = texts(quiet, refunds__agencies=26, refunds__silent=None)
    assert zh["tours"] == "旅行社退团退费情况未统计。" and en["tours"] == "Refunds of travel agencies: not recorded."
    assert "未报送" not in str(zh) and "have not reported" not in str(en)
    zh, en = texts(quiet, refunds__nil_returns=9)
    assert "全市旅行社26家，已报送9家（有团队0家、零报告9家）。" in zh["tours"]
    assert "Of 26 travel agencies 9 have reported (0 with groups, 9 with nothing to report)." in en["tours"]
