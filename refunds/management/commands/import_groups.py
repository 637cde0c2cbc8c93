"""`manage.py import_groups FILE…`: the agencies' sheets into the ledger; whatever is in question waits for a person."""

import contextlib
import json
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from refunds.figures import refund_figures
from refunds.importing import mail
from refunds.importing.problems import LEVEL_NAMES
from refunds.importing.sheets import ERROR, NOTE
from refunds.importing.showing import preview_as_dict
from venues.importing import guards
from venues.moments import parse_as_of
from venues.transitions import Refused


class Command(BaseCommand):
    help = (
        "Enter agencies' sheets of groups (.xlsx or .csv), one after the other. A sheet about which anything is in question "
        "is kept and changes nothing. With --json: one object on standard output."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the sheets as the agencies sent them")
        parser.add_argument(
            "--as-of",
            metavar="DATE",
            help="the moment of the board that is printed: 2020-02-01T00:00+08:00; a date is its end",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--json", action="store_true", help='print {"files": …, "board": …} and nothing else')
        parser.add_argument("--by", metavar="USER", help="the officer in whose name it is done")

    def handle(self, *args, files, as_of, dry_run, by, **options):
        try:
            as_of = parse_as_of(as_of) if as_of else timezone.now()
        except Refused as refused:
            raise CommandError(refused.sentence()) from refused
        officer = self._officer(by)
        with mail.rehearsal() if dry_run else contextlib.nullcontext([]) as done:
            for path in files:
                done.append(self._take(path, officer))
            board = refund_figures(as_of)
        found = [_as_dict(taken, dry_run) for taken in done]
        if options["json"]:
            told = {"dry_run": dry_run, "as_of": as_of.isoformat(), "files": found, "board": board}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._print(found, board, dry_run)
        if unreadable := [taken.name for taken in done if taken.refused]:
            raise CommandError(_("Not read: %(names)s") % {"names": ", ".join(unreadable)})

    @staticmethod
    def _take(path, officer):
        try:
            guards.check_size(path.stat().st_size)
            return mail.take(path.read_bytes(), path.name, by=officer)
        except OSError as error:
            return mail.Taken(path.name, refused=str(error))
        except Refused as refused:
            return mail.Taken(path.name, refused=refused.sentence())

    @staticmethod
    def _officer(username):
        found = get_user_model().objects.filter(username=username).first() if username else None
        if username and found is None:
            raise CommandError(f"There is no officer {username}.")
        return found

    def _print(self, found, board, dry_run):
        for one in found:
            self.stdout.write(
                f"{one['file']}: {one['state']} {one['agency']} {one['as_of'] or ''} {_counts(one['counts'])}".rstrip()
            )
            for told in one["problems"]:
                if told["severity"] != NOTE:
                    self.stderr.write(f"[{told['word']}] {one['file']} {told['cell']}: {told['message']}")
        names = ("agencies", "with_groups", "nil_returns", "silent", "groups", "people")
        self.stdout.write(", ".join(f"{name} {board[name]}" for name in names))
        for status in ("refunded", "part_refunded", "cancelled_unpaid"):
            self.stdout.write(f"{status}: {_counts({k: v for k, v in board[status].items() if isinstance(v, int)})}")
        if dry_run:
            self.stdout.write(_("nothing was changed"))


def _as_dict(taken, dry_run):
    """What became of one file: "state" is entered, waiting, known (imported before) or unreadable."""
    if taken.preview is None:
        problem = {"key": "", "cell": "", "code": "unreadable", "severity": ERROR, "word": str(LEVEL_NAMES[ERROR])}
        said = {"agency": "", "licence_no": "", "as_of": None, "ready": False, "counts": {}, "rows": []}
        said["problems"] = [problem | {"message": taken.refused, "typed": False, "choices": []}]
        state = "unreadable"
    else:
        said = preview_as_dict(taken.preview)
        state = "entered" if taken.report else "waiting" if taken.upload else "known"
    upload = str(taken.upload.pk) if taken.upload and not dry_run else None
    return {"file": taken.name, "state": state, "applied": state == "entered" and not dry_run, "upload": upload, **said}


def _counts(counts):
    return ", ".join(f"{name} {n}" for name, n in counts.items())
