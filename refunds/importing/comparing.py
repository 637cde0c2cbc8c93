"""An agency's sheet held against what is known: what is new, changed, the same, gone, or in question. Changes nothing.

    preview = compare(sheet, sha256=…, answers=upload.answers)
    preview.ready       # nothing waits for a person: it can be applied
    preview.rows        # one Row for each group, those that are not in the sheet included

What is known of a group is what held at the end of the sheet's day; what is known to be refunded is the ledger of that moment.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import format_lazy

from refunds.importing import owners
from refunds.importing.judging import Judge
from refunds.importing.numbers import Numbers
from refunds.importing.problems import LATE, TAKE, cells_typed, problem
from refunds.importing.settled import waiting_cells, worth_asking
from refunds.importing.sheets import ERROR, QUESTION, address
from refunds.models import AgencyReport, GroupLine, Refund, TourGroup, Traveller
from refunds.models.acts import words
from refunds.models.groups import SAID
from refunds.models.returns import mark_of
from refunds.shown import leave_out
from refunds.status import CALLED_OFF, Bucket, Disposition, moment_of
from venues.words import when, who

NEW, CHANGED, SAME, VANISHED, FAULTY = "new", "changed", "same", "vanished", "errors"
ACTIONS = (NEW, CHANGED, SAME, VANISHED, FAULTY)
# what an empty cell does not take back; reasons, promises and remarks end with the sheet that no longer gives them
_STAYS = ("route", "depart_on", "return_on", "heads", "amount_due", "counterpart", "disposition")
_NOT_CALLED_OFF = (Disposition.BOOKED, Disposition.TRAVELLING, Disposition.COMPLETED)


@dataclass(frozen=True)
class Row:
    """One group of the sheet, or one that is missing in it (`line` None). `said`: what `note_line` takes; `ledger`: the totals to
    date that `declare_refunded` takes, None for what the ledger is not to follow; `changes`: {field: (old, new)}; `more_heads`,
    `more_amount`: what would be entered; `falling`, `late`: what a person said of it (see `declare_refunded`); `former`: the number by which a group
    is known that this sheet calls otherwise, as a person said."""

    action: str
    number: str
    line: object = None
    group: object = None
    said: dict = field(default_factory=dict)
    ledger: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    more_heads: int = 0
    more_amount: object = None
    falling: bool = False
    late: bool = False
    former: str = ""
    problems: tuple = ()

    @property
    def cell(self):
        return self.line.cell("group_no") if self.line else ""


@dataclass(frozen=True)
class Preview:
    """The sheet, whose it is, and what it would do. `seen`: what the application hands back, so that it is refused when somebody was
    faster; `late`: a person said that the older day is meant."""

    sheet: object
    agency: object
    moment: object
    seen: str
    rows: tuple
    problems: tuple
    late: bool = False

    @property
    def open(self):
        """What still waits for a person."""
        return [found for found in self.problems if found.severity in (ERROR, QUESTION)]

    @property
    def ready(self):
        return self.agency is not None and bool(self.sheet.lines) and not self.open

    @property
    def counts(self):
        found = Counter(row.action for row in self.rows)
        return {action: found[action] for action in ACTIONS}


def compare(sheet, *, sha256="", answers=None, at=None):
    """The Preview of a sheet; `answers`: those that were given so far, `at`: now."""
    at, answers = at or timezone.now(), answers or {}
    agency, problems = owners.find(sheet, answers)
    if agency is None or sheet.as_of is None or not sheet.lines:
        return Preview(sheet, agency, None, "", (), (*worth_asking(sheet), *problems))
    if sheet.as_of > timezone.localdate(at):
        ahead = problem("date_ahead", sheet.cells.get("as_of", ""), was=sheet.as_of.isoformat())
        return Preview(sheet, agency, None, "", (), (*worth_asking(sheet), *problems, ahead))
    seen = mark_of(agency)
    return _Comparison(sheet, agency, sha256, answers, at).preview(seen, problems)


class _Comparison:
    """One sheet against one agency's groups and ledger."""

    def __init__(self, sheet, agency, sha256, answers, at):
        self.sheet, self.agency, self.sha256, self.answers = sheet, agency, sha256, answers
        self.moment = moment_of(sheet.as_of, at)
        self.known = {}
        for group in TourGroup.objects.of(agency).as_of(self.moment).order_by("-pk"):
            self.known[group.number] = group
        later = Refund.objects.live().filter(group__agency__in=agency.family, occurred_at__gt=self.moment)
        self.paid_later = set(later.values_list("group__number", flat=True))
        self.last = AgencyReport.objects.later_than(agency, sheet.as_of).order_by("-as_of").first()
        self.numbers = Numbers(agency, self.known)
        self.asked = worth_asking(sheet, self.numbers.groups)
        self.typed = cells_typed(answers)
        self.judge = Judge(answers, waiting_cells(self.asked))
        self.people = Traveller.objects.people_of(TourGroup.objects.of(agency))
        for group in self.known.values():
            leave_out(group, self.people.get(group.pk, ()), group.worded_fields)

    def preview(self, seen, problems):
        late = self._is_late()
        rows = self._rows(late)
        self._ask_about_the_sheet(rows)
        return Preview(
            self.sheet, self.agency, self.moment, seen, tuple(rows), (*self.asked, *problems, *self.judge.problems), late=late
        )  # fmt: skip

    # --- the sheet as a whole ------------------------------------------------------------------------------------------------

    def _day(self):
        return self.sheet.cells.get("as_of", "")

    def _is_late(self):
        """Whether a later return is there; asks, unless somebody said that the older one is meant."""
        if self.last is None:
            return False
        said = {"was": self.sheet.as_of.isoformat(), "day": self.last.as_of.isoformat()}
        return self.judge.ask("older_sheet", self._day(), **said) == LATE

    def _ask_about_the_sheet(self, rows):
        reports = AgencyReport.objects.of(self.agency).filter(withdrawn_at=None)
        if first := AgencyReport.objects.same_file(self.agency, self.sha256):
            said = {"when": when(first.received_at), "who": who(first.received_by), "day": first.as_of.isoformat()}
            self.judge.problems.clear()  # nothing else matters about a file that is done with
            self.judge.ask("same_file", "", **said)
            return
        same_day = reports.filter(kind=AgencyReport.Kind.DETAIL, as_of=self.sheet.as_of)
        if same_day.exists() and all(row.action == SAME for row in rows):
            self.judge.ask("nothing_new", self._day(), day=self.sheet.as_of.isoformat())
        nil = reports.filter(kind=AgencyReport.Kind.NIL).order_by("-as_of").first()
        if nil is not None and not self.known:
            self.judge.ask("was_nil", self.sheet.cells.get("licence_no", ""), day=nil.as_of.isoformat())

    # --- the groups ----------------------------------------------------------------------------------------------------------

    def _rows(self, late):
        lines = self._lines()
        renamed = self.numbers.renamed(lines, self._key_of_missing, self.answers)
        rows = [self._row(line, number, late, renamed.get(number, "")) for number, line in lines.items()]
        for number, group in sorted(self.known.items()):
            if number not in lines and number not in renamed.values():
                said = {"group": number, "heads": group.heads, "paid": group.paid_heads}
                self.judge.ask(
                    "vanished", self._end(), **said, candidates=self.numbers.candidates(group, lines, renamed)
                )
                rows.append(Row(VANISHED, number, group=group))
        return rows

    def _lines(self):
        """{number: line} of the sheet, each group once; a number that stands twice was asked about by whoever read the sheet."""
        lines = {}
        for line in self.sheet.lines:
            number = self.numbers.of_line(line, _said_by(line))
            first = lines.setdefault(number, line)
            if first is not line and not line.group_no:
                self.judge.ask("group_unnamed_twice", line.cell("group_no"), first=first.cell("group_no"))
            elif first.group_no != line.group_no:  # a group and, beside it, a number by which it went before
                said = {"was": line.group_no, "first": first.cell("group_no")}
                self.judge.ask("group_twice", line.cell("group_no"), **said)
        return lines

    def _key_of_missing(self, number):
        return problem("vanished", self._end(), group=number).key

    def _end(self):
        """The cell that names the end of the list: the declared number of groups, else the number of the last group."""
        for totals in self.sheet.totals:
            if cell := totals.cells.get("groups"):
                return cell
        return self.sheet.lines[-1].cell("group_no")

    def _row(self, line, number, late, former):
        group = self.known.get(former or number)
        before = len(self.judge.problems)
        said = self._said(line, group, number)
        ledger, falling = self._ledger(line, group, number)
        more_heads, more_amount = _more(group, ledger)
        if more_heads > 0 or (more_amount or 0) > 0:
            late = self._ask_about_more(line, former or number, said) or late
        changes = _changes(group, said) if group else {}
        faulty = any(found.severity == ERROR and found.cell in self._cells(line) for found in self.asked)
        if faulty or not said["heads"]:
            action = FAULTY
        elif group is None:
            action = NEW
        else:
            action = CHANGED if changes or more_heads or more_amount or falling or former else SAME
        return Row(
            action, number, line=line, group=group, said=said, ledger=ledger, changes=changes, more_heads=more_heads,
            more_amount=more_amount, falling=falling, late=late, former=former, problems=tuple(self.judge.problems[before:]),
        )  # fmt: skip

    @staticmethod
    def _cells(line):
        return {*line.cells.values(), address(line.sheet, line.row, 0)}

    def _said(self, line, group, number):
        """What the line says, and where it says nothing what is known; figures fall only when a person said so."""
        said = _said_by(line)
        if group is not None:
            said |= group.worded(said, self.people.get(group.pk, ()))
            said = _with_what_is_known(line, group, said)
            for name in ("heads", "amount_due"):
                was, now = getattr(group, name), said[name]
                falls = was is not None and now is not None and now < was
                params = {"group": number, "was": str(was), "now": str(now)}
                if falls and self.judge.ask(f"fell_{name}", line.cell(name), **params) != TAKE:
                    said[name] = was
            self._ask_about_dates(line, said)
            self._ask_what_moved(line, group, number, said)
            on_again = group.disposition in CALLED_OFF and said["disposition"] in _NOT_CALLED_OFF
            if on_again and self.judge.ask("called_off_no_more", line.cell("disposition"), group=number) != TAKE:
                said["disposition"] = group.disposition
        said["disposition"] = said["disposition"] or Disposition.BOOKED
        said["disposed_on"] = self._since(group, said["disposition"])
        return said

    def _ask_what_moved(self, line, group, number, said):
        """What moves a group to another column of the published table, or across the day from which none departs. A group that the
        sheet calls postponed departs on another day, naturally, and what a person typed is meant."""
        was, now = (group.role, group.market), (said["role"], said["market"])
        cell = next((line.cells[name] for name in ("kind", "market", "role") if name in line.cells), line.cell("kind"))
        moves = group.bucket != Bucket.UNKNOWN and (was[0] != now[0] or (was[1] and was[1] != now[1]))
        if moves and cell not in self.typed:
            params = {"group": number, "was": kind_in_words(*was), "now": kind_in_words(*now)}
            if self.judge.ask("moved_kind", cell, **params) != TAKE:
                said["role"], said["market"] = was
        was, now, cell = group.depart_on, said["depart_on"], line.cell("depart_on")
        meant = said["disposition"] == Disposition.POSTPONED or cell in self.typed
        if was and now and was != now and not (meant or self.judge.asks(cell)):
            params = {"group": number, "was": was.isoformat(), "now": now.isoformat()}
            if self.judge.ask("moved_depart_on", cell, **params) != TAKE:
                said["depart_on"] = was

    def _ask_about_dates(self, line, said):
        """A date that the sheet gives must fit the other one that is known; what the row itself says was looked at when it was
        read."""
        depart, back = said["depart_on"], said["return_on"]
        if depart and back and back < depart:
            given = "return_on" if line.return_on else "depart_on"
            self.judge.ask("return_before_depart", line.cell(given), now=back.isoformat(), depart=depart.isoformat())

    def _since(self, group, disposition):
        if group is not None and group.disposition == disposition:
            return group.disposed_on
        return self.sheet.as_of if disposition in (*CALLED_OFF, Disposition.POSTPONED) else None

    # --- the ledger ----------------------------------------------------------------------------------------------------------

    def _ledger(self, line, group, number):
        """(the totals to date that the ledger shall follow, whether entries are to be reversed for it)."""
        paid = {"heads": group.paid_heads if group else 0, "amount": group.paid_amount if group else 0}
        totals = {"heads": line.refunded_heads, "amount": line.refunded_amount}
        falling = False
        if totals == {"heads": None, "amount": None} and paid["heads"] and "refunded_heads" in line.cells:
            self.judge.ask("refunded_gone", line.cell("refunded_heads"), group=number, was=paid["heads"])
        for name, now in list(totals.items()):
            if now is not None and now < paid[name]:
                said = {"group": number, "was": str(paid[name]), "now": str(now)}
                took = self.judge.ask(f"fell_refunded_{name}", line.cell(f"refunded_{name}"), **said) == TAKE
                falling = falling or took
                totals[name] = now if took else None
        return totals, falling

    def _ask_about_more(self, line, number, said):
        """Ask what an entry in the ledger needs; returns whether somebody said that it belongs before later ones."""
        cell = line.cell("refunded_heads" if line.refunded_heads is not None else "refunded_amount")
        if said["disposition"] not in CALLED_OFF:
            self.judge.ask("refunded_not_cancelled", line.cell("disposition"), group=number)
        amount, due = line.refunded_amount, said["amount_due"]
        if amount is not None and due is not None and amount > due:
            params = {"group": number, "was": str(amount), "due": str(due)}
            self.judge.ask("more_than_due", line.cell("refunded_amount"), **params)
        if (
            number not in self.paid_later or self.last is not None
        ):  # of a whole sheet that is late one question is enough
            return False
        return self.judge.ask("later_entries", cell, group=number) == LATE


