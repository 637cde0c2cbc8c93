"""How the rows of the work lists are worded, and the lists of this app in their order."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from refunds import worklists
from refunds.models import CallBackAnswer, TourGroup
from refunds.shown import leave_out, people_of, unnamed
from refunds.status import Bucket, Status
from refunds.templatetags.refunding import yuan
from refunds.worklists import Row, Side, WorkList, register
from venues.models import Venue


def group_side(group, sight):
    return Side(group.number, sight.link("group", group.pk))


def agencies_of(pks):
    return Venue.objects.in_bulk(list(pks))


def _groups(found):
    return found.select_related("agency__merged_into")


# --- one function for each list: (objects of the page, sight) -> rows -------------------------------------------------------


def _silent(agencies, sight):
    due_at = sight.event and sight.event.returns_due_at
    late = bool(due_at and due_at < sight.at)
    for agency in agencies:
        phones = " · ".join(filter(None, (agency.phone, agency.phone_2)))
        what = _("Neither a return nor a nil return. %(phones)s") % {"phones": phones}
        yield Row(agency=agency, what=what.strip(), since=due_at, tone="bad" if late else "warn")


def _unproved(refunds, sight):
    for refund in refunds.select_related("group__agency__merged_into"):
        days = (sight.at - refund.occurred_at).days
        what = ngettext(
            "%(heads)s people declared as refunded, no evidence after %(days)s day.",
            "%(heads)s people declared as refunded, no evidence after %(days)s days.",
            days,
        ) % {"heads": refund.heads, "days": days}
        side = Side(refund.group.number, f"{sight.link('group', refund.group_id)}#refund-{refund.pk}")
        yield Row(agency=refund.group.agency.survivor, sides=(side,), what=what, since=refund.paid_on)


def _totals(reports, sight):
    names = {
        "groups": _("Groups"), "people": _("People"), "refunded_heads": _("People refunded to date"),
        "amount_due": _("Amount due, yuan"), "refunded_amount": _("Refunded to date, yuan"),
    }  # fmt: skip
    for report in reports.select_related("agency__merged_into"):
        parts = []
        for name, label in names.items():
            declared, summed = getattr(report, f"declared_{name}"), getattr(report, f"sum_{name}")
            if declared is not None and declared != summed:
                said = {"figure": label, "declared": declared, "rows": summed}
                parts.append(_("%(figure)s: declared %(declared)s, the rows give %(rows)s") % said)
        side = Side(report.file_name or str(report.as_of), report.get_absolute_url())
        yield Row(agency=report.agency.survivor, sides=(side,), what="; ".join(parts), since=report.as_of)


def _over(groups, sight):
    for group in _groups(groups):
        what = _("%(paid)s of %(heads)s people refunded.") % {"paid": group.paid_heads, "heads": group.heads}
        if group.still_due is not None and group.still_due < 0:
            what = _("%(amount)s yuan more than was due.") % {"amount": yuan(-group.still_due)}
        yield _of_group(group, sight, what, group.since, tone="bad")


def _booked(groups, sight):
    cutoffs = sight.once(worklists.cutoffs_of)
    for group in _groups(groups):
        gone = group.status == Status.TRAVELLING
        said = {"people": group.heads, "market": Bucket(group.bucket).label, "day": cutoffs[group.bucket]}
        what = (
            _("%(people)s people on the way, though %(market)s groups had to stop from %(day)s.")
            if gone
            else _("%(people)s people still booked, though %(market)s groups have to stop from %(day)s.")
        )
        yield _of_group(group, sight, what % said, group.depart_on, tone="bad" if gone else "warn")


def _promised(groups, sight):
    for group in _groups(groups):
        said = {"left": group.heads - group.paid_heads, "heads": group.heads}
        what = _("%(left)s of %(heads)s people still to be refunded.") % said
        yield _of_group(group, sight, what, group.promised_on)


def _pairs(pairs, sight):
    groups = _groups(TourGroup.objects.as_of(sight.at)).in_bulk({pk for pair in pairs for pk in pair})
    for receiver_pk, organiser_pk in pairs:
        receiver, organiser = groups[receiver_pk], groups[organiser_pk]
        said = {"one": receiver.heads, "other": organiser.heads, "agency": organiser.agency.survivor.name}
        what = _("%(one)s people received here, %(other)s sent by %(agency)s, departing on one day.") % said
        sides = (group_side(receiver, sight), group_side(organiser, sight))
        yield Row(agency=receiver.agency.survivor, sides=sides, what=what, since=receiver.depart_on)


def _fell(groups, sight):
    for group in _groups(groups):
        said = {"now": group.refunded_heads, "was": group.had_heads}
        if group.refunded_heads is None or group.refunded_heads >= (group.had_heads or 0):
            said = {"now": yuan(group.refunded_amount), "was": yuan(group.had_amount)}
        if said["now"] == said["was"]:
            what = _("The figure fell; the lower one was taken and entries were reversed.")
        else:
            what = _("The return says %(now)s refunded to date, the ledger had %(was)s.") % said
        yield _of_group(group, sight, what, group.since, report=group.of_report)


def _taken_back(reversals, sight):
    for row in unnamed(reversals.select_related("group__agency__merged_into", "recorded_by")):
        said = {"heads": -row.heads, "cause": row.get_cause_display(), "who": row.recorded_by or "—"}
        what = _("Confirmed as refunded, then taken back: %(heads)s people. %(who)s: %(cause)s.") % said
        what = f"{what} {row.cause_text}".strip()
        side = Side(row.group.number, f"{sight.link('group', row.group_id)}#refund-{row.pk}")
        yield Row(agency=row.group.agency.survivor, sides=(side,), what=what, since=row.recorded_at, tone="bad")


def _vanished(groups, sight):
    for group in _groups(groups):
        said = {"heads": group.heads, "paid": group.paid_heads}
        what = _("%(heads)s people, %(paid)s refunded: not in the latest return. Ask what became of it.") % said
        yield _of_group(group, sight, what, group.last_at, report=group.last_return)


def _of_group(group, sight, what, since, *, report=None, tone="warn"):
    sides = [group_side(group, sight)]
    if report:
        sides.append(Side(_("the return"), sight.link("return", report)))
    return Row(agency=group.agency.survivor, sides=tuple(sides), what=what, since=since, tone=tone)


def _deductions(claims, sight):
    for claim in claims.select_related("group__agency__merged_into"):
        what = _("%(amount)s yuan kept back (%(kind)s), nothing proves it.") % {
            "amount": yuan(claim.amount), "kind": claim.get_kind_display(),
        }  # fmt: skip
        yield Row(
            agency=claim.group.agency.survivor,
            sides=(group_side(claim.group, sight),),
            what=what,
            since=claim.occurred_at,
        )


def _deposit(rows, sight):
    agencies = agencies_of(pk for pk, _owed, _deposit in rows)
    for pk, owed, deposit in rows:
        what = _("%(owed)s yuan outstanding, %(deposit)s yuan deposit.") % {
            "owed": yuan(owed),
            "deposit": yuan(deposit),
        }
        side = Side(_("groups to be refunded"), sight.link("groups", agency=pk, status="outstanding"))
        yield Row(agency=agencies[pk], sides=(side,), what=what, tone="bad")


def _contradicted(samples, sight):
    samples = list(samples.select_related("group__agency__merged_into", "traveller").prefetch_related("answers"))
    people = people_of({sample.group_id for sample in samples})
    for sample in samples:
        given = [one for one in sample.answers.all() if one.result in CallBackAnswer.Result.final()]
        last = leave_out(given[-1], people.get(sample.group_id, ()))
        what = _("A traveller (%(who)s) says: %(result)s.") % {
            "who": sample.traveller,
            "result": last.get_result_display(),
        }
        what = f"{what} {last.text}".strip()
        if sample.confirmed_before:
            again = _("The money was confirmed before: a leader has to look again.")
            what = f"{what} · {again}"
        side = group_side(sample.group, sight)
        yield Row(agency=sample.group.agency.survivor, sides=(side,), what=what, since=last.occurred_at, tone="bad")


_GROUP, _RETURN = gettext_lazy("Group"), gettext_lazy("Return")

for _one in (
    WorkList(
        slug="silent", label=gettext_lazy("Silent agencies"), find=worklists.silent, rows=_silent,
        advice=gettext_lazy("Call them: they send a sheet, or report nothing."),
    ),
    WorkList(
        slug="evidence", label=gettext_lazy("No evidence in time"), find=worklists.unproved, rows=_unproved, heads=(_GROUP,),
        advice=gettext_lazy("Ask for slips or receipts and attach them, or call a traveller back."),
    ),
    WorkList(
        slug="totals", label=gettext_lazy("Total is not the sum of its rows"), find=worklists.totals_differ, rows=_totals,
        heads=(_RETURN,), advice=gettext_lazy("Ask which is right. The next return that agrees with itself settles it."),
    ),
    WorkList(
        slug="vanished", label=gettext_lazy("Missing in the latest return"), find=worklists.vanished, rows=_vanished,
        heads=(_GROUP, _RETURN), advice=gettext_lazy("Ask the agency; then correct the group by hand, or wait for a return that names it."),
    ),
    WorkList(
        slug="fell", label=gettext_lazy("Refunded figure fell"), find=worklists.fell, rows=_fell, heads=(_GROUP, _RETURN),
        advice=gettext_lazy("Ask why; then correct the group by hand, or wait for the next return."),
    ),
    WorkList(
        slug="taken_back", label=gettext_lazy("Confirmed money taken back"), find=worklists.taken_back, rows=_taken_back, heads=(_GROUP,),
        advice=gettext_lazy("Whoever may confirm looks at the reason and confirms the reversal, or has the refund entered anew."),
    ),
    WorkList(
        slug="over", label=gettext_lazy("More refunded than due"), find=worklists.over_refunded, rows=_over, heads=(_GROUP,),
        advice=gettext_lazy("Reverse what was entered wrongly, or correct people and amount due."),
    ),
    WorkList(
        slug="booked", label=gettext_lazy("Booked after the cut-off"), find=worklists.still_booked, rows=_booked, heads=(_GROUP,),
        advice=gettext_lazy("The agency has to call it off."),
    ),
    WorkList(
        slug="promised", label=gettext_lazy("Promise not kept"), find=worklists.promise_passed, rows=_promised, heads=(_GROUP,),
        advice=gettext_lazy("Ask for the payment, or for a new date, and enter it."),
    ),
    WorkList(
        slug="deductions", label=gettext_lazy("Deduction without proof"), find=worklists.deductions_without_proof, rows=_deductions,
        heads=(_GROUP,), advice=gettext_lazy("Ask for the paper and attach it, or have the deduction rejected."),
    ),
    WorkList(
        slug="trips", label=gettext_lazy("Same trip, not linked"), find=worklists.same_trip, rows=_pairs,
        heads=(gettext_lazy("Receiver's group"), gettext_lazy("Organiser's group")),
        advice=gettext_lazy("If they are the same travellers, link the receiver's group with the organiser's."),
    ),
    WorkList(
        slug="deposit", label=gettext_lazy("Outstanding beyond the deposit"), find=worklists.beyond_deposit, rows=_deposit,
        heads=(gettext_lazy("Groups"),), advice=gettext_lazy("Tell the leader: the deposit would not pay for it."),
    ),
    WorkList(
        slug="contradicted", label=gettext_lazy("Traveller contradicts"), find=worklists.contradicted, rows=_contradicted,
        heads=(_GROUP,), advice=gettext_lazy("Ask the agency for proof and have it confirmed, or reverse the entry."),
    ),
):  # fmt: skip
    register(_one)
