"""12345 sheets in: each once, errors per row, and nothing of the caller anywhere but in Caller."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from complaints.importing.applying import import_sheets, read_bytes
from complaints.models import Call, Caller, Channel, Complaint, ComplaintEvent, ServiceLevel, Sheet
from complaints.tests.sheeting import HEADER, as_csv, as_xlsx, row
from conftest import SHANGHAI
from venues.secrets import decrypt
from venues.tests.forms import filled, sent
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused


@pytest.fixture
def channel(db):
    return Channel.objects.get(slug="12345")


@pytest.fixture
def bring(channel, duty_officer, qinzhou):
    """`bring(*rows)` imports a list of these rows and returns the report."""

    def bring_in(*rows, header=HEADER, by=duty_officer):
        return import_sheets(read_bytes(as_csv(*rows, header=header), "l.csv"), channel=channel, by=by)

    return bring_in


def moment(*parts):
    return datetime.datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("content", "name"),
    [(as_csv(row()), "l.csv"), (as_csv(row(), encoding="gb18030"), "l.csv"), (as_xlsx(row()), "l.xlsx")],
)
def test_a_sheet_becomes_a_complaint_with_its_deadline_caller_venue_and_place(
    content, name, channel, duty_officer, netbar
):
    report = import_sheets(read_bytes(content, name), channel=channel, by=duty_officer)
    assert report.counts == {"created": 1, "changed": 0, "same": 0, "errors": 0, "undecided": 0}
    complaint = Complaint.objects.get()
    assert (complaint.external_no, complaint.venue, complaint.channel) == ("GD2020012700001", netbar, channel)
    assert complaint.received_at == moment(2020, 1, 27, 12, 20) and complaint.number.startswith("TS20200127-")
    assert complaint.external_deadline == moment(2020, 1, 30) == complaint.sheets.get().deadline
    assert (decrypt(complaint.caller.name_cipher), decrypt(complaint.caller.number_cipher)) == ("张三丰", "13900001111")


def test_the_same_list_again_changes_nothing(bring):
    bring(row(), row(no="GD2"))
    before = (ComplaintEvent.objects.count(), Call.objects.count(), Caller.objects.count())
    report = bring(row(content=" 网吧 里面有人上网 "), row(no="GD2"))
    assert (report.counts["same"], report.counts["created"], Complaint.objects.count(), Sheet.objects.count()) == (
        2,
        0,
        2,
        2,
    )
    assert (ComplaintEvent.objects.count(), Call.objects.count(), Caller.objects.count()) == before


def test_the_same_number_with_other_words_is_appended_and_never_a_second_complaint(bring):
    bring(row())
    complaint = Complaint.objects.get()
    report = bring(row(content="又来电催办,现在还在营业,电话13900001111", reply="正在核实"))
    assert report.counts["changed"] == 1 and Complaint.objects.get().content == complaint.content
    call, reply = complaint.events.order_by("pk")[1:]
    assert (call.act, reply.act) == ("add_call", "note") and complaint.calls.count() == 2
    assert "还在营业" in call.text and "13900001111" not in call.text and "正在核实" in reply.text
    sheet = Sheet.objects.first()
    assert (
        call.data["sheet"] == reply.data["sheet"] == sheet.pk
        and sheet.reply == "正在核实"
        and "139****1111" in sheet.content
    )
    assert bring(row(content="又来电催办,现在还在营业,电话13900001111", reply="正在核实")).counts["same"] == 1


def test_a_number_that_stands_twice_in_one_list_makes_one_complaint(bring):
    list_ = row(), row(content="再次来电"), row(content="再次来电")
    report = bring(*list_)
    assert (report.counts["created"], report.counts["changed"], report.counts["same"]) == (1, 1, 1)
    assert Complaint.objects.count() == 1 and Sheet.objects.count() == 2
    assert bring(*list_).counts["same"] == 3 and Sheet.objects.count() == 2


def test_a_list_that_goes_back_to_what_it_said_before_counts_and_again_only_once(bring):
    first, second = row(deadline="2020-01-27 13:00"), row(deadline="2020-01-27 12:50")
    bring(first)
    bring(second)
    report = bring(first)
    assert report.counts["changed"] == 1 and [found["code"] for found in report.findings][-1] == "said_before"
    assert Complaint.objects.get().external_deadline == moment(2020, 1, 27, 13) and Sheet.objects.first().nth == 3
    assert bring(first).counts["same"] == 1 and bring(first, second, first).counts["same"] == 3


def test_a_corrected_number_is_a_further_caller_who_can_be_told(bring):
    bring(row())
    report = bring(row(number="13999999999"))
    complaint = Complaint.objects.get()
    assert report.counts["changed"] == 1 and complaint.caller.number_masked == "139****1111"
    assert decrypt(complaint.calls.order_by("pk").last().caller.number_cipher) == "13999999999"
    assert bring(row(number="139 9999 9999")).counts["same"] == 1 and complaint.calls.count() == 2


def test_a_corrected_name_is_kept_too_and_a_caller_of_whom_nothing_is_said_any_more_adds_nobody(bring):
    bring(row())
    bring(row(name="张四丰"))
    assert [decrypt(caller.name_cipher) for caller in Caller.objects.order_by("pk")] == ["张三丰", "张四丰"]
    assert bring(row(name="", number="")).counts["changed"] == 1 and Caller.objects.count() == 2


def test_a_caller_who_comes_with_a_later_list_is_owed_an_answer(bring):
    bring(row(name="", number=""))
    assert not Complaint.objects.get().owes_answer()
    bring(row(name=""))
    [owed] = Call.objects.still_owed()
    assert owed.caller.number_masked == "139****1111" and owed.answer_due_at


def test_new_words_about_an_open_complaint_are_a_further_call_and_no_news(bring):
    bring(row())
    bring(row(content="市民再次来电:仍在营业"))
    assert Complaint.objects.get().calls.count() == 2 and not Sheet.objects.news().exists()


@pytest.mark.parametrize("status", ["closed", "answered_at_once", "transferred", "not_accepted", "void"])
def test_new_words_about_a_complaint_at_an_end_wait_on_the_desk_until_somebody_reads_them(
    status, bring, signed_in, duty_officer
):
    bring(row())
    Complaint.objects.update(status=status)
    report = bring(row(content="市民再次来电:仍在营业", number="13999999999"))
    assert [found["code"] for found in report.findings][-1] == "is_ended"
    complaint, news = Complaint.objects.get(), Sheet.objects.news().get()
    assert complaint.status == status and complaint.calls.count() == 2 and "仍在营业" in complaint.events.last().text
    desk = signed_in(duty_officer)
    assert "desk_news" in filled(desk.get("/desk/")) and "仍在营业" in filled(desk.get("/desk/"))
    assert sent(desk, f"/sheets/{news.pk}/read/", {}).url == "/desk/"
    assert "desk_news" not in filled(desk.get("/desk/"))
    news.refresh_from_db()
    assert news.seen_by == duty_officer and sent(desk, f"/sheets/{news.pk}/read/", {}).status_code == 302


def test_a_reply_or_a_deadline_about_a_complaint_at_an_end_is_no_news(bring):
    bring(row())
    Complaint.objects.update(status="closed")
    bring(row(reply="已办结", deadline="2021-01-01"))
    assert not Sheet.objects.news().exists() and "已办结" in ComplaintEvent.objects.last().text


def test_news_of_a_complaint_that_was_reopened_are_news_no_more(bring, leader):
    bring(row())
    Complaint.objects.update(status="closed")
    bring(row(content="市民再次来电:仍在营业"))
    Complaint.objects.get().reopen(by=leader, reason="仍在营业")
    assert not Sheet.objects.news().exists()
    Complaint.objects.update(status="closed")
    assert not Sheet.objects.news().exists()


def test_new_words_about_a_merged_complaint_are_a_call_of_the_one_that_is_handled(bring, leader):
    bring(row(), row(no="GD2"))
    first, second = Complaint.objects.order_by("pk")
    second.merge(by=leader, parent=first)
    bring(row(no="GD2", content="市民再次来电:仍在营业"))
    assert first.calls.count() == 2 and not Sheet.objects.news().exists()
    Complaint.objects.filter(pk=first.pk).update(status="closed")
    bring(row(no="GD2", content="第三次来电:仍在营业"))
    assert Sheet.objects.news().get().complaint == second


def test_a_complaint_that_was_typed_with_the_number_of_the_sheet_gets_the_sheet(bring, channel, duty_officer):
    import uuid

    from complaints.models import Topic

    typed = Complaint.objects.register(
        by=duty_officer, client_id=uuid.uuid4(), channel=channel, topic=Topic.objects.get(slug="other"), content="电话转办",
        place="体育场", external_no="GD2020012700001",
    )  # fmt: skip
    assert bring(row()).counts["changed"] == 1
    assert typed.sheets.count() == 1 and Complaint.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (row(no=""), "no_number"),
        (row(at="不知道"), "date_unreadable"),
        (row(at=""), "no_time"),
        (row(at="2020-13-45"), "date_unreadable"),
        (row(at="2099-01-01 10:00"), "in_future"),
        (row(content="  "), "no_content"),
        (row(no="13900001111"), "number_is_phone"),
        (row(no="+8613900001111"), "number_is_phone"),
        (row(no="0938-8212345"), "number_is_phone"),
        (row(no="1.23E+15"), "number_rounded"),
    ],
)
def test_a_row_with_an_error_stays_out_and_says_why_and_the_others_go_in(cells, code, bring):
    report = bring(cells, row(no="GD9"))
    assert report.counts["errors"] == 1 and report.counts["created"] == 1
    found = report.findings[0]
    assert (found["code"], found["level"], found["row"]) == (code, "error", 2)
    assert Complaint.objects.get().external_no == "GD9"


def test_an_unknown_district_or_topic_warns_and_the_row_goes_in(bring):
    header = [*HEADER, "诉求类别"]
    report = bring([*row(district="火星区"), "奇闻"], header=header)
    assert {found["code"] for found in report.findings} == {"unknown_district", "unknown_topic"}
    assert report.counts["created"] == 1 and Complaint.objects.get().topic.slug == "other"


def test_a_topic_that_the_list_does_not_name_is_guessed_from_the_words_and_that_is_said(bring):
    report = bring(row(), row(no="GD2", venue="", content="有人吵架"))
    assert {c.external_no: c.topic.slug for c in Complaint.objects.all()} == {
        "GD2020012700001": "internet_cafe",
        "GD2": "other",
    }
    assert [found["code"] for found in report.findings] == ["topic_guessed"]


def test_the_name_of_the_staff_never_becomes_the_callers(bring, duty_officer):
    bring(row(name="", staff="钟子磊"), row(no="GD2", name="钟子磊", staff="钟子磊"), row(no="GD3", name="", number=""))
    names = {c.external_no: c.caller and decrypt(c.caller.name_cipher) for c in Complaint.objects.all()}
    assert names == {"GD2020012700001": "", "GD2": "", "GD3": None}


def test_a_list_that_names_only_its_staff_has_no_callers(bring):
    bring(["GD1", "2020-01-27 12:20", "有人上网", "钟子磊"], header=["工单编号", "受理时间", "诉求内容", "受理人姓名"])
    assert Complaint.objects.get().caller is None


def test_findings_and_reports_hold_no_caller(bring):
    wrong = row(name="欧阳明月", number="13911112222", at="13911112222")
    numbers = "13911112222 13933334444"
    report = bring(wrong, row(no="GD2", district="欧阳明月", name="欧阳明月", number=numbers, deadline="欧阳明月"))
    text = json.dumps(report.as_dict(), ensure_ascii=False)
    assert "欧阳明月" not in text and "13911112222" not in text and "13933334444" not in text


def test_words_that_repeat_the_caller_are_stored_without_him(bring):
    bring(row(name="欧阳明月", number="", content="欧阳明月来电,联系电话:139 1111 2222,网吧营业"))
    complaint = Complaint.objects.get()
    for words in (complaint.content, complaint.sheets.get().content):
        assert "欧阳明月" not in words and "139 1111 2222" not in words and words.endswith("网吧营业")
    assert Caller.objects.with_number("13911112222").exists()


def test_a_bare_date_counts_at_the_end_of_its_day_and_keeps_its_day(bring):
    bring(row(at="2020/1/27"), row(no="GD2", at="2020年1月28日 8时5分"), row(no="GD3", at=43859.5))
    found = {c.external_no: c.received_at for c in Complaint.objects.all()}
    assert found["GD2020012700001"] == moment(2020, 1, 27, 23, 59, 59)
    assert (found["GD2"], found["GD3"]) == (moment(2020, 1, 28, 8, 5), moment(2020, 1, 29, 12))


def test_a_row_of_today_without_a_time_is_the_same_sheet_an_hour_later(channel, duty_officer):
    today = timezone.localdate().isoformat()
    content = as_csv(row(at=today))
    for minutes in (0, 1):
        at = timezone.now() - datetime.timedelta(minutes=1 - minutes)
        report = import_sheets(read_bytes(content, "l.csv", at=at), channel=channel, by=duty_officer, at=at)
    assert report.counts["same"] == 1


def test_the_answer_is_due_at_the_earlier_of_their_deadline_and_ours(bring):
    bring(row(), row(no="GD2", deadline="2020-01-27 13:00"), row(no="GD3", deadline="2021-01-01"))
    due = {c.external_no: c.answer_due_at for c in Complaint.objects.all()}
    limit = ServiceLevel.objects.get(step="answer", urgency=Complaint.objects.first().urgency).minutes
    ours = moment(2020, 1, 27, 12, 20) + datetime.timedelta(minutes=limit)
    assert due == {"GD2020012700001": min(ours, moment(2020, 1, 30)), "GD2": moment(2020, 1, 27, 13), "GD3": ours}


def test_a_new_deadline_of_theirs_is_kept_and_counted_from_the_call(bring):
    bring(row(deadline="2020-01-27 13:00"))
    bring(row(deadline="2020-01-27 12:50"))
    complaint = Complaint.objects.get()
    assert complaint.answer_due_at == complaint.external_deadline == moment(2020, 1, 27, 12, 50)
    bring(row(deadline=""))
    assert Complaint.objects.get().external_deadline == moment(2020, 1, 27, 12, 50)


def test_a_list_without_a_column_of_numbers_is_refused(channel):
    with pytest.raises(Refused):
        read_bytes(as_csv(["a", "b"], header=["来电人", "诉求内容"]), "l.csv")


def test_an_import_leaves_a_trail_without_personal_data(bring, duty_officer):
    bring(row())
    entry = duty_officer.trail.get(act="import")
    assert entry.detail["created"] == 1 and "张三丰" not in json.dumps(entry.detail, ensure_ascii=False)


def test_the_command_says_what_it_would_do_then_does_it_once(channel, qinzhou, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(as_csv(row(), row(no="")))

    def run(*options):
        out = io.StringIO()
        call_command("import_sheets", str(path), "--channel", "12345", "--json", *options, stdout=out)
        return json.loads(out.getvalue())

    assert run("--dry-run")["counts"]["created"] == 1 and not Complaint.objects.exists()
    assert run()["counts"] == {"created": 1, "changed": 0, "same": 0, "errors": 1, "undecided": 0}
    again = run()
    assert again["counts"]["same"] == 1 and again["findings"][0]["code"] == "no_number"
    assert Complaint.objects.get().taken_by is None


def test_the_command_says_what_it_cannot_read(channel, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xff\xfe\x00")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_sheets", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue())["findings"][0]["code"] == "unreadable"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_officers_who_import_one_list_at_once_make_each_complaint_once(
    channel, duty_officer, second_duty_officer, qinzhou
):
    content = as_csv(*[row(no=f"GD{number}") for number in range(8)])

    def act(officer):
        return lambda: import_sheets(read_bytes(content, "l.csv"), channel=channel, by=officer)

    won, _refusals = sort_out(at_once(act(duty_officer), act(second_duty_officer)), Refused)
    assert sorted(report.counts["created"] for report in won) == [0, 8]
    assert sorted(report.counts["same"] for report in won) == [0, 8]
    assert Complaint.objects.count() == Sheet.objects.count() == 8
