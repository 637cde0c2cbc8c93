"""`manage.py figures --as-of ISO [--order NO] [--json]`: prints what `enforcement.figures` says."""

import dataclasses
import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from enforcement.figures import figures
from venues.models import ClosureOrder
from venues.moments import parse_as_of
from venues.transitions import Refused


class MomentEncoder(DjangoJSONEncoder):
    """Moments in local time with their offset, as they were asked for."""

    def default(self, value):
        if hasattr(value, "tzinfo"):
            return timezone.localtime(value).isoformat()
        return super().default(value)


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
            chosen = ClosureOrder.objects.filter(number=order).first()
            if chosen is None:
                raise CommandError(f"There is no closure order {order}.")
        result = dataclasses.asdict(figures(moment, order=chosen))
        if options["json"]:
            self.stdout.write(json.dumps(result, cls=MomentEncoder, ensure_ascii=False))
        else:
            self._print(result)

    def _print(self, value, prefix=""):
        for key, inner in value.items():
            if isinstance(inner, dict):
                self._print(inner, f"{prefix}{key}.")
            else:
                self.stdout.write(f"{prefix}{key}: {inner}")
