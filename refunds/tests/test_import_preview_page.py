"""One file on the desk: what it would do, its questions beside their cells, its answers, and the one press that enters it."""

import re
import uuid

import pytest
from django.urls import reverse

from refunds.models import AgencyReport, GroupLine, Refund, ReturnUpload, TourGroup
from refunds.tests.mailing import answer, apply_one, drop, form_of, press, upload_of, words
from refunds.tests.workbooks import AT_28, enter, group, saved, workbook


def words_of(piece):
    return re.sub(r"<[^>]+>", " ", piece)


@pytest.fixture
def desk(signed_in, clerk):
    return signed_in(clerk)


@pytest.fixture
def sheet(agency):
    """The bytes of a sheet of `agency`."""

    def make(*groups, day="2020-01-31", **how):
        how.setdefault("title", f"{agency.name}退团退费情况")
        return saved(workbook(*groups, licence=agency.licence_no, day=day, **how))

    return make


@pytest.fixture
def known(agency, clerk):
    """What the agency said on the 28th: X-01 with 2 of 10 refunded, X-02 with 3 of 5."""
    rows = group("X-01", refunded=2, why="正在办理"), group("X-02", heads=5, refunded=3)
    book = workbook(*rows, licence=agency.licence_no, title=f"{agency.name}退团退费情况", day="2020-01-28")
    return enter(book, by=clerk, at=AT_28)


def test_old_and_new_figures_stand_side_by_side(desk, sheet, known):
    upload = upload_of(
        desk, sheet(group("X-01", refunded=6, why=""), group("X-02", heads=5, refunded=3), group("X-03"))
    )
    said = words(desk.get(upload.get_absolute_url()))
    assert "2 → 6" in said
    assert "正在办理 → —" in said
    assert "Groups that are new: 1; changed: 1; the same: 1. Into the ledger: 4 people." in said
    assert f"{AgencyReport.objects.get().agency}" in said


def test_a_missing_group_and_a_fallen_figure_are_asked_with_their_cells(desk, sheet, known):
    upload = upload_of(desk, sheet(group("X-01", refunded=1)))
    page = desk.get(upload.get_absolute_url())
    said = words(page)
    assert (
        "Sheet1!I4" in said and "The figure fell: the ledger of X-01 has 2 people refunded, the sheet says 1." in said
    )
    assert "Group X-02 (5 people, 3 refunded) is known and not in the sheet." in said
    assert "2 questions are open" in said
    assert form_of(desk, upload.get_absolute_url(), reverse("refunds:import_apply", args=[upload.pk])) is None
    assert page.content.decode().count("<select") >= 2


def test_answers_are_kept_shown_and_can_be_taken_back(desk, sheet, known):
    upload = upload_of(desk, sheet(group("X-01", refunded=1), group("X-02", heads=5, refunded=3)))
    fell = ("fell_refunded_heads", "I4")
    page = answer(desk, upload, {fell: "take"})
    assert "Nothing is open any more" in words(page)
    assert "1 answered" in words(page)
    assert "2 → 1" in words(page)
    page = answer(desk, upload, {fell: "keep"})
    assert "Into the ledger: 0 people." in words(page)
    page = answer(desk, upload, {fell: ""})
    assert "1 question is open" in words(page)
    page = answer(desk, upload, {fell: "keep"})
    apply_one(desk, upload)
    assert [line.refunded_heads for line in GroupLine.objects.filter(group__number="X-01").order_by("pk")] == [2, 1]
    assert TourGroup.objects.get(number="X-01").facts().paid_heads == 2


def test_an_answer_that_brings_the_next_question_leaves_both_in_sight(desk, sheet, agency):
    row = group("X-01", heads=10, refunded="五六个", state="也许")
    upload = upload_of(desk, sheet(row))
    page = answer(desk, upload, {("number_unreadable", "I4"): "6", ("disposition_unknown", "H4"): "未退团"})
    assert "1 question is open" in words(page)
    assert "People of X-01 are refunded, but the group is not called off." in words(page)
    assert "2 answered" in words(page)
    page = answer(desk, upload, {("refunded_not_cancelled", "H4"): "已退团"})
    assert "3 answered" in words(page) or "2 answered" in words(page)
    apply_one(desk, upload)
    assert Refund.objects.get().heads == 6


def test_a_cell_may_be_told_to_say_nothing(desk, sheet):
    upload = upload_of(desk, sheet(group("X-01", departs="下周", refunded=1)))
    page = answer(desk, upload, {("date_unreadable", "F4"): ""})
    assert "Nothing is open any more" in words(page)
    assert " checked" in page.content.decode()
    apply_one(desk, upload)
    assert GroupLine.objects.get().depart_on is None


