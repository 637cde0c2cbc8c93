"""From a printed number to its rows: the text is written once more from the frozen figures with numbers that know where they come
from, and each of its sentences that still stands in the report carries the links.

A sentence that somebody edited has none: nobody knows where its numbers come from. The stored text is never touched."""

import re

from enforcement.catalogue import described
from enforcement.catalogue.links import Links
from enforcement.daily_report.differences import parts
from enforcement.daily_report.words import Traced, TracedRows
from enforcement.daily_report.writing import write
from enforcement.figures import Figures
from refunds.forms.filters import REPORTED
from venues.models import ClosureOrder
from venues.moments import local_day

_MARK = re.compile(f"{Traced.OPEN}(.*?){Traced.SPLIT}(.*?){Traced.CLOSE}", re.DOTALL)


# --- numbers that know their figure
def _traced(tree, path=""):
    """A copy of the tree whose numbers, and lists of rows, know their dotted path."""
    if isinstance(tree, dict):
        return {key: _traced(value, f"{path}.{key}" if path else str(key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return TracedRows(tree, path)
    return Traced(tree, path) if isinstance(tree, int) and not isinstance(tree, bool) else tree


def _traced_basis(basis):
    since = "since." if basis["since"] else ""  # without one the cumulative flows are the figures themselves
    cumulative = {part: _traced(values, f"{since}{part}") for part, values in basis["cumulative"].items()}
    day = {path: _traced(value, f"day.{path}") for path, value in basis["day"].items()}
    corrects = basis["corrects"]
    if corrects:
        corrects = {**corrects, "changes": [[path, old, _traced(new, path)] for path, old, new in corrects["changes"]]}
    return {**basis, "cumulative": cumulative, "day": day, "corrects": corrects}


def pieces(text):
    """[(text, path)] of a text with marks; the path is "" where no number stands."""
    found, place = [], 0
    for mark in _MARK.finditer(text):
        if mark.start() > place:
            found.append((text[place : mark.start()], ""))
        found.append((mark.group(2), mark.group(1)))
        place = mark.end()
    return [*found, (text[place:], "")] if place < len(text) else found


def _bare(text):
    return _MARK.sub(r"\2", text)


# --- the links
class Addresses:
    """The address of the rows behind a path, for `user`; "" where there is none, or where he may not see them."""

    def __init__(self, report, user):
        self.user, self.basis = user, report.basis
        parts_of = {name: (report.figures or {})[name] for name in Figures.__dataclass_fields__ if name != "as_of"}
        frozen = Figures(as_of=report.as_of, **parts_of)
        number = (report.figures["closures"] or {}).get("order")
        order = ClosureOrder.objects.filter(number=number).first() if number else None
        self.known = {key: (entry.url, entry.permission) for key, entry in described(frozen, order).items()}
        self.known |= self._others(Links(report.as_of, order))

    def of(self, path):
        whole = path.partition("-")[
            0
        ]  # what is wanting of the venues stands among them all; of other differences there is no list
        url, permission = self.known.get(path) or (whole.startswith("closures.") and self.known.get(whole)) or ("", "")
        return url if url and (not permission or self.user.has_perm(permission)) else ""

    def _others(self, links):
        """What the text counts and the catalogue has no entry for: what is wanting, and what is of the day alone."""
        owed = links.groups(status="open")
        found = {
            "patrols.violations_found-patrols.violations_stopped": links.violations(running="on"),
            "day.refunds.refunded.people_refunded": links.groups(paid="on"), "refunds.outstanding.groups": owed, "refunds.outstanding.people": owed,
            "refunds.agencies-refunds.silent": links.agencies(state=REPORTED),
        }  # fmt: skip
        if links.order is not None:
            found["closures.targets-closures.told"] = links.in_scope(told=0)
        for lead, moment in (("day", self.basis["day_from"]), ("since", self.basis["since"])):
            if begins := _midnight(moment):
                found |= {
                    f"{lead}.patrols.patrols": links.patrols(effort="on", **begins),
                    f"{lead}.patrols.person_times": links.patrols(effort="on", **begins),
                    f"{lead}.patrols.vehicle_times": links.patrols(vehicle="on", **begins),
                    f"{lead}.patrols.visits": links.inspections(effort="on", **begins),
                    f"{lead}.patrols.venues_reached": links.inspections(reached="on", **begins),
                    f"{lead}.patrols.violations_found": links.violations(**begins),
                    f"{lead}.patrols.violations_found-{lead}.patrols.violations_stopped": links.violations(
                        running="on", **begins
                    ),
                    f"{lead}.patrols.violations_stopped": links.violations(stopped="on", **begins),
                    f"{lead}.complaints.accepted": links.complaints(what="accepted", **begins),
                    f"{lead}.complaints.answered": links.complaints(what="answered", **begins),
                    f"{lead}.complaints.closed": links.complaints(what="closed", **begins),
                }
        return found


def _midnight(moment):
    """{"from": the local day that begins then}, {} when none does: the lists know days."""
    from enforcement.daily_report.words import local

    begin = local(moment) if moment else None
    return {"from": begin.date().isoformat()} if begin and local_day(begin.date())[0] == begin else {}


def addresses(report, user):
    """The Addresses of a report, or None when its figures were frozen under an older catalogue that knew other ones."""
    try:
        return Addresses(report, user)
    except KeyError:
        return None


def linked(report, language, found):
    """{section: [(text, address)]} of the text that stands in the report; `found`: its Addresses, or None."""
    texts = report.sections.get(language, {})
    if found is None:
        return {key: [(text, "")] for key, text in texts.items()}
    try:
        written = write(_traced(report.figures), _traced_basis(report.basis), approximate=report.approximate)[language]
    except KeyError:  # written by an older writer
        return {key: [(text, "")] for key, text in texts.items()}
    return {key: _linked(text, written.get(key, ""), found) for key, text in texts.items()}


def _linked(text, written, found):
    marked = {_bare(sentence).strip(): sentence for sentence in parts(written)}
    told = []
    for sentence in parts(text):
        known = marked.get(sentence.strip())
        if known is None:
            told.append((sentence, ""))
            continue
        blanks = sentence[len(sentence.rstrip()) :]
        told += [(piece, found.of(path) if path else "") for piece, path in pieces(known.rstrip())]
        told += [(blanks, "")] if blanks else []
    return told
