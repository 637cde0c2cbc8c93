"""Where the hotline and the refunds contradict each other: complaints held against groups and returns, by the venue of the agency and
by the group no. that was said. No foreign key joins the two; this is the one place that knows both.

A group no. is what follows the words "group no." (团号), or any number of a group of the agency that stands in what was said. Long
digits are masked in what is kept of a complaint; such a number fits every group of the agency with the same shape.

Who may not read complaints and enters refunds sees the number of the complaint, the agency and the group: enough to ask the agency,
nothing of what was said, of the place or of the caller.
"""

import re
from dataclasses import dataclass, field

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Complaint, ComplaintEvent
from complaints.workflow import NOT_COUNTED, OPEN, Status
from refunds.agencies import last_returns
from refunds.models import Renaming, TourGroup
from refunds.status import Status as Standing
from refunds.worklists import Row, Side, WorkList, register
from venues.cleaning import clean_code, clean_text
from venues.models import Venue

TOPIC = "refund"  # of complaints.seeds; a code name never changes
PAID = (Standing.REFUNDED, Standing.OVER_REFUNDED)
READS, ENTERS = "complaints.view_complaint", "refunds.enter_refund"
SHOWN = 60  # characters of what was said
_NUMBER = r"[A-Z0-9*~][A-Z0-9*~_/.-]*"
_SAID = re.compile(rf"(?:团号|團號|GROUP NO\.?|GROUP NUMBER)[ ::为是#]*((?:{_NUMBER}[ ]?[、,;和及与]?[ ]?)+)")


@dataclass
class Case:
    """One complaint about refunds: its agency where one is known, the groups that it names, and numbers that are nobody's."""

    complaint: Complaint
    agency: Venue | None
    groups: list = field(default_factory=list)
    unknown: list = field(default_factory=list)

    @property
    def open(self):
        return self.complaint.status_then in OPEN


def numbers_said(text):
    """The group numbers that are called so in what was said, cleaned."""
    found = []
    for match in _SAID.finditer(_plain(text)):
        found += [token.rstrip("./-_") for token in re.findall(_NUMBER, match[1])]
    return [token for token in dict.fromkeys(found) if re.search(r"[0-9*]", token)]


def _plain(text):
    return " ".join(clean_code(word) for word in clean_text(text).split())


def _stands_in(number, text):
    return re.search(rf"(?<![A-Z0-9]){re.escape(number)}(?![A-Z0-9])", text) is not None


def _fits(token, number):
    """Whether a number that was said is this one; a mask is as long as what it hides."""
    return re.fullmatch(re.escape(token).replace(r"\*", "."), number) is not None


# --- the complaints of a moment, with their groups --------------------------------------------------------------------------


def complaints_of(sight):
    """Complaints about refunds that count at the moment: those open then, and all about an agency that reported nothing."""
    status = ComplaintEvent.objects.filter(complaint=OuterRef("pk"), occurred_at__lte=sight.at).exclude(to_status="")
    complaints = Complaint.objects
    complaints = complaints.all() if sight.user.has_perm(ENTERS) else complaints.visible_to(sight.user)
    found = complaints.filter(topic__slug=TOPIC, received_at__lte=sight.at)
    found = found.annotate(status_then=Subquery(status.order_by("-pk").values("to_status")[:1]))
    found = found.exclude(status_then__in=(*NOT_COUNTED, Status.MERGED))
    nil = sight.agencies.nil
    found = found.filter(Q(status_then__in=OPEN) | Q(venue__in=nil) | Q(venue__merged_into__in=nil))
    return found.select_related("venue__merged_into").order_by("received_at", "pk")


def cases(sight):
    """Every such complaint as a Case; two queries. Of the agency asked for, where one is."""
    found = list(complaints_of(sight))
    homes = {complaint.venue.survivor.pk for complaint in found if complaint.venue_id}
    said = {complaint.pk: numbers_said(complaint.content) for complaint in found}
    theirs = Q(agency__in=homes) | Q(agency__merged_into__in=homes)
    numbers = {number for tokens in said.values() for number in tokens}
    before = Renaming.objects.live().filter(was__in=numbers).values("group")
    groups = TourGroup.objects.as_of(sight.at).filter(theirs | Q(number__in=numbers) | Q(pk__in=before))
    groups = groups.select_related("agency__merged_into").order_by("pk")
    groups = list(groups.prefetch_related(Prefetch("renamings", Renaming.objects.live(), to_attr="went_by")))
    made = [_case(complaint, said[complaint.pk], groups) for complaint in found]
    return [case for case in made if not sight.agency or case.agency == sight.agency]


