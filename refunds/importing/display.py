"""A preview as its page shows it: each group of the sheet with what is known beside what the sheet says."""

import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from refunds.importing.comparing import CHANGED, FAULTY, NEW, SAME, VANISHED
from refunds.importing.sheets import NOTE
from refunds.importing.showing import told
from refunds.models import GroupLine, TourGroup

# action: (its word, the look of its badge)
ACTIONS = {
    FAULTY: (_("with errors"), "errors"),
    VANISHED: (_("not in the sheet"), "undecided"),
    CHANGED: (_("changed"), "changed"),
    NEW: (_("new"), "created"),
    SAME: (_("same"), "same"),
}
TONES = {FAULTY: "tone-bad", VANISHED: "tone-warn", SAME: "tone-quiet"}
_OWN_COLUMNS = ("heads", "refunded_heads", "refunded_amount")  # of the table; all else is told as words
_TOLD_OF_NEW = ("role", "market", "route", "depart_on", "return_on", "disposition", "amount_due", "reason_text")


@dataclass
class Shown:
    """One group as a row of the page. Figures are pairs (known, said); `facts`: (label, known, said), known None for a new group."""

    row: object
    label: str
    look: str
    tone: str
    heads: tuple = (None, None)
    refunded: tuple = (None, None)
    amount: tuple = (None, None)
    facts: list = field(default_factory=list)
    asks: list = field(default_factory=list)  # the questions about it

    @property
    def action(self):
        return self.row.action

    @property
    def name(self):
        """Of its row in the page; where several of a sheet have the same number they have cells of their own."""
        return "g-" + hashlib.sha256(f"{self.row.cell} {self.row.number}".encode()).hexdigest()[:12]


def rows_of(lying, questions):
    """The rows of all groups: those that ask first, then the gravest."""
    preview = lying.preview
    if preview is None:
        return []
    by_cell = {}
    for one in questions.open:
        by_cell.setdefault(_about(one), []).append(one)
    rows = [_shown(row, by_cell) for row in preview.rows]
    return sorted(rows, key=lambda one: (not one.asks, list(ACTIONS).index(one.action)))


def place_questions(questions, rows, page):
    """Tell each question which group it is about and where its row stands: on this `page` of all `rows`, else on which."""
    at = {}
    for n, shown in enumerate(rows):
        for cell in (*_cells(shown.row), *filter(None, [shown.row.former])):
            at.setdefault(cell, (n, shown))
    here = {one.name for one in page.object_list}
    for one in (*questions.open, *questions.answered):
        n, shown = at.get(_about(one), (0, None))
        if shown is not None:
            one.group = shown.row.number
            other = "" if shown.name in here else f"?page={n // page.paginator.per_page + 1}"
            one.row_at = f"{other}#{shown.name}"


def _about(one):
    """The cell of a question; a group that is missing has none, but its number."""
    return one.key.rpartition("#")[2] if one.said["code"] == "vanished" else one.cell


def _shown(row, by_cell):
    label, look = ACTIONS[row.action]
    group, said = row.group, row.said
    asks = sorted((one for cell in _cells(row) for one in by_cell.get(cell, ())), key=lambda one: one.number)
    shown = Shown(
        row, label, look, "tone-warn" if asks and row.action != FAULTY else TONES.get(row.action, ""), asks=asks
    )
    shown.heads = (group and group.heads, said.get("heads"))
    paid = group.paid_heads if group else 0
    shown.refunded = (paid if group else None, paid + row.more_heads if row.line else None)
    paid = (group.paid_amount if group else 0) or 0
    if row.more_amount or paid:
        shown.amount = (paid if group else None, paid + (row.more_amount or 0) if row.line else None)
    if row.former:
        shown.facts.append((TourGroup._meta.get_field("number").verbose_name, row.former, row.number))
    if row.line is None:
        shown.facts = []
    elif group is None:
        shown.facts = [(label_of(name), None, words_of(name, said[name])) for name in _TOLD_OF_NEW if said.get(name)]
    else:
        changes = {name: pair for name, pair in row.changes.items() if name not in _OWN_COLUMNS}
        shown.facts += [
            (label_of(name), words_of(name, old), words_of(name, new)) for name, (old, new) in changes.items()
        ]
    return shown


def _cells(row):
    """The addresses of the row, each once, in the order of its columns."""
    return dict.fromkeys([row.line.cell(""), *row.line.cells.values()]) if row.line else [row.number]


def label_of(name):
    return GroupLine._meta.get_field(name).verbose_name


def words_of(name, value):
    """A value of a line as people read it."""
    if value in (None, ""):
        return "—"
    return dict(GroupLine._meta.get_field(name).flatchoices).get(value, value)


def more_of(preview):
    """(people, yuan) by which the ledger grows or falls when it is applied."""
    return sum(row.more_heads for row in preview.rows), sum(row.more_amount or 0 for row in preview.rows)


def notes_of(preview):
    """What was evened out without asking."""
    return [told(one) for one in preview.problems if one.severity == NOTE]


def chips_of(counts):
    """[(action, its word, how many)] of those that there are."""
    return [(action, word, counts[action]) for action, (word, _look) in ACTIONS.items() if counts.get(action)]
