"""What a handover is filled with: the open matters of all apps, each a kind with its details and where it is found.

A source takes the moment and the moment when the outgoing officer took the post, and yields matters: dicts with `kind`,
`params` and `url`. The sentence is made when it is read, in the reader's language. Another app's matters come in by one more
function in SOURCES and one more sentence in SENTENCES. No caller is named here.
"""

import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.models import Call, Complaint
from complaints.workflow import Status
from enforcement.models.duty import DutyLogEntry
from enforcement.supplies import stock
from refunds.figures import Agencies
from venues.models import Alert, ClosureOrder, Patrol, Target, Violation
from venues.words import when

MOST = 15  # matters of one source that are named one by one; the others are counted in one more

SENTENCES = {
    "complaint_unsigned": _("%(number)s · %(topic)s · %(where)s: dispatched at %(at)s, nobody has signed for it."),
    "complaint_undispatched": _("%(number)s · %(topic)s · %(where)s: received at %(at)s, not dispatched."),
    "complaint_at_work": _("%(number)s · %(topic)s · %(where)s: signed for at %(at)s, not finished."),
    "complaint_untold": _("%(number)s · %(topic)s · %(where)s: handled, the caller has not been told."),
    "call_missed": _("%(channel)s: a call of %(at)s is still to be returned."),
    "violation": _("%(where)s (%(district)s) is operating since %(at)s."),
    "overdue": _("%(number)s: past the deadline of %(at)s, and nobody has seen them closed: %(count)s venues."),
    "alert": _("%(where)s is on the visit list since %(at)s."),
    "patrol": _("Patrol %(number)s is out since %(at)s, led by %(name)s."),
    "agencies_silent": _("%(count)s travel agencies have reported neither groups nor none."),
    "log_order": _("Order received at %(at)s: %(words)s"),
    "log_report": _("Reported upward at %(at)s: %(words)s"),
    "log": _("Entries in the duty log of this shift: %(count)s."),
    "supply_low": _("%(name)s is low in store: %(count)s left, low when below %(level)s."),
    "more": _("And %(count)s more of this kind."),
}


def matters(at, *, since):
    """What is open at the moment, as a list; `since` is when this shift began."""
    found = []
    for source in SOURCES:
        rows = list(source(at, since))
        found += rows[:MOST]
        if len(rows) > MOST:
            found.append({"kind": "more", "params": {"count": len(rows) - MOST}, "url": rows[MOST].get("list", "")})
    return [{key: row[key] for key in ("kind", "params", "url")} for row in found]


def sentence(item):
    """An item of a handover in words."""
    if item.kind == "note":
        return item.text
    words = SENTENCES.get(item.kind)
    return words % {name: _read(value) for name, value in item.params.items()} if words else item.text or item.kind


def _read(value):
    """A detail as people read it: a moment in local time, a name in their language."""
    if isinstance(value, dict):
        if "moment" in value:
            return when(datetime.datetime.fromisoformat(value["moment"]))
        return value["zh"] if (get_language() or "zh").startswith("zh") else value["en"]
    return value


def _moment(at):
    return {"moment": at.isoformat()}


def _named(row):
    return {"zh": row.name_zh, "en": row.name_en}


# --- the sources --------------------------------------------------------------------------------------------------
def complaints_under_way(at, since):
    """Nobody signed first, then what nobody was sent for, then what is being worked on."""
    kinds = (
        (Status.DISPATCHED, "complaint_unsigned", "dispatched_at"), (Status.REGISTERED, "complaint_undispatched", "received_at"),
        (Status.IN_PROGRESS, "complaint_at_work", "signed_at"),
    )  # fmt: skip
    rows = Complaint.objects.select_related("topic", "venue", "district").order_by("received_at", "pk")
    for status, kind, moment in kinds:
        for complaint in rows.filter(status=status):
            params = _complaint(complaint) | {"at": _moment(getattr(complaint, moment) or complaint.received_at)}
            yield _matter(kind, params, complaint.get_absolute_url(), "complaints:complaints", "?status=open")


