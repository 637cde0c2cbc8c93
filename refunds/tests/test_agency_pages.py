"""The list of agencies and the page of one: who is silent, what is outstanding, and a nil return entered while on the telephone."""

import datetime

import pytest
from django.utils import timezone

from refunds.models import AgencyReport, Deposit
from refunds.tests.making import date, group_of, on, reported
from refunds.tests.seeing import field_error, links, sent, text_of, value_of
from venues.tests.forms import queries

NIL = {"informant": "值班员", "phone": "13000000193", "channel": "phone"}


@pytest.fixture
def agencies(make_venue, clerk):
    """One of each: silent, nil, unpaid, refunded."""
    made = {name: make_venue(f"{name}旅行社", category_slug="travel_agency") for name in ("甲", "乙", "丙", "丁")}
    AgencyReport.objects.report_nothing(
        by=clerk, agency=made["乙"], as_of=date(28), informant="值班员", phone="13000000193", at=on(28)
    )
    reported(made["丙"], 28, ("C-01", 10, 0), by=clerk)
    reported(made["丁"], 28, ("D-01", 10, 10), by=clerk)
    return made


def listed(client, **asked):
    """The names of the agencies in the order of the list."""
    answer = client.get("/refunds/agencies/", asked)
    assert answer.status_code == 200
    return [row.venue.name[0] for row in answer.context["page"].object_list]


def test_the_silent_come_first_then_the_worst_and_who_has_nothing_last(agencies, signed_in, clerk):
    assert listed(signed_in(clerk)) == ["甲", "丙", "丁", "乙"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"state": "reported"}, ["丙", "丁", "乙"]), ({"state": "nil"}, ["乙"]), ({"state": "silent"}, ["甲"]),
        ({"state": "with_groups"}, ["丙", "丁"]), ({"worst": "refunded"}, ["丁"]), ({"worst": "outstanding"}, ["丙"]),
        ({"worst": "called_off"}, ["丙", "丁"]), ({"q": "丁旅"}, ["丁"]), ({"state": "silent", "worst": "refunded"}, []),
        ({"as_of": "2020-01-28T12:00"}, ["甲", "丙", "丁", "乙"]), ({"as_of": "2020-01-28T12:00", "state": "silent"}, ["甲", "丙", "丁"]),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_filters_stand_in_the_address(agencies, signed_in, clerk, asked, names):
    found = listed(signed_in(clerk), **asked)
    assert sorted(found) == sorted(names)


@pytest.mark.parametrize("asked", [{"state": "x"}, {"worst": "9"}, {"as_of": "x"}], ids=["state", "worst", "moment"])
def test_a_filter_that_is_none_gets_words_not_everything(agencies, signed_in, clerk, asked):
    answer = signed_in(clerk).get("/refunds/agencies/", asked)
    assert answer.status_code == 400
    assert "甲旅行社" not in answer.content.decode()


@pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "9" * 30}, {"q": "\x00"}], ids=["word", "far", "nul"])
def test_odd_questions_get_an_answer(agencies, signed_in, clerk, asked):
    assert signed_in(clerk).get("/refunds/agencies/", asked).status_code in (200, 400)


def test_the_list_costs_the_same_queries_for_many_as_for_few(agencies, make_venue, signed_in, clerk):
    client = signed_in(clerk)
    few = queries(client, "/refunds/agencies/")
    for n in range(12):
        reported(make_venue(f"第{n}旅行社", category_slug="travel_agency"), 28, (f"X-{n}", 4, 2), by=clerk)
    assert queries(client, "/refunds/agencies/") == few


# --- the page of one ------------------------------------------------------------------------------------------------------


