"""The desk: each section fills and empties by what happens, it refreshes itself, and its price does not grow."""

import datetime
import uuid
from copy import copy as copy_of

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from complaints.desk import desk_of
from complaints.models import Call, Channel, Complaint, Draft
from complaints.tests.calling import registered
from venues.tests.forms import filled, queries, sent

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def sections(duty_officer):
    """{section: numbers} of the desk now."""

    def read():
        desk = desk_of(duty_officer, timezone.now())
        names = ("to_dispatch", "unsigned", "at_work", "due_now", "told_later")
        rows = {name: [getattr(row, "complaint", row) for row in getattr(desk, name)] for name in names}
        return {name: [complaint.number for complaint in found] for name, found in rows.items() if found}

    return read


def test_a_complaint_walks_through_the_sections_and_leaves_the_desk(duty_officer, inspector, netbar, sections):
    complaint = registered(duty_officer, venue=netbar, place="")
    number = [complaint.number]
    assert sections() == {"to_dispatch": number}
    complaint.dispatch(by=duty_officer, to=[inspector])
    assert sections() == {"unsigned": number}
    complaint.sign(by=inspector)
    assert sections() == {"at_work": number}
    complaint.arrive(by=inspector)
    complaint.find(by=inspector, finding="running")
    assert sections() == {"at_work": number}
    complaint.stop(by=inspector)
    assert sections() == {"due_now": number}
    complaint.call_back(by=duty_officer, result="reached", told="已关停")
    assert sections() == {}


def test_who_was_given_up_and_whose_complaint_was_merged_is_still_to_be_told(duty_officer, sections):
    parent, child = registered(duty_officer), registered(duty_officer)
    child.merge(by=duty_officer, parent=parent)
    parent.answer_at_once(by=duty_officer, text="已答复")
    given_up = registered(duty_officer, received_at=timezone.now() - datetime.timedelta(hours=9))
    Complaint.objects.filter(pk=given_up.pk).update(status="awaiting_answer")
    given_up.refresh_from_db()
    for hours in (3, 2, 1):
        given_up.call_back(by=duty_officer, result="no_answer", at=timezone.now() - datetime.timedelta(hours=hours))
    given_up.close(by=duty_officer)
    assert sections() == {"due_now": [child.number], "told_later": [given_up.number]}


def test_the_critical_unsigned_stand_first_then_the_oldest_and_only_critical_ones_sound(duty_officer, inspector):
    ages = [registered(duty_officer, received_at=timezone.now() - minutes * MINUTE) for minutes in (5, 40, 20)]
    for complaint, minutes in zip(ages, (1, 30, 10), strict=True):
        complaint.dispatch(by=duty_officer, to=[inspector], at=timezone.now() - minutes * MINUTE)
    ages[2].set_urgency(by=duty_officer, urgency="normal", reason="已停止")
    desk = desk_of(duty_officer, timezone.now())
    assert [c.number for c in desk.unsigned] == [ages[n].number for n in (1, 0, 2)]
    assert (desk.alarms, desk.late_unsigned) == (2, 1)


@pytest.mark.parametrize("older", ["registered", "dispatched", "in_progress"])
def test_a_new_critical_one_is_drawn_and_sounds_behind_hundreds_of_old_ones(
    older, duty_officer, inspector, signed_in, sections
):
    new = registered(duty_officer)
    new.dispatch(by=duty_officer, to=[inspector])
    old = registered(duty_officer, received_at=timezone.now() - datetime.timedelta(days=9))
    _copies(old, 320, status=older, urgency="normal", dispatched_at=old.received_at)
    desk = desk_of(duty_officer, timezone.now())
    assert desk.unsigned[0] == new and desk.alarms == 1
    counts = {"to_dispatch": 1, "unsigned": 1, "at_work": 0}
    counts[{"registered": "to_dispatch", "dispatched": "unsigned", "in_progress": "at_work"}[older]] += 320
    assert counts.items() <= desk.counts.items()
    page = filled(signed_in(duty_officer).get("/desk/"))
    assert 'data-alarm="1"' in page and f"?status={older}" in page and f"/complaints/{new.number}/" in page


def test_the_page_refreshes_itself_without_keeping_the_session_alive(signed_in, duty_officer):
    desk = signed_in(duty_officer)
    page = desk.get("/desk/")
    text = page.content.decode()
    assert 'data-refresh hx-get="/desk/"' in text and '{"X-Refresh": "1"}' in text and "HX-Request" in page["Vary"]
    part = desk.get("/desk/", headers={"HX-Request": "true", "X-Refresh": "1"}).content.decode()
    assert part.lstrip().startswith('<div id="desk"') and "<html" not in part


