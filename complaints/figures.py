"""The figures of the hotline as of a past moment, from the events: they do not move when a complaint is returned, reopened or
declared void later.

The topic and the district are those of the moment, whatever a complaint was filed under later; so is the limit of its answer,
whatever was extended later. `answered`, `handled_not_told` and the rates count complaints, that is their own callers; callers
whose calls were added are counted beside them (`further_callers`).

Who is counted: `accepted` leaves out what was not accepted or declared void. Merged complaints are accepted calls (each
caller is owed an answer), but they are in no minutes, which are their parent's, and in no rate. A rate is n of N, and says
what N leaves out.
"""

import datetime
import itertools
import math
import re
import statistics
from collections import Counter

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.history import replay
from complaints.models import Callback, CallerView, Complaint, ComplaintEvent, DayCounter
from complaints.workflow import AT_WORK, LEFT_UNTOLD, NOT_COUNTED, OPEN, Act, Status
from venues.moments import local_day

# the figure: (the step reached, the step it is counted from; None: the call)
MINUTES = {
    "dispatch": ("dispatched_at", None),
    "sign": ("signed_at", "dispatched_at"),
    "arrive": ("arrived_at", None),
    "stop": ("stopped_at", None),
    "answer": ("answered_at", None),
}
ORDER = ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at")
LATE_ENTRY = 60  # minutes between the call and its record after which it was entered later
_HANDLED_NOT_TOLD = (Status.AWAITING_ANSWER, Status.CLOSED, *LEFT_UNTOLD)
_GOOD = (Callback.Satisfied.VERY, Callback.Satisfied.FAIRLY)
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


def complaint_figures(as_of, since=None):
    """The part `complaints` of the figures (reports.md); with `since` only of the calls after it."""
    everything = standing_at(as_of, since)
    counted = [m for m in everything if m.counted]
    statuses = Counter(m.snapshot.status for m in everything)
    callbacks = list(
        Callback.objects.filter(at__lte=as_of, complaint__in=[m.row["pk"] for m in counted])
        .order_by("pk")
        .values("complaint_id", "call_id", "result", "solved", "satisfied")
    )
    numbers = {what: sum(counts(m, as_of) for m in everything) for what, counts in COUNTED.items()}
    return {
        **numbers,
        **{f"by_{name}": _by(counted, column) for name, column in DIMENSIONS.items()},
        "by_status": {status.value: statuses[status] for status in Status},
        "minutes": {step: _minutes(counted, *ends) for step, ends in MINUTES.items()},
        "callbacks": _callbacks(callbacks),
        "rates": _rates(everything, [row for row in callbacks if row["call_id"] is None]),
        "further_callers": _further_callers([m.row["pk"] for m in counted], as_of),
        "heat": _heat(counted),
        "gaps": numbering_gaps(as_of),
    }


def _by(counted, column):
    return dict(sorted(Counter(m.row[column] or "" for m in counted).items()))


def _minutes(counted, reached, start):
    """{"median", "p90", "n"}: whole minutes from the call (or the step `start`) to the first time the step was reached.

    n counts the complaints that reached it, but none that reached it before it began; median and p90 are None where none did."""
    spans = []
    for m in counted:
        if m.snapshot.status == Status.MERGED or reached not in m.snapshot.first:
            continue
        since = m.snapshot.first.get(start) if start else m.row["received_at"]
        span = m.snapshot.first[reached] - since if since is not None else None
        if span is not None and span >= datetime.timedelta():  # the others are counted as out of order
            spans.append(span.total_seconds() / 60)
    if not spans:
        return {"median": None, "p90": None, "n": 0}
    return {"median": round(statistics.median(spans)), "p90": round(nearest_rank(spans, 90)), "n": len(spans)}


def nearest_rank(values, percent):
    """The smallest value that at least `percent` of a hundred values do not exceed."""
    return sorted(values)[max(math.ceil(percent * len(values) / 100), 1) - 1]


def _callbacks(rows):
    """Attempts, callers reached, and what each caller said last: solved and satisfied, with the n of those who were asked."""
    solved, satisfied = _last(rows, "solved", ""), _last(rows, "satisfied", Callback.Satisfied.NOT_ASKED)
    return {
        "attempts": len(rows),
        "reached": len({_caller(row) for row in rows if row["result"] == Callback.Result.REACHED}),
        "solved": {
            "n": len(solved),
            **{choice: list(solved.values()).count(choice) for choice in Callback.Solved.values},
        },
        "satisfied": {
            "n": len(satisfied),
            **{
                c: list(satisfied.values()).count(c)
                for c in Callback.Satisfied.values
                if c != Callback.Satisfied.NOT_ASKED
            },
        },
    }


def _caller(row):
    """Whom a call-back was for: the complaint's own caller, or that of a call that was added."""
    return (row["complaint_id"], row["call_id"])


def _last(rows, name, unasked):
    """{caller: his last word} where he was asked."""
    return {_caller(row): row[name] for row in rows if row[name] != unasked}


def _further_callers(complaints, as_of):
    """Of the calls that were added by then: how many, whose callers wanted an answer of their own, how many of these were told."""
    events = ComplaintEvent.objects.filter(complaint__in=complaints, occurred_at__lte=as_of)
    events = events.filter(act__in=[Act.ADD_CALL, Act.TELL_FURTHER]).values_list("act", "data")
    added = {data["call"]: data["wants_reply"] for act, data in events if act == Act.ADD_CALL}
    told = {data["call"] for act, data in events if act == Act.TELL_FURTHER}
    return {"calls": len(added), "owed": sum(added.values()), "told": len(told)}


def _rates(everything, callbacks):
    """{rate: {"n", "N", …}}. Never in an N: void, not accepted, merged. Solved and satisfied are judged by the caller, asked at
    the call-back; who was not asked is in no N and counted beside it. `callbacks`: those of the complaints' own callers."""
    in_rates = [m for m in everything if m.in_rates]
    owing = [m for m in in_rates if m.waits]
    judged = {m.row["pk"] for m in in_rates}
    rows = [row for row in callbacks if row["complaint_id"] in judged]
    told = {_caller(row) for row in rows if row["result"] == Callback.Result.REACHED}
    solved, satisfied = _last(rows, "solved", ""), _last(rows, "satisfied", Callback.Satisfied.NOT_ASKED)
    excluded = {
        "void": sum(m.snapshot.status == Status.VOID for m in everything),
        "not_accepted": sum(m.snapshot.status == Status.NOT_ACCEPTED for m in everything),
        "merged": sum(m.snapshot.status == Status.MERGED for m in everything),
    }
    return {
        "response": {"n": sum(m.told for m in owing), "N": len(owing), "no_answer_owed": len(in_rates) - len(owing)},
        "solution": {
            "n": list(solved.values()).count(Callback.Solved.YES), "N": len(solved),
            "partly": list(solved.values()).count(Callback.Solved.PARTLY), "not_asked": len(told - set(solved)),
        },
        "satisfaction": {
            "n": sum(list(satisfied.values()).count(choice) for choice in _GOOD), "N": len(satisfied),
            "not_asked": len(told - set(satisfied)),
        },
        "excluded": excluded,
    }  # fmt: skip


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
