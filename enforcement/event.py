"""Loads one event from a folder of its files (data/tianshui/README.md names them): each fact with recorded_at = occurred_at.

A file that is not there is left out. A second load changes nothing: everything is found again by its own key. With `recent`
the whole event is moved by whole days so that its last day, 2 February 2020, falls on today, and facts later than now are left
out; what has happened since is added by the next load.
"""

import csv
import datetime
import json
import uuid
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from complaints.models import Channel, Complaint, Topic
from complaints.workflow import MOVES, Act
from enforcement.importing import import_officers
from refunds.importing import mail
from refunds.importing.nil_returns import import_nil_returns
from venues.importing.applying import import_file
from venues.importing.divisions import import_divisions
from venues.models import Category, ClosureOrder, Division, Inspection, Notice, Patrol, Target, Venue
from venues.moments import local_day
from venues.transitions import Refused

LAST_DAY = datetime.date(2020, 2, 2)  # what `recent` moves onto today
ORDER_NUMBER = "TS-2020-01"  # order.json gives none
_KEYS = uuid.UUID("5f3b0c52-3d0c-4a36-9d7f-2f1f8f2c7d11")  # namespace of the keys of the looks


class Event:
    """One load of one folder. `counts` says what was added, by kind of row.

    `at` is the clock of the load; `shift` the whole days by which the event is moved (0 on its own dates)."""

    def __init__(self, folder, *, recent=False, at=None):
        self.folder = Path(folder)
        self.at = at or timezone.now()
        self.recent = recent
        self.shift = self._shift()
        self.counts = {}

    def _shift(self):
        if not self.recent:
            return datetime.timedelta()
        loaded = ClosureOrder.objects.filter(number=ORDER_NUMBER).values_list("issued_at", flat=True).first()
        path = self.folder / "order.json"
        if loaded and path.exists():  # an earlier load decided
            return loaded - parse_datetime(json.loads(path.read_text(encoding="utf-8"))["issued_at"])
        return timezone.localdate(self.at) - LAST_DAY

    def load(self):
        """Load every file that is there, in one transaction; returns `counts`."""
        with transaction.atomic():
            for name, loader in self._loaders().items():
                if (self.folder / name).exists():
                    self.counts[name] = loader()
        return self.counts

    def _loaders(self):
        return {
            "divisions.csv": self._divisions,
            "officers.csv": self._officers,
            "venues.xlsx": self._venues,
            "order.json": self._order,
            "patrols.csv": self._patrols,
            "notices.csv": self._notices,
            "calls.csv": self._calls,
            "inspections.csv": self._inspections,
            "groups": self._groups,
            "nil_returns.csv": self._nil_returns,
        }

    # --- reading ------------------------------------------------------------------------------------------------------------

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def moment(self, text):
        """The moved moment, or None for an empty cell."""
        return parse_datetime(text) + self.shift if text else None

    def happened(self, moment):
        """Whether a fact of this moment belongs into the load: with `recent`, nothing later than now."""
        return not self.recent or moment <= self.at

    def officers(self):
        return get_user_model().objects.in_bulk(field_name="badge_no")

    # --- the files ----------------------------------------------------------------------------------------------------------

    def _divisions(self):
        counts, _findings = import_divisions(self.folder / "divisions.csv")
        return counts["created"]

    def _officers(self):
        return import_officers(self.rows("officers.csv"), by=None).counts["created"]

    def _venues(self):
        return import_file(self.folder / "venues.xlsx", at=self.at).counts["created"]

    def _order(self):
        if ClosureOrder.objects.filter(number=ORDER_NUMBER).exists():
            return 0
        given = json.loads((self.folder / "order.json").read_text(encoding="utf-8"))
        issued_at = self.moment(given["issued_at"])
        if not self.happened(issued_at):
            return 0
        leader = self._leader_at(issued_at)
        order = ClosureOrder.objects.create(
            number=ORDER_NUMBER, title=given["title"], issued_at=issued_at, effective_at=issued_at,
            deadline_at=self.moment(given["deadline_at"]), created_by=leader, created_at=issued_at,
        )  # fmt: skip
        order.categories.set(Category.objects.filter(slug__in=given["kinds"]))
        order.activate(by=leader, typed_total=order.preview().total, at=issued_at)
        return 1

    def shift_row_at(self, moment):
        """The row of shifts.csv whose moved shift covers the moment, or None."""
        if not (self.folder / "shifts.csv").exists():
            return None
        rows = self.rows("shifts.csv")
        return next((r for r in rows if self.moment(r["start"]) <= moment < self.moment(r["end"])), None)

    def _leader_at(self, moment):
        """The leader of the shift at this moment, else any who may lead."""
        shift = self.shift_row_at(moment)
        badge = {"badge_no": shift["leader"]} if shift else {}
        return get_user_model().objects.filter(can_lead=True, **badge).first()

    def _patrols(self):
        officers = self.officers()
        known = set(Patrol.objects.values_list("number", flat=True))
        issued_at = ClosureOrder.objects.filter(number=ORDER_NUMBER).values_list("issued_at", flat=True).first()
        added = 0
        for row in self.rows("patrols.csv"):
            left_at, returned_at = self.moment(row["left_at"]), self.moment(row["returned_at"])
            if not self.happened(left_at):
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
            if returned_at and patrol.returned_at is None and self.happened(returned_at):
                patrol.come_back(by=leader, at=returned_at)
        return added

    def _notices(self):
        officers = self.officers()
        order = ClosureOrder.objects.filter(number=ORDER_NUMBER).first()
        targets = {t.venue.licence_no: t for t in Target.objects.filter(order=order).select_related("venue", "order")}
        known = set(Notice.objects.filter(target__order=order).values_list("target_id", "at", "channel", "outcome"))
        added = 0
        for row in self.rows("notices.csv"):
            target, at = targets.get(row["licence_no"]), self.moment(row["at"])
            if target is None or not self.happened(at) or (target.pk, at, row["channel"], row["outcome"]) in known:
                continue
            target.notify(
                by=officers[row["by"]], channel=row["channel"], outcome=row["outcome"], at=at, recorded_at=at,
                number_used=target.phone if row["channel"] == Notice.Channel.PHONE else "",
            )  # fmt: skip
            added += 1
        return added

    def _calls(self):
        officers = self.officers()
        there = (self.folder / "inspections.csv").exists()
        looks = {r["call"]: r["officers"].split() for r in self.rows("inspections.csv") if r["call"]} if there else {}
        anybody = get_user_model().objects.filter(can_hold_phone=True, can_lead=False).order_by("badge_no").first()
        known = dict(Complaint.objects.values_list("client_id", "pk"))
        added = 0
        for row in self.rows("calls.csv"):
            received_at = self.moment(row["received_at"])
            if not self.happened(received_at):
                continue
            shift = self.shift_row_at(received_at)
            phone_officer = officers[shift["phone_officer"]] if shift else anybody
            key = self._call_key(row["number"])
            if key not in known:
                self._register(row, key, by=phone_officer, at=received_at)
                added += 1
            second = shift["second_officer"] if shift else anybody.badge_no
            team = [officers[badge] for badge in looks.get(row["number"], [second])]
            self._handle(Complaint.objects.get(client_id=key), row, by=phone_officer, team=team)
        return added

    @staticmethod
    def _call_key(number):
        return uuid.uuid5(_KEYS, f"call {number}")

    def _register(self, row, key, *, by, at):
        topic = Topic.objects.get(slug=row["topic"])
        Complaint.objects.register(
            by=by, client_id=key, channel=Channel.objects.get(slug=row["channel"]), topic=topic, content=row["text"],
            venue=Venue.objects.standing().filter(licence_no=row["licence_no"]).first() if row["licence_no"] else None,
            place=row["place"], place_unclear=not row["place"], number=row["phone"], name=row["caller"],
            district=Division.objects.districts().filter(name=row["district"]).first(), received_at=at, recorded_at=at,
            ongoing="yes" if topic.about_a_place else "unknown", read_back_ok=True,
        )  # fmt: skip

    def _handle(self, complaint, row, *, by, team):
        """The steps of a call that have happened and that the complaint has not made yet. Signing was not recorded: the handling
        begins at the arrival; closed is answered."""
        steps = {name: self.moment(row[f"{name}_at"]) for name in ("dispatched", "arrived", "stopped", "answered")}

        def due(name, act):
            at = steps[name]
            return at if at and self.happened(at) and complaint.status in MOVES[act].sources else None

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

    def _inspections(self):
        officers = self.officers()
        patrols = Patrol.objects.in_bulk(field_name="number")
        alerts = {c.client_id: c.alert for c in Complaint.objects.exclude(alert=None).select_related("alert")}
        venues = {v.licence_no: v for v in Venue.objects.standing().exclude(licence_no="").select_related("category")}
        known = set(Inspection.objects.values_list("client_uuid", flat=True))
        added = 0
        for row in self.rows("inspections.csv"):
            key = uuid.uuid5(_KEYS, "|".join((row["licence_no"], row["venue"], row["observed_at"], row["officers"])))
            observed_at = self.moment(row["observed_at"])
            team = [officers[badge] for badge in row["officers"].split()]
            patrol = patrols.get(row["patrol"])
            if key not in known and self.happened(observed_at):
                Inspection.objects.record(
                    by=team[0], client_uuid=key, venue=venues.get(row["licence_no"]) or self._unlicensed(row, observed_at),
                    officers=team, observed_at=observed_at, result=row["result"], patrol=patrol, recorded_at=observed_at,
                    people_inside=int(row["people_inside"]) if row["people_inside"] else None,
                    alert=alerts.get(self._call_key(row["call"])) if row["call"] else None,
                )  # fmt: skip
                added += 1
            stopped_at = self.moment(row["stopped_at"])
            closing = uuid.uuid5(key, "stopped")
            if stopped_at and closing not in known and self.happened(stopped_at):
                violation = Inspection.objects.get(client_uuid=key).violations_opened.get()
                violation.stop(
                    by=team[0], officers=team, at=stopped_at, client_uuid=closing, patrol=patrol, recorded_at=stopped_at
                )
        return added

    def _groups(self):
        """The agencies' sheets, day by day, each taken in at the end of its day by who then held the telephone. One about which
        something is open waits among the imports, as on any morning."""
        added = 0
        for path in sorted(
            (self.folder / "groups").iterdir(), key=lambda path: (path.stem.partition("-")[2], path.name)
        ):
            day = parse_date(path.stem.partition("-")[2])
            moment = local_day(day + self.shift)[1] if day else self.at
            if not self.happened(moment):
                continue
            taken = mail.take(
                path.read_bytes(),
                path.name,
                by=self._phone_officer_at(moment),
                at=moment,
                shift=self.shift,
                channel="mail",
            )
            if taken.refused:
                raise Refused(f"{path.name}: {taken.refused}")
            added += taken.report is not None
        return added

    def _nil_returns(self):
        found = import_nil_returns(
            self.folder / "nil_returns.csv", by=self._phone_officer_at, shift=self.shift,
            until=self.at if self.recent else None,
        )  # fmt: skip
        if found.errors:
            raise Refused([f"nil_returns.csv {row}: {sentence}" for row, sentence in found.errors])
        return found.created

    def _phone_officer_at(self, moment):
        """Who held the telephone just before this moment, or None."""
        shift = self.shift_row_at(moment - datetime.timedelta(minutes=1))
        return get_user_model().objects.filter(badge_no=shift["phone_officer"]).first() if shift else None

    def _unlicensed(self, row, at):
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


def load_event(folder, *, recent=False, at=None):
    """Load the event of `folder` (see Event); returns {file name: rows added}."""
    return Event(folder, recent=recent, at=at).load()
