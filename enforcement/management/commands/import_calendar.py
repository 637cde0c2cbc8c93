"""Take holidays and make-up workdays from a .csv: `manage.py import_calendar data/calendar.csv`. Again changes nothing."""

from django.core.management.base import BaseCommand, CommandError

from enforcement.duty.calendars import read, take_in
from enforcement.models import Officer
from venues.transitions import Refused


class Command(BaseCommand):
    help = "Take holidays and make-up workdays from a .csv with the columns date, kind, name, basis."

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="read and check the file, change nothing")

    def handle(self, *, file, dry_run, **options):
        try:
            days = read(file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except Refused as refused:
            raise CommandError(f"{file}: {refused.sentence()}") from None
        if dry_run:
            self.stdout.write(f"{len(days)} days read, nothing changed")
            return
        counts = take_in(days)
        if counts["created"] or counts["changed"]:
            Officer.objects.leave_trail("calendar_change", detail={"counts": counts})
        self.stdout.write(", ".join(f"{name} {n}" for name, n in counts.items()))
