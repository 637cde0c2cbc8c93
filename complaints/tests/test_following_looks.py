"""A look that answers a complaint's alert moves the complaint, in whatever order looks arrive, and is kept in any case."""

import datetime
import uuid

import pytest
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.models import Inspection, Violation
from venues.tests.forms import filled, sent

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def rang():
    """When the call came."""
    return (timezone.now() - datetime.timedelta(hours=3)).replace(second=0, microsecond=0)


@pytest.fixture
def complaint(duty_officer, inspector, second_inspector, netbar, rang, order):
    made = registered(duty_officer, venue=netbar, place="", received_at=rang)
    made.dispatch(by=duty_officer, to=[inspector, second_inspector], at=rang + 2 * MINUTE)
    return made


@pytest.fixture
def look(inspector, second_inspector, rang):
    def record(complaint, minutes, result, **values):
        values = {
            "by": inspector, "officers": [inspector, second_inspector], "alert": complaint.alert, "venue": complaint.venue,
            "client_uuid": uuid.uuid4(),
        } | values  # fmt: skip
        kept = Inspection.objects.record(observed_at=rang + minutes * MINUTE, result=result, **values)
        complaint.refresh_from_db()
        return kept

    return record


RUNNING, NOT_RUNNING = Complaint.Finding.RUNNING, Complaint.Finding.NOT_RUNNING


@pytest.mark.parametrize(
    ("result", "finding", "status"),
    [
        ("operating", RUNNING, Status.IN_PROGRESS), ("concealed", RUNNING, Status.IN_PROGRESS),
        ("closed", NOT_RUNNING, Status.AWAITING_ANSWER), ("not_found", "not_found", Status.AWAITING_ANSWER),
        ("limited", "other", Status.AWAITING_ANSWER), ("unverifiable", "other", Status.AWAITING_ANSWER),
    ],
)  # fmt: skip
def test_a_look_is_the_arrival_and_the_finding(complaint, look, rang, result, finding, status):
    look(complaint, 25, result, remark="后门")
    assert (complaint.status, complaint.finding) == (status, finding)
    assert complaint.arrived_at == complaint.found_at == rang + 25 * MINUTE
    assert "后门" in complaint.outcome


def test_the_stop_of_the_violation_stops_the_complaint(complaint, look, rang, inspector, second_inspector):
    complaint.sign(by=inspector, at=rang + 5 * MINUTE)
    look(complaint, 25, "operating")
    violation = Violation.objects.get()
    violation.stop(
        by=inspector,
        officers=[inspector, second_inspector],
        at=rang + 40 * MINUTE,
        client_uuid=uuid.uuid4(),
        measures="劝离",
    )
    complaint.refresh_from_db()
    assert (complaint.status, complaint.stopped_at) == (Status.AWAITING_ANSWER, rang + 40 * MINUTE)
    assert complaint.stopped_at - complaint.received_at == 40 * MINUTE
    assert complaint.signed_at == rang + 5 * MINUTE


def test_a_later_look_that_saw_it_closed_stops_it_too_even_without_the_alert(complaint, look, rang):
    look(complaint, 25, "operating")
    look(complaint, 40, "closed", alert=None)
    assert (complaint.status, complaint.stopped_at) == (Status.AWAITING_ANSWER, rang + 40 * MINUTE)


@pytest.mark.parametrize("order_of_arrival", [(0, 1), (1, 0)])
def test_the_looks_may_arrive_in_any_order(complaint, look, rang, order_of_arrival):
    looks = [(25, "operating"), (40, "closed")]
    for place in order_of_arrival:
        look(complaint, *looks[place])
    assert (complaint.status, complaint.finding) == (Status.AWAITING_ANSWER, RUNNING)
    assert [complaint.arrived_at, complaint.found_at, complaint.stopped_at] == [rang + m * MINUTE for m in (25, 25, 40)]


def test_the_same_record_sent_again_changes_nothing(complaint, look):
    key = uuid.uuid4()
    look(complaint, 25, "operating", client_uuid=key)
    events = complaint.events.count()
    look(complaint, 25, "operating", client_uuid=key)
    assert complaint.events.count() == events


def test_what_an_officer_typed_is_not_overwritten(complaint, look, inspector, rang):
    complaint.arrive(by=inspector, at=rang + 20 * MINUTE)
    look(complaint, 25, "operating")
    assert (complaint.arrived_at, complaint.found_at) == (rang + 20 * MINUTE, rang + 25 * MINUTE)


