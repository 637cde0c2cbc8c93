"""The state of a target: a pure function of its rows at a moment (closures.md, "State of a target"); no database
here.

`facts_of` boils the rows down to what the state needs; `state_of` reads the state from those facts and the clock. The
fields of `Facts` are the cached columns of `Target`, so a target whose cache is valid at the moment serves as its own
facts.

Which looks count, for the states here (`venues.facts`) and for the violations (`venues.episodes`) alike:

- A look that a correction replaced is out.
- A look on site that found the venue operating or concealed counts at any hour, unless an officer withdrew the
  violation that it is part of: what was found open in the time that a withdrawal discounts is out.
- In hours in which such venues are shut by law anyway every other look proves nothing and is out, but for the closing
  look of a violation: a closed on site while the venue was running, that is when the last that was seen there before
  it, of open and closed, was open. It clears the violation, and verifies when it is by two.

Whether a look counts thus depends on earlier looks and on withdrawals only, never on what was seen later or on the
order in which the rows came in. A state takes the looks since its order's issue; a violation is the venue's and takes
all. At equal times the worse result is the last look; a closed clears a violation unless an open look stands beside
it.
"""

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

OFFICERS_TO_VERIFY = 2  # certified officers who must have seen it closed; one alone counts as reported
BAD_FIRST = (
    "concealed",
    "operating",
    "not_found",
    "unverifiable",
    "limited",
    "closed",
)  # at equal times the worse wins
FOUND_OPEN = ("operating", "concealed")  # the results that found a venue running
_BADNESS = {result: len(BAD_FIRST) - place for place, result in enumerate(BAD_FIRST)}
_MOVE_ORDER = {"excluded": 0, "reinstated": 1, "lifted": 2}  # moves of one and the same instant


class State(models.TextChoices):
    """The ten states; every target of an order is in exactly one of them at any moment."""

    VIOLATING = "violating", _("violating")
    VERIFIED = "verified", _("seen closed")
    STALE = "stale", _("seen closed, look is old")
    REPORTED = "reported", _("reported closed")
    UNCERTAIN = "uncertain", _("uncertain")
    TOLD = "told", _("told")
    UNREACHED = "unreached", _("not reached")
    UNTOUCHED = "untouched", _("untouched")
    EXCLUDED = "excluded", _("excluded")
    LIFTED = "lifted", _("lifted")


CLOSED = frozenset({State.VERIFIED, State.STALE})  # last seen closed by two
OUT_OF_SCOPE = frozenset({State.EXCLUDED, State.LIFTED})


class Move(NamedTuple):
    """A change of scope: "excluded", "reinstated" or "lifted"."""

    at: datetime.datetime
    kind: str


class Said(NamedTuple):
    """A notice: whether the owner heard it, and whether he said that the venue is closed."""

    at: datetime.datetime
    told: bool
    says_closed: bool = False


class Look(NamedTuple):
    """An inspection that counts (see above): of the target's venue, since the order's issue."""

    at: datetime.datetime
    on_site: bool
    result: str
    certified: int

    @property
    def closed_by_two(self):
        return self.result == "closed" and self.certified >= OFFICERS_TO_VERIFY


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows of one target come to; the names are those of the columns of `Target`."""

    scope: str = "in_scope"
    told_at: datetime.datetime | None = None
    reported_at: datetime.datetime | None = None
    first_verified_at: datetime.datetime | None = None
    says_closed: bool = False
    attempts: int = 0
    failed_attempts: int = 0
    last_attempt_at: datetime.datetime | None = None
    last_look_at: datetime.datetime | None = None
    last_look_result: str = ""
    last_look_by_two: bool = False
    remote_closed: bool = False
    violating_since: datetime.datetime | None = None
    facts_until: datetime.datetime | None = None


FACT_FIELDS = tuple(Facts.__dataclass_fields__)


def rank(look: Look) -> tuple:
    """Sorts looks by time, and looks of one instant so that the one that counts comes last."""
    return look.at, _BADNESS[look.result], look.certified


def effective(looks: Iterable[Look]) -> list[Look]:
    """The looks in order of time, one for each instant: the worst result, and of equal results the one of more
    certified officers."""
    last = {look.at: look for look in sorted(looks, key=rank)}
    return list(last.values())


def scope_of(moves: Iterable[Move]) -> str:
    """The scope after these moves: a reinstatement undoes an exclusion, a lifting is final, and nothing excluded is
    lifted."""
    scope = "in_scope"
    for move in sorted(moves, key=lambda move: (move.at, _MOVE_ORDER[move.kind])):
        if scope == "in_scope" and move.kind != "reinstated":
            scope = move.kind
        elif scope == "excluded" and move.kind == "reinstated":
            scope = "in_scope"
    return scope


def facts_of(
    moves: Iterable[Move], notices: Iterable[Said], looks: Iterable[Look], until: datetime.datetime | None = None
) -> Facts:
    """The facts from the rows up to and with the moment `until` (None: from all rows). The order of the rows does not
    matter."""
    moves, notices, looks = (
        [row for row in rows if until is None or row.at <= until] for rows in (moves, notices, looks)
    )
    at_place = [look for look in looks if look.on_site]
    on_site = effective(at_place)
    remote = effective(look for look in looks if not look.on_site)
    last = on_site[-1] if on_site else None
    told = [said.at for said in notices if said.told]
    says_closed = [said.at for said in notices if said.says_closed]
    seen_closed = [look.at for look in (*on_site, *remote) if look.result == "closed"]
    return Facts(
        scope=scope_of(moves),
        told_at=min(told, default=None),
        reported_at=min(says_closed + seen_closed, default=None),
        first_verified_at=next((look.at for look in on_site if look.closed_by_two), None),
        says_closed=bool(says_closed),
        attempts=len(notices),
        failed_attempts=len(notices) - len(told),
        last_attempt_at=max((said.at for said in notices), default=None),
        last_look_at=last.at if last else None,
        last_look_result=last.result if last else "",
        last_look_by_two=bool(last) and last.certified >= OFFICERS_TO_VERIFY,
        remote_closed=bool(remote) and remote[-1].result == "closed",
        violating_since=_violating_since(at_place),
        facts_until=max((row.at for rows in (moves, notices, looks) for row in rows), default=None),
    )


def _violating_since(looks):
    """When the running violation was first seen: the first open look that no closed look follows. Other looks end
    nothing, and neither does a closed beside an open one."""
    since = None
    for at, together in itertools.groupby(sorted(looks, key=rank), key=lambda look: look.at):
        results = {look.result for look in together}
        if not results.isdisjoint(FOUND_OPEN):
            since = since or at
        elif "closed" in results:
            since = None
    return since


def state_of(facts, at: datetime.datetime, recheck: datetime.timedelta) -> State:
    """The state at the moment `at` from the facts up to it; the first match wins. `facts` is a `Facts` or a target
    whose cached columns hold at that moment; `recheck` is how long a look of this category stays fresh."""
    if facts.scope != "in_scope":
        return State.EXCLUDED if facts.scope == "excluded" else State.LIFTED
    if facts.violating_since is not None:
        return State.VIOLATING
    if facts.last_look_result == "closed" and facts.last_look_by_two:
        return State.VERIFIED if at - facts.last_look_at <= recheck else State.STALE
    if facts.last_look_result == "closed":
        return State.REPORTED
    if facts.last_look_at is None and (facts.says_closed or facts.remote_closed):
        return State.REPORTED
    if facts.last_look_at is not None:
        return State.UNCERTAIN
    if facts.told_at is not None:
        return State.TOLD
    return State.UNREACHED if facts.attempts else State.UNTOUCHED
