"""The office's own list, as it is: titles, two-row headers, merged districts, footers, two kinds of dates."""

import datetime
from collections import Counter

import pytest

from venues.importing.applying import import_file
from venues.importing.divisions import import_divisions
from venues.models import Venue
from venues.tests.lists import DIVISIONS, REAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def tianshui(db):
    import_divisions(DIVISIONS)


@pytest.fixture
def imported(tianshui):
    return import_file(REAL)


def test_the_list_gives_the_venues_that_trade_and_those_that_ceased(imported):
    found = Counter(Venue.objects.values_list("category__slug", "operating_status"))
    assert found == {
        ("song_dance", "active"): 98, ("internet_cafe", "active"): 67, ("arcade", "active"): 19,
        ("travel_agency", "active"): 26, ("song_dance", "ceased"): 4, ("internet_cafe", "ceased"): 3,
        ("arcade", "ceased"): 1,
    }  # fmt: skip
    assert imported.counts["created"] == 218 and imported.counts["errors"] == 0


def test_districts_come_from_the_merged_cells(imported):
    second = Venue.objects.get(licence_no="62050210003")
    assert (second.name, second.district.name, second.street.name) == ("猎豹量贩KTV", "秦州区", "玉泉镇")
    last = Venue.objects.get(licence_no="62052410029")
    assert (last.name, last.district.name) == ("朝阳音乐会所", "武山县")
    assert not Venue.objects.filter(street=None).exists()


def test_the_two_rows_of_the_header_name_the_columns(imported):
    venue = Venue.objects.get(licence_no="62050210002")
    assert venue.address == "新华路98号负一层"
    assert (venue.manager, venue.phone) == ("顾龙嘉", "13000000002")
    assert venue.uscc == "91620502GTP21EA5NQ"


def test_dates_are_read_from_cells_and_from_text(imported):
    assert Venue.objects.get(licence_no="62050210002").licence_until == datetime.date(2023, 10, 12)
    assert Venue.objects.get(licence_no="62052120001").licence_until == datetime.date(2021, 3, 2)


def test_totals_and_signatures_are_no_venues(imported):
    assert not Venue.objects.filter(name__contains="家").exclude(name__contains="家").exists()
    assert not Venue.objects.filter(name__in=["102家", "20家", "填表人:"]).exists()


def test_the_columns_that_a_sheet_has_of_its_own_are_read(imported):
    venue = Venue.objects.get(licence_no="62052120001")
    assert (venue.legal_rep, venue.size, venue.operating_status) == ("贾杰", 166, "active")


def test_a_second_import_of_other_bytes_says_that_nothing_changed(imported, tmp_path):
    again = import_file(REAL, again=True)
    assert again.counts == {"created": 0, "changed": 0, "same": 218, "errors": 0, "undecided": 0, "skipped": 0}
    assert again.missing == []
    assert Venue.objects.count() == 218


def test_the_same_file_again_does_nothing(imported):
    again = import_file(REAL)
    assert again.pk == imported.pk
    assert again.counts["same"] == 218 and again.counts["created"] == 0


def test_on_the_day_of_the_list_no_licence_had_ended(tianshui):
    at = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)
    run = import_file(REAL, at=at)
    assert not run.rows.exclude(level="").exists()
