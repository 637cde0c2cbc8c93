"""The plan of an import: for each row of the file what would be done with it. Reads the file and the registry, writes nothing.

The same plan is made for the preview, for a dry run, and again in the transaction that applies it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from venues.importing import columns, reading
from venues.importing.fields import ALIASES, SECOND
from venues.importing.findings import finding, worst
from venues.importing.matching import ENDED, Registry, compare, scope
from venues.importing.places import Places
from venues.importing.rows import RowReader
from venues.models import Venue, VenueImportRow
from venues.transitions import Refused

PIECE = 1000  # rows
Action, Decision = VenueImportRow.Action, VenueImportRow.Decision
_QUESTIONS = {
    "unknown_category": "category", "no_category": "category", "unknown_district": "district", "no_district": "district",
}  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """What an officer decided about one row."""

    decision: str = ""
    venue: int | None = None
    by: int | None = None


_OPEN = Decided()


@dataclass(slots=True)
class Planned:
    """What would be done with one row: a VenueImportRow that is not kept yet, without the weight of a model instance."""

    sheet: str
    row: int
    name: str
    values: dict
    findings: list
    action: str = ""
    level: str = ""
    changes: dict = field(default_factory=dict)
    candidates: list = field(default_factory=list)
    venue_id: int | None = None
    decision: str = ""
    decided_by_id: int | None = None
    scope_before: str = ""
    scope_after: str = ""


class Plan:
    """The plan of one file. Iterate `pieces()` once; then `counts`, `questions`, `notes` and `missing()` are known."""

    def __init__(self, path, look, *, answers=None, decisions=None, at=None, progress=None):
        at = at or timezone.now()
        self._path, self._look, self._at = path, look, at
        self._answers, self._decisions = answers or {}, decisions or {}
        self._progress = progress or (lambda done: None)
        self.places = Places(timezone.localdate(at))
        self.registry = Registry()
        self.counts = Counter(dict.fromkeys(Action.values, 0))
        self.questions = {"category": Counter(), "district": Counter()}
        self.notes = []  # (sheet, finding) about whole sheets
        self._first = {}  # {(category, licence no.): (sheet, row, name)}
        self._taken = {}  # {pk of a venue: (sheet, row)}
        self._mentioned = set()  # pks of venues that a row may mean, or means and gets wrong
        self._covered = defaultdict(set)  # {category: districts}

    def pieces(self):
        """Lists of Planned rows in the order of the file. Raises Refused when no sheet is a list of venues."""
        done, drafts, found = 0, [], False
        with reading.tables(self._path, self._look) as tables:
            for table in tables:
                header = columns.find(table, ALIASES, required={"name"}, second=SECOND)
                if header is None:
                    if any(v != "" for row in table.head() for v in row.values):
                        self.notes.append((table.name, finding("no_header")))
                    continue
                found = True
                reader = RowReader(table, header, self.places, answers=self._answers, on=timezone.localdate(self._at))
                for draft in reader.drafts():
                    drafts.append(draft)
                    if len(drafts) == PIECE:
                        yield self._settle(drafts)
                        done, drafts = done + PIECE, []
                        self._progress(done)
        if not found:
            raise Refused(
                _(
                    "No sheet has a header in its first 15 rows: a column such as “单位名称” and at least one more that is known."
                )
            )
        if drafts:
            yield self._settle(drafts)
            self._progress(done + len(drafts))

    def know(self, rows):
        """Take note of the venues that were made of these rows meanwhile: they are not missing."""
        self._mentioned.update(row.venue_id for row in rows if row.venue_id)

    def missing(self):
        """The pks of venues that orders name, of the categories and districts of the file, of which the file says nothing."""
        gone = []
        for category, districts in sorted(self._covered.items()):
            found = Venue.objects.ordered_shut_candidates([category], list(districts)).order_by("pk")
            gone += [
                pk for pk in found.values_list("pk", flat=True) if pk not in self._taken and pk not in self._mentioned
            ]
        return gone

    def _settle(self, drafts):
        known = self.registry.by_licence(drafts)
        new = [d for d in drafts if not (d.failed or d.left_out) and _key(d) not in known]
        alike = {(d.sheet, d.row): self.registry.candidates(d.values) for d in new}
        wanted = {sure for sure, _candidates in alike.values()}
        wanted |= {self._decisions[place].venue for place in alike if place in self._decisions}
        wanted.discard(None)
        chosen = self.registry.get(wanted) if wanted else {}
        rows = []
        for draft in drafts:
            row = self._row(draft, known.get(_key(draft)), alike.get((draft.sheet, draft.row)), chosen)
            self.counts[row.action] += 1
            rows.append(row)
        return rows

    def _row(self, draft, venue, alike, chosen):
        values = draft.values
        row = Planned(draft.sheet[:60], draft.row, values.get("name", ""), values, draft.findings)
        repeated = self._repeated(draft)
        if draft.failed or draft.left_out or repeated:
            if venue is not None:
                self._mentioned.add(venue.pk)
            row.action = Action.ERROR if draft.failed else Action.SKIP if draft.left_out else Action.SAME
            self._ask(draft)
        else:
            self._covered[values["category"]].add(values["district"])
            self._place(row, draft, venue, alike, chosen)
        if draft.findings:
            row.level = worst(draft.findings)
        if not row.candidates and row.action in (Action.SAME, Action.CHANGE):
            row.values = {}  # the venue and the changes say it all
        return row

    def _ask(self, draft):
        """Count the questions that, answered, would let the row in."""
        for found in draft.findings:
            if kind := _QUESTIONS.get(found["code"]):
                self.questions[kind][found["key"]] += 1

    def _repeated(self, draft):
        """Whether this venue stands further up already; under another name that is an error."""
        values = draft.values
        licence = values.get("licence_no")
        if not licence or draft.failed or draft.left_out:
            return False
        sheet, number, name = self._first.setdefault(
            (values["category"], licence), (draft.sheet, draft.row, values.get("name", ""))
        )
        if (sheet, number) == (draft.sheet, draft.row):
            return False
        if name != values.get("name", ""):
            draft.findings.append(finding("licence_repeated", was=licence, row=number, sheet=sheet, name=name))
            return False
        draft.findings.append(finding("row_repeated", row=number, sheet=sheet))
        return True

    def _place(self, row, draft, venue, alike, chosen):
        """Set what the row does: to the venue that it is, as a new one, or nothing until somebody decides."""
        values, findings = draft.values, draft.findings
        if venue is not None and venue.merged_name is not None:
            findings.append(finding("merged", name=venue.merged_name))
            row.action = Action.SAME
            return
        if venue is None:
            venue = self._compare(row, draft, alike, chosen)
            if row.action:
                return
        if venue is None:
            row.action, row.scope_after = Action.CREATE, scope(values)
            if values.get("licence_no") and not row.candidates and (other := self.registry.same_name(values)):
                findings.append(finding("same_name", licence=other))
            return
        first = self._taken.setdefault(venue.pk, (draft.sheet, draft.row))
        if first == (draft.sheet, draft.row):
            change(row, venue, findings, core=self.registry.core)
        else:
            findings.append(finding("venue_twice", row=first[1], sheet=first[0]))
            row.action = Action.ERROR

    def _compare(self, row, draft, alike, chosen):
        """The Known venue that the row is after all, or None; sets the action where a person has left it out or must decide."""
        sure, row.candidates = alike
        if sure:
            return chosen.get(sure)
        if not row.candidates:
            return None
        self._mentioned.update(one["venue"] for one in row.candidates)
        decided = self._decisions.get((draft.sheet, draft.row), _OPEN)
        row.decision, row.decided_by_id = decided.decision, decided.by
        if row.decision == Decision.VENUE and decided.venue in chosen:
            return chosen[decided.venue]
        if row.decision == Decision.SKIP:
            row.action = Action.SKIP
        elif row.decision != Decision.NEW:
            undecided(row, draft.findings)
        return None


def _key(draft):
    return draft.values.get("category"), draft.values.get("licence_no")


def undecided(row, findings):
    """Leave the row to a person."""
    row.action, row.decision = Action.UNDECIDED, Decision.NONE
    names = [f"{one['name']} {one['licence_no']}".strip() for one in row.candidates[:3]]
    findings.append(finding("may_be_known", venues=", ".join(names) + (" …" if len(row.candidates) > 3 else "")))


def change(row, venue, findings, *, core):
    """Set what the row would change in the Known `venue`."""
    values = row.values
    if venue["operating_status"] == Venue.OperatingStatus.UNLICENSED and values.get("licence_no"):
        values.setdefault("operating_status", Venue.OperatingStatus.ACTIVE)  # it got its licence
    row.venue_id = venue.pk
    row.changes = compare(values, venue)
    row.action = Action.CHANGE if row.changes else Action.SAME
    before, after = scope(venue), scope({**venue, **values})
    row.scope_before, row.scope_after = (before, after) if before != after else ("", "")
    if "name" in row.changes and core(venue["name"]) != core(values["name"]):
        findings.append(finding("other_name", name=venue["name"]))
    if venue["operating_status"] in ENDED and "operating_status" not in values:
        findings.append(finding("status_unsaid", status=venue["operating_status"]))