def test_each_question_names_its_group_and_leads_to_its_row_and_back(desk, sheet, known):
    upload = upload_of(desk, sheet(group("X-09", departs="下周"), group("X-01", refunded="若干"), group("X-03")))
    page = desk.get(upload.get_absolute_url()).content.decode()
    there = re.findall(r'<tr id="(q-[^"]*)".*?href="#(g-[^"]*)">row of group ([^<]*)</a>', page, re.S)
    assert sorted(number for _q, _g, number in there) == ["X-01", "X-02", "X-09"]
    for question, row, number in there:
        found = re.search(rf'<tr id="{row}".*?</tr>', page, re.S)[0]
        assert number in words_of(found) and f'href="#{question}"' in found


def test_a_question_leads_to_its_row_on_another_page_of_a_long_sheet(desk, sheet, monkeypatch):
    from refunds.views import imports

    monkeypatch.setattr(imports, "PAGE", 2)
    upload = upload_of(desk, sheet(*[group(f"X-{n}", departs="下周") for n in range(5)]))
    page = desk.get(upload.get_absolute_url() + "?page=2").content.decode()
    there = dict(re.findall(r'href="([?#][^"]*)">row of group ([^<]*)</a>', page))
    assert [href.partition("#")[0] for href in there] == ["?page=1", "?page=1", "", "", "?page=3"]
    for href, number in there.items():
        name = href.partition("#")[2]
        shown = desk.get(upload.get_absolute_url() + (href.partition("#")[0] or "?page=2")).content.decode()
        assert number in re.search(rf'<tr id="{name}".*?</tr>', shown, re.S)[0]


def test_the_rows_that_ask_stand_first_and_the_questions_are_numbered(desk, sheet, known):
    upload = upload_of(desk, sheet(group("X-08"), group("X-01", refunded="若干"), group("X-02", heads=5, refunded=3)))
    page = desk.get(upload.get_absolute_url()).content.decode()
    rows = re.findall(r'<tr id="g-.*?</tr>', page, re.S)
    assert "X-01" in rows[0] and "question 1" in words_of(rows[0])
    assert re.search(r'<td class="num muted">1</td>', page)


def test_a_date_that_does_not_fit_the_other_known_one_is_asked_before_anything_is_applied(desk, sheet, known):
    rows = group("X-01", refunded=2, departs="2020-03-01", returns=""), group("X-02", heads=5, refunded=3)
    upload = upload_of(desk, sheet(*rows))
    page = desk.get(upload.get_absolute_url())
    assert "Sheet1!F4 The group returns on 2020-02-02, before it departs on 2020-03-01." in words(page)
    answer(desk, upload, {("return_before_depart", "F4"): "2020-02-01"})
    apply_one(desk, upload)
    assert str(TourGroup.objects.get(number="X-01").line_at().depart_on) == "2020-02-01"


def test_an_answer_that_cannot_be_read_is_asked_again_as_it_was_typed(desk, sheet):
    upload = upload_of(desk, sheet(group("X-01", refunded="若干")))
    page = answer(desk, upload, {("number_unreadable", "I4"): "<b>many</b>"})
    assert "1 question is open" in words(page)
    assert "&lt;b&gt;many&lt;/b&gt;" in page.content.decode() and "<b>many</b>" not in page.content.decode()


def test_applying_enters_report_lines_and_ledger_and_says_so(desk, sheet, agency, clerk):
    upload = upload_of(desk, sheet(group("X-01", refunded=6)))
    page = apply_one(desk, upload)
    assert f"The return of {agency} as of 2020-01-31 is entered." in words(page)
    report = AgencyReport.objects.get()
    assert (report.received_by, report.channel, report.file_name) == (clerk, "mail", "sheet.xlsx")
    assert Refund.objects.get().heads == 6
    upload.refresh_from_db()
    assert (upload.state, upload.report, upload.closed_by) == ("applied", report, clerk)
    said = words(desk.get(upload.get_absolute_url()))
    assert "applied this file" in said


def test_fifty_presses_of_one_button_enter_once(desk, sheet):
    upload = upload_of(desk, sheet(group("X-01", refunded=6)))
    action = reverse("refunds:import_apply", args=[upload.pk])
    said = form_of(desk, upload.get_absolute_url(), action)
    answers = {(r.status_code, r["Location"]) for r in (desk.post(action, said) for _press in range(50))}
    assert answers == {(302, reverse("refunds:imports"))}
    assert [model.objects.count() for model in (AgencyReport, GroupLine, Refund)] == [1, 1, 1]


