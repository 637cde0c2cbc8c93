"""The list of groups under the filters of its address, page by page by key, and the same as a workbook without any traveller."""

import io

import openpyxl
import pytest

from refunds.models import TourGroup
from refunds.tests.making import date, group_of, on, reported
from refunds.tests.seeing import links
from venues.tests.forms import queries


@pytest.fixture
def groups(agency, make_venue, clerk):
    other = make_venue("地接旅行社", category_slug="travel_agency")
    made = {
        "unpaid": group_of(agency, "A-01", by=clerk, reason="no_account"),
        "part": group_of(agency, "A-02", by=clerk, market="outbound", reason="disagreement"),
        "back": group_of(agency, "A-03", by=clerk),
        "booked": group_of(agency, "A-04", by=clerk, disposition="booked", depart_on=None, return_on=None),
        "local": group_of(other, "B-01", by=clerk, role="receiver", route="=1+1"),
    }
    made["part"].enter_refund(by=clerk, heads=4, paid_on=date(28), at=on(29))
    made["back"].enter_refund(by=clerk, heads=10, paid_on=date(29), at=on(30))
    made["local"].link_to(made["unpaid"], by=clerk, at=on(29))
    return made


def listed(client, **asked):
    answer = client.get("/refunds/groups/", asked)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return [group.number for group in answer.context["page"].rows]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, "A-01 A-02 A-03 A-04 B-01"), ({"status": "cancelled_unpaid"}, "A-01 B-01"), ({"status": "outstanding"}, "A-01 A-02 B-01"),
        ({"status": "called_off"}, "A-01 A-02 A-03 B-01"), ({"status": "money_back"}, "A-02 A-03"), ({"bucket": "local"}, "B-01"),
        ({"bucket": "outbound"}, "A-02"), ({"reason": "no_account"}, "A-01"), ({"reason": "none"}, "A-03 A-04 B-01"),
        ({"disputed": "on"}, "A-02"), ({"counted": "on"}, "A-01 A-02 A-03 A-04"), ({"q": "a-03"}, "A-03"), ({"q": "地接"}, "B-01"),
        ({"q": "厦门", "status": "booked"}, "A-04"), ({"as_of": "2020-01-28T12:00", "status": "cancelled_unpaid"}, "A-01 A-02 A-03 B-01"),
        ({"as_of": "2020-01-26"}, ""), ({"as_of": "2020-01-30T00:00:00 08:00", "status": "refunded"}, "A-03"),
    ],
    ids=lambda value: "-".join(value.values()) or "all" if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_filters_stand_in_the_address(groups, signed_in, clerk, asked, numbers):
    assert listed(signed_in(clerk), **asked) == numbers.split()


def test_one_agency_with_all_that_was_merged_into_it(groups, agency, make_venue, signed_in, clerk):
    old = make_venue("旧旅行社", category_slug="travel_agency")
    group_of(old, "O-01", by=clerk)
    type(old).objects.filter(pk=old.pk).update(merged_into=agency)
    assert listed(signed_in(clerk), agency=agency.pk) == ["A-01", "A-02", "A-03", "A-04", "O-01"]


def test_people_of_a_linked_group_are_not_summed_twice(groups, signed_in, clerk):
    answer = signed_in(clerk).get("/refunds/groups/", {"status": "cancelled_unpaid"})
    assert (answer.context["total"], answer.context["people"]) == (2, 10)


@pytest.mark.parametrize(
    "asked",
    [{"status": "x"}, {"bucket": "9"}, {"agency": "x"}, {"agency": "9" * 25}, {"reason": "?"}, {"as_of": "99999"}],
    ids=["status", "bucket", "agency", "huge agency", "reason", "moment"],
)
def test_a_filter_that_is_none_gets_words_not_everything(groups, signed_in, clerk, asked):
    for path in ("/refunds/groups/", "/refunds/groups/export/"):
        answer = signed_in(clerk).get(path, asked)
        assert answer.status_code == 400
        assert "A-01" not in answer.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "x"},
        {"after": "1-2-3"},
        {"before": "9" * 40},
        {"after": "9-9-9", "before": "1"},
        {"q": "%_'\""},
        {"q": "\x00"},
    ],
    ids=["word", "cursor", "long", "both", "signs", "nul"],
)
def test_odd_questions_get_an_answer(groups, signed_in, clerk, asked):
    assert signed_in(clerk).get("/refunds/groups/", asked).status_code in (200, 400)


