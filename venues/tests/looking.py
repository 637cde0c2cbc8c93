"""Short hands for the tests about looks: `look(venue, minutes, result, officers)`."""

import datetime
import uuid

from conftest import T
from venues.models import Inspection

MINUTE = datetime.timedelta(minutes=1)


def look(venue, minutes, result="closed", officers=(), **values):
    """Record a look `minutes` after T."""
    values.setdefault("client_uuid", uuid.uuid4())
    values.setdefault("by", next(iter(officers), None))
    return Inspection.objects.record(
        venue=venue, officers=officers, observed_at=T + minutes * MINUTE, result=result, **values
    )
