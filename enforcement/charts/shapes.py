"""The shapes of a chart's data: small frozen dataclasses, each readable from a plain dict of the same keys."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any


def shaped(cls, data):
    """`data` as an instance of `cls`: an instance stays, a dict is read by keys, an unknown key is a TypeError."""
    if isinstance(data, cls):
        return data
    known = {field.name for field in fields(cls)}
    if unknown := set(data) - known:
        raise TypeError(f"{cls.__name__} knows no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}.")
    return cls(**data)


@dataclass(frozen=True)
class Series:
    """One line: `points` are (moment, value) or (moment, value, href), in order; a value holds until the next point.

    `key` chooses the colour (told, reported, verified, net_closed, violating …); `total` is the N of its n / N.
    `href_at(moment, value)` gives the address behind a figure of the table below, or "".
    """

    key: str
    label: Any
    points: Any = ()
    href: str = ""
    total: int | None = None
    href_at: Any = None


@dataclass(frozen=True)
class Mark:
    """A vertical line at a moment: T, the deadline, a re-opening."""

    at: datetime
    label: Any
    href: str = ""


@dataclass(frozen=True)
class LineChart:
    """Steps over time from `since` (default: the first point) to `until` (the moment asked about; lines end there).

    The axis goes on to the last mark. `total` draws the line that has to be reached. `key` makes the ids on the page;
    only two charts with one title need it.
    """

    title: Any
    series: Any = ()
    marks: Any = ()
    since: datetime | None = None
    until: datetime | None = None
    total: int | None = None
    unit: Any = ""
    desc: Any = ""
    href: str = ""
    key: str = ""
    tall: bool = False
    hide_title: bool = False

    def __post_init__(self):
        object.__setattr__(self, "series", tuple(shaped(Series, one) for one in self.series))
        object.__setattr__(self, "marks", tuple(sorted((shaped(Mark, one) for one in self.marks), key=lambda m: m.at)))


@dataclass(frozen=True)
class Part:
    """One colour of a bar."""

    key: str
    label: Any
    value: float = 0
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar of `parts`, or of one `value` with its `key` and `href`."""

    label: Any
    parts: Any = ()
    value: float | None = None
    key: str = ""
    href: str = ""

    def __post_init__(self):
        parts = tuple(shaped(Part, one) for one in self.parts)
        if not parts:
            parts = (Part(self.key, self.label, self.value or 0, self.href),)
        object.__setattr__(self, "parts", parts)

    @property
    def total(self):
        return sum(part.value for part in self.parts)


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars, one below the other, on one common scale up to `maximum` (default: the longest bar)."""

    title: Any
    bars: Any = ()
    unit: Any = ""
    desc: Any = ""
    href: str = ""
    key: str = ""
    maximum: float | None = None
    hide_title: bool = False

    def __post_init__(self):
        object.__setattr__(self, "bars", tuple(shaped(Bar, one) for one in self.bars))


@dataclass(frozen=True)
class Tile:
    """One district: `value` of `total`, a word below, a tone (good, warn, bad, quiet) at the edge."""

    label: Any
    value: float = 0
    total: float | None = None
    note: Any = ""
    href: str = ""
    key: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TileChart:
    """Tiles in the order given."""

    title: Any
    tiles: Any = ()
    unit: Any = ""
    desc: Any = ""
    href: str = ""
    key: str = ""
    hide_title: bool = False

    def __post_init__(self):
        object.__setattr__(self, "tiles", tuple(shaped(Tile, one) for one in self.tiles))
