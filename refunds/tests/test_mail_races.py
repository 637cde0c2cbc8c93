"""Two clerks over one morning's mail: each sheet is entered once, and nobody waits for the other for ever."""

import pytest
from django.test import Client
from django.urls import reverse

from refunds.models import AgencyReport, GroupLine, Refund, ReturnUpload
from refunds.tests.mailing import apply_all, apply_one, drop, form_of, press, words
from refunds.tests.workbooks import group, saved, workbook
from venues.tests.racing import at_once
from venues.transitions import Refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mail(make_venue, clerk):
    """Six agencies' sheets of two days each, waiting; returns a client of the clerk who dropped them."""
    desk = Client()
    desk.force_login(clerk)
    files = []
    for n in range(6):
        one = make_venue(f"{'甲乙丙丁戊己'[n]}旅行社", category_slug="travel_agency")
        for day, paid in (("2020-01-28", 2), ("2020-01-31", 5)):
            book = workbook(group("X-01", refunded=paid), licence=one.licence_no, title=f"{one.name}退团退费", day=day)
            files.append((f"{n}-{day}.xlsx", saved(book)))
    drop(desk, *files)
    assert ReturnUpload.objects.waiting().count() == 12
    return desk


def tables():
    return [model.objects.count() for model in (AgencyReport, GroupLine, Refund)]


def test_two_clerks_press_apply_all_and_every_sheet_is_entered_once(mail, clerk):
    other = Client()
    other.force_login(clerk)
    page, action = reverse("refunds:imports"), reverse("refunds:imports_apply")
    forms = [form_of(one, page, action) for one in (mail, other)]
    forms[1]["upload"].reverse()
    outcomes = at_once(*[
        lambda one=one, said=said: one.post(action, said).status_code for one, said in zip((mail, other), forms, strict=True)
    ])  # fmt: skip
    assert outcomes == [302, 302]
    assert tables() == [12, 12, 12]
    assert not ReturnUpload.objects.waiting().exists()


def test_one_presses_all_while_the_other_presses_one(mail, clerk):
    other = Client()
    other.force_login(clerk)
    upload = ReturnUpload.objects.get(file_name="3-2020-01-28.xlsx")
    page, every, action = (
        reverse("refunds:imports"),
        reverse("refunds:imports_apply"),
        reverse("refunds:import_apply", args=[upload.pk]),
    )
    said, one = form_of(mail, page, every), form_of(other, upload.get_absolute_url(), action)
    outcomes = at_once(lambda: mail.post(every, said).status_code, lambda: other.post(action, one).status_code)
    assert outcomes[0] == 302 and outcomes[1] in (302, 409)
    assert tables() == [12, 12, 12]


def test_one_sheet_pressed_by_two_is_entered_once_and_the_second_is_told(mail, clerk):
    other = Client()
    other.force_login(clerk)
    upload = ReturnUpload.objects.get(file_name="0-2020-01-28.xlsx")
    action = reverse("refunds:import_apply", args=[upload.pk])
    forms = [form_of(one, upload.get_absolute_url(), action) for one in (mail, other)]
    outcomes = at_once(*[
        lambda one=one, said=said: one.post(action, said).status_code for one, said in zip((mail, other), forms, strict=True)
    ])  # fmt: skip
    assert sorted(outcomes) == [302, 409]
    assert tables() == [1, 1, 1]


def test_one_applies_while_the_other_puts_away(mail, clerk):
    other = Client()
    other.force_login(clerk)
    upload = ReturnUpload.objects.get(file_name="0-2020-01-28.xlsx")
    outcomes = at_once(
        lambda: apply_one(mail, upload, follow=False).status_code,
        lambda: press(other, upload.get_absolute_url(), "import_discard", upload.pk, follow=False).status_code,
    )
    won = [outcome for outcome in outcomes if outcome == 302]
    # the later one was told, or saw already on its page that there is no button any more
    assert len(won) == 1 and (409 in outcomes or any(isinstance(one, AssertionError) for one in outcomes))
    upload.refresh_from_db()
    assert tables() == ([1, 1, 1] if upload.state == "applied" else [0, 0, 0])


def stumbling(monkeypatch, name, error):
    """From now on the file of this name fails with `error` when half of it is entered."""
    from refunds.importing import applying

    enter_row = applying._enter_row

    def stumble(report, row):
        enter_row(report, row)
        if report.file_name == name:
            raise error

    monkeypatch.setattr(applying, "_enter_row", stumble)


def files(settings):
    return {path.name for path in settings.DATA_DIR.rglob("*.xlsx")}


def test_a_mistake_of_the_program_in_one_file_leaves_the_others_entered_and_names_it(
    mail, monkeypatch, settings, caplog
):
    before = files(settings)
    stumbling(monkeypatch, "3-2020-01-28.xlsx", RuntimeError("a mistake"))
    page = words(apply_all(mail))
    assert tables() == [11, 11, 11]
    assert "11 returns are entered." in page
    assert "3-2020-01-28.xlsx: A mistake of the program kept it back." in page
    assert [upload.file_name for upload in ReturnUpload.objects.waiting()] == ["3-2020-01-28.xlsx"]
    assert len(files(settings) - before) == 11  # nothing is left of the one that failed
    assert "a mistake" in caplog.text


def test_what_was_entered_before_the_machine_stopped_stays_entered(mail, monkeypatch, settings):
    before = files(settings)
    stumbling(monkeypatch, "3-2020-01-28.xlsx", SystemExit())
    with pytest.raises(SystemExit):
        apply_all(mail)
    assert tables() == [6, 6, 6]
    assert len(files(settings) - before) == 6
    monkeypatch.undo()
    apply_all(mail)
    assert tables() == [12, 12, 12]


def test_the_same_press_sent_again_is_led_to_the_list_and_enters_nothing_more(mail):
    page, action = reverse("refunds:imports"), reverse("refunds:imports_apply")
    said = form_of(mail, page, action)
    answers = {(r.status_code, r["Location"]) for r in (mail.post(action, said) for _press in range(3))}
    assert answers == {(302, page)}
    assert tables() == [12, 12, 12]
    assert "decided by a colleague" not in words(mail.get(page))
    assert mail.post(action, said | {"upload": []}).status_code == 422
    assert mail.post(action, {"upload": said["upload"]}).status_code == 422


def test_a_sheet_that_is_refused_in_the_middle_leaves_the_others_whole(mail, monkeypatch):
    stumbling(monkeypatch, "3-2020-01-31.xlsx", Refused("no"))
    apply_all(mail)
    assert tables() == [11, 11, 11]
    assert [upload.file_name for upload in ReturnUpload.objects.waiting()] == ["3-2020-01-31.xlsx"]
