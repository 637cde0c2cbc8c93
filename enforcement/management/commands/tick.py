"""`manage.py tick [--dry-run]`: what is due by itself (retention, sweeping up, reminders in the log); run it every hour."""

from django.core.management.base import BaseCommand, CommandError

from enforcement.keeping.running import alone
from enforcement.keeping.ticking import tick


class Command(BaseCommand):
    help = "Forgets what is due, sweeps up, and puts reminders into the log. Can be repeated at any time."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args, dry_run, **options):
        with alone("tick"):
            done, failed = tick(dry_run=dry_run)
        words = ", ".join(f"{name} {count}" for name, count in done.items())
        self.stdout.write(f"{words} (nothing was changed)" if dry_run else words)
        if failed:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}.")
