"""At three in the morning nobody signs: whoever may dispatch takes it back or sends others; only those who were sent sign."""

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import Act, Status
from venues.models import Alert
from venues.tests.forms import filled, sent
from venues.transitions import Refused, TooLate


@pytest.fixture
def complaint(duty_officer, inspector):
    made = registered(duty_officer)
    made.dispatch(by=duty_officer, to=[inspector], team="一组")
    return made


def address(complaint, act):
    return f"/complaints/{complaint.number}/{act}/"


def test_who_may_dispatch_takes_an_unsigned_complaint_back(complaint, signed_in, duty_officer):
    desk = signed_in(duty_officer)
    assert address(complaint, "return") in filled(desk.get(complaint.get_absolute_url()))
    assert sent(desk, address(complaint, "return"), {"seen": "dispatched-1", "reason": "无人签收"}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.status == Status.REGISTERED


def test_what_is_being_handled_is_returned_by_those_in_the_field_alone(complaint, signed_in, duty_officer, inspector):
    complaint.sign(by=inspector)
    desk = signed_in(duty_officer)
    assert address(complaint, "return") not in filled(desk.get(complaint.get_absolute_url()))
    answer = sent(desk, address(complaint, "return"), {"seen": "in_progress-1", "reason": "无人"})
    complaint.refresh_from_db()
    assert answer.status_code == 409 and complaint.status == Status.IN_PROGRESS


def test_others_are_sent_in_one_press_with_the_reason(complaint, signed_in, duty_officer, second_inspector):
    desk, sent_at, arrive_due = signed_in(duty_officer), complaint.dispatched_at, complaint.arrive_due_at
    assert address(complaint, "resend") in filled(desk.get("/desk/"))
    fields = {"seen": "dispatched-1", "to": [second_inspector.pk], "reason": "无人签收"}
    assert sent(desk, address(complaint, "resend"), fields).status_code == 302
    complaint.refresh_from_db()
    assert complaint.status == Status.DISPATCHED and list(complaint.assignees.all()) == [second_inspector]
    assert complaint.dispatched_at > sent_at and complaint.arrive_due_at == arrive_due
    assert complaint.sign_due_at > complaint.dispatched_at
    last = complaint.events.last()
    assert (last.act, last.text, last.data["to"]) == (Act.RESEND, "无人签收", [second_inspector.pk])
    assert Alert.objects.open().count() == 1


def test_two_do_not_send_others_at_once(complaint, signed_in, duty_officer, second_duty_officer, second_inspector):
    stale = Complaint.objects.get(pk=complaint.pk)
    shown = complaint.dispatched_at.isoformat()
    complaint.resend(by=second_duty_officer, to=[second_inspector], reason="无人签收")
    with pytest.raises(TooLate):
        stale.resend(by=duty_officer, to=[second_inspector], reason="无人签收")
    fields = {"seen": "dispatched-1", "was": shown, "to": [second_inspector.pk], "reason": "没人接"}
    assert sent(signed_in(duty_officer), address(complaint, "resend"), fields).status_code == 409


def test_only_who_was_sent_signs(complaint, signed_in, inspector, second_inspector):
    stranger = signed_in(second_inspector)
    assert address(complaint, "sign") not in filled(stranger.get(complaint.get_absolute_url()))
    assert address(complaint, "sign") not in filled(stranger.get("/desk/"))
    assert sent(stranger, address(complaint, "sign"), {"seen": "dispatched-1"}).status_code == 422
    complaint.refresh_from_db()
    assert complaint.status == Status.DISPATCHED and complaint.signed_at is None
    assert address(complaint, "sign") in filled(signed_in(inspector).get("/desk/"))
    assert sent(signed_in(inspector), address(complaint, "sign"), {"seen": "dispatched-1"}).status_code == 302


def test_the_leader_signs_for_one_of_them_by_name(complaint, signed_in, leader, inspector, second_inspector):
    page = signed_in(leader)
    assert sent(page, address(complaint, "sign"), {"seen": "dispatched-1"}).status_code == 422
    wrong = {"seen": "dispatched-1", "instead_of": second_inspector.pk}
    assert sent(page, address(complaint, "sign"), wrong).status_code == 422
    right = {"seen": "dispatched-1", "instead_of": inspector.pk}
    assert sent(page, address(complaint, "sign"), right).status_code == 302
    last = complaint.events.last()
    assert (last.by, last.text, last.data) == (leader, str(inspector), {"for": inspector.pk})


def test_nobody_signs_for_another_without_the_permission(complaint, inspector, second_inspector):
    with pytest.raises(Refused):
        complaint.sign(by=second_inspector, instead_of=inspector)
