"""Reading and applying: at once for a short list, in a process of its own for a long one, with its progress in a small file.

What a transaction writes nobody else sees before its end, so the progress stands beside the database and not in it.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from venues.importing import applying
from venues.models import VenueImport
from venues.transitions import Refused

State = VenueImport.State
log = logging.getLogger(__name__)
_started = []  # our own processes; asked for their end now and then, so that none stays a zombie


def is_long(run):
    return run.file_rows > settings.IMPORT_INLINE_ROWS


def read(run):
    """Have a waiting import read: now when it is short, else by a process that starts when this transaction is through."""
    if is_long(run):
        transaction.on_commit(lambda: start(run))
    else:
        carry_on(run)


def apply(run, *, by, at=None):
    """Apply a previewed import, likewise. Raises TooLate when somebody else took it."""
    with transaction.atomic():
        run.start_applying(by=by, at=at)
        if is_long(run):
            transaction.on_commit(lambda: start(run))
        else:
            carry_on(run)


def start(run):
    """Start the process; its progress file says at once that it is on its way."""
    note(run, 0, pid=None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_venues", "--run", str(run.pk)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, cwd=settings.BASE_DIR
    )
    _started.append(process)
    note(run, 0, pid=process.pid)
    return process


def carry_on(run, *, progress=None):
    """Do what the import waits for: read it, or apply it. Whatever goes wrong becomes its `problem`, in words."""
    if run.state in (State.WAITING, State.READING):
        _read(run, progress)
    elif run.state == State.APPLYING:
        _apply(run, progress)


def _read(run, progress):
    run._move([State.WAITING, State.READING], State.READING)
    try:
        applying.read(run, progress=progress)
    except Refused as refused:
        run._move(State.READING, State.FAILED, problem=refused.sentence())
    except DatabaseError:
        raise
    except Exception:
        log.exception("import %s could not be read", run.pk)
        run._move(State.READING, State.FAILED, problem=_("The file could not be read. Tell the administrator."))


def _apply(run, progress):
    try:
        applying.apply(run, at=run.applied_at, progress=progress)
    except applying.Stale as stale:
        read_again(run, problem=applying.stale_sentence(stale.args[0]), progress=progress)


def read_again(run, *, problem, progress=None):
    """Back to the preview, made anew, with the sentence that says why."""
    run._move(State.APPLYING, State.READING, applied_by=None, applied_at=None)
    applying.read(run, progress=progress)
    VenueImport.objects.filter(pk=run.pk).update(problem=problem)
    run.problem = problem


def rescue(run):
    """An import whose process died goes back to where it was; returns whether it did. Its transaction was rolled back."""
    if run.state not in (State.WAITING, State.READING, State.APPLYING) or not is_long(run) or alive(run):
        return False
    problem = _("The work on this import was cut off. Start it again.")
    if run.state == State.APPLYING:
        changed = VenueImport.objects.filter(pk=run.pk, state=State.APPLYING)
        return bool(changed.update(state=State.PREVIEW, applied_by=None, applied_at=None, problem=problem))
    changed = VenueImport.objects.filter(pk=run.pk, state__in=[State.WAITING, State.READING])
    return bool(changed.update(state=State.FAILED, problem=problem))


# --- progress -------------------------------------------------------------------------------------------------------------


def _path(run):
    return Path(default_storage.path(f"imports/progress/{run.pk}.json"))


def note(run, done, *, pid):
    """Write how far the work is; whole or not at all."""
    path = _path(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"done": done, "pid": pid, "at": timezone.now().timestamp()}))
    os.replace(fresh, path)


def progress(run):
    """{"done": rows, "pid": process or None, "at": when, in seconds} or None when nothing was noted."""
    with contextlib.suppress(OSError, ValueError):
        return json.loads(_path(run).read_text())
    return None


def alive(run):
    """Whether the process at work on this import still is."""
    said = progress(run)
    if said is None:  # the transaction that starts it is just through, or it was never started
        return (timezone.now() - (run.applied_at or run.uploaded_at)).total_seconds() < 30
    if said["pid"] is None:
        return timezone.now().timestamp() - said["at"] < 30
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        os.kill(said["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:  # the ended child of another server process
        return Path(f"/proc/{said['pid']}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def forget(run):
    with contextlib.suppress(OSError):
        _path(run).unlink()
