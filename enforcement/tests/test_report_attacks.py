"""What is signed stays as it is, whoever tries and however: pressing again, beside the acts, by raw SQL, in the administration."""

import datetime
import json
import uuid

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from conftest import T
from enforcement.daily_report import authorship, freezing
from enforcement.models import AuditEntry, DailyReport, ReportEdit
from venues.models import FactGuard
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

HOUR = datetime.timedelta(hours=1)
AS_OF = T + 8 * HOUR
PRESSES = 50


@pytest.fixture
def reviewed(order, duty_officer, leader):
    report = DailyReport.objects.draft(by=duty_officer, as_of=AS_OF)
    report.review(by=leader, edits=0)
    return report


@pytest.fixture
def signed(reviewed, leader):
    reviewed.sign(by=leader, edits=0)
    return DailyReport.objects.get(pk=reviewed.pk)


# --- pressing again
@pytest.mark.parametrize("key", ["one", "many"])
def test_fifty_presses_make_one_signature(reviewed, leader, signed_in, key):
    """The same form again gives the same answer; other forms are refused and name who was first."""
    client, one = signed_in(leader), uuid.uuid4()
    address = reverse("report_sign", args=[reviewed.pk])
    answers = [
        client.post(address, {"form_key": one if key == "one" else uuid.uuid4(), "edits": 0})
        for _press in range(PRESSES)
    ]
    codes = [answer.status_code for answer in answers]
    assert codes[0] == 302 and set(codes[1:]) == ({302} if key == "one" else {409})
    assert DailyReport.objects.get().number == 1
    assert AuditEntry.objects.filter(act="report_signed").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_signs(reviewed, leader, inspector):
    copies = [DailyReport.objects.get(pk=reviewed.pk) for _press in range(6)]
    people = [leader, inspector] * 3
    acts = [lambda c=c, o=o: c.sign(by=o, edits=0) for c, o in zip(copies, people, strict=True)]
    won, refused = sort_out(at_once(*acts), Refused)
    assert len(won) == 1 and len(refused) == 5
    assert DailyReport.objects.get().number == 1 and AuditEntry.objects.filter(act="report_signed").count() == 1


