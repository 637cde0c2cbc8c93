"""Patrols and looks of an event."""

import uuid

from complaints.models import Complaint
from enforcement.event.calls import KEYS, call_key
from enforcement.event.orders import ORDER_NUMBER
from venues.models import Category, ClosureOrder, Division, Inspection, Patrol, Venue


def patrols(event):
    officers = event.officers()
    known = set(Patrol.objects.values_list("number", flat=True))
    issued_at = ClosureOrder.objects.filter(number=ORDER_NUMBER).values_list("issued_at", flat=True).first()
    added = 0
    for row in event.rows("patrols.csv"):
        left_at, returned_at = event.moment(row["left_at"]), event.moment(row["returned_at"])
        if not event.happened(left_at):
            continue
        leader = officers[row["led_by"]]
        if row["number"] not in known:
            before_the_order = issued_at is None or left_at < issued_at  # then it went out to persuade
            Patrol.objects.depart(
                by=leader, number=row["number"], led_by=leader, members=[officers[b] for b in row["members"].split()],
                left_at=left_at, area=row["area"], recorded_at=left_at,
                purpose=Patrol.Purpose.PERSUASION if before_the_order else Patrol.Purpose.CHECK,
            )  # fmt: skip
            added += 1
        patrol = Patrol.objects.get(number=row["number"])
        if returned_at and patrol.returned_at is None and event.happened(returned_at):
            patrol.come_back(by=leader, at=returned_at)
    return added


def inspections(event):
    officers = event.officers()
    patrols = Patrol.objects.in_bulk(field_name="number")
    alerts = {c.client_id: c.alert for c in Complaint.objects.exclude(alert=None).select_related("alert")}
    venues = {v.licence_no: v for v in Venue.objects.standing().exclude(licence_no="").select_related("category")}
    known = set(Inspection.objects.values_list("client_uuid", flat=True))
    added = 0
    for row in event.rows("inspections.csv"):
        key = uuid.uuid5(KEYS, "|".join((row["licence_no"], row["venue"], row["observed_at"], row["officers"])))
        observed_at = event.moment(row["observed_at"])
        team = [officers[badge] for badge in row["officers"].split()]
        patrol = patrols.get(row["patrol"])
        if key not in known and event.happened(observed_at):
            Inspection.objects.record(
                by=team[0], client_uuid=key, venue=venues.get(row["licence_no"]) or _unlicensed(row, observed_at),
                officers=team, observed_at=observed_at, result=row["result"], patrol=patrol, recorded_at=observed_at,
                people_inside=int(row["people_inside"]) if row["people_inside"] else None,
                alert=alerts.get(call_key(row["call"])) if row["call"] else None,
            )  # fmt: skip
            added += 1
        stopped_at = event.moment(row["stopped_at"])
        closing = uuid.uuid5(key, "stopped")
        if stopped_at and closing not in known and event.happened(stopped_at):
            violation = Inspection.objects.get(client_uuid=key).violations_opened.get()
            violation.stop(
                by=team[0], officers=team, at=stopped_at, client_uuid=closing, patrol=patrol, recorded_at=stopped_at
            )
    return added


def _unlicensed(row, at):
    """The place of a row that names no licence: found again by its three fields, or made on the spot."""
    district = Division.objects.districts().get(name=row["place_district"])
    category = Category.objects.get(slug=row["place_category"])
    status = Venue.OperatingStatus.UNLICENSED
    venue, _created = Venue.objects.get_or_create(
        name=row["venue"],
        category=category,
        district=district,
        operating_status=status,
        defaults={"created_at": at},
    )
    return venue
