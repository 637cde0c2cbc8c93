"""`manage.py backup [--to DIR] [--without-missing]`: one sealed file with every row and every uploaded file, made while the server runs."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enforcement.keeping.backing_up import back_up, total
from enforcement.keeping.running import alone


class Command(BaseCommand):
    help = "Backs up the database and the uploaded files while the server runs. The keys are not in the backup."

    def add_arguments(self, parser):
        parser.add_argument("--to", default=str(settings.BACKUP_DIR), help="the folder (BACKUP_DIR when left out)")
        parser.add_argument(
            "--without-missing", action="store_true", help="succeed though files that rows name are not there"
        )

    def handle(self, *args, to, without_missing, **options):
        with alone("backup or restore"):
            path, manifest = back_up(to)
        tables = manifest["tables"]
        self.stdout.write(f"{path}: {total(manifest)} rows of {len(tables)} tables, {len(manifest['files'])} files.")
        self.stdout.write(
            "The keys are not in it: keep SECRET_KEY (in development .secret-key), CALLER_KEYS and CALLER_HASH_KEY elsewhere. "
            "Without them no caller can be read. Sessions are not in it either: after a restore everybody signs in again."
        )
        if manifest["foreign_tables"]:
            self.stderr.write(f"Tables that are none of ours were left out: {', '.join(manifest['foreign_tables'])}")
        if missing := manifest["missing_files"]:
            told = f"Named by rows but not there: {', '.join(missing)}"
            if not without_missing:  # a timer sends on what fails, and reads nothing else
                raise CommandError(
                    f"{told}. The backup was written without them. Is DATA_DIR ({settings.DATA_DIR}) the folder of the uploaded "
                    "files? Those that are lost for good are allowed with --without-missing."
                )
            self.stderr.write(told)
