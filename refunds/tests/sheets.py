"""The agencies' own sheets of the event, taken in plainly: what tests of figures need, without the importer."""

import csv
import datetime
import json

import openpyxl
from django.conf import settings

from refunds.models import AgencyReport
from venues.models import Venue

FOLDER = settings.BASE_DIR / "data" / "tianshui"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
_KIND = {"国内团": ("organiser", "domestic"), "出境团": ("organiser", "outbound"), "地接团": ("receiver", "")}


def register_agencies(make_venue):
    """The 26 agencies of the event, by their licences; in one district, which no figure asks."""
    book = openpyxl.load_workbook(FOLDER / "venues.xlsx", read_only=True)
    for row in book["旅行社"].iter_rows(min_row=2, values_only=True):
        if row[0]:
            make_venue(row[1], category_slug="travel_agency", licence_no=row[8])


def take_in(path, *, by, **how):
    """One sheet as one return, in one step."""
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    licence = rows[1][0].partition(":")[2]
    as_of = datetime.date.fromisoformat(rows[1][4].partition(":")[2])
    report = AgencyReport.objects.receive(
        by=by, agency=Venue.objects.get(licence_no=licence), as_of=as_of, content=path.read_bytes(), file_name=path.name,
        **how,
    )  # fmt: skip
    for number, row in enumerate(rows[3:], start=4):
        if isinstance(row[0], int):
            role, market = _KIND[row[2]]
            report.state_group(
                number=row[1], cell=f"{sheet.title}!A{number}", role=role, market=market, route=row[3], heads=row[4],
                depart_on=row[5].date(), disposition="cancelled" if row[7] == "是" else "booked", refunded_heads=row[8],
                reason_text=row[9],
            )  # fmt: skip
    return report


def sheets_of(day):
    return sorted((FOLDER / "groups").glob(f"*-{day}.xlsx"))


def nil_returns(by):
    with open(FOLDER / "nil_returns.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            AgencyReport.objects.report_nothing(
                by=by, agency=Venue.objects.get(licence_no=row["licence_no"]), informant="值班员", phone="13000000001",
                as_of=datetime.date.fromisoformat(row["as_of"]),
            )  # fmt: skip
