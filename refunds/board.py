"""The refund board as of a moment: the published table as market × status, who has reported, what is outstanding and why, and the
course of it. Every number comes with the address of the rows that it counts, for who may follow it."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from refunds.course import course
from refunds.figures import refund_figures
from refunds.forms.filters import BACK, NIL, NO_REASON, OFF, OPEN, REPORTED, SILENT, WITH_GROUPS
from refunds.models import GroupLine
from refunds.status import RANK, Bucket, Status, today

ALWAYS = (Status.CANCELLED_UNPAID, Status.PART_REFUNDED, Status.REFUNDED)  # lines that stand also when they are empty
DAYS = 8  # on paper
_HEAT = {
    Status.CANCELLED_UNPAID: "bad",
    Status.PART_REFUNDED: "bad",
    Status.OVER_REFUNDED: "bad",
    Status.REFUNDED: "heat",
}


class Board:
    """`asked`: the Asked of the page; `linked`: whether this reader may follow links to groups and agencies; `figures`: those of
    refunds at that moment, where they are known already."""

    def __init__(self, asked, *, linked, figures=None):
        self.asked, self.linked = asked, linked
        self.figures = figures or refund_figures(asked.at)
        self.buckets = [Bucket(name) for name in Bucket.values if name in self.figures["by_market"]]

    def groups(self, **filters):
        """The address of the groups of a figure: only those whose travellers count there."""
        return self.asked.link("groups", **filters, counted="on") if self.linked else ""

    def agencies(self, **filters):
        return self.asked.link("agencies", **filters) if self.linked else ""

    @property
    def reporting(self):
        """The agencies of the place as (label, number or None where nobody was asked, address, tone, note): all, with
        groups, nil, silent."""
        found = self.figures
        reported, silent = found["with_groups"] + found["nil_returns"], found["silent"]
        tone = "" if silent is None else "bad" if silent else "good"
        return [
            (_("Agencies that have reported"), reported, self.agencies(state=REPORTED), tone,
             _("of %(all)s licensed") % {"all": found["agencies"]}),
            (_("with groups"), found["with_groups"], self.agencies(state=WITH_GROUPS), "", ""),
            (_("nil return"), found["nil_returns"], self.agencies(state=NIL), "", ""),
            (pgettext("agency", "silent"), silent, self.agencies(state=SILENT), "bad" if silent else "", ""),
        ]  # fmt: skip

    @property
    def outstanding(self):
        """Groups and people still to be refunded, with the address of the groups."""
        reasons = self.figures["outstanding_by_reason"].values()
        return {
            "groups": sum(found["groups"] for found in reasons), "people": sum(found["people"] for found in reasons),
            "href": self.groups(status=OPEN),
        }  # fmt: skip

    @property
    def cancelled(self):
        return self.figures["cancelled"] | {"href": self.groups(status=OFF)}

    @property
    def back(self):
        """People who have their money back, whatever their group's status is, with the address of the groups."""
        return {"people": self.figures["refunded"]["people_refunded"], "href": self.groups(status=BACK)}

    @property
    def lines(self):
        """The statuses of the matrix, each with `agencies` (whose worst it is), a cell for each bucket and their `sum`."""
        shown = [status for status in RANK if status in ALWAYS or self.figures[status]["groups"]]
        return [self._line(status) for status in shown]

    def _line(self, status):
        found = self.figures[status]
        cells = [
            self._cell(found["by_market"].get(b, {}), status, b, self.figures["by_market"][b]) for b in self.buckets
        ]
        agencies = {"n": found["agencies"], "href": self.agencies(worst=str(status))}
        return {
            "status": str(status), "agencies": agencies, "cells": cells, "sum": self._cell(found, status, "", self.figures)
        }  # fmt: skip

    def _cell(self, found, status, bucket, whole):
        return {
            "groups": found.get("groups", 0), "people": found.get("people", 0), "whole": whole["people"],
            "label": bucket.label if bucket else _("Total"), "heat": _HEAT.get(status, ""), "href": self.groups(status=str(status), bucket=str(bucket)),
        }  # fmt: skip

    @property
    def total(self):
        """The last line of the matrix: all groups."""
        by_market = self.figures["by_market"]
        return {
            "agencies": {"n": self.figures["with_groups"], "href": self.agencies(state=WITH_GROUPS)},
            "cells": [self._cell(by_market[bucket], "", bucket, by_market[bucket]) for bucket in self.buckets],
            "sum": self._cell(self.figures, "", "", self.figures),
        }

    @property
    def reasons(self):
        """Why money is outstanding: (label, groups, people, address), most people first."""
        words = dict(GroupLine.Reason.choices)
        rows = [
            (words.get(reason) or _("none given"), found["groups"], found["people"],
             self.groups(status=OPEN, reason=reason or NO_REASON))
            for reason, found in self.figures["outstanding_by_reason"].items()
        ]  # fmt: skip
        return sorted(rows, key=lambda row: -row[2])

    @property
    def disputed(self):
        return self.figures["disputed"] | {"href": self.groups(disputed="on")}

    @cached_property
    def course(self):
        return course(self.asked.at)

    @property
    def days(self):
        """The same for paper, where the table under a curve may grow beyond the page: the last days on which it changed."""
        called_off, refunded = self.course
        by_day = {today(moment): people for moment, people in refunded}
        return {
            "title": _("People refunded, by the end of the day"), "hide_title": True, "key": "days",
            "maximum": called_off[-1][1] if called_off else None,
            "bars": [{"label": f"{day:%m-%d}", "value": n, "key": "verified"} for day, n in list(by_day.items())[-DAYS:]],
        }  # fmt: skip

    @property
    def curve(self):
        """The chart's data: people called off, people refunded, as steps until the moment of the board."""
        called_off, refunded = self.course
        return {
            "title": _("Called off and refunded, over time"), "unit": _("people"), "hide_title": True, "until": self.asked.at,
            "series": [
                {"key": "told", "label": _("called off"), "points": called_off, "href": self.groups(status=OFF)},
                {"key": "verified", "label": _("refunded"), "points": refunded, "href": self.groups(status=Status.REFUNDED.value)},
            ],
        }  # fmt: skip
