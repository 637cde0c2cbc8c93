"""The pages of the daily report: who sees which, three clicks to the signature, nothing typed is lost."""

import datetime
import uuid

import pytest
from django.urls import reverse

from conftest import T
from enforcement.models import DailyReport

HOUR = datetime.timedelta(hours=1)
AS_OF = T + 8 * HOUR


@pytest.fixture
def draft(order, duty_officer):
    return DailyReport.objects.draft(by=duty_officer, as_of=AS_OF, at=AS_OF + HOUR)


@pytest.fixture
def signed(draft, leader):
    draft.review(by=leader, edits=0)
    draft.sign(by=leader, edits=0)
    return draft


def send(client, name, report, **fields):
    return client.post(reverse(name, args=[report.pk]), {"form_key": uuid.uuid4(), **fields})


def page(client, report, query=""):
    return client.get(report.get_absolute_url() + query)


def test_a_draft_is_made_from_its_form(order, duty_officer, signed_in):
    answer = signed_in(duty_officer).post(
        reverse("report_new"), {"form_key": uuid.uuid4(), "as_of": "2020-01-25T00:00", "approximate": "on"}
    )
    made = DailyReport.objects.get()
    assert answer.url == made.get_absolute_url() and made.approximate and made.since is None


@pytest.mark.parametrize("as_of", ["", "yesterday", "2190-01-01T00:00", "0001-01-01T00:00"])
def test_a_draft_of_no_moment_is_refused_beside_the_field(order, duty_officer, signed_in, as_of):
    answer = signed_in(duty_officer).post(reverse("report_new"), {"form_key": uuid.uuid4(), "as_of": as_of})
    assert answer.status_code == 422 and "id_as_of_error" in answer.content.decode()


def test_a_second_draft_of_the_moment_leads_to_the_first(draft, leader, signed_in):
    answer = signed_in(leader).post(reverse("report_new"), {"form_key": uuid.uuid4(), "as_of": "2020-01-25T00:30"})
    assert answer.status_code == 422 and draft.get_absolute_url() in answer.content.decode()


def test_a_midnight_is_the_day_that_has_ended_on_every_page(order, duty_officer, leader, signed_in):
    midnight = AS_OF - HOUR / 2
    report = DailyReport.objects.draft(by=duty_officer, as_of=midnight, at=AS_OF)
    client, board = signed_in(leader), reverse("dashboard")
    shown = [client.get(url).content.decode() for url in (report.get_absolute_url(), reverse("reports"), board)]
    report.review(by=leader, edits=0)
    report.sign(by=leader, edits=0)
    shown += [client.get(url).content.decode() for url in (report.get_absolute_url(), reverse("reports"), board)]
    assert all("1月24日24时" in text for text in shown)
    assert not any("2020-01-25 00:00" in text for place, text in enumerate(shown) if place not in (2, 5))


def test_a_leader_signs_with_three_clicks(draft, leader, signed_in):
    client = signed_in(leader)
    assert reverse("report_review", args=[draft.pk]) in page(client, draft).content.decode()
    after = client.get(send(client, "report_review", draft, edits=0).url).content.decode()
    assert reverse("report_sign", args=[draft.pk]) in after
    assert send(client, "report_sign", draft, edits=0).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.signed_by) == ("signed", 1, leader)
    assert "✓" in page(client, draft).content.decode()


def test_a_duty_officer_gets_no_button_to_sign(draft, duty_officer, signed_in):
    shown = page(signed_in(duty_officer), draft).content.decode()
    assert (
        reverse("report_review", args=[draft.pk]) not in shown and reverse("report_sign", args=[draft.pk]) not in shown
    )


def test_who_reviewed_another_text_is_told(draft, leader, duty_officer, signed_in):
    sections = {"zh-hans": {**draft.sections["zh-hans"], "force": "改"}}
    DailyReport.objects.get(pk=draft.pk).edit(by=duty_officer, sections=sections, edits=0)
    assert send(signed_in(leader), "report_review", draft, edits=0).status_code == 409
    assert send(signed_in(leader), "report_review", draft, edits="x").status_code == 409


# --- the bureau's reader
def test_the_bureau_sees_what_is_signed_and_nothing_else(draft, leader, viewer, signed_in):
    client = signed_in(viewer)
    for address in (draft.get_absolute_url(), reverse("report_text", args=[draft.pk])):
        assert client.get(address).status_code == 404
    assert draft.get_absolute_url() not in client.get(reverse("reports")).content.decode()
    draft.review(by=leader, edits=0)
    draft.sign(by=leader, edits=0)
    assert page(client, draft).status_code == 200
    assert draft.get_absolute_url() in client.get(reverse("reports")).content.decode()
    correction = draft.correct(by=leader)
    assert correction.get_absolute_url() not in page(client, draft).content.decode()


