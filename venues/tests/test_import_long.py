"""Twenty thousand rows: read and applied in pieces, the same as a short list."""

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from venues.importing import applying, working
from venues.models import Venue, VenueImport
from venues.tests.lists import HEADER, row, saved, workbook

ROWS = 20_000

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def long_list(tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / "long.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("网吧")
        sheet.write_row(0, 0, HEADER)
        for number in range(ROWS):
            if number == 14_999:
                sheet.set_row(number + 1, None, None, {"hidden": True})
            sheet.write_row(number + 1, 0, row(name=f"网吧{number}号", licence_no=f"6205{number:08d}"))
    return path


def test_a_long_list_is_imported_whole_in_pieces(qinzhou, long_list, settings):
    assert ROWS > settings.IMPORT_INLINE_ROWS  # in the browser such a list gets a process of its own
    seen = []
    with CaptureQueriesContext(connection) as queries:
        run = applying.import_file(long_list, progress=seen.append)
    assert run.counts["created"] == ROWS and Venue.objects.count() == ROWS
    assert seen[:2] == [1000, 2000] and seen[-1] == ROWS
    assert len(queries) < ROWS / 100
    assert [(r.row, r.level) for r in run.rows.exclude(level="")] == [(15_001, "warning")]
    assert Venue.history.filter(history_change_reason=run.history_reason).count() == ROWS
    again = applying.import_file(long_list, again=True)
    assert (again.counts["same"], again.missing) == (ROWS, [])


@pytest.fixture
def some_pieces(tmp_path):
    """A list of two and a half pieces."""
    rows = [row(name=f"网吧{number}号", licence_no=f"6205{number:08d}") for number in range(2500)]
    return saved(workbook(rows), tmp_path / "pieces.xlsx")


def test_a_preview_is_applied_in_pieces(qinzhou, editor, some_pieces):
    with some_pieces.open("rb") as file:
        run = applying.receive(file, "long.xlsx", by=editor)
    working.carry_on(run)
    assert (run.state, run.counts["created"]) == ("preview", 2500)
    run.start_applying(by=editor)
    working.carry_on(run)
    assert run.state == "applied" and Venue.objects.count() == 2500
    assert not run.rows.filter(venue=None).exists()


def test_an_import_is_undone_in_pieces(qinzhou, editor, some_pieces):
    run = applying.import_file(some_pieces, by=editor)
    run.undo(by=editor)
    assert not Venue.objects.exists()
    assert VenueImport.objects.get().state == "undone"
