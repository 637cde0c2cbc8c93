"""The figures of the hotline as of a past moment, from the events: they do not move when a complaint is returned, reopened or
declared void later.

The topic and the district are those of the moment, whatever a complaint was filed under later; so is the limit of its answer,
whatever was extended later. `answered`, `handled_not_told` and the rates count complaints, that is their own callers; callers
whose calls were added are counted beside them (`further_callers`).

Who is counted: `accepted` leaves out what was not accepted or declared void. Merged complaints are accepted calls (each
caller is owed an answer), but they are in no minutes, which are their parent's, and in no rate. A rate is n of N, and says
what N leaves out.
"""

import itertools
import math
import re
import statistics
from collections import Counter

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.behind import MINUTES, callback_sets, callbacks_of, further_sets, nested, rate_sets, spans
from complaints.history import replay
from complaints.models import CallerView, Complaint, ComplaintEvent, DayCounter
from complaints.workflow import AT_WORK, LEFT_UNTOLD, NOT_COUNTED, OPEN, Act, Status
from venues.moments import local_day

ORDER = ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at")
LATE_ENTRY = 60  # minutes between the call and its record after which it was entered later
_HANDLED_NOT_TOLD = (Status.AWAITING_ANSWER, Status.CLOSED, *LEFT_UNTOLD)
_COLUMNS = (
    "pk", "number", "received_at", "recorded_at", "backfilled", "channel__slug", "channel__external", "topic__slug",
    "district__code", "wants_reply", "caller_id", "answer_due_at",
)  # fmt: skip


class Standing:
    """One complaint at the moment: its columns, and its Snapshot."""

    def __init__(self, row, snapshot):
        self.row, self.snapshot = row, snapshot
        self.parent = None  # the Snapshot of the one into which it was merged

    @property
    def counted(self):
        return self.snapshot.status not in NOT_COUNTED

    @property
    def in_rates(self):
        return self.counted and self.snapshot.status != Status.MERGED

    @property
    def waits(self):
        """Whether its caller wants an answer and can be told."""
        return self.row["wants_reply"] and self.row["caller_id"] is not None

    @property
    def told(self):
        return self.snapshot.answered_ever

    @property
    def owed(self):
        """Handled, and the caller does not know. What was merged is handled with the one into which it was merged."""
        handled = self.snapshot.status in _HANDLED_NOT_TOLD and not (self.parent and self.parent.status in AT_WORK)
        return self.waits and handled and "answered_at" not in self.snapshot.steps

    @property
    def unreachable(self):
        return self.owed and (self.snapshot.status == Status.CLOSED or self.snapshot.given_up)

    @property
    def closed(self):
        return self.snapshot.status in (Status.CLOSED, Status.ANSWERED_AT_ONCE)

    @property
    def open(self):
        return self.snapshot.status in OPEN

    def is_overdue(self, as_of):
        """Nobody has been told anything by the time the answer was due."""
        due = self.row["answer_due_at"]
        return bool(due and due < as_of and not self.told and self.waits)

    @property
    def entered_later(self):
        late = (self.row["recorded_at"] - self.row["received_at"]).total_seconds() / 60 > LATE_ENTRY
        return self.row["backfilled"] or (late and not self.row["channel__external"])

    @property
    def out_of_order(self):
        """Whether a step of the current round is earlier than one before it, or than the call."""
        moments = [self.row["received_at"], *(self.snapshot.steps[s] for s in ORDER if s in self.snapshot.steps)]
        return moments != sorted(moments)


# the counted figures: which complaints each one counts (`m`: Standing, `at`: the moment)
COUNTED = {
    "received": lambda m, at: True,
    "accepted": lambda m, at: m.counted,
    "answered": lambda m, at: m.counted and m.told,
    "closed": lambda m, at: m.counted and m.closed,
    "open": lambda m, at: m.counted and m.open,
    "overdue": lambda m, at: m.counted and m.is_overdue(at),
    "handled_not_told": lambda m, at: m.owed,  # also of what was not accepted: its caller is to be told so
    "unreachable": lambda m, at: m.unreachable,
    "entered_later": lambda m, at: m.entered_later,
    "out_of_order": lambda m, at: m.out_of_order,
}
_FILED = {"topic": "topic__slug", "district": "district__code"}  # what is filed anew, and its column
DIMENSIONS = {"channel": "channel__slug", "topic": "topic__slug", "district": "district__code"}


