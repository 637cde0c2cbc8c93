"""Applying a list of another hotline: in one transaction, each sheet once, however often and by however many it is imported."""

import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from complaints.importing import rows as reading
from complaints.importing.planning import counts, plan
from complaints.models import Channel, Complaint, Sheet
from venues.masking import without_numbers
from venues.transitions import Refused

_KEYS = uuid.UUID("a7a2f0be-5d0c-4f0a-9c57-0d0a6c1f5e21")  # namespace of the keys of the calls


@dataclass
class Report:
    """What an import did or would do. `counts` count rows; `findings` never hold a caller."""

    counts: dict = field(default_factory=lambda: counts([]))
    findings: list = field(default_factory=list)

    def as_dict(self):
        return {"counts": self.counts, "findings": self.findings}


def report_of(planned):
    """The Report of planned rows."""
    return Report(counts(planned), [found for one in planned for found in one.findings])


def unreadable(sentence):
    """The Report of a file that could not be read at all."""
    place = {"sheet": "", "row": 0, "column": ""}
    return Report(findings=[{**place, "level": "error", "code": "unreadable", "message": sentence}])


def read_bytes(content, name, *, at=None):
    """The rows of a list that is in memory; the file on the disk, of which the readers need one, is gone after it."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as file:
        file.write(content)
        file.flush()
        return reading.read(file.name, name, at=at)


@transaction.atomic
def import_sheets(rows, *, channel, by, at=None):
    """Bring these rows in; returns the Report. `by` is the officer, None for a command."""
    at = at or timezone.now()
    Channel.objects.select_for_update(no_key=True).get(
        pk=channel.pk
    )  # one import of a channel at a time; SQLite is so anyway
    planned = plan(rows, channel)
    begun = {}
    for one in planned:
        try:
            with transaction.atomic():
                _apply(one, begun, channel=channel, by=by, at=at)
        except Refused:
            one.action = "errors"
            one.row.find("refused")
    report = report_of(planned)
    trail = by if by is not None else get_user_model().objects
    trail.leave_trail("import", detail={"of": "sheets", "channel": channel.slug, **report.counts}, at=at)
    return report


def _apply(one, begun, *, channel, by, at):
    number = one.row.external_no
    if one.action == "created":
        begun[number] = complaint = _register(one, channel=channel, by=by, at=at)
        _keep(one, complaint, by=by, at=at)
    elif one.action == "changed":
        complaint = begun.get(number) or one.complaint
        if complaint is None:
            raise Refused(gettext("The first row of this number does not fit."))
        _add(one, complaint, _keep(one, complaint, by=by, at=at), by=by, at=at)


def _keep(one, complaint, *, by, at):
    """The Sheet of a row: its words, their deadline and reply."""
    row = one.row
    return Sheet.objects.create(
        channel=complaint.channel, external_no=row.external_no, content_hash=one.hash, complaint=complaint,
        content=without_numbers(row.content), reply=without_numbers(row.reply), deadline=row.deadline, imported_at=at,
        imported_by=by,
    )  # fmt: skip


def _register(one, *, channel, by, at):
    row = one.row
    return Complaint.objects.register(
        by=by, client_id=uuid.uuid5(_KEYS, f"{channel.slug}/{row.external_no}"), channel=channel, topic=one.topic,
        content=row.content, received_at=row.received_at, recorded_at=at, number=row.number, name=row.name,
        external_no=row.external_no, external_deadline=row.deadline, venue=one.venue, place=one.place,
        place_unclear=not (one.venue or one.place), district=one.district, kind=one.kind,
    )  # fmt: skip


def _add(one, complaint, sheet, *, by, at):
    """Another text under a known number: on the timeline, with the new words; nothing of the complaint is overwritten but the
    deadline, which is theirs."""
    row = one.row
    before = complaint.sheets.exclude(pk=sheet.pk).first()
    said = [before.content if before else complaint.content]
    parts = [row.content] if without_numbers(row.content) not in said else []
    if row.reply and (before is None or without_numbers(row.reply) != before.reply):
        parts.append(gettext("Reply on the sheet: %(reply)s") % {"reply": row.reply})
    new_deadline = row.deadline if row.deadline and row.deadline != complaint.external_deadline else None
    if new_deadline:
        parts.append(
            gettext("Deadline: %(time)s") % {"time": timezone.localtime(new_deadline).strftime("%Y-%m-%d %H:%M")}
        )
    text = without_numbers("\n".join(parts) or gettext("The sheet came again with other particulars."))
    data = {"sheet": sheet.pk}
    if new_deadline:
        complaint.external_deadline_set(by=by, deadline=new_deadline, data=data, text=text, at=at)
    else:
        complaint._note("note", by=by, at=at, text=text, data=data)
