"""`manage.py import_officers FILE [--dry-run] [--json]`: accounts from a list (xlsx or csv), idempotent by badge number."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from enforcement.importing import import_officers, read_officers, unreadable
from enforcement.models import Officer
from venues.transitions import Refused


class Command(BaseCommand):
    help = "Imports a list of officers: badge_no, name, kind, group_or_county, phone, certificate_no."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--by", metavar="USER", help="the officer in whose name it is done")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args, file, dry_run, by, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        officer = Officer.objects.filter(username=by).first() if by else None
        if by and officer is None:
            raise CommandError(f"There is no account {by}.")
        try:
            report = import_officers(read_officers(file, file.name), by=officer, dry_run=dry_run)
        except Refused as refusal:
            if options["json"]:
                self._print(unreadable(refusal.sentence()))
            raise CommandError(refusal.sentence()) from refusal
        if options["json"]:
            self._print(report)
        else:
            self._tell(report)

    def _print(self, report):
        self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))

    def _tell(self, report):
        for found in report.findings:
            where = f"{found['sheet']} {found['row']}".strip()
            self.stdout.write(f"{where} {found['column']}: {found['level']}: {found['message']}")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in report.counts.items()))
