"""The published figures come out of the agencies' own sheets, as of both days, and partitions add up."""

import pytest
from django.utils.dateparse import parse_datetime

from refunds.figures import refund_figures
from refunds.models import RefundEvent, TourGroup
from refunds.status import Status
from refunds.tests.sheets import EXPECTED, nil_returns, register_agencies, sheets_of, take_in

MOMENTS = [moment for moment, parts in EXPECTED.items() if "refunds" in parts]


@pytest.fixture
def event(make_venue, clerk):
    register_agencies(make_venue)
    for day in ("2020-01-28", "2020-01-31"):
        for path in sheets_of(day):
            take_in(path, by=clerk)
    nil_returns(clerk)


def differences(expected, got, path=""):
    if not isinstance(expected, dict):
        return [] if expected == got else [f"{path}: {got!r} instead of {expected!r}"]
    return [line for k, value in expected.items() for line in differences(value, (got or {}).get(k), f"{path}.{k}")]


def test_the_published_figures_come_out_as_of_both_days(event, subtests):
    assert len(MOMENTS) == 2
    for moment in MOMENTS:
        with subtests.test(moment):
            assert differences(EXPECTED[moment]["refunds"], refund_figures(parse_datetime(moment))) == []


def test_before_the_first_sheet_everybody_is_silent(event):
    found = refund_figures(parse_datetime("2020-01-28T23:59:59+08:00"))
    assert (found["agencies"], found["silent"], found["groups"], found["people"]) == (26, 26, 0, 0)


def test_before_anybody_was_asked_nobody_is_silent_and_that_is_not_nought(event):
    eve = parse_datetime("2020-01-23T23:59:59+08:00")
    assert (refund_figures(eve)["agencies"], refund_figures(eve)["silent"]) == (26, None)
    RefundEvent.objects.all().delete()
    found = refund_figures(parse_datetime(MOMENTS[0]))
    assert (found["agencies"], found["with_groups"], found["silent"]) == (26, 9, None)


@pytest.mark.parametrize("moment", MOMENTS)
def test_agencies_and_groups_are_parted_without_rest(event, moment):
    found = refund_figures(parse_datetime(moment))
    assert found["with_groups"] + found["nil_returns"] + found["silent"] == found["agencies"]
    for what in ("groups", "people"):
        assert sum(found[status][what] for status in Status.values) == found[what]
        for part in (found, *(found[status] for status in Status.values)):
            assert sum(bucket[what] for bucket in part["by_market"].values()) == part[what]


def test_the_ledger_counts_heads_and_the_status_counts_groups(event):
    found = refund_figures(parse_datetime("2020-01-29T00:00:00+08:00"))
    paid = sum(
        TourGroup.objects.as_of(parse_datetime("2020-01-29T00:00:00+08:00")).values_list("paid_heads", flat=True)
    )
    assert found["refunded"]["people_refunded"] == paid == 123
    assert found["refunded"]["people"] == 80


def test_the_figures_cost_the_same_number_of_queries_however_much_there_is(event, django_assert_num_queries):
    with django_assert_num_queries(5):
        refund_figures(parse_datetime(MOMENTS[-1]))