def standing_at(as_of, since=None):
    """[Standing at `as_of`] of all complaints received by then, and after `since` when given; three queries."""
    received = Complaint.objects.filter(received_at__lte=as_of)
    if since is not None:
        received = received.filter(received_at__gt=since)
    complaints = {row["pk"]: row for row in received.order_by("pk").values(*_COLUMNS)}
    events = (
        ComplaintEvent.objects.filter(occurred_at__lte=as_of, complaint__received_at__lte=as_of)
        .order_by("complaint_id", "pk")
        .values_list("complaint_id", "act", "occurred_at", "to_status", "round")
    )
    if since is not None:
        events = events.filter(complaint__received_at__gt=since)
    snapshots = {
        pk: replay(row[1:] for row in rows) for pk, rows in itertools.groupby(events.iterator(), key=lambda r: r[0])
    }
    for pk, due in _dues_before_changes(as_of).items():
        if pk in complaints:
            complaints[pk]["answer_due_at"] = due
    for pk, filed in _filed_before_changes(as_of).items():
        if pk in complaints:
            complaints[pk] |= filed
    standing = [Standing(row, snapshots[pk]) for pk, row in complaints.items() if pk in snapshots]
    _join_merged(standing, as_of)
    return standing


def _join_merged(standing, as_of):
    """Fill in `parent` of what was merged at the moment, as the last event of the merge names it; it may be of an earlier time than
    those asked for."""
    merged = [m.row["pk"] for m in standing if m.snapshot.status == Status.MERGED]
    events = ComplaintEvent.objects.filter(act=Act.MERGE, occurred_at__lte=as_of, complaint__in=merged).order_by("pk")
    into = dict(events.values_list("complaint_id", "text"))
    parents = Complaint.objects.filter(number__in=into.values())
    rows = ComplaintEvent.objects.filter(occurred_at__lte=as_of, complaint__in=parents.order_by())
    rows = rows.order_by("complaint_id", "pk").values_list(
        "complaint__number", "act", "occurred_at", "to_status", "round"
    )
    snapshots = {number: replay(row[1:] for row in group) for number, group in itertools.groupby(rows, lambda r: r[0])}
    for m in standing:
        m.parent = snapshots.get(into.get(m.row["pk"]))


def _dues_before_changes(as_of):
    """{complaint: when its answer was due at `as_of`} of those where that was changed afterwards."""
    later = ComplaintEvent.objects.filter(occurred_at__gt=as_of, data__has_key="answer_was_due")
    later = later.order_by("-occurred_at", "-pk")
    return {pk: due and parse_datetime(due) for pk, due in later.values_list("complaint_id", "data__answer_was_due")}


def _filed_before_changes(as_of):
    """{complaint: {column: its value at `as_of`}} of those that were filed under another topic or district afterwards."""
    later = ComplaintEvent.objects.filter(act=Act.RECATEGORISE, occurred_at__gt=as_of).order_by("-occurred_at", "-pk")
    filed = {}
    for pk, data in later.values_list("complaint_id", "data"):  # the earliest comes last and decides
        old = {_FILED[name]: before for name, (before, _after) in data["changes"].items() if name in _FILED}
        filed.setdefault(pk, {}).update(old)
    return filed


def select(as_of, since=None, *, what="accepted", status="", **dimensions):
    """The keys of the complaints that a figure counts: `what` of COUNTED, a `status`, channel, topic, district ("": none)."""
    counts = COUNTED["received" if status else what]
    return [
        m.row["pk"]
        for m in standing_at(as_of, since)
        if counts(m, as_of)
        and (not status or m.snapshot.status == status)
        and all((m.row[DIMENSIONS[name]] or "") == value for name, value in dimensions.items())
    ]


