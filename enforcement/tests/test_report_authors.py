"""Who wrote words of a report neither reviews nor signs it: the drafter, and everybody whose edits stand in the text."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_migrate, pre_migrate
from django.urls import reverse

from conftest import T
from enforcement.daily_report import authorship
from enforcement.daily_report.plain import document
from enforcement.models import DailyReport, ReportEdit
from venues.models import FactGuard
from venues.transitions import Refused, TooLate

HOUR = datetime.timedelta(hours=1)
AS_OF = T + 8 * HOUR


@pytest.fixture
def draft(order, duty_officer):
    return DailyReport.objects.draft(by=duty_officer, as_of=AS_OF, at=AS_OF + HOUR)


@pytest.fixture
def rewritten_by_the_leader(draft, leader):
    """A draft whose every Chinese section the leader put in other words."""
    edit(draft, leader, **{key: f"领导写的{key}。" for key in draft.sections["zh-hans"]})
    return draft


def edit(report, by, **texts):
    report.edit(by=by, sections={"zh-hans": texts}, edits=report.edits)


def refusal(act):
    with pytest.raises(Refused) as refused, transaction.atomic():
        act()
    return refused.value.sentence()


def the_database_refuses(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


# --- who is an author
def test_a_leader_who_wrote_it_anew_neither_reviews_nor_signs_it(rewritten_by_the_leader, leader, inspector):
    report = rewritten_by_the_leader
    refusal(lambda: report.review(by=leader, edits=1))
    report.review(by=inspector, edits=1)
    refusal(lambda: report.sign(by=leader, edits=1))
    report.sign(by=inspector, edits=1)
    assert report.signed_by == inspector


def test_one_changed_word_is_enough(draft, duty_officer, leader, inspector):
    edit(draft, leader, problems="暂无。")
    edit(draft, duty_officer, force="又一处。")
    refusal(lambda: draft.review(by=leader, edits=2))


def test_a_leader_who_wrote_nothing_reviews_and_signs_alone_at_night(draft, duty_officer, leader):
    edit(draft, duty_officer, problems="值班员改的。")
    draft.review(by=leader, edits=1)
    draft.sign(by=leader, edits=1)
    assert draft.signed_by == leader


def test_writing_it_from_the_figures_makes_no_author(draft, leader):
    draft.rewrite(by=leader, edits=0)
    draft.review(by=leader, edits=1)
    draft.sign(by=leader, edits=1)


def test_thrown_away_edits_leave_no_author_but_kept_ones_do(rewritten_by_the_leader, leader):
    report = rewritten_by_the_leader
    report.rewrite(by=leader, edits=1)
    refusal(lambda: report.review(by=leader, edits=2))
    report.rewrite(by=leader, edits=2, keep=False)
    report.review(by=leader, edits=3)


def test_an_edit_after_the_review_needs_another_reviewer(draft, leader, inspector):
    draft.review(by=leader, edits=0)
    edit(draft, leader, problems="又改。")
    assert (draft.state, draft.reviewed_by) == ("draft", None)
    refusal(lambda: draft.review(by=leader, edits=1))
    draft.review(by=inspector, edits=1)
    refusal(lambda: draft.sign(by=leader, edits=1))


# --- the rows of who wrote
def test_every_version_has_its_row_with_the_words(draft, leader, duty_officer):
    edit(draft, leader, problems="一。", force="二。")
    draft.rewrite(by=duty_officer, edits=1)
    one, two = ReportEdit.objects.all()
    assert (one.version, one.by, one.act, one.sections) == (1, leader, "edited", ["zh-hans force", "zh-hans problems"])
    assert one.texts["zh-hans"] == {"force": "二。", "problems": "一。"}
    assert (two.version, two.by, two.act) == (2, duty_officer, "rewritten")


def test_a_refused_edit_leaves_no_row(draft, leader, duty_officer):
    stale = DailyReport.objects.get(pk=draft.pk)
    edit(draft, duty_officer, force="甲。")
    with pytest.raises(TooLate), transaction.atomic():
        edit(stale, leader, force="乙。")
    assert ReportEdit.objects.get().by == duty_officer


def test_the_paper_names_who_wrote_beside_the_drafter(rewritten_by_the_leader, duty_officer, leader):
    (word, names), *_rest = document(rewritten_by_the_leader, "zh-hans")["people"]
    assert (word, names) == ("拟稿", f"{duty_officer.name}、{leader.name}")


# --- the database
def test_the_database_refuses_a_text_without_the_row_of_who_wrote_it(draft):
    rows = DailyReport.objects.filter(pk=draft.pk)
    the_database_refuses(lambda: rows.update(sections={}))
    the_database_refuses(lambda: rows.update(sections={}, edits=1))
    the_database_refuses(lambda: rows.update(edits=5))


@pytest.mark.parametrize("values", [{"state": "reviewed"}, {"state": "signed", "number": 1, "content_hash": "x"}])
def test_the_database_refuses_an_author_as_reviewer_and_as_signatory(rewritten_by_the_leader, leader, values):
    who = {f"{values['state']}_by": leader}
    the_database_refuses(lambda: DailyReport.objects.filter(pk=rewritten_by_the_leader.pk).update(**values, **who))


def test_the_database_keeps_the_rows_as_they_are(rewritten_by_the_leader, inspector):
    rows = ReportEdit.objects.filter(report=rewritten_by_the_leader)
    the_database_refuses(lambda: rows.update(by=inspector))
    the_database_refuses(lambda: rows._raw_delete("default"))
    refusal(lambda: rows.get().save())


def test_the_database_takes_no_version_out_of_turn_and_none_of_a_signed_report(draft, leader, inspector):
    def write(version):
        ReportEdit.objects.create(report=draft, version=version, act="afresh", by=inspector, at=AS_OF)

    the_database_refuses(lambda: write(2))
    draft.review(by=leader, edits=0)
    draft.sign(by=leader, edits=0)
    the_database_refuses(lambda: write(1))


def test_without_the_guard_the_author_could_sign(rewritten_by_the_leader, leader):
    """The control of the refusals above."""
    FactGuard.objects.all().delete()
    DailyReport.objects.filter(pk=rewritten_by_the_leader.pk).update(state="reviewed", reviewed_by=leader)


def test_the_triggers_stand_aside_for_a_migration_and_come_back(db):
    config = apps.get_app_config("enforcement")
    signal = {"sender": config, "app_config": config, "verbosity": 0, "interactive": False, "using": "default"}
    assert authorship.is_protected()
    pre_migrate.send(**signal)
    assert authorship.is_protected() == (connection.vendor != "sqlite")
    post_migrate.send(**signal)
    assert authorship.is_protected()


# --- the page
def page(client, report):
    return client.get(report.get_absolute_url() + "?text=zh-hans").content.decode()


def test_the_page_says_who_wrote_which_section(draft, leader, duty_officer, signed_in):
    edit(draft, leader, problems="改。")
    shown = page(signed_in(duty_officer), draft)
    part = shown.partition("七、存在问题与下一步工作</th>")[2].partition("</tr>")[0]
    assert leader.name in part and duty_officer.name not in part


def test_an_author_gets_no_button_and_his_press_is_refused(rewritten_by_the_leader, leader, signed_in):
    report, client = rewritten_by_the_leader, signed_in(leader)
    address = reverse("report_review", args=[report.pk])
    shown = page(client, report)
    assert address not in shown and 'name="keep" value="0"' in shown  # what he can do instead
    assert client.post(address, {"form_key": uuid.uuid4(), "edits": 1}).status_code == 422


def test_the_bureau_is_not_told_who_wrote_which_section(draft, leader, inspector, viewer, signed_in):
    edit(draft, inspector, problems="改。")
    draft.review(by=leader, edits=1)
    draft.sign(by=leader, edits=1)
    assert 'id="wrote"' in page(signed_in(leader), draft) and 'id="wrote"' not in page(signed_in(viewer), draft)
