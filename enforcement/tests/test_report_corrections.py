"""A later issue names every figure that is another now, old and new, in words and with its unit, in both languages."""

import datetime
import re
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from conftest import T
from enforcement.catalogue import described
from enforcement.daily_report.differences import changes, corrections, labelled, leaves
from enforcement.daily_report.labels import in_words, label
from enforcement.daily_report.numbers import material
from enforcement.daily_report.terms import LABELS
from enforcement.daily_report.tracing import addresses, linked
from enforcement.figures import figures
from enforcement.models import DailyReport
from enforcement.tests.supplying import an_item
from enforcement.tests.the_past import BEGIN, MOMENT, build
from venues.models import Inspection

HOUR = datetime.timedelta(hours=1)
MIDNIGHT = T - 16.5 * HOUR + 24 * HOUR  # 25 January, 00:00
NO_FIGURE = {"as_of", "complaints.heat"}  # the moment itself, and a chart


@pytest.fixture
def world(request, db):
    with time_machine.travel(BEGIN, tick=False) as clock:
        yield build(request.getfixturevalue, clock)


@pytest.fixture
def masks():
    return an_item(at=T - HOUR)


@pytest.fixture
def signed(order, masks, duty_officer, leader):
    masks.receive(by=leader, quantity=300, kind="purchase", at=T)
    report = DailyReport.objects.draft(by=duty_officer, as_of=MIDNIGHT)
    report.review(by=leader, edits=0)
    report.sign(by=leader, edits=0)
    return report


def test_every_figure_has_words_in_both_languages(world):
    found, basis = material(MOMENT, None, day_from=MOMENT - 24 * HOUR)
    paths = leaves(found).keys() - NO_FIGURE
    assert len(paths) > 150 and {path for path in paths if label(path, basis["names"]) is None} == set()
    for path in paths:
        zh, word, en = label(path, basis["names"])
        assert (
            re.search(r"[一-鿿]", zh)
            and not re.search(r"[a-z]_|[a-z]{4}", zh)
            and not re.search(r"[一-鿿]|[a-z]_", en.replace("秦州区", "").replace("麦积区", ""))
        ), (zh, en)
        number = leaves(found)[path]
        assert word or not isinstance(number, int), path
    assert set(described(figures(MOMENT))) <= {*paths, "closures"}


def test_two_figures_are_never_called_the_same(world):
    found, basis = material(MOMENT, None, day_from=MOMENT - 24 * HOUR)
    told = [label(path, basis["names"]) for path in leaves(found).keys() - NO_FIGURE]
    for place in (0, 2):
        assert len({words[place] for words in told}) == len(told)


def test_a_correction_names_masks_categories_districts_and_what_is_of_the_day(
    signed, masks, leader, netbar, inspector, second_inspector
):
    masks.receive(by=leader, quantity=100, kind="donation", donor="某企业", at=T + HOUR)
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector], observed_at=T + 2 * HOUR,
        result="closed",
    )  # fmt: skip
    texts = {language: said["correction"] for language, said in signed.correct(by=leader).sections.items()}
    for told in (
        "口罩接收由300只更正为400只", "口罩受捐由0只更正为100只", "口罩库存由300只更正为400只", "已关停场所由0家更正为1家",
        "网吧已关停场所由0家更正为1家", "秦州区已关停场所由0家更正为1家", "本期新增检查场所由0家次更正为1家次",
    ):  # fmt: skip
        assert told in texts["zh-hans"], told
    for told in (
        "masks received 300, now 400", "masks donated 0, now 100", "masks on hand 300, now 400", "venues seen closed 0, now 1",
        "秦州区: venues seen closed 0, now 1", "inspections of the period 0, now 1",
    ):  # fmt: skip
        assert told in texts["en"], told


def test_each_change_of_the_figures_is_told(signed, masks, leader):
    masks.receive(by=leader, quantity=100, kind="donation", donor="某企业", at=T + HOUR)
    corrects = signed.correct(by=leader).basis["corrects"]
    assert len(corrects["changes"]) == 3
    for chinese in (True, False):
        assert len(corrections(corrects, chinese=chinese)) == 3


def test_a_correction_leads_to_the_rows_of_now(signed, masks, leader):
    masks.receive(by=leader, quantity=100, kind="donation", donor="某企业", at=T + HOUR)
    draft = signed.correct(by=leader)
    for language in ("zh-hans", "en"):
        urls = [url for _text, url in linked(draft, language, addresses(draft, leader))["correction"] if url]
        assert len(urls) == 3 and all("category=mask" in url for url in urls)


def test_the_refusal_of_a_stale_text_names_them_too(signed, masks, leader, duty_officer):
    old = {
        "duty": {"staffed_seconds": 835200},
        "supplies": {"mask": {"on_hand": 314}},
        "complaints": {"minutes": {"stop": {"p90": 65}}},
    }
    new = {
        "duty": {"staffed_seconds": 835260},
        "supplies": {"mask": {"on_hand": 414}},
        "complaints": {"minutes": {"stop": {"p90": None}}},
    }
    found = changes(old, new)
    with translation.override("zh-hans"):
        assert (
            labelled(found)
            == "实际在岗232小时→232小时1分、口罩库存314只→414只、接报至制止违规用时九成不超过1小时5分→未统计"
        )
    with translation.override("en"):
        assert labelled(found) == (
            "duty staffed 232 h → 232 h 1 min, masks on hand 314 → 414, "
            "from the call to the stop, nine in ten within 1 h 5 min → not recorded"
        )


def test_lists_are_told_by_their_number_or_by_what_is_in_them():
    assert in_words([1, 2], "次", True) == "2次"
    gap = {"role": "leader", "start": "2020-01-25T08:00:00+08:00", "end": "2020-01-25T09:00:00+08:00"}
    longer = {**gap, "end": "2020-01-25T09:30:00+08:00"}
    said = corrections({"changes": [["duty.gaps", [gap], [longer]]]}, chinese=True)
    assert said == [("缺岗", "1月25日8时至1月25日9时", "1月25日8时至1月25日9时30分")]
    assert corrections({"changes": [["duty.gaps", [], [gap]]]}, chinese=True) == [("缺岗", "0次", "1次")]


def test_the_table_of_a_report_has_supplies_categories_and_minutes_in_words(signed, leader, signed_in):
    client = signed_in(leader)
    shown = client.get(signed.get_absolute_url(), headers={"accept-language": "zh-hans"}).content.decode()
    assert "口罩库存" in shown and "300只" in shown and "秦州区应关停场所" in shown
    kept = client.get(reverse("report_rows", args=[signed.pk, "supplies.movements"])).content.decode()
    assert "物资收发记录" in kept
    assert LABELS["duty.led_seconds"][1] == "秒" and not re.search(r"\d秒", shown)
