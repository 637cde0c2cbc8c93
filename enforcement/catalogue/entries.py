"""One entry of the catalogue, and the book that the parts write theirs into."""

import datetime
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement.templatetags.house import counting_word, minutes_words
from venues.words import when

DURATIONS = {"seconds": Fraction(1, 60), "minutes": 1}  # in minutes: nobody reads 259200 seconds
MANY = 2  # where the number is not known, its word stands in the plural


class Kind(TextChoices):
    """What a figure counts: what stands at the moment, what happened since another, what happened at all until then."""

    STOCK = "stock", gettext_lazy("stock")
    FLOW = "flow", gettext_lazy("flow")
    CUMULATIVE = "cumulative", gettext_lazy("cumulative")


@dataclass(frozen=True)
class Described:
    """A figure for people. `value` is a number, a text, a moment, or None: not recorded, which is never nought. `url` leads to
    its rows, for who has the `permission`. `since`: of a flow, its beginning."""

    key: str
    label: str
    value: object
    word: str
    kind: Kind
    url: str
    permission: str = ""
    since: datetime.datetime | None = None
    unit: str = ""  # the word of `counting_word`

    @property
    def in_words(self):
        """Whether it is written in words of its own, and not as a number with its counting word."""
        return not isinstance(self.value, int) or self.unit in DURATIONS

    @property
    def text(self):
        """As it is written: 184 家."""
        if self.value is None:
            return _("not recorded")
        if isinstance(self.value, datetime.datetime):
            return when(self.value)
        if self.unit in DURATIONS:
            return minutes_words(self.value * DURATIONS[self.unit])
        return f"{self.value} {self.word}".rstrip()

    @property
    def kind_text(self):
        if self.since is None:
            return str(self.kind.label)
        return _("flow since %(moment)s") % {"moment": when(self.since)}


class Book:
    """`entries`: {key: Described}, in the order in which they were added."""

    def __init__(self):
        self.entries = {}

    def add(self, key, label, value, word="", link=("", ""), kind=Kind.STOCK, since=None):
        """`word`: a word of `counting_word`, "" for what is not counted; `link`: (address, permission), as Links gives it."""
        number = value if isinstance(value, int) else MANY
        url, permission = link
        words = counting_word(word, number) if word else ""
        self.entries[key] = Described(key, str(label), value, words, kind, url, permission, since, word)


def of(what, which):
    """The label of a figure that is one of a row: Accepted: telephone."""
    return _("%(what)s: %(which)s") % {"what": what, "which": which}
