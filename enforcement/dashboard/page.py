"""The dashboard at one moment: the figures, computed once, and what the page needs beside them."""

import functools

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.figures import standing_at
from complaints.models import Complaint
from complaints.workflow import Status
from enforcement.catalogue import described
from enforcement.dashboard import rooms
from enforcement.dashboard.alarms import alarms_of, on_wall
from enforcement.dashboard.links import Links
from enforcement.duty.now import now_of
from enforcement.figures import figures, holds
from enforcement.supplies import stock
from refunds.board import Board as RefundBoard
from venues.board import Board
from venues.effort import effort
from venues.models import ClosureOrder

STEPS = (Status.REGISTERED, Status.DISPATCHED, Status.IN_PROGRESS, Status.AWAITING_ANSWER)
MINUTES = (
    ("dispatch", gettext_lazy("dispatch")), ("arrive", gettext_lazy("arrive")), ("stop", gettext_lazy("stop")),
    ("answer", gettext_lazy("answer")),
)  # fmt: skip
EFFORT = (  # figure, label, counting word
    ("patrols", gettext_lazy("Patrols"), ""),
    ("person_times", gettext_lazy("Officers sent out"), "turnouts"),
    ("vehicle_times", gettext_lazy("Vehicles sent out"), "runs"),
    ("visits", gettext_lazy("Visits"), "inspections"),
    ("venues_reached", gettext_lazy("Venues reached"), "venues"),
    ("violations_found", gettext_lazy("Violations found"), "violations"),
)
STAFF = (
    ("on_duty", gettext_lazy("On duty")),
    ("checked", gettext_lazy("Health checked")),
    ("abnormal", gettext_lazy("Not cleared")),
    ("isolated", pgettext_lazy("officers", "In isolation")),
)


