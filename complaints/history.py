"""Where a complaint stood at a past moment: its events replayed up to then. A pure function, the twin of the columns.

A later return, re-opening or late entry cannot change the answer for an earlier moment, because only events that occurred by then
are read; of what had been answered, `answered_ever` keeps that the caller was told once, whatever was re-opened since.
"""

from dataclasses import dataclass, field

from complaints.workflow import MOVES, Act, Status

STEP_OF = {
    Act.DISPATCH: "dispatched_at",
    Act.RESEND: "dispatched_at",
    Act.SIGN: "signed_at",
    Act.ARRIVE: "arrived_at",
    Act.FIND: "found_at",
    Act.STOP: "stopped_at",
    Act.TELL: "answered_at",
    Act.CLOSE: "closed_at",
}
_CLEARED_BY = {
    Act.RETURN: ("dispatched_at", "signed_at", "arrived_at", "found_at"),
    Act.SEPARATE: ("dispatched_at", "signed_at", "arrived_at", "found_at", "stopped_at", "answered_at"),
    Act.STILL_GOING_ON: ("arrived_at", "found_at", "stopped_at", "answered_at"),
    Act.REOPEN: ("signed_at", "arrived_at", "found_at", "stopped_at", "answered_at", "closed_at"),
}
_TAKEN_UP_AGAIN = (Act.REOPEN, Act.STILL_GOING_ON, Act.SEPARATE, Act.TELL)


@dataclass
class Snapshot:
    """Status, round and steps at the moment; `first` are the earliest moments at which each step was reached, which is what the
    minutes of the figures are measured to. Earliest as it happened, not as it was written down: a look that is entered after a
    later one is still the first. `given_up`: nobody could tell its caller, and it was written down."""

    status: str = Status.REGISTERED
    round: int = 1
    steps: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)
    given_up: bool = False

    @property
    def answered_ever(self):
        return "answered_at" in self.first


def replay(events):
    """The Snapshot after these events: an iterable of (act, occurred_at, to_status, round) in the order in which they took effect."""
    snapshot = Snapshot()
    for act, occurred_at, to_status, round_ in events:
        if act in MOVES or act == Act.REGISTER:
            # only these move it: a note of an earlier moment that was written down after the end names the end's state
            snapshot.status, snapshot.round = to_status or snapshot.status, round_
        snapshot.given_up = act == Act.GIVE_UP or (snapshot.given_up and act not in _TAKEN_UP_AGAIN)
        for step in _CLEARED_BY.get(act, ()):
            snapshot.steps.pop(step, None)
        reached = (
            ("answered_at", "closed_at") if act == Act.ANSWER_AT_ONCE else (STEP_OF[act],) if act in STEP_OF else ()
        )
        for step in reached:
            snapshot.steps[step] = occurred_at
            snapshot.first[step] = min(snapshot.first.get(step, occurred_at), occurred_at)
    return snapshot
