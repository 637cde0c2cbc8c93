"""The imports in the browser: upload, preview, questions, decisions, applying; fifty presses; the wrong role."""

import os
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from venues.importing import guards, working
from venues.models import Venue, VenueImport
from venues.tests.forms import filled, sent
from venues.tests.lists import REAL, row, upload, workbook

URLS = ["import", "import_missing", "import_workbook", "import_undo"]
POSTS = ["import_answer", "import_decide", "import_apply", "import_discard", "import_again"]


@pytest.fixture
def desk(signed_in, editor):
    client = signed_in(editor)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def uploaded(client, book, name="名录.xlsx", **extra):
    return sent(client, reverse("venues:import_new"), {"file": upload(book, name)}, **extra)


@pytest.fixture
def preview(desk, qinzhou):
    uploaded(desk, workbook([row(), row(name="水岸网吧", licence_no="2")]))
    return VenueImport.objects.get()


def test_an_upload_leads_to_its_preview_and_changes_nothing(desk, qinzhou, editor):
    answer = uploaded(desk, workbook([row(), row(name="")]))
    run = VenueImport.objects.get()
    assert answer.url == run.get_absolute_url()
    assert (run.state, run.uploaded_by, run.file_name) == ("preview", editor, "名录.xlsx")
    page = filled(desk.get(answer.url))
    assert "蓝天网吧" in page and "The row has no name." in page
    assert not Venue.objects.exists()


def test_the_file_is_kept_under_a_name_of_our_own(preview):
    assert preview.file.name.startswith("imports/") and "名录" not in preview.file.name


def test_a_file_that_cannot_be_a_list_is_told_on_the_form(desk):
    answer = sent(desk, reverse("venues:import_new"), {"file": SimpleUploadedFile("a.xls", guards.OLE + b"\0" * 99)})
    assert ".xls" in filled(answer)
    assert not VenueImport.objects.exists()


def test_a_list_without_a_header_says_so_on_its_page(desk, qinzhou):
    answer = uploaded(desk, workbook([], header=["标题"]))
    assert "No sheet has a header" in filled(desk.get(answer.url))
    assert VenueImport.objects.get().state == "failed"


def test_the_preview_filters_its_rows_by_the_address(desk, preview):
    page = filled(desk.get(preview.get_absolute_url(), {"q": "水岸"}))
    assert "水岸网吧" in page and ">蓝天网吧<" not in page
    assert "No row fits." in filled(desk.get(preview.get_absolute_url(), {"action": "errors"}))
    assert "No row fits." in filled(desk.get(preview.get_absolute_url(), {"action": "nonsense"}))


def test_for_htmx_the_same_address_gives_the_rows_alone(desk, preview):
    whole = desk.get(preview.get_absolute_url(), {"q": "水岸"})
    part = desk.get(preview.get_absolute_url(), {"q": "水岸"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="import_rows")
    assert part.content.decode().strip().endswith("</div>") and "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"] and "HX-Request" in whole["Vary"]


def test_changes_stand_in_the_preview_as_old_and_new(desk, make_venue):
    venue = make_venue(phone="13000000001")
    uploaded(desk, workbook([row(licence_no=venue.licence_no, phone="13000000009")]))
    page = filled(desk.get(VenueImport.objects.get().get_absolute_url()))
    assert "<del>13000000001</del> → <ins>13000000009</ins>" in page


def test_applying_says_what_was_done(desk, preview):
    answer = sent(desk, reverse("venues:import_apply", args=[preview.pk]), {}, follow=True)
    assert "2 new, 0 changed" in filled(answer)
    assert Venue.objects.count() == 2


def test_fifty_presses_import_once(desk, preview):
    key = uuid.uuid4()
    answers = [sent(desk, reverse("venues:import_apply", args=[preview.pk]), {}, key=key) for _ in range(50)]
    assert {a.url for a in answers} == {preview.get_absolute_url()}
    assert Venue.objects.count() == 2
    assert VenueImport.objects.get().state == "applied"


def test_the_same_file_again_is_told_and_leads_to_the_first_import(desk, preview):
    sent(desk, reverse("venues:import_apply", args=[preview.pk]), {})
    book = SimpleUploadedFile("again.xlsx", Path(preview.file.path).read_bytes())
    answer = sent(desk, reverse("venues:import_new"), {"file": book}, follow=True)
    assert "Exactly this file was imported before" in filled(answer)
    assert VenueImport.objects.count() == 1


