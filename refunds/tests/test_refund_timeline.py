"""What the timeline of an agency tells of its returns and refunds: as of a moment, to whom may read them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from refunds.models import AgencyReport, TourGroup
from refunds.tests.making import date, on, reported
from venues.timeline import page


@pytest.fixture
def eventful(agency, clerk):
    reported(agency, 28, ("A-01", 10, 4), by=clerk)
    group = TourGroup.objects.get()
    refund = group.enter_refund(by=clerk, heads=2, at=on(29))
    refund.reverse(by=clerk, reason="填错", at=on(30))
    group.note_line(by=clerk, heads=9, at=on(31))
    return agency


def kinds(venue, user, at):
    return sorted(entry.kind for entry in page(venue, user, at).entries if entry.kind.startswith("refund"))


def test_returns_corrections_and_refunds_stand_there(eventful, leader):
    at = AgencyReport.objects.get().received_at
    assert kinds(eventful, leader, at) == ["refund", "refund", "refund_line", "refund_return"]
    assert kinds(eventful, leader, on(29)) == ["refund"]


def test_who_may_not_read_refunds_sees_none(eventful, inspector):
    assert kinds(eventful, inspector, AgencyReport.objects.get().received_at) == []


def test_it_costs_the_same_however_much_happened(eventful, agency, clerk, leader):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(agency, leader, AgencyReport.objects.latest("pk").received_at)
        return len(queries)

    cost()
    before = cost()
    for day in (32, 33):
        reported(agency, day, ("A-01", 9, 4 + day - 31), ("A-02", 5, 5), by=clerk)
    assert cost() == before


def test_a_nil_return_is_told_by_its_day(agency, clerk, leader):
    report = AgencyReport.objects.report_nothing(
        by=clerk, agency=agency, as_of=date(31), informant="值班员", phone="13000000193"
    )
    told = [entry.title for entry in page(agency, leader, report.received_at).entries]
    assert any("2020-01-31" in title for title in told)
