"""The check that the parts of the figures add up to their wholes, made whenever figures are computed.

A partition that is broken is a fault of ours and no reason to show nothing: the figures are given all the same, the fault is
logged as an error, and who looks at them is told (`Figures.broken`).
"""

from django.utils.translation import gettext as _

from complaints.workflow import OPEN, Status
from refunds.status import OUTSTANDING
from refunds.status import Status as Refund

_COUNTS = ("groups", "people")
_CALLED_OFF = (*OUTSTANDING, Refund.OVER_REFUNDED, Refund.REFUNDED, Refund.NOTHING_DUE)


def broken(figures):
    """A sentence for every partition of these Figures that does not add up, in the reader's language."""
    sentences = []
    for check in (_closures, _complaints, _refunds):
        for name, parts, whole in check(figures):
            if parts != whole:
                said = {"name": name, "parts": parts, "whole": whole}
                sentences.append(_("%(name)s: the parts add up to %(parts)s, the whole is %(whole)s.") % said)
    for name, less, more in _bounds(figures):
        if less is not None and more is not None and less > more:
            said = {"name": name, "part": less, "whole": more}
            sentences.append(_("%(name)s: %(part)s is more than the whole, %(whole)s.") % said)
    return sentences


def _closures(figures):
    """(name, sum of the parts, whole)"""
    found = figures.closures
    if found is None:
        return
    states = found["states"]
    yield _("States of the venues"), sum(states.values()), found["targets"] + states["excluded"] + states["lifted"]
    yield _("Venues last seen closed"), found["verified"] + found["stale"], found["closed"]
    for part, name in (("by_category", _("Venues by category")), ("by_district", _("Venues by district"))):
        groups = found[part].values()
        for what in ("targets", "told", "closed", "verified", "violating"):
            yield name, sum(group[what] for group in groups), found[what]


def _complaints(figures):
    found = figures.complaints
    status = found["by_status"]
    yield _("Complaints by status"), sum(status.values()), found["received"]
    not_counted = status[Status.VOID] + status[Status.NOT_ACCEPTED]
    yield _("Complaints accepted, void and not accepted"), found["accepted"] + not_counted, found["received"]
    for part, name in (
        ("by_channel", _("Complaints by channel")),
        ("by_topic", _("Complaints by topic")),
        ("by_district", _("Complaints by district")),
    ):
        yield name, sum(found[part].values()), found["accepted"]
    yield _("Complaints by hour"), sum(map(sum, found["heat"])), found["accepted"]
    yield _("Complaints closed"), status[Status.CLOSED] + status[Status.ANSWERED_AT_ONCE], found["closed"]
    yield _("Complaints open"), sum(status[one] for one in OPEN), found["open"]


def _refunds(figures):
    found = figures.refunds
    reported = found["with_groups"] + found["nil_returns"]
    if found["silent"] is not None:  # else nobody was asked yet
        yield _("Agencies by how they reported"), reported + found["silent"], found["agencies"]
    statuses = [found[status.value] for status in Refund]
    yield _("Agencies by their worst group"), sum(one["agencies"] for one in statuses), found["with_groups"]
    for what in _COUNTS:
        yield _("Groups by status"), sum(one[what] for one in statuses), found[what]
        yield _("Groups called off"), sum(found[one.value][what] for one in _CALLED_OFF), found["cancelled"][what]
        for whole in (found, *statuses):
            yield _("Groups by market"), sum(one[what] for one in whole["by_market"].values()), whole[what]
    reasons = found["outstanding_by_reason"].values()
    outstanding = sum(found[one.value]["groups"] for one in OUTSTANDING)
    yield _("Groups still to be refunded, by reason"), sum(one["groups"] for one in reasons), outstanding


def _bounds(figures):
    """(name, a part, its whole): None where it is not recorded."""
    patrols, duty = figures.patrols, figures.duty
    yield _("Venues reached"), patrols["venues_reached"], patrols["visits"]
    yield _("Visits led by the bureau"), patrols["visits_bureau_led"], patrols["visits"]
    yield _("Violations stopped"), patrols["violations_stopped"], patrols["violations_found"]
    yield _("Staffed time"), duty["staffed_seconds"], duty["required_seconds"]
    yield _("Led time"), duty["led_seconds"], duty["required_seconds"]
