"""The report of 1 February 2020 from the loaded event, in both languages, and its way to the signature."""

import pytest
from django.conf import settings

from enforcement.daily_report import freezing
from enforcement.daily_report.numbers import leaf
from enforcement.daily_report.plain import plain_text
from enforcement.event import load_event
from enforcement.models import DailyReport
from venues.moments import parse_as_of

FOLDER = settings.BASE_DIR / "data" / "tianshui"
CHINESE = [
    "工作日报", "第1期 · 截至2020年2月1日24时",
    "一、执法力量出动", "累计出动巡查16次、执法人员59人次、车辆未统计，检查场所366家次，到达场所185家。发现违规经营2起，已全部制止。"
    "其中，2月1日出动巡查1次、执法人员3人次、车辆未统计，检查场所23家次。未发现新的违规经营。",
    "二、场所关停", "于1月24日16时30分下发，应关停场所184家。截至2月1日24时，已全部告知；经两名以上执法人员现场查看，184家全部关停，"
    "自下发至首次全部关停用时4小时。", "网吧67家、歌舞娱乐场所98家、游艺娱乐场所19家，各类均全部关停。", "各县区均全部关停。",
    "已关停场所中，22家在复查时限内看过，162家已超过复查时限、需再次复查。",
    "三、值班值守与投诉举报", "应在岗232小时，实际在岗232小时，带班在岗232小时，全程在岗、全程带班，无缺岗。",
    "2月1日24时在岗：带班领导", "累计受理9件（单位电话9件），其中2月1日受理1件；已全部答复、全部办结。", "制止违规52分钟（2件）",
    "四、旅行社退团退费", "全市旅行社26家，已全部报送（有团队9家、零报告17家）。", "涉及团队25个、游客299人（国内游20个团238人、出境游3个团23人、"
    "地接2个团38人），已全部取消。", "完成退费22个团288人（7家旅行社），未退费3个团11人（2家旅行社）。",
    "五、防护物资", "六、队员健康安全",
    "七、存在问题与下一步工作", "一是162家已关停场所超过复查时限未复查；二是3个团11人尚未退费到位；三是",
    "一是按区域排定复查路线", "拟稿：", "签发：", "校验码：",
]  # fmt: skip
ENGLISH = [
    "Daily report", "No. 1 · as of 24:00 on 1 February 2020",
    "1. Force", "In all, 16 patrols went out (59 officer turnouts, vehicle runs: not recorded) and made 366 inspections at 185 venues. "
    "2 violations found, all stopped. Of these, on 1 February, 1 patrol went out (3 officer turnouts", "No new violation was found.",
    "2. Closures", "184 venues are to be shut. As of 24:00 on 1 February all have been told; all 184 venues were last seen closed by two officers. "
    "All were closed for the first time 4 h after the order.", "internet cafe 67, song and dance venue 98, arcade 19; in every category all are closed.",
    "3. Duty and calls", "232 h required, 232 h staffed, 232 h led: the post was staffed and led all the time, without a gap.",
    "9 complaints accepted (unit telephone 9), 1 of them on 1 February; all answered and closed.",
    "4. Tours", "Of 26 travel agencies all have reported (9 with groups, 17 with nothing to report).",
    "25 groups with 299 travellers (groups/people: domestic 20/238, outbound 3/23, received here 2/38), all cancelled.",
    "Refunded: 22 groups with 288 travellers (7 agencies); not refunded: 3 groups with 11 travellers (2 agencies).",
    "5. Supplies", "6. Staff", "7. Problems and next steps", "11 travellers of 3 groups still wait for their money", "Drafted by: ",
]  # fmt: skip


@pytest.fixture
def february(db, duty_officer, leader):
    load_event(FOLDER)
    report = DailyReport.objects.draft(by=duty_officer, as_of=parse_as_of("2020-02-02T00:00"))
    report.review(by=leader, edits=0)
    report.sign(by=leader, edits=0)
    return DailyReport.objects.get(pk=report.pk)


def in_order(text, sentences):
    """The sentences that do not stand in the text after the one before."""
    place, missing = 0, []
    for sentence in sentences:
        found = text.find(sentence, place)
        if found < 0:
            missing.append(sentence)
        else:
            place = found
    return missing


def test_the_report_of_1_february_reads_like_one(february, subtests):
    """One load (it takes seconds) and what can be said of it."""
    with subtests.test("in Chinese"):
        assert in_order(plain_text(february, "zh-hans"), CHINESE) == []
    with subtests.test("in English"):
        assert in_order(plain_text(february, "en"), ENGLISH) == []
    with subtests.test("every count has its rows, and every published count is the figures'"):
        ids = february.row_ids
        for path in (
            "closures.closed",
            "patrols.visits",
            "patrols.venues_reached",
            "complaints.accepted",
            "refunds.refunded.groups",
        ):
            assert len(ids[path]) == len(set(ids[path])) == leaf(february.figures, path)
        assert len(ids["patrols.visits"]) == 366 and len(ids["refunds.cancelled_unpaid.groups"]) == 3
    with subtests.test("read again from the database its hash is the one that was kept"):
        assert freezing.is_unchanged(february)
    with subtests.test("round figures"):
        february.approximate = True
        from enforcement.daily_report.writing import write

        zh = write(february.figures, february.basis, approximate=True)["zh-hans"]
        assert (
            "应关停场所180余家" in zh["closures"]
            and "执法人员50余人次" in zh["force"]
            and "游客299人" not in zh["tours"]
        )
        assert "未退费3个团11人" in zh["tours"], "what is left over stays exact"
