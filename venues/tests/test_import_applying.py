"""One transaction, applied once, and nothing that nobody saw."""

import datetime
import threading

import pytest
from django.db import IntegrityError, connection
from simple_history.utils import bulk_create_with_history

from venues.importing import applying, working, writing
from venues.importing.applying import import_file, read, receive
from venues.models import Venue, VenueImport
from venues.search import search_key
from venues.tests.lists import one, row, saved, workbook
from venues.tests.racing import at_once, sort_out
from venues.transitions import Refused, TooLate

AT = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)


def previewed(path, by):
    with path.open("rb") as file:
        run = receive(file, path.name, by=by, at=AT)
    read(run, at=AT)
    return run


@pytest.fixture
def preview(editor, qinzhou, tmp_path):
    path = saved(workbook([row(), row(name="水岸网吧", licence_no="2")]), tmp_path / "a.xlsx")
    return previewed(path, editor)


def test_applying_makes_the_venues_and_says_who_did_it(preview, editor):
    working.apply(preview, by=editor, at=AT)
    preview.refresh_from_db()
    assert (preview.state, preview.applied_by, preview.applied_at) == ("applied", editor, AT)
    made = Venue.objects.get(name="水岸网吧")
    assert preview.rows.get(row=3).venue == made
    assert made.search_key == search_key(made) and "sawb" in made.search_key
    assert made.created_at == AT


def test_applying_leaves_an_entry_in_the_trail(preview, editor):
    working.apply(preview, by=editor, at=AT)
    entry = editor.trail.get(act="import")
    assert (entry.about_type, entry.about_id) == ("venues.venueimport", str(preview.pk))
    assert entry.detail["counts"]["created"] == 2


def test_the_history_of_each_venue_shows_the_import(preview, editor):
    working.apply(preview, by=editor, at=AT)
    for venue in Venue.objects.all():
        (first,) = venue.history.all()
        assert (first.history_type, first.history_user, first.history_date) == ("+", editor, AT)
        assert first.history_change_reason == preview.history_reason
        assert first.name == venue.name


def test_the_copied_history_is_what_the_library_would_have_written(make_venue, editor, netbar):
    values = {"name": "水岸网吧", "category": netbar.category_id, "district": netbar.district_id, "licence_no": "1"}
    (pk,) = writing.create([values], by=editor, at=AT, why="x")
    twin = Venue(name="水岸网吧", category=netbar.category, district=netbar.district, licence_no="2", created_at=AT)
    bulk_create_with_history([twin], Venue, default_user=editor, default_date=AT, default_change_reason="x")
    own, other = (Venue.history.filter(id=key).values().get() for key in (pk, twin.pk))
    different = {name for name in own if own[name] != other[name]}
    assert different == {"history_id", "id", "licence_no"}


def test_a_change_keeps_what_was_before_in_the_history(netbar, editor, tmp_path):
    Venue.history.all().delete()
    Venue.objects.update(created_at=AT - datetime.timedelta(days=1))
    netbar.refresh_from_db()
    run = import_file(one(tmp_path, name=netbar.name, licence_no=netbar.licence_no, manager="王五"), by=editor, at=AT)
    now, before = netbar.history.all()
    assert (now.history_type, now.manager, now.history_change_reason) == ("~", "王五", run.history_reason)
    assert (before.history_type, before.manager, before.history_date) == ("+", "", netbar.created_at)
    netbar.refresh_from_db()
    assert netbar.manager == "王五" and netbar.search_key == search_key(netbar)


def test_a_failure_in_the_middle_leaves_nothing_behind(editor, qinzhou, tmp_path, monkeypatch):
    path = saved(workbook([row(), row(name="水岸网吧", licence_no="2")]), tmp_path / "a.xlsx")

    def fail(*args, **kwargs):
        raise IntegrityError("the disk is full")

    monkeypatch.setattr(writing, "keep", fail)
    with pytest.raises(IntegrityError):
        import_file(path, by=editor)
    assert not Venue.objects.exists() and not VenueImport.objects.exists()
    assert not Venue.history.exists()
    assert not list((tmp_path / "private").rglob("*.xlsx"))


def test_an_import_that_changes_nothing_cannot_be_applied(netbar, editor, tmp_path):
    netbar.manager, netbar.licence_until = "张三", datetime.date(2031, 5, 1)
    netbar.save()
    run = previewed(one(tmp_path, licence_no=netbar.licence_no), editor)
    with pytest.raises(Refused):
        working.apply(run, by=editor)
    assert VenueImport.objects.get().state == "preview"


def test_it_is_applied_once(preview, editor, leader):
    stale = VenueImport.objects.get(pk=preview.pk)
    working.apply(preview, by=editor, at=AT)
    with pytest.raises(TooLate, match=editor.name):
        working.apply(stale, by=leader)
    assert Venue.objects.count() == 2


