"""`manage.py import_sheets FILE --channel 12345 [--dry-run] [--json] [--by USER]`: a list of another hotline, each sheet once."""

import json
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from complaints.importing import rows as reading
from complaints.importing.applying import import_sheets, report_of, unreadable
from complaints.importing.planning import plan
from complaints.models import Channel
from venues.transitions import Refused


class Command(BaseCommand):
    help = "Imports the sheets of another hotline (.xlsx, or .csv in UTF-8 or GB18030). A second time changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--channel", default="12345", help="code name of the channel (12345)")
        parser.add_argument("--by", metavar="USER", help="the officer in whose name it is done")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args, file, channel, by, dry_run, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        channel = self._one(Channel, "channel", slug=channel)
        officer = self._one(get_user_model(), "officer", username=by) if by else None
        try:
            rows = reading.read(file, file.name)
            report = report_of(plan(rows, channel)) if dry_run else import_sheets(rows, channel=channel, by=officer)
        except Refused as refusal:
            if options["json"]:
                self._print(unreadable(refusal.sentence()))
            raise CommandError(refusal.sentence()) from refusal
        if options["json"]:
            self._print(report)
        else:
            self._tell(report)

    def _one(self, model, word, **key):
        found = model.objects.filter(**key).first()
        if found is None:
            raise CommandError(f"There is no {word} {next(iter(key.values()))}.")
        return found

    def _print(self, report):
        self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))

    def _tell(self, report):
        for found in report.findings:
            where = f"{found['sheet']} {found['row']} {found['column']}".strip()
            self.stderr.write(f"{where}: {found['level']}: {found['message']}")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in report.counts.items()))
