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
from complaints.models import Caller, Channel, Complaint, Sheet
from complaints.workflow import OPEN
from venues.masking import without_numbers
from venues.secrets import decrypt, number_hash
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
        imported_by=by, nth=Sheet.objects.filter(channel=complaint.channel, external_no=row.external_no).count() + 1,
        news=one.is_news,
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
    """Another text under a known number: new words and another caller are a further call, of the complaint into which it was merged
    if that is open; a reply and a deadline go on the timeline. Nothing of the complaint is overwritten but the deadline, which
    is theirs, as long as it is open."""
    row = one.row
    before = complaint.sheets.filter(nth__lt=sheet.nth).order_by("-nth").first()
    words = row.content if without_numbers(row.content) != (before or complaint).content else ""
    if words or _is_other_caller(row, complaint):
        _call(row, complaint, sheet, words, by=by, at=at)
        complaint.refresh_from_db()
    parts = []
    if row.reply and (before is None or without_numbers(row.reply) != before.reply):
        parts.append(gettext("Reply on the sheet: %(reply)s") % {"reply": row.reply})
    new_deadline = row.deadline if row.deadline and row.deadline != complaint.external_deadline else None
    if new_deadline:
        parts.append(
            gettext("Deadline: %(time)s") % {"time": timezone.localtime(new_deadline).strftime("%Y-%m-%d %H:%M")}
        )
    text, data = without_numbers("\n".join(parts)), {"sheet": sheet.pk}
    if new_deadline and complaint.status in OPEN:
        complaint.external_deadline_set(by=by, deadline=new_deadline, data=data, text=text, at=at)
    elif text or not complaint.events.filter(data__sheet=sheet.pk).exists():
        text = text or gettext("The sheet came again with other particulars.")
        complaint._note("note", by=by, at=at, text=text, data=data)


def _is_other_caller(row, complaint):
    """Whether the row names a caller who is not yet one of the complaint's: a corrected number or name is another one."""
    if not (row.number or row.name):
        return False
    hashed = number_hash(row.number)
    same = [caller for caller in Caller.objects.of(complaint) if caller.number_hash == hashed]
    return row.name not in [decrypt(caller.name_cipher) for caller in same]


def _call(row, complaint, sheet, words, *, by, at):
    """Append the further call; its caller is owed an answer of his own."""
    merged_into = complaint.parent
    target = merged_into if merged_into is not None and merged_into.status in OPEN else complaint
    said = {
        "by": by, "client_id": uuid.uuid5(_KEYS, f"{complaint.channel.slug}/{row.external_no}/{sheet.nth}"),
        "channel": complaint.channel, "number": row.number, "name": row.name, "text": words, "data": {"sheet": sheet.pk},
        "at": row.received_at if row.received_at > complaint.received_at else at, "recorded_at": at,
    }  # fmt: skip
    target.add_call(**said) if target.status in OPEN else target.append_call(**said)
