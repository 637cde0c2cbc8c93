"""The place of a complaint on the visit list: off it when the complaint ends, on it again when somebody has to look again; and what
is seen at a venue is recorded there."""

import uuid

import pytest
from django.utils import timezone

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Status
from venues.models import Alert, Inspection, Violation
from venues.tests.forms import filled, sent


@pytest.fixture
def complaint(duty_officer, inspector, second_inspector, netbar, order):
    made = registered(duty_officer, venue=netbar, place="")
    made.dispatch(by=duty_officer, to=[inspector, second_inspector])
    return made


@pytest.fixture
def there(complaint, inspector):
    complaint.sign(by=inspector)
    return complaint


def page(complaint, act):
    return f"/complaints/{complaint.number}/{act}/"


ENDS = {
    "void": lambda c, by: c.void(by=by, reason="误登"),
    "transfer": lambda c, by: c.transfer(by=by, to="公安局", reason="涉赌", finding="other"),
    "answer_at_once": lambda c, by: (c.return_(by=by, reason="无人"), c.answer_at_once(by=by, text="已答复")),
    "not_accept": lambda c, by: (c.return_(by=by, reason="无人"), c.not_accept(by=by, reason="不属职责")),
}


@pytest.mark.parametrize("end", ENDS)
def test_an_end_takes_the_place_off_the_visit_list(end, complaint, leader):
    ENDS[end](complaint, leader)
    alert = Alert.objects.get()
    assert alert.answered_by == leader and complaint.number in alert.answer_text


def test_the_alert_of_a_merged_one_is_handed_to_the_first_or_answered(complaint, leader, inspector, netbar):
    first, second = registered(leader, venue=netbar, place=""), registered(leader, venue=netbar, place="")
    complaint.merge(by=leader, parent=first, finding="other")
    first.refresh_from_db()
    assert first.alert == Alert.objects.open().get() and complaint.alert is None
    second.dispatch(by=leader, to=[inspector])
    second.merge(by=leader, parent=first)
    assert Alert.objects.open().get() == first.alert and second.alert.answered_by == leader


def test_a_look_at_the_alert_of_a_merged_one_moves_the_first(complaint, leader, inspector, second_inspector, netbar):
    first = registered(leader, venue=netbar, place="")
    first.dispatch(by=leader, to=[inspector])
    alert = complaint.alert
    complaint.merge(by=leader, parent=first, finding="other")
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector],
        observed_at=timezone.now(), result="closed", alert=alert,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.status == Status.AWAITING_ANSWER


def test_a_finding_typed_for_a_place_answers_its_alert(duty_officer, inspector):
    complaint = registered(duty_officer)
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.sign(by=inspector)
    complaint.find(by=inspector, finding="not_running", text="无人摆摊")
    assert "无人摆摊" in Alert.objects.get().answer_text and not Alert.objects.open().exists()


@pytest.mark.parametrize("again", ["still_going_on", "reopen"])
def test_what_goes_on_again_is_on_the_visit_list_again_and_its_look_moves_it(
    again, there, duty_officer, inspector, second_inspector, netbar, signed_in
):
    def look(result):
        Inspection.objects.record(
            by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector],
            observed_at=timezone.now(), result=result, alert=there.alert,
        )  # fmt: skip
        there.refresh_from_db()

    look("closed")
    if again == "reopen":
        there.call_back(by=duty_officer, result="reached", told="已查")
        there.close(by=duty_officer)
    first = there.alert
    getattr(there, again)(by=duty_officer, reason="又营业")
    assert Alert.objects.open().get() == there.alert != first
    look("closed")
    assert there.status == Status.AWAITING_ANSWER and list(there.alerts.order_by("pk")) == [first, there.alert]
    looks = filled(signed_in(duty_officer).get(there.get_absolute_url()))
    assert all(one.get_absolute_url() in looks for one in Inspection.objects.all())


def test_who_is_sent_again_after_a_look_gets_a_new_alert_and_before_it_none(complaint, duty_officer, inspector):
    complaint.return_(by=inspector, reason="无人")
    complaint.dispatch(by=duty_officer, to=[inspector])
    assert Alert.objects.count() == 1
    complaint.return_(by=inspector, reason="无人")
    complaint.alert.answer(by=inspector)
    complaint.dispatch(by=duty_officer, to=[inspector])
    assert Alert.objects.count() == 2 and Alert.objects.open().get() == complaint.alert


# --- what is seen at a venue is recorded there ----------------------------------------------------------------------------


def test_the_finding_of_a_venue_is_the_form_of_its_look(there, signed_in, inspector):
    answer = signed_in(inspector).get(page(there, "find"))
    assert answer.status_code == 302 and answer.url.startswith("/inspections/new/?")
    form = filled(signed_in(inspector).get(answer.url))
    assert there.venue.name in form and f'value="{there.alert_id}" selected' in form


@pytest.mark.parametrize("finding", ["running", "not_running"])
def test_what_a_venue_did_is_not_typed_on_the_complaint(finding, there, signed_in, inspector):
    answer = sent(signed_in(inspector), page(there, "find"), {"seen": "in_progress-1", "finding": finding})
    there.refresh_from_db()
    assert answer.status_code == 422 and there.found_at is None and not Inspection.objects.exists()


def test_a_finding_that_is_no_look_may_be_typed(there, signed_in, inspector):
    fields = {"seen": "in_progress-1", "finding": "other", "text": "举报人撤回"}
    assert sent(signed_in(inspector), page(there, "find"), fields).status_code == 302
    assert not Alert.objects.open().exists()


def test_the_stop_of_a_violation_that_runs_is_recorded_there(there, signed_in, inspector, second_inspector, netbar):
    Inspection.objects.record(
        by=inspector, client_uuid=uuid.uuid4(), venue=netbar, officers=[inspector, second_inspector],
        observed_at=timezone.now(), result="operating", alert=there.alert,
    )  # fmt: skip
    there.refresh_from_db()
    violation, street = Violation.objects.running().get(), signed_in(inspector)
    assert street.get(page(there, "stop")).url == f"/violations/{violation.pk}/stop/"
    assert sent(street, page(there, "stop"), {"seen": "in_progress-1", "text": "劝离"}).status_code == 422
    assert Complaint.objects.get(pk=there.pk).stopped_at is None
    violation.stop(by=inspector, officers=[inspector, second_inspector], at=timezone.now(), client_uuid=uuid.uuid4())
    assert Complaint.objects.get(pk=there.pk).status == Status.AWAITING_ANSWER
