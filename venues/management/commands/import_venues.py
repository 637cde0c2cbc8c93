"""`manage.py import_venues FILE`: a venue list into the registry; errors and undecided rows are left out and named."""

import json
import os
import sys
import tempfile
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from venues.importing import applying, working
from venues.importing.findings import as_report, finding
from venues.models import VenueImport
from venues.transitions import Refused
from venues.words import when

COUNTED = ("created", "changed", "same", "errors", "undecided")


class Command(BaseCommand):
    help = "Import a venue list (.xlsx, or .csv in UTF-8 or GB18030). With --json: one object on standard output."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="the list")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--json", action="store_true", help='print {"counts": …, "findings": […]} and nothing else')
        parser.add_argument("--again", action="store_true", help="import a file that was imported before")
        parser.add_argument("--by", metavar="USER", help="the officer in whose name it is done")
        parser.add_argument(
            "--run", type=int, metavar="ID", help="carry on with an uploaded import (used by the server)"
        )

    def handle(self, *args, file, dry_run, again, by, run, **options):
        if run is not None:
            return self._carry_on(run)
        if file is None:
            raise CommandError("Which file? manage.py import_venues FILE")
        officer = self._officer(by)
        try:
            known = None if again else applying.applied_before(file)
        except OSError as error:
            return self._fail(str(error), options)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            report = _Report(spool)
            try:
                if dry_run or known:
                    counts = self._rehearse(file, report)
                else:
                    counts = self._import(file, officer, report)
            except Refused as refused:
                return self._fail(refused.sentence(), options)
            if known:
                said = finding("same_file", was=when(known.applied_at))
                report.add("", 0, [said])
            self._tell(counts, report, options, done=not (dry_run or known))

    def _rehearse(self, file, report):
        plan = None
        for rows in self._pieces(file):
            if not isinstance(rows, list):
                plan = rows
                continue
            for row in rows:
                report.add(row.sheet, row.row, row.findings)
        for sheet, found in plan.notes:
            report.add(sheet, 0, [found])
        return plan.counts

    def _pieces(self, file):
        return applying.rehearse(file, file.name, progress=self._progress)

    def _import(self, file, officer, report):
        run = applying.import_file(file, file.name, by=officer, progress=self._progress, again=True)
        for note in run.notes:
            report.add(note["sheet"], 0, [note])
        for row in run.rows.exclude(level="").only("sheet", "row", "findings").iterator(chunk_size=2000):
            report.add(row.sheet, row.row, row.findings)
        return run.counts

    def _carry_on(self, pk):
        try:
            run = VenueImport.objects.get(pk=pk)
        except VenueImport.DoesNotExist as error:
            raise CommandError(f"There is no import {pk}.") from error
        pid = os.getpid()
        working.note(run, 0, pid=pid)
        working.carry_on(run, progress=lambda done: working.note(run, done, pid=pid))
        working.forget(run)

    def _officer(self, username):
        if not username:
            return None
        found = get_user_model().objects.filter(username=username).first()
        if found is None:
            raise CommandError(f"There is no officer {username}.")
        return found

    def _progress(self, done):
        if sys.stderr.isatty() or done % 10_000 == 0:
            self.stderr.write(_("%(n)s rows read") % {"n": f"{done:,}"}, ending="\n")

    def _tell(self, counts, report, options, *, done):
        counts = {name: counts.get(name, 0) for name in COUNTED}
        if options["json"]:
            self.stdout.write(f'{{"counts": {json.dumps(counts)}, "findings": [', ending="")
            report.copy_to(self.stdout)
            self.stdout.write("]}")
            return
        report.print_to(self.stderr)
        words = ", ".join(f"{name} {n:,}" for name, n in counts.items())
        nothing = _("nothing was changed")
        self.stdout.write(words if done else f"{words} ({nothing})")

    def _fail(self, sentence, options):
        if options["json"]:
            found = as_report("", 0, finding("unreadable", was=sentence))
            self.stdout.write(
                json.dumps({"counts": dict.fromkeys(COUNTED, 0), "findings": [found]}, ensure_ascii=False)
            )
        raise CommandError(sentence)


class _Report:
    """The findings, kept outside memory until they are printed."""

    def __init__(self, spool):
        self._spool, self._n = spool, 0

    def add(self, sheet, row, findings):
        for found in findings:
            self._spool.write("," * bool(self._n) + json.dumps(as_report(sheet, row, found), ensure_ascii=False) + "\n")
            self._n += 1

    def copy_to(self, out):
        self._spool.seek(0)
        for line in self._spool:
            out.write(line.rstrip("\n"), ending="")

    def print_to(self, out):
        self._spool.seek(0)
        for line in self._spool:
            found = json.loads(line.lstrip(","))
            place = f"{found['sheet']} {found['row']} {found['column']}".strip()
            out.write(f"[{found['level']}] {place}: {found['message']}")
