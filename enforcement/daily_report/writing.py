"""The text of a report in both languages, from its figures alone: it does not follow the language of who drafts it."""

import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from enforcement.daily_report import chinese, english
from enforcement.daily_report.differences import changes, labelled
from enforcement.daily_report.numbers import DAY, as_json, material
from venues.transitions import Refused

WRITERS = {"zh-hans": chinese, "en": english}
SECTIONS = ("correction", "force", "closures", "duty", "tours", "supplies", "staff", "problems")  # in this order
_LONGEST = datetime.timedelta(days=3)  # an issue further back is not the one before this


def day_from(as_of):
    """From when on the report tells what is new: the moment of the issue before it, else a day."""
    from enforcement.models.reports import DailyReport

    earlier = DailyReport.objects.issued().filter(as_of__lt=as_of, as_of__gte=as_of - _LONGEST)
    return earlier.order_by("-as_of").values_list("as_of", flat=True).first() or as_of - DAY


def written_from(as_of, since=None, *, day_from, approximate=False, corrects=None):
    """{"figures", "basis", "written"} of a report: what it counts at this moment, and the text that says so."""
    figures, basis = material(as_of, since, day_from=day_from)
    basis["corrects"] = None
    if corrects is not None:
        basis["corrects"] = {
            "number": corrects.number,
            "changes": [*changes(corrects.figures, figures), *changes(_flows(corrects.basis, basis), _flows(basis, corrects.basis))],
            "names": _names(corrects.names, basis["names"]),
        }  # fmt: skip
    return {"figures": figures, "basis": basis, "written": write(figures, basis, approximate=approximate)}


# the flows that a text tells beside the figures
_OF_THE_PERIOD = (
    "patrols.patrols", "patrols.person_times", "patrols.vehicle_times", "patrols.visits", "patrols.violations_found",
    "complaints.accepted", "refunds.refunded.people_refunded",
)  # fmt: skip


def _flows(basis, other):
    """{"day", "since"}: the flows of this basis by their paths, as far as the other one tells of the same time."""
    found = {}
    if not {"day_from", "day", "since", "cumulative"} <= basis.keys() & other.keys():
        return found  # somebody took it away: the hash of that issue tells
    if basis["day_from"] == other["day_from"]:
        found["day"] = {path: basis["day"].get(path) for path in _OF_THE_PERIOD}
    if basis["since"] and basis["since"] == other["since"]:
        found["since"] = basis["cumulative"]
    return found


def _names(*kept):
    """The names of both, the later ones first."""
    return {kind: [one for names in reversed(kept) for one in names.get(kind, [])] for kind in kept[-1]}


def write(figures, basis, *, approximate=False):
    """{language: {section: text}}; the section `correction` only where an issue is corrected."""
    keys = [key for key in SECTIONS if key != "correction" or basis.get("corrects")]
    texts = {}
    for language, writer in WRITERS.items():
        sections = writer.Text(figures, basis, approximate)
        texts[language] = {key: getattr(sections, key)() for key in keys}
    return texts


def _again(report):
    return {
        "day_from": parse_datetime(report.basis["day_from"]),
        "approximate": report.approximate,
        "corrects": report.corrects,
    }


def rewritten(report):
    """The same as `written_from`, for a report that is there, with the figures of now."""
    return written_from(report.as_of, report.since, **_again(report))


def news(report):
    """[(path, old, new)] of the figures of an open report that are others by now."""
    found = rewritten(report)
    flows = ("cumulative", "day", "happened", "ended")
    old = {**report.figures, **{name: report.basis.get(name) for name in flows}}
    new = {**found["figures"], **{name: found["basis"][name] for name in flows}}
    return changes(as_json(old), as_json(new))


def check_up_to_date(report):
    """Raises `Refused` when the figures of the report's moment are others by now than those its text was written from."""
    found = news(report)
    if found:
        told = labelled(found, report.names, most=3)
        raise Refused(
            _("The figures have changed since the text was written: %(changes)s. Write it anew, then review it.")
            % {"changes": told}
        )
