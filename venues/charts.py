"""The charts of the order board as plain data: the closure curve, and how old the last looks are.

The dicts have the shapes that the tags `line_chart` and `bar_chart` draw."""

import collections
import itertools

from django.utils.translation import gettext as _

from venues.curves import rising
from venues.moments import in_words
from venues.standing import FRESHNESS, NEVER_SEEN
from venues.states import Move, State, scope_of

MARKED_AT_MOST = 4  # re-openings on the curve; more would cover it


def closure_curve(board, until=None):
    """Told, reported and first seen closed, which only rise, and closed now, which falls when a venue opens again or
    is lifted. The rising ones count the targets in scope or lifted by now; what was excluded is left out of the past
    too."""
    standing, order = board.standing, board.order
    whole, until = until is None, until or standing.at
    links = board.links.at(until)
    listed = [target for target in standing.targets if target.scope != "excluded"]

    rising_ones = (
        ("told", _("Told"), "told_at"),
        ("reported", _("Reported closed"), "reported_at"),
        ("once", _("First seen closed"), "first_verified_at"),
    )
    series = []
    for asked, label, field in rising_ones:
        moments = [moment for target in listed if (moment := getattr(target, field)) is not None and moment <= until]
        points = [(order.issued_at, 0), *rising(moments)]
        key = "verified" if asked == "once" else asked
        filters = {asked: 1, "listed": 1}
        series.append({
            "key": key, "label": label, "points": points, "href": links.targets(**filters),
            "href_at": _rows_then(standing, links, field, filters),
        })  # fmt: skip
    now = [(moment, closed) for moment, closed, _total in standing.net_closed if moment <= until]
    label, href = _("Last seen closed"), links.targets(state="closed")
    closed_then = {"href_at": lambda at, _value: links.at(at).targets(state="closed")}
    series.append({"key": "net_closed", "label": label, "points": now, "href": href, **closed_then})
    return {
        "title": _("Closure curve since the issue") if whole else _("Closure curve"),
        "unit": _("venues"),
        "key": "whole" if whole else "first",
        "series": series,
        "marks": _marks(standing, until, whole),
        "since": order.issued_at,
        "until": until,
        "total": len(listed),
        "hide_title": True,
        "tall": not whole,
    }


def _rows_then(standing, links, field, filters):
    """For the table: the address of the list of an earlier moment, where it has as many rows as the curve says. It has
    others when a target was excluded or added since, because the curve leaves the excluded ones out of the past too."""
    moves = collections.defaultdict(list)
    for move in standing.moves:
        moves[move.target_id].append(move)

    def listed(target, at):
        then = [Move(move.at, move.kind) for move in moves[target.pk] if move.at <= at]
        return target.added_at <= at and scope_of(then) != "excluded"

    def href_at(at, value):
        rows = [target for target in standing.targets if (first := getattr(target, field)) and first <= at]
        return links.at(at).targets(**filters) if sum(listed(target, at) for target in rows) == value else ""

    return href_at


def _marks(standing, until, whole):
    """T and the deadline on the chart of the first hours; re-openings on both, on the long one those after its first
    hours (they would stand on one another)."""
    order = standing.order
    allowed = order.deadline_at - order.issued_at
    marks = [{"at": order.issued_at, "label": "T"}]
    if not whole:
        marks.append({"at": order.deadline_at, "label": "T + " + in_words(allowed)})
    since = order.deadline_at + allowed if whole else order.issued_at
    reopened = [
        after[0]
        for before, after in itertools.pairwise(standing.net_closed)
        if since < after[0] <= until and after[1] < before[1] and after[2] == before[2]
    ]
    return marks + [{"at": moment, "label": _("opened again")} for moment in reopened[-MARKED_AT_MOST:]]


def bucket_label(key):
    """The words of a freshness bucket: 0–4 h, over 48 h, never."""
    if key == NEVER_SEEN:
        return _("never")
    start, end = key.split("-")
    return _("%(start)s–%(end)s h") % {"start": start, "end": end} if end else _("over %(start)s h") % {"start": start}


def freshness_bars(board):
    """How old the last look on site is, over the targets in scope, each bar in parts by state."""
    standing, links = board.standing, board.links
    present = [state for state in State if any(target.state == state for target in standing.in_scope)]
    bars = []
    for key in (*(key for key, _end in FRESHNESS), NEVER_SEEN):
        seen = collections.Counter(target.state for target in standing.select(scope="in_scope", seen=key))
        parts = [
            {
                "key": str(state),
                "label": state.label,
                "value": seen[state],
                "href": links.targets(state=state, seen=key),
            }
            for state in present
        ]
        bars.append({"label": bucket_label(key), "parts": parts, "href": links.in_scope(seen=key)})
    return {"title": _("Age of the last look"), "unit": _("venues"), "bars": bars, "hide_title": True}