def _case(complaint, said, groups):
    agency = complaint.venue.survivor if complaint.venue_id else None
    if agency is None:
        named = [group for group in groups if set(said) & set(_numbers(group))]
        homes = {group.agency.survivor for group in named}
        agency = homes.pop() if len(homes) == 1 else None
    else:
        text = _plain(complaint.content)
        own = [group for group in groups if group.agency.survivor == agency]
        named = [
            group for group in own
            if any(_stands_in(number, text) or any(_fits(token, number) for token in said) for number in _numbers(group))
        ]  # fmt: skip
    known = [number for group in named for number in _numbers(group)]
    unknown = [token for token in said if not any(_fits(token, number) for number in known)]
    return Case(complaint, agency, named, unknown)


def _numbers(group):
    """All numbers by which people may call it."""
    return [group.number, *(renaming.was for renaming in group.went_by)]


# --- the three lists ------------------------------------------------------------------------------------------------------


def refunded_but_complaint(sight):
    """[(case, group or None)]: an open complaint about a group that is refunded; or, when it names none, about an agency all of
    whose groups are."""
    found = []
    for case in sight.once(cases):
        if not case.open:
            continue
        found += [(case, group) for group in case.groups if group.status in PAID]
        names_none = not case.groups and not case.unknown
        if names_none and case.agency and sight.agencies.worst.get(case.agency.pk) in PAID:
            found.append((case, None))
    return found


def unknown_group(sight):
    """[(case, number)]: an open complaint that names a group which its agency (or, where none is known, anybody) has not reported."""
    return [(case, number) for case in sight.once(cases) if case.open for number in case.unknown]


def nil_but_complaint(sight):
    """[(case, nil return)]: the agency reported that it has no group, and there is a complaint. Once the complaint is closed, until
    the agency has reported anew after it."""
    against = [case for case in sight.once(cases) if case.agency and case.agency.pk in sight.agencies.nil]
    reports = last_returns({case.agency.pk for case in against}, sight.at) if against else {}
    found = [(case, reports[case.agency.pk]) for case in against if case.agency.pk in reports]
    return [(case, nil) for case, nil in found if case.open or nil.received_at < case.complaint.received_at]


def _row(case, sides, what, sight, *, tone="bad"):
    complaint = case.complaint
    if not sight.user.has_perm(READS):
        what = what or _("There is a complaint about refunds.")
        sides = (Side(complaint.number), *sides)
        return Row(agency=case.agency, sides=sides, what=what, since=complaint.received_at, tone=tone)
    words = complaint.content if len(complaint.content) <= SHOWN else complaint.content[:SHOWN] + "…"
    return Row(
        agency=case.agency, place=complaint.place, what=f"{what} {words}", since=complaint.received_at, tone=tone,
        sides=(Side(complaint.number, complaint.get_absolute_url()), *sides),
    )  # fmt: skip


def _refunded_rows(found, sight):
    for case, group in found:
        if group is not None:
            said = {"paid": group.paid_heads, "heads": group.heads}
            what = _("%(paid)s of %(heads)s people refunded, says the agency.") % said
            yield _row(case, [Side(group.number, sight.link("group", group.pk))], what, sight)
        else:
            side = Side(_("all refunded"), sight.link("groups", agency=case.agency.pk, status=Standing.REFUNDED.value))
            yield _row(case, [side], _("Everything refunded, says the agency."), sight, tone="warn")


def _unknown_rows(found, sight):
    for case, number in found:
        if case.agency:
            side = Side(_("groups of the agency"), sight.link("groups", agency=case.agency.pk))
        else:
            side = Side(_("all groups"), sight.link("groups", q=number.replace("*", "")))
        yield _row(case, [side], _("Names group %(number)s, which nobody reported.") % {"number": number}, sight)


def _nil_rows(found, sight):
    for case, nil in found:
        side = Side(_("Nil return as of %(day)s") % {"day": nil.as_of}, sight.link("return", nil.pk))
        yield _row(case, [side], "", sight)


_MAY = (READS, ENTERS)
_COMPLAINT, _GROUP = gettext_lazy("Complaint"), gettext_lazy("Group")

register(WorkList(
    slug="complaint_refunded", label=gettext_lazy("Refunded, but a complaint is open"), find=refunded_but_complaint,
    rows=_refunded_rows, heads=(_COMPLAINT, _GROUP), permissions=_MAY,
    advice=gettext_lazy("Ask the caller what is missing: then reverse the entry, or answer the complaint."),
))  # fmt: skip
register(WorkList(
    slug="complaint_unknown", label=gettext_lazy("Complaint names an unknown group"), find=unknown_group, rows=_unknown_rows,
    heads=(_COMPLAINT, gettext_lazy("Groups")), permissions=_MAY,
    advice=gettext_lazy("Ask the agency for the group: its return leaves it out, or the number was misheard."),
))  # fmt: skip
register(WorkList(
    slug="complaint_nil", label=gettext_lazy("Nil return, but a complaint"), find=nil_but_complaint, rows=_nil_rows,
    heads=(_COMPLAINT, gettext_lazy("Nil return")), permissions=_MAY,
    advice=gettext_lazy("Call the agency: its groups have to be reported, or nothing once more."),
))  # fmt: skip
