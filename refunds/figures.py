"""The figures of refunds as of a moment (reports.md): who reported, which groups there are, where their money stands.

Every agency is in exactly one of with groups, nil return, silent, once an event has begun: before that nobody was asked, and who is
silent is not known. Every counted group in exactly one status and one bucket.
People who travel with a linked organiser's group count there and nowhere else.
"""

from collections import Counter, defaultdict

from django.db.models import Exists, OuterRef, Q

from refunds.models import AgencyReport, RefundEvent, TourGroup
from refunds.models.returns import AGENCY
from refunds.status import CALLED_OFF, OUTSTANDING, PUBLISHED, RANK, Bucket, Status, worst
from venues.models import Venue

_GONE = (Venue.OperatingStatus.CEASED, Venue.OperatingStatus.REVOKED, Venue.OperatingStatus.UNLICENSED)
_COLUMNS = (
    "agency_id", "agency__merged_into_id", "status", "bucket", "counted", "heads", "paid_heads", "disposition", "reason",
    "disputed",
)  # fmt: skip


class Agencies:
    """The denominator at a moment: pks of the agencies `all`, those `with_groups`, `nil` returns, both together `reported`, `silent`
    (nobody unless `asked`: an event had begun); `worst`: {pk: Status} of those with groups. `rows`: the groups, each a dict of what they are counted by."""

    def __init__(self, as_of):
        self.rows = list(TourGroup.objects.as_of(as_of).order_by().values(*_COLUMNS))
        statuses = defaultdict(set)
        for row in self.rows:
            row["agency"] = row["agency__merged_into_id"] or row["agency_id"]
            statuses[row["agency"]].add(row["status"])
        reports = AgencyReport.objects.known(as_of).order_by()
        returned = {merged or own for own, merged in reports.values_list("agency_id", "agency__merged_into_id")}
        self.with_groups = set(statuses)
        self.nil = returned - self.with_groups
        self.reported = returned | self.with_groups
        self.all = _licensed(as_of) | self.reported
        self.asked = RefundEvent.objects.current(as_of) is not None
        self.silent = self.all - self.reported if self.asked else set()
        self.worst = {pk: worst(found) for pk, found in statuses.items()}


def _licensed(as_of):
    """The pks of the agencies that had been entered by the moment and had not given up their licence then. What was changed since
    is read from the history. Two queries."""
    earlier = Venue.objects.filter(merged_into=OuterRef("pk"), created_at__lte=as_of)
    standing = Venue.objects.standing().filter(Q(created_at__lte=as_of) | Exists(earlier))
    now = standing.filter(category__slug=AGENCY).exclude(operating_status__in=_GONE)
    licensed = set(now.order_by().values_list("pk", flat=True))
    was = Venue.history.filter(category__slug=AGENCY).values("id")
    since = Venue.history.filter(history_date__gt=as_of, id__in=was).values("id")
    rows = Venue.history.filter(id__in=since).order_by("id", "history_date", "history_id")
    rows = rows.filter(id__in=standing.order_by().values("pk"))
    held = {}
    for pk, at, slug, status in rows.values_list("id", "history_date", "category__slug", "operating_status"):
        if pk not in held or at <= as_of:
            held[pk] = slug == AGENCY and status not in _GONE
    return licensed - held.keys() | {pk for pk, counts in held.items() if counts}


def refund_figures(as_of):
    """The part `refunds` of the figures at the aware moment `as_of`: nested dicts of ints; `silent` is None where
    nobody was asked yet. Five queries."""
    agencies = Agencies(as_of)
    rows = [row for row in agencies.rows if row["counted"]]
    found = {
        "agencies": len(agencies.all),
        "with_groups": len(agencies.with_groups),
        "nil_returns": len(agencies.nil),
        "silent": len(agencies.silent) if agencies.asked else None,
        **_count(rows),
        "by_market": _by_market(rows),
        "cancelled": _count([row for row in rows if row["disposition"] in CALLED_OFF]),
        "outstanding_by_reason": _outstanding(rows),
        "disputed": _count([row for row in rows if row["disputed"]]),
    }
    for status in RANK:
        found[status] = _standing(status, rows, agencies)
    found[Status.REFUNDED]["people_refunded"] = sum(row["paid_heads"] for row in rows)
    return {str(key): value for key, value in found.items()}


def _count(rows):
    return {"groups": len(rows), "people": sum(row["heads"] for row in rows)}


def _by_market(rows):
    """{bucket: groups and people}: the three of the published table always, the others when there are any."""
    found = {bucket.value: [row for row in rows if row["bucket"] == bucket] for bucket in Bucket}
    return {bucket: _count(those) for bucket, those in found.items() if those or bucket in PUBLISHED}


def _standing(status, rows, agencies):
    those = [row for row in rows if row["status"] == status]
    standing = sum(1 for found in agencies.worst.values() if found == status)
    return {"agencies": standing, **_count(those), "by_market": _by_market(those)}


def _outstanding(rows):
    """{reason, "" where none is given: groups and people still to be refunded}."""
    groups, people = Counter(), Counter()
    for row in rows:
        if row["status"] in OUTSTANDING:
            groups[row["reason"]] += 1
            people[row["reason"]] += row["heads"] - max(row["paid_heads"], 0)
    return {reason: {"groups": groups[reason], "people": people[reason]} for reason in sorted(groups)}