def _more(group, totals):
    """(people, money) by which these totals differ from the ledger of the group; None where no amount is to be entered."""
    paid_heads, paid_amount = (group.paid_heads, group.paid_amount) if group else (0, 0)
    heads, amount = totals["heads"], totals["amount"]
    return (
        0 if heads is None else heads - paid_heads,
        None if amount is None else (amount - paid_amount) or None,
    )


def kind_in_words(role, market):
    """The market and the role of a group, in the language of whoever reads it."""
    return format_lazy(
        "{} · {}", GroupLine.Market(market).label if market else Bucket.UNKNOWN.label, GroupLine.Role(role).label
    )


def _said_by(line):
    """What the line says in the words of a GroupLine."""
    said = {name: getattr(line, name) for name in SAID if name != "disposed_on"}
    for name in ("route", "counterpart", "reason_text", "remark"):
        said[name] = words(said[name], 120 if name in ("route", "counterpart") else 200)
    return said | {"disposed_on": None}


def _with_what_is_known(line, group, said):
    """`said` with what is known of the group in place of what the sheet has no column for, or leaves empty and cannot end."""
    for name in SAID:
        column = "reason" if name == "reason_text" else name
        if name in ("role", "market"):
            unsaid = not line.market
        elif name in ("refunded_heads", "refunded_amount"):
            unsaid = False
        else:
            unsaid = said[name] in (None, "") and (name in _STAYS or column not in line.cells)
        if unsaid:
            said[name] = getattr(group, name)
    return said


def _changes(group, said):
    names = [name for name in SAID if name not in ("refunded_heads", "refunded_amount", "disposed_on")]
    return {name: (getattr(group, name), said[name]) for name in names if getattr(group, name) != said[name]}
