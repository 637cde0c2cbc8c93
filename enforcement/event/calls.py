"""The calls of an event, each through the steps that have happened."""

import uuid

from django.contrib.auth import get_user_model

from complaints.models import Channel, Complaint, Topic
from complaints.workflow import MOVES, Act
from venues.models import Division, Patrol, Venue

KEYS = uuid.UUID("5f3b0c52-3d0c-4a36-9d7f-2f1f8f2c7d11")  # namespace of the keys of calls and looks


def calls(event):
    officers = event.officers()
    there = (event.folder / "inspections.csv").exists()
    looks = {r["call"]: r["officers"].split() for r in event.rows("inspections.csv") if r["call"]} if there else {}
    anybody = get_user_model().objects.filter(can_hold_phone=True, can_lead=False).order_by("badge_no").first()
    known = dict(Complaint.objects.values_list("client_id", "pk"))
    added = 0
    for row in event.rows("calls.csv"):
        received_at = event.moment(row["received_at"])
        if not event.happened(received_at):
            continue
        shift = event.shift_row_at(received_at)
        phone_officer = officers[shift["phone_officer"]] if shift else anybody
        key = call_key(row["number"])
        if key not in known:
            _register(row, key, by=phone_officer, at=received_at)
            added += 1
        second = shift["second_officer"] if shift else anybody.badge_no
        team = [officers[badge] for badge in looks.get(row["number"], [second])]
        _handle(event, Complaint.objects.get(client_id=key), row, by=phone_officer, team=team)
    return added


def call_key(number):
    return uuid.uuid5(KEYS, f"call {number}")


def _register(row, key, *, by, at):
    topic = Topic.objects.get(slug=row["topic"])
    Complaint.objects.register(
        by=by, client_id=key, channel=Channel.objects.get(slug=row["channel"]), topic=topic, content=row["text"],
        venue=Venue.objects.standing().filter(licence_no=row["licence_no"]).first() if row["licence_no"] else None,
        place=row["place"], place_unclear=not row["place"], number=row["phone"], name=row["caller"],
        district=Division.objects.districts().filter(name=row["district"]).first(), received_at=at, recorded_at=at,
        ongoing="yes" if topic.about_a_place else "unknown", read_back_ok=True,
    )  # fmt: skip


def _handle(event, complaint, row, *, by, team):
    """The steps of a call that have happened and that the complaint has not made yet. Signing was not recorded: the handling
    begins at the arrival; closed is answered."""
    steps = {name: event.moment(row[f"{name}_at"]) for name in ("dispatched", "arrived", "stopped", "answered")}

    def due(name, act):
        at = steps[name]
        return at if at and event.happened(at) and complaint.status in MOVES[act].sources else None

    if not steps["dispatched"]:
        if at := due("answered", Act.ANSWER_AT_ONCE):
            complaint.answer_at_once(by=by, text="已当场答复", at=at, recorded_at=at)
        return
    if at := due("dispatched", Act.DISPATCH):
        patrol = Patrol.objects.filter(number=row["patrol"]).first() if row["patrol"] else None
        complaint.dispatch(by=by, to=team, patrol=patrol, at=at, recorded_at=at)
    if (at := due("arrived", Act.ARRIVE)) and complaint.arrived_at is None:
        complaint.arrive(by=team[0], at=at, recorded_at=at)
        running = bool(steps["stopped"])
        finding = Complaint.Finding.RUNNING if running else Complaint.Finding.NOT_RUNNING
        complaint.find(by=team[0], finding=finding, at=at, recorded_at=at)
    if at := due("stopped", Act.STOP):
        complaint.stop(by=team[0], at=at, recorded_at=at)
    if at := due("answered", Act.CLOSE):
        complaint.call_back(by=by, result="reached", told=complaint.get_finding_display(), at=at, recorded_at=at)
        complaint.close(by=by, at=at, recorded_at=at)