def test_on_purpose_the_same_file_is_read_again_as_an_import_of_its_own(desk, preview):
    sent(desk, reverse("venues:import_apply", args=[preview.pk]), {})
    answer = sent(desk, reverse("venues:import_again", args=[preview.pk]), {})
    second = VenueImport.objects.first()
    assert answer.url == second.get_absolute_url() and second != preview
    assert second.counts["same"] == 2


def test_a_preview_is_not_read_again_beside_itself(desk, preview):
    sent(desk, reverse("venues:import_again", args=[preview.pk]), {})
    assert VenueImport.objects.count() == 1


def test_a_list_is_put_away(desk, preview, editor):
    sent(desk, reverse("venues:import_discard", args=[preview.pk]), {})
    preview.refresh_from_db()
    assert (preview.state, preview.closed_by) == ("discarded", editor)
    answer = sent(desk, reverse("venues:import_apply", args=[preview.pk]), {}, follow=True)
    assert editor.name in filled(answer) and not Venue.objects.exists()


# --- questions and decisions ----------------------------------------------------------------------------------------------


def field_for(client, run, kind):
    form = client.get(run.get_absolute_url()).context["answers"]
    return next(name for name in form.fields if name.startswith(kind))


def test_an_unknown_category_is_asked_once_for_all_its_rows(desk, qinzhou, category):
    uploaded(desk, workbook([row(), row(licence_no="2", name="水岸网吧")], sheet="Sheet1"))
    run = VenueImport.objects.get()
    assert run.counts["errors"] == 2
    form = desk.get(run.get_absolute_url()).context["answers"]
    assert len(form.fields) == 1
    name = field_for(desk, run, "category")
    sent(desk, reverse("venues:import_answer", args=[run.pk]), {name: category("internet_cafe").pk})
    run.refresh_from_db()
    assert (run.state, run.counts["created"], run.counts["errors"]) == ("preview", 2, 0)


def test_an_unknown_district_is_asked_once_and_may_be_left_out(desk, qinzhou):
    uploaded(desk, workbook([row(district="秦洲"), row(district="秦洲", licence_no="2"), row(licence_no="3")]))
    run = VenueImport.objects.get()
    name = field_for(desk, run, "district")
    sent(desk, reverse("venues:import_answer", args=[run.pk]), {name: "out"})
    run.refresh_from_db()
    assert (run.counts["skipped"], run.counts["created"]) == (2, 1)
    sent(desk, reverse("venues:import_answer", args=[run.pk]), {name: qinzhou.pk})
    run.refresh_from_db()
    assert (run.counts["skipped"], run.counts["created"]) == (0, 3)


def test_an_answer_that_is_no_choice_changes_nothing(desk, qinzhou):
    uploaded(desk, workbook([row(district="秦洲")]))
    run = VenueImport.objects.get()
    sent(desk, reverse("venues:import_answer", args=[run.pk]), {field_for(desk, run, "district"): "999999"})
    run.refresh_from_db()
    assert run.answers == {} and run.counts["errors"] == 1


def test_an_undecided_row_is_decided_on_the_page_and_the_filters_stay(desk, netbar):
    uploaded(desk, workbook([row(licence_no="")]))
    run = VenueImport.objects.get()
    page = filled(desk.get(run.get_absolute_url(), {"action": "undecided"}))
    assert f'value="venue:{netbar.pk}"' in page
    fields = {"row": run.rows.get().pk, "decision": f"venue:{netbar.pk}", "back": "?action=undecided"}
    answer = sent(desk, reverse("venues:import_decide", args=[run.pk]), fields)
    assert answer.url == f"{run.get_absolute_url()}?action=undecided"
    assert run.rows.get().venue == netbar


def test_decisions_outlast_an_answer(desk, netbar):
    uploaded(desk, workbook([row(licence_no=""), row(district="秦洲", licence_no="2", name="水岸网吧")]))
    run = VenueImport.objects.get()
    first = run.rows.get(row=2)
    sent(desk, reverse("venues:import_decide", args=[run.pk]), {"row": first.pk, "decision": "new"})
    sent(desk, reverse("venues:import_answer", args=[run.pk]), {field_for(desk, run, "district"): netbar.district_id})
    run.refresh_from_db()
    assert (run.counts["created"], run.counts["undecided"]) == (2, 0)
    sent(desk, reverse("venues:import_apply", args=[run.pk]), {})
    assert Venue.objects.count() == 3


