"""The order board: everything that the leader's screen shows about one order at one moment, each number with its
link.

Built in a number of queries that does not depend on the number of targets, districts or looks. A number's link
carries the moment of the page, so that the list behind it has as many rows as the number says.
"""

import collections
import functools
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from venues.charts import closure_curve, freshness_bars
from venues.effort import effort
from venues.models import Notice, Target, Violation
from venues.moments import day_so_far, in_address
from venues.standing import NEVER_SEEN, Standing
from venues.states import State

ROWS = 12  # of a list on the board; the rest is behind its link
_IN_SCOPE = {"scope": Target.Scope.IN_SCOPE}


class Links:
    """Addresses of the lists behind the numbers, at the moment of the board; "" where the officer may not see the
    list."""

    def __init__(self, order, at, may):
        self.order, self.may = order, may
        self.as_of = in_address(at)
        self.day = timezone.localtime(day_so_far(at)).date().isoformat()

    def at(self, moment):
        """The same at another moment."""
        return Links(self.order, moment, self.may)

    def _address(self, name, allowed, filters, *args):
        if not self.may(f"venues.{allowed}"):
            return ""
        return f"{reverse(f'venues:{name}', args=args)}?{urlencode({**filters, 'as_of': self.as_of})}"

    def targets(self, **filters):
        return self._address("targets", "view_target", filters, self.order.pk)

    def in_scope(self, **filters):
        return self.targets(**_IN_SCOPE, **filters)

    def changes(self):
        return self._address("order_changes", "view_closureorder", {}, self.order.pk)

    def notices(self, **filters):
        return self._address("notices", "view_notice", filters, self.order.pk)

    def violations(self, **filters):
        return self._address("violations", "view_violation", filters)

    def inspections(self, **filters):
        return self._address("inspections", "view_inspection", filters)

    def patrols(self, **filters):
        return self._address("patrols", "view_patrol", filters)


