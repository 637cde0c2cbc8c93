"""The figures as JSON: one object, the same for the command and the interface."""

import dataclasses
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone


class MomentEncoder(DjangoJSONEncoder):
    """Moments in local time with their offset, as they were asked for."""

    def default(self, value):
        if hasattr(value, "tzinfo"):
            return timezone.localtime(value).isoformat()
        return super().default(value)


def as_json(figures):
    """The text of the one object: keys as in the catalogue, moments with their offset, null for what is not recorded."""
    return json.dumps(dataclasses.asdict(figures), cls=MomentEncoder, ensure_ascii=False)
