"""Two at once on daily reports: the numbers have no gap and no double, one act wins. Each guard has a control without it."""

import datetime
import threading

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from conftest import T
from enforcement.daily_report import freezing
from enforcement.models import DailyReport, reports
from venues.models import FactGuard
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def reviewed(order, duty_officer, leader):
    """Reports of four moments, each waiting for the signature."""
    made = [DailyReport.objects.draft(by=duty_officer, as_of=T + hours * HOUR) for hours in range(1, 5)]
    for report in made:
        report.review(by=leader, edits=0)
    return made


def test_of_many_that_are_signed_at_once_each_gets_its_number(reviewed, leader):
    acts = [lambda report=report: report.sign(by=leader, edits=0) for report in reviewed]
    won, _refused = sort_out(at_once(*acts), Refused)
    assert len(won) == 4
    assert sorted(DailyReport.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.fixture
def same_number(monkeypatch):
    """Two signatures that both looked for the last number before either of them wrote."""
    met, looked, count = threading.Barrier(2), threading.local(), freezing.content_hash

    def meet(report):
        if threading.current_thread() is not threading.main_thread() and not getattr(looked, "once", False):
            looked.once = True
            met.wait(timeout=60)
        return count(report)

    monkeypatch.setattr(freezing, "content_hash", meet)


@pytest.mark.postgresql  # SQLite lets one transaction write at a time, so it hides this
def test_who_finds_his_number_taken_gets_the_next_one(reviewed, leader, same_number):
    won, refused = sort_out(at_once(*(lambda r=r: r.sign(by=leader, edits=0) for r in reviewed[:2])), Refused)
    assert len(won) == 2 and refused == []
    issued = DailyReport.objects.issued()
    assert sorted(issued.values_list("number", flat=True)) == [1, 2]
    assert all(freezing.is_unchanged(report) for report in issued)


@pytest.mark.postgresql
def test_without_a_second_attempt_his_signature_would_fail(reviewed, leader, same_number, monkeypatch):
    """The control: with one attempt the test above fails."""
    monkeypatch.setattr(reports, "_ATTEMPTS", 1)
    outcomes = at_once(*(lambda r=r: r.sign(by=leader, edits=0) for r in reviewed[:2]))
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_of_two_who_sign_the_same_report_one_wins(reviewed, leader, inspector):
    copies = [DailyReport.objects.get(pk=reviewed[0].pk) for _one in range(2)]
    outcomes = at_once(
        *(lambda c=c, o=o: c.sign(by=o, edits=0) for c, o in zip(copies, (leader, inspector), strict=True))
    )
    won, refused = sort_out(outcomes, TooLate)
    assert len(won) == len(refused) == 1
    assert DailyReport.objects.filter(number__isnull=False).count() == 1


def test_of_two_edits_of_one_version_one_wins(order, duty_officer, leader):
    draft = DailyReport.objects.draft(by=duty_officer, as_of=T + HOUR)

    def edit(officer, text):
        copy = DailyReport.objects.get(pk=draft.pk)
        return lambda: copy.edit(by=officer, sections={"zh-hans": {"force": text}}, edits=0)

    won, refused = sort_out(at_once(edit(duty_officer, "甲"), edit(leader, "乙")), TooLate)
    assert len(won) == len(refused) == 1
    draft.refresh_from_db()
    assert draft.edits == 1


def test_without_the_version_in_the_condition_the_second_edit_would_swallow_the_first(
    order, duty_officer, leader, monkeypatch
):
    """The control: with a careless move, and the triggers of the database off, both win."""
    FactGuard.objects.all().delete()
    monkeypatch.setattr(
        reports,
        "move",
        lambda rows, *, otherwise, **values: QuerySet(DailyReport).filter(state="draft").update(**values),
    )
    draft = DailyReport.objects.draft(by=duty_officer, as_of=T + HOUR)
    copies = [DailyReport.objects.get(pk=draft.pk) for _one in range(2)]
    acts = [
        lambda c=c, o=o, t=t: c.edit(by=o, sections={"zh-hans": {"force": t}}, edits=0)
        for c, o, t in zip(copies, (duty_officer, leader), "甲乙", strict=True)
    ]
    won, refused = sort_out(at_once(*acts), TooLate)
    assert len(won) == 2 and refused == []


def test_of_two_who_draft_the_same_moment_one_wins(order, duty_officer, leader):
    outcomes = at_once(*(lambda o=o: DailyReport.objects.draft(by=o, as_of=T + HOUR) for o in (duty_officer, leader)))
    won, refused = sort_out(outcomes, Refused)
    assert len(won) == len(refused) == 1


def test_of_an_edit_and_a_signature_at_once_one_wins(reviewed, duty_officer, leader):
    mine, yours = (DailyReport.objects.get(pk=reviewed[0].pk) for _one in range(2))
    outcomes = at_once(
        lambda: mine.edit(by=duty_officer, sections={"zh-hans": {"force": "改"}}, edits=0),
        lambda: yours.sign(by=leader, edits=0),
    )
    won, refused = sort_out(outcomes, TooLate)
    assert len(won) == len(refused) == 1
    report = DailyReport.objects.get(pk=reviewed[0].pk)
    assert (report.state == "signed") == (report.sections["zh-hans"]["force"] != "改")