def behind(as_of, since=None, *, what):
    """(kind, keys) of the rows that another figure counts: "complaints", "callbacks" or "calls"; for a time the keys have their
    minutes. `what` is the key of the figure, as "rates.response.n", "callbacks.reached", "minutes.stop". A KeyError when
    there is no such figure."""
    part, _dot, name = what.partition(".")
    if part == "minutes" and name not in MINUTES:
        raise KeyError(what)
    everything = standing_at(as_of, since)
    counted = [m for m in everything if m.counted]
    match part:
        case "minutes":
            return "complaints", spans(counted, name)
        case "rates":
            return "complaints", rate_sets(everything, callbacks_of(counted, as_of))[name]
        case "callbacks":
            return "callbacks", callback_sets(callbacks_of(counted, as_of))[name]
        case "further_callers":
            return "calls", further_sets(counted, as_of)[name]
    raise KeyError(what)


def complaint_figures(as_of, since=None):
    """The part `complaints` of the figures (reports.md); with `since` only of the calls after it."""
    everything = standing_at(as_of, since)
    counted = [m for m in everything if m.counted]
    statuses = Counter(m.snapshot.status for m in everything)
    callbacks = callbacks_of(counted, as_of)
    numbers = {what: sum(counts(m, as_of) for m in everything) for what, counts in COUNTED.items()}
    return {
        **numbers,
        **{f"by_{name}": _by(counted, column) for name, column in DIMENSIONS.items()},
        "by_status": {status.value: statuses[status] for status in Status},
        "minutes": {step: minutes_of(spans(counted, step).values()) for step in MINUTES},
        "callbacks": nested(callback_sets(callbacks)),
        "rates": nested(rate_sets(everything, callbacks)),
        "further_callers": nested(further_sets(counted, as_of)),
        "heat": _heat(counted),
        "gaps": numbering_gaps(as_of),
    }


def _by(counted, column):
    return dict(sorted(Counter(m.row[column] or "" for m in counted).items()))


def minutes_of(spans):
    """{"median", "p90", "n"}: whole minutes; median and p90 are None where there is none."""
    spans = list(spans)
    if not spans:
        return {"median": None, "p90": None, "n": 0}
    return {"median": round(statistics.median(spans)), "p90": round(nearest_rank(spans, 90)), "n": len(spans)}


def nearest_rank(values, percent):
    """The smallest value that at least `percent` of a hundred values do not exceed."""
    return sorted(values)[max(math.ceil(percent * len(values) / 100), 1) - 1]


def _heat(counted):
    """Seven rows (Monday first) of 24 counts: the local hours in which the accepted calls came."""
    table = [[0] * 24 for _day in range(7)]
    for m in counted:
        moment = timezone.localtime(m.row["received_at"])
        table[moment.weekday()][moment.hour] += 1
    return table


def numbering_gaps(as_of):
    """The numbers that are missing in the days until `as_of`, at the end of a day too, where only its counter knows of them: there
    are none, for a number is allotted where it is used."""
    until = local_day(timezone.localdate(as_of))[1]
    allotted = DayCounter.objects.filter(day__lte=timezone.localdate(as_of)).values_list("day", "last")
    last = {f"{day:%Y%m%d}": count for day, count in allotted}
    days = {f"{settings.NUMBER_PREFIX}{day}-": set() for day in last}
    for number in Complaint.objects.filter(received_at__lt=until).values_list("number", flat=True):
        found = re.fullmatch(r"(.*-)(\d+)", number)
        if found:
            days.setdefault(found[1], set()).add(int(found[2]))
    return [
        f"{day}{n:03d}"
        for day, used in sorted(days.items())
        for n in range(1, max(*used, last.get(day[-9:-1], 0), 0) + 1)
        if n not in used
    ]


def caller_views(as_of, since=None):
    """[(officer, how often he looked at a caller)], the most first. For those who may see that (view_callerview)."""
    views = CallerView.objects.filter(at__lte=as_of).select_related("by")
    if since is not None:
        views = views.filter(at__gt=since)
    return Counter(view.by for view in views).most_common()