def test_presses_from_two_pages_enter_once_and_the_second_is_told_who_was_first(desk, sheet, clerk):
    upload = upload_of(desk, sheet(group("X-01", refunded=6)))
    action = reverse("refunds:import_apply", args=[upload.pk])
    pages = [form_of(desk, upload.get_absolute_url(), action) for _page in range(2)]
    assert [desk.post(action, said).status_code for said in pages] == [302, 409]
    late = desk.post(action, pages[1])
    assert f"{clerk} applied this import at" in words(late)
    assert AgencyReport.objects.count() == 1


def test_a_page_that_was_shown_before_a_refund_was_entered_by_hand_is_refused(desk, sheet, known, leader):
    upload = upload_of(desk, sheet(group("X-01", refunded=6), group("X-02", heads=5, refunded=3)))
    action = reverse("refunds:import_apply", args=[upload.pk])
    said = form_of(desk, upload.get_absolute_url(), action)
    TourGroup.objects.get(number="X-01").enter_refund(by=leader, heads=1, at=AT_28)
    late = desk.post(action, said)
    assert late.status_code == 409
    assert f"{leader} changed this at" in words(late)
    assert "3 → 6" in words(late)  # the page that comes with the refusal is the present one
    assert AgencyReport.objects.count() == 1
    assert desk.post(action, form_of(desk, upload.get_absolute_url(), action)).status_code == 302


def test_answers_that_a_colleague_changed_are_looked_at_before_applying(desk, sheet, known, leader):
    upload = upload_of(desk, sheet(group("X-01", refunded=1), group("X-02", heads=5, refunded=3)))
    answer(desk, upload, {("fell_refunded_heads", "I4"): "keep"})
    action = reverse("refunds:import_apply", args=[upload.pk])
    said = form_of(desk, upload.get_absolute_url(), action)
    ReturnUpload.objects.get().answer(by=leader, answers={"fell_refunded_heads@Sheet1!I4": "take"})
    late = desk.post(action, said)
    assert late.status_code == 409
    assert "Somebody else answered questions about this file." in words(late)
    assert AgencyReport.objects.count() == 1


def test_applying_what_still_asks_is_refused_with_the_cells(desk, sheet, known):
    from refunds.importing.desk import mark_of_answers

    upload = upload_of(desk, sheet(group("X-01", refunded=1), group("X-02", heads=5, refunded=3)))
    said = {"form_key": uuid.uuid4(), "seen": "", "answered": mark_of_answers({})}
    from refunds.models.returns import mark_of

    said["seen"] = mark_of(AgencyReport.objects.get().agency)
    refused = desk.post(reverse("refunds:import_apply", args=[upload.pk]), said)
    assert refused.status_code == 422
    assert "1 questions about this sheet are open (Sheet1!I4)" in words(refused)


def test_a_file_that_was_put_away_enters_nothing_and_may_come_again(desk, sheet):
    content = sheet(group("X-01"))
    upload = upload_of(desk, content)
    page = press(desk, upload.get_absolute_url(), "import_discard", upload.pk)
    assert "was put away; nothing was entered." in words(page)
    again = desk.post(reverse("refunds:import_discard", args=[upload.pk]), {"form_key": uuid.uuid4()})
    assert again.status_code == 409
    assert "put this file away" in words(again)
    drop(desk, ("sheet.xlsx", content))
    assert ReturnUpload.objects.waiting().count() == 1
    assert not AgencyReport.objects.exists()
    assert "sheet.xlsx" in words(desk.get(reverse("refunds:imports"), {"show": "discarded"}))


def test_answering_a_file_that_is_decided_is_refused(desk, sheet):
    upload = upload_of(desk, sheet(group("X-01", refunded="若干")))
    upload.discard(by=None)
    late = desk.post(reverse("refunds:import_answer", args=[upload.pk]), {"form_key": uuid.uuid4()})
    assert late.status_code == 409


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=99999", "?action=nonsense", "?action=same&page=-1", "?page=" + "9" * 5000]
)
def test_odd_addresses_give_the_page(desk, sheet, query):
    upload = upload_of(desk, sheet(group("X-01")))
    assert desk.get(upload.get_absolute_url() + query).status_code == 200
    for show in ("", "&show=returns", "&show=discarded", "&show=x"):
        assert desk.get(reverse("refunds:imports") + query + show).status_code == 200


def test_the_preview_asks_the_database_as_often_for_one_group_as_for_thirty(desk, sheet, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (1, 30):
        upload = upload_of(desk, sheet(*[group(f"X-{i:02}") for i in range(n)]), f"{n}.xlsx")
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(upload.get_absolute_url()).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 25
