"""The orders in force, and the closures of one of them."""

from django.utils.translation import gettext as _

from enforcement.catalogue.entries import Kind, of
from venues.models import Category, Division
from venues.standing import NEVER_SEEN
from venues.states import State


def describe(book, links, figures):
    book.add("orders", _("Closure orders in force"), len(figures.orders), "orders", links.orders())
    found = figures.closures
    if found is None:
        return
    _facts(book, links, found)
    _headline(book, links, found)
    for state, n in found["states"].items():
        label = of(_("Venues on the list"), State(state).label)
        book.add(f"closures.states.{state}", label, n, "venues", links.targets(state=state))
    names = {slug: str(category) for slug, category in ((c.slug, c) for c in Category.objects.all())}
    for slug, counts in found["by_category"].items():
        _group(book, links, f"closures.by_category.{slug}", names.get(slug, slug), counts, category=slug)
    names = dict(Division.objects.filter(code__in=found["by_district"]).values_list("code", "name"))
    for code, counts in found["by_district"].items():
        _group(book, links, f"closures.by_district.{code}", names.get(code, code), counts, district=code)


def _facts(book, links, found):
    book.add("closures.order", _("Order no."), found["order"], "", links.board())
    book.add("closures.issued_at", _("Issued (T)"), found["issued_at"], "", links.board())
    book.add("closures.deadline_at", _("Deadline"), found["deadline_at"], "", links.board())
    since = found["issued_at"]
    book.add(
        "closures.minutes_to_all_closed", _("From the issue until all were closed for the first time"),
        found["minutes_to_all_closed"], "minutes", links.board(), Kind.FLOW, since,
    )  # fmt: skip


def _headline(book, links, found):
    rows = [
        ("targets", _("Venues that must be shut"), links.in_scope(), Kind.STOCK),
        ("told", _("Told"), links.in_scope(told=1), Kind.CUMULATIVE),
        ("reported", _("Reported closed"), links.in_scope(reported=1), Kind.CUMULATIVE),
        ("closed", _("Last seen closed"), links.targets(state="closed"), Kind.STOCK),
        ("verified", _("Seen within the recheck hours"), links.targets(state="verified"), Kind.STOCK),
        ("stale", _("Seen closed, look is old"), links.targets(state="stale"), Kind.STOCK),
        ("violating", _("Violating"), links.targets(state="violating"), Kind.STOCK),
        ("overdue", _("Overdue"), links.in_scope(overdue=1), Kind.STOCK),
        ("never_seen", _("Never seen"), links.in_scope(seen=NEVER_SEEN), Kind.STOCK),
    ]
    for name, label, link, kind in rows:
        book.add(f"closures.{name}", label, found[name], "venues", link, kind)


def _group(book, links, key, name, counts, **where):
    """One category or district: the figures of `Standing.groups`."""
    rows = [
        ("targets", _("Venues that must be shut"), links.in_scope(**where), Kind.STOCK),
        ("told", _("Told"), links.in_scope(told=1, **where), Kind.CUMULATIVE),
        ("closed", _("Last seen closed"), links.targets(state="closed", **where), Kind.STOCK),
        ("verified", _("Seen within the recheck hours"), links.targets(state="verified", **where), Kind.STOCK),
        ("violating", _("Violating"), links.targets(state="violating", **where), Kind.STOCK),
    ]
    for what, label, link, kind in rows:
        book.add(f"{key}.{what}", of(label, name), counts[what], "venues", link, kind)
