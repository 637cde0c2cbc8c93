"""A morning's mail: file after file is entered when nothing about it is open, and kept for its answers when something is."""

import contextlib
import hashlib
from dataclasses import dataclass

from django.db import transaction

from refunds.importing import applying
from refunds.models import ReturnUpload
from venues.transitions import Refused


@dataclass
class Taken:
    """What became of one file: entered (`report`), waiting for answers (`upload`), or not readable (`refused`: why)."""

    name: str
    preview: object = None
    report: object = None
    upload: object = None
    refused: str = ""


def take(content, name, *, by=None, channel="", at=None, shift=None):
    """Take one file; returns a Taken."""
    try:
        found = applying.preview(content, name, at=at, shift=shift)
        if found.ready:
            how = {"by": by, "channel": channel, "at": at, "shift": shift}
            return Taken(name, found, report=applying.apply(content, name, seen=found.seen, **how))
    except Refused as refused:
        return Taken(name, refused=refused.sentence())
    if any(one.code == "same_file" for one in found.problems):
        return Taken(name, found)
    return Taken(name, found, upload=waiting(content, name, by=by, channel=channel, at=at))


def waiting(content, name, *, by=None, channel="", at=None):
    """The upload of this file that waits for answers; kept once, however often it is sent."""
    known = ReturnUpload.objects.waiting().filter(sha256=hashlib.sha256(content).hexdigest()).first()
    return known or ReturnUpload.objects.keep(by=by, content=content, file_name=name, channel=channel, at=at)


@contextlib.contextmanager
def rehearsal():
    """Everything inside is done and then undone; append to what it yields the Takens whose files must go, too."""
    done = []
    try:
        with transaction.atomic():
            yield done
            transaction.set_rollback(True)
    finally:
        for taken in done:
            for row in (taken.report, taken.upload):
                if row is not None and row.file:
                    row.file.storage.delete(row.file.name)