def test_who_comes_late_counts_no_figures(signed, inspector, django_assert_max_num_queries):
    """A press that cannot win lets go of the database at once."""
    signed.state = "reviewed"  # what a page that was open for long believes
    with django_assert_max_num_queries(8), pytest.raises(TooLate):
        signed.sign(by=inspector, edits=0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_who_edits_while_he_signs_does_not_sign_his_own_words(reviewed, leader):
    mine, yours = (DailyReport.objects.get(pk=reviewed.pk) for _one in range(2))
    outcomes = at_once(
        lambda: mine.edit(by=leader, sections={"zh-hans": {"force": "我的话。"}}, edits=0),
        lambda: yours.sign(by=leader, edits=0),
    )
    won, refused = sort_out(outcomes, Refused)
    assert len(won) == len(refused) == 1
    report = DailyReport.objects.get()
    assert (report.state == "signed") != ReportEdit.objects.exists()


def test_a_page_of_before_an_edit_neither_reviews_nor_signs(reviewed, duty_officer, leader, signed_in):
    DailyReport.objects.get().edit(by=duty_officer, sections={"zh-hans": {"force": "改。"}}, edits=0)
    client = signed_in(leader)
    for name in ("report_review", "report_sign"):
        answer = client.post(reverse(name, args=[reviewed.pk]), {"form_key": uuid.uuid4(), "edits": 0})
        assert answer.status_code in (409, 422), name
    assert DailyReport.objects.get().state == "draft"


@pytest.mark.parametrize("edits", ["", "x", "-1", str(2**31 - 1), str(2**31), str(2**63), "٣"])
def test_a_version_that_is_none_is_refused(reviewed, duty_officer, leader, signed_in, edits):
    client, form = signed_in(duty_officer), {"form_key": uuid.uuid4(), "edits": edits}
    assert client.post(reverse("report_edit", args=[reviewed.pk]), {**form, "force": "改"}).status_code == 409
    answer = signed_in(leader).post(reverse("report_sign", args=[reviewed.pk]), {**form, "form_key": uuid.uuid4()})
    assert answer.status_code == 409


# --- who has no business there
@pytest.mark.parametrize("name", ["report", "report_text", "report_rows", "report_edit"])
def test_the_bureau_reaches_no_draft_by_its_address(reviewed, viewer, signed_in, name):
    args = [reviewed.pk, "closures.closed"] if name == "report_rows" else [reviewed.pk]
    for query in ("", "?text=en", "?print=1"):
        assert signed_in(viewer).get(reverse(name, args=args) + query).status_code in (403, 404)


def test_the_bureau_sees_nothing_of_a_reviewed_report_in_its_list(reviewed, viewer, signed_in):
    shown = signed_in(viewer).get(reverse("reports") + "?state=reviewed").content.decode()
    assert reviewed.get_absolute_url() not in shown


@pytest.mark.parametrize("name", ["report_sign", "report_review", "report_rewrite", "report_discard", "report_correct"])
def test_the_bureau_does_nothing_to_a_report(signed, viewer, signed_in, name):
    answer = signed_in(viewer).post(reverse(name, args=[signed.pk]), {"form_key": uuid.uuid4(), "edits": 0})
    assert answer.status_code == 403
    assert freezing.is_unchanged(DailyReport.objects.get())


def test_the_administration_has_no_form_for_reports():
    assert DailyReport not in admin.site._registry and ReportEdit not in admin.site._registry


# --- beside the acts
@pytest.mark.parametrize("act", ["edit", "rewrite", "review", "sign", "discard"])
def test_no_act_touches_what_is_signed(signed, inspector, act):
    more = {"sections": {"zh-hans": {"force": "改"}}} if act == "edit" else {}
    for edits in (0, 1):
        with pytest.raises((TooLate, Refused)), transaction.atomic():
            getattr(signed, act)(by=inspector, edits=edits, **more)
    assert freezing.is_unchanged(DailyReport.objects.get())


@pytest.mark.parametrize("sql", ["UPDATE {} SET number = 7", "UPDATE {} SET content_hash = 'x'", "DELETE FROM {}"])
def test_raw_sql_is_refused_by_the_database(signed, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(freezing.TABLE))


def test_bulk_writing_is_refused_too(signed):
    signed.sections = {}
    with pytest.raises(DatabaseError), transaction.atomic():
        DailyReport.objects.bulk_update([signed], ["sections"])


TAMPERING = {
    "number": 7, "as_of": T, "since": T, "approximate": True, "edits": 3, "drafted_at": T, "reviewed_at": T, "signed_at": T,
    "sections": {}, "written": {}, "figures": {}, "basis": {}, "row_ids": {},
}  # fmt: skip


@pytest.mark.parametrize("field", TAMPERING)
def test_where_somebody_took_the_triggers_away_the_hash_tells_it(signed, leader, signed_in, field):
    """Whoever owns the database can switch the triggers off; the page still says that it is another report."""
    FactGuard.objects.all().delete()
    value, types = TAMPERING[field], connection.ops
    with connection.cursor() as cursor:
        if isinstance(value, dict):
            value = json.dumps(value)
        elif isinstance(value, datetime.datetime):
            value = types.adapt_datetimefield_value(value)
        cursor.execute(f"UPDATE {freezing.TABLE} SET {field} = %s", [value])
    assert not freezing.is_unchanged(DailyReport.objects.get())
    shown = signed_in(leader).get(signed.get_absolute_url())
    assert shown.status_code == 200 and "▲" in shown.content.decode()


def test_another_signatory_in_the_row_is_seen_by_the_hash(signed, inspector):
    FactGuard.objects.all().delete()
    DailyReport.objects.update(signed_by=inspector)
    assert not freezing.is_unchanged(DailyReport.objects.get())


def test_the_names_of_the_authors_are_signed_with_the_report(order, duty_officer, inspector, leader):
    report = DailyReport.objects.draft(by=duty_officer, as_of=AS_OF)
    report.edit(by=inspector, sections={"zh-hans": {"problems": "改。"}}, edits=0)
    report.review(by=leader, edits=1)
    report.sign(by=leader, edits=1)
    report = DailyReport.objects.get()
    assert report.author_names() == [inspector.name] and freezing.is_unchanged(report)


def test_all_triggers_stand(db):
    assert freezing.is_protected() and authorship.is_protected()
