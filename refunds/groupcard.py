"""One group as people read it at a moment: what its latest line says, its ledger with its proof, its deductions, and how its lines
changed."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.functional import cached_property

from refunds.models import Deduction, Evidence, GroupLine, TourGroup
from refunds.models.groups import SAID
from refunds.shown import leave_out

_DECLARED = ("refunded_heads", "refunded_amount")


@dataclass
class Change:
    """One field of a line: what it said before and says now, as people read it."""

    label: str
    before: str
    now: str


class GroupCard:
    """`group` is a TourGroup; `known` the same with what `as_of(at)` says of it, None when it was not known by then."""

    def __init__(self, group, at):
        self.group, self.at = group, at
        self.people = group.people()
        self.known = TourGroup.objects.filter(pk=group.pk).as_of(at).first()
        if self.known:
            leave_out(self.known, self.people)

    @cached_property
    def line(self):
        """The line that holds, as a GroupLine: with words for its choices."""
        held = self.known.line_id if self.known else None
        return next((line for line in self.lines if line.pk == held), None)

    @cached_property
    def lines(self):
        """Its lines, the latest first, each with `changes` against the one before it."""
        lines = self.group.lines.filter(occurred_at__lte=self.at).select_related("report", "recorded_by")
        lines = [leave_out(line, self.people) for line in lines.order_by("occurred_at", "pk")]
        for before, line in zip([None, *lines], lines, strict=False):
            line.changes = changes_between(before, line)
        return lines[::-1]

    @cached_property
    def ledger(self):
        """Its ledger rows, oldest first, each with `level`, `proofs`, whether it `stands`, and whether it takes back what was
        confirmed while nobody who may confirm has looked (`unseen`), whether a traveller said since that the confirmed money did
        not arrive (`doubted`)."""
        proofs = Evidence.objects.filter(occurred_at__lte=self.at).select_related("by").order_by("pk")
        rows = self.group.refunds.by(self.at).with_level(self.at)
        rows = rows.select_related("report", "recorded_by", "reversal", "reverses")
        rows = list(rows.prefetch_related(Prefetch("evidence", proofs, to_attr="proofs")).order_by("occurred_at", "pk"))
        there = {row.pk for row in rows}
        confirmed = {row.pk for row in rows if row.level == Evidence.Level.CONFIRMED}
        said_at = self.group.samples.all().contradicted_at(self.at) if confirmed else None
        for row in rows:
            for words in (row, *row.proofs):
                leave_out(words, self.people)
            row.undone = getattr(row, "reversal", None)
            row.stands = not row.is_reversal and (row.undone is None or row.undone.pk not in there)
            row.unseen = row.reverses_id in confirmed and row.pk not in confirmed
            looks = [proof.occurred_at for proof in row.proofs if proof.is_look]
            row.doubted = bool(said_at and row.stands and row.pk in confirmed and max(looks) <= said_at)
        return rows

    @cached_property
    def deductions(self):
        """Its deductions with `shown_state`, their decision and `papers`, as of the moment."""
        claims = self.group.deductions.filter(occurred_at__lte=self.at).select_related("recorded_by", "decision__by")
        claims = list(claims.prefetch_related("proofs__by").order_by("pk"))
        for claim in claims:
            decision = getattr(claim, "decision", None)
            claim.decided = decision if decision and decision.occurred_at <= self.at else None
            claim.papers = [proof for proof in claim.proofs.all() if proof.occurred_at <= self.at]
            claim.shown_state = Deduction.State.CLAIMED
            if claim.decided:
                claim.shown_state = Deduction.State.ACCEPTED if claim.decided.accepted else Deduction.State.REJECTED
            for words in filter(None, (claim, claim.decided, *claim.papers)):
                leave_out(words, self.people)
        return claims

    @property
    def left(self):
        """People who still wait for their money."""
        return max(self.known.heads - self.known.paid_heads, 0)

    @cached_property
    def travellers(self):
        return list(self.group.travellers.order_by("pk"))

    @cached_property
    def renamings(self):
        """The numbers by which it went before, the last one first."""
        return list(self.group.renamings.live().select_related("by").order_by("-pk"))

    @cached_property
    def receivers(self):
        return list(self.group.receivers.select_related("agency").order_by("pk"))


def changes_between(before, line):
    """What `line` says otherwise than the line `before` it; of a first line all that it says."""
    changes = []
    for name in SAID:
        if name in _DECLARED and line.report_id is None:
            continue  # a correction by hand declares no totals
        was = words_of(before, name) if before is not None else ""
        now = words_of(line, name)
        if was != now:
            changes.append(Change(GroupLine._meta.get_field(name).verbose_name, was, now))
    return changes


def words_of(line, name):
    """A field of a line as people read it; "" for nothing."""
    value = getattr(line, name)
    if value is None or value == "":
        return ""
    if GroupLine._meta.get_field(name).choices:
        return str(getattr(line, f"get_{name}_display")())
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


def entered_by(row, user):
    """Whether this ledger row or its proof was entered by this officer, who then does not confirm it."""
    return user.pk in {row.recorded_by_id, *(proof.by_id for proof in row.proofs if proof.is_entered)}
