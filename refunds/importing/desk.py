"""The desk on which a morning's mail lies: what each file would do, keeping what came, entering in one press what asks nothing."""

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from refunds.importing import applying, mail, nil_returns
from refunds.importing.comparing import ACTIONS
from refunds.importing.problems import answers_of, sentence
from refunds.importing.sheets import ERROR
from refunds.models import AgencyReport, ReturnUpload
from venues.transitions import Refused, TooLate

logger = logging.getLogger(__name__)
KEPT, HERE, KNOWN, UNREADABLE = "kept", "here", "known", "unreadable"


@dataclass
class Came:
    """What became of one file that was dropped: kept (`upload`), here already (`upload`), entered before, or not readable;
    `why` says the latter two."""

    name: str
    state: str
    upload: object = None
    why: str = ""


@dataclass
class Lying:
    """A file that waits, and what it would do: the `preview` of a sheet, or the rows of a list of nil returns (`nil`); `refused`
    says why neither can be made."""

    upload: object
    preview: object = None
    nil: list = field(default_factory=list)
    refused: str = ""

    @property
    def agency(self):
        return self.preview and self.preview.agency

    @property
    def name(self):
        """Whose it is, as far as it is known."""
        return self.agency.name if self.agency else self.preview.sheet.agency if self.preview else ""

    @property
    def as_of(self):
        return self.preview.sheet.as_of if self.preview else next((row.as_of for row in self.nil if row.as_of), None)

    @property
    def counts(self):
        if self.preview:
            return self.preview.counts
        found = Counter(row.action for row in self.nil)
        return {action: found[action] for action in ACTIONS}

    @property
    def open(self):
        """How many things wait for a person."""
        if self.refused:
            return 1
        return len(self.preview.open) if self.preview else self.counts["errors"] or int(not self.counts["new"])

    @property
    def ready(self):
        """Whether it can be entered without another word."""
        return not self.refused and (self.preview.ready if self.preview else not self.open)

    @property
    def order(self):
        """Agency by agency, the older day first: so that two who enter many at once never wait for each other."""
        return (self.agency.pk if self.agency else 0, str(self.as_of or ""), str(self.upload.pk))


def look(upload, *, answers=None, at=None):
    """The Lying of an upload, made anew from its file."""
    try:
        content = content_of(upload)
        if nil_returns.is_list(content):
            return Lying(upload, nil=nil_returns.look(content, at=at))
        given = upload.answers if answers is None else answers
        return Lying(upload, preview=applying.preview(content, upload.file_name, answers=given, at=at))
    except Refused as refused:
        return Lying(upload, refused=refused.sentence())


def content_of(upload):
    try:
        with upload.file.open("rb") as file:
            return file.read()
    except OSError as error:
        raise Refused(_("The file is not on the disk any more. Upload it again.")) from error


def receive(name, content, *, by, channel="", at=None):
    """Keep one file that was dropped, unless it was entered before or nobody can read it. Returns a Came."""
    sha256 = hashlib.sha256(content).hexdigest()
    if known := ReturnUpload.objects.waiting().filter(sha256=sha256).first():
        return Came(name, HERE, known)
    if report := AgencyReport.objects.filter(sha256=sha256).select_related("received_by").first():
        return Came(name, KNOWN, why=report._already())
    try:
        _refuse_hopeless(name, content, at)
    except Refused as refused:
        return Came(name, UNREADABLE, why=refused.sentence())
    return Came(name, KEPT, mail.waiting(content, name, by=by, channel=channel, at=at))


def _refuse_hopeless(name, content, at):
    """Raise Refused where the file holds nothing that could be asked about."""
    if nil_returns.is_list(content):
        nil_returns.look(content, at=at)
        return
    found = applying.preview(content, name, at=at)
    if found.sheet.lines and "too_many_lines" not in {one.code for one in found.problems}:
        return
    for one in found.problems:
        if one.severity == ERROR and not answers_of(one.code):
            raise Refused(f"{one.cell} {sentence(one.code, one.params)}".strip())


def enter(upload, *, by, answers=None, seen=None, at=None):
    """Enter one upload as what it is: a return with its groups, or nil returns. Returns (the report or None, how many returns)."""
    content = content_of(upload)
    if nil_returns.is_list(content):
        with transaction.atomic():
            entered = nil_returns.enter(content, by=by, channel=upload.channel, at=at)
            upload.applied(None, by=by, at=at)
            by.leave_trail("import", about=upload, detail={"nil_returns": entered}, at=at)
        return None, entered
    given = upload.answers if answers is None else answers
    return applying.apply(
        content, upload.file_name, by=by, answers=given, seen=seen, channel=upload.channel, upload=upload, at=at
    ), 1  # fmt: skip


def enter_ready(keys, *, by, at=None):
    """Enter those of these uploads that ask nothing, the older sheet of an agency first. Each file is a transaction of its own: one
    that fails, whatever the cause, does not undo the others. Returns (how many returns were entered, [(upload, why not)], how many
    somebody else had decided before)."""
    lying = [look(upload, at=at) for upload in ReturnUpload.objects.waiting().filter(pk__in=keys)]
    entered, left, gone = 0, [], len(set(keys)) - len(lying)
    for one in sorted(lying, key=lambda one: one.order):
        try:
            found = _enter_waiting(one.upload.pk, by=by, at=at)
            entered, gone = entered + (found or 0), gone + (found is None)
        except Refused as refused:
            left.append((one.upload, refused.sentence()))
        except Exception:  # a mistake of the program, or of this one file: the others are not to wait for its mending
            logger.exception("The return of file %s could not be entered.", one.upload.pk)
            left.append(
                (
                    one.upload,
                    _("A mistake of the program kept it back. Nothing of this file was entered; it waits here."),
                )
            )
    return entered, left, gone


@transaction.atomic
def _enter_waiting(key, *, by, at):
    """How many returns the upload of this key was entered as; None when somebody else decided it meanwhile."""
    upload = ReturnUpload.objects.waiting().select_for_update(no_key=True).filter(pk=key).first()
    return None if upload is None else enter(upload, by=by, at=at)[1]


@transaction.atomic
def enter_seen(upload, *, by, seen, answered, at=None):
    """Enter one upload as its page showed it: `seen` of its preview, `answered` the mark of the answers on which it was made.
    Raises TooLate where either is no longer so."""
    now = ReturnUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if now.state != ReturnUpload.State.WAITING:
        raise TooLate(now._who_was_first())
    if answered != mark_of_answers(now.answers):
        raise TooLate(_("Somebody else answered questions about this file. Look at it once more, then apply it."))
    return enter(now, by=by, seen=seen, at=at)


def mark_of_answers(answers):
    return hashlib.sha256(repr(sorted(answers.items())).encode()).hexdigest()[:16]
