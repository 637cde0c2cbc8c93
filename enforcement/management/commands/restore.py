"""`manage.py restore FILE [--force] [--other-keys] [--no-backup]`: what a backup holds, in the place of what is there."""

from django.conf import settings
from django.core.management.base import BaseCommand

from enforcement.keeping.archive import Archive
from enforcement.keeping.restoring import restore
from enforcement.keeping.running import alone


class Command(BaseCommand):
    help = "Restores a backup as a whole or not at all; over a database with rows only with --force."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file that `backup` wrote")
        parser.add_argument(
            "--force", action="store_true", help="replace the rows that are there (they are backed up first)"
        )
        parser.add_argument("--no-backup", action="store_true", help="with --force: do not back up what is there first")
        parser.add_argument(
            "--other-keys", action="store_true", help="restore although the keys here are not those of the backup"
        )

    def handle(self, *args, file, force, no_backup, other_keys, **options):
        with Archive(file) as archive, alone("backup or restore"):
            keep_in = None if no_backup else settings.BACKUP_DIR
            kept, forgotten = restore(archive, force=force, other_keys=other_keys, keep_in=keep_in)
            if kept:
                self.stdout.write(f"What was there before is in {kept}")
            self.stdout.write(
                f"Restored as of {archive.made_at:%Y-%m-%d %H:%M:%S}: {archive.rows} rows, {len(archive.files)} files. "
                f"Forgotten, because it is due by now: {forgotten['callers']} callers, {forgotten['drafts']} drafts. "
                "Everybody signs in again. Accounts are as they were then: shut again those that were shut since."
            )
