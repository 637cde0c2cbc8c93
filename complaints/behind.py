"""The rows behind the figures of the hotline: each rate, each count of call-backs and each time is a set of keys here, and
the figure is the length of that set. So a number and the list behind it cannot disagree.

The last word of a caller stands for him: he is counted once, by the call-back in which he said it.
"""

import datetime

from complaints.models import Callback, ComplaintEvent
from complaints.workflow import Act, Status

# the time: (the step reached, the step it is counted from; None: the call)
MINUTES = {
    "dispatch": ("dispatched_at", None),
    "sign": ("signed_at", "dispatched_at"),
    "arrive": ("arrived_at", None),
    "stop": ("stopped_at", None),
    "answer": ("answered_at", None),
}
_GOOD = (Callback.Satisfied.VERY, Callback.Satisfied.FAIRLY)
_ASKED = {"solved": "", "satisfied": Callback.Satisfied.NOT_ASKED}  # the column, and what it says of who was not asked


def callbacks_of(counted, as_of):
    """The call-backs to the callers of these complaints (Standings) until `as_of`, as dicts in their order; one query."""
    rows = Callback.objects.filter(at__lte=as_of, complaint__in=[m.row["pk"] for m in counted]).order_by("pk")
    return list(rows.values("pk", "complaint_id", "call_id", "result", "solved", "satisfied"))


def spans(counted, step):
    """{complaint: minutes (a float) from the call, or from the step before, to the first time the step was reached}.

    Not of merged ones, whose parent's it is, nor where the step was reached before it began: those are out of order."""
    reached, start = MINUTES[step]
    found = {}
    for m in counted:
        if m.snapshot.status == Status.MERGED or reached not in m.snapshot.first:
            continue
        since = m.snapshot.first.get(start) if start else m.row["received_at"]
        span = m.snapshot.first[reached] - since if since is not None else None
        if span is not None and span >= datetime.timedelta():
            found[m.row["pk"]] = span.total_seconds() / 60
    return found


def callback_sets(rows):
    """{figure: keys of the Callbacks that it counts}: attempts, callers reached, and what each caller said last."""
    sets = {
        "attempts": [row["pk"] for row in rows],
        "reached": [row["pk"] for row in _last(rows, lambda row: row["result"] == Callback.Result.REACHED)],
    }
    for name, choices in (("solved", Callback.Solved), ("satisfied", Callback.Satisfied)):
        said = _words(rows, name)
        sets[f"{name}.n"] = [row["pk"] for row in said]
        for choice in choices.values:
            if choice != _ASKED[name]:
                sets[f"{name}.{choice}"] = [row["pk"] for row in said if row[name] == choice]
    return sets


def rate_sets(everything, callbacks):
    """{figure: keys of the complaints that it counts}. Never in an N: void, not accepted, merged. Solved and satisfied are judged
    by the caller, asked at the call-back; who was not asked is in no N and counted beside it. `callbacks`: all of them, of which
    those to further callers judge nothing."""
    in_rates = [m for m in everything if m.in_rates]
    owing = [m for m in in_rates if m.waits]
    judged = {m.row["pk"] for m in in_rates}
    rows = [row for row in callbacks if row["call_id"] is None and row["complaint_id"] in judged]
    told = [row["complaint_id"] for row in _last(rows, lambda row: row["result"] == Callback.Result.REACHED)]
    solved, satisfied = (
        {row["complaint_id"]: row[name] for row in _words(rows, name)} for name in ("solved", "satisfied")
    )

    def saying(words, *wanted):
        return [pk for pk, word in words.items() if word in wanted]

    return {
        "response.n": [m.row["pk"] for m in owing if m.told],
        "response.N": [m.row["pk"] for m in owing],
        "response.no_answer_owed": [m.row["pk"] for m in in_rates if not m.waits],
        "solution.n": saying(solved, Callback.Solved.YES),
        "solution.N": list(solved),
        "solution.partly": saying(solved, Callback.Solved.PARTLY),
        "solution.not_asked": [pk for pk in told if pk not in solved],
        "satisfaction.n": saying(satisfied, *_GOOD),
        "satisfaction.N": list(satisfied),
        "satisfaction.not_asked": [pk for pk in told if pk not in satisfied],
        "excluded.void": _in_status(everything, Status.VOID),
        "excluded.not_accepted": _in_status(everything, Status.NOT_ACCEPTED),
        "excluded.merged": _in_status(everything, Status.MERGED),
    }


def further_sets(counted, as_of):
    """{figure: keys of the calls}: those that were added by then, whose callers wanted an answer of their own, who were told."""
    events = ComplaintEvent.objects.filter(complaint__in=[m.row["pk"] for m in counted], occurred_at__lte=as_of)
    events = events.filter(act__in=[Act.ADD_CALL, Act.TELL_FURTHER]).order_by("pk").values_list("act", "data")
    added = {data["call"]: data["wants_reply"] for act, data in events if act == Act.ADD_CALL}
    told = {data["call"]: None for act, data in events if act == Act.TELL_FURTHER}
    return {"calls": list(added), "owed": [call for call, wants in added.items() if wants], "told": list(told)}


def nested(sets):
    """{"a": {"b": how many}} of {"a.b": keys}."""
    found = {}
    for name, keys in sets.items():
        *outer, last = name.split(".")
        inner = found
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = len(keys)
    return found


def _in_status(everything, status):
    return [m.row["pk"] for m in everything if m.snapshot.status == status]


def _last(rows, fits):
    """The last of the fitting rows of each caller: the complaint's own, or that of a call that was added."""
    return list({(row["complaint_id"], row["call_id"]): row for row in rows if fits(row)}.values())


def _words(rows, name):
    """The last row of each caller who was asked."""
    return _last(rows, lambda row: row[name] != _ASKED[name])
