"""Callers at rest: in no column of no table, until their time is over and then not even encrypted."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from complaints.models import Call, Caller, CallerView, Complaint, ComplaintEvent
from complaints.tests.calling import registered
from complaints.tests.secret_callers import ADDED, FIRST, NAMES, NUMBERS, SPOKEN, leaks, tables_with_leaks
from venues.models import Alert
from venues.models.submissions import Submission
from venues.secrets import decrypt
from venues.transitions import Refused


def test_a_dump_of_the_database_holds_no_caller(seeded):
    assert tables_with_leaks() == {}
    assert Complaint.objects.count() > 7 and CallerView.objects.count() == 2 and Submission.objects.exists()


def test_the_search_of_the_dump_finds_what_was_written_in_clear(seeded, duty_officer):
    """The control: the same search, and one column with a number, one with a name, one with a number in JSON."""
    Complaint.objects.filter(pk=seeded["second"].pk).update(outcome=f"电话 {FIRST[:3]} {FIRST[3:7]} {FIRST[7:]}")
    Call.objects.filter(pk=seeded["call"].pk).update(remark=NAMES[1])
    duty_officer.leave_trail("export", detail={"q": f"x{ADDED}"})
    assert set(tables_with_leaks()) == {"complaints_complaint", "complaints_call", "enforcement_auditentry"}


def test_the_eye_sees_all_spellings():
    said = [
        FIRST,
        "139 7418 5296",
        "139-7418-5296",
        "１３９７４１８５２９６",
        "+8613974185296",
        "7418529",
        "(0938)8529637",
        "\\u6b27\\u9633\\u971c\\u83ca",
    ]
    assert all(leaks(text) for text in [*said, *NAMES, *NUMBERS, "zbigniewa kowalczykowna"])
    assert not leaks("139****5296 2020-01-27 12:20 欧某")


def test_what_was_said_in_full_is_kept_encrypted_beside_the_caller_and_shown_with_a_reason(
    seeded, signed_in, duty_officer
):
    first = seeded["first"]
    assert first.caller.words()["content"] == SPOKEN and "晚上打" in first.reply_when
    page = signed_in(duty_officer).post(f"/complaints/{first.number}/reveal/", {"reason": "回访"}).content.decode()
    assert SPOKEN in page
    assert "139****5296" in first.content and "欧某" in first.content


def test_the_name_is_taken_out_of_what_officers_write_later(seeded):
    written = " ".join(ComplaintEvent.objects.values_list("text", flat=True))
    assert "欧某" in written and "尉某" in written
    told = seeded["first"].callbacks.filter(result="reached")
    assert all("欧某" in words for words in told.filter(call=None).values_list("told", flat=True))
    assert all("尉某" in words for words in told.exclude(call=None).values_list("told", flat=True))


def test_the_words_of_an_alert_and_the_text_to_send_hold_nobody(seeded):
    words = Alert.objects.get(pk=seeded["first"].alert_id).words
    assert not leaks(words) and not leaks(seeded["first"].dispatch_text())


def test_a_form_is_remembered_by_a_keyed_print_that_nobody_can_try_numbers_on(seeded, settings, rf, duty_officer):
    from venues.models.submissions import fingerprint

    request = rf.post("/calls/missed/new/", {"number": FIRST})
    request.user = duty_officer
    before = fingerprint(request)
    settings.SECRET_KEY = "another" * 9
    assert fingerprint(request) != before


# --- forgetting -----------------------------------------------------------------------------------------------------------
def test_anonymising_forgets_name_number_words_and_keeps_the_complaint(seeded, duty_officer, leader):
    first = seeded["first"]
    before = Complaint.objects.values().get(pk=first.pk)
    for caller in Caller.objects.all():
        caller.anonymise()
        assert not any(
            [caller.number_cipher, caller.name_cipher, caller.words_cipher, caller.number_hash, caller.number_masked]
        )
        assert str(caller) == "—" and caller.anonymised_at
        with pytest.raises(Refused):
            caller.reveal(by=leader, reason="回访")
    assert Complaint.objects.values().get(pk=first.pk) == before
    assert not Caller.objects.with_number(FIRST).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM complaints_caller")
        assert "gAAAA" not in str(cursor.fetchall())  # how every ciphertext begins


def test_a_caller_that_somebody_holds_in_memory_is_forgotten_as_well(duty_officer, leader):
    caller = registered(duty_officer, number=FIRST).caller
    Caller.objects.get(pk=caller.pk).anonymise()
    with pytest.raises(Refused):
        caller.reveal(by=leader, reason="回访")
    assert not CallerView.objects.exists()


def test_a_year_after_the_end_the_caller_is_forgotten_and_not_a_day_before(duty_officer, settings):
    settings.CALLER_KEPT_DAYS = 365
    now = timezone.now()
    ages = {
        days: registered(duty_officer, number=FIRST, received_at=now - datetime.timedelta(days=days + 1))
        for days in (364, 366)
    }
    for days, complaint in ages.items():
        complaint.void(by=duty_officer, reason="x", at=now - datetime.timedelta(days=days))
    call_command("anonymise_callers", verbosity=0)
    gone, kept = Caller.objects.get(complaints=ages[366]), Caller.objects.get(complaints=ages[364])
    assert gone.anonymised_at and not gone.number_cipher
    assert decrypt(kept.number_cipher) == FIRST