def test_a_look_after_the_caller_was_told_is_only_noted(complaint, look, duty_officer):
    look(complaint, 25, "closed")
    complaint.call_back(by=duty_officer, result="reached", told="无人")
    look(complaint, 60, "operating")
    assert complaint.status == Status.AWAITING_ANSWER and complaint.finding == NOT_RUNNING
    assert complaint.events.last().act == Act.NOTE


def test_seen_operating_again_before_the_caller_was_told_reopens_the_handling(complaint, look):
    look(complaint, 25, "closed")
    look(complaint, 60, "operating")
    assert (complaint.status, complaint.finding) == (Status.IN_PROGRESS, RUNNING)


@pytest.mark.parametrize("status", [Status.REGISTERED, Status.CLOSED, Status.VOID, Status.TRANSFERRED])
def test_in_any_other_state_the_look_is_kept_and_noted(complaint, look, status):
    Complaint.objects.filter(pk=complaint.pk).update(status=status)
    kept = look(complaint, 25, "operating")
    assert complaint.status == status and complaint.arrived_at is None
    assert complaint.events.last().data == {"look": kept.pk}
    assert complaint.events.filter(act=Act.NOTE).count() == 1


def test_a_look_from_afar_is_no_arrival(complaint, look):
    look(complaint, 25, "operating", method="phone")
    assert complaint.arrived_at is None and complaint.status == Status.DISPATCHED


def test_a_look_by_another_patrol_without_the_alert_moves_nothing(complaint, look):
    look(complaint, 25, "closed", alert=None)
    assert complaint.status == Status.DISPATCHED and complaint.arrived_at is None


def test_the_look_of_a_merged_complaint_moves_its_parent(complaint, look, duty_officer, netbar, inspector):
    parent = registered(duty_officer, venue=netbar, place="", received_at=complaint.received_at)
    parent.dispatch(by=duty_officer, to=[inspector])
    complaint.merge(by=duty_officer, parent=parent)
    look(complaint, 25, "closed")
    parent.refresh_from_db()
    assert (parent.status, complaint.status) == (Status.AWAITING_ANSWER, Status.MERGED)


def test_a_follower_that_is_refused_does_not_cost_the_look(complaint, look, monkeypatch):
    from venues.transitions import TooLate

    monkeypatch.setattr(Complaint, "arrive", lambda self, **said: (_ for _ in ()).throw(TooLate("谁先到")))
    kept = look(complaint, 25, "operating")
    assert Inspection.objects.filter(pk=kept.pk).exists() and complaint.status == Status.DISPATCHED
    assert complaint.events.last().act == Act.NOTE


def test_a_place_without_venue_is_entered_on_the_spot_and_becomes_the_complaints_venue(
    duty_officer, inspector, second_inspector, signed_in, qinzhou, category
):
    complaint = registered(duty_officer, district=qinzhou)
    complaint.dispatch(by=duty_officer, to=[inspector, second_inspector])
    street = signed_in(inspector)
    page = filled(street.get(complaint.get_absolute_url()))
    assert f"/inspections/new/?alert={complaint.alert_id}" in page
    assert f"/venues/unlicensed/new/?alert={complaint.alert_id}" in filled(
        street.get(f"/inspections/new/?alert={complaint.alert_id}")
    )
    address = f"/venues/unlicensed/new/?alert={complaint.alert_id}"
    assert "体育场东门" in filled(street.get(address))
    answer = sent(street, address, {"place": "体育场东门", "district": qinzhou.pk, "category": category("arcade").pk})
    assert answer.status_code == 302 and f"alert={complaint.alert_id}" in answer.url
    filled(street.get(answer.url))
    now = timezone.localtime()
    fields = {
        "officers": [inspector.pk, second_inspector.pk], "result": "operating", "method": "on_site", "alert": complaint.alert_id,
        "on": str(now.date()), "time": f"{now + MINUTE:%H:%M}",
    }  # fmt: skip
    assert sent(street, answer.url, fields).status_code == 302
    complaint.refresh_from_db()
    assert complaint.venue is not None and complaint.venue.name == "体育场东门"
    assert (complaint.status, complaint.finding) == (Status.IN_PROGRESS, RUNNING)
