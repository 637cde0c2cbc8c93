"""`manage.py prove_restore FILE [--in-use] [--without-missing]`: rebuilds a backup beside what is in use, counts and hashes every table, changes nothing."""

from django.core.management.base import BaseCommand, CommandError

from enforcement.keeping.archive import Archive
from enforcement.keeping.proving import prove
from enforcement.keeping.running import alone


class Command(BaseCommand):
    help = "Proves that a backup is whole, unchanged and can be restored. --in-use: also that what is in use holds it."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a file that `backup` wrote")
        parser.add_argument(
            "--in-use",
            action="store_true",
            help="fail when the database or the files in use differ (right after a restore)",
        )
        parser.add_argument(
            "--without-missing", action="store_true", help="succeed though files were missing when the backup was made"
        )

    def handle(self, *args, file, in_use, without_missing, verbosity, **options):
        with Archive(file) as archive, alone("backup or restore"):
            proof = prove(archive)
            if not proof.stands:
                raise CommandError("Not proved: " + " ".join(proof.faults))
            if verbosity > 1:
                for table, said in archive.tables.items():
                    self.stdout.write(f"{table:<50} {said['rows']:>9} {said['content'][:16]}")
            self.stdout.write(
                f"Proved: rebuilt as of {archive.made_at:%Y-%m-%d %H:%M:%S}, {archive.rows} rows of {len(archive.tables)} tables "
                f"and {len(archive.files)} files, every count and every content hash the same."
            )
            if missing := archive.manifest["missing_files"]:
                told = f"Named by rows, and missing when the backup was made: {', '.join(missing)}"
                if not without_missing:
                    raise CommandError(f"{told}. Only what is in it is proved; --without-missing allows that.")
                self.stdout.write(told)
            if in_use and proof.differences:
                raise CommandError("What is in use is not the backup: " + " ".join(proof.differences))
            words = "differs from it in:" if proof.differences else "holds all of it."
            self.stdout.write(f"What is in use {words}")
            for sentence in proof.differences:
                self.stdout.write(f"  {sentence}")
