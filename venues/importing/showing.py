"""The rows of an import as people read them: names instead of ids, findings in sentences, the effect on orders in force."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from venues.importing.findings import LEVEL_NAMES, level, sentence, sorted_by_level
from venues.models import Category, ClosureOrder, Division, Venue, VenueImportRow

_PLACES = ("district", "street")
_ORDER = (
    "licence_no", "uscc", "category", "district", "street", "address", "legal_rep", "manager", "phone", "phone_2",
    "licence_until", "licence_long_term", "operating_status", "size", "grade", "sign_name", "remark", "latitude",
    "longitude", "coordinate_system",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One finding: its level and the word for it, the column as the file names it, the sentence."""

    level: str
    word: str
    column: str
    sentence: str


@dataclass(frozen=True)
class Fact:
    """One field of a row: its name, what the registry has, what the row says."""

    name: str
    old: str
    new: str


@dataclass
class Shown:
    """A row ready for the page."""

    row: VenueImportRow
    category: str = ""
    district: str = ""
    licence_no: str = ""
    told: list = field(default_factory=list)
    facts: list = field(default_factory=list)
    candidates: list = field(default_factory=list)


class Words:
    """The names behind the ids of categories and divisions, read once for a page."""

    def __init__(self):
        self._categories = {category.pk: category.name for category in Category.objects.all()}
        self._places = dict(Division.objects.values_list("pk", "name"))
        self._statuses = dict(Venue.OperatingStatus.choices)

    def value(self, name, value):
        """A value of the field `name` as it is read; an em dash when there is none."""
        if value in (None, ""):
            return "—"
        if name == "category":
            return self._categories.get(value, "—")
        if name in _PLACES:
            return self._places.get(value, "—")
        if name == "operating_status":
            return str(self._statuses.get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(value)

    def facts(self, row):
        """The Facts of a row: the changed fields, or all that a new venue would have."""
        if row.changes:
            pairs = [(name, old, new) for name, (old, new) in row.changes.items()]
        elif row.action in (row.Action.CREATE, row.Action.UNDECIDED):
            pairs = [(name, None, row.values[name]) for name in _ORDER if row.values.get(name) not in (None, "", False)]
        else:
            pairs = []
        return [
            Fact(str(Venue._meta.get_field(name).verbose_name), self.value(name, old), self.value(name, new))
            for name, old, new in pairs
        ]


def shown(rows):
    """A list of Shown for these rows of one import."""
    words, found = Words(), []
    venues = {one["venue"] for row in rows for one in row.candidates} | {row.venue_id for row in rows}
    venues = Venue.objects.defer("search_key").in_bulk(venues - {None})
    for row in rows:
        one = Shown(row, told=told(row.findings), facts=words.facts(row))
        values = row.values or {}
        venue = venues.get(row.venue_id)
        if not values and venue is not None:
            values = {"category": venue.category_id, "district": venue.district_id, "licence_no": venue.licence_no}
        one.category = words.value("category", values.get("category"))
        one.district = words.value("district", values.get("district"))
        one.licence_no = values.get("licence_no", "")
        one.candidates = [
            {
                **candidate,
                "venue": venues.get(candidate["venue"]),
                "because": [because(c) for c in candidate["because"]],
            }
            for candidate in row.candidates
            if candidate["venue"] in venues
        ]
        found.append(one)
    return found


def because(reason):
    """Why a venue of the registry may be the one of a row, in words."""
    return {
        "name": _("same name"),
        "pinyin": _("sounds alike"),
        "phone": _("same telephone"),
        "address": _("same address"),
        "credit_code": _("same credit code"),
    }[reason]


def told(findings):
    """A list of Told, the gravest first."""
    return [
        Told(level(f), str(LEVEL_NAMES[level(f)]), f["column"], str(sentence(f))) for f in sorted_by_level(findings)
    ]


@dataclass(frozen=True)
class Effect:
    """How many venues would come into the scope of an order in force, and how many would leave it."""

    order: ClosureOrder
    come: int
    go: int


def effects(run, at):
    """The Effects on the orders in force at the moment `at` that the import has any effect on."""
    rows = run.rows.exclude(scope_before="", scope_after="").order_by()
    moves = Counter()
    for before, after, n in rows.values_list("scope_before", "scope_after").annotate(n=Count("pk")):
        moves[before, after] += n
    found = []
    for order in ClosureOrder.objects.active(at).prefetch_related("categories", "districts"):
        within = scopes(order)
        come = sum(n for (before, after), n in moves.items() if after in within and before not in within)
        go = sum(n for (before, after), n in moves.items() if before in within and after not in within)
        if come or go:
            found.append(Effect(order, come, go))
    return found


def scopes(order):
    """The scopes ("category/district") that an order names."""
    districts = [d.pk for d in order.districts.all()] or Division.objects.districts().values_list("pk", flat=True)
    return {f"{category.pk}/{district}" for category in order.categories.all() for district in districts}


def rows_of_effect(rows, order, which):
    """The rows behind one number of an Effect: `which` is "come" or "go"."""
    within = scopes(order)
    inside, outside = ("scope_after", "scope_before") if which == "come" else ("scope_before", "scope_after")
    return rows.filter(Q(**{f"{inside}__in": within}) & ~Q(**{f"{outside}__in": within}))
