"""The traps that others fell into (the last section of hotline.md), each with the tests that spring it. What had no test of its own
has it here; the table fails when a test that it names is renamed away.
"""

import datetime
import importlib
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Call, Complaint, DayCounter, Topic
from complaints.tests.calling import registered, typed
from complaints.workflow import Status
from venues.secrets import decrypt
from venues.tests.forms import filled, sent

TRAPS = {
    "rules only in the browser": [
        "test_call_form.test_what_is_missing_is_said_beside_its_field_and_nothing_is_stored",
        "test_moves.test_an_act_is_done_from_the_states_of_its_row_and_refused_from_all_others",
        "test_traps.test_the_rules_of_a_move_are_the_servers_whatever_the_browser_sends",
    ],
    "look-up by phone never tested": [
        "test_callers_revealed.test_a_number_finds_its_complaints_and_those_it_was_added_to_and_no_name",
        "test_callers_keys.test_a_number_is_found_in_every_form_in_which_it_is_typed",
        "test_call_parts.test_a_number_shows_its_calls_and_open_complaints_without_name_or_number",
    ],
    "privacy flag that protects nothing": [
        "test_traps.test_the_mask_does_not_hang_on_the_flag_of_confidence",
        "test_callers_revealed.test_nobody_else_sees_a_caller_and_no_row_is_written",
    ],
    "a filter that reveals what the field hides": [
        "test_callers_revealed.test_the_list_cannot_be_filtered_by_what_it_hides",
        "test_callers_revealed.test_unknown_filters_find_no_caller",
    ],
    "parent closed, children silently cancelled": [
        "test_moves.test_a_parent_that_ends_leaves_its_children_owed_an_answer",
        "test_callers_owed.test_the_first_complaint_is_not_closed_while_the_caller_of_a_merged_one_waits",
        "test_callers_owed.test_whatever_becomes_of_the_complaint_its_further_caller_is_not_forgotten",
    ],
    "deadline reset by re-categorising": [
        "test_filing_anew.test_no_deadline_is_reset_by_it",
        "test_filing_anew.test_only_another_urgency_changes_what_is_due_and_then_from_the_call",
        "test_figures.test_another_topic_does_not_reset_what_is_due",
    ],
    "working days without holidays": [
        "test_figures.test_limits_in_working_days_follow_the_calendar_of_the_house",
        "test_traps.test_a_holiday_of_the_calendar_moves_what_is_due_in_working_days",
    ],
    "yearly counter reset by a cron job": [
        "test_traps.test_numbers_begin_anew_each_day_across_new_year_without_any_job",
        "test_call_races.test_forms_that_are_saved_at_once_get_numbers_without_gap_or_double",
    ],
    "same message imported twice": [
        "test_sheets_import.test_the_same_list_again_changes_nothing",
        "test_sheets_import.test_two_officers_who_import_one_list_at_once_make_each_complaint_once",
    ],
    "export that breaks on a missing date": [
        "test_sheets_pages.test_the_list_is_exported_with_missing_dates_safe_cells_and_no_caller",
        "test_traps.test_every_date_may_be_missing_from_an_export",
    ],
    "rates that count void and merged ones": [
        "test_figures.test_void_not_accepted_and_merged_ones_are_in_no_rate_and_counted_beside_it",
    ],
    "staff's own name written over the caller's": [
        "test_traps.test_no_act_of_an_officer_writes_over_the_caller",
        "test_sheets_import.test_the_name_of_the_staff_never_becomes_the_callers",
        "test_call_form.test_the_officer_is_whoever_is_signed_in",
    ],
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_tests(trap):
    for name in TRAPS[trap]:
        module, test = name.split(".")
        assert callable(getattr(importlib.import_module(f"complaints.tests.{module}"), test, None)), name


@pytest.mark.parametrize(
    ("act", "status", "fields"),
    [
        ("stop", Status.IN_PROGRESS, {}),  # nothing was found running
        ("close", Status.AWAITING_ANSWER, {}),  # nobody was told
        ("tell", Status.AWAITING_ANSWER, {"result": "reached", "told": "", "way": "phone", "satisfied": "very"}),
        ("tell", Status.AWAITING_ANSWER, {"result": "nonsense", "told": "x", "way": "phone", "satisfied": "very"}),
        ("find", Status.IN_PROGRESS, {"finding": "nonsense"}),
        ("transfer", Status.IN_PROGRESS, {"to": "", "reason": "x"}),
        ("dispatch", Status.REGISTERED, {"to": "99999999"}),
        ("arrive", Status.DISPATCHED, {"on": "2999-01-01", "time": "12:00"}),
        ("extend", Status.IN_PROGRESS, {"steps": "answer", "until": "2020-01-24T12:00", "text": "x"}),
    ],
)
def test_the_rules_of_a_move_are_the_servers_whatever_the_browser_sends(act, status, fields, signed_in, leader):
    complaint = registered(leader)
    Complaint.objects.filter(pk=complaint.pk).update(status=status)
    answer = sent(signed_in(leader), f"/complaints/{complaint.number}/{act}/", {"seen": f"{status}-1", **fields})
    complaint.refresh_from_db()
    assert answer.status_code == 422
    assert (complaint.status, complaint.events.count(), complaint.callbacks.count()) == (status, 1, 0)


def test_the_mask_does_not_hang_on_the_flag_of_confidence(signed_in, duty_officer, inspector, auditor, leader):
    """Who does not ask for confidence is shown to nobody either: the flag is a word to the officers, the mask is for all."""
    number, name = "13977778888", "关世荣"
    complaint = registered(duty_officer, number=number, name=name, content=f"{name}说打{number}", confidential=False)
    complaint.dispatch(by=duty_officer, to=[inspector])
    pages = ["/desk/", "/complaints/", complaint.get_absolute_url(), f"{complaint.get_absolute_url()}sheet/"]
    for officer in (duty_officer, inspector, auditor, leader):
        client = signed_in(officer)
        text = "".join(filled(client.get(page)) for page in pages)
        assert number not in text and name not in text and "139****8888" in text
    export = signed_in(duty_officer).get(reverse("complaints:complaints_export"), {"format": "csv"})
    content = b"".join(export.streaming_content).decode()
    assert complaint.number in content and number not in content and name not in content
    assert name not in complaint.dispatch_text() and number not in complaint.dispatch_text()
    answer = signed_in(inspector).post(f"/complaints/{complaint.number}/reveal/", {"reason": "想看看"})
    assert answer.status_code == 403


def test_a_holiday_of_the_calendar_moves_what_is_due_in_working_days(duty_officer, monkeypatch):
    """Three working days from the Thursday before the Spring Festival of 2020 (a week of holidays) end ten days later than
    three days of the clock."""
    festival = {datetime.date(2020, 1, 24) + datetime.timedelta(days=n) for n in range(10)}

    def add_working_days(self, start, count):
        day = start
        while count:
            day += datetime.timedelta(days=1)
            count -= timezone.localdate(day) not in festival
        return day

    monkeypatch.setattr(type(duty_officer)._default_manager.__class__, "add_working_days", add_working_days)
    thursday = datetime.datetime(2020, 1, 23, 2, 0, tzinfo=datetime.UTC)
    complaint = registered(duty_officer, topic=Topic.objects.get(slug="noise"), received_at=thursday)
    assert timezone.localdate(complaint.arrive_due_at) == datetime.date(2020, 2, 5)
    complaint.set_urgency(by=duty_officer, urgency="urgent", reason="改")
    complaint.set_urgency(by=duty_officer, urgency="normal", reason="改回")
    assert timezone.localdate(complaint.arrive_due_at) == datetime.date(2020, 2, 5)


def test_numbers_begin_anew_each_day_across_new_year_without_any_job(duty_officer):
    """The counter is the row of a local day, made when that day is first used: nothing has to run at midnight, and an entry that
    comes after midnight for the old year takes the next number of its own day."""
    eve = datetime.datetime(2019, 12, 31, 15, 59, tzinfo=datetime.UTC)  # 23:59 in China
    minute = datetime.timedelta(minutes=1)
    moments = [eve - minute, eve, eve + minute, eve + 2 * minute, eve - 5 * minute]
    numbers = [registered(duty_officer, received_at=at).number for at in moments]
    assert numbers == [
        "TS20191231-001", "TS20191231-002", "TS20200101-001", "TS20200101-002", "TS20191231-003",
    ]  # fmt: skip
    assert DayCounter.objects.count() == 2


DATES = ("dispatched_at", "signed_at", "arrived_at", "stopped_at", "answered_at", "closed_at", "external_deadline")


@pytest.mark.parametrize("missing", DATES)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_date_may_be_missing_from_an_export(kind, missing, signed_in, duty_officer):
    complaint = registered(duty_officer)
    now = timezone.now()
    Complaint.objects.filter(pk=complaint.pk).update(**{date: None if date == missing else now for date in DATES})
    answer = signed_in(duty_officer).get(reverse("complaints:complaints_export"), {"format": kind})
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200 and len(content) > 100
    if kind == "csv":
        cells = content.decode("utf-8-sig").splitlines()[1].split(",")
        assert cells.count(f"{timezone.localtime(now):%Y-%m-%d %H:%M}") >= len(DATES) - 1


def test_no_act_of_an_officer_writes_over_the_caller(signed_in, duty_officer, leader, inspector, netbar):
    """Whoever takes, handles, answers or corrects it: the caller stays who called."""
    desk = signed_in(duty_officer)
    sent(desk, "/calls/new/", typed(number="13977778888", name="关世荣"))
    complaint = Complaint.objects.get()
    further = complaint.add_call(
        by=leader, client_id=uuid.uuid4(), channel=complaint.channel, number="13611112222", name="欧阳霜菊"
    )
    complaint.dispatch(by=duty_officer, to=[inspector])
    complaint.arrive(by=inspector)
    complaint.recategorise(by=leader, reason="听错了", venue=netbar)
    complaint.find(by=inspector, finding="not_running", text=f"{inspector.name}查看")
    complaint.call_back(by=duty_officer, result="reached", told=f"{duty_officer.name}答复")
    complaint.call_back(by=leader, result="reached", told=f"{leader.name}答复", call=further)
    complaint.close(by=leader)
    complaint.reopen(by=leader, reason="又开门")
    complaint.refresh_from_db()
    known = [(decrypt(c.name_cipher), decrypt(c.number_cipher)) for c in (complaint.caller, further.caller)]
    assert known == [("关世荣", "13977778888"), ("欧阳霜菊", "13611112222")]
    assert complaint.taken_by == duty_officer and Call.objects.get(pk=further.pk).answered_by == leader
