"""The parts of the figures add up to their wholes; where they do not, it is an alarm and never a failed page."""

import copy
import dataclasses
import logging

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from enforcement.figures import figures
from enforcement.partitions import broken


@pytest.fixture
def found(order, complaint_of_today, agency):
    return figures(timezone.now())


@pytest.fixture
def complaint_of_today(duty_officer, netbar):
    from enforcement.tests.one_of_each import hotline

    return hotline(duty_officer, netbar)


def changed(found, path, by=1):
    """The same figures, one number of which is another."""
    part, *names = path.split(".")
    whole = copy.deepcopy(getattr(found, part))
    inner = whole
    for name in names[:-1]:
        inner = inner[name]
    inner[names[-1]] += by
    return dataclasses.replace(found, **{part: whole})


def test_figures_add_up(found):
    assert found.broken == []
    assert found.closures["targets"] > 0 and found.complaints["accepted"] > 0 and found.refunds["agencies"] > 0


@pytest.mark.parametrize(
    "path",
    [
        "closures.states.told", "closures.verified", "closures.by_category.internet_cafe.told", "closures.by_district.620502.targets",
        "complaints.by_status.registered", "complaints.by_channel.unit_phone", "complaints.by_topic.internet_cafe",
        "complaints.accepted", "complaints.closed", "complaints.open", "refunds.nil_returns", "refunds.silent", "refunds.groups",
        "refunds.by_market.domestic.people", "refunds.cancelled.people", "refunds.refunded.agencies", "refunds.booked.groups",
        "refunds.refunded.by_market.local.groups", "patrols.venues_reached", "patrols.violations_stopped",
    ],
)  # fmt: skip
def test_one_number_that_is_wrong_by_one_breaks_a_partition(found, path):
    assert broken(changed(found, path)) != []


def test_a_broken_partition_is_logged_as_an_error_and_shown_and_nothing_fails(
    found, monkeypatch, caplog, signed_in, viewer
):
    monkeypatch.setattr(
        "enforcement.figures.complaint_figures",
        lambda at: found.complaints | {"accepted": found.complaints["accepted"] + 1},
    )
    with caplog.at_level(logging.ERROR, logger="enforcement.figures"):
        wrong = figures(timezone.now())
    assert wrong.broken and wrong.broken[0] in caplog.text
    answer = signed_in(viewer).get(reverse("figures_help"))
    assert answer.status_code == 200 and wrong.broken[0] in answer.content.decode().replace("&#x27;", "'")


def test_without_order_and_without_rules_nothing_is_broken(db):
    nothing = figures(parse_datetime("2000-01-01T00:00:00+08:00"))
    assert nothing.closures is None and nothing.duty["required_seconds"] is None
    assert nothing.broken == []
