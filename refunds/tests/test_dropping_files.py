"""Files on the desk: many at once, broken ones among them, names that nobody should choose, and who may."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from refunds.models import AgencyReport, ReturnUpload
from refunds.tests.mailing import apply_all, drop, words
from refunds.tests.workbooks import group, saved, workbook

RETURNS = "refunds:imports"


@pytest.fixture
def desk(signed_in, clerk):
    return signed_in(clerk)


@pytest.fixture
def sheet(agency):
    def make(*groups, **how):
        how.setdefault("title", f"{agency.name}退团退费情况")
        return saved(workbook(*groups or [group("X-01")], licence=agency.licence_no, **how))

    return make


def test_twenty_files_at_once_are_twenty_uploads_and_one_press_enters_them(desk, make_venue):
    files = []
    for n in range(20):
        one = make_venue(f"{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}旅行社", category_slug="travel_agency")
        book = workbook(group(f"G-{n}", refunded=n % 3), licence=one.licence_no, title=f"{one.name}退团退费情况")
        files.append((f"{n:02}.xlsx", saved(book)))
    page = drop(desk, *files)
    assert "20 files are here, to be checked." in words(page)
    assert "20 ask nothing" in words(page)
    assert "20 returns are entered." in words(apply_all(desk))
    assert AgencyReport.objects.count() == 20


def test_broken_files_are_named_with_their_reason_and_keep_nobody_back(desk, sheet):
    good = sheet()
    page = drop(
        desk, ("good.xlsx", good), ("empty.xlsx", b""), ("broken.xlsx", good[: len(good) // 2]), ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("page.xlsx", b"<html>"), ("picture.png", b"\x89PNG"),
    )  # fmt: skip
    said = words(page)
    assert "1 file is here, to be checked." in said
    for sentence in (
        "empty.xlsx: The file is empty.", "broken.xlsx: The workbook is damaged", "old.xls: This is an old workbook",
        "page.xlsx: This is a web page", "picture.png: This is neither a workbook",
    ):  # fmt: skip
        assert sentence in said
    assert [upload.file_name for upload in ReturnUpload.objects.all()] == ["good.xlsx"]


def test_nothing_but_broken_files_shows_the_form_again_with_every_reason(desk):
    page = drop(desk, ("a.xlsx", b""), ("b.xlsx", b"<html>"))
    assert page.status_code == 422
    assert "a.xlsx: The file is empty." in words(page)
    assert "b.xlsx: This is a web page" in words(page)
    assert not ReturnUpload.objects.exists()
    assert drop(desk).status_code == 422


def test_a_workbook_that_is_no_list_of_groups_is_not_kept(desk):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["会议纪要"])
    page = drop(desk, ("minutes.xlsx", saved(book)))
    assert page.status_code == 422
    assert "No row of this sheet names the columns of a list of groups" in words(page)


def test_a_sheet_without_its_licence_is_kept_and_asks(desk):
    page = drop(desk, ("who.xlsx", saved(workbook(group("X-01"), licence=""))))
    assert "The sheet does not say the agency&#x27;s licence no." in words(page)
    assert ReturnUpload.objects.waiting().count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>.xlsx", 'a"onmouseover="x.xlsx', "nul\0byte.xlsx", "..\\..\\windows.xlsx",
        "../../etc/passwd.xlsx", "表" * 250 + ".xlsx", "a." + "x" * 250, "\u202exslx.exe.xlsx", "{{ x }}{% x %}.xlsx", "行\n尾.xlsx",
    ],
    ids=["html", "quote", "nul", "backslash", "up", "long", "long ending", "bidi", "template", "newline"],
)  # fmt: skip
def test_the_name_of_a_file_is_only_words(desk, sheet, name, settings):
    file = SimpleUploadedFile("x.xlsx", sheet())
    file._name = name
    page = drop(desk, file)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert 'onmouseover="x' not in page.content.decode()
    upload = ReturnUpload.objects.get()
    assert upload.file_name.isprintable() and "/" not in upload.file_name and "\\" not in upload.file_name
    assert str(settings.DATA_DIR) in upload.file.path
    assert "<script>alert" not in apply_all(desk).content.decode()
    report = AgencyReport.objects.get()
    file = desk.get(reverse("refunds:return_file", args=[report.pk]))
    assert b"".join(file.streaming_content) == sheet_of(report)
    assert file["Content-Disposition"].startswith("attachment;")
    assert "<script>alert" not in desk.get(report.get_absolute_url()).content.decode()


def sheet_of(report):
    with report.file.open("rb") as file:
        return file.read()


def test_the_same_file_twice_waits_once_and_is_known_after_it_was_entered(desk, sheet, clerk):
    content = sheet()
    drop(desk, ("a.xlsx", content), ("b.xlsx", content))
    assert ReturnUpload.objects.count() == 1
    assert "exactly this file waits here already" in words(drop(desk, ("c.xlsx", content)))
    apply_all(desk)
    page = drop(desk, ("d.xlsx", content))
    assert page.status_code == 422
    assert "This very file was imported at" in words(page) and str(clerk) in words(page)
    assert ReturnUpload.objects.count() == 1


def test_one_file_leads_straight_to_its_preview(desk, sheet):
    answer = drop(desk, ("a.xlsx", sheet()), follow=False)
    assert answer["Location"] == ReturnUpload.objects.get().get_absolute_url()


def test_a_file_larger_than_a_sheet_can_be_is_refused(desk, monkeypatch, sheet):
    monkeypatch.setattr("refunds.forms.imports.MOST_BYTES", 100)
    page = drop(desk, ("big.xlsx", sheet()))
    assert page.status_code == 422
    assert "big.xlsx: The file is too large" in words(page)


def test_more_files_than_a_press_takes_are_refused_together(desk, monkeypatch):
    monkeypatch.setattr("refunds.forms.imports.MOST_FILES", 2)
    page = drop(desk, *[(f"{n}.xlsx", b"x") for n in range(3)])
    assert page.status_code == 422
    assert "At most 2 files at once." in words(page)


def test_a_file_that_is_gone_from_the_disk_says_so(desk, sheet):
    drop(desk, ("a.xlsx", sheet()))
    upload = ReturnUpload.objects.get()
    upload.file.storage.delete(upload.file.name)
    assert "The file is not on the disk any more." in words(desk.get(upload.get_absolute_url()))
    assert "cannot be read" in words(desk.get(reverse(RETURNS)))


def test_others_see_what_waits_but_have_no_button(signed_in, desk, sheet, leader, viewer):
    drop(desk, ("a.xlsx", sheet()))
    page = signed_in(leader).get(reverse(RETURNS))
    assert "a.xlsx" in words(page)
    assert 'method="post" action="/refunds' not in page.content.decode()
    upload = ReturnUpload.objects.get()
    for name in ("import_apply", "import_discard", "import_answer"):
        assert signed_in(leader).post(reverse(f"refunds:{name}", args=[upload.pk])).status_code == 403
    assert signed_in(leader).get(upload.get_absolute_url()).status_code == 403
    assert signed_in(viewer).get(reverse(RETURNS)).status_code == 403


def test_keys_that_are_none_are_passed_over(desk, sheet):
    drop(desk, ("a.xlsx", sheet()))
    said = {"upload": ["x", "0", json.dumps({}), "00000000-0000-0000-0000-000000000000"], "form_key": "1" * 32}
    page = desk.post(reverse("refunds:imports_apply"), said, follow=True)
    assert "0 returns are entered." in words(page)
    assert ReturnUpload.objects.waiting().count() == 1


def test_the_list_asks_the_database_as_often_for_each_file(desk, sheet):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in range(3):
        drop(desk, (f"{n}.xlsx", sheet(group("X-01", heads=10 + n))))
        with CaptureQueriesContext(connection) as caught:
            desk.get(reverse(RETURNS))
        counts.append(len(caught))
    assert counts[2] - counts[1] == counts[1] - counts[0] <= 13
