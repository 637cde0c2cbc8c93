"""The complaints: how many, where they stand, how long it took, what the callers say."""

from django.utils.translation import gettext as _

from complaints.figure_names import BEHIND, NAMES
from complaints.models import Channel, Topic
from complaints.workflow import Status
from enforcement.catalogue.entries import Kind, of
from venues.models import Division

_STOCKS = {
    "closed",
    "open",
    "overdue",
    "handled_not_told",
    "unreachable",
}  # the others only grow, unless something is void


def describe(book, links, found):
    for what, name in NAMES.items():
        kind = Kind.STOCK if what in _STOCKS else Kind.CUMULATIVE
        book.add(f"complaints.{what}", name, found[what], "complaints", links.complaints(what=what), kind)
    _dimensions(book, links, found)
    for status, n in found["by_status"].items():
        label = of(_("Status"), Status(status).label)
        book.add(f"complaints.by_status.{status}", label, n, "complaints", links.complaints(status=status))
    for step, minutes in found["minutes"].items():
        _minutes(book, links, f"minutes.{step}", minutes)
    _sets(book, links, "callbacks", found["callbacks"], "callbacks")
    _sets(book, links, "rates", found["rates"], "complaints")
    _sets(book, links, "further_callers", found["further_callers"], "calls")
    label = _("Numbers of complaints that are missing")
    book.add("complaints.gaps", label, len(found["gaps"]), "numbers", links.hotline())


def _dimensions(book, links, found):
    names = {
        "channel": {c.slug: c.name for c in Channel.objects.all()},
        "topic": {t.slug: t.name for t in Topic.objects.all()},
        "district": dict(Division.objects.districts().values_list("code", "name")),
    }
    for dimension, known in names.items():
        for which, n in found[f"by_{dimension}"].items():
            name = known.get(which) or which or _("not known")
            link = links.complaints(what="accepted", **{dimension: which})
            key = f"complaints.by_{dimension}.{which}"
            book.add(key, of(NAMES["accepted"], name), n, "complaints", link, Kind.CUMULATIVE)


def _minutes(book, links, name, minutes):
    label, link = BEHIND[name], links.complaints(what=name)
    rows = [
        ("median", _("half of them within"), "minutes"),
        ("p90", _("nine in ten within"), "minutes"),
        ("n", _("how many"), "complaints"),
    ]
    for what, words, word in rows:
        book.add(f"complaints.{name}.{what}", of(label, words), minutes[what], word, link, Kind.CUMULATIVE)


def _sets(book, links, name, found, word):
    """The figures of a part that are sets of rows, however deep they are nested."""
    for what, value in found.items():
        key = f"{name}.{what}"
        if isinstance(value, dict):
            _sets(book, links, key, value, word)
        else:
            book.add(f"complaints.{key}", BEHIND[key], value, word, links.complaints(what=key), Kind.CUMULATIVE)
