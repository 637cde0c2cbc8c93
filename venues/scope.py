"""What an order would name: the venues in scope counted by category × district, and what is wrong with the list."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from venues.models.registry import Category, Division


@dataclass(frozen=True)
class Cell:
    """One count of a category × district; None stands for all of them (the sums)."""

    category: Category | None
    district: Division | None
    count: int


@dataclass(frozen=True)
class Row:
    """A category of the matrix: its cells in the order of `Matrix.districts`, and their sum."""

    category: Category
    cells: list[Cell]
    total: int


class Matrix:
    """Counts by category × district. `counts`: {(category pk, district pk): n}; rows and columns stand in their
    own order."""

    def __init__(self, counts):
        self._counts = Counter(counts)
        self.categories = sorted(
            Category.objects.filter(pk__in={c for c, _d in self._counts}), key=lambda c: (c.position, c.slug)
        )
        self.districts = sorted(Division.objects.filter(pk__in={d for _c, d in self._counts}), key=lambda d: d.code)
        self.total = self._counts.total()

    @classmethod
    def of(cls, queryset):
        """The matrix of a queryset whose rows have a category and a district, counted by the database."""
        counted = queryset.order_by().values_list("category", "district").annotate(n=Count("pk"))
        return cls({(category, district): n for category, district, n in counted})

    def count(self, category=None, district=None):
        return sum(
            n
            for (c, d), n in self._counts.items()
            if (category is None or category.pk == c) and (district is None or district.pk == d)
        )

    @property
    def rows(self):
        return [
            Row(c, [Cell(c, d, self._counts[c.pk, d.pk]) for d in self.districts], self.count(category=c))
            for c in self.categories
        ]

    @property
    def columns(self):
        """The sums of the districts."""
        return [Cell(None, d, self.count(district=d)) for d in self.districts]


class Preview:
    """What the activation of a draft would freeze now: the counts, and the venues that will make trouble."""

    def __init__(self, venues):
        self.matrix = Matrix.of(venues)
        self.total = self.matrix.total
        venues = venues.select_related("category", "district")
        self.without_phone = venues.filter(phone="", phone_2="")  # cannot be called: straight to "send a car"
        self.unlocatable = venues.filter(operating_status="unlocatable")
        self.dormant = venues.filter(operating_status="dormant")
