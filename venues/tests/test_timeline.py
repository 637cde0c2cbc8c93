"""One timeline of a venue from many sources, as of a moment, as far as the reader may see."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import T
from venues import timeline
from venues.models import Alert, Target, Venue
from venues.tests.looking import MINUTE, look
from venues.timeline import Entry, page, register

pytestmark = pytest.mark.django_db
LATER = T + datetime.timedelta(days=2)


@pytest.fixture
def officers(inspector, second_inspector):
    return [inspector, second_inspector]


@pytest.fixture
def eventful(order, netbar, leader, duty_officer, officers):
    """A cafe that was told, seen closed, complained about, found running and stopped."""
    target = Target.objects.get(venue=netbar)
    target.notify(by=duty_officer, channel="phone", outcome="no_answer", at=T + 5 * MINUTE, number_used="13000000001")
    target.notify(
        by=duty_officer, channel="phone", outcome="reached", at=T + 9 * MINUTE, says_closed=True,
        acknowledged_by_name="贾霞", remark="马上关门",
    )  # fmt: skip
    look(netbar, 58, "closed", officers, remark="卷帘门已落锁")
    alert = Alert.objects.raise_alert(
        by=duty_officer, source="complaint", words="卷帘门半开", venue=netbar, at=T + 310 * MINUTE
    )
    look(netbar, 357, "operating", officers, alert=alert, people_inside=7)
    look(netbar, 375, "closed", officers)
    return netbar


def kinds(venue, user, at=LATER):
    return [entry.kind for entry in page(venue, user, at).entries if entry.kind != "registry"]


def told(venue, user, at=LATER):
    return "\n".join(f"{entry.title} {entry.text} {entry.officer}" for entry in page(venue, user, at).entries)


def test_everything_that_happened_stands_there_the_newest_first(eventful, leader):
    entries = page(eventful, leader, LATER).entries
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert sorted(kinds(eventful, leader)) == sorted(
        [
            "order",
            "notice",
            "notice",
            "inspection",
            "alert",
            "alert",
            "inspection",
            "violation",
            "inspection",
            "violation",
        ]
    )


def test_the_words_and_the_names_stand_with_it(eventful, leader, officers, duty_officer):
    words = told(eventful, leader)
    for piece in ("13000000001", "贾霞", "马上关门", "卷帘门已落锁", "卷帘门半开", duty_officer.name, leader.name):
        assert piece in words
    assert "、".join(officer.name for officer in officers) in words


def test_each_record_is_linked(eventful, leader):
    entries = page(eventful, leader, LATER).entries
    assert all(entry.url for entry in entries if entry.kind != "registry")


def test_as_of_a_moment_later_things_have_not_happened_and_that_moment_counts(eventful, leader):
    assert kinds(eventful, leader, T - MINUTE) == []
    assert kinds(eventful, leader, T) == ["order"]
    assert kinds(eventful, leader, T + 9 * MINUTE) == ["notice", "notice", "order"]
    assert "violation" not in kinds(eventful, leader, T + 357 * MINUTE - datetime.timedelta(seconds=1))
    assert kinds(eventful, leader, T + 357 * MINUTE).count("violation") == 1


def test_exclusions_and_cancellations_are_told_with_their_reasons(order, netbar, leader):
    target = Target.objects.get(venue=netbar)
    target.exclude(by=leader, reason="已拆除", at=T + MINUTE)
    target.reinstate(by=leader, reason="未拆除", at=T + 2 * MINUTE)
    order.cancel(by=leader, reason="发错文件", at=T + 3 * MINUTE)
    words = told(netbar, leader)
    assert all(reason in words for reason in ("已拆除", "未拆除", "发错文件"))


def test_a_corrected_look_says_so(netbar, leader, officers):
    wrong = look(netbar, 60, "operating", officers)
    look(netbar, 60, "closed", officers, supersedes=wrong)
    entries = [entry for entry in page(netbar, leader, LATER).entries if entry.kind == "inspection"]
    assert sorted(entry.tone for entry in entries) == ["good", "quiet"]


def test_changes_of_the_registry_show_old_and_new(netbar, editor, leader, maiji):
    netbar.phone, netbar.district, netbar.operating_status = "13000000009", maiji, "dormant"
    netbar.save_by(editor)
    entry = page(netbar, leader, timezone.now()).entries[0]
    assert entry.officer == editor.name
    changed = {new for _field, _old, new in entry.changes}
    assert {"13000000009", "麦积区"} <= changed
    assert len(entry.changes) == 3


def test_a_row_that_came_by_an_import_shows_its_first_change_too(netbar, editor, leader):
    netbar.history.all().delete()
    netbar.phone = "13000000009"
    netbar.save_by(editor)
    entry = page(netbar, leader, timezone.now()).entries[0]
    assert [(old, new) for _field, old, new in entry.changes] == [("13000000001", "13000000009")]


def test_what_happened_to_a_merged_entry_stands_on_the_survivors_timeline(netbar, make_venue, editor, leader, officers):
    old = make_venue("兰天网吧")
    look(old, 60, "closed", officers)
    old.merge_into(netbar, by=editor)
    survivor = Venue.objects.get(pk=netbar.pk)
    assert kinds(survivor, leader) == ["inspection"]
    assert "兰天网吧" in told(survivor, leader, timezone.now())


def test_who_sees_no_orders_and_no_looks_reads_only_the_registry(eventful, clerk):
    assert kinds(eventful, clerk) == []
    assert page(eventful, clerk, timezone.now()).entries


def test_a_long_history_is_cut_into_pages_and_nothing_is_lost(netbar, leader, officers, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 5)
    for minute in range(12):
        look(netbar, 60 + minute, "closed", officers)
    seen, at = [], LATER
    while at is not None:
        part = page(netbar, leader, at)
        seen += [entry.at for entry in part.entries if entry.kind == "inspection"]
        at = part.before
    assert seen == [T + (60 + minute) * MINUTE for minute in reversed(range(12))]


def test_things_of_one_moment_are_not_torn_apart(netbar, leader, officers, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 2)
    for _again in range(4):
        look(netbar, 60, "closed", officers)
    look(netbar, 30, "closed", officers)
    first = page(netbar, leader, LATER)
    assert len([entry for entry in first.entries if entry.kind == "inspection"]) == 4
    rest = page(netbar, leader, first.before)
    assert [entry.at for entry in rest.entries] == [T + 30 * MINUTE]


def test_the_queries_are_the_same_however_much_happened(eventful, leader, officers):
    def count():
        venue = Venue.objects.get(pk=eventful.pk)
        with CaptureQueriesContext(connection) as captured:
            page(venue, leader, LATER)
        return len(captured)

    count()  # reads what the leader may
    few = count()
    for minute in range(400, 430):
        look(eventful, minute, "closed" if minute % 2 else "operating", officers)
    assert count() == few


def test_a_source_of_another_app_joins_in_once(netbar, leader, monkeypatch):
    monkeypatch.setattr(timeline, "_sources", [])

    @register
    def complaints(venue, user, at):
        yield Entry(at=T, kind="complaint", title=f"{venue} {user}")

    register(complaints)
    assert [entry.title for entry in page(netbar, leader, LATER).entries] == [f"{netbar} {leader}"]
