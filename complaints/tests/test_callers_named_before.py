"""Who was named in what others said, and calls later, is a caller: out of all words, whenever they were stored. And numbers as they
are spoken."""

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered, typed
from venues.masking import without_caller, without_numbers
from venues.tests.forms import sent

NAME = "李大嘴"
SAID = f"隔壁{NAME}举报过,没人管"


@pytest.fixture
def named(duty_officer, inspector):
    """A dispatched complaint of somebody unknown, in which the neighbour is named."""
    complaint = registered(duty_officer, number="", content=SAID, place=f"{NAME}家楼下", reply_when=f"让{NAME}转告")
    complaint.note(by=duty_officer, text=f"{NAME}可能知道")
    complaint.dispatch(by=duty_officer, to=[inspector])
    return complaint


def _calls(client, complaint):
    fields = typed(add_to=complaint.number, name=NAME, number="13711112222", content="我是住隔壁的")
    assert sent(client, "/calls/new/", fields).status_code == 302


def _is_nowhere(client, complaint):
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert NAME not in complaint.dispatch_text() and "李某" in complaint.content
    alert = complaint.alert
    assert NAME not in f"{alert.words}{alert.place}"
    number = complaint.number
    pages = [
        f"/complaints/{number}/",
        f"/complaints/{number}/sheet/",
        "/complaints/",
        f"/complaints/{number}/note/",
        "/alerts/",
    ]
    for page in [*pages, "/complaints/export/?format=csv"]:
        answer = client.get(page)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200 and NAME not in body.decode(), page
    assert number not in client.get("/complaints/", {"q": NAME}).content.decode()


def test_the_name_of_a_later_caller_goes_out_of_everything_that_was_said_before(named, signed_in, duty_officer):
    client = signed_in(duty_officer)
    assert NAME in named.dispatch_text()
    _calls(client, named)
    _is_nowhere(client, named)


def test_it_is_kept_encrypted_beside_the_caller_and_nothing_is_lost(named, signed_in, duty_officer):
    _calls(signed_in(duty_officer), named)
    caller = named.calls.order_by("pk").last().caller
    assert caller.words()["content"] == SAID and caller.words()["place"] == f"{NAME}家楼下"


def test_the_caller_of_a_complaint_that_is_merged_goes_out_of_the_words_of_the_other(
    named, signed_in, duty_officer, leader
):
    child = registered(duty_officer, name=NAME, number="13711112222")
    child.merge(by=leader, parent=named)
    _is_nowhere(signed_in(duty_officer), named)


def test_the_name_does_not_come_back_when_the_caller_is_forgotten(named, signed_in, duty_officer):
    client = signed_in(duty_officer)
    _calls(client, named)
    named.calls.order_by("pk").last().caller.anonymise()
    assert NAME not in Complaint.objects.get(pk=named.pk).dispatch_text()


@pytest.mark.parametrize(
    "said",
    [
        "一三七一二三四九八七六", "幺三七 一二三四 九八七六", "一三七1234九八七六", "壹叁柒壹贰叁肆玖捌柒陆", "〇九三八 八二一二三四五",
        "幺三拐洞洞洞洞洞洞洞勾",
    ],
)  # fmt: skip
def test_a_number_as_it_is_spoken_is_masked_like_one_in_figures(said, duty_officer):
    hidden = without_numbers(f"电话{said},晚上打")
    assert hidden == f"电话{'*' * len(said)},晚上打"
    complaint = registered(duty_officer, content=f"电话{said},晚上打")
    assert said not in complaint.content and said not in complaint.dispatch_text()
    assert complaint.caller.words()["content"] == f"电话{said},晚上打"


def test_the_callers_own_number_as_it_is_spoken_is_masked_as_his():
    assert without_caller("打幺三七一二三四九八七六", "", "13712349876") == "打137****9876"


@pytest.mark.parametrize(
    "said", ["星期一 2020-01-27 12:20", "二〇二〇年一月二十七日十二时三十分", "十二三四个人", "三三两两的", "一二三四五六", "周一2020-01-27"]
)  # fmt: skip
def test_days_counts_and_words_stay(said):
    assert without_numbers(said) == said


def test_a_numeral_before_a_number_in_figures_stays():
    assert without_numbers("周一13900001111打来") == "周一***********打来"
