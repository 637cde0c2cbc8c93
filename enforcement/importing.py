"""Lists of officers: read from a file, compared with the accounts by badge number, written in one transaction.

Importing a list twice changes nothing. A row with an error is left out and says why; the others go in. New accounts get the
roles of their kind and no password; the roles of an account that is there already are the administrator's and stay.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.models import Officer
from venues.cleaning import clean_phone, clean_text
from venues.importing import columns, guards, reading
from venues.importing.cells import as_text
from venues.models import Division
from venues.transitions import Refused

COLUMNS = {
    "badge_no": ["badge_no", "警号", "工号", "执法编号", "人员编号"],
    "name": ["name", "姓名"],
    "kind": ["kind", "类别", "岗位", "人员类别"],
    "group_or_county": ["group_or_county", "组别", "区县", "县区", "组别或区县", "所属"],
    "phone": ["phone", "电话", "手机", "手机号", "联系电话"],
    "certificate_no": ["certificate_no", "执法证号", "执法证编号", "行政执法证号"],
}
KINDS = {
    "leader": "leader", "带班领导": "leader", "领导": "leader",
    "officer": "officer", "执法员": "officer", "执法人员": "officer", "队员": "officer",
    "county": "county", "区县": "county", "县区": "county", "区县执法员": "county",
}  # fmt: skip
ROLES = {"leader": ["shift_leader"], "officer": ["duty_officer", "inspector"], "county": ["inspector"]}
COMPARED = ["name", "can_lead", "team", "district", "phone", "certificate_no"]
MOST_ROWS = 5000


@dataclass
class Report:
    """What an import did or would do. `counts` count rows; `findings` name each row that an error keeps out, and each doubt."""

    counts: dict = field(
        default_factory=lambda: dict.fromkeys(["created", "changed", "same", "errors", "undecided"], 0)
    )
    findings: list = field(default_factory=list)

    def as_dict(self):
        return {"counts": self.counts, "findings": self.findings}


def unreadable(sentence):
    """The Report of a file that could not be read at all."""
    place = {"sheet": "", "row": 0, "column": ""}
    return Report(findings=[{**place, "level": "error", "code": "unreadable", "message": sentence}])


def read_officers(path, name=""):
    """The rows of the file at `path` (xlsx or csv) as dicts by the names of COLUMNS, with `_sheet` and `_row`; raises Refused
    for what cannot be read."""
    look = guards.look(path, name)
    rows = []
    with reading.tables(path, look) as tables:
        for table in tables:
            header = columns.find(table, COLUMNS, required={"badge_no", "name", "kind"})
            if header is None or table.hidden:
                continue
            for row in table.rows(after=header.last_row):
                values = {name: as_text(row.values[at]) for name, at in header.columns.items() if at < len(row.values)}
                if any(text.strip() for text in values.values()):
                    rows.append({**values, "_sheet": table.name, "_row": row.number})
                if len(rows) > MOST_ROWS:
                    raise Refused(
                        _("The list has more than %(count)s rows: it is not one of officers.") % {"count": MOST_ROWS}
                    )
    if not rows:
        raise Refused(_("No rows under the columns badge_no, name and kind were found."))
    return rows


@transaction.atomic
def import_officers(rows, *, by, at=None, dry_run=False):
    """Bring the accounts to what `rows` say (dicts by the names of COLUMNS, as csv.DictReader gives them) and return a Report.

    `by` is the administrator, or None for a command. With `dry_run` nothing stays written."""
    work = _Import(by=by, at=at)
    for number, row in enumerate(rows, 2):
        work.take(row, row.get("_sheet", ""), row.get("_row", number))
    if dry_run:
        transaction.set_rollback(True)
    elif by is not None:
        by.leave_trail("import", detail={"what": "officers", "counts": work.report.counts}, at=at)
    return work.report


class _Import:
    def __init__(self, *, by, at):
        self.by, self.at = by, at
        self.report = Report()
        self.seen = set()
        self.officers = {officer.badge_no: officer for officer in Officer.objects.exclude(badge_no=None)}
        self.divisions = {
            key: division for division in Division.objects.districts() for key in (division.code, division.name)
        }

    def take(self, row, sheet, number):
        """Do what one row asks for, and count it."""
        self.place = {"sheet": sheet, "row": number}
        text = {name: clean_text(row.get(name)) for name in COLUMNS}
        try:
            with transaction.atomic():
                outcome = self._write(text)
        except _Fault as fault:
            outcome = "errors"
            self._find("error", fault.column, fault.code, fault.sentence)
        except Refused as refusal:
            outcome = "errors"
            self._find("error", "badge_no", "refused", refusal.sentence())
        except ValidationError as error:
            outcome = "errors"
            for column, messages in error.message_dict.items():
                self._find("error", column, "does_not_fit", " ".join(messages))
        self.report.counts[outcome] += 1

    def _write(self, text):
        badge_no = text["badge_no"]
        if not badge_no:
            raise _Fault("badge_no", "no_badge", _("The badge number is missing."))
        if badge_no in self.seen:
            raise _Fault("badge_no", "double", _("This badge number stands in the list twice."))
        self.seen.add(badge_no)
        values, kind = self._values(text)
        officer = self.officers.get(badge_no)
        if officer is None:
            username = badge_no.lower()
            if Officer.objects.filter(username=username).exists():
                raise _Fault(
                    "badge_no", "name_taken", _("Another account has the user name %(name)s.") % {"name": username}
                )
            Officer.objects.enter(
                by=self.by, username=username, badge_no=badge_no, roles=ROLES[kind], at=self.at, **values
            )
            return "created"
        changed = [name for name in COMPARED if getattr(officer, name) != values[name]]
        for name in changed:
            setattr(officer, name, values[name])
        if changed:
            officer.full_clean(exclude=["password"])
            officer.change_account(changed, by=self.by, at=self.at)
        return "changed" if changed else "same"

    def _values(self, text):
        kind = KINDS.get(text["kind"].lower())
        if not text["name"]:
            raise _Fault("name", "no_name", _("The name is missing."))
        if kind is None:
            raise _Fault(
                "kind",
                "unknown_kind",
                _("The kind is leader, officer or county, not “%(kind)s”.") % {"kind": text["kind"]},
            )
        place = text["group_or_county"]
        if kind == "county" and place not in self.divisions:
            raise _Fault(
                "group_or_county", "unknown_county", _("There is no district or county “%(place)s”.") % {"place": place}
            )
        if kind == "officer" and not place:
            self._find("warning", "group_or_county", "no_group", _("The group is missing."))
        return {
            "name": text["name"],
            "can_lead": kind == "leader",
            "team": place if kind == "officer" else "",
            "district": self.divisions[place] if kind == "county" else None,
            "phone": clean_phone(text["phone"]),
            "certificate_no": text["certificate_no"],
        }, kind

    def _find(self, level, column, code, message):
        self.report.findings.append(
            {**self.place, "column": column, "level": level, "code": code, "message": str(message)}
        )


class _Fault(Exception):
    """Why a row stays out: the column, a code for machines, a sentence for people."""

    def __init__(self, column, code, sentence):
        super().__init__(sentence)
        self.column, self.code, self.sentence = column, code, sentence