def test_the_alarm_is_a_number_in_the_page_and_no_sound_is_on_by_itself(signed_in, duty_officer, inspector):
    client = signed_in(duty_officer)
    assert 'data-alarm="0"' in filled(client.get("/desk/"))
    registered(duty_officer).dispatch(by=duty_officer, to=[inspector])
    page = filled(client.get("/desk/"))
    assert 'data-alarm="1"' in page and "<audio" not in page and 'id="desk_sound"' in page


def test_missed_calls_wait_until_somebody_called_back(signed_in, duty_officer):
    call = Call.objects.log(
        by=duty_officer,
        client_id=uuid.uuid4(),
        channel=Channel.objects.get(slug="unit_phone"),
        result="missed",
        number="13900004444",
    )
    desk = signed_in(duty_officer)
    page = filled(desk.get("/desk/"))
    assert f"/calls/{call.pk}/returned/" in page and "139****4444" in page and "13900004444" not in page
    assert sent(desk, f"/calls/{call.pk}/returned/", {}).status_code == 302
    assert f"/calls/{call.pk}/returned/" not in filled(desk.get("/desk/"))


def test_my_unfinished_calls_lead_back_to_their_form_and_nobody_elses(signed_in, duty_officer, second_duty_officer):
    draft = Draft.objects.keep(by=duty_officer, client_id=uuid.uuid4(), fields={"number": "13900005555"})
    page = filled(signed_in(duty_officer).get("/desk/"))
    assert f"/calls/new/?draft={draft.client_id}" in page and "13900005555" not in page
    assert "?draft=" not in filled(signed_in(second_duty_officer).get("/desk/"))


def test_my_unfinished_calls_are_told_apart_by_their_place_or_their_number_masked(signed_in, duty_officer):
    for fields in ({"number": "13900005555"}, {"number": "13900005555", "venue_q": "蓝天网吧"}):
        Draft.objects.keep(by=duty_officer, client_id=uuid.uuid4(), fields=fields)
    page = filled(signed_in(duty_officer).get("/desk/"))
    assert "139****5555" in page and "蓝天网吧" in page and "13900005555" not in page


def test_the_lane_of_duty_is_empty_until_a_roster_names_somebody(signed_in, duty_officer, leader, monkeypatch):
    client = signed_in(duty_officer)
    assert leader.name not in filled(client.get("/desk/"))
    monkeypatch.setattr(type(get_user_model().objects), "on_duty", lambda self, at: self.filter(pk=leader.pk))
    assert leader.name in filled(client.get("/desk/"))


def test_signing_from_the_desk_leads_back_to_the_desk(signed_in, duty_officer, inspector):
    complaint = registered(duty_officer)
    complaint.dispatch(by=duty_officer, to=[inspector])
    answer = sent(
        signed_in(inspector), f"/complaints/{complaint.number}/sign/", {"seen": "dispatched-1", "back": "desk"}
    )
    assert answer.url == "/desk/"


@pytest.mark.parametrize("role", ["clerk", "editor", "viewer", "administrator"])
def test_the_desk_is_not_for_everybody(role, signed_in, request):
    client = signed_in(request.getfixturevalue(role))
    assert client.get("/desk/").status_code == client.get("/complaints/").status_code == 403


def _copies(complaint, count, **columns):
    """`count` further complaints like this one in these columns, without callers, as a list of another hotline brings them."""
    copies = []
    for n in range(count):
        copy = Complaint.objects.get(pk=complaint.pk) if not copies else copy_of(copies[0])
        copy.pk, copy.client_id, copy.number, copy.caller = None, uuid.uuid4(), f"{complaint.number}{n:04d}", None
        for name, value in columns.items():
            setattr(copy, name, value)
        copies.append(copy)
    Complaint.objects.bulk_create(copies)


def _crowd(officer, inspector, venue, count):
    for n in range(count):
        made = [registered(officer, number=f"1390000{n:02d}{m:02d}", venue=venue if m % 2 else None) for m in range(4)]
        made[1].dispatch(by=officer, to=[inspector])
        made[2].dispatch(by=officer, to=[inspector])
        made[2].arrive(by=inspector)
        made[3].dispatch(by=officer, to=[inspector])
        made[3].arrive(by=inspector)
        made[3].find(by=inspector, finding="not_running")


def test_a_full_desk_costs_as_many_queries_as_a_nearly_empty_one(signed_in, duty_officer, inspector, netbar):
    client = signed_in(duty_officer)
    _crowd(duty_officer, inspector, netbar, 1)
    few = queries(client, "/desk/")
    _crowd(duty_officer, inspector, netbar, 6)
    assert queries(client, "/desk/") == few <= 26  # three of them for the head of the page
