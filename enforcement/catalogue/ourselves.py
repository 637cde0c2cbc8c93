"""What the team did and what it has: patrols, duty, supplies, staff."""

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enforcement.catalogue.entries import Kind, of
from enforcement.models import CoverageRule, SupplyItem


def describe_patrols(book, links, found):
    rows = [
        ("patrols", _("Patrols"), "times", links.patrols(effort="on")),
        ("person_times", _("Officers sent out"), "turnouts", links.patrols(effort="on")),
        ("vehicle_times", _("Vehicles sent out"), "runs", links.patrols(vehicle="on")),
        ("visits", _("Visits"), "inspections", links.inspections(effort="on")),
        ("visits_bureau_led", _("Visits led by the bureau"), "inspections", links.inspections(effort="on", bureau="on")),
        ("venues_reached", _("Venues reached"), "venues", links.inspections(reached="on")),
        ("violations_found", _("Violations found"), "violations", links.violations()),
        ("violations_stopped", _("Violations stopped"), "violations", links.violations(stopped="on")),
    ]  # fmt: skip
    for name, label, word, link in rows:
        book.add(f"patrols.{name}", label, found[name], word, link, Kind.CUMULATIVE)


def describe_duty(book, links, found):
    """The seconds and gaps are of the time since the first coverage rule began to hold."""
    since = CoverageRule.objects.aggregate(first=Min("valid_from"))["first"]
    begun = since is not None and since < links.at
    link = links.certificate(since) if begun else ("", "")
    gaps = found["gaps"]
    rows = [
        ("required_seconds", _("Time that must be covered"), found["required_seconds"], "seconds"),
        ("staffed_seconds", _("Staffed time"), found["staffed_seconds"], "seconds"),
        ("led_seconds", _("Led time"), found["led_seconds"], "seconds"),
        ("gaps", _("Gaps in the duty"), None if gaps is None else len(gaps), "gaps"),
    ]
    for name, label, value, word in rows:
        book.add(f"duty.{name}", label, value, word, link, Kind.FLOW, since if begun else None)
    book.add("duty.leader", _("Leads"), found["leader"], "", links.custody("leader"))
    book.add("duty.phone_officer", _("Holds the telephone"), found["phone_officer"], "", links.custody("phone"))


def describe_supplies(book, links, found):
    rows = [
        ("received", pgettext("supplies", "Received"), Kind.CUMULATIVE),
        ("donated", _("Donated"), Kind.CUMULATIVE),
        ("issued", pgettext("supplies", "Issued"), Kind.CUMULATIVE),
        ("on_hand", _("On hand"), Kind.STOCK),
    ]
    for category, counts in found.items():
        word = "pieces" if category == SupplyItem.Category.MASK else "items"
        for what, label, kind in rows:
            name = of(label, SupplyItem.Category(category).label)
            link = links.supplies(category) if what == "on_hand" else links.movements(category, what)
            book.add(f"supplies.{category}.{what}", name, counts[what], word, link, kind)


def describe_staff(book, links, found):
    rows = [
        ("on_duty", _("On duty"), links.staff("on_duty")),
        ("checked", _("Health checked"), links.staff("checked")),
        ("abnormal", _("Not cleared"), links.staff("abnormal")),
        ("isolated", _("In isolation"), links.isolations()),
    ]
    for what, label, link in rows:
        book.add(f"staff.{what}", label, found[what], "people", link)