def test_a_discarded_list_is_not_applied(preview, editor, leader):
    stale = VenueImport.objects.get(pk=preview.pk)
    preview.discard(by=leader)
    with pytest.raises(TooLate, match=leader.name):
        working.apply(stale, by=editor)
    assert not Venue.objects.exists()


# --- the registry moved on ------------------------------------------------------------------------------------------------


def test_what_changed_under_the_preview_is_not_overwritten(netbar, editor, tmp_path):
    run = previewed(one(tmp_path, name=netbar.name, licence_no=netbar.licence_no, phone="13000000009"), editor)
    netbar.phone = "13911111111"
    netbar.save()
    working.apply(run, by=editor, at=AT)
    run.refresh_from_db()
    assert run.state == "preview" and "1" in run.problem
    assert run.rows.get().changes["phone"] == ["13911111111", "13000000009"]
    netbar.refresh_from_db()
    assert netbar.phone == "13911111111"
    working.apply(run, by=editor, at=AT)
    netbar.refresh_from_db()
    assert netbar.phone == "13000000009"


def test_a_venue_that_came_meanwhile_is_not_made_twice(preview, make_venue, editor):
    make_venue("蓝天网吧", licence_no="62050220001")
    working.apply(preview, by=editor, at=AT)
    preview.refresh_from_db()
    assert preview.state == "preview"
    assert preview.rows.get(row=2).action == "changed"
    assert Venue.objects.count() == 1


def test_an_entry_that_looks_alike_and_came_meanwhile_is_asked_about(editor, make_venue, tmp_path, qinzhou):
    run = previewed(one(tmp_path, licence_no=""), editor)
    make_venue("蓝天网咖")
    working.apply(run, by=editor, at=AT)
    run.refresh_from_db()
    assert (run.state, run.counts["undecided"]) == ("preview", 1)


def test_the_control_without_the_comparison_overwrites_what_nobody_saw(netbar, editor, tmp_path, monkeypatch):
    run = previewed(one(tmp_path, name=netbar.name, licence_no=netbar.licence_no, phone="13000000009"), editor)
    netbar.phone = "13911111111"
    netbar.save()
    monkeypatch.setattr(applying, "_same", lambda row, seen: True)
    working.apply(run, by=editor, at=AT)
    netbar.refresh_from_db()
    assert netbar.phone == "13000000009"


# --- two at once ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(transactional_db, editor, qinzhou, tmp_path):
    path = saved(
        workbook([row(), row(name="水岸网吧", licence_no=""), row(name="黄河网吧", licence_no="3")]),
        tmp_path / "a.xlsx",
    )
    return previewed(path, editor)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_applies(waiting, editor, leader):
    def applies(by):
        seen = VenueImport.objects.get(pk=waiting.pk)
        return lambda: working.apply(seen, by=by, at=AT)

    won, refusals = sort_out(at_once(*[applies(by) for by in (editor, leader)] * 4), TooLate)
    assert (len(won), len(refusals)) == (1, 7)
    assert Venue.objects.count() == 3
    waiting.refresh_from_db()
    assert all(waiting.applied_by.name in refusal.sentence() for refusal in refusals)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_venue_at_once_make_it_once(waiting, editor, leader, tmp_path):
    other = previewed(saved(workbook([row(), row(name="水岸网吧", licence_no="")]), tmp_path / "b.xlsx"), leader)

    def applies(run, by):
        seen = VenueImport.objects.get(pk=run.pk)
        return lambda: working.apply(seen, by=by, at=AT)

    sort_out(at_once(applies(waiting, editor), applies(other, leader)), TooLate)
    assert Venue.objects.filter(name="水岸网吧").count() == 1
    assert Venue.objects.filter(name="蓝天网吧").count() == 1
    assert sorted(VenueImport.objects.values_list("state", flat=True)) == ["applied", "preview"]


@pytest.mark.race
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_control_without_the_frozen_registry_makes_it_twice(waiting, leader, editor, tmp_path, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    other = previewed(saved(workbook([row(name="水岸网吧", licence_no="")]), tmp_path / "b.xlsx"), leader)
    both_planned = threading.Barrier(2)
    write = applying._write

    def write_when_both_have_planned(rows, run):
        both_planned.wait(timeout=20)
        write(rows, run)

    monkeypatch.setattr(writing, "freeze_registry", lambda: None)
    monkeypatch.setattr(applying, "_write", write_when_both_have_planned)

    def applies(run, by):
        seen = VenueImport.objects.get(pk=run.pk)
        return lambda: working.apply(seen, by=by, at=AT)

    at_once(applies(waiting, editor), applies(other, leader))
    assert Venue.objects.filter(name="水岸网吧").count() == 2
