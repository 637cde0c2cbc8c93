"""The refunds: who reported, which groups there are, where their money stands."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enforcement.catalogue.entries import Kind, of
from refunds.forms.filters import NIL, NO_REASON, OFF, OPEN, SILENT, WITH_GROUPS
from refunds.models import GroupLine
from refunds.status import Bucket, Status


def describe(book, links, found):
    rows = [
        ("agencies", _("Agencies that must report"), links.agencies()),
        ("with_groups", of(_("Agencies"), _("with groups")), links.agencies(state=WITH_GROUPS)),
        ("nil_returns", of(_("Agencies"), _("nil return")), links.agencies(state=NIL)),
        ("silent", of(_("Agencies"), pgettext("agency", "silent")), links.agencies(state=SILENT)),
    ]
    for name, label, link in rows:
        book.add(f"refunds.{name}", label, found[name], "agencies", link)
    _counts(book, links, "refunds", found, _("all"))
    _markets(book, links, "refunds", found["by_market"])
    _counts(book, links, "refunds.cancelled", found["cancelled"], _("called off, all"), status=OFF)
    _counts(book, links, "refunds.disputed", found["disputed"], _("disputed"), disputed="on")
    words = dict(GroupLine.Reason.choices)
    for reason, counts in found["outstanding_by_reason"].items():
        name = of(_("still to be refunded"), words.get(reason) or _("none given"))
        asked = {"status": OPEN, "reason": reason or NO_REASON}
        _counts(book, links, f"refunds.outstanding_by_reason.{reason}", counts, name, **asked)
    for status in Status:
        _status(book, links, status, found[status.value])


def _status(book, links, status, found):
    key = f"refunds.{status.value}"
    label = of(_("Agencies whose worst group is"), status.label)
    book.add(f"{key}.agencies", label, found["agencies"], "agencies", links.agencies(worst=status.value))
    _counts(book, links, key, found, status.label, status=status.value)
    _markets(book, links, key, found["by_market"], status.label, status=status.value)
    if "people_refunded" in found:
        label = _("People who have their money back, whatever the status of their group")
        link = links.groups(paid="on")
        book.add(f"{key}.people_refunded", label, found["people_refunded"], "people", link, Kind.CUMULATIVE)


def _markets(book, links, key, found, name="", **asked):
    for bucket, counts in found.items():
        where = Bucket(bucket).label
        if name:
            where = _("%(what)s, %(where)s") % {"what": name, "where": where}
        _counts(book, links, f"{key}.by_market.{bucket}", counts, where, bucket=bucket, **asked)


def _counts(book, links, key, counts, name, **asked):
    link = links.groups(**asked)
    book.add(f"{key}.groups", of(_("Groups"), name), counts["groups"], "groups", link)
    book.add(f"{key}.people", of(_("Travellers"), name), counts["people"], "people", link)