@pytest.mark.parametrize("fields", [{}, {"row": "x"}, {"row": "999999"}])
def test_a_decision_about_no_row_is_not_found(desk, preview, fields):
    assert sent(desk, reverse("venues:import_decide", args=[preview.pk]), fields).status_code == 404


@pytest.mark.parametrize("decision", ["", "venue:999999", "venue:x", "nonsense"])
def test_a_decision_that_is_none_leaves_the_row_open(desk, netbar, decision):
    uploaded(desk, workbook([row(licence_no="")]))
    run = VenueImport.objects.get()
    sent(desk, reverse("venues:import_decide", args=[run.pk]), {"row": run.rows.get().pk, "decision": decision})
    assert run.rows.get().action == "undecided"


# --- orders in force and missing venues -----------------------------------------------------------------------------------


def test_the_effect_on_an_order_in_force_is_said_and_its_list_stays(desk, order, netbar, ktv):
    rows = [
        row(licence_no=netbar.licence_no, status="注销"),
        row(name="水岸网吧", licence_no="2"),
        row(name="黄河网吧", licence_no="3"),
        row(name="旧网吧", licence_no="4", status="注销"),
    ]
    uploaded(desk, workbook(rows))
    run = VenueImport.objects.get()
    answer = desk.get(run.get_absolute_url())
    (effect,) = answer.context["effects"]
    assert (effect.order, effect.come, effect.go) == (order, 2, 1)
    page = filled(answer)
    assert "frozen" in page
    come = desk.get(run.get_absolute_url(), {"order": order.pk, "effect": "come"})
    assert [r.row.name for r in come.context["rows"]] == ["水岸网吧", "黄河网吧"]
    go = desk.get(run.get_absolute_url(), {"order": order.pk, "effect": "go"})
    assert [r.row.name for r in go.context["rows"]] == ["蓝天网吧"]
    sent(desk, reverse("venues:import_apply", args=[run.pk]), {})
    assert order.targets.count() == 2


def test_venues_that_the_list_does_not_name_are_listed_and_kept(desk, netbar):
    uploaded(desk, workbook([row(name="水岸网吧", licence_no="2")]))
    run = VenueImport.objects.get()
    assert "蓝天网吧" in filled(desk.get(reverse("venues:import_missing", args=[run.pk])))
    sent(desk, reverse("venues:import_apply", args=[run.pk]), {})
    netbar.refresh_from_db()
    assert netbar.operating_status == "active"


def test_undoing_is_asked_once_and_done(desk, preview):
    sent(desk, reverse("venues:import_apply", args=[preview.pk]), {})
    assert "would be removed: 2" in filled(desk.get(reverse("venues:import_undo", args=[preview.pk])))
    sent(desk, reverse("venues:import_undo", args=[preview.pk]), {})
    assert not Venue.objects.exists()
    assert desk.get(reverse("venues:import_undo", args=[preview.pk])).status_code == 302


def test_a_refused_undoing_is_told(desk, preview, make_venue, editor):
    sent(desk, reverse("venues:import_apply", args=[preview.pk]), {})
    venue = Venue.objects.get(name="水岸网吧")
    venue.manager = "王五"
    venue.save_by(editor)
    answer = sent(desk, reverse("venues:import_undo", args=[preview.pk]), {}, follow=True)
    assert "cannot be undone" in filled(answer)


# --- long lists -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def background(monkeypatch):
    """Processes that a long list starts, noted instead of started."""
    started = []
    monkeypatch.setattr(working, "start", lambda run: started.append(run.pk))
    return started


def test_a_long_list_is_read_by_a_process_of_its_own_with_its_progress_shown(
    desk, qinzhou, settings, background, django_capture_on_commit_callbacks
):
    settings.IMPORT_INLINE_ROWS = 2
    with django_capture_on_commit_callbacks(execute=True):
        uploaded(desk, workbook([row(licence_no=str(n)) for n in range(5)]))
    run = VenueImport.objects.get()
    assert (run.state, background) == ("waiting", [run.pk])
    working.note(run, 3, pid=None)
    page = filled(desk.get(run.get_absolute_url()))
    assert 'value="3"' in page and "hx-get" in page and "Look again" in page
    part = desk.get(run.get_absolute_url(), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="import_progress")
    assert 'id="import_progress"' in part.content.decode() and "<html" not in part.content.decode()
    working.carry_on(run)
    done = desk.get(run.get_absolute_url(), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="import_progress")
    assert done["HX-Refresh"] == "true"


