"""Applying an import in one transaction: reads the file anew, makes the plan anew, and writes it.

So nothing is written that nobody saw: where the registry changed under the preview, the new plan differs from the kept rows,
everything is rolled back, and the preview is made again.
"""

import hashlib
from itertools import zip_longest
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from venues.importing import guards, writing
from venues.importing.planning import Action, Decided, Plan
from venues.models import VenueImport

_SHOWN = ("sheet", "row", "action", "venue_id", "changes", "values", "scope_before", "scope_after")
State = VenueImport.State


class Stale(Exception):
    """The plan is another one than the officer saw; the argument is the number of rows that differ."""


def sha256(file):
    """The SHA-256 of an open binary file, as hex; the file stands at its start afterwards."""
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def receive(file, name, *, by=None, at=None):
    """Keep an uploaded file (open, binary) under a generated name and return its VenueImport, waiting to be read.

    `guards.look` has found it sound before."""
    run = VenueImport(
        file_name=name[-200:],
        sha256=sha256(file),
        uploaded_by=by,
        uploaded_at=at or timezone.now(),
        state=State.WAITING,
    )
    ending = ".xlsx" if file.read(2) == b"PK" else ".csv"
    file.seek(0)
    run.file.save(f"{run.sha256[:24]}{ending}", File(file), save=False)
    run.save()
    return run


def look_at(run):
    return guards.look(run.file.path, run.file_name)


def read(run, *, at=None, progress=None):
    """Read the file and keep the plan as the rows of the preview. Answers and decisions given before hold."""
    decisions = _decisions(run)
    with transaction.atomic():
        run.rows.all().delete()
        plan = _plan(run, decisions=decisions, at=at, progress=progress)
        for rows in plan.pieces():
            writing.keep(run, rows)
        _conclude(run, plan, state=State.PREVIEW)


def apply(run, *, at=None, progress=None):
    """Apply a previewed import that `run.start_applying` has taken. Raises Stale, with nothing written, when the plan is no
    longer the one that was shown."""
    decisions = _decisions(run)
    with transaction.atomic():
        writing.freeze_registry()
        plan = _plan(run, decisions=decisions, at=at, progress=progress)
        last = 0
        for rows in plan.pieces():
            shown = list(run.rows.filter(pk__gt=last).order_by("pk")[: len(rows)])
            different = sum(not _same(row, seen) for row, seen in zip_longest(rows, shown))
            if different:
                raise Stale(different)
            last = shown[-1].pk
            _write(rows, run)
            plan.know(rows)
            for row, seen in zip(rows, shown, strict=True):
                seen.venue_id = row.venue_id
            writing.link(seen for seen in shown if seen.action == Action.CREATE)
        if run.rows.filter(pk__gt=last).exists():
            raise Stale(1)
        _finish(run, plan)


def applied_before(path):
    """The import that applied exactly this file, or None."""
    with open(path, "rb") as file:
        return VenueImport.objects.same_file(sha256(file)).filter(state=State.APPLIED).first()


def import_file(path, name="", *, by=None, at=None, progress=None, again=False):
    """Import a file in one go, as the command does: what can be imported is, errors and undecided rows are left out.

    Returns the applied VenueImport; for a file that was applied before, unless `again`, that import with counts that say
    that nothing was done. Raises Refused when the file cannot be read."""
    at = at or timezone.now()
    found = guards.look(path, name)
    known = None if again else applied_before(path)
    if known is not None:
        known.counts = dict.fromkeys(known.counts, 0) | {Action.SAME.value: sum(known.counts.values())}
        return known
    with transaction.atomic():
        writing.freeze_registry()
        with open(path, "rb") as file:
            run = receive(file, name or Path(path).name, by=by, at=at)
        try:
            run.file_rows, run.applied_by, run.applied_at = found.rows, by, at
            plan = Plan(path, found, at=at, progress=progress)
            for rows in plan.pieces():
                _write(rows, run)
                plan.know(rows)
                writing.keep(run, rows)
            _finish(run, plan)
        except BaseException:
            run.file.delete(save=False)  # the rows are rolled back, a file is not
            raise
    return run


def rehearse(path, name="", *, at=None, progress=None):
    """The plan of a file, with nothing written: yields its VenueImportRows piece by piece, and the Plan at last."""
    plan = Plan(path, guards.look(path, name), at=at, progress=progress)
    yield from plan.pieces()
    yield plan


def _decisions(run):
    """What officers decided about single rows."""
    return {
        (row.sheet, row.row): Decided(
            row.decision, row.venue_id if row.decision == "venue" else None, row.decided_by_id
        )
        for row in run.rows.exclude(decision="")
    }


def _plan(run, *, decisions, at, progress):
    return Plan(run.file.path, look_at(run), answers=run.answers, decisions=decisions, at=at, progress=progress)


def _same(row, seen):
    return row is not None and seen is not None and all(getattr(row, name) == getattr(seen, name) for name in _SHOWN)


def _write(rows, run):
    """Make and change the venues of these planned rows; rows that made one get it."""
    who = {"by": run.applied_by, "at": run.applied_at, "why": run.history_reason}
    made = [row for row in rows if row.action == Action.CREATE]
    for row, pk in zip(made, writing.create([row.values for row in made], **who), strict=True):
        row.venue_id = pk
    changes = {
        row.venue_id: {field: new for field, (_old, new) in row.changes.items()}
        for row in rows
        if row.action == Action.CHANGE
    }
    if changes:
        writing.update(changes, **who)


def _finish(run, plan):
    _conclude(run, plan, state=State.APPLIED)
    if run.applied_by is not None:
        run.applied_by.leave_trail("import", about=run, detail={"counts": dict(plan.counts)}, at=run.applied_at)


def _conclude(run, plan, *, state):
    run.counts = dict(plan.counts)
    run.questions = {kind: dict(found) for kind, found in plan.questions.items()}
    run.notes = [{"sheet": sheet, **found} for sheet, found in plan.notes]
    run.missing = plan.missing()
    run.state, run.problem = state, ""
    run.save()


def stale_sentence(n):
    """What an officer is told whose preview was overtaken; `n` rows of the first piece that differs."""
    said = ngettext(
        "The registry changed under this preview: at least %(n)s row would do something else now. Check it once more.",
        "The registry changed under this preview: at least %(n)s rows would do something else now. Check it once more.",
        n,
    )
    return said % {"n": n}
