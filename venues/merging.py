"""Entries of one venue side by side, before a person says which of them goes on."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from venues.changes import shown
from venues.models import Venue

AT_MOST = 6  # entries in one comparison
_LEFT_OUT = {"id", "search_key", "merged_into"}


@dataclass(frozen=True)
class Line:
    """One field of all entries: `differs` when they do not say the same (blanks are not counted)."""

    label: str
    values: list
    differs: bool


class Comparison:
    """Two to AT_MOST entries: what they say, what hangs on them, and what speaks against merging them."""

    def __init__(self, venues):
        counted = venues.annotate(
            looks=Count("inspections", distinct=True), orders=Count("targets", distinct=True),
            running=Count("violations", filter=Q(violations__state="open"), distinct=True),
        )  # fmt: skip
        found = counted.select_related("category", "district", "street").order_by("pk")
        self.venues = list(found[: AT_MOST + 1])

    @property
    def problem(self):
        """Why nothing can be compared, as a sentence; "" when it can."""
        if not 2 <= len(self.venues) <= AT_MOST:
            return _("Select from 2 to %(most)s entries of the same venue.") % {"most": AT_MOST}
        if any(venue.merged_into_id for venue in self.venues):
            return _("One of these entries is merged already. Select only entries that stand for themselves.")
        return ""

    @cached_property
    def lines(self):
        fields = [field for field in Venue._meta.concrete_fields if field.name not in _LEFT_OUT]
        lines = [self._line(field) for field in fields]
        return [line for line in lines if any(value not in ("—", _("no")) for value in line.values)]

    def _line(self, field):
        values = [shown(field, getattr(venue, field.name)) for venue in self.venues]
        return Line(field.verbose_name, values, len(set(values) - {"—"}) > 1)

    @property
    def likeliest(self):
        """The entry that most likely goes on: on the lists of orders, looked at, licensed, the oldest."""
        return max(self.venues, key=lambda v: (v.running, v.orders, v.looks, bool(v.licence_no), -v.pk))

    @property
    def warnings(self):
        """Sentences on what makes it doubtful that these are one venue."""
        if len({venue.category_id for venue in self.venues}) > 1:
            yield _("They are of different categories: a hotel and its KTV are two venues.")
        if len({venue.licence_no for venue in self.venues} - {""}) > 1:
            yield _("They have different licence numbers.")
        if len({venue.district_id for venue in self.venues}) > 1:
            yield _("They lie in different districts.")

    def find(self, pk):
        return next((venue for venue in self.venues if str(venue.pk) == pk), None)

    def others(self, survivor):
        return [venue for venue in self.venues if venue != survivor]
