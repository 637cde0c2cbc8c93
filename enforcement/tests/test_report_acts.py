"""What can be done with a daily report, by whom, in which order; every refusal says what to do instead."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from conftest import T
from enforcement.daily_report import freezing
from enforcement.models import AuditEntry, DailyReport
from venues.models import FactGuard, Patrol
from venues.transitions import Refused, TooLate

HOUR = datetime.timedelta(hours=1)
AS_OF = T + 8 * HOUR


@pytest.fixture
def draft(order, duty_officer):
    return DailyReport.objects.draft(by=duty_officer, as_of=AS_OF, at=AS_OF + HOUR)


@pytest.fixture
def signed(draft, leader):
    return sign(draft, leader)


def sign(report, leader):
    report.review(by=leader, edits=report.edits)
    report.sign(by=leader, edits=report.edits)
    return DailyReport.objects.get(pk=report.pk)


def texts(report, **changed):
    return {"zh-hans": {**report.sections["zh-hans"], **changed}}


def refusal(act):
    with pytest.raises(Refused) as refused, transaction.atomic():
        act()
    return refused.value


# --- drafting
def test_a_draft_has_a_text_in_both_languages_and_no_number(draft):
    assert draft.state == "draft" and draft.number is None
    assert set(draft.sections) == {"zh-hans", "en"} and draft.sections == draft.written
    assert all(text for sections in draft.sections.values() for text in sections.values())


def test_of_the_future_there_is_no_report(order, duty_officer):
    refused = refusal(lambda: DailyReport.objects.draft(by=duty_officer, as_of=AS_OF, at=AS_OF - HOUR))
    assert "as_of" in refused.message_dict


def test_what_is_counted_since_lies_before_the_report(order, duty_officer):
    refused = refusal(lambda: DailyReport.objects.draft(by=duty_officer, as_of=AS_OF, since=AS_OF))
    assert "since" in refused.message_dict


def test_of_one_moment_there_is_one_open_report_and_one_first_issue(draft, duty_officer, leader):
    refusal(lambda: DailyReport.objects.draft(by=leader, as_of=AS_OF))
    sign(draft, leader)
    assert "1" in refusal(lambda: DailyReport.objects.draft(by=leader, as_of=AS_OF)).sentence()


def test_a_discarded_draft_makes_room(draft, duty_officer):
    draft.discard(by=duty_officer, edits=0)
    again = DailyReport.objects.draft(by=duty_officer, as_of=AS_OF)
    assert (draft.state, again.state) == ("discarded", "draft")


# --- editing
def test_an_edit_is_kept_and_named_in_the_trail(draft, duty_officer):
    assert draft.edit(by=duty_officer, sections=texts(draft, force="改过的一段。\r\n第二行  "), edits=0)
    draft.refresh_from_db()
    assert draft.sections["zh-hans"]["force"] == "改过的一段。\n第二行"
    assert draft.sections["en"] == draft.written["en"] and draft.edits == 1
    assert AuditEntry.objects.get(act="report_edited").detail == {"fields": ["zh-hans force"]}


def test_an_edit_that_changes_nothing_is_no_edit(draft, duty_officer):
    assert draft.edit(by=duty_officer, sections=texts(draft), edits=0) is False
    assert draft.edits == 0


def test_a_stale_edit_is_refused(draft, duty_officer, leader):
    other = DailyReport.objects.get(pk=draft.pk)
    draft.edit(by=duty_officer, sections=texts(draft, force="甲"), edits=0)
    with pytest.raises(TooLate), transaction.atomic():
        other.edit(by=leader, sections=texts(other, force="乙"), edits=0)
    assert DailyReport.objects.get(pk=draft.pk).sections["zh-hans"]["force"] == "甲"


def test_a_text_that_was_reviewed_is_reviewed_again_after_an_edit(draft, duty_officer, leader):
    draft.review(by=leader, edits=0)
    draft.edit(by=duty_officer, sections=texts(draft, force="甲"), edits=0)
    assert (draft.state, draft.reviewed_by) == ("draft", None)
    refusal(lambda: draft.sign(by=leader, edits=1))


def test_an_empty_report_is_refused(draft, duty_officer):
    nothing = {"zh-hans": dict.fromkeys(draft.sections["zh-hans"], " ")}
    refusal(lambda: draft.edit(by=duty_officer, sections=nothing, edits=0))


def test_unknown_sections_and_languages_are_left_out(draft, duty_officer):
    assert draft.edit(by=duty_officer, sections={"zh-hans": {"x": "y"}, "fr": {"force": "z"}}, edits=0) is False


def test_fields_do_not_change_beside_the_acts(draft):
    refusal(draft.save)
    refusal(draft.delete)


# --- review and signature
def test_who_drafted_neither_reviews_nor_signs(order, leader, inspector):
    own = DailyReport.objects.draft(by=leader, as_of=AS_OF)
    refusal(lambda: own.review(by=leader, edits=0))
    own.review(by=inspector, edits=0)
    refusal(lambda: own.sign(by=leader, edits=0))


def test_the_database_too_refuses_the_signature_of_the_drafter(draft, leader, duty_officer):
    draft.review(by=leader, edits=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        DailyReport.objects.filter(pk=draft.pk).update(signed_by=duty_officer)


def test_a_signature_needs_the_review_of_the_same_text(draft, leader, duty_officer):
    refusal(lambda: draft.sign(by=leader, edits=0))
    draft.review(by=leader, edits=0)
    DailyReport.objects.get(pk=draft.pk).edit(by=duty_officer, sections=texts(draft, force="甲"), edits=0)
    with pytest.raises(TooLate), transaction.atomic():
        DailyReport.objects.get(pk=draft.pk)._move(["reviewed"], 0, state="signed")
    stale = DailyReport.objects.get(pk=draft.pk)
    stale.state = "reviewed"  # what a page that was open for long believes
    with pytest.raises(TooLate), transaction.atomic():
        stale.sign(by=leader, edits=0)


def test_signing_takes_the_next_number_and_freezes_rows_and_hash(draft, leader, duty_officer):
    first = sign(draft, leader)
    second = sign(DailyReport.objects.draft(by=duty_officer, as_of=AS_OF + HOUR), leader)
    assert (first.number, second.number) == (1, 2)
    assert len(first.row_ids["closures.targets"]) == first.figures["closures"]["targets"] == 2
    assert freezing.is_unchanged(first) and freezing.is_unchanged(second)


def test_discarded_drafts_leave_no_gap_in_the_numbers(draft, leader, duty_officer):
    draft.discard(by=duty_officer, edits=0)
    assert sign(DailyReport.objects.draft(by=duty_officer, as_of=AS_OF), leader).number == 1


def test_a_text_whose_figures_are_others_by_now_is_not_signed(draft, leader, inspector, second_inspector):
    draft.review(by=leader, edits=0)
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=T + HOUR)
    assert "1" in refusal(lambda: draft.sign(by=leader, edits=0)).sentence()
    draft.rewrite(by=leader, edits=0)
    sign(draft, leader)
    assert "出动巡查1次" in draft.sections["zh-hans"]["force"]


def test_writing_anew_keeps_the_edited_sections_unless_told_otherwise(draft, leader, inspector, second_inspector):
    draft.edit(by=leader, sections=texts(draft, problems="领导改的。"), edits=0)
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=T + HOUR)
    draft.rewrite(by=leader, edits=1)
    assert draft.sections["zh-hans"]["problems"] == "领导改的。"
    assert "出动巡查1次" in draft.sections["zh-hans"]["force"]
    draft.rewrite(by=leader, edits=2, keep=False)
    assert draft.sections == draft.written


def test_what_is_recorded_after_the_signature_does_not_change_the_report(signed, leader, inspector, second_inspector):
    before = DailyReport.objects.filter(pk=signed.pk).values().get()
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=T + HOUR)
    assert DailyReport.objects.filter(pk=signed.pk).values().get() == before


# --- frozen
@pytest.mark.parametrize("name", ["sections", "number", "figures", "content_hash", "signed_at", "state"])
def test_the_database_refuses_every_change_of_what_is_signed(signed, name):
    other = {"sections": {}, "number": 9, "figures": {}, "content_hash": "x", "signed_at": T, "state": "draft"}[name]
    with pytest.raises(DatabaseError), transaction.atomic():
        DailyReport.objects.filter(pk=signed.pk).update(**{name: other})


def test_the_database_refuses_to_delete_it(signed):
    with pytest.raises(DatabaseError), transaction.atomic():
        DailyReport.objects.filter(pk=signed.pk)._raw_delete("default")


def test_with_the_sending_nothing_else_can_change(signed, leader):
    with pytest.raises(DatabaseError), transaction.atomic():
        DailyReport.objects.filter(pk=signed.pk).update(state="sent", sent_to="局办", sections={})


def test_without_the_guard_it_could_be_changed_and_the_hash_says_so(signed):
    """The control of the refusals above; and the proof that the page shows."""
    FactGuard.objects.all().delete()
    DailyReport.objects.filter(pk=signed.pk).update(sections={"zh-hans": {"force": "改"}, "en": {}})
    assert not freezing.is_unchanged(DailyReport.objects.get(pk=signed.pk))


def test_the_frozen_fields_are_all_of_the_model_but_those_of_the_sending():
    columns = {field.column for field in DailyReport._meta.concrete_fields}
    assert set(freezing.FIELDS) | {"id", *freezing.SENDING} == columns
    assert not set(freezing.FIELDS) & set(freezing.SENDING)


def test_a_lost_trigger_is_made_again_after_a_migration(db):
    assert freezing.is_protected()
    freezing.unprotect(connection.schema_editor())
    assert not freezing.is_protected()
    freezing.seed()
    assert freezing.is_protected()


# --- sending
def test_the_sending_is_kept_once(signed, duty_officer, leader):
    signed.send(by=duty_officer, to="市文旅局办公室")
    assert (signed.state, signed.sent_to) == ("sent", "市文旅局办公室") and freezing.is_unchanged(signed)
    with pytest.raises(TooLate) as refused, transaction.atomic():
        signed.send(by=leader, to="又一处")
    assert duty_officer.name in refused.value.sentence()


def test_sending_says_to_whom_and_only_what_is_signed(draft, signed, duty_officer):
    refusal(lambda: signed.send(by=duty_officer, to=" "))
    other = DailyReport.objects.draft(by=duty_officer, as_of=AS_OF + HOUR)
    refusal(lambda: other.send(by=duty_officer, to="局办"))


# --- correcting
def test_a_correction_is_a_later_issue_that_names_the_old_figure(
    signed, leader, duty_officer, inspector, second_inspector
):
    Patrol.objects.depart(by=leader, led_by=inspector, members=[inspector, second_inspector], left_at=T + HOUR)
    new = signed.correct(by=duty_officer)
    assert new.sections["zh-hans"]["correction"].startswith("本期更正第1期：出动巡查由0次更正为1次")
    assert "patrols 0, now 1" in new.sections["en"]["correction"]
    new = sign(new, leader)
    assert (new.number, new.corrects, new.as_of) == (2, signed, signed.as_of)
    assert "2" in refusal(lambda: signed.correct(by=duty_officer)).sentence()
    assert new.correct(by=duty_officer).corrects == new


def test_a_correction_of_the_wording_says_so(signed, duty_officer):
    assert "数据不变" in signed.correct(by=duty_officer).sections["zh-hans"]["correction"]


def test_a_draft_is_edited_and_not_corrected(draft, duty_officer):
    refusal(lambda: draft.correct(by=duty_officer))


def test_every_act_leaves_its_trail(signed, duty_officer):
    signed.send(by=duty_officer, to="局办")
    acts = list(
        AuditEntry.objects.filter(about_type="enforcement.dailyreport").order_by("pk").values_list("act", flat=True)
    )
    assert acts == ["report_drafted", "report_reviewed", "report_signed", "report_sent"]
