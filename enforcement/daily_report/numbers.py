"""What a report counts: `figures(as_of)` as JSON, and beside it the flows, cumulative since a moment and of the day alone.

A stock and what is cumulative from the beginning are the figures themselves. With `since` the cumulative ones are counted
anew after it, and what is put beside each other is of the same rows: answered and closed are of the complaints accepted after
`since`, stopped is of the violations found after it.
"""

import dataclasses
import datetime
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.figures import complaint_figures
from complaints.models import Channel, Topic
from enforcement.daily_report.happenings import ended_orders, happened
from enforcement.figures import figures
from venues.models import Category, ClosureOrder, Division, Inspection, Patrol, Violation

DAY = datetime.timedelta(days=1)
# what happens (it does not stand still): path in the figures, by which a day without anything is known
FLOWS = (
    "patrols.patrols", "patrols.person_times", "patrols.vehicle_times", "patrols.visits", "patrols.violations_found",
    "patrols.violations_stopped", "complaints.accepted", "complaints.answered", "complaints.closed", "closures.told",
    "refunds.groups", "refunds.people", "refunds.refunded.people_refunded", "duty.required_seconds", "duty.staffed_seconds",
    "duty.led_seconds",
)  # fmt: skip
ALWAYS = ("duty.required_seconds", "duty.staffed_seconds", "duty.led_seconds")  # time passes; that is no event
_SINCE = ("patrols.patrols", "patrols.person_times", "patrols.visits")
_OF_COMPLAINTS = ("accepted", "answered", "closed", "by_channel", "minutes")


class _Encoder(DjangoJSONEncoder):
    """Moments in local time with their offset; to the microsecond, as they are kept."""

    def default(self, value):
        if isinstance(value, datetime.datetime):
            return timezone.localtime(value).isoformat()
        return super().default(value)


def as_json(value):
    """The same as plain JSON values: what the database gives back when it is read again."""
    return json.loads(json.dumps(value, cls=_Encoder))


def leaf(tree, path):
    """The value at a dotted path of nested dicts; None where there is nothing."""
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def material(as_of, since=None, *, day_from):
    """(figures, basis), both plain JSON: the figures at `as_of`, and {"day_from", "since", "cumulative", "day", "happened", "ended",
    "nil", "names"}.

    `day` are the flows after `day_from`; a flow is None when one of its ends is unknown. Which vehicles went out is asked of the time
    itself: it may be known of the day and not of the days before, or the other way round. `happened`: how many rows of each kind fall
    after `day_from`, `ended`: the orders that ended then. `nil`: every flow is known and nought, and nothing happened.
    """
    figures_now = figures(as_of)
    found = as_json(dataclasses.asdict(figures_now))
    number = leaf(found, "closures.order")
    order = ClosureOrder.objects.filter(number=number).first() if number else None
    before = as_json(dataclasses.asdict(figures(day_from, order=order)))
    day = _differences(found, before, _paths(found))
    day["patrols.vehicle_times"] = _vehicles(as_of, day_from)
    day["orders.issued"] = sum(parse_datetime(one["issued_at"]) > day_from for one in found["orders"])
    what = as_json(happened(day_from, as_of, figures_now.duty["gaps"]))
    basis = {
        "day_from": as_json(day_from),
        "since": as_json(since),
        "cumulative": as_json(_cumulative(found, as_of, since, order)),
        "day": day,
        "happened": what,
        "ended": as_json(ended_orders(day_from, as_of)),
        "nil": is_nil(day) and not any(what.values()),
        "names": _names(found),
    }
    return found, basis


def _paths(found):
    moved = [
        f"supplies.{category}.{kind}" for category in found["supplies"] for kind in ("received", "donated", "issued")
    ]
    return [*FLOWS, *moved]


def _differences(after, before, paths):
    """{path: what was added between the two}; None when one of them is unknown. A part that is not there is left out."""
    found = {}
    for path in paths:
        if leaf(after, path.split(".")[0]) is None:
            continue
        one, other = leaf(after, path), leaf(before, path)
        if other is None and path.startswith(("supplies.", "closures.")):
            other = 0  # the first of its kind came in between
        found[path] = None if one is None or other is None else one - other
    return found


def _vehicles(as_of, since):
    """车次 after `since`; None when cars went out then and nobody wrote down which."""
    return Patrol.objects.filter(left_at__gt=since).effort(as_of)["vehicle_times"]


def is_nil(day):
    """Whether every flow is known and nought. Unknown is not zero."""
    events = [value for path, value in day.items() if path not in ALWAYS]
    return bool(events) and all(value == 0 for value in events)


def _cumulative(found, as_of, since, order):
    """The parts `patrols` and `complaints` counted after `since`; those of the figures when there is none."""
    if since is None:
        return {
            "patrols": found["patrols"],
            "complaints": {name: found["complaints"][name] for name in _OF_COMPLAINTS},
        }
    before = as_json(dataclasses.asdict(figures(since, order=order)))
    flows = _differences(found, before, _SINCE)
    patrols = {path.rpartition(".")[2]: value for path, value in flows.items()}
    patrols["vehicle_times"] = _vehicles(as_of, since)
    looks = Inspection.objects.effort_rows(as_of).filter(observed_at__gt=since)
    patrols |= looks.aggregate(venues_reached=Count(Coalesce("venue__merged_into_id", "venue_id"), distinct=True))
    violations = Violation.objects.until(as_of).filter(found_at__gt=since)
    patrols["violations_found"] = violations.count()
    patrols["violations_stopped"] = violations.filter(stopped_at__lte=as_of).count()
    complaints = complaint_figures(as_of, since)
    return {"patrols": patrols, "complaints": {name: complaints[name] for name in _OF_COMPLAINTS}}


def _names(found):
    """What the keys of the figures are called at this moment, [Chinese, English]: a report keeps its words."""
    closures = found["closures"] or {"by_category": {}, "by_district": {}}
    categories = Category.objects.filter(slug__in=closures["by_category"]).order_by("position", "slug")
    districts = Division.objects.filter(code__in=closures["by_district"]).order_by("code")
    calls = found["complaints"]
    channels = Channel.objects.filter(slug__in=calls["by_channel"])
    topics = Topic.objects.filter(slug__in=calls["by_topic"])
    of_calls = Division.objects.districts().filter(code__in=calls["by_district"]).order_by("code")
    return {
        "category": [[slug, zh, en] for slug, zh, en in categories.values_list("slug", "name_zh", "name_en")],
        "district": [[code, name, name] for code, name in districts.values_list("code", "name")],
        "channel": [[slug, zh, en] for slug, zh, en in channels.values_list("slug", "name_zh", "name_en")],
        "topic": [[slug, zh, en] for slug, zh, en in topics.values_list("slug", "name_zh", "name_en")],
        "of_calls": [[code, name, name] for code, name in of_calls.values_list("code", "name")],
    }
