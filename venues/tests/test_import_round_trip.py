"""What the registry exports, it reads again: every venue is known, and nothing is changed."""

import datetime

import pytest

from venues import exporting
from venues.importing.applying import import_file
from venues.importing.divisions import import_divisions
from venues.models import Venue
from venues.tests.lists import DIVISIONS, REAL

AT = datetime.datetime(2020, 1, 20, 9, tzinfo=datetime.UTC)


@pytest.fixture(params=["xlsx", "csv"])
def exported(request, db, tmp_path):
    """The registry of the real list, with every status, a position, a long licence and a name like a formula in it."""
    import_divisions(DIVISIONS)
    import_file(REAL, at=AT)
    some = list(Venue.objects.order_by("pk")[:9])
    for venue, status in zip(some, Venue.OperatingStatus.values, strict=False):
        Venue.objects.filter(pk=venue.pk).update(operating_status=status)
    Venue.objects.filter(pk=some[7].pk).update(
        name="=1+1", latitude="34.580000", longitude="105.720000", coordinate_system="gcj02", phone_2="0938-8211234"
    )
    Venue.objects.filter(pk=some[8].pk).update(licence_until=None, licence_long_term=True, remark="已注销原许可证")
    path = tmp_path / f"out.{request.param}"
    venues = Venue.objects.order_by("pk")
    if request.param == "xlsx":
        with path.open("wb") as file:
            exporting.write_workbook(venues, file)
    else:
        path.write_text("".join(exporting.csv_lines(venues)), newline="")
    return path


def test_an_export_comes_back_as_the_same(exported):
    run = import_file(exported, at=AT)
    changed = {row.name: row.changes for row in run.rows.filter(action="changed")}
    assert changed == {}
    assert (run.counts["same"], run.missing) == (218, [])
