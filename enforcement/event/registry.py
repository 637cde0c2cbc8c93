"""Divisions, officers and venues of an event."""

from enforcement.importing import import_officers
from venues.importing.applying import import_file
from venues.importing.divisions import import_divisions
from venues.models import Venue


def divisions(event):
    counts, _findings = import_divisions(event.folder / "divisions.csv")
    return counts["created"]


def officers(event):
    return import_officers(event.rows("officers.csv"), by=None).counts["created"]


def venues(event):
    """The first load enters them at the beginning of the event; what a later one changes is changed now."""
    at = event.at if Venue.objects.exists() else event.begins
    return import_file(event.folder / "venues.xlsx", at=at).counts["created"]
