"""`manage.py figures --as-of ISO [--order NO] [--json]`: prints what `enforcement.figures` says."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enforcement.catalogue import described
from enforcement.figures import figures
from enforcement.figures_json import as_json
from venues.models import ClosureOrder
from venues.moments import parse_as_of
from venues.transitions import Refused


class Command(BaseCommand):
    help = "Prints the figures as of a moment."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", default="", help="ISO 8601; a naive time is local; now when left out")
        parser.add_argument("--order", default="", help="the number of a closure order; else the latest in force")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output and nothing else")

    def handle(self, *args, as_of, order, **options):
        try:
            moment = parse_as_of(as_of) if as_of else timezone.now()
        except Refused as error:
            raise CommandError(error.sentence()) from error
        chosen = None
        if order:
            chosen = ClosureOrder.objects.filter(number=order, activated_at__isnull=False).first()
            if chosen is None:
                raise CommandError(f"There is no closure order {order}.")
        found = figures(moment, order=chosen)
        if chosen and found.closures is None:
            self.stderr.write(
                f"Order {order} was not in force yet at {moment.isoformat()}: no figures of it (closures: null)."
            )
        if options["json"]:
            self.stdout.write(as_json(found))
            return
        for key, one in described(found, chosen).items():
            self.stdout.write(f"{key}: {one.text} ({one.label})")
        for sentence in found.broken:
            self.stderr.write(self.style.ERROR(sentence))
