"""`manage.py anonymise_callers [--days N] [--dry-run]`: forgets callers whose complaints ended long ago."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from complaints.retention import forget


class Command(BaseCommand):
    help = "Anonymises callers of complaints that ended more than CALLER_KEPT_DAYS ago; removes old drafts and undecided lists."

    def add_arguments(self, parser):
        parser.add_argument(
            "--days", type=int, default=settings.CALLER_KEPT_DAYS, help="how long callers are kept after the end"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args, days, dry_run, **options):
        if days < 1:
            raise CommandError("Callers are kept for one day at least.")
        counts = forget(days=days, dry_run=dry_run)
        words = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(f"{words} (nothing was changed)" if dry_run else words)
