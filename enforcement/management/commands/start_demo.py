"""`manage.py start_demo`: the demo's data and accounts, on an empty database only; prints who may sign in."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enforcement import demo
from enforcement.roles import role_name


class Command(BaseCommand):
    help = "Loads the event onto an empty database, makes the demo accounts, and prints them."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("The demo accounts have a published password: not in production.")
        if demo.start():
            self.stdout.write("The event of January 2020 was loaded, moved onto today.")
        if demo.accounts().exists():
            self.stdout.write(f"Demo accounts (password {settings.DEMO_PASSWORD}):")
            for officer in demo.accounts().prefetch_related("groups"):
                roles = ", ".join(str(role_name(g.name)) for g in officer.groups.all())
                self.stdout.write(f"  {officer.username:<10} {officer.name}  {roles}")
