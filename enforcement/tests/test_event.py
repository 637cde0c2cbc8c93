"""The event of January 2020, loaded from its files: on its own dates, again, moved onto today, and as the demo."""

import datetime
import json
import shutil
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enforcement import demo
from enforcement.event import load_event
from enforcement.figures import figures
from enforcement.models import Assignment, Custody, DailyReport, Roster, SupplyItem, SupplyMovement
from refunds.models import AgencyReport, GroupLine, Refund, ReturnUpload
from venues.models import ClosureOrder, Inspection, Notice, Patrol, Target, Venue, Violation
from venues.standing import Standing

SHANGHAI = ZoneInfo(settings.TIME_ZONE)
FOLDER = settings.BASE_DIR / "data" / "tianshui"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
FACTS = (
    Assignment, Custody, Venue, ClosureOrder, Target, Notice, Patrol, Inspection, Violation, AgencyReport, GroupLine, Refund,
    ReturnUpload, SupplyItem, SupplyMovement,
)  # fmt: skip


@pytest.fixture
def event(db):
    return load_event(FOLDER)


def differences(expected, got, path=""):
    """The leaves of `expected` that `got` does not have, as sentences."""
    if not isinstance(expected, dict):
        return [] if expected == got else [f"{path}: {got!r} instead of {expected!r}"]
    return [
        line for key, value in expected.items() for line in differences(value, (got or {}).get(key), f"{path}.{key}")
    ]


def test_the_comparison_finds_a_wrong_leaf():
    assert differences({"a": {"b": 1}}, {"a": {"b": 2}}) == [".a.b: 2 instead of 1"]
    assert differences({"a": {"b": 1}}, {}) == [".a.b: None instead of 1"]


def test_the_event_on_its_own_dates_gives_the_published_figures_and_a_second_load_changes_nothing(
    event, subtests, capsys
):
    """One load (it takes seconds) and what can be said of it."""
    with subtests.test("the figures of every moment are the published ones"):
        compared = 0
        for moment, parts in EXPECTED.items():
            got = figures(parse_datetime(moment))
            for part, expected in parts.items():
                assert differences(expected, getattr(got, part), f"{moment} {part}") == []
                compared += 1
        assert compared == 10
    with subtests.test("every fact is recorded when it occurred, and nobody can sign in"):
        assert not Notice.objects.exclude(recorded_at=F("at")).exists()
        assert not Inspection.objects.exclude(recorded_at=F("observed_at")).exists()
        order = ClosureOrder.objects.get()
        assert order.activated_at == order.issued_at
        assert not any(officer.has_usable_password() for officer in get_user_model().objects.all())
    with subtests.test("the command prints one object and nothing else"):
        call_command("figures", "--as-of", "2020-01-24T20:30:00 08:00", "--json")
        printed = json.loads(capsys.readouterr().out)
        assert printed["closures"]["minutes_to_all_closed"] == 240
        assert printed["closures"]["issued_at"] == "2020-01-24T16:30:00+08:00"
    with subtests.test("a second load changes nothing"):
        before = all_rows()
        assert set(load_event(FOLDER).values()) == {0}
        assert all_rows() == before
    with subtests.test("the cached facts equal their derivation"):
        now = timezone.now()
        cached = facts(Standing(order, now))
        Target.objects.update(
            facts_until=now + datetime.timedelta(days=1)
        )  # no cache is valid now: every one is derived
        assert facts(Standing(order, now)) == cached


def all_rows():
    return [list(model.objects.order_by("pk").values()) for model in FACTS]


def facts(standing):
    return {t.pk: (t.state, t.last_look_at, t.told_at, t.first_verified_at) for t in standing.targets}


def test_files_that_are_not_there_are_left_out(db, tmp_path):
    for name in ("divisions.csv", "officers.csv"):
        shutil.copy(FOLDER / name, tmp_path)
    assert load_event(tmp_path) == {"divisions.csv": 138, "officers.csv": 38}
    shutil.copy(FOLDER / "calls.csv", tmp_path)  # with neither shifts nor looks nor venues beside it
    assert load_event(tmp_path) == {"divisions.csv": 0, "officers.csv": 0, "calls.csv": 9}


def test_recent_moves_the_last_day_onto_today_and_leaves_out_what_is_later_than_now(db):
    now = datetime.datetime(2026, 3, 9, 23, 0, tzinfo=SHANGHAI)
    load_event(FOLDER, recent=True, at=now - datetime.timedelta(days=1))  # its 2 February is 8 March
    order = ClosureOrder.objects.get()
    assert timezone.localdate(order.issued_at) == datetime.date(2026, 2, 27)
    assert {str(report.as_of) for report in AgencyReport.objects.all()} == {"2026-03-03", "2026-03-06"}
    found = figures(now).refunds
    assert (found["refunded"]["people"], found["nil_returns"], ReturnUpload.objects.count()) == (288, 17, 0)
    before = Inspection.objects.count()
    load_event(FOLDER, recent=True, at=now)  # the shift of the first load stays
    assert ClosureOrder.objects.get().issued_at == order.issued_at
    assert Inspection.objects.count() == before


def test_recent_in_the_middle_of_the_event_takes_the_rest_later(db, monkeypatch):
    middle = datetime.datetime(2020, 1, 24, 18, 30, tzinfo=SHANGHAI)
    monkeypatch.setattr(
        "enforcement.event.LAST_DAY", datetime.date(2020, 1, 24)
    )  # so that today is the day of the order
    load_event(FOLDER, recent=True, at=middle)
    assert not Inspection.objects.filter(observed_at__gt=middle).exists()
    assert figures(middle).closures["closed"] == 75
    load_event(FOLDER, recent=True, at=middle + datetime.timedelta(hours=2))
    assert figures(middle + datetime.timedelta(hours=2)).closures["closed"] == 184


@pytest.mark.parametrize("words", [["--as-of", "yesterday"], ["--order", "no such order"]])
def test_the_figures_command_refuses_what_it_does_not_understand(db, words):
    with pytest.raises(CommandError):
        call_command("figures", *words)


def test_the_demo_gives_its_accounts_the_places_of_the_event(db, settings):
    assert demo.start(at=datetime.datetime(2026, 3, 9, 9, 0, tzinfo=SHANGHAI))
    accounts = {officer.username: officer for officer in demo.accounts()}
    assert set(accounts) == set(demo.ACCOUNTS)
    assert (accounts["leader"].badge_no, accounts["duty"].badge_no) == ("TS001", "TS012")
    assert Patrol.objects.filter(members=accounts["inspector"]).exists()
    assert all(officer.check_password(settings.DEMO_PASSWORD) for officer in accounts.values())
    assert not any(officer.is_superuser for officer in accounts.values())
    assert (accounts["leader"], accounts["duty"]) == tuple(
        c.officer for c in Custody.objects.filter(ended_at=None).order_by("post")
    )
    assert Roster.objects.latest("ends_on").ends_on == datetime.date(2026, 3, 23), "two weeks after the event's shifts"
    issue, waiting = DailyReport.objects.order_by("as_of")
    assert (issue.number, issue.state, issue.signed_by.username) == (1, "signed", "leader")
    assert (waiting.state, waiting.drafted_by.username, waiting.as_of) == (
        "draft",
        "duty",
        datetime.datetime(2026, 3, 9, tzinfo=SHANGHAI),
    )
    assert demo.start() is False
    assert demo.accounts().count() == len(demo.ACCOUNTS)


def test_a_database_with_people_in_it_gets_no_demo(leader):
    assert demo.start() is False
    assert not demo.accounts().exists() and not Venue.objects.exists()
