"""A return as it stands, its file, a nil return taken back, and the templates that agencies fill in."""

import datetime
import io
import uuid
import zipfile

import openpyxl
import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from refunds.models import AgencyReport, TourGroup
from refunds.tests.mailing import apply_all, drop, press, words
from refunds.tests.making import date, group_of, reported
from refunds.tests.workbooks import AT_28, enter, group, saved, workbook

AuditEntry = apps.get_model("enforcement", "AuditEntry")  # by name: this floor does not import that one


@pytest.fixture
def desk(signed_in, clerk):
    return signed_in(clerk)


@pytest.fixture
def report(agency, clerk):
    rows = group("X-01", refunded=2), group("X-02", heads=5, refunded=3)
    foot = [["合计", None, None, None, 15, None, None, None, 5]]
    book = workbook(*rows, licence=agency.licence_no, title=f"{agency.name}退团退费情况", day="2020-01-28", foot=foot)
    return enter(book, by=clerk, at=AT_28, channel="chat")


def page_of(client, report):
    return client.get(reverse("refunds:return", args=[report.pk]))


def test_the_page_says_who_when_what_was_declared_and_every_line(desk, report, clerk):
    said = words(page_of(desk, report))
    assert f"Return of {report.agency} as of 2020-01-28" in said
    assert "2020-01-29 00:00" in said and str(clerk) in said and "chat group" in said
    assert "People 15 15" in said and "People refunded to date 5 5" in said
    assert "X-01 Sheet1!B4" in said and "+2" in said
    assert "into the ledger: 5 people" in said


def test_declared_totals_that_do_not_fit_their_rows_are_marked(desk, report):
    type(report).objects.filter(pk=report.pk).update(declared_people=16)
    assert '<tr class="tone-warn"><th scope="row">People</th>' in page_of(desk, report).content.decode()


def test_the_page_takes_as_many_queries_for_two_lines_as_for_twenty(
    desk, agency, clerk, make_venue, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    other = make_venue("大漠旅行社", category_slug="travel_agency")
    counts = []
    for one, n in ((agency, 2), (other, 20)):
        made = reported(one, 28, *[(f"X-{i}", 10, 3) for i in range(n)], by=clerk)
        with CaptureQueriesContext(connection) as caught:
            page_of(desk, made)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_the_file_comes_back_byte_for_byte_and_leaves_a_trail(signed_in, report, auditor):
    with report.file.open("rb") as kept:
        content = kept.read()
    answer = signed_in(auditor).get(reverse("refunds:return_file", args=[report.pk]))
    assert b"".join(answer.streaming_content) == content
    assert 'filename="sheet.xlsx"' in answer["Content-Disposition"]
    entry = AuditEntry.objects.filter(act="export").latest("pk")
    assert (entry.by, entry.detail["what"]) == (auditor, "return")


def test_a_return_without_a_file_has_none_to_download(desk, agency, clerk):
    nil = AgencyReport.objects.report_nothing(
        by=clerk, agency=agency, as_of=date(28), informant="王", phone="13000000001"
    )
    assert desk.get(reverse("refunds:return_file", args=[nil.pk])).status_code == 404
    assert "Download" not in words(page_of(desk, nil))


def test_a_file_that_is_gone_from_the_disk_is_not_found(desk, report):
    report.file.storage.delete(report.file.name)
    assert desk.get(reverse("refunds:return_file", args=[report.pk])).status_code == 404


@pytest.fixture
def nil(agency, clerk):
    return AgencyReport.objects.report_nothing(
        by=clerk, agency=agency, as_of=timezone.localdate(), informant="王芳", phone="13900001234"
    )


def test_a_nil_return_is_withdrawn_with_its_reason_and_counts_no_longer(desk, nil, clerk):
    page = press(desk, nil.get_absolute_url(), "return_withdraw", nil.pk, why="打错旅行社")
    assert "The nil return is withdrawn" in words(page)
    assert "打错旅行社" in words(page)
    nil.refresh_from_db()
    assert (nil.state, nil.withdrawn_by) == ("withdrawn", clerk)
    assert not AgencyReport.objects.known(timezone.now()).exists()


def test_withdrawing_without_a_reason_or_twice_is_refused_and_keeps_what_was_typed(desk, nil):
    action = reverse("refunds:return_withdraw", args=[nil.pk])
    short = desk.post(action, {"why": "x", "form_key": uuid.uuid4()})
    assert short.status_code == 422 and 'value="x"' in short.content.decode()
    press(desk, nil.get_absolute_url(), "return_withdraw", nil.pk, why="打错旅行社")
    late = desk.post(action, {"why": "再来", "form_key": uuid.uuid4()})
    assert late.status_code == 409
    assert "withdrew this return at" in words(late)


def test_a_return_with_groups_has_no_way_back(desk, report):
    assert "Withdraw" not in words(page_of(desk, report))
    refused = desk.post(
        reverse("refunds:return_withdraw", args=[report.pk]), {"why": "weg damit", "form_key": uuid.uuid4()}
    )
    assert refused.status_code == 422
    assert "correct its groups instead" in words(refused)


def test_the_number_of_who_said_so_is_masked_for_those_who_do_not_call(signed_in, desk, nil, auditor):
    assert "13900001234" in words(page_of(desk, nil))
    assert "13900001234" not in words(page_of(signed_in(auditor), nil))


def test_the_template_of_an_agency_comes_filled_in_and_goes_back_without_a_question(desk, agency, clerk):
    soon = timezone.localdate() + datetime.timedelta(days=3)
    for number, paid in (("X-01", 2), ("X-02", 3)):
        group_of(agency, number, depart_on=soon, return_on=soon, by=clerk, at=timezone.now()).enter_refund(
            by=clerk, heads=paid
        )
    answer = desk.get(reverse("refunds:template", args=[agency.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [row[1] for row in book.active.iter_rows(min_row=4, max_row=5, values_only=True)] == ["X-01", "X-02"]
    book.active["K4"] = 7
    page = drop(desk, ("back.xlsx", saved(book)))
    assert "Into the ledger: 5 people." in words(page)
    assert "1 return is entered." in words(apply_all(desk))
    assert TourGroup.objects.get(number="X-01").facts().paid_heads == 7
    assert AuditEntry.objects.filter(act="export", by=clerk).exists()


def test_the_zip_holds_one_workbook_for_every_agency_that_must_report(desk, report, make_venue):
    for name in ("大漠旅行社", "大漠/..\\旅行社", "大漠旅行社"):
        make_venue(name, category_slug="travel_agency")
    answer = desk.get(reverse("refunds:templates"))
    bundle = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(set(bundle.namelist())) == 4
    assert not any(c in name for name in bundle.namelist() for c in "/\\")
    for name in bundle.namelist():
        assert openpyxl.load_workbook(io.BytesIO(bundle.read(name))).active["A2"].value.startswith("许可证号")


def test_a_venue_that_is_no_agency_has_no_template(desk, netbar):
    assert desk.get(reverse("refunds:template", args=[netbar.pk])).status_code == 404