def test_a_long_list_is_applied_by_a_process_of_its_own_too(
    desk, qinzhou, settings, background, django_capture_on_commit_callbacks
):
    uploaded(desk, workbook([row(licence_no=str(n)) for n in range(5)]))
    settings.IMPORT_INLINE_ROWS = 2
    run = VenueImport.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        sent(desk, reverse("venues:import_apply", args=[run.pk]), {})
        sent(desk, reverse("venues:import_apply", args=[run.pk]), {})
    run.refresh_from_db()
    assert (run.state, background) == ("applying", [run.pk])
    working.carry_on(run)
    run.refresh_from_db()
    assert run.state == "applied" and Venue.objects.count() == 5


@pytest.mark.parametrize(("state", "after"), [("reading", "failed"), ("applying", "preview")])
def test_an_import_whose_process_died_can_be_started_again(desk, qinzhou, editor, settings, state, after):
    uploaded(desk, workbook([row(licence_no=str(n)) for n in range(5)]))
    settings.IMPORT_INLINE_ROWS = 2
    run = VenueImport.objects.get()
    VenueImport.objects.update(state=state, applied_by=editor, applied_at=run.uploaded_at)
    working.note(run, 1, pid=2**22 + 1)
    assert "cut off" in filled(desk.get(run.get_absolute_url()))
    run.refresh_from_db()
    assert run.state == after


def test_an_import_whose_process_lives_is_left_alone(desk, qinzhou, settings):
    uploaded(desk, workbook([row(licence_no=str(n)) for n in range(5)]))
    settings.IMPORT_INLINE_ROWS = 2
    VenueImport.objects.update(state="reading")
    run = VenueImport.objects.get()
    working.note(run, 1, pid=os.getpid())
    desk.get(run.get_absolute_url())
    run.refresh_from_db()
    assert run.state == "reading"


# --- who may --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leader", "duty_officer", "inspector", "clerk", "viewer", "administrator"])
def test_others_neither_see_nor_import(request, signed_in, preview, who):
    client = signed_in(request.getfixturevalue(who))
    for name in ("imports", "import_new"):
        assert client.get(reverse(f"venues:{name}")).status_code == 403
    for name in URLS:
        assert client.get(reverse(f"venues:{name}", args=[preview.pk])).status_code == 403
    for name in POSTS:
        assert sent(client, reverse(f"venues:{name}", args=[preview.pk]), {}).status_code == 403
    assert not Venue.objects.exists()


def test_the_auditor_sees_and_changes_nothing(signed_in, auditor, preview):
    client = signed_in(auditor)
    assert client.get(reverse("venues:imports")).status_code == 200
    page = filled(client.get(preview.get_absolute_url()))
    assert reverse("venues:import_apply", args=[preview.pk]) not in page
    assert sent(client, reverse("venues:import_apply", args=[preview.pk]), {}).status_code == 403
    assert client.get(reverse("venues:import_workbook", args=[preview.pk])).status_code == 403


def test_nothing_is_done_by_looking(desk, preview):
    for name in POSTS:
        assert desk.get(reverse(f"venues:{name}", args=[preview.pk])).status_code == 405


def test_the_real_list_stands_in_the_preview_with_a_constant_number_of_queries(
    desk, qinzhou, django_assert_max_num_queries
):
    from venues.importing.divisions import import_divisions
    from venues.tests.lists import DIVISIONS

    import_divisions(DIVISIONS)
    sent(desk, reverse("venues:import_new"), {"file": SimpleUploadedFile("a.xlsx", REAL.read_bytes())})
    run = VenueImport.objects.get()
    assert run.counts["created"] == 218
    with django_assert_max_num_queries(20):
        filled(desk.get(run.get_absolute_url()))


def test_the_list_of_imports_says_how_each_went(desk, preview):
    page = filled(desk.get(reverse("venues:imports")))
    assert "名录.xlsx" in page and preview.get_absolute_url() in page
