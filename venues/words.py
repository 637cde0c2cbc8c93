"""Pieces of the sentences that acts say to people: moments and officers as they are read."""

from django.utils import timezone
from django.utils.translation import gettext


def when(at):
    """A moment as people read it: 2020-01-24 16:30, local time."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def who(officer):
    """An officer's name; rows that nobody signed say so."""
    return str(officer) if officer is not None else gettext("nobody named")
