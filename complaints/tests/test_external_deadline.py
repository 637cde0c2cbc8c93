"""The number and the deadline of the hotline that passed a complaint on, entered by hand: on the call form and afterwards."""

import datetime

import pytest
from django.utils import timezone

from complaints.figures import complaint_figures
from complaints.models import Channel, Complaint
from complaints.tests.calling import registered, typed
from complaints.workflow import Act
from venues.tests.forms import filled, sent

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def desk(signed_in, duty_officer):
    return signed_in(duty_officer)


def channel(slug="12345"):
    return Channel.objects.get(slug=slug)


def as_typed(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def soon(hours):
    return (timezone.now() + hours * HOUR).replace(second=0, microsecond=0)


def passed_on(officer, **fields):
    return registered(officer, channel=channel(), **fields)


def test_the_deadline_is_typed_with_the_call_and_the_answer_is_due_by_then(desk):
    deadline = soon(1)  # before our own limit of two hours
    asked = typed(channel=channel().pk, ongoing="yes", external_no="GD-7", external_deadline=as_typed(deadline))
    assert sent(desk, "/calls/new/", asked).status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.external_no, complaint.external_deadline) == ("GD-7", deadline)
    assert complaint.answer_due_at == deadline
    page = filled(desk.get(complaint.get_absolute_url()))
    assert "GD-7" in page and f"{timezone.localtime(deadline):%Y-%m-%d %H:%M}" in page


@pytest.mark.parametrize(
    "fields", [{"channel": "unit_phone"}, {"external_deadline": "2020-01-01T08:00"}, {"external_deadline": "99999"}]
)
def test_a_deadline_of_no_hotline_of_the_past_or_of_no_time_is_said_beside_its_field(fields, desk):
    fields = {"channel": "12345", "external_deadline": as_typed(soon(30))} | fields
    answer = sent(desk, "/calls/new/", typed(**fields | {"channel": channel(fields["channel"]).pk}))
    text = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_external_deadline_error"' in text
    assert 'id="call_more"' in text and " open><summary>" in text[text.index('id="call_more"') :][:200]
    assert not Complaint.objects.exists()


def test_the_form_knows_which_channels_pass_sheets_on(desk):
    keys = " ".join(str(channel(slug).pk) for slug in ("12345", "12318", "12301"))
    assert f'data-channels="{keys}"' in filled(desk.get("/calls/new/"))


def test_it_is_entered_afterwards_and_the_row_keeps_old_and_new(desk, duty_officer):
    complaint = passed_on(duty_officer)
    own, deadline = complaint.answer_due_at, soon(1)
    url = f"/complaints/{complaint.number}/external/"
    assert url in filled(desk.get(complaint.get_absolute_url()))
    filled(desk.get(url))
    asked = {"external_no": "GD-8", "external_deadline": as_typed(deadline), "text": "来函"}
    assert sent(desk, url, asked).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.external_no, complaint.external_deadline, complaint.answer_due_at) == ("GD-8", deadline, deadline)
    event = complaint.events.last()
    assert event.act == Act.EXTERNAL and event.data["changes"]["external_no"] == ["", "GD-8"]
    assert event.data["answer_was_due"] == own.isoformat()
    assert f"{timezone.localtime(deadline):%Y-%m-%d %H:%M}" in filled(desk.get(complaint.get_absolute_url()))
    assert sent(desk, url, {"external_no": "GD-8", "external_deadline": ""}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.external_deadline is None and complaint.answer_due_at == own


def test_figures_of_a_moment_before_the_deadline_was_known_stay_as_they_were(duty_officer):
    came = timezone.now() - 5 * HOUR
    complaint = passed_on(duty_officer, received_at=came, recorded_at=came)
    Complaint.objects.filter(pk=complaint.pk).update(answer_due_at=came + 24 * HOUR, urgency="urgent")
    complaint.refresh_from_db()
    complaint.set_external(by=duty_officer, external_no="GD-9", deadline=came + HOUR, at=came + 3 * HOUR)
    assert complaint_figures(came + 2 * HOUR)["overdue"] == 0
    assert complaint_figures(came + 3 * HOUR)["overdue"] == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"external_no": "13900001111"}, 422), ({"external_no": "GD-1"}, 422), ({"external_deadline": "2020-01-01T08:00"}, 422),
        ({"external_deadline": "x"}, 422), ({}, 422),
    ],
)  # fmt: skip
def test_a_telephone_number_a_number_that_is_taken_or_nothing_new_is_refused(said, status, desk, duty_officer):
    passed_on(duty_officer, external_no="GD-1")
    complaint = passed_on(duty_officer)
    answer = sent(desk, f"/complaints/{complaint.number}/external/", said)
    assert answer.status_code == status and complaint.events.count() == 1


def test_what_came_by_no_other_hotline_has_no_deadline_of_one(desk, duty_officer):
    complaint = registered(duty_officer)
    url = f"/complaints/{complaint.number}/external/"
    assert url not in filled(desk.get(complaint.get_absolute_url()))
    assert sent(desk, url, {"external_no": "GD-1"}).status_code == 422
