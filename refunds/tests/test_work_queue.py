"""The work queue as a page: every list with its count, the rows of one, filters in the address, as of a moment."""

import dataclasses

import pytest

from refunds import worklists
from refunds.models import RefundEvent
from refunds.tests.making import date, group_of, on, reported
from refunds.tests.seeing import links
from venues.tests.forms import queries

WORK = "/refunds/queue/"


@pytest.fixture
def busy(agency, make_venue, clerk):
    """Something in most lists."""
    RefundEvent.objects.get().cutoffs.create(bucket="domestic", departs_from=date(28))
    make_venue("静默旅行社", category_slug="travel_agency")
    other = make_venue("地接旅行社", category_slug="travel_agency")
    group = group_of(agency, "A-01", by=clerk, promised_on=date(28), amount_due="900")
    group.enter_refund(by=clerk, heads=2, paid_on=date(28), at=on(28))
    group.claim_deduction(by=clerk, amount="5", kind="visa", at=on(28))
    group_of(agency, "A-02", by=clerk, disposition="booked", heads=18)
    group_of(other, "B-01", by=clerk, role="receiver", heads=18)
    reported(agency, 28, ("A-03", 10, 6), by=clerk)


def work(client, **asked):
    return client.get(WORK, asked)


def counts(answer):
    return {one.slug: paginator.count for one, paginator in answer.context["lists"]}


def test_every_list_has_its_count_and_the_first_with_rows_is_open(busy, signed_in, clerk):
    answer = work(signed_in(clerk), as_of="2020-01-31T12:00")
    found = counts(answer)
    assert {slug for slug, n in found.items() if n} == {
        "silent", "evidence", "promised", "deductions", "trips", "booked", "vanished",
    }  # fmt: skip
    assert answer.context["current"].slug == "silent"
    assert found["silent"] == 1 and "静默旅行社" in answer.content.decode()


def test_each_row_links_both_sides_at_the_moment(busy, agency, signed_in, clerk):
    page = work(signed_in(clerk), list="trips", as_of="2020-01-31T12:00").content.decode()
    assert len([link for link in links(page, "/refunds/groups/") if "as_of=2020-01-31" in link]) == 2
    assert any("as_of=" in link for link in links(page, "/refunds/agencies/"))


def test_the_agency_stands_in_the_address_and_in_every_count(busy, agency, signed_in, clerk):
    answer = work(signed_in(clerk), agency=agency.pk, list="silent")
    assert counts(answer)["silent"] == 0 and counts(answer)["promised"] == 1
    page = answer.content.decode()
    assert f"agency={agency.pk}" in "".join(links(page, "?"))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"list": "no-such"}, 400), ({"agency": "x"}, 400), ({"agency": "9" * 30}, 400), ({"as_of": "99999"}, 400),
        ({"page": "x"}, 200), ({"page": "9" * 40}, 200), ({"list": ""}, 200), ({"list": "over"}, 200),
    ],
    ids=["list", "agency", "huge agency", "moment", "page", "huge page", "no list", "empty list"],
)  # fmt: skip
def test_odd_questions_get_an_answer(busy, signed_in, clerk, asked, status):
    assert work(signed_in(clerk), **asked).status_code == status


def test_an_agency_whose_name_is_no_filter_shows_no_rows_of_everybody(busy, signed_in, clerk):
    assert "A-02" not in work(signed_in(clerk), agency="x", list="booked").content.decode()


def test_a_past_moment_has_its_own_lists(busy, signed_in, clerk):
    assert counts(work(signed_in(clerk), as_of="2020-01-26T12:00"))["promised"] == 0


def test_a_long_list_is_paged(agency, signed_in, clerk, monkeypatch):
    monkeypatch.setattr("refunds.views.work.PAGE", 3)
    for n in range(4):
        group_of(agency, f"N-{n}", by=clerk, promised_on=date(28))
    client = signed_in(clerk)
    pages = [work(client, list="promised", page=n).context["rows"] for n in (1, 2)]
    assert [[row.sides[0].text for row in rows] for rows in pages] == [["N-0", "N-1", "N-2"], ["N-3"]]


def test_the_part_is_in_the_page(busy, signed_in, clerk):
    answer = signed_in(clerk).get(WORK, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="work">')
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("slug", ["evidence", "vanished", "booked", "promised", "deductions", "trips"])
def test_it_costs_the_same_queries_for_many_as_for_few(busy, agency, make_venue, signed_in, clerk, slug):
    client, path = signed_in(clerk), f"{WORK}?list={slug}"
    few = queries(client, path)
    for n in range(6):
        other = make_venue(f"旅行社{n}号", category_slug="travel_agency")
        group = group_of(other, f"C-{n}", by=clerk, promised_on=date(28), amount_due="900")
        group.enter_refund(by=clerk, heads=2, paid_on=date(28), at=on(28))
        group.claim_deduction(by=clerk, amount="5", kind="visa", at=on(28))
        group_of(other, f"D-{n}", by=clerk, disposition="booked", heads=18)
        group_of(other, f"E-{n}", by=clerk, role="receiver", heads=18)
        reported(other, 28, (f"F-{n}", 10, 6), by=clerk)
    assert queries(client, path) == few


def test_a_list_of_another_app_stands_behind_and_only_for_whom_it_is(busy, signed_in, clerk, leader, monkeypatch):
    monkeypatch.setattr(worklists, "_lists", list(worklists._lists))
    silent = worklists._lists[0]
    worklists.register(dataclasses.replace(silent, slug="another", permissions=("refunds.confirm_refund",)))
    assert list(counts(work(signed_in(leader))))[-1] == "another"
    assert "another" not in counts(work(signed_in(clerk)))
    assert work(signed_in(clerk), list="another").status_code == 400


@pytest.mark.parametrize("who", ["inspector", "editor", "viewer", "administrator"])
def test_who_does_not_see_groups_sees_no_work(request, signed_in, who):
    assert work(signed_in(request.getfixturevalue(who))).status_code == 403
