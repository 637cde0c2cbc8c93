"""`manage.py compile_messages`: compiles the translations without gettext on the machine."""

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles every .po of the project into its .mo."
    requires_system_checks = []

    def handle(self, *args, verbosity, **options):
        for folder in settings.LOCALE_PATHS:
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
                if verbosity:
                    self.stdout.write(f"{source.relative_to(settings.BASE_DIR)} compiled")