# --- the text
def test_an_edit_is_shown_against_the_written_text(draft, duty_officer, leader, signed_in):
    client = signed_in(duty_officer)
    answer = client.post(
        reverse("report_edit", args=[draft.pk]) + "?text=zh-hans",
        {"form_key": uuid.uuid4(), "edits": 0, **draft.sections["zh-hans"], "problems": "改过。"},
    )
    assert answer.status_code == 302
    shown = page(signed_in(leader), draft, "?text=zh-hans").content.decode()
    assert "<ins>改过。</ins>" in shown and "<del>" in shown
    assert "<ins>" not in page(signed_in(leader), draft, "?text=en").content.decode()


def test_a_stale_edit_keeps_what_was_typed_beside_the_present_text(draft, duty_officer, leader, signed_in):
    sections = {"zh-hans": {**draft.sections["zh-hans"], "force": "别人的话。"}}
    DailyReport.objects.get(pk=draft.pk).edit(by=leader, sections=sections, edits=0)
    typed = {"edits": 0, **draft.sections["zh-hans"], "force": "我的话。"}
    address = reverse("report_edit", args=[draft.pk]) + "?text=zh-hans"
    answer = signed_in(duty_officer).post(address, {"form_key": uuid.uuid4(), **typed})
    shown = answer.content.decode()
    assert answer.status_code == 409 and "我的话。</textarea>" in shown and "<del>别人的话。</del>" in shown
    assert 'name="edits" value="1"' in shown
    assert signed_in(duty_officer).post(address, {"form_key": uuid.uuid4(), **typed, "edits": 1}).status_code == 302
    draft.refresh_from_db()
    assert draft.sections["zh-hans"]["force"] == "我的话。"


def test_what_is_signed_has_no_form_to_edit(signed, duty_officer, signed_in):
    answer = signed_in(duty_officer).get(reverse("report_edit", args=[signed.pk]))
    assert answer.status_code == 409 and "<textarea" not in answer.content.decode()


def test_too_long_a_text_is_refused_beside_its_field(draft, duty_officer, signed_in):
    answer = send(signed_in(duty_officer), "report_edit", draft, edits=0, force="长" * 8001)
    assert answer.status_code == 422 and "id_force_error" in answer.content.decode()


# --- sending, correcting, discarding
def test_sending_without_a_name_is_refused_and_with_one_kept(signed, duty_officer, signed_in):
    client = signed_in(duty_officer)
    assert send(client, "report_send", signed, to="").status_code == 422
    assert send(client, "report_send", signed, to="市文旅局").status_code == 302
    signed.refresh_from_db()
    assert signed.sent_to == "市文旅局"


def test_a_correction_is_drafted_once(signed, duty_officer, leader, signed_in):
    first = send(signed_in(duty_officer), "report_correct", signed).url
    assert send(signed_in(leader), "report_correct", signed).url == first
    assert DailyReport.objects.get(corrects=signed).get_absolute_url() == first


def test_a_draft_is_discarded(draft, duty_officer, signed_in):
    assert send(signed_in(duty_officer), "report_discard", draft, edits=0).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "discarded"


# --- reading
@pytest.mark.parametrize(
    ("query", "words"),
    [("", "第1期"), ("?text=en", "No. 1"), ("?text=zh-hans", "截至2020年1月25日0时30分"), ("?text=xx", "第1期")],
)
def test_the_plain_text_is_the_whole_report_in_the_language_asked_for(signed, viewer, signed_in, query, words):
    answer = signed_in(viewer).get(reverse("report_text", args=[signed.pk]) + query, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert words in answer.content.decode() and signed.content_hash[:16] in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?state=nobody", "?after=x", "?before=1-2-3", "?page=x", "?text=%25", "?state=discarded"]
)
def test_odd_addresses_of_the_list_are_answered(signed, auditor, signed_in, query):
    assert signed_in(auditor).get(reverse("reports") + query).status_code == 200


def test_the_list_asks_as_often_for_many_as_for_one(
    signed, leader, duty_officer, viewer, signed_in, django_assert_num_queries
):
    client = signed_in(viewer)
    client.get(reverse("reports"))
    with django_assert_num_queries(7) as asked:
        client.get(reverse("reports"))
    for hours in range(1, 4):
        more = DailyReport.objects.draft(by=duty_officer, as_of=AS_OF + hours * HOUR)
        more.review(by=leader, edits=0)
        more.sign(by=leader, edits=0)
    with django_assert_num_queries(len(asked)):
        client.get(reverse("reports"))
