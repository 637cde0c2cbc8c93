"""Taking an import back: as a whole, and only while nothing newer uses what it made or changed."""

import datetime

import pytest
from django.utils import timezone

from venues.importing.applying import import_file
from venues.models import Inspection, Venue, VenueImport
from venues.tests.lists import one, row, saved, workbook
from venues.transitions import Refused, TooLate

AT = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture
def imported(netbar, editor, tmp_path):
    """An import that changed `netbar` and made 水岸网吧."""
    Venue.objects.update(created_at=AT - datetime.timedelta(days=1))
    rows = [row(licence_no=netbar.licence_no, phone="13000000009"), row(name="水岸网吧", licence_no="2")]
    return import_file(saved(workbook(rows), tmp_path / "a.xlsx"), by=editor, at=AT)


def refused(run, by):
    with pytest.raises(Refused) as caught:
        run.undo(by=by)
    run.refresh_from_db()
    assert run.state == "applied" and Venue.objects.filter(name="水岸网吧").exists()
    return caught.value.sentence()


def test_what_it_made_goes_and_what_it_changed_is_as_before(imported, netbar, editor):
    imported.undo(by=editor)
    assert [v.name for v in Venue.objects.all()] == ["蓝天网吧"]
    netbar.refresh_from_db()
    assert netbar.phone == "13000000001" and "13000000001" in netbar.search_key
    imported.refresh_from_db()
    assert (imported.state, imported.closed_by) == ("undone", editor)
    assert imported.rows.get(row=3).venue is None


def test_the_history_keeps_both_the_import_and_its_undoing(imported, netbar, editor):
    imported.undo(by=editor)
    assert [h.history_type for h in Venue.history.filter(name="水岸网吧")] == ["-", "+"]
    assert netbar.history.first().history_change_reason == f"undone: import {imported.pk}"
    assert editor.trail.filter(act="import_undone").exists()


def test_it_is_undone_once(imported, editor, leader):
    stale = VenueImport.objects.get(pk=imported.pk)
    imported.undo(by=editor)
    with pytest.raises(TooLate, match=editor.name):
        stale.undo(by=leader)


def test_a_venue_that_an_inspection_looked_at_stays(imported, editor, inspector, second_inspector):
    venue = Venue.objects.get(name="水岸网吧")
    Inspection.objects.record(
        by=inspector, client_uuid="6a1f3a52-0000-4000-8000-000000000001", venue=venue, officers=[inspector, second_inspector],
        observed_at=timezone.now(), result="closed",
    )  # fmt: skip
    assert "水岸网吧" in refused(imported, editor)


def test_a_venue_that_an_order_names_stays(imported, editor, leader, category, netbar, make_venue):
    ktv = make_venue("皇冠KTV", category_slug="song_dance")
    from conftest import T
    from venues.models import ClosureOrder

    draft = ClosureOrder.objects.draft(
        by=leader, categories=[category("internet_cafe"), category("song_dance")], number="1", title="停业", issued_at=T,
        effective_at=T, deadline_at=T + datetime.timedelta(hours=4),
    )  # fmt: skip
    draft.activate(by=leader, typed_total=3, at=T)
    assert ktv.targets.exists()
    refused(imported, editor)


def test_a_venue_that_was_changed_since_stays(imported, editor):
    venue = Venue.objects.get(name="水岸网吧")
    venue.manager = "王五"
    venue.save_by(editor)
    assert "水岸网吧" in refused(imported, editor)


def test_a_changed_venue_that_was_changed_again_keeps_the_newer_value(imported, netbar, editor):
    netbar.refresh_from_db()
    netbar.phone = "13911111111"
    netbar.save_by(editor)
    assert "蓝天网吧" in refused(imported, editor)


def test_a_change_that_left_no_history_is_seen_by_the_value(imported, netbar, editor):
    Venue.objects.filter(pk=netbar.pk).update(phone="13911111111")
    refused(imported, editor)


def test_a_venue_that_others_were_merged_into_stays(imported, make_venue, editor):
    make_venue("旧网吧").merge_into(Venue.objects.get(name="水岸网吧"), by=editor)
    refused(imported, editor)


def test_a_later_import_that_names_the_venues_must_be_undone_first(imported, editor, tmp_path):
    (tmp_path / "later").mkdir()
    later = import_file(one(tmp_path / "later", name="水岸网吧", licence_no="2", phone="13000000007"), by=editor)
    refused(imported, editor)
    later.undo(by=editor)
    refused(imported, editor)  # its venue was changed and changed back since


def test_a_later_import_that_found_the_venues_as_they_are_uses_them_too(imported, editor, tmp_path):
    (tmp_path / "later").mkdir()
    later = import_file(one(tmp_path / "later", name="水岸网吧", licence_no="2"), by=editor)
    assert later.counts["same"] == 1
    refused(imported, editor)


def test_a_changed_venue_whose_other_fields_were_changed_since_is_left_alone(imported, netbar, editor):
    netbar.refresh_from_db()
    netbar.sign_name = "老店"
    netbar.save_by(editor)
    assert "蓝天网吧" in refused(imported, editor)


def test_an_import_that_was_not_applied_has_nothing_to_undo(imported, editor):
    VenueImport.objects.update(state="preview")
    with pytest.raises(TooLate):
        imported.undo(by=editor)
