"""Before an event of refunds begins no travel agency is asked: none is silent, and that is not nought anywhere."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from conftest import T
from enforcement.duty.handing import agencies_not_reported
from enforcement.event import LAST_DAY, load_event
from enforcement.figures import figures
from enforcement.figures_json import as_json
from enforcement.keeping.ticking import of_figures
from refunds.models import RefundEvent
from venues.tests.forms import filled

pytestmark = pytest.mark.django_db
EVE = T - datetime.timedelta(days=1)


@pytest.fixture
def desk(signed_in, leader, agency):
    client = signed_in(leader)
    client.cookies["django_language"] = "en"
    return client


def moments():
    """The day before the event, and a city that never had one."""
    yield EVE
    RefundEvent.objects.all().delete()
    yield timezone.now()


def test_the_figures_say_unknown_and_add_up(agency):
    for at in moments():
        found = figures(at)
        assert (found.refunds["agencies"], found.refunds["silent"], found.broken) == (1, None, [])
        assert json.loads(as_json(found))["refunds"]["silent"] is None
        assert not list(agencies_not_reported(at, at)) and not list(of_figures(at))
    RefundEvent.objects.create(name="x", begins_on=timezone.localdate())
    now = timezone.now()
    assert figures(now).refunds["silent"] == 1
    assert list(agencies_not_reported(now, now)) and list(of_figures(now))


@pytest.mark.parametrize("wall", [False, True], ids=["page", "wall"])
def test_the_dashboard_raises_no_alarm_and_counts_nobody(wall, desk):
    url = reverse("dashboard_wall" if wall else "dashboard")
    for at in moments():
        page = filled(desk.get(url, {"as_of": at.isoformat()}))
        assert "not reported" not in page and "None" not in page
        assert "not recorded" in page[page.index("Agencies reported") :][:300]
    RefundEvent.objects.create(name="x", begins_on=timezone.localdate())
    assert "1 travel agency has not reported" in filled(desk.get(url))


def test_the_rooms_of_refunds_call_nobody_silent(desk, agency):
    for at in moments():
        query = {"as_of": at.isoformat()}
        board = filled(desk.get(reverse("refunds:board"), query))
        assert "not recorded" in board and "None" not in board
        for url in (reverse("refunds:agencies"), reverse("refunds:agency", args=[agency.pk])):
            assert "not asked" in filled(desk.get(url, query))
        assert desk.get(reverse("refunds:agencies"), query | {"state": "silent"}).context["page"].paginator.count == 0
        assert desk.get(reverse("refunds:agencies"), query | {"state": "reported"}).context["page"].paginator.count == 0
    assert "not recorded" in filled(desk.get(reverse("figures_help")))


@pytest.mark.parametrize("recent", [False, True], ids=["on_its_own_dates", "moved_onto_today"])
def test_an_event_that_is_loaded_begins_its_event_of_refunds(recent, tmp_path):
    RefundEvent.objects.all().delete()
    (tmp_path / "groups").mkdir()
    for _again in range(2):
        load_event(tmp_path, recent=recent)
    began = datetime.date(2020, 1, 24)
    moved = timezone.localdate() - LAST_DAY if recent else datetime.timedelta()
    assert RefundEvent.objects.get().begins_on == began + moved
