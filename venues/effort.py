"""What went out and what was reached by a moment: in all, and on the local day of that moment (closures.md, "Words").

Never add or compare 人次 with people, nor 家次 with 家: each row of the answer has its own counting word."""

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from venues.models import Inspection, Patrol, Violation
from venues.moments import day_so_far


def effort(at):
    """{name: {"day": n, "all": n}} for patrols, person_times, vehicle_times, visits, venues_reached, violations_found
    and violations_stopped; None for what was not recorded. Three queries."""
    start = day_so_far(at)
    return {**_outings(at, start), **_visits(at, start), **_violations(at, start)}


def _outings(at, start):
    of_day = Q(left_at__gte=start)
    with_vehicle = ~Q(vehicle="")
    counts = Patrol.objects.outings(at).aggregate(
        patrols=Count("pk", distinct=True),
        patrols_day=Count("pk", distinct=True, filter=of_day),
        person_times=Count("members"),
        person_times_day=Count("members", filter=of_day),
        vehicle_times=Count("pk", distinct=True, filter=with_vehicle),
        vehicle_times_day=Count("pk", distinct=True, filter=of_day & with_vehicle),
        by_car=Count("pk", distinct=True, filter=Q(kind=Patrol.Kind.CAR)),
        by_car_day=Count("pk", distinct=True, filter=of_day & Q(kind=Patrol.Kind.CAR)),
    )
    for day in ("", "_day"):
        if counts[f"by_car{day}"] and not counts[f"vehicle_times{day}"]:
            counts[f"vehicle_times{day}"] = None  # cars went out, but nobody wrote down which: unknown, not none
    return _paired(counts, "patrols", "person_times", "vehicle_times")


def _visits(at, start):
    of_day, place = Q(observed_at__gte=start), Coalesce("venue__merged_into_id", "venue_id")
    counts = Inspection.objects.effort_rows(at).aggregate(
        visits=Count("pk"),
        visits_day=Count("pk", filter=of_day),
        venues_reached=Count(place, distinct=True),
        venues_reached_day=Count(place, distinct=True, filter=of_day),
    )
    return _paired(counts, "visits", "venues_reached")


def _violations(at, start):
    stopped = Q(stopped_at__lte=at)
    counts = Violation.objects.until(at).aggregate(
        violations_found=Count("pk"),
        violations_found_day=Count("pk", filter=Q(found_at__gte=start)),
        violations_stopped=Count("pk", filter=stopped),
        violations_stopped_day=Count("pk", filter=stopped & Q(stopped_at__gte=start)),
    )
    return _paired(counts, "violations_found", "violations_stopped")


def _paired(counts, *names):
    return {name: {"day": counts[f"{name}_day"], "all": counts[name]} for name in names}
