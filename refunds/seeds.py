"""The rows that refunds start with: one event without dates, so that deadlines are entered where they belong and nowhere else."""

import datetime


def seed():
    """Make the first event when there is none; idempotent, and never changes a row that somebody edited."""
    from refunds.models import RefundEvent

    if not RefundEvent.objects.exists():
        RefundEvent.objects.create(name="团队旅游暂停", begins_on=datetime.date(2020, 1, 24))
