"""`manage.py import_divisions FILE`: code, name and parent of the city, its districts and their streets."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from venues.importing.divisions import COUNTED, import_divisions
from venues.importing.findings import as_report, finding
from venues.transitions import Refused


class Command(BaseCommand):
    help = "Import divisions (.csv or .xlsx with code, name, parent). Adds and changes, never deletes."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the list")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--json", action="store_true", help='print {"counts": …, "findings": […]} and nothing else')

    def handle(self, *args, file, dry_run, **options):
        try:
            counts, findings = import_divisions(file, file.name, dry_run=dry_run)
        except (Refused, OSError) as error:
            sentence = error.sentence() if isinstance(error, Refused) else str(error)
            if options["json"]:
                said = as_report("", 0, finding("unreadable", was=sentence))
                self._print({"counts": dict.fromkeys(COUNTED, 0), "findings": [said]})
            raise CommandError(sentence) from error
        if options["json"]:
            self._print({"counts": counts, "findings": findings})
            return
        for found in findings:
            self.stderr.write(f"[{found['level']}] {found['sheet']} {found['row']}: {found['message']}")
        self.stdout.write(", ".join(f"{name} {n}" for name, n in counts.items()))

    def _print(self, report):
        self.stdout.write(json.dumps(report, ensure_ascii=False))