def page_of(client, agency, **asked):
    answer = client.get(f"/refunds/agencies/{agency.pk}/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_groups_returns_ledger_and_contact(agencies, signed_in, clerk):
    agency = agencies["丁"]
    page = page_of(signed_in(clerk), agency)
    group, report = agency.tour_groups.get(), agency.refund_reports.get()
    for address in (group.get_absolute_url(), report.get_absolute_url(), group.refunds.get().get_absolute_url()):
        assert f'href="{address}"' in page
    assert f'href="tel:{agency.phone}"' in page and agency.licence_no in page
    assert links(page, f"/refunds/agencies/{agency.pk}/template/") and links(page, "/refunds/imports/new/")


def test_more_outstanding_than_the_deposit_is_said(agencies, signed_in, clerk):
    agency = agencies["丙"]
    agency.tour_groups.get().note_line(by=clerk, amount_due="1000.00", at=on(30))
    Deposit.objects.create(agency=agency, amount=500, valid_from=date(1))
    page = page_of(signed_in(clerk), agency)
    assert "1,000.00" in page and "500.00" in page
    assert "more is outstanding" in page


def test_the_page_of_the_past_shows_the_past_and_has_no_form(agencies, signed_in, clerk):
    agency = agencies["乙"]
    client = signed_in(clerk)
    page = page_of(client, agency, as_of="2020-01-27")
    assert "/nil/" not in page
    assert "值班员" not in page
    assert "值班员" in page_of(client, agency, as_of="2020-01-29")


def test_a_merged_agency_leads_to_the_one_it_became(agencies, signed_in, clerk):
    old, new = agencies["甲"], agencies["丁"]
    type(old).objects.filter(pk=old.pk).update(merged_into=new)
    answer = signed_in(clerk).get(f"/refunds/agencies/{old.pk}/?as_of=2020-01-30")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/refunds/agencies/{new.pk}/?as_of=2020-01-3")


def test_what_is_no_agency_is_not_there(netbar, signed_in, clerk):
    assert signed_in(clerk).get(f"/refunds/agencies/{netbar.pk}/").status_code == 404


def test_the_page_costs_the_same_queries_for_many_groups_as_for_few(agencies, signed_in, clerk):
    client, agency = signed_in(clerk), agencies["丙"]
    few = queries(client, f"/refunds/agencies/{agency.pk}/")
    for n in range(8):
        group_of(agency, f"E-{n}", by=clerk).enter_refund(by=clerk, heads=2, slip_no=f"P-{n}")
    reported(agency, 30, ("C-01", 10, 3), by=clerk)
    assert queries(client, f"/refunds/agencies/{agency.pk}/") == few


# --- nil returns ----------------------------------------------------------------------------------------------------------


def test_a_nil_return_takes_one_form_on_the_agencys_page(agencies, signed_in, clerk):
    agency, client = agencies["甲"], signed_in(clerk)
    assert f'action="/refunds/agencies/{agency.pk}/nil/"' in page_of(client, agency)
    answer = sent(client, f"/refunds/agencies/{agency.pk}/nil/", **NIL, as_of=timezone.localdate().isoformat())
    assert (answer.status_code, answer["Location"]) == (302, f"/refunds/agencies/{agency.pk}/")
    report = agency.refund_reports.get()
    assert (report.kind, report.informant, report.informant_phone) == ("nil", "值班员", "13000000193")
    assert report.received_by == clerk
    assert listed(client, state="silent") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("informant", ""), ("phone", ""), ("as_of", ""), ("as_of", "0001-01-01"), ("channel", "drum")],
    ids=["no name", "no number", "no day", "impossible day", "unknown channel"],
)
def test_what_is_missing_is_said_beside_its_field_and_the_rest_stays(agencies, signed_in, clerk, name, value):
    said = {**NIL, "as_of": date(28).isoformat(), name: value}
    answer = sent(signed_in(clerk), f"/refunds/agencies/{agencies['甲'].pk}/nil/", **said)
    page = answer.content.decode()
    assert answer.status_code == 422 and not agencies["甲"].refund_reports.exists()
    assert field_error(page, f"nil_{name}")
    kept = "phone" if name != "phone" else "informant"
    assert value_of(page, f"nil_{kept}") == NIL[kept]


def test_an_agency_with_groups_cannot_report_none(agencies, signed_in, clerk):
    said = {**NIL, "as_of": timezone.localdate().isoformat()}
    answer = sent(signed_in(clerk), f"/refunds/agencies/{agencies['丙'].pk}/nil/", **said)
    page = text_of(answer.content.decode())
    assert answer.status_code == 422
    assert "C-01" in page and "13000000193" in page  # the reason, and what was typed
    assert agencies["丙"].refund_reports.count() == 1


def test_a_second_nil_return_of_the_day_is_told_so(agencies, signed_in, clerk):
    answer = sent(signed_in(clerk), f"/refunds/agencies/{agencies['乙'].pk}/nil/", **NIL, as_of=date(28).isoformat())
    assert answer.status_code == 409
    assert value_of(answer.content.decode(), "nil_informant") == "值班员"


def test_a_day_that_has_not_come_is_refused(agencies, signed_in, clerk):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    answer = sent(signed_in(clerk), f"/refunds/agencies/{agencies['甲'].pk}/nil/", **NIL, as_of=tomorrow.isoformat())
    assert answer.status_code == 422 and tomorrow.isoformat() in answer.content.decode()


def test_only_who_enters_returns_has_the_form(agencies, signed_in, leader, clerk):
    agency = agencies["甲"]
    assert "/nil/" not in page_of(signed_in(leader), agency)
    assert sent(signed_in(leader), f"/refunds/agencies/{agency.pk}/nil/", **NIL).status_code == 403
