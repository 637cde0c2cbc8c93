"""What is forgotten and when; what stays."""

import datetime
import io
import json
import uuid

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from complaints.models import Caller, CallerView, Channel, Complaint, ComplaintEvent, Draft, StagedSheets
from complaints.retention import forget
from complaints.tests.calling import registered

AuditEntry = apps.get_model("enforcement", "AuditEntry")  # by name: this floor does not import that one

DAY = datetime.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ended(duty_officer, now):
    """`ended(days)`: a complaint that was answered at once so many days ago."""

    def make(days, **fields):
        complaint = registered(duty_officer, received_at=now - days * DAY, **fields)
        complaint.answer_at_once(by=duty_officer, text="已答复", at=now - days * DAY)
        return complaint

    return make


def forgotten(complaint):
    return Caller.objects.get(pk=complaint.caller_id).anonymised_at is not None


def test_callers_of_complaints_that_ended_long_ago_are_forgotten_and_others_kept(ended, duty_officer, now):
    old, young = ended(400), ended(300)
    waiting = registered(duty_officer, received_at=now - 500 * DAY)
    assert forget(days=365)["callers"] == 1
    assert (forgotten(old), forgotten(young), forgotten(waiting)) == (True, False, False)
    caller = Caller.objects.get(pk=old.caller_id)
    assert (caller.number_cipher, caller.name_cipher, caller.number_hash, caller.number_masked) == ("", "", "", "")
    assert not Caller.objects.with_number("13900002222").filter(pk=caller.pk).exists()


def test_a_complaint_that_ended_by_another_exit_counts_from_that_moment(duty_officer, now):
    void = registered(duty_officer, received_at=now - 500 * DAY)
    void.void(by=duty_officer, reason="误登", at=now - 400 * DAY)
    late = registered(duty_officer, received_at=now - 500 * DAY)
    late.transfer(by=duty_officer, to="公安局", reason="涉赌", at=now - 10 * DAY)
    forget(days=365)
    assert (forgotten(void), forgotten(late)) == (True, False)


def test_a_merged_one_is_kept_as_long_as_its_parent(duty_officer, now):
    parent, child = (
        registered(duty_officer, received_at=now - 500 * DAY),
        registered(duty_officer, received_at=now - 499 * DAY),
    )
    child.merge(by=duty_officer, parent=parent, at=now - 450 * DAY)
    forget(days=365)
    assert not forgotten(child)
    parent.answer_at_once(by=duty_officer, text="已答复", at=now - 400 * DAY)
    forget(days=365)
    assert forgotten(child) and forgotten(parent)


def test_a_note_of_yesterday_does_not_keep_a_caller(ended, duty_officer):
    old = ended(400)
    old.note(by=duty_officer, text="归档")
    forget(days=365)
    assert forgotten(old)


def test_nothing_is_forgotten_twice_and_no_fact_is_touched(ended, duty_officer, now):
    old = ended(400)
    old.caller.reveal(by=duty_officer, reason="回访", at=now - 399 * DAY)
    before = (ComplaintEvent.objects.count(), CallerView.objects.count(), Complaint.objects.get(pk=old.pk).caller_id)
    assert forget(days=365)["callers"] == 1
    assert forget(days=365) == {"callers": 0, "drafts": 0, "staged": 0}
    assert (
        ComplaintEvent.objects.count(),
        CallerView.objects.count(),
        Complaint.objects.get(pk=old.pk).caller_id,
    ) == before
    entry = AuditEntry.objects.get(act="anonymise")
    assert entry.detail == {"callers": 1, "drafts": 0, "staged": 0, "days": 365} and "2222" not in json.dumps(
        entry.detail
    )


def test_old_drafts_and_undecided_lists_go(duty_officer, now):
    for days in (31, 1):
        Draft.objects.keep(
            by=duty_officer, client_id=uuid.uuid4(), fields={"number": "13900001111"}, at=now - days * DAY
        )
        staged = StagedSheets.objects.keep(by=duty_officer, channel=Channel.objects.first(), name="l.csv", content=b"x")
        StagedSheets.objects.filter(pk=staged.pk).update(uploaded_at=now - (days - 1) * DAY)
    assert forget(days=365) == {"callers": 0, "drafts": 1, "staged": 1}


def test_a_dry_run_says_what_it_would_do_and_does_nothing(ended):
    old = ended(400)
    out = io.StringIO()
    call_command("anonymise_callers", "--dry-run", "--days", "365", stdout=out)
    assert (
        "callers 1" in out.getvalue() and not forgotten(old) and not AuditEntry.objects.filter(act="anonymise").exists()
    )
    call_command("anonymise_callers", stdout=out)
    assert forgotten(old)


def test_callers_are_kept_for_one_day_at_least(db):
    with pytest.raises(CommandError):
        call_command("anonymise_callers", "--days", "0")
