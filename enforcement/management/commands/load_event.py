"""`manage.py load_event DIR [--recent]`: loads the files of an event folder that are there."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from enforcement.event import load_event


class Command(BaseCommand):
    help = "Loads one event from the folder of its files; a second load changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--recent", action="store_true", help="move 2 February 2020 onto today, leave out what is later than now"
        )

    def handle(self, *args, folder, recent, **options):
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        for name, added in load_event(folder, recent=recent).items():
            self.stdout.write(f"{name}: {added} added")