def test_pages_go_on_where_the_last_one_ended(agency, clerk, signed_in, monkeypatch):
    for n in range(7):
        group_of(agency, f"N-{n}", by=clerk)
    monkeypatch.setattr("refunds.views.groups.SIZE", 3)
    client, path, seen = signed_in(clerk), "/refunds/groups/?status=outstanding", []
    while path:
        page = client.get(path)
        seen.append([group.number for group in page.context["page"].rows])
        following = [link for link in links(page.content.decode(), "?") if "after=" in link]
        path = f"/refunds/groups/{following[0]}" if following else ""
    assert seen == [["N-0", "N-1", "N-2"], ["N-3", "N-4", "N-5"], ["N-6"]]


def test_the_list_costs_the_same_queries_for_many_as_for_few(groups, agency, signed_in, clerk):
    client = signed_in(clerk)
    few = queries(client, "/refunds/groups/?counted=on&status=called_off")
    for n in range(10):
        group_of(agency, f"N-{n}", by=clerk).enter_refund(by=clerk, heads=1, slip_no=f"P-{n}")
    assert queries(client, "/refunds/groups/?counted=on&status=called_off") == few


# --- the workbook ---------------------------------------------------------------------------------------------------------


def exported(client, **asked):
    answer = client.get("/refunds/groups/export/", asked)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    return answer, content, list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_it_says_what_the_list_says_with_the_moment_on_top(groups, signed_in, clerk):
    answer, _content, rows = exported(signed_in(clerk), as_of="2020-01-30T00:00:00+08:00", status="money_back")
    assert "2020-01-30 00:00" in rows[0][0]
    head = dict(zip(rows[2], range(99), strict=False))
    assert [[row[head[name]] for name in ("团号", "状态", "人数", "已退人数")] for row in rows[3:]] == [
        ["A-02", "部分退费", 10, 4], ["A-03", "已退费", 10, 10],
    ]  # fmt: skip
    assert "20200130-0000.xlsx" in answer["Content-Disposition"]


def test_no_cell_of_it_is_a_formula_and_dates_are_dates(groups, signed_in, clerk):
    _answer, content, rows = exported(signed_in(clerk))
    quoted = [c for row in openpyxl.load_workbook(io.BytesIO(content)).active for c in row if c.quotePrefix]
    assert [cell.value for cell in quoted] == ["=1+1"]  # text also after somebody edits it
    head = dict(zip(rows[2], range(99), strict=False))
    local = next(row for row in rows[3:] if row[head["团号"]] == "B-01")
    assert local[head["线路"]] == "=1+1"
    assert local[head["出团日期"]].date() == date(30) and local[head["计入人数"]] == 0


def test_no_traveller_is_in_it(groups, signed_in, clerk):
    groups["unpaid"].add_traveller(by=clerk, name="吴十九", number="13900004444")
    groups["unpaid"].note_line(by=clerk, reason_text="请联系 13900004444", at=on(30))
    _answer, _content, rows = exported(signed_in(clerk))
    words = " ".join(str(cell) for row in rows for cell in row)
    assert "A-01" in words
    assert "13900004444" not in words and "吴十九" not in words


def test_who_took_it_is_on_the_trail(groups, signed_in, clerk):
    exported(signed_in(clerk), status="outstanding", q="厦门")
    entry = _last_trail(clerk)
    assert entry.detail["what"] == "tour_groups" and entry.detail["rows"] == 2
    assert "厦门" not in str(entry.detail)  # what was typed is not kept


def _last_trail(officer):
    from django.apps import apps

    return apps.get_model("enforcement", "AuditEntry").objects.filter(act="export", by=officer).latest("pk")


def test_it_costs_the_same_queries_for_many_as_for_few(groups, agency, signed_in, clerk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, costs = signed_in(clerk), []
    for n in range(2):
        with CaptureQueriesContext(connection) as captured:
            exported(client)
        costs.append(len(captured))
        for k in range(6):
            group_of(agency, f"N-{n}{k}", by=clerk)
    assert costs[0] == costs[1]


def test_a_duty_officer_sees_the_list_and_takes_nothing_away(groups, signed_in, duty_officer):
    client = signed_in(duty_officer)
    assert "/refunds/groups/export/" not in client.get("/refunds/groups/").content.decode()
    assert client.get("/refunds/groups/export/").status_code == 403


def test_of_a_group_that_has_no_line_yet_nothing_is_listed(agency, signed_in, clerk):
    TourGroup.objects.create(agency=agency, number="Z-01")
    reported(agency, 28, ("A-01", 3, 0), by=clerk)
    assert listed(signed_in(clerk)) == ["A-01"]
