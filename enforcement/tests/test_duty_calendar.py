"""The calendar: the shipped year, days marked in the middle of a holiday, the import that can be repeated."""

import datetime
import io

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.urls import reverse

from enforcement.duty.calendars import read, take_in
from enforcement.models import AuditEntry, CalendarDay
from enforcement.models.duty.calendar import MOST_DAYS
from venues.tests.forms import sent
from venues.transitions import Refused

SHIPPED = project.BASE_DIR / "data" / "calendar.csv"


def date(text):
    return datetime.date.fromisoformat(text)


def kinds(first, last):
    return [kind.value for kind in CalendarDay.objects.types(date(first), date(last)).values()]


def ask(first="2020-01-31", **values):
    return {
        "first": first,
        "last": "",
        "kind": "rest",
        "name": "春节（延长）",
        "basis": "国办发明电〔2020〕1号",
        **values,
    }


# --- the shipped year -------------------------------------------------------------------------------------------------
def test_the_shipped_year_has_the_spring_festival_with_its_extension(db):
    take_in(read(SHIPPED))
    assert kinds("2020-01-23", "2020-02-03") == ["workday", "rest"] + ["statutory"] * 3 + ["rest"] * 6 + ["workday"]
    assert kinds("2020-01-19", "2020-01-19") == ["workday"]  # a Sunday
    assert kinds("2020-02-01", "2020-02-01") == ["rest"]  # was to be a make-up workday
    types = CalendarDay.objects.types(date("2020-01-01"), date("2020-12-31")).values()
    assert [list(types).count(kind) for kind in ("statutory", "rest", "workday")] == [10, 107, 249]
    assert all(day.basis for day in CalendarDay.objects.all())


def test_working_days_step_over_the_extended_holiday(db):
    from django.contrib.auth import get_user_model

    take_in(read(SHIPPED))
    start = datetime.datetime(2020, 1, 23, 10, tzinfo=datetime.UTC)
    assert get_user_model().objects.add_working_days(start, 1).date() == date("2020-02-03")


def test_a_second_import_changes_nothing_and_says_so(db):
    out = io.StringIO()
    call_command("import_calendar", str(SHIPPED), stdout=out)
    rows = list(CalendarDay.objects.values())
    call_command("import_calendar", str(SHIPPED), stdout=out)
    assert out.getvalue().splitlines() == ["created 75, changed 0, same 0", "created 0, changed 0, same 75"]
    assert list(CalendarDay.objects.values()) == rows
    assert AuditEntry.objects.filter(act="calendar_change").count() == 1


def test_days_that_are_not_in_the_file_stay(db):
    CalendarDay.objects.create(date=date("2021-01-01"), kind="statutory")
    CalendarDay.objects.create(date=date("2020-02-01"), kind="workday", name="调休")
    assert take_in(read(SHIPPED)) == {"created": 74, "changed": 1, "same": 0}
    assert CalendarDay.objects.count() == 76


def test_a_dry_run_changes_nothing(db):
    call_command("import_calendar", str(SHIPPED), dry_run=True, stdout=io.StringIO())
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("date,kind\n", "columns"),
        ("date,kind,name,basis\n2020-13-01,rest,,\n", "2"),
        ("date,kind,name,basis\n2020-01-01,party,,\n", "2"),
        ("date,kind,name,basis\n2020-01-01,rest,,\n2020-01-01,rest,,\n", "3"),
        ("date,kind,name,basis\n2020-01-01,rest," + "名" * 41 + ",\n", "2"),
        ("date,kind,name,basis\n2020-01-01\n", "2"),
        ("", "columns"),
    ],
    ids=["columns", "no date", "no kind", "twice", "too long", "short line", "empty"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_its_line(db, tmp_path, text, word):
    file = tmp_path / "days.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_calendar", str(file))
    with pytest.raises(Refused) as refused:
        read(file)
    assert word in refused.value.sentence() or word == "columns"
    assert not CalendarDay.objects.exists()


def test_a_file_that_is_not_there_or_no_text_is_refused(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_calendar", str(tmp_path / "none.csv"))
    (tmp_path / "x.csv").write_bytes(b"date,kind,name,basis\n\xff\xfe")
    with pytest.raises(CommandError):
        call_command("import_calendar", str(tmp_path / "x.csv"))


# --- marking days -----------------------------------------------------------------------------------------------------
def test_a_leader_extends_the_holiday_while_it_runs(leader, signed_in):
    response = sent(signed_in(leader), reverse("duty:calendar_mark"), ask(last="2020-02-02"))
    assert response.status_code == 302
    assert kinds("2020-01-31", "2020-02-03") == ["rest", "rest", "rest", "workday"]
    assert CalendarDay.objects.get(date=date("2020-02-01")).basis == "国办发明电〔2020〕1号"
    assert AuditEntry.objects.get(act="calendar_change").by == leader


def test_days_go_back_to_their_weekday(leader, signed_in):
    CalendarDay.objects.mark(date("2020-01-31"), date("2020-02-02"), by=leader, kind="rest")
    sent(signed_in(leader), reverse("duty:calendar_mark"), ask(last="2020-02-02", kind=""))
    assert not CalendarDay.objects.exists()


def test_marking_again_replaces_what_was_said(leader):
    for kind in ("workday", "rest"):
        CalendarDay.objects.mark(date("2020-02-01"), date("2020-02-01"), by=leader, kind=kind)
    assert CalendarDay.objects.get().kind == "rest"


@pytest.mark.parametrize(
    "values",
    [{"first": ""}, {"first": "x"}, {"first": "0001-01-01"}, {"last": "2020-01-30"}, {"last": "2021-01-31"}, {"kind": "party"},
     {"name": "名" * 41}],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_kept_in_the_form(leader, signed_in, values):
    response = sent(signed_in(leader), reverse("duty:calendar_mark"), ask(**values))
    assert response.status_code == 422
    assert "国办发明电〔2020〕1号" in response.content.decode()
    assert not CalendarDay.objects.exists()


def test_a_span_is_no_longer_than_a_season(leader):
    with pytest.raises(Refused):
        first = date("2020-01-01")
        CalendarDay.objects.mark(first, first + datetime.timedelta(days=MOST_DAYS), by=leader, kind="rest")
    assert not CalendarDay.objects.exists()


def test_an_inspector_sees_the_year_and_marks_nothing(inspector, signed_in):
    client = signed_in(inspector)
    assert '<form class="form"' not in client.get(reverse("duty:calendar")).content.decode()
    assert sent(client, reverse("duty:calendar_mark"), ask()).status_code == 403
    assert not CalendarDay.objects.exists()


def test_who_may_not_see_the_roster_does_not_see_its_calendar(viewer, signed_in):
    assert signed_in(viewer).get(reverse("duty:calendar")).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["year=x", "year=0", "year=99999999999999999999", "day=x", "year=2020&day=2020-01-31", "year=1990", "year=2199"],
)
def test_odd_years_are_answered(leader, signed_in, query):
    assert signed_in(leader).get(f"{reverse('duty:calendar')}?{query}").status_code == 200


def test_the_year_is_read_with_two_queries(leader, signed_in, django_assert_max_num_queries):
    take_in(read(SHIPPED))
    client = signed_in(leader)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("duty:calendar") + "?year=2020").content.decode()
    assert "春节（延长）" in page and "国办发明电〔2020〕1号" in page
