"""Urgency, deadline, supervision, extension: from the states of the table alone, and not from a page that is out of date."""

import pytest

from complaints.models import Complaint
from complaints.tests.calling import registered
from complaints.workflow import BESIDE, Act, Status
from venues.tests.forms import filled, sent
from venues.transitions import TooLate

READING = [act for act, row in BESIDE.items() if row.reads]
SAID = {
    Act.SET_URGENCY: {"urgency": "normal", "reason": "已停"},
    Act.SUPERVISE: {"text": "两小时内报结果"},
    Act.EXTEND: {"steps": "answer", "until": "2099-01-01T12:00", "text": "等鉴定"},
    Act.RECATEGORISE: {"reason": "不是网吧"},
    Act.EXTERNAL: {"external_no": "GD-1"},
}
FORBIDDEN = [(act, status) for act in READING for status in Status if status not in BESIDE[act].sources]


@pytest.mark.parametrize(("act", "status"), FORBIDDEN)
def test_what_the_table_forbids_is_neither_offered_nor_done(act, status, signed_in, leader):
    complaint = registered(leader)
    parent = registered(leader) if status == Status.MERGED else None
    Complaint.objects.filter(pk=complaint.pk).update(status=status, parent=parent)
    client, page = signed_in(leader), f"/complaints/{complaint.number}/{act}/"
    assert page not in filled(client.get(complaint.get_absolute_url()))
    assert client.get(page).status_code == 409
    assert sent(client, page, SAID[act]).status_code == 409
    assert complaint.events.count() == 1


@pytest.mark.parametrize("act", READING)
def test_a_page_of_another_state_is_noticed(act, signed_in, leader):
    complaint = registered(leader)
    answer = sent(signed_in(leader), f"/complaints/{complaint.number}/{act}/", {"seen": "closed-7", **SAID[act]})
    assert answer.status_code == 409 and complaint.events.count() == 1


def test_a_page_that_shows_another_urgency_is_noticed(signed_in, leader, duty_officer):
    complaint = registered(leader)
    page = f"/complaints/{complaint.number}/set_urgency/"
    complaint.set_urgency(by=duty_officer, urgency="urgent", reason="已停")
    fields = {"seen": "registered-1", "was": "critical", "urgency": "normal", "reason": "不急"}
    assert sent(signed_in(leader), page, fields).status_code == 409
    complaint.refresh_from_db()
    assert complaint.urgency == "urgent"


@pytest.mark.parametrize(
    "act",
    [
        lambda c, by: c.set_urgency(by=by, urgency="normal", reason="已停"),
        lambda c, by: c.note(by=by, act=Act.SUPERVISE, text="两小时内报结果"),
        lambda c, by: c.set_external(by=by, external_no="GD-1", deadline=None),
        lambda c, by: c.recategorise(by=by, reason="改", place="西门"),
    ],
    ids=["set_urgency", "supervise", "external", "recategorise"],
)
def test_who_read_it_before_it_was_declared_void_changes_nothing(act, leader):
    from complaints.models import Channel

    complaint = registered(leader, channel=Channel.objects.get(slug="12345"))
    before = Complaint.objects.get(pk=complaint.pk)
    complaint.void(by=leader, reason="误登")
    with pytest.raises(TooLate):
        act(before, leader)
    assert complaint.events.count() == 2