class Dashboard:
    """What is shown at the moment of `asked` (refunds.asking.Asked) to a reader with these permissions. `order`: the closure order
    asked for, else the latest in force; `linked=False`: numbers that lead nowhere."""

    def __init__(self, asked, *, may, order=None, linked=True):
        self.asked, self.at, self.may, self.linked = asked, asked.at, may, linked
        self.live = not asked.asked
        self.orders = [one for one in ClosureOrder.objects.active(self.at) if holds(one, self.at)]
        self.order = order or next(iter(self.orders), None)
        self.early = None  # the order asked for, where it did not hold yet: there are no figures of it
        if order and not holds(order, self.at):
            self.order, self.early = None, order
        self.board = Board(self.order, self.at, live=self.live, may=may, linked=linked) if self.order else None
        # one Standing for both: what is recorded meanwhile is in the alarms and in the rows, or in neither
        self._done = effort(self.at)
        self.figures = figures(
            self.at, order=self.order or order, standing=self.board and self.board.standing, done=self._done
        )
        self.links = Links(
            described(self.figures, self.order), self.at, self.order, may if linked else lambda permission: False
        )
        self.refunds = RefundBoard(asked, linked=may("refunds.view_tourgroup"), figures=self.figures.refunds)
        self.duty = now_of(self.at)

    @functools.cached_property
    def alarms(self):
        return alarms_of(self)

    @property
    def wall_alarms(self):
        return on_wall(self.alarms)

    # --- the numbers at the head --------------------------------------------------------------------------------------
    @property
    def tiles(self):
        """Beside the closures, which have a tile of their own: dicts of label, number, counting word, whole, address, tone."""
        hotline, refunds = self.figures.complaints, self.figures.refunds
        due, back = refunds["cancelled"]["people"], refunds["refunded"]["people_refunded"]
        asked, reported = refunds["silent"] is not None, refunds["with_groups"] + refunds["nil_returns"]
        of_all = (reported, "", refunds["agencies"]) if asked else (reported or None, "")
        return [
            *self._closure_tiles(),
            self._tile("complaints.accepted", _("Complaints accepted"), hotline["accepted"], "complaints"),
            self._tile("complaints.open", _("Still open"), hotline["open"], "complaints"),
            self._tile("reported", _("Agencies reported"), *of_all, href=self.links.reported),
            self._tile("refunds.refunded.people_refunded", _("Money back"), back, "people", due),
        ]

    def _closure_tiles(self):
        closures = self.figures.closures
        if closures is None:
            return []
        return [
            self._tile("closures.told", _("Told"), closures["told"], "venues", closures["targets"]),
            self._tile("closures.violating", _("Violating"), closures["violating"], "venues", bad=True),
        ]

    def _tile(self, key, label, number, word, whole=None, *, bad=False, href=None):
        done = whole is not None and number == whole > 0
        tone = "good" if done else "bad" if bad and number else ""
        return {
            "key": key.rpartition(".")[2].replace("_", ""), "label": label, "number": number, "word": word, "whole": whole or None,
            "href": self.links.of(key) if href is None else href, "tone": tone,
        }  # fmt: skip

    @property
    def closed_href(self):
        return self.links.of("closures.closed")

    @functools.cached_property
    def curve(self):
        """The chart of the first hours, in which the venues were closed; once one opened again after them, of the whole time."""
        board = self.board
        if board.long_curve and any(
            moment > board.order.deadline_at + board.allowed for moment, *_n in board.standing.net_closed
        ):
            return {**board.long_curve, "tall": False}
        return {**board.curve, "tall": False}

    # --- who is on duty -----------------------------------------------------------------------------------------------
    @property
    def cover(self):
        """How the post was covered since the rules hold: staffed and led as (n, N) seconds, gaps, the address; None when no rule
        holds."""
        found = self.figures.duty
        if found["required_seconds"] is None:
            return None
        return {
            "staffed": found["staffed_seconds"], "led": found["led_seconds"], "required": found["required_seconds"],
            "gaps": len(found["gaps"]), "href": self.links.of("duty.gaps"),
        }  # fmt: skip

    # --- the hotline --------------------------------------------------------------------------------------------------
    @functools.cached_property
    def _unsigned(self):
        """(since when, number) of the complaint that has waited longest for a signature; (None, None) when none waits."""
        nobody = None, None
        if not self.figures.complaints["by_status"]["dispatched"]:
            return nobody
        if self.live:
            waiting = Complaint.objects.filter(status=Status.DISPATCHED).order_by("dispatched_at", "pk")
            return waiting.values_list("dispatched_at", "number").first() or nobody
        waiting = [one for one in standing_at(self.at) if one.snapshot.status == Status.DISPATCHED]
        since = [(one.snapshot.steps.get("dispatched_at"), one.row["number"]) for one in waiting]
        return min((one for one in since if one[0]), default=nobody)

    @property
    def unsigned_since(self):
        return self._unsigned[0]

    @property
    def unsigned_for(self):
        return self.unsigned_since and self.at - self.unsigned_since

    @property
    def unsigned_href(self):
        """The complaint itself, for who may read it."""
        number = self._unsigned[1]
        may = number and self.linked and self.may("complaints.view_complaint")
        return reverse("complaints:complaint", args=[number]) if may else ""

    @property
    def steps(self):
        """The complaints under way by step: (status, number, address)."""
        counts = self.figures.complaints["by_status"]
        return [(step, counts[step.value], self.links.of(f"complaints.by_status.{step.value}")) for step in STEPS]

    @property
    def ended(self):
        """(label, number, address, bad) of the complaints that are over, and of those whose callers wait."""
        found = self.figures.complaints
        rows = (("answered", _("Caller told"), ""), ("handled_not_told", _("Handled, caller not told"), "warn"),
                ("overdue", _("Answer overdue"), "bad"))  # fmt: skip
        return [(label, found[key], self.links.of(f"complaints.{key}"), tone) for key, label, tone in rows]

    @property
    def minutes(self):
        """(step, {"median", "p90", "n"}, address) from the call to each step."""
        found = self.figures.complaints["minutes"]
        return [(label, found[step], self.links.of(f"complaints.minutes.{step}.median")) for step, label in MINUTES]

    # --- the team -----------------------------------------------------------------------------------------------------
    @functools.cached_property
    def effort(self):
        """(label, counting word, today, its address, in all, its address), over all orders and none."""
        done = self._done
        return [
            (label, word, done[name]["day"], self.links.today_of(f"patrols.{name}"), done[name]["all"],
             self.links.of(f"patrols.{name}"))
            for name, label, word in EFFORT
        ]  # fmt: skip

    @functools.cached_property
    def stock(self):
        """A Stock for each supply, with its days of cover."""
        return stock(self.at)

    @property
    def stock_rows(self):
        """(Stock, the address of its supply)."""
        return [(row, self.links.supply(row.item)) for row in self.stock]

    @property
    def stock_href(self):
        return self.links.store

    @property
    def people(self):
        """(label, number or None where it is not recorded, address) of the officers."""
        return [(label, self.figures.staff[key], self.links.of(f"staff.{key}")) for key, label in STAFF]

    @functools.cached_property
    def report(self):
        return rooms.latest_report(self.at)

    @functools.cached_property
    def waiting_report(self):
        """The report that waits for a leader now, for who works on reports; None in the past."""
        return rooms.open_report() if self.live and self.may("enforcement.view_dailyreport") else None
