"""The acts on a tour group: its lines, its refunds, its deductions, its link. Each locks the row of the group first, so that of two
at once the second one sees what the first one did. Keyword-only, `by=` the officer (None: a command), `at=` (None: now);
`seen=` is the `mark` of the page that the form was on (None: it saw nothing), and a stale one raises TooLate."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from refunds.models.returns import who_was_faster
from refunds.money import money
from refunds.status import CALLED_OFF, Disposition, moment_of
from venues.cleaning import clean_code, clean_text
from venues.masking import without_caller, without_numbers
from venues.transitions import Refused, TooLate

_TEXTS = {"route": 120, "counterpart": 120, "reason_text": 200, "remark": 200}
_OF_ITS_DAY = (
    "refunded_heads",
    "refunded_amount",
    "reason",
    "reason_text",
    "remark",
)  # not carried over to the next return


def words(text, length=200, people=()):
    """What may be kept of words that somebody typed: cleaned, without telephone numbers, without these `people` (name, number), no
    longer than the column."""
    text = clean_text(text)
    for name, number in people:
        text = without_caller(text, name, number)
    return without_numbers(text)[:length]


def _with_what_it_leaves_out(said, before, *, by_hand):
    """`said` with what the line before it said and it does not: everything when it is made by hand; of a return what belongs
    to the group and not to the day. What became of the group keeps its date only as long as it is the same."""
    kept = before.said() if before is not None else {}
    if by_hand:
        kept |= {"refunded_heads": None, "refunded_amount": None}
    else:
        kept = {name: value for name, value in kept.items() if name not in _OF_ITS_DAY}
        said = {name: value for name, value in said.items() if value not in (None, "")}
    if said.get("disposition", kept.get("disposition")) != kept.get("disposition"):
        kept.pop("disposed_on", None)
    return kept | said


class GroupActs:
    """Mixed into TourGroup."""

    def _locked(self, seen=None):
        type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
        if seen is not None and seen != self.mark:
            raise TooLate(who_was_faster(Q(group=self.pk)))

    def words(self, text, length=200):
        """What may be kept of words about this group: as `words`, and without the travellers that are known of it."""
        return words(text, length, self.people()) if text else ""

    def worded(self, said, people):
        """The texts among `said` of a line, as they are kept. The route of a group without a number is what it is known by."""
        return {
            name: words(said.get(name), length, people if name in self.worded_fields else ())
            for name, length in _TEXTS.items()
        }

    @property
    def worded_fields(self):
        """The texts of a line that are kept without people."""
        return [name for name in _TEXTS if not (name == "route" and self.number_generated)]

    def people(self):
        """[(name, number)] in clear of its travellers and of those of the groups linked with it: for masking only."""
        from refunds.models.travellers import Traveller

        return Traveller.objects.people_of(type(self).objects.filter(pk=self.pk)).get(self.pk, ())

    # --- what is said of it -------------------------------------------------------------------------------------------------

    @transaction.atomic
    def note_line(self, *, by, at=None, report=None, cell="", seen=None, **said):
        """Append a line: of a return (`report`, its `cell`; then `said` is all that is known), or by hand, where what `said`
        does not name stays as it was. Raises Refused for what cannot be. Returns the line."""
        from refunds.models.groups import SAID, GroupLine

        self._locked(seen)
        if strange := set(said) - set(SAID):
            raise TypeError(f"a line does not say {sorted(strange)}")
        at = report.occurred_at if report else at or timezone.now()
        before = self.line_at(at if report else None)
        if report is None and before is not None:
            at = max(at, before.occurred_at)  # a correction is never older than what it corrects
        said = _with_what_it_leaves_out(said, before, by_hand=report is None)
        said |= self.worded(said, self.people() if any(said.get(name) for name in _TEXTS) else ())
        said["amount_due"], said["refunded_amount"] = money(said.get("amount_due")), money(said.get("refunded_amount"))
        said["role"] = said.get("role") or GroupLine.Role.ORGANISER
        said["disposition"] = said.get("disposition") or Disposition.BOOKED
        if said.get("heads") is None:
            raise Refused(gettext("Say how many people the group has."))
        recorded_at = (
            report.received_at if report else timezone.now()
        )  # a return that is loaded later was known on its day
        line = GroupLine(
            group=self, report=report, cell=cell[:80], recorded_by=by, occurred_at=at, recorded_at=recorded_at, **said
        )
        line.refuse_nonsense(before)
        line.save()
        return line

    def call_off(self, *, by, on=None, at=None, seen=None, disposition=Disposition.CANCELLED, **said):
        """Say by hand that the group is called off, cut short or postponed, since the date `on` (None: today)."""
        at = at or timezone.now()
        on = on or timezone.localdate(at)
        return self.note_line(by=by, at=at, seen=seen, disposition=disposition, disposed_on=on, **said)

    # --- money back ---------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def enter_refund(
        self, *, by, heads, amount=None, paid_on=None, channel="", slip_no="", at=None, seen=None, evidence_words="", file=None
    ):  # fmt: skip
        """Append money that went back by the date `paid_on` (None: today) to `heads` people. A slip no. or a `file` is
        evidence at once. Raises Refused for more than is due, for a slip that stands in the ledger already, and while the group
        is not called off. Returns the Refund."""
        from refunds.models.ledger import Evidence, Refund

        at, heads, amount, slip_no = at or timezone.now(), int(heads), money(amount), clean_code(slip_no)
        paid_on = paid_on or timezone.localdate(at)
        if paid_on > timezone.localdate(at):
            raise Refused(gettext("The day of payment has not come yet."))
        if heads < 0 or (amount is not None and amount <= 0) or (heads == 0 and amount is None):
            raise Refused(gettext("Say how many people were refunded, or how much; a correction is a reversal."))
        self._locked(seen)
        self._refuse_too_much(heads, amount)
        refund = self._append(
            heads=heads, amount=amount, paid_on=paid_on, occurred_at=moment_of(paid_on, at), channel=channel,
            slip_no=slip_no, recorded_by=by,
        )  # fmt: skip
        if slip_no or file is not None or evidence_words:
            kind = Evidence.Kind.SLIP if slip_no or file is not None else Evidence.Kind.OTHER
            refund.attach(by=by, kind=kind, text=evidence_words, file=file, at=refund.occurred_at)
        return Refund.objects.get(pk=refund.pk)

    def _refuse_too_much(self, heads, amount):
        facts = self.facts()
        if facts is None or facts.disposition not in CALLED_OFF:
            raise Refused(gettext("Group %(number)s is not called off: say so first.") % {"number": self.number})
        if facts.paid_heads + heads > facts.heads:
            raise Refused(
                gettext("More than is due: group %(number)s has %(heads)s people and %(paid)s are refunded already.")
                % {"number": self.number, "heads": facts.heads, "paid": facts.paid_heads}
            )
        if amount is not None and facts.due is not None and facts.paid_amount + amount > facts.due:
            raise Refused(
                gettext("More than is due: %(due)s yuan are due for group %(number)s and %(paid)s are paid already.")
                % {"number": self.number, "due": facts.due, "paid": facts.paid_amount}
            )

    def _append(self, *, slip_no="", **columns):
        """Append one row to the ledger. A slip may be used again once its entry is reversed; of two at once one is kept."""
        from refunds.models.ledger import Refund

        used = Refund.objects.none()
        if slip_no:
            used = Refund.objects.filter(agency__in=self.agency.family, slip_no=slip_no, reverses=None)
        if first := used.filter(reversal=None).select_related("group").first():
            raise Refused(first.slip_is_used())
        row = Refund(
            group=self, agency_id=self.agency.merged_into_id or self.agency_id, slip_no=slip_no, slip_turn=used.count(),
            **columns,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            if first := used.filter(reversal=None).select_related("group").first():
                raise TooLate(first.slip_is_used()) from None
            raise
        return row

    @transaction.atomic
    def declare_refunded(self, *, by, report, heads=None, amount=None, cell="", falling=False, late=False):
        """A return says: to its date, `heads` people and `amount` yuan went back in all. The difference to the ledger of that
        date becomes an entry; none where there is none. Less than the ledger is refused unless `falling=True` (somebody
        said that the lower figure is right: entries are reversed); while the ledger has later entries it is refused unless
        `late=True` (then what is entered now is taken out of them). Returns the new Refund, or None."""

        self._locked()
        moment, amount = report.occurred_at, money(amount)
        then = self.facts(moment)
        more_heads = 0 if heads is None else heads - then.paid_heads
        more_amount = None if amount is None else amount - then.paid_amount
        entries = self.refunds.live().order_by("occurred_at", "pk")
        later = list(entries.filter(occurred_at__gt=moment))
        if more_heads < 0 or (more_amount is not None and more_amount < 0):
            if not falling:
                raise Refused(
                    gettext(
                        "The figure fell: the ledger has %(paid)s people refunded for group %(number)s, the return says %(heads)s."
                    )
                    % {"paid": then.paid_heads, "number": self.number, "heads": heads if heads is not None else amount}
                )
            more_heads, more_amount = self._fall(
                entries.filter(occurred_at__lte=moment), then, heads, amount, by=by, report=report, cell=cell
            )
            later = []
        if more_heads == 0 and not more_amount:
            return None
        if later:
            if not late:
                raise Refused(
                    gettext("The ledger of group %(number)s has later entries: say that the older return is meant.")
                    % {"number": self.number}
                )
            self._take_out(later, more_heads, more_amount, by=by, report=report, cell=cell)
        self._refuse_too_much(more_heads, None)
        return self._append(
            heads=more_heads, amount=more_amount or None, paid_on=report.as_of, occurred_at=moment, report=report, cell=cell,
            recorded_by=by, recorded_at=report.received_at,
        )  # fmt: skip

    def _fall(self, entries, then, heads, amount, *, by, report, cell):
        """Reverse entries, the latest first, until no more is left than these totals; returns what is to be entered again."""
        from refunds.models.ledger import Refund

        left_heads, left_amount = then.paid_heads, then.paid_amount
        heads = left_heads if heads is None else heads
        for entry in entries.reverse():
            if left_heads <= heads and (amount is None or left_amount <= amount):
                break
            entry._undo(
                by=by,
                at=report.received_at,
                occurred_at=report.occurred_at,
                cause=Refund.Cause.FELL,
                report=report,
                cell=cell,
            )
            left_heads, left_amount = left_heads - entry.heads, left_amount - (entry.amount or 0)
        return heads - left_heads, None if amount is None else amount - left_amount

    def _take_out(self, later, heads, amount, *, by, report, cell):
        """Make room in later entries for `heads` (and `amount`) that turn out to have been paid earlier: each is reversed at
        its own moment and entered again with the rest."""
        from refunds.models.ledger import Refund

        for entry in later:
            if heads <= 0 and not amount:
                return
            taken = min(entry.heads, max(heads, 0))
            taken_amount = min(entry.amount, amount) if entry.amount is not None and amount else money(0)
            entry._undo(
                by=by,
                at=report.received_at,
                occurred_at=entry.occurred_at,
                cause=Refund.Cause.LATE,
                report=report,
                cell=cell,
            )
            rest = None if entry.amount is None else entry.amount - taken_amount
            if entry.heads - taken or rest:
                self._append(
                    heads=entry.heads - taken, amount=rest or None, paid_on=entry.paid_on, occurred_at=entry.occurred_at,
                    report=entry.report, cell=entry.cell, channel=entry.channel, slip_no=entry.slip_no,
                    recorded_by=entry.recorded_by, recorded_at=report.received_at,
                )  # fmt: skip
            heads, amount = heads - taken, amount and amount - taken_amount

    # --- deductions, travellers, links --------------------------------------------------------------------------------------

    @transaction.atomic
    def claim_deduction(self, *, by, amount, kind, text="", proof="", file=None, at=None, seen=None):
        """The agency keeps `amount` back and says why. It lowers nothing until it is accepted. Returns the Deduction."""
        from refunds.models.deductions import Deduction

        self._locked(seen)
        amount = money(amount)
        if amount is None or amount <= 0:
            raise Refused(gettext("Give the amount that the agency keeps back."))
        claim = Deduction.objects.create(
            group=self,
            amount=amount,
            kind=kind,
            text=self.words(text),
            recorded_by=by,
            occurred_at=at or timezone.now(),
        )
        if proof or file is not None:
            claim.prove(by=by, text=proof, file=file, at=claim.occurred_at)
        return claim

    def add_traveller(self, *, by, name="", number="", at=None):
        """Keep the name and number of a traveller of this group, encrypted. Returns the Traveller."""
        from refunds.models.travellers import Traveller

        return Traveller.objects.keep(group=self, by=by, name=name, number=number, at=at)

    @transaction.atomic
    def link_to(self, organiser, *, by, at=None):
        """Say that this (receiver's) group and the `organiser`'s are the same travellers: from then on they count once, at the
        organiser. Refused within one agency, in a chain, and a second time."""
        for pk in sorted([self.pk, organiser.pk]):
            type(self).objects.select_for_update(no_key=True).get(pk=pk)
        self.refresh_from_db()
        organiser.refresh_from_db()
        if organiser.agency.survivor == self.agency.survivor:
            raise Refused(gettext("Both groups are of one agency: they cannot be the same travellers."))
        if self.linked_id:
            raise TooLate(gettext("Group %(number)s is linked already.") % {"number": self.number})
        if organiser.linked_id or self.receivers.exists():
            raise Refused(gettext("One of the groups is linked the other way round. Look at it first."))
        self._set_link(organiser, by, at)

    @transaction.atomic
    def unlink(self, *, by, at=None):
        """Take the link back: from then on both groups count again."""
        self._locked()
        self.refresh_from_db()
        if not self.linked_id:
            raise TooLate(gettext("Group %(number)s is not linked.") % {"number": self.number})
        self._set_link(None, by, at)

    def _set_link(self, organiser, by, at):
        from refunds.models.links import GroupLink

        before = GroupLink.objects.filter(group=self).order_by("occurred_at").last()
        at = max(filter(None, [at or timezone.now(), before and before.occurred_at]))  # one follows the other
        detail = {"before": self.linked_id, "after": organiser.pk if organiser else None}
        self.linked, self.linked_by, self.linked_at = organiser, by if organiser else None, at if organiser else None
        self.save(update_fields=["linked", "linked_by", "linked_at"])
        GroupLink.objects.create(group=self, organiser=organiser, occurred_at=at, recorded_by=by)
        if by is not None:
            by.leave_trail("group_link", about=self, detail=detail, at=at)
