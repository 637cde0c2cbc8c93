"""`manage.py tick`: what is due is forgotten once, one failing job keeps no other away, reminders name nobody."""

import datetime
import io
import logging
import os
import time
import uuid

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from complaints.models import Draft
from enforcement.keeping import ticking
from enforcement.keeping.running import alone
from enforcement.models import AuditEntry
from enforcement.tests.keeping.keepsakes import in_a_thread
from venues.models import Submission

DAY = datetime.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def old_and_young(db, duty_officer, now, settings):
    for days in (40, 1):
        at = now - days * DAY
        Draft.objects.keep(by=duty_officer, client_id=uuid.uuid4(), fields={"number": "13900001111"}, at=at)
        Submission.objects.create(key=uuid.uuid4(), by=duty_officer, path="/", fingerprint="x", at=at)
        Session.objects.create(session_key=f"key{days}", session_data="x", expire_date=now + (20 - days) * DAY)
        attempt = AccessAttempt.objects.create(username="x", failures_since_start=1, get_data="", post_data="")
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=at)
        path = settings.DATA_DIR / "imports" / "progress" / f"{days}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        os.utime(path, (time.time() - days * 7200 * 10,) * 2)


def counts():
    models = Draft, Submission, Session, AccessAttempt
    return [model.objects.count() for model in models]


def test_what_is_due_goes_and_what_is_not_stays(old_and_young, settings):
    out = io.StringIO()
    call_command("tick", stdout=out)
    assert "drafts 1" in out.getvalue() and "forms 1, sessions 1, attempts 1, progress 1" in out.getvalue()
    assert counts() == [1, 1, 1, 1]
    assert [path.name for path in (settings.DATA_DIR / "imports" / "progress").iterdir()] == ["1.json"]


def test_a_second_run_finds_nothing_and_leaves_no_second_row_in_the_trail(old_and_young):
    ticking.tick()
    done, failed = ticking.tick()
    assert set(done.values()) == {0} and failed == []
    assert AuditEntry.objects.filter(act="anonymise").count() == 1


def test_a_dry_run_changes_nothing(old_and_young, settings):
    out = io.StringIO()
    call_command("tick", "--dry-run", stdout=out)
    assert "forms 1" in out.getvalue() and "nothing was changed" in out.getvalue() and counts() == [2, 2, 2, 2]
    assert len(list((settings.DATA_DIR / "imports" / "progress").iterdir())) == 2


def test_one_job_that_fails_keeps_no_other_away_and_is_told(old_and_young, monkeypatch, caplog):
    def forget(**kwargs):
        Draft.objects.all().delete()
        raise RuntimeError("boom")

    monkeypatch.setattr(ticking, "forget", forget)
    with pytest.raises(CommandError, match="callers"):
        call_command("tick", stdout=io.StringIO())
    assert counts() == [2, 1, 1, 1]  # its own work was rolled back
    assert "tick: callers failed" in caplog.text


def test_two_at_once_are_refused(db):
    def second():
        with pytest.raises(CommandError, match="at work"):
            call_command("tick", stdout=io.StringIO())

    with alone("tick"):
        in_a_thread(second)


def test_reminders_are_counts_in_the_log_and_name_nobody(order, netbar, caplog):
    caplog.set_level(logging.WARNING)
    ticking.tick()
    assert "2 venues were not yet seen closed after the deadline" in caplog.text
    assert "there is no backup yet" in caplog.text and netbar.name not in caplog.text


@pytest.mark.parametrize(("hours", "reminded"), [(1, False), (30, True)], ids=["fresh", "old"])
def test_an_old_backup_is_reminded_of(hours, reminded, db, now, caplog):
    AuditEntry.objects.write("backup", at=now - datetime.timedelta(hours=hours))
    ticking.tick()
    assert ("the last backup is of" in caplog.text) is reminded and "no backup yet" not in caplog.text
