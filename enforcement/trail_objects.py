"""What the acts of the audit trail are about, read along by kind, so that a line says a name and leads there. Of people's health and
of callers nothing is read: they keep their numbers."""

from itertools import islice

from django.apps import apps
from django.urls import reverse

NAMED = {  # kind of object: what its name needs
    "enforcement.officer": (), "enforcement.dailyreport": (), "enforcement.supplyitem": (), "enforcement.roster": (),
    "enforcement.rosterversion": ("roster",), "enforcement.coveragerule": (), "venues.venue": (), "venues.category": (),
    "venues.division": (), "venues.venueimport": (), "refunds.tourgroup": (), "refunds.agencyreport": ("agency",),
    "refunds.returnupload": (),
}  # fmt: skip
PIECE = 500


def read_along(lines, key):
    """The same lines in their order; the rows of the trail `key` know their objects. One query for each kind of object in a piece."""
    lines = iter(lines)
    while piece := list(islice(lines, PIECE)):
        entries = [line.row for line in piece if line.trail.key == key]
        for kind, needs in NAMED.items():
            about = [entry for entry in entries if entry.about_type == kind]
            numbers = {int(entry.about_id) for entry in about if entry.about_id.isdecimal()}
            if not numbers:
                continue
            found = apps.get_model(kind).objects.select_related(*needs).in_bulk(numbers)
            for entry in about:
                entry.about_object = found.get(int(entry.about_id)) if entry.about_id.isdecimal() else None
        yield from piece


def address_of(entry):
    """Where the object of an entry is shown, "" when it is not read along or has no page."""
    thing = entry.about_object
    if thing is None:
        return ""
    if entry.about_type == "enforcement.officer":
        return reverse("admin:enforcement_officer_change", args=[thing.pk])
    return thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else ""
