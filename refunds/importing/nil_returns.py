"""A list of agencies that reported nothing: licence_no, agency, as_of, and where it has them name and phone of who said so."""

import csv
import datetime
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from refunds.importing.owners import core, names
from refunds.models import AgencyReport, GroupLine
from refunds.models.returns import AGENCY
from venues.cleaning import clean_code
from venues.models import Venue
from venues.moments import local_day
from venues.transitions import Refused

COLUMNS = {"licence_no", "agency", "as_of"}
MOST_ROWS = 500
NEW, SAME, FAULTY = "new", "same", "errors"


@dataclass
class NilReturns:
    """What became of the rows: `created`, `same`, and `errors` as (row of the file, sentence)."""

    created: int = 0
    same: int = 0
    errors: list = field(default_factory=list)


@dataclass(frozen=True)
class NilRow:
    """One row of the list and what it would do: a new nil return, none because it is there, or why it cannot be entered."""

    number: int
    action: str
    name: str
    agency: object = None
    as_of: datetime.date | None = None
    informant: str = ""
    phone: str = ""
    sentence: str = ""


def is_list(content):
    """Whether these bytes are such a list; a sheet of groups is none."""
    first = content[:1000].removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("ascii", errors="replace")
    return {name.strip().lower() for name in first.split(",")} >= COLUMNS


def look(content, *, at=None):
    """The rows of a list, held against the registry and the returns that are there; changes nothing. Raises Refused where
    the list itself cannot be read."""
    at = at or timezone.now()
    rows = _rows(content)
    if len(rows) > MOST_ROWS:
        raise Refused(_("The list has more than %(most)s rows. Is it the right file?") % {"most": MOST_ROWS})
    return [_judged(number, row, at) for number, row in enumerate(rows, start=2)]


def _rows(content):
    reader = csv.DictReader(_text(content).splitlines())
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or []]
    try:
        return list(reader)
    except csv.Error as error:
        raise Refused(_("This list cannot be read. Open it in a spreadsheet and save it anew as .csv.")) from error


def _text(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Refused(
        _("The text of this list is neither UTF-8 nor GB18030. Open it in a spreadsheet and save it as .xlsx.")
    )


def _judged(number, row, at):
    name = (row.get("agency") or row.get("licence_no") or "").strip()
    try:
        agency, as_of, said = _read(row)
        if as_of > timezone.localdate(at):
            raise Refused(_("The date of this return has not come yet: %(day)s.") % {"day": as_of})
        if not said["informant"] or not said["phone"]:
            raise Refused(_("Give the name and the telephone no. of the person who reported it."))
        _refuse_groups(agency, as_of, at)
    except Refused as refused:
        return NilRow(number, FAULTY, name, sentence=refused.sentence())
    action = SAME if _standing(agency, as_of).exists() else NEW
    return NilRow(number, action, name, agency=agency, as_of=as_of, **said)


def _refuse_groups(agency, as_of, at):
    groups = GroupLine.objects.filter(group__agency__in=agency.family, occurred_at__lte=min(local_day(as_of)[1], at))
    if group := groups.values_list("group__number", flat=True).first():
        sentence = _("%(agency)s has groups, for example %(number)s: it cannot report none. Enter a return.")
        raise Refused(sentence % {"agency": agency, "number": group})


@transaction.atomic
def enter(content, *, by, channel="", at=None):
    """Enter every new row of a list; all of them or, where one cannot be entered, none. Returns how many."""
    rows = look(content, at=at)
    faulty = [row for row in rows if row.action == FAULTY]
    if faulty:
        said = {"n": len(faulty), "row": faulty[0].number, "why": faulty[0].sentence}
        raise Refused(_("%(n)s rows of this list cannot be entered; row %(row)s: %(why)s") % said)
    new = {(row.agency.pk, row.as_of): row for row in rows if row.action == NEW}  # a row that stands twice counts once
    for row in sorted(new.values(), key=lambda row: row.agency.pk):
        AgencyReport.objects.report_nothing(
            by=by, agency=row.agency, as_of=row.as_of, at=at, informant=row.informant, phone=row.phone, channel=channel,
        )  # fmt: skip
    return len(new)


def import_nil_returns(path, *, by=None, at=None, shift=None, until=None):
    """Enter the nil returns of a .csv. Who said so is, where the list does not tell, the person and number of the registry.

    `by`: the officer, or a function that names the one of a moment; `at`: when they were received, None: at the end of their
    own day; later ones than `until` are left out."""
    found = NilReturns()
    for number, row in enumerate(_rows(Path(path).read_bytes()), start=2):
        try:
            _enter(row, found, by=by, at=at, shift=shift, until=until)
        except Refused as refused:
            found.errors.append((number, refused.sentence()))
    return found


def _enter(row, found, *, by, at, shift, until):
    agency, as_of, said = _read(row, shift=shift)
    moment = local_day(as_of)[1]
    if until is not None and moment > until:
        return
    if _standing(agency, as_of).exists():
        found.same += 1
        return
    AgencyReport.objects.report_nothing(
        by=by(at or moment) if callable(by) else by, agency=agency, as_of=as_of, at=at or moment, **said
    )
    found.created += 1


def _standing(agency, as_of):
    return AgencyReport.objects.of(agency).filter(kind=AgencyReport.Kind.NIL, as_of=as_of, withdrawn_at=None)


def _read(row, *, shift=None):
    """(agency, day, {"informant", "phone"}) of one row."""
    try:
        as_of = datetime.date.fromisoformat((row.get("as_of") or "").strip())
    except ValueError:
        raise Refused(
            _("This is no date: %(was)s. Write it like 2020-01-31.") % {"was": row.get("as_of") or ""}
        ) from None
    agency = _agency(row)
    informant = (row.get("name") or "").strip() or agency.manager or agency.legal_rep
    said = {"informant": informant, "phone": (row.get("phone") or "").strip() or agency.phone}
    return agency, as_of + (shift or datetime.timedelta()), said


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
