"""A list of agencies that reported nothing: licence_no, agency, as_of, and where it has them name and phone of who said so."""

import csv
import datetime
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from refunds.importing.owners import core, names
from refunds.models import AgencyReport
from refunds.models.returns import AGENCY
from venues.cleaning import clean_code
from venues.models import Venue
from venues.moments import local_day
from venues.transitions import Refused


@dataclass
class NilReturns:
    """What became of the rows: `created`, `same`, and `errors` as (row of the file, sentence)."""

    created: int = 0
    same: int = 0
    errors: list = field(default_factory=list)


def import_nil_returns(path, *, by=None, at=None, shift=None, until=None):
    """Enter the nil returns of a .csv. Who said so is, where the list does not tell, the person and number of the registry.

    `by`: the officer, or a function that names the one of a moment; `at`: when they were received, None: at the end of their
    own day; later ones than `until` are left out."""
    found = NilReturns()
    with open(path, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                _enter(row, found, by=by, at=at, shift=shift, until=until)
            except Refused as refused:
                found.errors.append((number, refused.sentence()))
    return found


def _enter(row, found, *, by, at, shift, until):
    try:
        as_of = datetime.date.fromisoformat((row.get("as_of") or "").strip())
    except ValueError:
        raise Refused(
            _("This is no date: %(was)s. Write it like 2020-01-31.") % {"was": row.get("as_of") or ""}
        ) from None
    as_of += shift or datetime.timedelta()
    moment = local_day(as_of)[1]
    if until is not None and moment > until:
        return
    agency = _agency(row)
    standing = AgencyReport.objects.of(agency).filter(kind=AgencyReport.Kind.NIL, as_of=as_of, withdrawn_at=None)
    if standing.exists():
        found.same += 1
        return
    AgencyReport.objects.report_nothing(
        by=by(at or moment) if callable(by) else by, agency=agency, as_of=as_of, at=at or moment,
        informant=(row.get("name") or "").strip() or agency.manager or agency.legal_rep,
        phone=(row.get("phone") or "").strip() or agency.phone,
    )  # fmt: skip
    found.created += 1


def _agency(row):
    licence_no, name = clean_code(row.get("licence_no")), row.get("agency") or ""
    agencies = Venue.objects.filter(category__slug=AGENCY, licence_no=licence_no).select_related("merged_into")
    found = {one.survivor for one in agencies} if licence_no else set()
    if len(found) != 1:
        raise Refused(_("No travel agency of the registry has licence no. %(was)s.") % {"was": licence_no})
    (agency,) = found
    if name and core(name) not in names(agency):
        said = {"licence": licence_no, "agency": agency.name, "was": name}
        raise Refused(_("Licence no. %(licence)s is that of %(agency)s, not of %(was)s.") % said)
    return agency
