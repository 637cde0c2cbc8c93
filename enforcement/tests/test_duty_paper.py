"""The roster on paper and as a workbook: names, versions, telephones, and no gap without its reason."""

import io

import openpyxl
import pytest
from django.urls import reverse

from enforcement.duty.paper import paper
from enforcement.models import Assignment, AuditEntry, CalendarDay, CoverageRule, Leave, RosterVersion, Shift
from enforcement.tests.watches import HOURS, H, put, roster, watch

DAY = 24 * HOURS


@pytest.fixture(autouse=True)
def _rules(db):
    CoverageRule.objects.update(valid_from=H - 30 * DAY)


@pytest.fixture
def version(leader):
    return roster(leader)


@pytest.fixture
def day(version, leader, duty_officer, second_duty_officer):
    duty_officer.phone = "13000000006"
    duty_officer.save()
    return watch(version, lasts=DAY, leader=leader, phone=duty_officer, officer=second_duty_officer)


def sheet(client, version, query=""):
    response = client.get(reverse("duty:roster_xlsx", args=[version.roster_id]) + query)
    content = b"".join(response.streaming_content)
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def page(client, version, query=""):
    return client.get(reverse("duty:roster_paper", args=[version.roster_id]) + query)


def test_the_paper_names_everybody_the_version_and_who_signed_it(day, version, inspector, signed_in):
    shown = page(signed_in(inspector), version).content.decode()
    for word in ("2020年1月值班表", "武桂平", "钟子磊", "徐玉", "13000000006", "2020-01-24"):
        assert word in shown
    assert "draft" not in shown


def test_the_workbook_has_the_same_names(day, version, inspector, signed_in):
    rows = sheet(signed_in(inspector), version)
    (row,) = [row for row in rows if row[0] == "2020-01-24"]
    assert row[7:] == ("武桂平", "钟子磊", "徐玉")
    assert any("13000000006" in str(cells[0]) for cells in rows)
    assert AuditEntry.objects.filter(act="export", by=inspector).count() == 1


def test_a_name_in_the_workbook_is_no_formula(day, version, duty_officer, inspector, signed_in):
    duty_officer.name = "=1+1"
    duty_officer.save()
    assert any("=1+1" in row for row in sheet(signed_in(inspector), version))  # as text: its value is the text


def test_a_change_after_publication_stands_on_it_with_its_hours(day, version, inspector, trainee):
    old = day["officer"]
    Assignment.objects.filter(pk=old.pk).update(lapsed_at=H)
    put(old.shift, old.officer, "officer", end=H + 6 * HOURS, source="change")
    put(old.shift, trainee, "officer", start=H + 6 * HOURS, source="change")
    found = paper(version)
    (line,) = [line for one in found.days for line in one.lines]
    assert [(n.officer.name, n.hours, n.changed) for n in line.officers] == [
        ("徐玉", "08:00–14:00", True), ("张刚丽", "14:00–08:00", True),
    ]  # fmt: skip
    assert found.changed


def test_a_gap_is_printed_with_the_signed_reason(version, leader, inspector, signed_in):
    watch(version, lasts=DAY, leader=leader)
    RosterVersion.objects.filter(pk=version.pk).update(gap_reason="两人支援机场")
    assert "两人支援机场" in page(signed_in(inspector), version).content.decode()
    assert any("两人支援机场" in str(row[0]) for row in sheet(signed_in(inspector), version))


def test_a_gap_without_a_reason_says_where_it_comes_from(day, version, leader, inspector, signed_in):
    Leave.objects.create(
        officer=leader, kind="annual", state="approved", asked_by=leader, start=H, end=H + HOURS, decided_at=H + HOURS
    )
    client = signed_in(inspector)
    client.cookies["django_language"] = "en"
    assert "they arose from leave or changes after it" in page(client, version).content.decode()


def test_the_signed_reason_explains_only_the_gaps_that_the_signer_saw(
    version, leader, duty_officer, second_duty_officer
):
    watch(version, lasts=DAY, leader=leader, phone=duty_officer)  # the second officer is wanting
    RosterVersion.objects.filter(pk=version.pk).update(gap_reason="两人支援机场")
    leave = {"kind": "annual", "state": "approved", "asked_by": leader, "start": H, "end": H + HOURS}
    Leave.objects.create(officer=leader, decided_at=H + HOURS, **leave)
    found = paper(version)
    assert [short.gap.post for short in found.signed] == ["post"]
    assert [short.gap.post for short in found.later] == ["leader"]
    Leave.objects.update(decided_at=H - HOURS)  # the signer knew
    assert [short.gap.post for short in paper(version).later] == []


def test_a_draft_is_for_those_who_plan(day, version, leader, inspector, signed_in):
    draft = RosterVersion.objects.create(roster=version.roster, created_by=leader)
    Shift.objects.create(version=draft, start=H, end=H + DAY, name="全天")
    assert page(signed_in(inspector), version, "?version=draft").status_code == 404
    shown = page(signed_in(leader), version, "?version=draft")
    assert shown.status_code == 200 and "武桂平" not in str(shown.context["paper"].days)


def test_an_older_version_is_printed_as_it_was_planned(day, version, leader, inspector, signed_in):
    RosterVersion.objects.filter(pk=version.pk).update(state="superseded")
    Assignment.objects.update(lapsed_at=H)
    RosterVersion.objects.create(
        roster=version.roster, number=2, state="published", published_by=leader, published_at=H
    )
    client = signed_in(inspector)
    assert page(client, version, "?version=1").context["paper"].officers
    assert not page(client, version).context["paper"].officers


@pytest.mark.parametrize("query", ["?version=9", "?version=x", "?version=99999999999999999999", "?version=-1"])
def test_a_version_that_does_not_exist_is_not_found(version, inspector, signed_in, query):
    assert page(signed_in(inspector), version, query).status_code == 404


def test_who_may_not_see_the_roster_gets_no_paper(version, viewer, editor, signed_in):
    for officer in (viewer, editor):
        assert page(signed_in(officer), version).status_code == 403
        assert signed_in(officer).get(reverse("duty:roster_xlsx", args=[version.roster_id])).status_code == 403


def test_holidays_stand_beside_their_dates(day, version, inspector, signed_in):
    CalendarDay.objects.create(date="2020-01-24", kind="rest", name="春节")
    assert "春节" in page(signed_in(inspector), version).content.decode()


def test_the_number_of_queries_does_not_follow_the_number_of_shifts(
    version, leader, duty_officer, django_assert_num_queries
):
    for days in (range(1), range(1, 8)):
        for n in days:
            watch(version, H + n * DAY, lasts=DAY, leader=leader, phone=duty_officer)
        with django_assert_num_queries(9):
            paper(version)
