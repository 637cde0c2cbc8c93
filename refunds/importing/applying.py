"""Taking a morning's mail of sheets: preview of a file, its one application, and a whole import in one go.

Applying is one transaction: the agency's row is locked, the preview is made anew under the lock, and only a sheet about which
nothing is open any more is written. What somebody else did since the page was shown refuses it (`TooLate`).
"""

import contextlib
import dataclasses
import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from refunds.importing.comparing import VANISHED, compare
from refunds.importing.reading import read_bytes
from refunds.models import AgencyReport, Renaming, TourGroup
from refunds.models.returns import locked_agency
from venues.transitions import Refused

_DATES = ("depart_on", "return_on", "promised_on")


def preview(content, name, *, answers=None, at=None, shift=None):
    """The Preview of a file (bytes). `shift`: whole days by which all of its dates are moved, for an event that is replayed."""
    sheet = read_bytes(content, name, answers=answers)
    if shift:
        sheet = _moved(sheet, shift)
    return compare(sheet, sha256=hashlib.sha256(content).hexdigest(), answers=answers, at=at)


def _moved(sheet, shift):
    lines = [
        dataclasses.replace(line, **{name: day + shift for name in _DATES if (day := getattr(line, name))})
        for line in sheet.lines
    ]
    return dataclasses.replace(sheet, as_of=sheet.as_of and sheet.as_of + shift, lines=tuple(lines))


def apply(content, name, *, by, answers=None, seen=None, channel="", upload=None, at=None, shift=None):
    """Enter a sheet as the return that it is: its report, a line for every group, the differences to the ledger. Returns the
    AgencyReport. Raises Refused while anything is open, TooLate when `seen` is no longer what the agency's page shows."""
    at = at or timezone.now()
    kept = []
    try:
        with transaction.atomic():
            found = preview(content, name, answers=answers, at=at, shift=shift)
            if found.agency is not None:
                locked_agency(found.agency, seen)
                found = preview(content, name, answers=answers, at=at, shift=shift)
            _refuse_open(found)
            report = _enter(found, content, name, by=by, channel=channel, at=at, kept=kept)
            if upload is not None:
                upload.applied(report, by=by, at=at)
            if by is not None:
                by.leave_trail("import", about=report, detail={"counts": found.counts}, at=at)
    except BaseException:
        for file in kept:  # the rows are rolled back, a file is not
            with contextlib.suppress(OSError):
                file.storage.delete(file.name)
        raise
    return report


def _refuse_open(found):
    if not found.ready:
        open_now = found.open
        cells = ", ".join(dict.fromkeys(one.cell for one in open_now if one.cell))[:200]
        raise Refused(
            _("%(n)s questions about this sheet are open (%(cells)s). Answer them first.")
            % {"n": len(open_now), "cells": cells}
        )


def _enter(found, content, name, *, by, channel, at, kept):
    sheet = found.sheet
    report = AgencyReport.objects.receive(
        by=by, agency=found.agency, as_of=sheet.as_of, content=content, file_name=name, channel=channel, at=at,
        late=found.late, informant=sheet.contact, phone=sheet.phone, declared=_declared(sheet),
    )  # fmt: skip
    kept.append(report.file)
    for row in found.rows:
        if row.action != VANISHED:
            _enter_row(report, row)
    return report


def _enter_row(report, row):
    """One group: its line as the sheet says it, and the difference to the ledger."""
    try:
        group = _group_of(report, row)
        group.note_line(by=report.received_by, at=report.received_at, report=report, cell=row.cell, **row.said)
        if set(row.ledger.values()) != {None}:
            how = {"cell": row.cell, "falling": row.falling, "late": row.late}
            group.declare_refunded(by=report.received_by, report=report, **row.ledger, **how)
    except Refused as refused:
        raise type(refused)(f"{row.cell}: {refused.sentence()}") from refused


def _group_of(report, row):
    if row.group is None:
        return TourGroup.objects.of_sheet(report.agency, row.line.group_no, row.said)
    if row.former:
        how = {"by": report.received_by, "at": report.received_at, "report": report}
        Renaming.objects.rename(row.group, row.number, **how)
    return TourGroup.objects.get(pk=row.group.pk)


def _declared(sheet):
    """What the total lines declare in all; with several lists, what they declare together."""
    names = {"groups": "groups", "heads": "people"}
    found = {}
    for figure in ("groups", "heads", "refunded_heads", "amount_due", "refunded_amount"):
        values = [getattr(totals, figure) for totals in sheet.totals]
        if values and None not in values:
            found[names.get(figure, figure)] = sum(values)
    return found
