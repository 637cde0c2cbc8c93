"""The list of complaints: its filters live in the address, its pages cost the same, no telephone number finds anything."""

import datetime
import re

import pytest
from django.utils import timezone

from complaints.clocks import clocks_of, overdue
from complaints.models import Complaint, Topic
from complaints.tests.calling import registered
from venues.tests.forms import filled, queries

NUMBER = "13977778888"


@pytest.fixture
def listed(signed_in, duty_officer):
    """`listed("status=open")`: the numbers on the page, in its order."""
    client = signed_in(duty_officer)

    def read(query=""):
        page = filled(client.get(f"/complaints/?{query}"))
        return list(dict.fromkeys(re.findall(r'href="/complaints/(TS[\d-]+)/"', page)))

    return read


@pytest.fixture
def three(duty_officer, inspector, netbar, qinzhou, maiji):
    now = timezone.now()
    cafe = registered(
        duty_officer, venue=netbar, place="", topic=Topic.objects.get(slug="internet_cafe"),
        content="二楼有人上网", number=NUMBER,
        received_at=now - datetime.timedelta(days=2),
    )  # fmt: skip
    stall = registered(duty_officer, district=maiji, received_at=now - datetime.timedelta(hours=1))
    told = registered(
        duty_officer, topic=Topic.objects.get(slug="consult"), place="云端旅行社", content="退费", ongoing="no"
    )
    stall.dispatch(by=duty_officer, to=[inspector])
    told.answer_at_once(by=duty_officer, text="已答复")
    return cafe.number, stall.number, told.number


def test_the_newest_call_stands_first(three, listed):
    assert listed() == list(reversed(three))


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("status=open", [1, 0]), ("status=registered", [0]), ("status=answered_at_once", [2]), ("topic=internet_cafe", [0]),
        ("channel=unit_phone", [2, 1, 0]), ("channel=12345", []),
        ("district=620503", [1]), ("urgency=critical", [1, 0]),
        ("overdue=on", [1, 0]),
        ("not_told=on", []), ("q=ltwb", [0]), ("q=蓝天", [0]), ("q=上网", [0]), ("q=体育场", [1]),
        ("q=云端", [2]), ("q=没有的", []),
        ("status=nonsense", []), ("from=nonsense", []), ("from=0001-01-01", []), ("until=9999-12-31", []),
        ("after=nonsense", [2, 1, 0]),
    ],
)  # fmt: skip
def test_a_filter_in_the_address_leaves_what_fits(query, which, three, listed):
    assert listed(query) == [three[place] for place in which]


def test_days_and_assignee_and_number(three, listed, inspector):
    today, earlier = timezone.localdate(), timezone.localdate() - datetime.timedelta(days=2)
    assert three[2] in listed(f"from={today}") and three[0] not in listed(f"from={today}")
    assert listed(f"until={earlier}") == [three[0]]
    assert listed(f"assignee={inspector.pk}") == [three[1]]
    assert listed(f"q={three[1]}") == [three[1]]


@pytest.mark.parametrize("text", ["8888", "139 7777", "777"])
def test_no_part_of_a_telephone_number_finds_its_caller(text, duty_officer, listed):
    registered(duty_officer, number=NUMBER, content=f"请打{NUMBER}", place="体育场东门")
    assert listed(f"q={text}") == []


def test_what_the_database_calls_late_is_what_the_clocks_call_late(three, duty_officer, inspector):
    now = timezone.now()
    for minutes in (1, 4, 6, 20, 31, 45, 130):
        call = now - datetime.timedelta(minutes=minutes)
        made = [registered(duty_officer, received_at=call, wants_reply=bool(n % 2)) for n in range(4)]
        for complaint in made[1:]:
            complaint.dispatch(by=duty_officer, to=[inspector], at=call)
        for complaint in made[2:]:
            complaint.arrive(by=inspector, at=call)
            complaint.find(by=inspector, finding="running" if complaint is made[2] else "not_running", at=call)
    late = {c.pk for c in Complaint.objects.all() if any(clock.state == "late" for clock in clocks_of(c, now))}
    assert late == set(overdue(Complaint.objects.all(), now).values_list("pk", flat=True))
    assert 0 < len(late) < Complaint.objects.count()


@pytest.mark.parametrize("asked", [NUMBER, "139 7777 8888", "+8613977778888", "0938-8212345", f"王 {NUMBER}"])
def test_a_telephone_number_is_not_searched_here_and_goes_into_no_further_address(
    asked, three, signed_in, duty_officer
):
    client = signed_in(duty_officer)
    answer = client.get("/complaints/", {"q": asked, "status": "open"})
    assert answer.status_code == 302 and answer.url == "/callers/search/"
    page = client.get(answer.url).content.decode()
    assert "7777" not in page and 'role="status"' in page
    assert NUMBER not in client.get("/complaints/export/", {"q": asked, "format": "csv"}).headers.get("Location", "")


def test_who_may_not_look_for_numbers_is_sent_to_the_list(signed_in, auditor):
    assert signed_in(auditor).get("/complaints/", {"q": NUMBER}).url == "/complaints/"


@pytest.mark.parametrize("asked", ["TS20200127-001", "20200127-001", "2020012700001", "2020"])
def test_numbers_of_complaints_and_sheets_are_searched(asked, three, listed):
    listed(f"q={asked}")


def test_pages_follow_each_other_without_gap_or_double(duty_officer, signed_in):
    moment = timezone.now() - datetime.timedelta(hours=5)
    for n in range(120):
        registered(duty_officer, received_at=moment + datetime.timedelta(minutes=n // 3), number="")
    client, seen, address, firsts = signed_in(duty_officer), [], "/complaints/", []
    while address:
        page = filled(client.get(address))
        rows = list(dict.fromkeys(re.findall(r'href="/complaints/(TS[\d-]+)/"', page)))
        firsts.append(rows)
        seen += rows
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/complaints/{found[1]}" if found else None
    assert len(seen) == len(set(seen)) == 120
    back = re.search(r'rel="prev" href="([^"]+)"', page)[1]
    rows = list(dict.fromkeys(re.findall(r'href="/complaints/(TS[\d-]+)/"', filled(client.get(f"/complaints/{back}")))))
    assert rows == firsts[1]


def test_a_long_list_costs_as_many_queries_as_a_short_one(three, duty_officer, inspector, signed_in):
    client = signed_in(duty_officer)
    few = queries(client, "/complaints/")
    for _complaint in range(30):
        registered(duty_officer).dispatch(by=duty_officer, to=[inspector])
    assert queries(client, "/complaints/") == few <= 14


def test_the_rows_alone_come_to_htmx(three, signed_in, duty_officer):
    answer = signed_in(duty_officer).get("/complaints/", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode() and "HX-Request" in answer["Vary"]
