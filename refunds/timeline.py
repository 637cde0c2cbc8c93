"""What refunds tell the timeline of an agency: its returns, and what was entered by hand. Never who travelled."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from refunds.models import AgencyReport, GroupLine, Refund
from refunds.shown import unnamed
from venues.timeline import DEEPEST, Entry, register


@register
def refunds(venue, user, at):
    """Returns, lines and ledger rows of the agency by the moment; four queries, whatever happened."""
    if not user.has_perm("refunds.view_tourgroup"):
        return
    yield from _returns(venue, at)
    yield from _lines(venue, at)
    yield from _ledger(venue, at)


def _returns(venue, at):
    found = AgencyReport.objects.of(venue).filter(received_at__lte=at).select_related("received_by")
    for report in found.annotate(n=Count("lines")).order_by("-received_at", "-pk")[:DEEPEST]:
        if report.kind == AgencyReport.Kind.NIL:
            title = _("Nil return as of %(day)s") % {"day": report.as_of}
        else:
            title = ngettext(
                "Return as of %(day)s: %(n)s group", "Return as of %(day)s: %(n)s groups", report.n
            ) % {"day": report.as_of, "n": report.n}  # fmt: skip
        yield Entry(
            at=report.received_at, kind="refund_return", title=title, officer=str(report.received_by or ""), tone="info",
            url=report.get_absolute_url(),
        )  # fmt: skip


def _lines(venue, at):
    """Corrections by hand; what a return said is told with the return."""
    found = GroupLine.objects.filter(group__agency__in=venue.family, report=None, occurred_at__lte=at)
    for line in found.select_related("group", "recorded_by").order_by("-occurred_at", "-pk")[:DEEPEST]:
        title = _("Group %(number)s: %(disposition)s, %(heads)s people") % {
            "number": line.group.number, "disposition": line.get_disposition_display(), "heads": line.heads,
        }  # fmt: skip
        yield Entry(
            at=line.occurred_at, kind="refund_line", title=title, officer=str(line.recorded_by or ""), tone="quiet",
            url=line.group.get_absolute_url(),
        )  # fmt: skip


def _ledger(venue, at):
    found = Refund.objects.filter(group__agency__in=venue.family, report=None, occurred_at__lte=at)
    for row in unnamed(found.select_related("group", "recorded_by").order_by("-occurred_at", "-pk")[:DEEPEST]):
        said = {"number": row.group.number, "heads": abs(row.heads)}
        if row.is_reversal:
            title, tone = _("Group %(number)s: refund of %(heads)s people reversed") % said, "warn"
        else:
            title, tone = _("Group %(number)s: %(heads)s people refunded") % said, "good"
        yield Entry(
            at=row.occurred_at, kind="refund", title=title, text=row.cause_text, officer=str(row.recorded_by or ""),
            tone=tone, url=row.get_absolute_url(),
        )  # fmt: skip