def callers_not_told(at, since):
    waiting = Complaint.objects.handled_not_told().select_related("topic", "venue", "district")
    for complaint in waiting.order_by("answer_due_at", "pk"):
        url = complaint.get_absolute_url()
        yield _matter("complaint_untold", _complaint(complaint), url, "complaints:complaints", "?not_told=on")


def calls_to_return(at, since):
    for call in Call.objects.to_return().select_related("channel").order_by("started_at", "pk"):
        params = {"channel": _named(call.channel), "at": _moment(call.started_at)}
        url = reverse("complaints:calls") + "?to_return=1"
        yield {**_matter("call_missed", params, f"{url}#call-{call.pk}", "complaints:calls", "?to_return=1")}


def venues_violating(at, since):
    running = Violation.objects.running().select_related("venue__district").order_by("found_at", "pk")
    for violation in running:
        params = {
            "where": violation.venue.name, "district": str(violation.venue.district or ""), "at": _moment(violation.found_at),
        }  # fmt: skip
        yield _matter("violation", params, violation.get_absolute_url(), "venues:violations", "?state=open")


def orders_overdue(at, since):
    """One for each order: the venues that nobody has seen closed though the deadline is over."""
    for order in ClosureOrder.objects.active(at).filter(deadline_at__lt=at):
        count = Target.objects.of(order).in_scope().filter(first_verified_at=None).count()
        if count:
            url = reverse("venues:targets", args=[order.pk]) + "?overdue=1"
            yield _matter("overdue", {"number": order.number, "at": _moment(order.deadline_at), "count": count}, url)


def alerts_open(at, since):
    """Those of a complaint are in its own item."""
    rows = Alert.objects.open().filter(complaint=None).select_related("venue").order_by("raised_at", "pk")
    for alert in rows:
        params = {"where": str(alert), "at": _moment(alert.raised_at)}
        yield _matter("alert", params, alert.get_absolute_url(), "venues:alerts")


def patrols_out(at, since):
    rows = Patrol.objects.out().exclude(kind=Patrol.Kind.ONLINE).select_related("led_by").order_by("left_at", "pk")
    for patrol in rows:
        params = {"number": patrol.number, "at": _moment(patrol.left_at), "name": str(patrol.led_by)}
        yield _matter("patrol", params, patrol.get_absolute_url(), "venues:patrols")


def agencies_not_reported(at, since):
    """One for all who are silent, once an event of refunds runs: before that nobody is."""
    if count := len(Agencies(at).silent):
        yield _matter("agencies_silent", {"count": count}, reverse("refunds:agencies") + "?state=silent")


def supplies_low(at, since):
    for row in stock(at):
        if row.low:
            amount = f"{row.on_hand} {row.item.unit}".strip()
            params = {"name": row.item.name, "count": amount, "level": row.item.low_level}
            yield _matter("supply_low", params, row.item.get_absolute_url(), "supplies", "?low=on")


def log_of_the_shift(at, since):
    """Orders received and reports made one by one, the rest as a number."""
    place = reverse("duty:log")
    entries = DutyLogEntry.objects.filter(at__gte=since, at__lte=at).order_by("at", "pk")
    kinds = {DutyLogEntry.Kind.ORDER: "log_order", DutyLogEntry.Kind.REPORT: "log_report"}
    for entry in entries.filter(kind__in=kinds):
        params = {"at": _moment(entry.at), "words": entry.text}
        yield _matter(kinds[entry.kind], params, f"{place}#entry-{entry.pk}", "duty:log")
    count = entries.exclude(kind__in=kinds).count()
    if count:
        yield _matter("log", {"count": count}, place)


def _complaint(complaint):
    where = complaint.venue.name if complaint.venue_id else str(complaint.district or "")
    return {"number": complaint.number, "topic": _named(complaint.topic), "where": where or "—"}


def _matter(kind, params, url, of_all="", query=""):
    return {"kind": kind, "params": params, "url": url, "list": reverse(of_all) + query if of_all else url}


SOURCES = [
    complaints_under_way, callers_not_told, calls_to_return, venues_violating, orders_overdue, alerts_open, patrols_out,
    agencies_not_reported, supplies_low, log_of_the_shift,
]  # fmt: skip