class Board:
    """What the board shows of `order` at the moment `at`. `may(permission)` says what its reader may see: without the
    permission for targets there are numbers without links, and no names or telephones. `linked=False`: no links at
    all."""

    def __init__(self, order, at, *, live, may, linked=True):
        self.order, self.at, self.live = order, at, live
        self.standing = Standing(order, at)
        self.links = Links(order, at, may if linked else lambda permission: False)
        self.names = may("venues.view_target")
        self.total = len(self.standing.in_scope)

    # --- the clock and what it says -----------------------------------------------------------------------------------
    @property
    def elapsed(self):
        return self.at - self.order.issued_at

    @property
    def before_issue(self):
        """How long before the issue the moment is; None from the issue on."""
        return -self.elapsed if self.at < self.order.issued_at else None

    @property
    def allowed(self):
        """How long the order gives: four hours, as a rule."""
        return self.order.deadline_at - self.order.issued_at

    @property
    def left(self):
        """Until the deadline; negative after it."""
        return self.order.deadline_at - self.at

    @property
    def late_by(self):
        return -self.left

    @functools.cached_property
    def all_closed_total(self):
        """Of how many targets it was that all were closed, when they first were."""
        first = self.standing.all_closed_at
        return next((total for moment, _closed, total in self.standing.net_closed if moment == first), None)

    @property
    def in_time(self):
        """Whether all were closed within the deadline; None when they never were."""
        first = self.standing.all_closed_at
        return None if first is None else first <= self.order.deadline_at

    @property
    def first_all_closed(self):
        """How many minutes after the issue all were closed for the first time, or None."""
        return self.standing.minutes_to_all_closed

    @property
    def not_closed(self):
        return self.total - self.standing.closed

    @property
    def fresh(self):
        return self.standing.counts[State.VERIFIED]

    @property
    def closed_href(self):
        return self.links.targets(state="closed")

    @property
    def tone(self):
        """Of the clock: good when all are closed, bad when a venue is running or the deadline has passed without."""
        if self.total and not self.not_closed:
            return "good"
        return "bad" if self.violating or self.at > self.order.deadline_at else "info"

    # --- the figures --------------------------------------------------------------------------------------------------
    @functools.cached_property
    def figures(self):
        standing, links, n = self.standing, self.links, self.standing.counts
        told, reported = standing.told, standing.reported
        overdue, never = self.overdue, standing.never_seen
        return [
            _figure(
                "verified",
                _("Seen within the recheck hours"),
                n[State.VERIFIED],
                links.targets(state="verified"),
                self.total,
            ),
            _figure("told", _("Told"), told, links.in_scope(told=1), self.total),
            _figure("reported", _("Reported closed"), reported, links.in_scope(reported=1), self.total),
            _figure("violating", _("Violating"), n[State.VIOLATING], links.targets(state="violating"), tone="bad"),
            _figure("overdue", _("Overdue"), overdue, self.overdue_href, tone="bad"),
            _figure("never", _("Never seen"), never, links.in_scope(seen=NEVER_SEEN), tone="warn"),
        ]

    @property
    def states(self):
        """All ten states with their counts: a partition of the list."""
        return [(state, n, self.links.targets(state=state)) for state, n in self.standing.counts.items()]

    @functools.cached_property
    def scope(self):
        """How the number of targets came about: 应关 = first list − excluded − lifted + added late."""
        counts, late = self.standing.counts, self.standing.select(late=True)
        return {
            "first": len(self.standing.targets) - len(late), "first_href": self.links.targets(late=0),
            "excluded": counts[State.EXCLUDED], "excluded_href": self.links.targets(state="excluded"),
            "lifted": counts[State.LIFTED], "lifted_href": self.links.targets(state="lifted"),
            "late": len(late), "late_href": self.links.targets(late=1),
            "total_href": self.links.in_scope(), "changes_href": self.links.changes(),
        }  # fmt: skip

    # --- alarms -------------------------------------------------------------------------------------------------------
    @functools.cached_property
    def violating(self):
        """The venues running now, longest first, with since when and for how long."""
        running = sorted(self.standing.select(state=State.VIOLATING), key=lambda target: target.violating_since)
        return [(target, self.at - target.violating_since) for target in running]

    @functools.cached_property
    def overdue(self):
        return self.standing.overdue

    @property
    def overdue_href(self):
        return self.links.in_scope(overdue=1)

    # --- the matrix and its districts ---------------------------------------------------------------------------------
    @functools.cached_property
    def matrix(self):
        """Category × district: rows of cells {"closed", "targets", "violating", links}, with their sums."""
        cells = self.standing.groups(lambda target: (target.category, target.district))
        categories = sorted(
            {category for category, _d in cells}, key=lambda category: (category.position, category.slug)
        )
        districts = sorted({district for _c, district in cells}, key=lambda district: district.code)
        rows = [
            (
                category,
                [
                    self._cell(cells.get((category, district)), category=category.slug, district=district.code)
                    for district in districts
                ],
                self._cell(_sum(cells, lambda key, c=category: key[0] == c), category=category.slug),
            )
            for category in categories
        ]
        sums = [self._cell(_sum(cells, lambda key, d=d: key[1] == d), district=d.code) for d in districts]
        return {"districts": districts, "rows": rows, "sums": sums, "all": self._cell(_sum(cells, lambda key: True))}

    def _cell(self, counts, **where):
        if not counts or not counts["targets"]:
            return None
        return {
            **counts,
            "closed_href": self.links.targets(state="closed", **where),
            "targets_href": self.links.in_scope(**where),
            "violating_href": self.links.targets(state="violating", **where),
        }

    @property
    def tiles(self):
        """The districts as tiles."""
        tiles = []
        for district, cell in zip(self.matrix["districts"], self.matrix["sums"], strict=True):
            if cell:
                tone = "bad" if cell["violating"] else "good" if cell["closed"] == cell["targets"] else "quiet"
                running = _("%(count)s running") % {"count": cell["violating"]} if cell["violating"] else ""
                tiles.append({
                    "label": district.name, "value": cell["closed"], "total": cell["targets"], "tone": tone,
                    "note": running, "key": "violating" if cell["violating"] else "verified",
                    "href": cell["closed_href"],
                })  # fmt: skip
        return {"title": _("Districts: seen closed"), "tiles": tiles, "hide_title": True}

    # --- over time ----------------------------------------------------------------------------------------------------
    @property
    def curve(self):
        return closure_curve(self, until=min(self.at, self.order.deadline_at + self.allowed))

    @property
    def wall_curve(self):
        return {**self.curve, "tall": False}

    @property
    def long_curve(self):
        """The whole time since the issue, once the first hours are past."""
        return closure_curve(self) if self.at > self.order.deadline_at + self.allowed else None

    @property
    def freshness(self):
        return freshness_bars(self)

    # --- telling the owners -------------------------------------------------------------------------------------------
    @functools.cached_property
    def channels(self):
        """Channel × outcome of the notices up to the moment: (rows of (channel, [(n, link)], sum), sums)."""
        rows = Notice.objects.filter(target__order=self.order, at__lte=self.at).order_by()
        counted = {
            (channel, outcome): n
            for channel, outcome, n in rows.values_list("channel", "outcome").annotate(Count("pk"))
        }
        outcomes = [outcome for outcome in Notice.Outcome if any(o == outcome for _c, o in counted)]
        table = []
        for channel in Notice.Channel:
            cells = [(counted.get((channel, o), 0), self.links.notices(channel=channel, outcome=o)) for o in outcomes]
            if total := sum(n for n, _href in cells):
                table.append((channel, cells, (total, self.links.notices(channel=channel))))
        sums = [
            (sum(n for (_c, o), n in counted.items() if o == out), self.links.notices(outcome=out)) for out in outcomes
        ]
        return {"outcomes": outcomes, "rows": table, "sums": sums, "all": (sum(counted.values()), self.links.notices())}

    @functools.cached_property
    def unreached(self):
        """Targets in scope whose owners were tried and have not heard of it, most attempts first."""
        tried = self.standing.select(**_IN_SCOPE, told=False, tried=True)
        tried.sort(key=lambda target: (-target.attempts, target.last_attempt_at))
        untried = len(self.standing.select(**_IN_SCOPE, told=False, tried=False))
        return {
            "n": len(tried), "rows": tried[:ROWS], "href": self.links.in_scope(told=0, tried=1),
            "untried": untried, "untried_href": self.links.in_scope(told=0, tried=0),
        }  # fmt: skip

    # --- violations and effort ----------------------------------------------------------------------------------------
    @functools.cached_property
    def violations(self):
        """The violations found at the order's targets since its issue, newest first, each from found to stopped (or
        until now)."""
        places = {target.place: target for target in self.standing.targets}
        found = Violation.objects.until(self.at).filter(found_at__gte=self.order.issued_at)
        found = found.select_related("venue").order_by("-found_at", "-pk")
        rows = [
            (violation, target, violation.stopped_at and violation.stopped_at <= self.at, violation.lasted(self.at))
            for violation in found
            if (target := places.get(violation.venue.merged_into_id or violation.venue_id))
        ]
        running = sum(1 for _violation, _target, stopped, _lasted in rows if not stopped)
        return {
            "n": len(rows), "rows": rows[:ROWS], "href": self.links.violations(order=self.order.pk),
            "running": running, "running_href": self.links.violations(order=self.order.pk, running=1),
        }  # fmt: skip

    @functools.cached_property
    def effort(self):
        """[(label, counting word, today, link, in all, link)] over all orders and none: what the team did."""
        done, links, day = effort(self.at), self.links, {"from": self.links.day}
        outings, looks = functools.partial(links.patrols, effort=1), functools.partial(links.inspections, effort=1)
        cars, reached = functools.partial(links.patrols, vehicle=1), functools.partial(links.inspections, reached=1)
        rows = [
            (_("Patrols"), "patrols", "", outings),
            (_("Officers sent out"), "person_times", "人次", outings),
            (_("Vehicles sent out"), "vehicle_times", "车次", cars),
            (_("Visits"), "visits", "家次", looks),
            (_("Venues reached"), "venues_reached", "家", reached),
            (_("Violations found"), "violations_found", "起", links.violations),
        ]
        return [
            (label, word, done[name]["day"], link(**day), done[name]["all"], link()) for label, name, word, link in rows
        ]


def _figure(key, label, number, href, total=None, tone=""):
    """A tile of the board: a count of venues, out of `total` where it is a share. Alarm tones only when there is
    something."""
    done = total is not None and total == number
    return {
        "key": key, "label": label, "number": number, "href": href, "total": total,
        "tone": "good" if done and total else tone if number and tone else "",
        "wall": key not in ("verified", "reported"),
    }  # fmt: skip


def _sum(cells, fits):
    total = collections.Counter()
    for key, counts in cells.items():
        if fits(key):
            total.update(counts)
    return total
