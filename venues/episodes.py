"""When a venue was running and when it was seen shut again: a pure function of its looks; no database here.

Because it looks at all rows at once, any arrival order of the same rows gives the same episodes. Which looks count is
said in `venues.states`; in hours shut by law nothing has to be left out here, because a closed look while nothing runs
ends nothing anyway.
"""

import dataclasses
import itertools

from venues.states import FOUND_OPEN

CLOSED = "closed"


@dataclasses.dataclass
class Episode:
    """From the first look that found the venue running to the first later one that saw it shut (or still running)."""

    opened_by: object
    looks: list
    stopped_by: object = None

    @property
    def found_at(self):
        return self.opened_by.observed_at

    @property
    def stopped_at(self):
        return self.stopped_by and self.stopped_by.observed_at


def episodes(looks, discounted=()):
    """The episodes in these looks, oldest first.

    `looks`: looks on the spot that no correction replaced, in any order; each has observed_at, result, certified and
    client_uuid.
    `discounted`: closed intervals (from, until) in which a person has said that what was seen running was no violation.
    At equal times the worse result wins: a "closed" beside an "operating" of the same moment ends nothing.
    """
    found, current = [], None
    in_time = sorted(looks, key=lambda look: look.observed_at)
    for at, same_moment in itertools.groupby(in_time, key=lambda look: look.observed_at):
        same_moment = sorted(same_moment, key=_weight)
        running = [look for look in same_moment if look.result in FOUND_OPEN]
        if any(start <= at <= end for start, end in discounted):
            running = []
        shut = [look for look in same_moment if look.result == CLOSED]
        if running:
            if current is None:
                current = Episode(running[0], [])
                found.append(current)
            current.looks.extend(running)
        elif shut and current is not None:
            current.stopped_by = shut[0]
            current = None
    return found


def _weight(look):
    """Among the looks of one moment: concealed before operating, more certified officers first, then a fixed order."""
    return (look.result, -look.certified, str(look.client_uuid))
