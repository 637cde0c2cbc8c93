"""What happened to a complaint as one list for its page: events, attempts to tell the caller, further calls. Never the caller."""

import datetime
from dataclasses import dataclass, field

from complaints.changes import changes_of
from complaints.models import Callback, Caller, CallerView
from complaints.models.complaints import without_numbers
from complaints.workflow import Act, Status

LATE = datetime.timedelta(minutes=15)  # entered so long after it happened: the page says when it was written down
_TOLD = (Act.TELL, Act.TELL_FURTHER, Act.FOLLOW_UP)  # the call-back itself is the line
_TONES = {
    Act.FIND: "info", Act.STOP: "good", Act.CLOSE: "good", Act.RETURN: "warn", Act.STILL_GOING_ON: "bad", Act.REOPEN: "bad",
    Act.SUPERVISE: "warn", Act.RESEND: "warn", Act.GIVE_UP: "warn", Act.VOID: "quiet", Act.MERGE: "quiet", Act.NOTE: "quiet",
}  # fmt: skip


@dataclass
class Line:
    """One line of the story; `status` is the state that it led to, where it changed."""

    at: datetime.datetime
    title: str
    by: object
    text: str = ""
    tone: str = ""
    status: object = None
    recorded_at: datetime.datetime | None = None
    callback: object = None
    call: object = None
    changes: list = field(default_factory=list)


def story_of(complaint):
    """The Lines, the latest first. Six queries, and up to three for the names of what was changed."""
    calls = {call.pk: call for call in complaint.calls.select_related("caller", "channel")}
    named = list(Caller.objects.of(complaint).filter(has_name=True))
    events = [event for event in complaint.events.select_related("by") if event.act not in _TOLD]
    changed = changes_of(events)
    lines = [_event(event, calls, named, changed.get(event.pk, [])) for event in events]
    lines += [_callback(callback, calls, named) for callback in complaint.callbacks.select_related("by")]
    order = sorted(range(len(lines)), key=lambda place: (lines[place].at, place), reverse=True)
    return [lines[place] for place in order]


def views_of(complaint, named):
    """Who saw which caller of the matter, when and why: [CallerView], the latest first. `named`: its callers who gave a name. One
    query."""
    views = list(CallerView.objects.of(complaint).select_related("by", "caller"))
    for view in views:
        view.why = _words(view.reason, named)
    return views


def _words(text, named):
    """The text without these callers: who called later may have been named in what was written before."""
    for caller in named:
        text = caller.taken_out_of(text)
    return without_numbers(text)


def _event(event, calls, named, changes):
    moved = event.to_status != event.from_status or event.act == Act.REGISTER
    return Line(
        at=event.occurred_at, title=event.get_act_display(), by=event.by, text=_words(event.text, named),
        tone=_TONES.get(event.act, ""), status=Status(event.to_status) if moved else None, call=calls.get(event.data.get("call")),
        changes=changes,
        recorded_at=event.recorded_at if event.recorded_at - event.occurred_at > LATE else None,
    )  # fmt: skip


def _callback(callback, calls, named):
    reached = callback.result == Callback.Result.REACHED
    return Line(
        at=callback.at, title=callback.get_result_display(), by=callback.by, text=_words(callback.told, named),
        tone="good" if reached else "warn", callback=callback, call=calls.get(callback.call_id),
        recorded_at=callback.recorded_at if callback.recorded_at - callback.at > LATE else None,
    )  # fmt: skip
